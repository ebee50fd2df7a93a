"""Replacing the e-mail of a person with all that follows from it, for pages and imports alike."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from mysapk_web.accounts.audit_events import EmailChanged
from mysapk_web.accounts.credentials import invalidate_credentials
from mysapk_web.organisation import audit
from mysapk_web.organisation.audit import NewAuditEvent
from mysapk_web.organisation.rules.email import EmailError, mask_email, normalise_email
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState

MAX_RAW = 320
"""Characters of `Pegawai.email`."""

LETTERS_PER_SECOND: Final = 50
"""Mails of an import are spread, so that a token that somebody waits for gets through (the queue sends 100 a second)."""
LETTER_GAP: Final = timedelta(seconds=1) / LETTERS_PER_SECOND

EMAIL_TAKEN = (
    "Alamat email ini sudah dipakai pegawai lain. Satu alamat hanya untuk satu pegawai; minta alamat yang lain."
)


@dataclass(frozen=True, slots=True)
class EmailReplacement:
    """A checked replacement; `raw` as it was given (None where an undone import leaves none), `key` normalised and free."""

    account_id: int
    pegawai_id: int
    instansi_id: int
    old_key: str | None = field(repr=False)
    raw: str | None = field(repr=False)
    key: str | None = field(repr=False)


def replace_email(
    session: Session,
    *,
    account: Account,
    pegawai: Pegawai,
    new_email: str,
    actor_id: int | None,
    reason: str,
    keep_session: str = "",
    client_address: str = "",
) -> bool:
    """Sessions and tokens of the account end and both addresses are notified; another spelling of the same address ends nothing.

    The agency's domain policy is for the caller: pages reject, imports report.

    Returns:
        Whether mail now goes elsewhere.

    Raises:
        UserError: Not an address, or another person's.
    """
    try:
        key = normalise_email(new_email)
    except EmailError as error:
        raise UserError(str(error), "email") from None
    raw = new_email if len(new_email) <= MAX_RAW else key
    if key == pegawai.email_key:
        pegawai.email = raw
        session.add(pegawai)
        return False
    session.flush()
    if session.exec(select(Pegawai.id).where(Pegawai.email_key == key)).first() is not None:
        raise UserError(EMAIL_TAKEN, "email")
    change = EmailReplacement(account.pk, pegawai.pk, pegawai.instansi_id, pegawai.email_key, raw, key)
    try:
        with session.begin_nested():
            replace_emails(
                session,
                [change],
                actor_id=actor_id,
                reason=reason,
                keep_session=keep_session,
                client_address=client_address,
            )
    except IntegrityError:  # somebody else took the address meanwhile
        raise UserError(EMAIL_TAKEN, "email") from None
    session.refresh(account)
    session.refresh(pegawai)
    return True


def replace_emails(
    session: Session,
    changes: Sequence[EmailReplacement],
    *,
    actor_id: int | None,
    reason: str,
    keep_session: str = "",
    client_address: str = "",
    letters_from: datetime | None = None,
    import_id: int | None = None,
    token_id: int | None = None,
) -> None:
    """A handful of statements, however many replacements. What the session has loaded of these people is stale afterwards.

    An address that one person gives up may be taken by another. Mails go out from `letters_from` on, spread by `LETTERS_PER_SECOND`;
    now and at once by default.

    Raises:
        IntegrityError: An address is in use after all; nothing is written.
    """
    if not changes:
        return
    taken = {change.key for change in changes}
    giving_up = [change for change in changes if change.old_key is not None and change.old_key in taken]
    bulk.update_many(session, Pegawai, [{"id": change.pegawai_id, "email_key": None} for change in giving_up])
    bulk.update_many(
        session,
        Pegawai,
        [{"id": change.pegawai_id, "email": change.raw, "email_key": change.key} for change in changes],
    )
    invalidate_credentials(
        session, [change.account_id for change in changes], "email diganti", keep_session=keep_session
    )
    events: list[NewAuditEvent] = []
    letters: list[dict[str, Any]] = []
    now = clock.now()
    for change in changes:
        masks = {"mask_old": _mask(change.old_key), "mask_new": _mask(change.key)}
        events.append(
            NewAuditEvent(
                event=EmailChanged(reason=reason, import_id=import_id, token_id=token_id, **masks),
                actor_id=actor_id,
                subject_id=change.account_id,
                instansi_id=change.instansi_id,
                client_address=client_address,
            )
        )
        # The stored address is the new one by then; the old one is named.
        for recipient in [None] * (change.key is not None) + [change.old_key] * (change.old_key is not None):
            due = now if letters_from is None else letters_from + len(letters) * LETTER_GAP
            letters.append(_letter(change, recipient, masks, now, due))
    audit.record_many(session, events)
    bulk.insert_many(session, OutboxMail, letters)


def _mask(key: str | None) -> str:
    return mask_email(key) if key else ""


def _letter(
    change: EmailReplacement, recipient: str | None, masks: dict[str, Any], now: datetime, due: datetime
) -> dict[str, Any]:
    return {
        "template": MailKind.EMAIL_CHANGED.value,
        "account_id": change.account_id,
        "instansi_id": change.instansi_id,
        "recipient": recipient,
        "params": masks | {"here": recipient is None},
        "state": OutboxState.PENDING,
        "created_at": now,
        "due_at": due,
        "claimed_by": "",
        "attempts": 0,
        "last_error": "",
        "message_id": secrets.token_hex(16),
    }
