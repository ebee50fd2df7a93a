"""The words of every letter. Rendered when sent, so that a token exists only inside the message (DESIGN 2.8)."""

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
from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.errors import check_address
from mysapk_web.platform.mail.queue import Letter
from mysapk_web.platform.mail.render import Block, Link, Paragraph, as_html, as_text, plain
from mysapk_web.platform.mail.snippets import Words, contact
from mysapk_web.settings import Settings

__all__ = ["Words", "render"]

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def render(letter: Letter, facts: Facts, settings: Settings) -> EmailMessage:
    """Write a letter.

    Args:
        letter: Which one.
        facts: What it may tell.
        settings: Sender, public address, life and key of tokens.

    Returns:
        The whole message, text and HTML, with all headers.

    Raises:
        PermanentFault: The recipient is no address.
        ValueError: A fact that the letter can't do without is missing.
    """
    check_address(facts.recipient)
    words = _LETTERS[letter](facts, settings)
    opening = Paragraph(f"Yth. {plain(facts.nama)}," if plain(facts.nama) else "Dengan hormat,")
    blocks = (opening, *words.blocks)
    foot = _foot(facts, settings)
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = facts.recipient
    message["Subject"] = words.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{facts.message_id}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "id"
    message.set_content(as_text(blocks, foot))
    message.add_alternative(as_html(words.subject, blocks, foot), subtype="html")
    return message


def _host(settings: Settings) -> str:
    return settings.hostname if _HOST_NAME.fullmatch(settings.hostname) else "localhost"


def _foot(facts: Facts, settings: Settings) -> tuple[Block, ...]:
    return (
        Paragraph("Email ini dikirim otomatis oleh MySAPK Web. Balasan ke alamat ini tidak dibaca."),
        *contact(facts),
        Link("Butuh bantuan? Lihat cara menghubungi helpdesk di:", f"{settings.public_url}/bantuan"),
    )


_LETTERS: dict[Letter, Callable[[Facts, Settings], Words]] = {
    Letter.TOKEN: recovery.token,
    Letter.OTHER_ADDRESS: recovery.other_address,
    Letter.CPNS_WAITING: recovery.cpns_waiting,
    Letter.ACCOUNT_DISABLED: recovery.account_disabled,
    Letter.ADDRESS_NOT_ALLOWED: recovery.address_not_allowed,
    Letter.ACTIVATED: recovery.activated,
    Letter.ACTIVATION_REMINDER: recovery.reminder,
    Letter.PDM_REMINDER: notices.pdm_reminder,
    Letter.PASSWORD_CHANGED: security.password_changed,
    Letter.EMAIL_CHANGED: security.email_changed,
    Letter.ADDRESS_TOKEN: email_change.address_token,
    Letter.ADDRESS_TAKEN: email_change.address_taken,
    Letter.EMAIL_REQUESTED: email_import.requested,
    Letter.EMAIL_REQUEST_REFUSED: email_import.request_refused,
    Letter.SECOND_FACTOR_ON: security.second_factor_on,
    Letter.SECOND_FACTOR_RESTARTED: security.second_factor_restarted,
    Letter.SECOND_FACTOR_OFF: security.second_factor_off,
    Letter.RECOVERY_CODES_NEW: security.recovery_codes_new,
    Letter.RECOVERY_CODE_USED: security.recovery_code_used,
    Letter.LOCKED: security.locked,
    Letter.CODES_WRONG: security.codes_wrong,
    Letter.UNLOCKED: security.unlocked,
    Letter.RESET_CANCELLED: recovery.cancelled,
    Letter.SESSIONS_ENDED: security.sessions_ended,
    Letter.NEW_LOGIN: security.new_login,
    Letter.ROLE_CHANGED: security.role_changed,
    Letter.DISABLED: security.disabled,
    Letter.ENABLED: partial(security.open_again, "Akun MySAPK Anda diaktifkan kembali"),
    Letter.CPNS_APPROVED: partial(security.open_again, "Akun CPNS Anda sudah disetujui"),
    Letter.IMPORT_TOKEN_MADE: email_import.import_token_made,
    Letter.NOTICE: notices.notice,
    Letter.RECEIPT: notices.receipt,
    Letter.TEST: security.test,
}
