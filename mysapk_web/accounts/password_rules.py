"""The password policy as the pages need it: sentences, live ticks, and the person's own words that must not stand in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from mysapk_web.accounts.rules.password import PasswordContext, PasswordFault, check_password, fault_sentence, strength
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.settings import load

ADMIN_MIN_LENGTH = 12
"""Characters for accounts with a role, whatever the setting says (DESIGN 4)."""


@dataclass(frozen=True, slots=True)
class PasswordJudgement:
    """What a page shows of a password while it is typed.

    Attributes:
        rules: (sentence, met) in the order of the page.
        score: 0 to 4.
        label: The score in words.
    """

    rules: list[tuple[str, bool]]
    score: int
    label: str


def judge(password: str, context: PasswordContext, minimum: int) -> PasswordJudgement:
    """Judge a password as typed so far.

    Args:
        password: Kept nowhere.
        context: What must not stand in it.
        minimum: Least length, characters.
    """
    faults = set(check_password(password, context, minimum=minimum))
    typed = bool(password)
    rules = [
        (f"Minimal {minimum} karakter", not faults & {PasswordFault.TOO_SHORT, PasswordFault.TOO_LONG}),
        ("Minimal 1 huruf besar", PasswordFault.NO_CAPITAL not in faults),
        ("Minimal 1 angka", PasswordFault.NO_DIGIT not in faults),
        (
            "Tidak memuat NIP, tanggal lahir, nama, email, atau nama portal",
            PasswordFault.CONTEXT not in faults,
        ),
        ("Bukan password yang umum dipakai", PasswordFault.COMMON not in faults),
    ]
    rated = strength(password, context)
    return PasswordJudgement([(text, typed and met) for text, met in rules], rated.score, rated.label)


def first_fault(password: str, context: PasswordContext, minimum: int) -> str:
    """The sentence for the first rule a password breaks, or "".

    Args:
        password: As typed.
        context: What must not stand in it.
        minimum: Least length, characters.
    """
    if not password:
        return "Isi password baru."
    faults = check_password(password, context, minimum=minimum)
    return fault_sentence(faults[0], minimum=minimum) if faults else ""


def minimum_for(session: Session, account_id: int) -> int:
    """Least length of a password for one account, characters.

    Args:
        session: Any transaction.
        account_id: Whose.
    """
    has_role = session.exec(
        select(RoleGrant.id).where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None)).limit(1)
    ).one_or_none()
    least = load().password_min_length
    return max(least, ADMIN_MIN_LENGTH) if has_role is not None else least


def context_of(person: Pegawai) -> PasswordContext:
    """What must not stand in a person's password.

    Args:
        person: From the rolls.
    """
    return PasswordContext(nip=person.nip, nama=person.nama, birth_date=person.tanggal_lahir, email=person.email_key)


def fault_for_person(session: Session, account: Account, person: Pegawai, password: str) -> str:
    """The sentence for the first rule a person's new password breaks, or "".

    Args:
        session: Any transaction.
        account: For the roles.
        person: For the words.
        password: As typed.
    """
    return first_fault(password, context_of(person), minimum_for(session, account.id or 0))
