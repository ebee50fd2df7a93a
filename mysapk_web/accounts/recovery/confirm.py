"""Using a token: the try is counted before the check, the token is used up only together with the new password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, update
from sqlmodel import Session, col

from mysapk_web.accounts import lockouts, one_time_tokens, password_policy, second_factor, sessions
from mysapk_web.accounts.audit_events import Activated, PasswordReset, TokenExhausted, TokenWrong
from mysapk_web.accounts.one_time_tokens import fault_of
from mysapk_web.accounts.password_policy import PasswordEvaluation
from mysapk_web.accounts.passwords import hash_password, verify_password
from mysapk_web.accounts.recovery.browsers import RecoveryFlow, count_try, find_flow, refund_try
from mysapk_web.accounts.recovery.eligibility import account_eligibility
from mysapk_web.accounts.recovery.request import NO_REQUEST
from mysapk_web.accounts.rules.password import PasswordContext
from mysapk_web.accounts.tables import ResetBinding, ResetRequest
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.rules.nip import birth_date_in
from mysapk_web.organisation.rules.pegawai import Eligibility
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.rate_limits import TOKEN_CHECKS_PER_NETWORK, TOKEN_TRIES
from mysapk_web.settings import get_settings

DEAD: Final = (
    "Token ini tidak berlaku lagi (sudah dipakai, kedaluwarsa, atau diganti yang lebih baru). "
    "Pakai token dari email terbaru, atau kirim ulang token."
)
SAME_PASSWORD: Final = "Ini password Anda yang sekarang. Pilih yang lain, atau langsung masuk dengan password ini."
EXHAUSTED: Final = (
    "Token tidak berlaku lagi di peramban ini: kesempatan mencobanya sudah habis. "
    "Buka tautan di email token untuk mencoba lagi, atau kirim ulang token."
)


@dataclass(frozen=True, slots=True)
class _VerifiedToken:
    request_id: str
    account_id: int
    version: int
    password_hash: str | None = field(repr=False)
    """The present one; None before the activation."""


def _check_form(db: Database, *, client: ClientContext, token: str, password: str) -> None:
    _typed(db, client, token, password)


@precheck(_check_form)
def confirm_reset(db: Database, *, client: ClientContext, token: str, password: str) -> None:
    """Open to everybody; runs in the hashing queue.

    Raises:
        FormError: A field is empty or malformed; costs no try.
        CommittingUserError: The token is wrong; a try is used up.
        UserError: No request, or it is dead.
    """
    settings = get_settings()
    typed = _typed(db, client, token, password)
    ticket = in_transaction(db, _check_token, client, typed)
    # One hash more than a new password needs; without a matching token there is none at all.
    same = ticket.password_hash is not None and verify_password(password, ticket.password_hash, settings)
    in_transaction(db, _check_person, client, ticket, password, same=same)
    new_hash = hash_password(password, settings)
    in_transaction(db, _conclude, client, ticket, new_hash)


def evaluate_reset_password(session: Session, *, client: ClientContext, password: str) -> PasswordEvaluation:
    """By the typed NIP only, never by the person. Open to everybody."""
    return password_policy.evaluate_password(
        password, _public_context(find_flow(session, client)), get_settings().password_min_length
    )


def _public_context(flow: RecoveryFlow | None) -> PasswordContext:
    """Judging by more than the NIP would reveal whether the person exists."""
    nip = flow.newest.nip if flow is not None else ""
    return PasswordContext(nip=nip, name="", birth_date=birth_date_in(nip))


def _typed(db: Database, client: ClientContext, token: str, password: str) -> str:
    """Form errors cost no try."""
    with db.read() as session:
        flow = find_flow(session, client)
        context = _public_context(flow)
    if flow is None:
        raise UserError(NO_REQUEST)
    faults = {}
    typed = ""
    try:
        typed = one_time_tokens.parse_token(token)
    except ValueError as error:
        faults["token"] = str(error)
    sentence = password_policy.first_fault(password, context, get_settings().password_min_length)
    if sentence:
        faults["password"] = sentence
    if faults:
        raise FormError(faults)
    return typed


def _check_token(session: Session, client: ClientContext, typed: str) -> _VerifiedToken:
    """Count the try, then compare; the same work for a request that belongs to nobody.

    Only somebody who types a token that was sent learns more than that it does not match: strangers who typed the same pair see nothing
    of what became of the request.
    """
    flow = find_flow(session, client, lock=True)
    if flow is None:
        raise UserError(NO_REQUEST)
    _limit_network(session, client, flow)
    expired = flow.is_stale
    tries = count_try(session, client, flow)
    if tries is None:
        raise CommittingUserError(EXHAUSTED, "token")
    request, own = flow.newest, flow.own_request
    right = one_time_tokens.matches(request, typed)
    older = one_time_tokens.matches(own, typed) and own.account_id is not None
    account = session.get(Account, request.account_id or 0)  # read for a stranger, too: the same time
    usable = account is not None and account.version == request.account_version and not fault_of(request)
    if right and account is not None and usable:
        return _VerifiedToken(request.id, account.pk, account.version, account.password_hash)
    audit.record(session, TokenWrong(tries=tries), subject_id=request.account_id, client_address=client.client_address)
    if tries >= TOKEN_TRIES:
        audit.record(session, TokenExhausted(), subject_id=request.account_id, client_address=client.client_address)
    if expired or older or (right and account is not None):
        raise CommittingUserError(DEAD, "token")
    wrong = one_time_tokens.wrong_token(
        TOKEN_TRIES - tries,
        next_step="Kirim ulang token, atau buka tautan di email token.",
        other_way=", atau buka tautan di email itu",
    )
    raise CommittingUserError(wrong, "token")


def _limit_network(session: Session, client: ClientContext, flow: RecoveryFlow) -> None:
    """Against guessing over many requests. A browser that came from the mail is exempt: neighbours may have used the limit up."""
    if flow.has_mail:
        return
    if not rate_limiting.allow_network(session, TOKEN_CHECKS_PER_NETWORK, client):
        raise CommittingUserError(
            "Terlalu banyak token dicoba dari jaringan ini. Buka tautan di email token, atau coba lagi 10 menit lagi."
        )


def _check_person(
    session: Session, client: ClientContext, ticket: _VerifiedToken, password: str, *, same: bool
) -> None:
    """The rules that need the person, told only to somebody with the token; the try is refunded."""
    account = session.get_one(Account, ticket.account_id)
    person = session.get_one(Pegawai, account.pegawai_id)
    sentence = password_policy.first_fault_for(session, account, person, password) or (SAME_PASSWORD if same else "")
    if sentence:
        refund_try(session, client, ticket.request_id)
        raise CommittingUserError(sentence, "password")


def _conclude(session: Session, client: ClientContext, ticket: _VerifiedToken, new_hash: str) -> None:
    """Use the token up and set the password, or do neither."""
    now = clock.now()
    second_factor.lift_code_block(
        session, get_settings(), ticket.account_id
    )  # counter, then account: as a code is checked
    # Locked first, as everywhere that requests a token or changes the account: no deadlock.
    account = session.get_one(Account, ticket.account_id, with_for_update=True)
    used = session.execute(
        update(ResetRequest)
        .where(col(ResetRequest.id) == ticket.request_id, one_time_tokens.live(ResetRequest))
        .values(used_at=now, used_by=client.browser_ref)
        .returning(col(ResetRequest.subject))
    ).one_or_none()
    person = session.get_one(Pegawai, account.pegawai_id)
    if used is None or not _set_password(session, account, person, ticket, new_hash):
        raise UserError(DEAD, "token")
    # Other browsers keep theirs: the page of a stranger who typed the same looks as if nothing had happened.
    session.execute(delete(ResetBinding).where(col(ResetBinding.browser) == client.browser_ref))
    sessions.revoke_all_sessions(session, ticket.account_id, "password direset")
    lockouts.clear_failed_logins(session, used.subject)
    _notify(session, client, account, person, first=account.activated_at is None)
    account.activated_at = account.activated_at or now
    session.add(account)


def _set_password(session: Session, account: Account, person: Pegawai, ticket: _VerifiedToken, new_hash: str) -> bool:
    """Unless something has changed since the token was checked."""
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


def _notify(session: Session, client: ClientContext, account: Account, person: Pegawai, *, first: bool) -> None:
    audit.record(
        session,
        Activated() if first else PasswordReset(),
        actor_id=account.id,
        subject_id=account.id,
        instansi_id=person.instansi_id,
        client_address=client.client_address,
    )
    if first:
        enqueue(session, MailKind.ACTIVATED, account_id=account.id)
    else:
        enqueue(session, MailKind.PASSWORD_CHANGED, account_id=account.id, how="reset")
