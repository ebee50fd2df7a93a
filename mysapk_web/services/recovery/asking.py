"""Activation and forgotten password: NIP and address, a token by mail, a new password (DESIGN 4).

Activation is the first successful reset. The same rows are written and the same page is shown whether the person exists or not;
what a person needs to know goes to the stored address only. A request is found again by the browser that asked, or by the browser
that opened the link in the mail; neither proves anything, the token does.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.email import DomainVerdict, EmailError, domain_verdict, mask_email, normalise_email
from mysapk_web.domain.nip import NipError, normalise_nip
from mysapk_web.domain.pegawai import Eligibility, eligibility
from mysapk_web.domain.throttle import RECOVERY_PER_ADDRESS, RECOVERY_PER_NIP, RECOVERY_RESEND, TOKEN_TRIES
from mysapk_web.domain.waiting import describe_wait
from mysapk_web.models import Account, Instansi, Pegawai, ResetBinding, ResetRequest
from mysapk_web.services import audit, clock, counters
from mysapk_web.services.actor import CountedRefusal, InputRefused, Refused, Visitor
from mysapk_web.services.counters import subject_key
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.settings import Settings, load

NO_REQUEST = (
    "Belum ada permintaan token di peramban ini. Mulai dari Lupa Password, atau buka tautan di email token Anda."
)


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """What the page of a request shows.

    Attributes:
        mask: Masked form of the address that was typed.
        resend_in: Seconds until another token may be asked for.
        minutes: Life of a token.
        expires_at: When this request ends.
    """

    mask: str
    resend_in: int
    minutes: int
    expires_at: datetime


def request_token(session: Session, *, visitor: Visitor, nip: str, email: str) -> None:
    """Ask for a token. Open to everybody; always ends the same way for input of the right form.

    Args:
        session: Any transaction.
        visitor: The browser; it is bound to the request.
        nip: As typed.
        email: As typed.

    Raises:
        InputRefused: NIP or address can't be one (a matter of form only), or, with `MYSAPK_RECOVERY_ANSWER=explicit`, don't fit.
    """
    number, address = _typed(nip, email)
    _ask(session, load(), visitor, number, address=address, mask=mask_email(address))


def _typed(nip: str, email: str) -> tuple[str, str]:
    faults: dict[str, str] = {}
    number = address = ""
    try:
        number = normalise_nip(nip)
    except NipError as error:
        faults["nip"] = str(error) if nip.strip() else "Isi NIP Anda, 18 angka."
    try:
        address = normalise_email(email)
    except EmailError as error:
        faults["email"] = str(error) if email.strip() else "Isi alamat email yang terdaftar."
    if faults:
        raise InputRefused(faults)
    return number, address


def resend_token(session: Session, *, visitor: Visitor) -> None:
    """Ask again with what this browser asked before; the older token dies. Open to everybody.

    Args:
        session: Any transaction.
        visitor: The browser.

    Raises:
        Refused: This browser has asked nothing yet, or less than a minute ago.
    """
    request = current_request(session, visitor)
    if request is None:
        raise Refused(NO_REQUEST)
    left = resend_wait(request)
    if left:
        raise Refused(f"Token baru saja diminta. Periksa email Anda, atau minta lagi dalam {describe_wait(left)}.")
    _ask(session, load(), visitor, request.nip, address_ref=request.email_ref, mask=request.mask)


def resend_wait(request: ResetRequest) -> timedelta:
    """What is left of the minute between two tokens.

    Args:
        request: The newest request.
    """
    return max(request.created_at + RECOVERY_RESEND.window - clock.now(), timedelta(0))


def current_request(session: Session, visitor: Visitor) -> ResetRequest | None:
    """The request this browser is bound to, dead or alive.

    Args:
        session: Any transaction.
        visitor: The browser.
    """
    if not visitor.browser:
        return None
    return session.exec(
        select(ResetRequest)
        .join(ResetBinding, col(ResetBinding.request_id) == ResetRequest.id)
        .where(ResetBinding.browser == visitor.browser)
    ).one_or_none()


def view(session: Session, *, visitor: Visitor) -> RecoveryView | None:
    """What the page shows of the request of this browser. Open to everybody.

    Args:
        session: A read transaction is enough.
        visitor: The browser.
    """
    request = current_request(session, visitor)
    if request is None:
        return None
    return RecoveryView(
        mask=request.mask,
        resend_in=-(-resend_wait(request) // timedelta(seconds=1)),
        minutes=load().token_minutes,
        expires_at=request.expires_at,
    )


def bind(session: Session, visitor: Visitor, request_id: str) -> bool:
    """Let a browser go on with a request, from the link in its mail. Uses nothing up and gives no right.

    Args:
        session: Any transaction.
        visitor: The browser.
        request_id: From a signed reference.

    Returns:
        Whether there is such a request.
    """
    if not visitor.browser or session.get(ResetRequest, request_id) is None:
        return False
    session.execute(delete(ResetBinding).where(col(ResetBinding.browser) == visitor.browser))
    session.add(ResetBinding(browser=visitor.browser, request_id=request_id, bound_at=clock.now()))
    return True


def address_reference(settings: Settings, address: str) -> str:
    """Keyed hash of an address, by which a resend compares again without keeping what was typed.

    Args:
        settings: For the key.
        address: Normalised.
    """
    return subject_key(settings.key("address"), address)


def _ask(
    session: Session,
    settings: Settings,
    visitor: Visitor,
    number: str,
    *,
    mask: str,
    address: str = "",
    address_ref: str = "",
) -> None:
    """Write a request, for a fitting pair and for any other alike."""
    now = clock.now()
    address_ref = address_ref or address_reference(settings, address)
    subject = subject_key(settings.key("counters"), f"nip:{number}")
    recent = _recent(session, subject, address_ref, now)
    if recent is not None:
        bind(session, visitor, recent.id)
        return
    person, account, agency = _person(session, number)
    fits = _fits(settings, person, address_ref)
    within = _within_limits(session, settings, visitor, subject, address_ref if fits else "lain")
    state = _eligibility(person, account)
    verdict = _domain_verdict(person, agency)
    usable = fits and within and state is Eligibility.ELIGIBLE and verdict is not DomainVerdict.NOT_AGENCY
    request = ResetRequest(
        id=secrets.token_hex(16),
        subject=subject,
        account_id=account.id if account is not None and usable else None,
        account_version=account.version if account is not None and usable else 0,
        mask=mask,
        nip=number,
        email_ref=address_ref,
        created_at=now,
        expires_at=now + timedelta(minutes=settings.token_minutes),
    )
    _supersede(session, request, now)
    session.add(request)
    session.flush()
    bind(session, visitor, request.id)
    audit.record(
        session,
        AuditTag.RESET_REQUESTED if usable else AuditTag.RESET_REFUSED,
        subject_id=account.id if account is not None else None,
        instansi_id=person.instansi_id if person is not None else None,
        address=visitor.address,
        fits=fits,
        within=within,
        state=state.value,
    )
    if account is not None and within and state is not Eligibility.NO_EMAIL:
        letter = _letter(fits=fits, state=state, verdict=verdict)
        free_mail = verdict is DomainVerdict.FREE_MAIL_WARNING
        enqueue(session, letter, account_id=account.id, request=request.id, free_mail=free_mail)
    if settings.recovery_answer == "explicit":
        _say_explicitly(person, fits=fits, state=state)


def _recent(session: Session, subject: str, address_ref: str, now: datetime) -> ResetRequest | None:
    """A request for the same pair less than a minute old: a second browser or a second click joins it."""
    return session.exec(
        select(ResetRequest)
        .where(
            ResetRequest.subject == subject,
            ResetRequest.email_ref == address_ref,
            ResetRequest.created_at > now - RECOVERY_RESEND.window,
            col(ResetRequest.used_at).is_(None),
        )
        .order_by(col(ResetRequest.created_at).desc())
        .limit(1)
    ).one_or_none()


def _within_limits(session: Session, settings: Settings, visitor: Visitor, subject: str, pair: str) -> bool:
    """Count towards the day of this NIP and the hour of this client address.

    Tokens (NIP and address fit) and notices about other addresses have a day each, so that nobody can use up the day of a person
    whose address they don't know, nor flood that person's mailbox.
    """
    secret = settings.key("counters")
    day = counters.within(session, RECOVERY_PER_NIP, f"{subject}:{pair[:20]}")
    here = counters.within(session, RECOVERY_PER_ADDRESS, subject_key(secret, f"alamat:{visitor.address}"))
    return day and here


def _person(session: Session, number: str) -> tuple[Pegawai | None, Account | None, Instansi | None]:
    row = session.exec(
        select(Pegawai, Account, Instansi)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(Pegawai.nip == number)
        .with_for_update(of=Account)  # two requests for one person take turns
    ).one_or_none()
    return row or (None, None, None)


def _domain_verdict(person: Pegawai | None, agency: Instansi | None) -> DomainVerdict:
    """What the policy of the agency says of the stored address (seed 000: an agency may insist on its own mail)."""
    if person is None or agency is None or person.email_key is None:
        return DomainVerdict.OK
    return domain_verdict(person.email_key, agency.domain_policy, agency.email_domains)


def _letter(*, fits: bool, state: Eligibility, verdict: DomainVerdict) -> Letter:
    if not fits:
        return Letter.OTHER_ADDRESS
    if state is Eligibility.WAITING_APPROVAL:
        return Letter.CPNS_WAITING
    if state is Eligibility.DISABLED:
        return Letter.ACCOUNT_DISABLED
    return Letter.ADDRESS_NOT_ALLOWED if verdict is DomainVerdict.NOT_AGENCY else Letter.TOKEN


def _fits(settings: Settings, person: Pegawai | None, address_ref: str) -> bool:
    stored = person.email_key if person is not None else None
    expected = address_reference(settings, stored or "tidak-ada")
    return hmac.compare_digest(expected, address_ref) and stored is not None


def _eligibility(person: Pegawai | None, account: Account | None) -> Eligibility:
    if person is None or account is None:
        return Eligibility.NO_EMAIL
    return eligibility(
        jenis=person.jenis,
        approved=person.approved_at is not None,
        disabled=account.disabled_at is not None,
        has_email=person.email_key is not None,
    )


def account_eligibility(person: Pegawai, account: Account) -> Eligibility:
    """Whether a person may have a password now.

    Args:
        person: From the rolls.
        account: The person's account.
    """
    return _eligibility(person, account)


def _supersede(session: Session, request: ResetRequest, now: datetime) -> None:
    """Only the newest token of a person works; a request that can't work never puts out one that can."""
    session.execute(
        update(ResetRequest)
        .where(
            col(ResetRequest.subject) == request.subject,
            col(ResetRequest.email_ref) == request.email_ref,
            col(ResetRequest.superseded_at).is_(None),
            col(ResetRequest.used_at).is_(None),
        )
        .values(superseded_at=now)
    )
    session.execute(
        update(ResetRequest)
        .where(
            col(ResetRequest.account_id) == (request.account_id or 0),
            col(ResetRequest.superseded_at).is_(None),
            col(ResetRequest.used_at).is_(None),
        )
        .values(superseded_at=now)
    )


def _say_explicitly(person: Pegawai | None, *, fits: bool, state: Eligibility) -> None:
    """The messages of the original portal, for agencies that prefer them to silence (DESIGN 4)."""
    if person is None:
        raise CountedRefusal(
            "NIP tidak ditemukan. Periksa kembali, atau hubungi admin kepegawaian instansi Anda.", "nip"
        )
    if not fits:
        raise CountedRefusal(
            "Email tidak sesuai dengan yang terdaftar. Hubungi instansi Anda untuk memperbaiki email.",
            "email",
        )
    if state is Eligibility.WAITING_APPROVAL:
        raise CountedRefusal("Akun CPNS ini menunggu persetujuan admin instansi. Hubungi admin instansi Anda.", "nip")
    if state is not Eligibility.ELIGIBLE:
        raise CountedRefusal("Akun ini belum dapat diaktifkan. Hubungi admin instansi Anda.", "nip")


def dead_after(request: ResetRequest, now: datetime) -> bool:
    """Whether no token of a request can work any more.

    Args:
        request: Any request.
        now: The present moment.
    """
    return (
        request.used_at is not None
        or request.superseded_at is not None
        or request.expires_at <= now
        or request.tries >= TOKEN_TRIES
    )
