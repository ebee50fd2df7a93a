"""The facts a mail mentions, read right before it is sent; and why some mails are not sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from mysapk_web.accounts.one_time_tokens import TokenFault, fault_of
from mysapk_web.accounts.tables import EmailChangeRequest, ResetRequest
from mysapk_web.organisation.rules.email import mask_email
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import HelpContact, Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.mail.context import MailContact, MailContext, MailRequest
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress.tables import PersonPdmProgress

_WITH_TOKEN = frozenset({MailKind.TOKEN, MailKind.EMAIL_TOKEN})
_FAULTS = {
    TokenFault.USED: "Token sudah dipakai.",
    TokenFault.SUPERSEDED: "Token sudah diganti oleh permintaan yang lebih baru.",
    TokenFault.EXPIRED: "Token sudah kedaluwarsa sebelum surat terkirim.",
    TokenFault.EXHAUSTED: "Kesempatan memasukkan token sudah habis.",
}


@dataclass(frozen=True, slots=True)
class SkippedMail:
    state: OutboxState
    """OBSOLETE or FAILED."""
    reason: str


def read_context(session: Session, kind: MailKind, mail: OutboxMail) -> MailContext | SkippedMail:
    account, pegawai, instansi = _person(session, mail.account_id)
    request = _request(session, mail)
    if kind in _WITH_TOKEN and (reason := _dead(request, account)):
        return SkippedMail(OutboxState.OBSOLETE, reason)
    if kind is MailKind.ACTIVATION_REMINDER and account is not None and account.activated_at is not None:
        return SkippedMail(OutboxState.OBSOLETE, "Akun sudah diaktifkan.")
    if kind is MailKind.PDM_REMINDER and pegawai is not None and _handled_all(session, pegawai):
        return SkippedMail(OutboxState.OBSOLETE, "Semua kelompok data sudah selesai.")
    recipient = mail.recipient or (pegawai.email_key if pegawai else None)
    if not recipient:
        return SkippedMail(OutboxState.FAILED, "Akun ini tidak punya alamat email.")
    return MailContext(
        recipient=recipient,
        # The new address may be a stranger's, who must not learn the name.
        name=pegawai.full_name if pegawai and kind is not MailKind.EMAIL_TOKEN else "",
        instansi=instansi.name if instansi else "",
        timezone=instansi.timezone if instansi else Zone.WIB,
        happened_at=mail.created_at,
        message_id=mail.message_id,
        contact=_contact(session, instansi),
        request=MailRequest(request.id, _mask(request), request.expires_at) if request else None,
        params=mail.params,
    )


def _handled_all(session: Session, pegawai: Pegawai) -> bool:
    kept = session.get(PersonPdmProgress, pegawai.id)
    return kept is not None and kept.done


def _person(session: Session, account_id: int | None) -> tuple[Account, Pegawai, Instansi] | tuple[None, None, None]:
    if account_id is None:
        return (None, None, None)
    row = session.exec(
        select(Account, Pegawai, Instansi)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(Account.id == account_id)
    ).one_or_none()
    return row or (None, None, None)


def _request(session: Session, mail: OutboxMail) -> ResetRequest | EmailChangeRequest | None:
    request_id, change_id = mail.params.get("request"), mail.params.get("change")
    if isinstance(change_id, str):
        return session.get(EmailChangeRequest, change_id)
    return session.get(ResetRequest, request_id) if isinstance(request_id, str) else None


def _mask(request: ResetRequest | EmailChangeRequest) -> str:
    return request.mask if isinstance(request, ResetRequest) else mask_email(request.email_key)


def _dead(request: ResetRequest | EmailChangeRequest | None, account: Account | None) -> str:
    """Why the token of a request is unusable; empty while it is usable."""
    if request is None or account is None or request.account_id != account.id:
        return "Permintaan token sudah tidak ada."
    if fault := fault_of(request):
        return _FAULTS[fault]
    if account.disabled_at is not None:
        return "Akun sudah dinonaktifkan."
    return "Akun sudah berubah sejak token diminta." if request.account_version != account.version else ""


def _contact(session: Session, instansi: Instansi | None) -> MailContact | None:
    """The agency's helpdesk, else the national one."""
    own = instansi.id if instansi else None
    rows = session.exec(
        select(HelpContact).where(or_(col(HelpContact.instansi_id).is_(None), col(HelpContact.instansi_id) == own))
    ).all()
    found = max(rows, key=lambda row: row.instansi_id is not None, default=None)
    return MailContact(found.name, found.phone, found.email, found.service_hours) if found else None
