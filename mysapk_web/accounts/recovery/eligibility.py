"""Whether a typed NIP and e-mail match the personnel data, and whether a token may be sent."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlmodel import Session, col, select

from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.rules.email import DomainVerdict, domain_verdict
from mysapk_web.organisation.rules.pegawai import Eligibility, eligibility
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.settings import Settings


def hash_email(settings: Settings, email: str) -> str:
    """A resend compares by it, so that what was typed is not kept."""
    return subject_key(settings.key("address"), email)


@dataclass(frozen=True, slots=True)
class RecoveryEligibility:
    """For an unknown NIP the same fields, empty."""

    known: bool
    account_id: int | None
    version: int
    email_matches: bool
    state: Eligibility
    verdict: DomainVerdict

    @property
    def entitled(self) -> bool:
        return (
            self.email_matches and self.state is Eligibility.ELIGIBLE and self.verdict is not DomainVerdict.NOT_AGENCY
        )

    @property
    def letter(self) -> MailKind:
        if not self.email_matches:
            return MailKind.OTHER_EMAIL
        if self.state is Eligibility.WAITING_APPROVAL:
            return MailKind.CPNS_WAITING
        if self.state is Eligibility.DISABLED:
            return MailKind.ACCOUNT_DISABLED
        return MailKind.EMAIL_NOT_ALLOWED if self.verdict is DomainVerdict.NOT_AGENCY else MailKind.TOKEN


def check_eligibility(session: Session, settings: Settings, number: str, email_ref: str) -> RecoveryEligibility:
    """Locks the account, so that two requests for one person are serialised."""
    person, account, agency = _person(session, number)
    return RecoveryEligibility(
        known=person is not None,
        account_id=account.id if account is not None else None,
        version=account.version if account is not None else 0,
        email_matches=_email_matches(settings, person, email_ref),
        state=account_eligibility(person, account),
        verdict=_domain_verdict(person, agency),
    )


def _person(session: Session, number: str) -> tuple[Pegawai | None, Account | None, Instansi | None]:
    row = session.exec(
        select(Pegawai, Account, Instansi)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(Pegawai.nip == number)
        .with_for_update(of=Account)
    ).one_or_none()
    return row or (None, None, None)


def _domain_verdict(person: Pegawai | None, agency: Instansi | None) -> DomainVerdict:
    """An agency may accept its own mail domains only."""
    if person is None or agency is None or person.email_key is None:
        return DomainVerdict.OK
    return domain_verdict(person.email_key, agency.domain_policy, agency.email_domains)


def _email_matches(settings: Settings, person: Pegawai | None, email_ref: str) -> bool:
    stored = person.email_key if person is not None else None
    expected = hash_email(settings, stored or "tidak-ada")
    return hmac.compare_digest(expected, email_ref) and stored is not None


def account_eligibility(person: Pegawai | None, account: Account | None) -> Eligibility:
    if person is None or account is None:
        return Eligibility.NO_EMAIL
    return eligibility(
        jenis=person.jenis,
        approved=person.approved_at is not None,
        disabled=account.disabled_at is not None,
        has_email=person.email_key is not None,
    )
