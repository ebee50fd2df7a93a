"""Putting a mail into the outbox, in the transaction of what caused it (DESIGN 2.9)."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session

from mysapk_web.platform import clock
from mysapk_web.platform.tables.outbox import OutboxMail


class Letter(StrEnum):
    """Every mail the portal sends; the `mail` of each context has its text."""

    TOKEN = "token"
    """params: request (id of the ResetRequest), free_mail (the agency advises against such an address), by_admin (an admin had it
    sent). Rendered with the derived token; obsolete when the request is dead."""
    OTHER_ADDRESS = "alamat-lain"
    """Somebody asked for a token with another address. params: request."""
    CPNS_WAITING = "cpns-menunggu"
    """The agency's admin has to approve first. params: request."""
    ACCOUNT_DISABLED = "akun-nonaktif"
    """A token was asked for a disabled account. params: request."""
    ADDRESS_NOT_ALLOWED = "alamat-bukan-instansi"
    """The agency takes only its own mail domains and the stored address is none of them. params: request."""
    ACTIVATED = "aktivasi-berhasil"
    PASSWORD_CHANGED = "password-diganti"
    """params: how ("reset" | "ganti")."""
    EMAIL_CHANGED = "email-diganti"
    """To both addresses. params: mask_old, mask_new, here (this is the new one)."""
    ADDRESS_TOKEN = "token-ganti-email"
    """To the new address, which is nobody's yet. params: change (id of the AddressChange). Rendered with the derived token; obsolete
    when the request is dead."""
    ADDRESS_TAKEN = "email-diminta-akun-lain"
    """Somebody wants an address that is in use; to whom it serves. params: none."""
    EMAIL_REQUESTED = "perbaikan-email-diminta"
    """Somebody asked for another address on the help page. params: mask_new."""
    EMAIL_REQUEST_REFUSED = "perbaikan-email-ditolak"
    """An admin refused such a request. params: reason, mask_new."""
    SECOND_FACTOR_ON = "kode-dua-langkah-aktif"
    SECOND_FACTOR_RESTARTED = "kode-dua-langkah-dimulai-lagi"
    """Enrolling was begun in another session while one was under way. params: agent, network."""
    SECOND_FACTOR_OFF = "kode-dua-langkah-nonaktif"
    """params: by_admin (an admin took a lost one away)."""
    RECOVERY_CODES_NEW = "kode-pemulihan-baru"
    RECOVERY_CODE_USED = "kode-pemulihan-dipakai"
    """params: left (codes that remain)."""
    LOCKED = "percobaan-masuk"
    """Many failed logins. params: none."""
    CODES_WRONG = "percobaan-kode"
    """Many wrong codes after the right password. params: stopped (no further one is taken until the owner acts by mail)."""
    UNLOCKED = "tunggu-dihapus"
    """An admin took the wait after failed logins away. params: none."""
    RESET_CANCELLED = "token-dibatalkan"
    """An admin made a token worthless that was sent. params: none."""
    SESSIONS_ENDED = "sesi-diakhiri"
    """An admin logged the person out everywhere. params: none."""
    NEW_LOGIN = "masuk-perangkat-baru"
    """A login from a browser and network not seen before. params: agent, network."""
    ROLE_CHANGED = "peran-diubah"
    """params: roles (labels of the roles in force now)."""
    DISABLED = "akun-dinonaktifkan"
    """An admin switched the account off. params: none."""
    ENABLED = "akun-diaktifkan-kembali"
    CPNS_APPROVED = "cpns-disetujui"
    ACTIVATION_REMINDER = "pengingat-aktivasi"
    """An admin reminds of the activation. params: none; obsolete once the account is active."""
    PDM_REMINDER = "pengingat-pdm"
    """An admin reminds of the PDM. params: none; obsolete once every group is handled."""
    IMPORT_TOKEN_MADE = "token-impor-dibuat"
    """A token for importing addresses was made; to all admins of the agency. params: label (what it is for), by (who made it)."""
    NOTICE = "pemberitahuan"
    """A step of a proposal. params: title, text, path (inside the portal), asks (the person has to do something)."""
    RECEIPT = "tanda-terima-usulan"
    """What a person sent at one time. params: items (what each is called), unit (unor verifikasi)."""
    TEST = "uji-surat"
    """`mysapk send-test-mail`."""

    @property
    def label(self) -> str:
        """The words on pages, which never show the letter itself."""
        return _LABELS[self]


