"""Writing what rows of the rolls come to: all of a chunk at once, with all that follows from it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.accounts.credentials import invalidate_credentials
from mysapk_web.accounts.email_replacement import EmailReplacement, replace_emails
from mysapk_web.administration.audit_events import CpnsApproved
from mysapk_web.administration.employee_import.on_file import PersonOnFile
from mysapk_web.administration.people.grants import revoke_roles_after_transfer
from mysapk_web.organisation import audit
from mysapk_web.organisation.audit import NewAuditEvent
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk

REASON = "impor data pegawai"


class Writer:
    """What a chunk changes; nothing is written before `write`."""

    def __init__(self, session: Session, actor_id: int | None) -> None:
        self._session, self._actor_id = session, actor_id
        self._new: list[dict[str, Any]] = []
        self._updates: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        self._without_account: list[int] = []
        self._changes: list[EmailReplacement] = []
        self._revoked: list[int] = []
        self._moved: list[int] = []
        self._approved: list[NewAuditEvent] = []

    def add(self, nip: str, values: dict[str, Any], email: tuple[str, str] | None, known: PersonOnFile | None) -> None:
        """Take one person in: new ones with all columns, known ones with those that change."""
        if known is None:
            self._new.append(values | {"nip": nip})
            return
        values = dict(values)
        self._follow(values, known)
        if email and (email[1] == known.email_key or known.account_id is None):
            values |= {"email": email[0], "email_key": email[1]}
        elif email and known.account_id is not None:
            agency_id = values.get("instansi_id", known.agency.id)
            change = EmailReplacement(known.account_id, known.pegawai_id, agency_id, known.email_key, *email)
            self._changes.append(change)
        if values:
            self._updates[tuple(sorted(values))].append({"id": known.pegawai_id, **values})

    def _follow(self, values: dict[str, Any], known: PersonOnFile) -> None:
        if known.account_id is None:
            self._without_account.append(known.pegawai_id)
            return
        if known.eligibility_with(values) != known.eligibility_with({}):
            self._revoked.append(known.account_id)
            if values.get("approved_at"):
                self._approved.append(
                    NewAuditEvent(
                        event=CpnsApproved(reason=REASON),
                        actor_id=self._actor_id,
                        subject_id=known.account_id,
                        instansi_id=values.get("instansi_id", known.agency.id),
                    )
                )
        if "instansi_id" in values:
            self._moved.append(known.account_id)

    def write(self) -> None:
        """Write everything.

        Raises:
            IntegrityError: Somebody has taken a number or an address meanwhile.
        """
        session = self._session
        for rows in self._updates.values():
            bulk.update_many(session, Pegawai, rows)
        bulk.insert_many(session, Pegawai, self._new)
        self._create_accounts()
        audit.record_many(session, self._approved)
        revoke_roles_after_transfer(session, self._moved, actor_id=self._actor_id)
        replace_emails(session, self._changes, actor_id=self._actor_id, reason=REASON)
        notified = {change.account_id for change in self._changes}
        invalidate_credentials(
            session, [id_ for id_ in self._revoked if id_ not in notified], "data kepegawaian berubah"
        )

    def _create_accounts(self) -> None:
        nips = [row["nip"] for row in self._new]
        created = self._session.exec(
            select(Pegawai.id).where(bulk.one_of(self._session, col(Pegawai.nip), nips)).order_by(col(Pegawai.id))
        )
        owners = [*created, *self._without_account] if nips else self._without_account
        bulk.insert_many(
            self._session,
            Account,
            [{"pegawai_id": owner, "disabled_reason": "", "version": 1, "totp_last_step": 0} for owner in owners],
        )
