"""The text of every mail, rendered when sent, so that a token exists only inside the message."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from mysapk_web.accounts.mail import email_change, recovery, security
from mysapk_web.administration.mail import email_import
from mysapk_web.pdm.mail import notices
from mysapk_web.platform import clock
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.errors import check_recipient
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.mail.render import Block, MailLink, Paragraph, render_html, render_text, single_line
from mysapk_web.platform.mail.snippets import MailText, helpdesk_line
from mysapk_web.settings import Settings

__all__ = ["MailText", "render"]

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def render(kind: MailKind, context: MailContext, settings: Settings) -> EmailMessage:
    """The whole message, text and HTML, with all headers. Raises PermanentMailError, or ValueError for a missing fact."""
    check_recipient(context.recipient)
    words = _TEXTS[kind](context, settings)
    opening = Paragraph(f"Yth. {single_line(context.name)}," if single_line(context.name) else "Dengan hormat,")
    blocks = (opening, *words.blocks)
    foot = _foot(context, settings)
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = context.recipient
    message["Subject"] = words.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{context.message_id}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "id"
    message.set_content(render_text(blocks, foot))
    message.add_alternative(render_html(words.subject, blocks, foot), subtype="html")
    return message


def _host(settings: Settings) -> str:
    return settings.hostname if _HOST_NAME.fullmatch(settings.hostname) else "localhost"


def _foot(context: MailContext, settings: Settings) -> tuple[Block, ...]:
    return (
        Paragraph("Email ini dikirim otomatis oleh MySAPK Web. Balasan ke alamat ini tidak dibaca."),
        *helpdesk_line(context),
        MailLink("Butuh bantuan? Lihat cara menghubungi helpdesk di:", f"{settings.public_url}/bantuan"),
    )


_TEXTS: dict[MailKind, Callable[[MailContext, Settings], MailText]] = {
    MailKind.TOKEN: recovery.reset_token,
    MailKind.OTHER_EMAIL: recovery.other_email,
    MailKind.CPNS_WAITING: recovery.cpns_waiting,
    MailKind.ACCOUNT_DISABLED: recovery.account_disabled,
    MailKind.EMAIL_NOT_ALLOWED: recovery.email_not_allowed,
    MailKind.ACTIVATED: recovery.activated,
    MailKind.ACTIVATION_REMINDER: recovery.reminder,
    MailKind.PDM_REMINDER: notices.pdm_reminder,
    MailKind.PASSWORD_CHANGED: security.password_changed,
    MailKind.EMAIL_CHANGED: security.email_changed,
    MailKind.EMAIL_TOKEN: email_change.email_change_token,
    MailKind.EMAIL_TAKEN: email_change.email_taken,
    MailKind.EMAIL_REQUESTED: email_import.requested,
    MailKind.EMAIL_REQUEST_REFUSED: email_import.request_refused,
    MailKind.SECOND_FACTOR_ON: security.second_factor_on,
    MailKind.SECOND_FACTOR_RESTARTED: security.second_factor_restarted,
    MailKind.SECOND_FACTOR_OFF: security.second_factor_off,
    MailKind.RECOVERY_CODES_NEW: security.recovery_codes_new,
    MailKind.RECOVERY_CODE_USED: security.recovery_code_used,
    MailKind.LOCKED: security.locked,
    MailKind.CODES_WRONG: security.codes_wrong,
    MailKind.UNLOCKED: security.unlocked,
    MailKind.RESET_CANCELLED: recovery.cancelled,
    MailKind.SESSIONS_ENDED: security.sessions_ended,
    MailKind.NEW_LOGIN: security.new_login,
    MailKind.ROLE_CHANGED: security.role_changed,
    MailKind.DISABLED: security.disabled,
    MailKind.ENABLED: partial(security.account_reopened, "Akun MySAPK Anda diaktifkan kembali"),
    MailKind.CPNS_APPROVED: partial(security.account_reopened, "Akun CPNS Anda sudah disetujui"),
    MailKind.IMPORT_TOKEN_CREATED: email_import.import_token_made,
    MailKind.NOTICE: notices.proposal_notice,
    MailKind.RECEIPT: notices.submission_receipt,
    MailKind.TEST: security.delivery_test,
}
