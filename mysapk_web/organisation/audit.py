"""Writing the trail: always in the session, and so in the transaction, of the act itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent


@lru_cache(maxsize=256)
def truncated_network(address: str) -> str:
    """The network of a client address: enough to recognise "another place", not enough to follow a person.

    Returns:
        The /24 (IPv4) or /48 (IPv6) network.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


def record(
    session: Session,
    tag: AuditTag,
    *,
    actor_id: int | None = None,
    subject_id: int | None = None,
    instansi_id: int | None = None,
    address: str = "",
    **detail: Any,
) -> None:
    """Append one event to the trail.

    Args:
        instansi_id: Agency it concerns; by default the agency, at this moment, of whom it happened to, else of who acted.
    """
    if instansi_id is None:
        # Found while it is written, and for strangers in the same way: no way of asking takes longer than another.
        found = select(Pegawai.instansi_id).join(Account, col(Account.pegawai_id) == Pegawai.id)
        whose = subject_id if subject_id is not None else actor_id
        agency: Any = found.where(Account.id == (whose or 0)).scalar_subquery()
    else:
        agency = instansi_id
    session.add(
        AuditEvent(
            at=clock.now(),
            tag=tag,
            actor_id=actor_id,
            subject_id=subject_id,
            instansi_id=agency,
            address=truncated_network(address),
            detail=detail,
        )
    )


def record_many(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Append many events in a step or two; imports write thousands at once.

    Args:
        events: Each with `tag` and, of the others that `record` takes, the same ones in all; `detail` as one mapping.
    """
    now = clock.now()
    bulk.insert_many(
        session,
        AuditEvent,
        [
            {
                "at": now,
                "tag": event["tag"],
                "actor_id": event.get("actor_id"),
                "subject_id": event.get("subject_id"),
                "instansi_id": event.get("instansi_id"),
                "address": truncated_network(event.get("address", "")),
                "detail": event.get("detail", {}),
            }
            for event in events
        ],
    )
