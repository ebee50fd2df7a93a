"""Correct the email address of one person in scope, with a reason and a check before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import EMAIL_TAKEN, replace_email
from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.managed_account import OUT_OF_SCOPE, ROLE_NOT_BELOW, get_managed_account, may_manage
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.name_search import search_people
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, domain_verdict, mask_email, normalise_email
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agency_ids_in_scope, people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.reasons import clean_reason
from mysapk_web.platform.rules.text import is_blank

MAX_REASON: Final = 200
MAX_MATCHES: Final = 10
NOT_AGENCY: Final = "Domain alamat ini tidak termasuk domain instansi. Minta alamat email instansi."
FREE_MAIL: Final = "Alamat ini memakai layanan email gratis; instansi menyarankan alamat email instansi."
SAME: Final = "Alamat ini sama dengan alamat yang sudah tercatat."
BLANKS: Final = "Alamat yang tercatat memuat spasi di awal atau akhir."


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """`email` is masked if the actor may not manage the account, and empty if there is none."""

    account_id: int
    nip: str
    name: str
    unit: str
    instansi: str
    email: str = field(repr=False)
    note: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class EmailCheck:
    fault: str = ""
    warning: str = ""


def find_people(session: Session, actor: Actor, *, text: str) -> Page[PersonMatch]:
    """The first few people in scope by NIP or name."""
    actor.require(Permission.EMAIL_REPAIR)
    if not text.strip():
        raise UserError("Isi NIP atau nama pegawai.", "cari")
    rows: Any = session.exec(
        _people(actor)
        .where(search_people(session, text, agency_ids_in_scope(actor, Permission.EMAIL_REPAIR)))
        .order_by(col(Pegawai.name), col(Pegawai.id))
        .limit(MAX_MATCHES + 1)
    )
    found = [_found(session, actor, *row) for row in rows]
    shown = found[:MAX_MATCHES]
    return Page(shown, total=len(shown), has_more=len(found) > len(shown))


def get_person(session: Session, actor: Actor, *, account_id: int) -> PersonMatch:
    actor.require(Permission.EMAIL_REPAIR)
    row: Any = session.exec(_people(actor).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError("person outside the scope", OUT_OF_SCOPE)
    return _found(session, actor, *row)


def validate_new_email(session: Session, actor: Actor, *, account_id: int, email: str) -> EmailCheck:
    """Validates while typing. Says nothing about an account that the actor may not manage: addresses could be found by trying."""
    actor.require(Permission.EMAIL_REPAIR)
    row: Any = session.exec(_people(actor).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError("person outside the scope", OUT_OF_SCOPE)
    if not may_manage(actor, session, account_id):
        return EmailCheck(fault=ROLE_NOT_BELOW)
    return _check(session, row[0], row[3], email)


def correct_email(session: Session, actor: Actor, *, account_id: int, email: str, reason: str, seen: int = 0) -> bool:
    """Returns whether mail now goes elsewhere. What follows from it: `accounts.email_replacement`."""
    account, pegawai = get_managed_account(session, account_id, actor, Permission.EMAIL_REPAIR, seen=seen)
    why = clean_reason(reason, MAX_REASON)
    check = _check(session, pegawai, session.get_one(Instansi, pegawai.instansi_id), email)
    if check.fault:
        raise UserError(check.fault, "email")
    require_reauthentication(actor)
    return replace_email(
        session,
        account=account,
        pegawai=pegawai,
        new_email=email,
        actor_id=actor.account_id,
        reason=why,
        client_address=actor.client.client_address,
    )


def _check(session: Session, pegawai: Pegawai, instansi: Instansi, email: str) -> EmailCheck:
    try:
        key = normalise_email(email)
    except EmailError as error:
        return EmailCheck(fault=str(error))
    if (email, key) == (pegawai.email, pegawai.email_key):
        return EmailCheck(fault=SAME)
    other = session.exec(select(Pegawai.id).where(Pegawai.email_key == key, Pegawai.id != pegawai.id)).first()
    if other is not None:
        return EmailCheck(fault=EMAIL_TAKEN)
    verdict = domain_verdict(key, instansi.domain_policy, instansi.email_domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return EmailCheck(fault=NOT_AGENCY)
    return EmailCheck(warning=FREE_MAIL if verdict is DomainVerdict.FREE_MAIL_WARNING else "")


def _people(actor: Actor) -> Any:
    return (
        select(Pegawai, Account, Unor, Instansi)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(people_in_scope(actor, Permission.EMAIL_REPAIR), Account.id != actor.account_id)
    )


def _found(
    session: Session, actor: Actor, pegawai: Pegawai, account: Account, unor: Unor, instansi: Instansi
) -> PersonMatch:
    raw, theirs = pegawai.email or "", may_manage(actor, session, account.pk)
    blanks = bool(raw) and (is_blank(raw[0]) or is_blank(raw[-1]))
    return PersonMatch(
        account_id=account.pk,
        nip=pegawai.nip,
        name=pegawai.full_name,
        unit=unor.name,
        instansi=instansi.name,
        email=raw.strip() if theirs or not raw else mask_email(raw.strip()),
        note=(BLANKS if blanks else "") if theirs else ROLE_NOT_BELOW,
        revision=revisions.current_revision(session, revisions.of_account(account.pk)),
    )
