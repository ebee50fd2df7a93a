"""Changing the e-mail address of a person: one act with all that follows from it, for pages and imports alike."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.email import EmailError, mask_email, normalise_email
from mysapk_web.models import Account, AuditEvent, OutboxMail, OutboxState, Pegawai
from mysapk_web.services import clock
from mysapk_web.services.actor import Refused
from mysapk_web.services.outbox import Letter
from mysapk_web.services.revocation import revoke

MAX_RAW = 320
"""Characters of `Pegawai.email`."""

TAKEN = "Alamat email ini sudah dipakai pegawai lain. Satu alamat hanya untuk satu pegawai; minta alamat yang lain."


@dataclass(frozen=True, slots=True)
class EmailChange:
    """One checked change.

    Attributes:
        account_id: Whose.
        pegawai_id: Whose.
        instansi_id: Agency of the person, for the trail.
        old_key: Normalised address so far; None without one.
        raw: New address as it came.
        key: New address, normalised, and used by nobody else.
    """

    account_id: int
    pegawai_id: int
    instansi_id: int
    old_key: str | None = field(repr=False)
    raw: str = field(repr=False)
    key: str = field(repr=False)


def change_email(
    session: Session,
    *,
    account: Account,
    pegawai: Pegawai,
    new_email: str,
    actor_id: int | None,
    reason: str,
    keep_session: str = "",
) -> bool:
    """Give a person another address.

    Tokens, pending logins and sessions of the account die, both addresses are told, the trail says who and why.
    The domain policy of the agency is for the caller to judge: pages ask, imports note.

    Args:
        session: Any transaction.
        account: The person's account; shows the new version afterwards.
        pegawai: The person; shows the new address afterwards.
        new_email: As typed; kept as it is beside its normalised form.
        actor_id: Account that acts; None for the system.
        reason: In words, for the trail.
        keep_session: Reference of a session that goes on: of the person who changes the own address.

    Returns:
        Whether mail now goes elsewhere. Another spelling of the same address ends nothing.

    Raises:
        Refused: Not an address, or it is another person's.
    """
    try:
        key = normalise_email(new_email)
    except EmailError as error:
        raise Refused(str(error), "email") from None
    raw = new_email if len(new_email) <= MAX_RAW else key
    if key == pegawai.email_key:
        pegawai.email = raw
        session.add(pegawai)
        return False
    session.flush()
    if session.exec(select(Pegawai.id).where(Pegawai.email_key == key)).first() is not None:
        raise Refused(TAKEN, "email")
    change = EmailChange(account.id or 0, pegawai.id or 0, pegawai.instansi_id, pegawai.email_key, raw, key)
    try:
        with session.begin_nested():
            apply_changes(session, [change], actor_id=actor_id, reason=reason, keep_session=keep_session)
    except IntegrityError:  # somebody else took the address meanwhile
        raise Refused(TAKEN, "email") from None
    session.refresh(account)
    session.refresh(pegawai)
    return True


def apply_changes(
    session: Session, changes: Sequence[EmailChange], *, actor_id: int | None, reason: str, keep_session: str = ""
) -> None:
    """Write checked changes with a handful of statements, however many they are.

    Args:
        session: Any transaction. What it has loaded of these people is stale afterwards.
        changes: In the order they have to happen: an address may be freed by one and taken by a later one.
        actor_id: Account that acts; None for the system.
        reason: In words, for the trail.
        keep_session: As in `change_email`.

    Raises:
        IntegrityError: An address is in use after all; nothing is written.
    """
    if not changes:
        return
    session.execute(
        update(Pegawai),
        [{"id": change.pegawai_id, "email": change.raw, "email_key": change.key} for change in changes],
    )
    revoke(session, [change.account_id for change in changes], "email diganti", keep_session=keep_session)
    events, letters = [], []
    for change in changes:
        masks = {"mask_old": mask_email(change.old_key) if change.old_key else "", "mask_new": mask_email(change.key)}
        events.append(_event(change, actor_id, {"reason": reason, **masks}))
        letters.append(_letter(change, None, masks))
        if change.old_key:
            letters.append(_letter(change, change.old_key, masks))
    session.execute(insert(AuditEvent), events)
    # Rows of one shape go out as one statement; without this a NULL would be left out and make another shape.
    session.execute(insert(OutboxMail), letters, execution_options={"render_nulls": True})


def _event(change: EmailChange, actor_id: int | None, detail: dict[str, str]) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "tag": AuditTag.EMAIL_CHANGED,
        "actor_id": actor_id,
        "subject_id": change.account_id,
        "instansi_id": change.instansi_id,
        "address": "",
        "detail": detail,
    }


def _letter(change: EmailChange, recipient: str | None, masks: dict[str, str]) -> dict[str, Any]:
    """To the stored address, which is the new one by then, or to the old one by name."""
    now = clock.now()
    return {
        "template": Letter.EMAIL_CHANGED.value,
        "account_id": change.account_id,
        "recipient": recipient,
        "params": masks,
        "state": OutboxState.PENDING,
        "created_at": now,
        "due_at": now,
        "message_id": secrets.token_hex(16),
    }
