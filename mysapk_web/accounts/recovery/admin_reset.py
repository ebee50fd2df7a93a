"""Reset tokens that an admin has sent or cancels: they go to the stored e-mail only, and only the person reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.lockouts import nip_key
from mysapk_web.accounts.one_time_tokens import resend_wait, supersede, usable
from mysapk_web.accounts.recovery.eligibility import check_eligibility, hash_email
from mysapk_web.accounts.recovery.request import issue_request
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.email import DomainVerdict, mask_email
from mysapk_web.organisation.rules.pegawai import Eligibility
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import CommittingUserError, UserError
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.rate_limits import RECOVERY_PER_NIP
from mysapk_web.settings import get_settings

WHY_NO_TOKEN: Final = {
    Eligibility.NO_EMAIL: "Pegawai ini belum punya alamat email. Perbaiki alamatnya dahulu.",
    Eligibility.WAITING_APPROVAL: "Akun CPNS ini belum disetujui. Setujui dahulu, lalu kirim token.",
    Eligibility.DISABLED: "Akun ini sedang dinonaktifkan. Aktifkan dahulu, lalu kirim token.",
}
NOT_AGENCY: Final = (
    "Instansi hanya menerima email dinas, sedangkan alamat pegawai ini bukan. Perbaiki alamatnya dahulu."
)


def issue_reset_token(session: Session, *, account: Account, pegawai: Pegawai, actor: Actor | None) -> str:
    """Returns the masked e-mail.

    Raises:
        UserError: The person may have no token now.
        CommittingUserError: Too many were sent.
    """
    settings = get_settings()
    key = pegawai.email_key or ""
    found = check_eligibility(session, settings, pegawai.nip, hash_email(settings, key))
    if found.state is not Eligibility.ELIGIBLE:
        raise UserError(WHY_NO_TOKEN[found.state])
    if found.verdict is DomainVerdict.NOT_AGENCY:
        raise UserError(NOT_AGENCY)
    left = _wait_after_last(session, account)
    if left:
        raise UserError(f"Token baru saja dikirim. Coba lagi dalam {describe_wait(left)}.")
    subject = nip_key(pegawai.nip)
    if not rate_limiting.allow(session, RECOVERY_PER_NIP, f"{subject}:admin", actor, subject_id=account.id):
        raise CommittingUserError(
            f"Token untuk pegawai ini sudah dikirim {settings.limit_tokens} kali dalam sehari. "
            "Periksa surat keluarnya, atau coba lagi besok."
        )
    request = issue_request(
        session,
        subject=subject,
        account_id=account.id,
        account_version=found.version,
        mask=mask_email(key),
        nip=pegawai.nip,
        email_ref=hash_email(settings, key),
    )
    free_mail = found.verdict is DomainVerdict.FREE_MAIL_WARNING
    enqueue(session, MailKind.TOKEN, account_id=account.id, request=request.id, free_mail=free_mail, by_admin=True)
    return request.mask


def supersede_reset_tokens(session: Session, account_id: int) -> int:
    """Those still usable, whoever requested them; returns how many."""
    return supersede(session, ResetRequest, col(ResetRequest.account_id) == account_id, usable(ResetRequest))


def has_usable_token(session: Session, account_id: int) -> bool:
    usable_one = select(ResetRequest.id).where(ResetRequest.account_id == account_id, usable(ResetRequest)).limit(1)
    return session.exec(usable_one).first() is not None


def _wait_after_last(session: Session, account: Account) -> timedelta:
    """Whoever requested the last one."""
    last = session.exec(
        select(ResetRequest)
        .where(ResetRequest.account_id == account.id)
        .order_by(col(ResetRequest.created_at).desc())
        .limit(1)
    ).one_or_none()
    return resend_wait(last.created_at) if last is not None else timedelta(0)
