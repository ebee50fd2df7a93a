"""Using a token: the try is counted before the check, the token is used up only together with the new password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.nip import birth_date_in
from mysapk_web.domain.password import PasswordContext
from mysapk_web.domain.pegawai import Eligibility
from mysapk_web.domain.throttle import TOKEN_CHECKS_PER_ADDRESS, TOKEN_TRIES
from mysapk_web.domain.token import LENGTH, normalise_token, token_matches
from mysapk_web.models import Account, Database, Pegawai, ResetBinding, ResetRequest
from mysapk_web.services import audit, clock, counters, password_rules
from mysapk_web.services import session as sessions
from mysapk_web.services.actor import CountedRefusal, InputRefused, Refused, Visitor
from mysapk_web.services.database import in_transaction
from mysapk_web.services.login import ACCOUNT_WAIT
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.password_rules import PasswordJudgement
from mysapk_web.services.passwords import hash_password
from mysapk_web.services.recovery.asking import NO_REQUEST, current_request
from mysapk_web.services.recovery.finding import account_eligibility
from mysapk_web.settings import Settings, load

DEAD = "Token ini tidak berlaku lagi (sudah dipakai, kedaluwarsa, diganti yang lebih baru, atau terlalu sering salah). Kirim ulang token."


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A token that fitted: what the rest of the act needs."""

    request_id: str
    account_id: int
    version: int


def confirm(db: Database, *, visitor: Visitor, token: str, password: str) -> None:
    """Set a new password with a token. Open to everybody; runs in the hashing lane.

    Args:
        db: The database; short transactions, the hash between them.
        visitor: The browser, bound to its request.
        token: As typed or pasted.
        password: The new password as typed.

    Raises:
        InputRefused: A field is empty or not as it has to be; costs no try.
        CountedRefusal: The token is wrong; a try is used up.
        Refused: No request, or it is dead.
    """
    settings = load()
    typed = _typed(db, visitor, token, password)
    ticket = in_transaction(db, _check_token, settings, visitor, typed)
    in_transaction(db, _check_person, ticket, password)
    new_hash = hash_password(password, settings)
    in_transaction(db, _conclude, visitor, ticket, new_hash)


def judge(session: Session, *, visitor: Visitor, password: str) -> PasswordJudgement:
    """What the page shows while a new password is typed. Open to everybody; tells only of the typed NIP, never of a person.

    Args:
        session: A read transaction is enough.
        visitor: The browser.
        password: As typed so far; kept nowhere.
    """
    request = current_request(session, visitor)
    return password_rules.judge(password, _public_context(request), load().password_min_length)


def _public_context(request: ResetRequest | None) -> PasswordContext:
    """The part of the person that everybody knows who typed the NIP: judging by more would tell whether the person exists."""
    nip = request.nip if request is not None else ""
    return PasswordContext(nip=nip, nama="", birth_date=birth_date_in(nip))


def _typed(db: Database, visitor: Visitor, token: str, password: str) -> str:
    """Read both fields; what is wrong in form is told at once and costs no try."""
    with db.read() as session:
        request = current_request(session, visitor)
        context = _public_context(request)
    if request is None:
        raise Refused(NO_REQUEST)
    faults = {}
    typed = normalise_token(token)
    if not token.strip():
        faults["token"] = "Isi token dari email."
    elif typed is None:
        faults["token"] = f"Token terdiri atas {LENGTH} huruf dan angka. Salin dari email lalu tempel di sini."
    sentence = password_rules.first_fault(password, context, load().password_min_length)
    if sentence:
        faults["password"] = sentence
    if faults or typed is None:
        raise InputRefused(faults)
    return typed


