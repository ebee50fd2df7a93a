"""Requests for a new email address from people who can't log in. The response never reveals whether the person exists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from mysapk_web.administration import email_correction
from mysapk_web.administration.audit_events import EmailChangeRequested, EmailRequestRefused
from mysapk_web.administration.managed_account import audit_on, get_managed_account, notify
from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.organisation import audit, rate_limiting, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rate_limiting import LimitContext, RateLimitHit, subject_key
from mysapk_web.organisation.rules.email import EmailError, mask_email, normalise_email
from mysapk_web.organisation.rules.nip import NipError, parse_typed_nip
from mysapk_web.organisation.rules.roles import Permission, Role, roles_below
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import (
    CommittingUserError,
    FormError,
    ReauthenticationRequired,
    StaleRevisionError,
    UserError,
)
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.platform.reasons import clean_reason
from mysapk_web.platform.rules.text import collapse_blanks
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.rate_limits import (
    EMAIL_CORRECTION_MAILS_PER_NIP,
    EMAIL_CORRECTION_REQUESTS_PER_NETWORK,
    EMAIL_CORRECTION_REQUESTS_PER_NIP,
    EMAIL_CORRECTION_REQUESTS_PER_NIP_AND_NETWORK,
)
from mysapk_web.settings import get_settings

PAGE_SIZE: Final = 10
MAX_NAME: Final = 200
TOO_MANY: Final = (
    "Dari jaringan yang Anda pakai sudah terlalu banyak permintaan perbaikan email. Isian Anda tidak hilang; coba lagi satu jam lagi, "
    "gunakan jaringan lain, atau hubungi helpdesk instansi Anda."
)
GONE: Final = "Permintaan tidak ditemukan di wilayah Anda. Mungkin pegawainya sudah pindah unit atau instansi."
DECIDED: Final = {
    RequestState.ACCEPTED: "Permintaan ini sudah diterima",
    RequestState.REFUSED: "Permintaan ini sudah ditolak",
}


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request beside what is on file; `fault` says why the new address is impossible."""

    id: int
    account_id: int
    nip: str
    name: str
    typed_name: str
    name_matches: bool
    email: str = field(repr=False)
    typed_old_email: str = field(repr=False)
    old_email_matches: bool
    new_email: str = field(repr=False)
    fault: str
    warning: str
    unit: str
    submitted: str
    network: str
    revision: int


def submit_request(
    session: Session, *, client: ClientContext, nip: str, name: str, old_email: str, new_email: str
) -> None:
    """Open to anyone; well-formed input always gets the same response, in rows and time."""
    number, name, old, new = _validated(nip, name, old_email, new_email)
    if not rate_limiting.allow_network(session, EMAIL_CORRECTION_REQUESTS_PER_NETWORK, client):
        raise CommittingUserError(TOO_MANY)
    network = audit.truncated_network(client.client_address)
    counts = _hit_limits(session, number, network)
    found = session.exec(
        select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == number)
    ).one_or_none()
    pegawai, account = found or (None, None)
    subject_id, instansi_id = account.id if account else None, pegawai.instansi_id if pegawai else None
    whose: LimitContext = {"subject_id": subject_id, "instansi_id": instansi_id}
    for counted in counts:
        rate_limiting.record_exceeded(session, counted, client, **whose)
    if not all(counted.allowed for counted in counts):
        return
    session.add(
        EmailRequest(
            pegawai_id=pegawai.id if pegawai else None,
            nip=number,
            name=name,
            old_email=old,
            new_email=new,
            network=network,
            created_at=clock.now(),
        )
    )
    audit.record(
        session,
        EmailChangeRequested(mask_new=mask_email(new)),
        subject_id=subject_id,
        instansi_id=instansi_id,
        client_address=client.client_address,
    )
    key = subject_key(get_settings().key("counters"), f"nip:{number}")
    if not rate_limiting.allow(session, EMAIL_CORRECTION_MAILS_PER_NIP, key, client, **whose):
        return
    mail = enqueue(
        session, MailKind.EMAIL_REQUESTED, account_id=account.id if account else None, mask_new=mask_email(new)
    )
    # Mail to nobody is queued too, so that neither rows nor time reveal whether there is a recipient.
    if pegawai is None or not pegawai.email_key:
        mail.state, mail.last_error = OutboxState.OBSOLETE, "Tidak ada penerima."


def _hit_limits(session: Session, number: str, network: str) -> list[RateLimitHit]:
    """Limits that don't depend on who exists.

    The narrower one is counted first, and what exceeds it is not counted further: one network alone never exhausts the wider limit.
    """
    secret = get_settings().key("counters")
    limits = (
        (EMAIL_CORRECTION_REQUESTS_PER_NIP_AND_NETWORK, subject_key(secret, f"nip:{number}:{network}")),
        (EMAIL_CORRECTION_REQUESTS_PER_NIP, subject_key(secret, f"nip:{number}")),
    )
    found: list[RateLimitHit] = []
    for limit, key in limits:
        found.append(rate_limiting.hit(session, limit, key))
        if not found[-1].allowed:
            break
    return found


def _validated(nip: str, name: str, old_email: str, new_email: str) -> tuple[str, str, str, str]:
    faults: dict[str, str] = {}
    number = old = new = ""
    name = collapse_blanks(name)
    try:
        number = parse_typed_nip(nip, today=clock.now().date())
    except NipError as error:
        faults["nip"] = str(error) if nip.strip() else "Isi NIP Anda, 18 angka."
    if not name or len(name) > MAX_NAME or not name.isprintable():
        faults["nama"] = "Isi nama lengkap Anda sesuai data kepegawaian."
    try:
        old = normalise_email(old_email) if old_email.strip() else ""
    except EmailError as error:
        faults["email_lama"] = str(error)
    try:
        new = normalise_email(new_email)
    except EmailError as error:
        faults["email_baru"] = str(error) if new_email.strip() else "Isi alamat email yang Anda pakai sekarang."
    if not faults and old == new:
        faults["email_baru"] = "Alamat baru sama dengan alamat lama. Isi alamat yang Anda pakai sekarang."
    if faults:
        raise FormError(faults)
    return number, name, old, new


