"""Writing the audit log: always in the session, and so in the transaction, of the act itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.rules.audit_payload import AuditPayload, former_keys
from mysapk_web.platform.tables.audit import AuditEvent


@lru_cache(maxsize=256)
def truncated_network(address: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) of a client address: enough to recognise another place, not enough to follow a person.

    Empty for what is no address.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


def record(
    session: Session,
    event: AuditPayload,
    *,
    actor_id: int | None = None,
    subject_id: int | None = None,
    instansi_id: int | None = None,
    client_address: str = "",
) -> None:
    """Append one event.

    Args:
        instansi_id: Agency it concerns; by default the present agency of the subject, else of the actor.
    """
    if instansi_id is None:
        # A subquery, for strangers too: no way of asking takes longer than another.
        agency: Any = (
            select(Pegawai.instansi_id)
            .join(Account, col(Account.pegawai_id) == Pegawai.id)
            .where(Account.id == ((subject_id if subject_id is not None else actor_id) or 0))
            .scalar_subquery()
        )
    else:
        agency = instansi_id
    session.add(
        AuditEvent(
            at=clock.now(),
            tag=event.tag,
            actor_id=actor_id,
            subject_id=subject_id,
            instansi_id=agency,
            address=truncated_network(client_address),
            detail=event.stored(),
        )
    )


def record_by(
    session: Session,
    actor: Actor,
    event: AuditPayload,
    *,
    subject_id: int | None = None,
    instansi_id: int | None = None,
) -> None:
    """Append an act of somebody who is logged in; it concerns the actor's agency unless another is named."""
    record(
        session,
        event,
        actor_id=actor.account_id,
        subject_id=subject_id,
        instansi_id=actor.instansi_id if instansi_id is None else instansi_id,
        client_address=actor.client.client_address,
    )


def record_own(session: Session, actor: Actor, event: AuditPayload) -> None:
    """Append an act of a person on their own account or data."""
    record_by(session, actor, event, subject_id=actor.account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAuditEvent:
    """One of many events; the fields are the parameters of `record`."""

    event: AuditPayload
    actor_id: int | None = None
    subject_id: int | None = None
    instansi_id: int | None = None
    client_address: str = ""


def record_many(session: Session, rows: Sequence[NewAuditEvent]) -> None:
    """Append many events in a statement or two; imports write thousands at once."""
    now = clock.now()
    bulk.insert_many(
        session,
        AuditEvent,
        [
            {
                "at": now,
                "tag": row.event.tag,
                "actor_id": row.actor_id,
                "subject_id": row.subject_id,
                "instansi_id": row.instansi_id,
                "address": truncated_network(row.client_address),
                "detail": row.event.stored(),
            }
            for row in rows
        ],
    )


def detail_text(key: str) -> ColumnElement[str]:
    """The value of a key of an event in SQL, also of rows written under a former key."""
    values = [col(AuditEvent.detail)[each].as_string() for each in (key, *former_keys(key))]
    return func.coalesce(*values) if len(values) > 1 else values[0]
