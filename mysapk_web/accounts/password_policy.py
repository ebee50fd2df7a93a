"""The password policy as pages need it: sentences, live ticks, and the person's own words that a password must not contain."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from mysapk_web.accounts.rules.password import PasswordContext, PasswordFault, check_password, fault_sentence, strength
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.settings import get_settings

ADMIN_MIN_LENGTH = 12
"""Characters for accounts with a role, whatever the setting says."""


PUBLISHED_MIN_LENGTH = 6
"""What people are taught; pages show it until the server has evaluated anything."""

RULES = (
    ("Minimal {minimum} karakter", {PasswordFault.TOO_SHORT, PasswordFault.TOO_LONG}),
    ("Minimal 1 huruf besar", {PasswordFault.NO_CAPITAL}),
    ("Minimal 1 angka", {PasswordFault.NO_DIGIT}),
    ("Tidak memuat NIP, tanggal lahir, nama, email, atau nama portal", {PasswordFault.CONTEXT}),
    ("Bukan password yang umum dipakai", {PasswordFault.COMMON}),
)
"""In the order of the page, with the faults that break each."""


@dataclass(frozen=True, slots=True)
class PasswordEvaluation:
    """`rules`: (sentence, met) in the order of the page; `score` 0 to 4."""

    rules: list[tuple[str, bool]]
    score: int
    label: str


def evaluate_password(password: str, context: PasswordContext, minimum: int) -> PasswordEvaluation:
    faults = set(check_password(password, context, minimum=minimum))
    rules = [
        (text.format(minimum=minimum), bool(password) and faults.isdisjoint(broken_by)) for text, broken_by in RULES
    ]
    rated = strength(password, context)
    return PasswordEvaluation(rules, rated.score, rated.label)


def first_fault(password: str, context: PasswordContext, minimum: int) -> str:
    """A sentence, or ""."""
    if not password:
        return "Isi password baru."
    faults = check_password(password, context, minimum=minimum)
    return fault_sentence(faults[0], minimum=minimum) if faults else ""


def minimum_length(session: Session, account_id: int) -> int:
    """Characters; more for accounts with a role."""
    has_role = session.exec(
        select(RoleGrant.id).where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None)).limit(1)
    ).one_or_none()
    least = get_settings().password_min_length
    return max(least, ADMIN_MIN_LENGTH) if has_role is not None else least


def password_context(person: Pegawai) -> PasswordContext:
    return PasswordContext(nip=person.nip, name=person.name, birth_date=person.birth_date, email=person.email_key)


def first_fault_for(session: Session, account: Account, person: Pegawai, password: str) -> str:
    return first_fault(password, password_context(person), minimum_length(session, account.pk))
