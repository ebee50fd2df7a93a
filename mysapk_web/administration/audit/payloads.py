"""The payload of every tag, from the contexts that write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.accounts import audit_events as accounts
from mysapk_web.administration import audit_events as administration
from mysapk_web.organisation import audit_events as organisation
from mysapk_web.pdm import audit_events as pdm
from mysapk_web.platform.rules.audit_payload import AuditPayload
from mysapk_web.progress import audit_events as progress

CONTEXTS: Final = (organisation, accounts, pdm, progress, administration)

PAYLOADS: Final[Mapping[str, type[AuditPayload]]] = {
    each.tag: each
    for module in CONTEXTS
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, AuditPayload) and hasattr(each, "tag")
}
"""By the value of the tag."""
