"""Payloads of events about reminders."""

from __future__ import annotations

from typing import Annotated

from mysapk_web.organisation.audit_events import OrgNodeKey
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload


class _ReminderPayload(AuditPayload):
    people_count: Annotated[int, AuditKey("Pegawai")]
    org_node: OrgNodeKey


class ActivationReminded(_ReminderPayload, tag=AuditTag.REMINDED): ...


class PdmReminded(_ReminderPayload, tag=AuditTag.PDM_REMINDED): ...
