"""Payloads of events about one's own account: activation, login, password, second factor, email."""

from __future__ import annotations

from typing import Annotated, Final

from mysapk_web.organisation.audit_events import Reason, TokenId, Tries
from mysapk_web.organisation.rules.pegawai import Eligibility
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload

_ELIGIBILITY_LABELS: Final = {
    Eligibility.ELIGIBLE.value: "Boleh meminta token",
    Eligibility.NO_EMAIL.value: "Tidak ada alamat email",
    Eligibility.WAITING_APPROVAL.value: "CPNS menunggu persetujuan",
    Eligibility.DISABLED.value: "Dinonaktifkan",
}

MaskedNewEmail = Annotated[str, AuditKey("Email baru")]
ImportId = Annotated[int | None, AuditKey("Nomor impor")]


class Login(AuditPayload, tag=AuditTag.LOGIN):
    agent: Annotated[str, AuditKey("Peramban")]
    second_factor: Annotated[bool, AuditKey("Verifikasi dua langkah")]


class LoginFailed(AuditPayload, tag=AuditTag.LOGIN_FAILED): ...


class LockedOut(AuditPayload, tag=AuditTag.LOCKED_OUT): ...


class Logout(AuditPayload, tag=AuditTag.LOGOUT): ...


class SessionsEnded(AuditPayload, tag=AuditTag.SESSIONS_ENDED):
    session_count: Annotated[int, AuditKey("Jumlah sesi")]


class _ResetPayload(AuditPayload):
    email_matches: Annotated[bool, AuditKey("Email cocok")]
    within_limit: Annotated[bool, AuditKey("Dalam batas permintaan")]
    eligibility: Annotated[Eligibility, AuditKey("Keadaan akun", _ELIGIBILITY_LABELS)]


class ResetRequested(_ResetPayload, tag=AuditTag.RESET_REQUESTED): ...


class ResetRefused(_ResetPayload, tag=AuditTag.RESET_REFUSED): ...


class TokenWrong(AuditPayload, tag=AuditTag.TOKEN_WRONG):
    tries: Tries


class TokenExhausted(AuditPayload, tag=AuditTag.TOKEN_EXHAUSTED): ...


class Activated(AuditPayload, tag=AuditTag.ACTIVATED): ...


class PasswordReset(AuditPayload, tag=AuditTag.PASSWORD_RESET): ...


class PasswordChanged(AuditPayload, tag=AuditTag.PASSWORD_CHANGED): ...


class PasswordRehashed(AuditPayload, tag=AuditTag.PASSWORD_REHASHED): ...


class EmailChanged(AuditPayload, tag=AuditTag.EMAIL_CHANGED):
    reason: Reason
    mask_old: Annotated[str, AuditKey("Email lama")]
    mask_new: MaskedNewEmail
    import_id: ImportId = None
    token_id: TokenId | None = None


class EmailChangeAsked(AuditPayload, tag=AuditTag.EMAIL_CHANGE_ASKED):
    mask_new: MaskedNewEmail
    email_taken: Annotated[bool, AuditKey("Email dipakai akun lain")]


class TotpEnabled(AuditPayload, tag=AuditTag.TOTP_ENABLED): ...


class TotpRestarted(AuditPayload, tag=AuditTag.TOTP_RESTARTED): ...


class TotpDisabled(AuditPayload, tag=AuditTag.TOTP_DISABLED): ...


class TotpFailed(AuditPayload, tag=AuditTag.TOTP_FAILED): ...


class TotpExhausted(AuditPayload, tag=AuditTag.TOTP_EXHAUSTED): ...


class RecoveryCodesCreated(AuditPayload, tag=AuditTag.RECOVERY_CODES_CREATED): ...


class RecoveryCodeUsed(AuditPayload, tag=AuditTag.RECOVERY_CODE_USED):
    codes_left: Annotated[int, AuditKey("Kode yang tersisa")]
