"""Import of e-mail addresses, with all that follows from a change (`accounts.change_email`). An empty address changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import LETTER_GAP, EmailReplacement, replace_emails
from mysapk_web.administration.audit_events import (
    EmailImportDiscarded,
    EmailImported,
    EmailImportPayload,
    EmailImportStopped,
    EmailImportUndone,
)
from mysapk_web.administration.email_imports.token_owners import answered_for
from mysapk_web.administration.email_imports.validation import (
    AddressOwner,
    EmailImportCache,
    owners_by_id,
    policy_verdict,
    refusal_of,
    survey_file,
    validate_rows,
)
from mysapk_web.administration.employee_import.validation import holders_of
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation.import_scope import ImportScope, record_run, scope_of
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.imports.kind import (
    Applied,
    CheckedRow,
    Column,
    ImportKind,
    RunEvent,
    ScopeLostError,
    StoredRow,
)
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.spreadsheet_reader import ALIASES, Row

REASON: Final = "impor alamat email"
UNDO_REASON: Final = "impor alamat email dibatalkan"
TOKEN_LOST: Final = "Token yang memulai pekerjaan ini sudah dicabut atau berakhir, jadi pekerjaan dihentikan."
MAKER_LOST: Final = (
    "Pembuat token ini tidak lagi menjadi admin instansi, jadi pekerjaan dihentikan. "
    "Buat token baru untuk sistem itu, lalu kirim lagi berkasnya."
)
_EVENTS: Final[Mapping[RunEvent, type[EmailImportPayload]]] = MappingProxyType(
    {
        RunEvent.APPLIED: EmailImported,
        RunEvent.DISCARDED: EmailImportDiscarded,
        RunEvent.STOPPED: EmailImportStopped,
        RunEvent.UNDONE: EmailImportUndone,
    }
)


class EmailImport(ImportKind):
    """Addresses by NIP."""

    key = "email"
    label = "Alamat email"
    permission = Permission.EMAIL_IMPORT.value
    columns = (
        Column("nip", "18 angka. Format kolomnya sebagai teks.", "198503152010012001"),
        Column("email", "Alamat baru. Sel kosong tidak mengubah apa pun.", "nama@instansi.example.go.id"),
    )
    required = ("nip", "email")
    aliases = ALIASES
    content_label = "email"
    verdicts = EmailRowVerdict

    def survey(self, rows: Iterable[Row]) -> EmailImportCache:
        return EmailImportCache(survey_file(rows))

    def memory(self) -> EmailImportCache:
        return EmailImportCache()

    def scope(self, session: Session, run: ImportRun) -> ImportScope:
        if run.acting is None and run.token_id is not None:
            return _scope_of_token(session, run.token_id)
        return scope_of(session, run, Permission.EMAIL_IMPORT)

    def validate(self, session: Session, rows: Sequence[Row], scope: Any, memory: Any) -> list[CheckedRow]:
        return validate_rows(session, rows, scope, memory)

    def apply(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any, memory: Any) -> Applied:
        owners = _owners(session, rows, scope)
        holders = holders_of(session, [row.email_key for row in rows])
        changes: list[EmailReplacement] = []
        spellings: list[dict[str, Any]] = []
        found = Applied()
        for row in rows:
            owner = owners.get(row.pegawai_id)
            verdict = _obstacle(session, row, owner, scope, holders, memory)
            if verdict is not None or owner is None:
                found.changes[row.position] = (verdict or EmailRowVerdict.NIP_UNKNOWN, "")
            elif row.email_key == owner.key:
                spellings.append({"id": owner.pegawai_id, "email": row.email})
            else:
                changes.append(_change(owner, row.email, row.email_key))
                # Changes are written in this order, so an address given up here is free for a later row.
                holders[row.email_key] = owner.pegawai_id
                if owner.key is not None and holders.get(owner.key) == owner.pegawai_id:
                    del holders[owner.key]
        _write(session, run, changes, spellings, REASON, done=run.applied)
        found.count = len(changes) + len(spellings)
        return found

    def undo(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any) -> int:
        owners = _owners(session, rows, scope)
        holders = holders_of(session, [row.old_key for row in rows if row.old_key])
        changes: list[EmailReplacement] = []
        spellings: list[dict[str, Any]] = []
        for row in rows:
            owner = owners.get(row.pegawai_id)
            if owner is None or refusal_of(owner, scope) is not None or owner.key != row.email_key:
                continue
            if row.old_key == owner.key:
                if owner.email == row.email:
                    spellings.append({"id": owner.pegawai_id, "email": row.old_email})
            elif holders.get(row.old_key, owner.pegawai_id) == owner.pegawai_id:
                changes.append(_change(owner, row.old_email, row.old_key))
                holders.pop(row.email_key, None)
                if row.old_key is not None:
                    holders[row.old_key] = owner.pegawai_id
        _write(session, run, changes, spellings, UNDO_REASON, done=run.undone)
        return len(changes) + len(spellings)

    def record(self, session: Session, run: ImportRun, event: RunEvent) -> None:
        payload = _EVENTS[event](
            import_id=run.id,
            token_id=run.token_id,
            sha256=run.file_hash,
            verdicts=run.counts,
            applied=run.applied,
            undone=run.undone,
        )
        record_run(session, run, payload)


EMAIL_IMPORT: Final = EmailImport()


def _scope_of_token(session: Session, token_id: int) -> ImportScope:
    token = session.get(ImportToken, token_id, populate_existing=True)
    if token is None or token.revoked_at is not None or token.expires_at <= clock.now():
        raise ScopeLostError(TOKEN_LOST)
    if session.exec(select(ImportToken.id).where(ImportToken.id == token_id, answered_for())).one_or_none() is None:
        raise ScopeLostError(MAKER_LOST)
    # Nobody looks on, and without a second factor the address is the account: no role is within reach of a token.
    return ImportScope(None, col(Pegawai.instansi_id) == token.instansi_id, frozenset(), ())


def _owners(session: Session, rows: Sequence[StoredRow], scope: ImportScope) -> dict[int, AddressOwner]:
    return owners_by_id(session, [row.pegawai_id for row in rows], scope)


def _obstacle(
    session: Session,
    row: StoredRow,
    owner: AddressOwner | None,
    scope: ImportScope,
    holders: dict[str, int],
    memory: EmailImportCache,
) -> EmailRowVerdict | None:
    """Why a row that was good can't be applied any more; None: it can."""
    refusal = refusal_of(owner, scope)
    if refusal is not None or owner is None:
        return refusal
    if (owner.email, owner.key) != (row.old_email, row.old_key):
        return EmailRowVerdict.OVERTAKEN
    if holders.get(row.email_key, owner.pegawai_id) != owner.pegawai_id:
        return EmailRowVerdict.TAKEN
    policy = policy_verdict(row.email_key, memory.agency(session, owner.instansi_id))
    return policy if policy is EmailRowVerdict.DOMAIN_REFUSED else None


def _change(owner: AddressOwner, raw: str | None, key: str | None) -> EmailReplacement:
    return EmailReplacement(owner.account_id, owner.pegawai_id, owner.instansi_id, owner.key, raw, key)


def _write(
    session: Session,
    run: ImportRun,
    changes: list[EmailReplacement],
    spellings: list[dict[str, Any]],
    reason: str,
    *,
    done: int,
) -> None:
    bulk.update_many(session, Pegawai, spellings)
    replace_emails(
        session,
        changes,
        actor_id=run.acting,
        reason=reason,
        letters_from=_letters_from(run, done),
        import_id=run.id,
        token_id=run.token_id,
    )


def _letters_from(run: ImportRun, done: int) -> datetime:
    """After the letters of the chunks before: two for each change."""
    now = clock.now()
    return max(now, (run.step_at or now) + 2 * done * LETTER_GAP)
