"""Adding a mail to the outbox, in the transaction of its cause."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session

from mysapk_web.platform import clock
from mysapk_web.platform.tables.outbox import OutboxMail


class MailKind(StrEnum):
    """Every mail the portal sends; the `mail` of each context has its text."""

    TOKEN = "token"
    """params: request (id of the ResetRequest), free_mail (the agency warns against such addresses), by_admin (sent by an
    admin). Rendered with the derived token; obsolete when the request is unusable."""
    OTHER_EMAIL = "alamat-lain"
    """Somebody asked for a token with another address. params: request."""
    CPNS_WAITING = "cpns-menunggu"
    """The agency's admin has to approve first. params: request."""
    ACCOUNT_DISABLED = "akun-nonaktif"
    """A token was asked for a disabled account. params: request."""
    EMAIL_NOT_ALLOWED = "alamat-bukan-instansi"
    """The agency takes only its own mail domains and the stored address is none of them. params: request."""
    ACTIVATED = "aktivasi-berhasil"
    PASSWORD_CHANGED = "password-diganti"
    """params: how ("reset" | "ganti")."""
    EMAIL_CHANGED = "email-diganti"
    """To both addresses. params: mask_old, mask_new, here (this is the new one)."""
    EMAIL_TOKEN = "token-ganti-email"
    """To the new address, which is nobody's yet. params: change (id of the EmailChangeRequest). Rendered with the derived
    token; obsolete when the request is unusable."""
    EMAIL_TAKEN = "email-diminta-akun-lain"
    """To the person whose address somebody else requested. params: none."""
    EMAIL_REQUESTED = "perbaikan-email-diminta"
    """Somebody asked for another address on the help page. params: mask_new."""
    EMAIL_REQUEST_REFUSED = "perbaikan-email-ditolak"
    """An admin refused such a request. params: reason, mask_new."""
    SECOND_FACTOR_ON = "kode-dua-langkah-aktif"
    SECOND_FACTOR_RESTARTED = "kode-dua-langkah-dimulai-lagi"
    """Enrolment restarted in another session. params: agent, network."""
    SECOND_FACTOR_OFF = "kode-dua-langkah-nonaktif"
    """params: by_admin (an admin removed a lost one)."""
    RECOVERY_CODES_NEW = "kode-pemulihan-baru"
    RECOVERY_CODE_USED = "kode-pemulihan-dipakai"
    """params: left (remaining codes)."""
    LOCKED = "percobaan-masuk"
    """Many failed logins. params: none."""
    CODES_WRONG = "percobaan-kode"
    """Many wrong codes after a correct password. params: stopped (blocked until the owner acts by e-mail)."""
    UNLOCKED = "tunggu-dihapus"
    """An admin cleared a lockout. params: none."""
    RESET_CANCELLED = "token-dibatalkan"
    """An admin cancelled a token. params: none."""
    SESSIONS_ENDED = "sesi-diakhiri"
    """An admin logged the person out everywhere. params: none."""
    NEW_LOGIN = "masuk-perangkat-baru"
    """A login from a browser and network not seen before. params: agent, network."""
    ROLE_CHANGED = "peran-diubah"
    """params: roles (labels of the roles in force now)."""
    DISABLED = "akun-dinonaktifkan"
    """An admin disabled the account. params: none."""
    ENABLED = "akun-diaktifkan-kembali"
    CPNS_APPROVED = "cpns-disetujui"
    ACTIVATION_REMINDER = "pengingat-aktivasi"
    """An admin reminds of the activation. params: none; obsolete once the account is active."""
    PDM_REMINDER = "pengingat-pdm"
    """An admin reminds of the PDM. params: none; obsolete once every group is handled."""
    IMPORT_TOKEN_CREATED = "token-impor-dibuat"
    """To all admins of the agency. params: label (what the token is for), by (its creator)."""
    NOTICE = "pemberitahuan"
    """A step of a proposal. params: title, text, path (within the portal), asks (action needed)."""
    RECEIPT = "tanda-terima-usulan"
    """Receipt for a submission. params: items (titles), unit (unor verifikasi)."""
    TEST = "uji-surat"
    """`mysapk send-test-mail`."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    MailKind.TOKEN: "Token untuk password baru",
    MailKind.OTHER_EMAIL: "Permintaan dengan alamat lain",
    MailKind.CPNS_WAITING: "CPNS menunggu persetujuan",
    MailKind.ACCOUNT_DISABLED: "Token tidak dikirim: akun nonaktif",
    MailKind.EMAIL_NOT_ALLOWED: "Token tidak dikirim: bukan email dinas",
    MailKind.ACTIVATED: "Akun sudah aktif",
    MailKind.EMAIL_TOKEN: "Token untuk alamat email baru",
    MailKind.EMAIL_TAKEN: "Alamat email diminta akun lain",
    MailKind.ACTIVATION_REMINDER: "Pengingat aktivasi",
    MailKind.PDM_REMINDER: "Pengingat pemutakhiran data",
    MailKind.PASSWORD_CHANGED: "Password diganti",
    MailKind.EMAIL_CHANGED: "Alamat email diganti",
    MailKind.EMAIL_REQUESTED: "Perbaikan email diminta",
    MailKind.EMAIL_REQUEST_REFUSED: "Perbaikan email ditolak",
    MailKind.SECOND_FACTOR_ON: "Verifikasi dua langkah aktif",
    MailKind.SECOND_FACTOR_RESTARTED: "Verifikasi dua langkah dimulai lagi dari perangkat lain",
    MailKind.SECOND_FACTOR_OFF: "Verifikasi dua langkah dimatikan",
    MailKind.RECOVERY_CODES_NEW: "Kode pemulihan baru dibuat",
    MailKind.RECOVERY_CODE_USED: "Kode pemulihan dipakai",
    MailKind.LOCKED: "Beberapa kali gagal masuk",
    MailKind.CODES_WRONG: "Beberapa kali salah kode autentikator",
    MailKind.UNLOCKED: "Waktu tunggu dihapus",
    MailKind.RESET_CANCELLED: "Token dibatalkan admin",
    MailKind.SESSIONS_ENDED: "Dikeluarkan dari semua perangkat",
    MailKind.NEW_LOGIN: "Masuk dari perangkat baru",
    MailKind.ROLE_CHANGED: "Peran diubah",
    MailKind.DISABLED: "Akun dinonaktifkan",
    MailKind.ENABLED: "Akun diaktifkan kembali",
    MailKind.CPNS_APPROVED: "Akun CPNS disetujui",
    MailKind.IMPORT_TOKEN_CREATED: "Token impor email dibuat",
    MailKind.NOTICE: "Pemberitahuan",
    MailKind.RECEIPT: "Tanda terima usulan",
    MailKind.TEST: "Surat uji",
}


def enqueue(
    session: Session,
    kind: MailKind,
    *,
    account_id: int | None,
    recipient: str | None = None,
    due_at: datetime | None = None,
    **params: Any,
) -> OutboxMail:
    """Add one mail, to the account's stored address at send time, or to `recipient`."""
    moment = clock.now()
    mail = OutboxMail(
        template=kind.value,
        account_id=account_id,
        recipient=recipient,
        params=params,
        created_at=moment,
        due_at=due_at or moment,
        message_id=secrets.token_hex(16),
    )
    session.add(mail)
    return mail
