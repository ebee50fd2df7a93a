"""What letters are put together from: words, and sentences that several letters share."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.platform.mail.context import Facts, Request
from mysapk_web.platform.mail.render import Block, Link, Paragraph, plain, when
from mysapk_web.settings import Settings


@dataclass(frozen=True, slots=True)
class Words:
    """Subject (the same for everybody: no name, no token) and body of a letter."""

    subject: str
    blocks: tuple[Block, ...]


def contact(facts: Facts) -> tuple[Block, ...]:
    """The helpdesk in one line, where there is one."""
    desk = facts.contact
    if desk is None:
        return ()
    ways = [
        ("telepon", desk.telepon),
        ("email", desk.email),
        ("jam layanan", desk.jam_layanan),
    ]
    told = ", ".join(f"{name} {plain(value)}" for name, value in ways if value)
    return (Paragraph(f"{plain(desk.nama)}: {told}." if told else f"{plain(desk.nama)}."),)


def agency(facts: Facts) -> str:
    """Who keeps the person's data at the agency."""
    return f"admin kepegawaian {plain(facts.instansi)}" if facts.instansi else "admin kepegawaian instansi Anda"


def moment(facts: Facts) -> str:
    """When the cause of the letter happened."""
    return when(facts.happened_at, facts.zona)


def requested(facts: Facts) -> Request:
    """The request that a letter is about.

    Raises:
        ValueError: There is none.
    """
    if facts.request is None:
        raise ValueError("this letter needs its request")
    return facts.request


def not_me() -> Block:
    """What to do when it was somebody else."""
    return Paragraph("Jika itu bukan Anda, segera buat password baru dan hubungi helpdesk.")


def recover(settings: Settings) -> Block:
    """Where a new password is made."""
    return Link("Membuat password baru:", f"{settings.public_url}/lupa-password")
