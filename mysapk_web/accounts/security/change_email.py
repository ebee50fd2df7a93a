"""A new e-mail for one's own account: it counts once its token was confirmed (ASVS 6.3.7, 7.5.1).

The token goes to the new address only. Whether somebody else has the address is never revealed: the page is the same, and its holder
gets a notice instead of a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts import one_time_tokens
from mysapk_web.accounts.audit_events import EmailChangeAsked, TokenWrong
from mysapk_web.accounts.email_replacement import replace_email
from mysapk_web.accounts.one_time_tokens import TokenFault
from mysapk_web.accounts.security.change_password import confirm_password, require_typed
from mysapk_web.accounts.security.reauthentication import recently_authenticated
from mysapk_web.accounts.tables import EmailChangeRequest
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, domain_verdict, mask_email, normalise_email
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.rate_limits import EMAIL_CHANGES_PER_ACCOUNT, EMAIL_CHANGES_PER_TARGET, TOKEN_TRIES
from mysapk_web.settings import get_settings

NOBODY: Final = 0
"""Account version of a request whose address is somebody else's: accounts begin at 1, so it never comes true."""

SAME_EMAIL: Final = "Alamat ini sudah menjadi alamat akun Anda."
NOT_AGENCY: Final = "Instansi Anda hanya menerima email dinas. Isi alamat email dinas Anda."
DEAD: Final = (
    "Token ini tidak berlaku lagi (sudah dipakai, kedaluwarsa, diganti yang lebih baru, atau terlalu sering salah). "
    "Minta token lagi."
)


@dataclass(frozen=True, slots=True)
class PendingEmailChange:
    """`resend_in` in seconds."""

    mask: str
    expires_at: datetime
    minutes: int
    resend_in: int
    tries_left: int


def _check_form(db: Database, actor: Actor, *, email: str, password: str = "") -> str:
    """The normalised e-mail."""
    actor.require(Permission.CHANGE_OWN_PROFILE)
    try:
        address = normalise_email(email)
    except EmailError as error:
        raise FormError({"email": str(error)}) from None
    with db.read() as session:
        _check_email(session, actor, address)
    if not recently_authenticated(actor):
        require_typed(password, field="password")
    return address


@precheck(_check_form)
def request_email_change(db: Database, actor: Actor, *, email: str, password: str = "") -> None:
    """Ends the same way for every acceptable address. For everybody logged in; runs in the hashing queue.

    Raises:
        FormError: Not an address, not one the agency accepts, the current one, or no password.
        CommittingUserError: Wrong password, or too many requests.
        UserError: The last token was requested less than a minute ago.
    """
    address = _check_form(db, actor, email=email, password=password)
    if not recently_authenticated(actor):
        confirm_password(db, actor, password, field="password")
    in_transaction(db, _ask, actor, address)


def _check_email(session: Session, actor: Actor, address: str) -> None:
    """What may be said of an address without revealing whose it is."""
    person = session.get_one(Pegawai, actor.pegawai_id)
    if address == person.email_key:
        raise FormError({"email": SAME_EMAIL})
    agency = session.get_one(Instansi, person.instansi_id)
    if domain_verdict(address, agency.domain_policy, agency.email_domains) is DomainVerdict.NOT_AGENCY:
        raise FormError({"email": NOT_AGENCY})


