"""Requests to have an address corrected, left by people who can't log in (domain 3.2, 12). The answer is the same for everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from mysapk_web.administration import email_correction
from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.organisation import audit, rate_limiting, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.managed_account import find, note, tell
from mysapk_web.organisation.rate_limiting import Counted, subject_key
from mysapk_web.organisation.rules.email import EmailError, mask_email, normalise_email
from mysapk_web.organisation.rules.nip import NipError, parse_typed_nip
from mysapk_web.organisation.rules.roles import Permission, Role, below
from mysapk_web.organisation.scope import people_within
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import Visitor
from mysapk_web.platform.errors import CountedRefusal, InputRefused, Refused, StaleRevisionError, StepUpNeeded
from mysapk_web.platform.mail.queue import Letter, enqueue
from mysapk_web.platform.pagination import Page, page_of
from mysapk_web.platform.reasons import reason_of
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.rate_limits import (
    EMAIL_REPAIR_LETTERS_PER_NIP,
    EMAIL_REPAIR_REQUESTS_PER_ADDRESS,
    EMAIL_REPAIR_REQUESTS_PER_NIP,
    EMAIL_REPAIR_REQUESTS_PER_NIP_AND_NETWORK,
)
from mysapk_web.settings import load

PAGE: Final = 10
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
    """A request beside what is on file, for whoever decides."""

    id: int
    account_id: int
    nip: str
    nama: str
    nama_typed: str
    name_fits: bool
    email: str = field(repr=False)
    old_typed: str = field(repr=False)
    old_fits: bool
    new_email: str = field(repr=False)
    fault: str
    """Why the new address can't be given."""
    warning: str
    unit: str
    created_at: datetime
    network: str
    revision: int
    """Of the account, named by the decision (`organisation.revisions`)."""


def ask(session: Session, *, visitor: Visitor, nip: str, nama: str, old_email: str, new_email: str) -> None:
    """Leave a request. Open to everybody; always ends the same way for input of the right form.

    Args:
        session: Any transaction.
        visitor: The browser.
        nip: As typed.
        nama: As typed.
        old_email: As typed; may be empty for who doesn't know it.
        new_email: As typed.

    Raises:
        InputRefused: Something can't be what it has to be (a matter of form only).
        CountedRefusal: Too many requests from this network, whoever they are about.
    """
    number, name, old, new = _typed(nip, nama, old_email, new_email)
    if not rate_limiting.within_network(session, EMAIL_REPAIR_REQUESTS_PER_ADDRESS, visitor):
        raise CountedRefusal(TOO_MANY)
    network = audit.network(visitor.address)
    counts = _counts(session, number, network)
    found = session.exec(
        select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == number)
    ).one_or_none()
    pegawai, account = found or (None, None)
    whose = {"subject_id": account.id if account else None, "instansi_id": pegawai.instansi_id if pegawai else None}
    for counted in counts:
        rate_limiting.note(session, counted, visitor, **whose)
    if not all(counted.within for counted in counts):
        return
    session.add(
        EmailRequest(
            pegawai_id=pegawai.id if pegawai else None,
            nip=number,
            nama=name,
            old_email=old,
            new_email=new,
            network=network,
            created_at=clock.now(),
        )
    )
    audit.record(
        session,
        AuditTag.EMAIL_CHANGE_REQUESTED,
        **whose,
        address=visitor.address,
        mask_new=mask_email(new),
    )
    key = subject_key(load().key("counters"), f"nip:{number}")
    if not rate_limiting.within(session, EMAIL_REPAIR_LETTERS_PER_NIP, key, visitor, **whose):
        return
    mail = enqueue(
        session, Letter.EMAIL_REQUESTED, account_id=account.id if account else None, mask_new=mask_email(new)
    )
    # A letter that goes to nobody is written too: neither rows nor time tell whether there was somebody to write to.
    if pegawai is None or not pegawai.email_key:
        mail.state, mail.last_error = OutboxState.OBSOLETE, "Tidak ada penerima."


def _counts(session: Session, number: str, network: str) -> list[Counted]:
    """How many requests there were, against limits that know nothing of who exists.

    The narrower one is counted first and what goes beyond it not counted further, so that one network alone never fills the wider.
    """
    secret = load().key("counters")
    limits = (
        (EMAIL_REPAIR_REQUESTS_PER_NIP_AND_NETWORK, subject_key(secret, f"nip:{number}:{network}")),
        (EMAIL_REPAIR_REQUESTS_PER_NIP, subject_key(secret, f"nip:{number}")),
    )
    found: list[Counted] = []
    for limit, key in limits:
        found.append(rate_limiting.count(session, limit, key))
        if not found[-1].within:
            break
    return found


def _typed(nip: str, nama: str, old_email: str, new_email: str) -> tuple[str, str, str, str]:
    faults: dict[str, str] = {}
    number = old = new = ""
    name = " ".join(nama.split())
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
        raise InputRefused(faults)
    return number, name, old, new


def waiting(session: Session, actor: Actor, number: int) -> Page[RequestView]:
    """Requests that the actor may decide and nobody has decided, the oldest first.

    One about somebody whose role does not stand below those of the actor waits for an admin above, and is not shown.

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        number: Which page, from 1.

    Raises:
        NotAllowed: The actor may not.
    """
    found = page_of(session, _open(actor), number, PAGE, col(EmailRequest.created_at), col(EmailRequest.id))
    return found.map(lambda request: _view(session, actor, request))