def _check_token(session: Session, settings: Settings, visitor: Visitor, typed: str) -> _Ticket:
    """Count the try, then compare; runs the same for a request that belongs to nobody."""
    if not counters.within_network(session, TOKEN_CHECKS_PER_ADDRESS, visitor):
        raise CountedRefusal("Terlalu banyak token dicoba dari jaringan ini. Coba lagi 10 menit lagi.")
    now = clock.now()
    request = current_request(session, visitor)
    tries = session.execute(
        update(ResetRequest)
        .where(
            col(ResetRequest.id) == (request.id if request else ""),
            col(ResetRequest.tries) < TOKEN_TRIES,
            col(ResetRequest.used_at).is_(None),
            col(ResetRequest.superseded_at).is_(None),
            col(ResetRequest.expires_at) > now,
        )
        .values(tries=ResetRequest.tries + 1)
        .returning(col(ResetRequest.tries))
    ).scalar_one_or_none()
    if request is None or tries is None:
        raise CountedRefusal(DEAD, "token")
    right = token_matches(settings.key("reset-token"), bytes.fromhex(request.id), typed)
    account = session.get(Account, request.account_id or 0)  # asked for a stranger too: the same time
    if not right or account is None:
        audit.record(session, AuditTag.TOKEN_WRONG, subject_id=request.account_id, address=visitor.address, tries=tries)
        if tries >= TOKEN_TRIES:
            audit.record(session, AuditTag.TOKEN_EXHAUSTED, subject_id=request.account_id, address=visitor.address)
        raise CountedRefusal(_wrong(TOKEN_TRIES - tries), "token")
    if account.version != request.account_version:
        raise CountedRefusal(DEAD, "token")
    return _Ticket(request.id, account.id or 0, account.version)


def _wrong(left: int) -> str:
    if left <= 0:
        return "Token tidak cocok dan sudah terlalu sering salah. Kirim ulang token untuk mendapat yang baru."
    return f"Token tidak cocok. Salin token dari email terbaru. Sisa percobaan: {left}."


def _check_person(session: Session, ticket: _Ticket, password: str) -> None:
    """The rules that need the person, told only to who has the token; the try is given back."""
    account = session.get_one(Account, ticket.account_id)
    person = session.get_one(Pegawai, account.pegawai_id)
    sentence = password_rules.fault_for_person(session, account, person, password)
    if sentence:
        session.execute(
            update(ResetRequest)
            .where(col(ResetRequest.id) == ticket.request_id, col(ResetRequest.tries) > 0)
            .values(tries=ResetRequest.tries - 1)
        )
        raise CountedRefusal(sentence, "password")


def _conclude(session: Session, visitor: Visitor, ticket: _Ticket, new_hash: str) -> None:
    """Use the token up and set the password, or do neither."""
    now = clock.now()
    used = session.execute(
        update(ResetRequest)
        .where(
            col(ResetRequest.id) == ticket.request_id,
            col(ResetRequest.used_at).is_(None),
            col(ResetRequest.superseded_at).is_(None),
            col(ResetRequest.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(ResetRequest.subject))
    ).scalar_one_or_none()
    account = session.get_one(Account, ticket.account_id)
    person = session.get_one(Pegawai, account.pegawai_id)
    if used is None or not _set_password(session, account, person, ticket, new_hash):
        raise Refused(DEAD, "token")
    session.execute(delete(ResetBinding).where(col(ResetBinding.request_id) == ticket.request_id))
    sessions.end_all(session, ticket.account_id, "password direset")
    counters.clear(session, ACCOUNT_WAIT, used)
    _tell(session, visitor, account, person, first=account.activated_at is None)
    account.activated_at = account.activated_at or now
    session.add(account)


def _set_password(session: Session, account: Account, person: Pegawai, ticket: _Ticket, new_hash: str) -> bool:
    """Write the hash if nothing has changed since the token was checked."""
    if account_eligibility(person, account) is not Eligibility.ELIGIBLE:
        return False
    changed = session.execute(
        update(Account)
        .where(col(Account.id) == ticket.account_id, col(Account.version) == ticket.version)
        .values(password_hash=new_hash, version=Account.version + 1)
        .returning(col(Account.version))
    ).one_or_none()
    if changed is not None:
        session.refresh(account)
    return changed is not None


def _tell(session: Session, visitor: Visitor, account: Account, person: Pegawai, *, first: bool) -> None:
    audit.record(
        session,
        AuditTag.ACTIVATED if first else AuditTag.PASSWORD_RESET,
        actor_id=account.id,
        subject_id=account.id,
        instansi_id=person.instansi_id,
        address=visitor.address,
    )
    if first:
        enqueue(session, Letter.ACTIVATED, account_id=account.id)
    else:
        enqueue(session, Letter.PASSWORD_CHANGED, account_id=account.id, how="reset")
