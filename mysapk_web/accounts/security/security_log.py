"""The trail of what a person does to the own account."""

from __future__ import annotations

from sqlmodel import Session

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform.rules.audit import AuditTag


def record_security_event(session: Session, actor: Actor, tag: AuditTag, **detail: object) -> None:
    """Record an act of a person on the own account."""
    audit.record(
        session,
        tag,
        actor_id=actor.account_id,
        subject_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.client.client_address,
        **detail,
    )
