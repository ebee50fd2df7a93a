"""Sentences that several mails share."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.platform.mail.context import MailContext, MailRequest
from mysapk_web.platform.mail.render import Block, MailLink, Paragraph, single_line
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.settings import Settings


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject (without name and token) and body."""

    subject: str
    blocks: tuple[Block, ...]


def helpdesk_line(facts: MailContext) -> tuple[Block, ...]:
    contact = facts.contact
    if contact is None:
        return ()
    ways = [
        ("telepon", contact.phone),
        ("email", contact.email),
        ("jam layanan", contact.service_hours),
    ]
    listed = ", ".join(f"{name} {single_line(value)}" for name, value in ways if value)
    return (Paragraph(f"{single_line(contact.name)}: {listed}." if listed else f"{single_line(contact.name)}."),)


def agency_admin(facts: MailContext) -> str:
    return f"admin kepegawaian {single_line(facts.instansi)}" if facts.instansi else "admin kepegawaian instansi Anda"


def event_time(facts: MailContext) -> str:
    return format_moment(facts.happened_at, facts.timezone)


def request_of(facts: MailContext) -> MailRequest:
    """The request a mail is about. Raises ValueError: there is none."""
    if facts.request is None:
        raise ValueError("this mail needs its request")
    return facts.request


def not_me() -> Block:
    return Paragraph("Jika itu bukan Anda, segera buat password baru dan hubungi helpdesk.")


def reset_link(settings: Settings) -> Block:
    return MailLink("Membuat password baru:", f"{settings.public_url}/lupa-password")