def _ask(session: Session, actor: Actor, address: str) -> None:
    account = session.exec(
        select(Account).where(Account.id == actor.account_id).with_for_update()  # two requests are serialised
    ).one()
    last = _newest(session, actor)
    left = _resend_wait(last)
    if left:
        raise UserError(f"Token baru saja dikirim. Periksa email Anda, atau minta lagi dalam {describe_wait(left)}.")
    secret = get_settings().key("counters")
    own, target = (subject_key(secret, f"ganti-email:{what}") for what in (actor.account_id, address))
    if not rate_limiting.allow(session, EMAIL_CHANGES_PER_ACCOUNT, own, actor):
        raise CommittingUserError("Terlalu banyak permintaan ganti email hari ini. Coba lagi besok.")
    may_write = rate_limiting.allow(session, EMAIL_CHANGES_PER_TARGET, target, actor)
    holder = session.exec(
        select(Account.id).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.email_key == address)
    ).first()
    _supersede(session, actor)
    change = one_time_tokens.issue(
        session,
        EmailChangeRequest,
        account_id=actor.account_id,
        account_version=account.version if holder is None else NOBODY,
        email_key=address,
    )
    mail = (
        enqueue(session, MailKind.EMAIL_TOKEN, account_id=actor.account_id, recipient=address, change=change.id)
        if holder is None
        else enqueue(session, MailKind.EMAIL_TAKEN, account_id=holder)
    )
    if not may_write:
        mail.state, mail.last_error = OutboxState.OBSOLETE, "Batas surat sehari sudah tercapai."
    audit.record_own(session, actor, EmailChangeAsked(mask_new=mask_email(address), email_taken=holder is not None))


def cancel_email_change(session: Session, actor: Actor) -> None:
    _supersede(session, actor)


def pending_email_change(session: Session, actor: Actor) -> PendingEmailChange | None:
    change = _newest(session, actor)
    if change is None or one_time_tokens.fault_of(change) not in {None, TokenFault.EXHAUSTED}:
        return None
    return PendingEmailChange(
        mask=mask_email(change.email_key),
        expires_at=change.expires_at,
        minutes=get_settings().token_minutes,
        resend_in=-(-_resend_wait(change) // timedelta(seconds=1)),
        tries_left=max(0, TOKEN_TRIES - change.tries),
    )


def confirm_email_change(session: Session, actor: Actor, *, token: str) -> None:
    """Both addresses are notified; every other session ends. For everybody logged in.

    Raises:
        FormError: Not a token; costs no try.
        CommittingUserError: The token is wrong or dead; a try is used up.
        UserError: The address was taken, or the agency's rule changed, meanwhile.
    """
    actor.require(Permission.CHANGE_OWN_PROFILE)
    try:
        typed = one_time_tokens.parse_token(token)
    except ValueError as error:
        raise FormError({"token": str(error)}) from None
    change = _newest(session, actor)
    if change is None or not one_time_tokens.count_try(session, change):
        raise CommittingUserError(DEAD, "token")
    account = session.get_one(Account, actor.account_id)
    if not one_time_tokens.matches(change, typed):
        audit.record_own(session, actor, TokenWrong(tries=change.tries))
        left = TOKEN_TRIES - change.tries
        raise CommittingUserError(one_time_tokens.wrong_token(left, next_step="Minta token lagi."), "token")
    if account.version != change.account_version:
        raise CommittingUserError(DEAD, "token")
    _check_email(session, actor, change.email_key)
    change.used_at = clock.now()
    session.add(change)
    replace_email(
        session,
        account=account,
        pegawai=session.get_one(Pegawai, actor.pegawai_id),
        new_email=change.email_key,
        actor_id=actor.account_id,
        reason="diganti pemilik",
        keep_session=actor.session_ref,
        client_address=actor.client.client_address,
    )


def _newest(session: Session, actor: Actor) -> EmailChangeRequest | None:
    return session.exec(
        select(EmailChangeRequest)
        .where(EmailChangeRequest.account_id == actor.account_id)
        .order_by(col(EmailChangeRequest.created_at).desc(), col(EmailChangeRequest.superseded_at).is_(None).desc())
        .limit(1)
    ).one_or_none()


def _resend_wait(last: EmailChangeRequest | None) -> timedelta:
    """Also after the request was dropped: dropping it must not let the next mail out sooner."""
    if last is None or last.used_at is not None:
        return timedelta(0)
    return one_time_tokens.resend_wait(last.created_at)


def _supersede(session: Session, actor: Actor) -> None:
    one_time_tokens.supersede(session, EmailChangeRequest, col(EmailChangeRequest.account_id) == actor.account_id)
