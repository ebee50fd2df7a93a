"""Activation and forgotten password: NIP and e-mail, a token by mail, a new password. Activation is the first successful reset.

The same rows are written and the same page is shown whether the person exists or not; what the person needs to know goes to the stored
e-mail only. A request is found again by the browser that made it, or that opened the link in the mail; neither proves anything, the
token does. Strangers use up nothing that the owner needs (decision 0021).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.accounts.audit_events import ResetRefused, ResetRequested
from mysapk_web.accounts.lockouts import nip_key
from mysapk_web.accounts.one_time_tokens import fault_of, issue, resend_wait, supersede
from mysapk_web.accounts.recovery.browsers import attach_browser, find_flow, newest_first
from mysapk_web.accounts.recovery.eligibility import RecoveryEligibility, check_eligibility, hash_email
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.rate_limiting import RateLimitHit
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, mask_email, normalise_email
from mysapk_web.organisation.rules.nip import NipError, parse_typed_nip
from mysapk_web.organisation.rules.pegawai import Eligibility
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.rate_limits import (
    RECOVERY_BEYOND,
    RECOVERY_PER_NETWORK,
    RECOVERY_PER_NIP,
)
from mysapk_web.settings import Settings, get_settings

NO_REQUEST = (
    "Belum ada permintaan token di peramban ini. Mulai dari Lupa Password, atau buka tautan di email token Anda."
)


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """`resend_in` in seconds."""

    mask: str
    resend_in: int
    minutes: int


def request_token(session: Session, *, client: ClientContext, nip: str, email: str) -> None:
    """Ends the same way for everything well-formed. Open to everybody.

    Raises:
        FormError: Malformed, or, with `MYSAPK_RECOVERY_ANSWER=explicit`, no match.
        CommittingUserError: Too many requests from this network, whoever they are about.
    """
    number, address = _typed(nip, email)
    email_ref = hash_email(get_settings(), address)
    _submit(session, get_settings(), client, number, email_ref=email_ref, mask=mask_email(address))


def _typed(nip: str, email: str) -> tuple[str, str]:
    faults: dict[str, str] = {}
    number = address = ""
    try:
        number = parse_typed_nip(nip, today=clock.now().date())
    except NipError as error:
        faults["nip"] = str(error) if nip.strip() else "Isi NIP Anda, 18 angka."
    try:
        address = normalise_email(email)
    except EmailError as error:
        faults["email"] = str(error) if email.strip() else "Isi alamat email yang terdaftar."
    if faults:
        raise FormError(faults)
    return number, address


def resend_token(session: Session, *, client: ClientContext) -> None:
    """Repeat what this browser requested; the older token dies. Open to everybody.

    Raises:
        UserError: This browser has requested nothing yet, or less than a minute ago.
        CommittingUserError: As in `request_token`.
    """
    flow = find_flow(session, client)
    if flow is None:
        raise UserError(NO_REQUEST)
    left = flow.resend_wait
    if left:
        raise UserError(f"Token baru saja diminta. Periksa email Anda, atau minta lagi dalam {describe_wait(left)}.")
    request = flow.newest
    _submit(session, get_settings(), client, request.nip, email_ref=request.email_ref, mask=request.mask)


def recovery_view(session: Session, *, client: ClientContext) -> RecoveryView | None:
    """Open to everybody."""
    flow = find_flow(session, client)
    if flow is None:
        return None
    return RecoveryView(
        mask=flow.newest.mask,
        resend_in=-(-flow.resend_wait // timedelta(seconds=1)),
        minutes=get_settings().token_minutes,
    )


def _submit(
    session: Session,
    settings: Settings,
    client: ClientContext,
    number: str,
    *,
    email_ref: str,
    mask: str,
) -> None:
    """The same for a matching pair and for any other."""
    subject = nip_key(number)
    if not _is_second_click(session, client, subject, email_ref):
        _count_network(session, client)
    found = check_eligibility(session, settings, number, email_ref)
    last = _last(session, subject, email_ref)  # after the lock: another request may have been written meanwhile
    # A request from before the e-mail was corrected or the CPNS approved has no token, one from before a new password or role a dead
    # one: nothing to wait for.
    usable = found.account_id if found.entitled else None
    outdated = last is not None and usable is not None and not _is_of(last, found)
    within = False
    counted: RateLimitHit | None = None
    # A second click or browser joins the request of the last minute; one over the limit joins a request whose token is still usable:
    # it is in the owner's mailbox, whoever requested it.
    joins = last is not None and bool(resend_wait(last.created_at)) and not outdated
    if not joins:
        pair = pair_key(subject, email_ref, email_matches=found.email_matches)
        counted = rate_limiting.hit(session, RECOVERY_PER_NIP, pair)
        within = counted.allowed
        joins = last is not None and not within and not outdated and not fault_of(last)
        if not joins and not within:
            within = rate_limiting.hit(session, RECOVERY_BEYOND, f"{pair}:{found.version}").allowed
    if last is not None and joins:
        attach_browser(session, client, last)
    else:
        usable = usable if within else None
        request = issue_request(
            session,
            subject=subject,
            account_id=usable,
            account_version=found.version if usable is not None else 0,
            mask=mask,
            nip=number,
            email_ref=email_ref,
        )
        _announce(session, client, request, found, within=within)
    # A new request over the limit is recorded by its own event.
    if counted is not None and (joins or within):
        rate_limiting.record_exceeded(session, counted, client, subject_id=found.account_id)
    if settings.recovery_answer == "explicit":
        _say_explicitly(found)


def _is_of(request: ResetRequest, found: RecoveryEligibility) -> bool:
    """Whether the token of a request is for the account as it is now."""
    return (request.account_id, request.account_version) == (found.account_id, found.version)


def _announce(
    session: Session, client: ClientContext, request: ResetRequest, found: RecoveryEligibility, *, within: bool
) -> None:
    attach_browser(session, client, request)
    payload = ResetRequested if request.account_id is not None else ResetRefused
    event = payload(email_matches=found.email_matches, within_limit=within, eligibility=found.state)
    audit.record(session, event, subject_id=found.account_id, client_address=client.client_address)
    may_write = within & _letter_is_within(session, request, found)
    mail = enqueue(
        session,
        found.letter,
        account_id=found.account_id,
        request=request.id,
        free_mail=found.verdict is DomainVerdict.FREE_MAIL_WARNING,
    )
    # A mail to nobody is written, too: neither rows nor time reveal whether there is a recipient.
    if not may_write:
        mail.state, mail.last_error = OutboxState.OBSOLETE, "Batas surat sehari sudah tercapai."
    elif found.account_id is None or found.state is Eligibility.NO_EMAIL:
        mail.state, mail.last_error = OutboxState.OBSOLETE, "Tidak ada penerima."


def _is_second_click(session: Session, client: ClientContext, subject: str, email_ref: str) -> bool:
    """Whether this browser itself requested the same pair within the minute; what others request must not show in what is counted."""
    flow = find_flow(session, client)
    return (
        flow is not None
        and bool(flow.resend_wait)
        and (flow.own_request.subject, flow.own_request.email_ref) == (subject, email_ref)
    )


def _last(session: Session, subject: str, email_ref: str) -> ResetRequest | None:
    """The newest unused request for a typed pair."""
    return session.exec(
        select(ResetRequest)
        .where(
            ResetRequest.subject == subject,
            ResetRequest.email_ref == email_ref,
            col(ResetRequest.used_at).is_(None),
        )
        .order_by(*newest_first(ResetRequest))
        .limit(1)
    ).one_or_none()


def _count_network(session: Session, client: ClientContext) -> None:
    """Beyond it the page says so, whoever the request is about."""
    if not rate_limiting.allow_network(session, RECOVERY_PER_NETWORK, client):
        raise CommittingUserError(
            "Dari jaringan yang Anda pakai sudah terlalu banyak permintaan token dalam satu jam terakhir. Coba lagi paling lama "
            f"{describe_wait(RECOVERY_PER_NETWORK.window)} lagi, atau gunakan jaringan lain, misalnya data seluler."
        )


def pair_key(subject: str, email_ref: str, *, email_matches: bool) -> str:
    """Every typed pair has a daily count of its own, so that nobody uses up that of a person whose e-mail they don't know.

    A pair that matches is counted separately from when it did not: however an e-mail is corrected, its count starts afresh.
    """
    return f"{subject}:{email_ref[:20]}{':cocok' if email_matches else ''}"


def _letter_is_within(session: Session, request: ResetRequest, found: RecoveryEligibility) -> bool:
    """Mails about other addresses share one daily count, so that nobody floods a mailbox.

    Mails with a token have their limit already, in how many requests may carry one.
    """
    kind = request.email_ref[:20] if found.email_matches else "lain"
    counted = rate_limiting.hit(session, RECOVERY_PER_NIP, f"{request.subject}:surat:{kind}")
    return counted.allowed or found.letter is MailKind.TOKEN


def issue_request(
    session: Session, *, subject: str, email_ref: str, account_id: int | None, **fields: Any
) -> ResetRequest:
    """Only the newest token of a person works; a request that can't work never supersedes one that can."""
    same_pair = (col(ResetRequest.subject) == subject, col(ResetRequest.email_ref) == email_ref)
    supersede(session, ResetRequest, *same_pair)
    supersede(session, ResetRequest, col(ResetRequest.account_id) == (account_id or 0))
    return issue(session, ResetRequest, subject=subject, email_ref=email_ref, account_id=account_id, **fields)


def _say_explicitly(found: RecoveryEligibility) -> None:
    """The messages of the original portal, for agencies that prefer them to silence."""
    if not found.known:
        raise CommittingUserError(
            "NIP tidak ditemukan. Periksa kembali, atau hubungi admin kepegawaian instansi Anda.", "nip"
        )
    if not found.email_matches:
        raise CommittingUserError(
            "Email tidak sesuai dengan yang terdaftar. Hubungi instansi Anda untuk memperbaiki email.",
            "email",
        )
    if found.state is Eligibility.WAITING_APPROVAL:
        raise CommittingUserError(
            "Akun CPNS ini menunggu persetujuan admin instansi. Hubungi admin instansi Anda.", "nip"
        )
    if found.state is not Eligibility.ELIGIBLE:
        raise CommittingUserError("Akun ini belum dapat diaktifkan. Hubungi admin instansi Anda.", "nip")
    if found.verdict is DomainVerdict.NOT_AGENCY:
        raise CommittingUserError(
            "Instansi Anda hanya menerima email dinas. Hubungi instansi Anda untuk memperbaiki email.", "email"
        )