_LABELS: Final = {
    Letter.TOKEN: "Token untuk password baru",
    Letter.OTHER_ADDRESS: "Permintaan dengan alamat lain",
    Letter.CPNS_WAITING: "CPNS menunggu persetujuan",
    Letter.ACCOUNT_DISABLED: "Token tidak dikirim: akun nonaktif",
    Letter.ADDRESS_NOT_ALLOWED: "Token tidak dikirim: bukan email dinas",
    Letter.ACTIVATED: "Akun sudah aktif",
    Letter.ADDRESS_TOKEN: "Token untuk alamat email baru",
    Letter.ADDRESS_TAKEN: "Alamat email diminta akun lain",
    Letter.ACTIVATION_REMINDER: "Pengingat aktivasi",
    Letter.PDM_REMINDER: "Pengingat pemutakhiran data",
    Letter.PASSWORD_CHANGED: "Password diganti",
    Letter.EMAIL_CHANGED: "Alamat email diganti",
    Letter.EMAIL_REQUESTED: "Perbaikan email diminta",
    Letter.EMAIL_REQUEST_REFUSED: "Perbaikan email ditolak",
    Letter.SECOND_FACTOR_ON: "Verifikasi dua langkah aktif",
    Letter.SECOND_FACTOR_RESTARTED: "Verifikasi dua langkah dimulai lagi dari perangkat lain",
    Letter.SECOND_FACTOR_OFF: "Verifikasi dua langkah dimatikan",
    Letter.RECOVERY_CODES_NEW: "Kode pemulihan baru dibuat",
    Letter.RECOVERY_CODE_USED: "Kode pemulihan dipakai",
    Letter.LOCKED: "Beberapa kali gagal masuk",
    Letter.CODES_WRONG: "Beberapa kali salah kode autentikator",
    Letter.UNLOCKED: "Waktu tunggu dihapus",
    Letter.RESET_CANCELLED: "Token dibatalkan admin",
    Letter.SESSIONS_ENDED: "Dikeluarkan dari semua perangkat",
    Letter.NEW_LOGIN: "Masuk dari perangkat baru",
    Letter.ROLE_CHANGED: "Peran diubah",
    Letter.DISABLED: "Akun dinonaktifkan",
    Letter.ENABLED: "Akun diaktifkan kembali",
    Letter.CPNS_APPROVED: "Akun CPNS disetujui",
    Letter.IMPORT_TOKEN_MADE: "Token impor email dibuat",
    Letter.NOTICE: "Pemberitahuan",
    Letter.RECEIPT: "Tanda terima usulan",
    Letter.TEST: "Surat uji",
}


def enqueue(
    session: Session,
    letter: Letter,
    *,
    account_id: int | None,
    recipient: str | None = None,
    due_at: datetime | None = None,
    **params: Any,
) -> OutboxMail:
    """Write one mail into the outbox.

    Args:
        session: The transaction of the cause.
        letter: Which mail.
        account_id: Account whose stored address gets it at send time; None only together with `recipient`.
        recipient: Normalised address, where it is not the stored one at send time.
        due_at: Not before this moment; now by default.
        **params: References and plain facts for the text, never a secret.
    """
    moment = clock.now()
    mail = OutboxMail(
        template=letter.value,
        account_id=account_id,
        recipient=recipient,
        params=params,
        created_at=moment,
        due_at=due_at or moment,
        message_id=secrets.token_hex(16),
    )
    session.add(mail)
    return mail