def pending_requests(session: Session, actor: Actor, number: int) -> Page[RequestView]:
    """Open requests the actor may decide, oldest first. Those about a role not below the actor's wait for a higher admin."""
    order = col(EmailRequest.created_at), col(EmailRequest.id)
    found = paginate(session, _open(actor), number, *order, size=PAGE_SIZE, unlimited=True)
    timezone = timezone_of(session, actor)
    return found.map(lambda request: _view(session, actor, request, timezone))


def accept_request(session: Session, actor: Actor, *, request_id: int, reason: str, seen: int = 0) -> None:
    """`reason` says how the actor made sure that the person asked."""
    request, account_id = _lock_request(session, actor, request_id)
    why = clean_reason(reason, email_correction.MAX_REASON)
    try:
        email_correction.correct_email(
            session, actor, account_id=account_id, email=request.new_email, reason=why, seen=seen
        )
    except (ReauthenticationRequired, StaleRevisionError):
        raise
    except UserError as refusal:
        raise UserError(refusal.sentence) from None
    _decide(request, actor, RequestState.ACCEPTED, why)


def reject_request(session: Session, actor: Actor, *, request_id: int, reason: str, seen: int = 0) -> None:
    """The address on file, and no other, receives the reason."""
    request, account_id = _lock_request(session, actor, request_id)
    why = clean_reason(reason, email_correction.MAX_REASON)
    account, pegawai = get_managed_account(session, account_id, actor, Permission.EMAIL_REPAIR, seen=seen)
    _decide(request, actor, RequestState.REFUSED, why)
    audit_on(session, EmailRequestRefused(reason=why), account, pegawai, actor)
    notify(
        session, MailKind.EMAIL_REQUEST_REFUSED, account, pegawai, reason=why, mask_new=mask_email(request.new_email)
    )


def count_orphaned(session: Session) -> int:
    """Open requests that no one may decide: no role in use is above the person's."""
    given = session.exec(select(RoleGrant.role).where(col(RoleGrant.revoked_at).is_(None)).distinct())
    found = (
        select(func.count())
        .select_from(EmailRequest)
        .join(Account, col(Account.pegawai_id) == EmailRequest.pegawai_id)
        .where(EmailRequest.state == RequestState.OPEN, _holds_other_than(roles_below(map(Role, given))))
    )
    return session.exec(found).one()


def _holds_other_than(roles: Collection[Role]) -> ColumnElement[bool]:
    """Condition on `Account`: holds a role other than these."""
    return (
        select(col(RoleGrant.id))
        .where(
            RoleGrant.account_id == Account.id,
            col(RoleGrant.revoked_at).is_(None),
            col(RoleGrant.role).not_in(roles),
        )
        .exists()
    )


def _open(actor: Actor) -> Any:
    return _in_scope(actor).where(EmailRequest.state == RequestState.OPEN)


def _in_scope(actor: Actor) -> Any:
    """Excludes what `get_managed_account` would refuse."""
    actor.require(Permission.EMAIL_REPAIR)
    return (
        select(EmailRequest)
        .join(Pegawai, col(Pegawai.id) == EmailRequest.pegawai_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(
            people_in_scope(actor, Permission.EMAIL_REPAIR),
            Pegawai.id != actor.pegawai_id,
            ~_holds_other_than(roles_below(actor.roles)),
        )
    )


def _lock_request(session: Session, actor: Actor, request_id: int) -> tuple[EmailRequest, int]:
    """The locked request and the account it is about."""
    request = session.exec(
        _in_scope(actor).where(EmailRequest.id == request_id).with_for_update(of=EmailRequest)
    ).one_or_none()
    if request is None:
        raise NotFoundError("request outside the scope", GONE)
    if request.state is not RequestState.OPEN:
        what, at = DECIDED[request.state], request.decided_at or clock.now()
        raise revisions.already_done_error(session, actor, what, by=request.decided_by, at=at)
    account_id = session.exec(select(Account.id).where(Account.pegawai_id == request.pegawai_id)).one()
    return request, account_id or 0


def _decide(request: EmailRequest, actor: Actor, state: RequestState, reason: str) -> None:
    request.state, request.decided_by, request.decided_at, request.reason = (
        state,
        actor.account_id,
        clock.now(),
        reason,
    )


def _view(session: Session, actor: Actor, request: EmailRequest, timezone: str) -> RequestView:
    account, pegawai = session.exec(
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(Pegawai.id == request.pegawai_id)
    ).one()
    account_id = account.pk
    check = email_correction.validate_new_email(session, actor, account_id=account_id, email=request.new_email)
    person = email_correction.get_person(session, actor, account_id=account_id)
    return RequestView(
        id=request.pk,
        account_id=account_id,
        nip=request.nip,
        name=person.name,
        typed_name=request.name,
        name_matches=_folded(request.name) in {_folded(pegawai.name), _folded(person.name)},
        email=person.email,
        typed_old_email=request.old_email,
        old_email_matches=bool(request.old_email) and request.old_email == pegawai.email_key,
        new_email=request.new_email,
        fault=check.fault,
        warning=check.warning,
        unit=person.unit,
        submitted=format_moment(request.created_at, timezone),
        network=request.network,
        revision=person.revision,
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace(".", " ").replace(",", " ").split())