def accept(session: Session, actor: Actor, *, request_id: int, reason: str, seen: int = 0) -> None:
    """Give the person the address that was asked for.

    Args:
        session: Any transaction.
        actor: Who decides.
        request_id: Which.
        reason: How it was made sure that the person asked, for the trail.
        seen: `RequestView.revision` that the page showed.

    Raises:
        NotAllowed: The actor may not.
        NotFoundError: No such request within reach.
        StaleRevisionError: Decided already, or the account was changed meanwhile.
        Refused: No reason, or not an address that the person may have.
        StepUpNeeded: Password or code have to be shown again.
    """
    request, account_id = _take(session, actor, request_id)
    why = reason_of(reason, email_correction.MAX_REASON)
    try:
        email_correction.repair(session, actor, account_id=account_id, email=request.new_email, reason=why, seen=seen)
    except (StepUpNeeded, StaleRevisionError):
        raise
    except Refused as refusal:
        raise Refused(refusal.sentence) from None
    _decide(request, actor, RequestState.ACCEPTED, why)


def refuse(session: Session, actor: Actor, *, request_id: int, reason: str, seen: int = 0) -> None:
    """Say no; the address on file, and no other, is told why.

    Args:
        session: Any transaction.
        actor: Who decides.
        request_id: Which.
        reason: In words, for the person and the trail.
        seen: `RequestView.revision` that the page showed.

    Raises:
        NotAllowed: The actor may not.
        NotFoundError: No such request within reach.
        StaleRevisionError: Decided already, or the account was changed meanwhile.
        Refused: No reason.
    """
    request, account_id = _take(session, actor, request_id)
    why = reason_of(reason, email_correction.MAX_REASON)
    account, pegawai = find(session, account_id, actor, Permission.EMAIL_REPAIR, seen=seen)
    _decide(request, actor, RequestState.REFUSED, why)
    note(session, AuditTag.EMAIL_REQUEST_REFUSED, account, pegawai, actor, reason=why)
    tell(session, Letter.EMAIL_REQUEST_REFUSED, account, pegawai, reason=why, mask_new=mask_email(request.new_email))


def for_nobody(session: Session) -> int:
    """How many open requests wait for nobody in the portal: they are about people above whom no role stands that anybody has.

    Args:
        session: A read transaction is enough.
    """
    given = session.exec(select(RoleGrant.role).where(col(RoleGrant.revoked_at).is_(None)).distinct())
    found = (
        select(func.count())
        .select_from(EmailRequest)
        .join(Account, col(Account.pegawai_id) == EmailRequest.pegawai_id)
        .where(EmailRequest.state == RequestState.OPEN, _holds_other_than(below(map(Role, given))))
    )
    return session.exec(found).one()


def _holds_other_than(roles: Collection[Role]) -> ColumnElement[bool]:
    """Condition over `akun`: it holds a role that is none of these."""
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
    return _within(actor).where(EmailRequest.state == RequestState.OPEN)


def _within(actor: Actor) -> Any:
    """What `people.target.find` would refuse is not among them."""
    actor.require(Permission.EMAIL_REPAIR)
    return (
        select(EmailRequest)
        .join(Pegawai, col(Pegawai.id) == EmailRequest.pegawai_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(
            people_within(actor, Permission.EMAIL_REPAIR),
            Pegawai.id != actor.pegawai_id,
            ~_holds_other_than(below(actor.roles)),
        )
    )


def _take(session: Session, actor: Actor, request_id: int) -> tuple[EmailRequest, int]:
    """The request, locked, and whose account it is about."""
    request = session.exec(
        _within(actor).where(EmailRequest.id == request_id).with_for_update(of=EmailRequest)
    ).one_or_none()
    if request is None:
        raise NotFoundError("request outside the scope", GONE)
    if request.state is not RequestState.OPEN:
        what, at = DECIDED[request.state], request.decided_at or clock.now()
        raise revisions.done_already(session, actor, what, by=request.decided_by, at=at)
    account_id = session.exec(select(Account.id).where(Account.pegawai_id == request.pegawai_id)).one()
    return request, account_id or 0


def _decide(request: EmailRequest, actor: Actor, state: RequestState, reason: str) -> None:
    request.state, request.decided_by, request.decided_at, request.reason = (
        state,
        actor.account_id,
        clock.now(),
        reason,
    )


def _view(session: Session, actor: Actor, request: EmailRequest) -> RequestView:
    account, pegawai = session.exec(
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(Pegawai.id == request.pegawai_id)
    ).one()
    account_id = account.id or 0
    judged = email_correction.check(session, actor, account_id=account_id, email=request.new_email)
    person = email_correction.person(session, actor, account_id=account_id)
    return RequestView(
        id=request.id or 0,
        account_id=account_id,
        nip=request.nip,
        nama=person.nama,
        nama_typed=request.nama,
        name_fits=_folded(request.nama) in {_folded(pegawai.nama), _folded(person.nama)},
        email=person.email,
        old_typed=request.old_email,
        old_fits=bool(request.old_email) and request.old_email == pegawai.email_key,
        new_email=request.new_email,
        fault=judged.fault,
        warning=judged.warning,
        unit=person.unit,
        created_at=request.created_at,
        network=request.network,
        revision=person.revision,
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace(".", " ").replace(",", " ").split())
