"""Repairing the address of one person: found in the own scope, checked before it is written, with a reason (DESIGN 4; domain 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.change_email import TAKEN, change_email
from mysapk_web.accounts.security.reauthentication import require_recent
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.managed_account import GONE, HIGHER, find, may_manage
from mysapk_web.organisation.name_search import people_meant
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, domain_verdict, mask_email, normalise_email
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agencies_reached, people_within
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import Refused
from mysapk_web.platform.listing import Listing
from mysapk_web.platform.reasons import reason_of
from mysapk_web.platform.rules.text import is_blank

MAX_REASON: Final = 200
FOUND_AT_MOST: Final = 10
NOT_AGENCY: Final = "Domain alamat ini tidak termasuk domain instansi. Minta alamat email instansi."
FREE_MAIL: Final = "Alamat ini memakai layanan email gratis; instansi menyarankan alamat email instansi."
SAME: Final = "Alamat ini sama dengan alamat yang sudah tercatat."
BLANKS: Final = "Alamat yang tercatat memuat spasi di awal atau akhir."


@dataclass(frozen=True, slots=True)
class Found:
    """A person whose address may be repaired."""

    account_id: int
    nip: str
    nama: str
    unit: str
    instansi: str
    email: str = field(repr=False)
    """As on file; masked where the account is not the actor's to manage; empty without one."""
    note: str = ""
    revision: int = 0
    """Of the account, named by `repair` (`organisation.revisions`)."""


@dataclass(frozen=True, slots=True)
class Check:
    """What is to be said of an address before it is written."""

    fault: str = ""
    warning: str = ""


def find_people(session: Session, actor: Actor, *, text: str) -> Listing[Found]:
    """People of the own scope by NIP or name, the first few, and whether there are more.

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        text: NIP, its beginning, or words of the name.

    Raises:
        NotAllowed: The actor may not.
        Refused: Nothing to look for.
    """
    actor.require(Permission.EMAIL_REPAIR)
    if not text.strip():
        raise Refused("Isi NIP atau nama pegawai.", "cari")
    rows: Any = session.exec(
        _people(actor)
        .where(people_meant(session, text, agencies_reached(actor, Permission.EMAIL_REPAIR)))
        .order_by(col(Pegawai.nama), col(Pegawai.id))
        .limit(FOUND_AT_MOST + 1)
    )
    found = [_found(session, actor, *row) for row in rows]
    shown = found[:FOUND_AT_MOST]
    return Listing(shown, total=len(shown), more=len(found) > len(shown))


def person(session: Session, actor: Actor, *, account_id: int) -> Found:
    """One person of the own scope.

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        account_id: Whose account.

    Raises:
        NotFoundError: Not in the scope.
    """
    actor.require(Permission.EMAIL_REPAIR)
    row: Any = session.exec(_people(actor).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError("person outside the scope", GONE)
    return _found(session, actor, *row)


def check(session: Session, actor: Actor, *, account_id: int, email: str) -> Check:
    """Judge an address while it is typed. Of an account that is not the actor's to manage nothing is told, or it would be found by trying.

    Args:
        session: A read transaction is enough.
        actor: Who types.
        account_id: Whose it would be.
        email: As typed so far.

    Raises:
        NotFoundError: The person is not in the scope.
    """
    actor.require(Permission.EMAIL_REPAIR)
    row: Any = session.exec(_people(actor).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError("person outside the scope", GONE)
    if not may_manage(actor, session, account_id):
        return Check(fault=HIGHER)
    return _judge(session, row[0], row[3], email)


def repair(session: Session, actor: Actor, *, account_id: int, email: str, reason: str, seen: int = 0) -> bool:
    """Give a person another address, with all that follows from it (`accounts.change_email`).

    Args:
        session: Any transaction.
        actor: Who repairs it.
        account_id: Whose account; never the own.
        email: As typed.
        reason: In words, for the trail.
        seen: `Found.revision` that the page showed.

    Returns:
        Whether mail now goes elsewhere.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin has changed the account meanwhile.
        Refused: Not an address that the person may have, no reason, or a role that is not below the actor's.
        StepUpNeeded: Password or code have to be shown again: whoever has the address has the account.
    """
    account, pegawai = find(session, account_id, actor, Permission.EMAIL_REPAIR, seen=seen)
    why = reason_of(reason, MAX_REASON)
    judged = _judge(session, pegawai, session.get_one(Instansi, pegawai.instansi_id), email)
    if judged.fault:
        raise Refused(judged.fault, "email")
    require_recent(actor)
    return change_email(
        session,
        account=account,
        pegawai=pegawai,
        new_email=email,
        actor_id=actor.account_id,
        reason=why,
        address=actor.visitor.address,
    )


def _judge(session: Session, pegawai: Pegawai, instansi: Instansi, email: str) -> Check:
    try:
        key = normalise_email(email)
    except EmailError as error:
        return Check(fault=str(error))
    if (email, key) == (pegawai.email, pegawai.email_key):
        return Check(fault=SAME)
    other = session.exec(select(Pegawai.id).where(Pegawai.email_key == key, Pegawai.id != pegawai.id)).first()
    if other is not None:
        return Check(fault=TAKEN)
    verdict = domain_verdict(key, instansi.domain_policy, instansi.email_domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return Check(fault=NOT_AGENCY)
    return Check(warning=FREE_MAIL if verdict is DomainVerdict.FREE_MAIL_WARNING else "")


def _people(actor: Actor) -> Any:
    return (
        select(Pegawai, Account, Unor, Instansi)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(people_within(actor, Permission.EMAIL_REPAIR), Account.id != actor.account_id)
    )


def _found(session: Session, actor: Actor, pegawai: Pegawai, account: Account, unor: Unor, instansi: Instansi) -> Found:
    raw, theirs = pegawai.email or "", may_manage(actor, session, account.id or 0)
    blanks = bool(raw) and (is_blank(raw[0]) or is_blank(raw[-1]))
    return Found(
        account_id=account.id or 0,
        nip=pegawai.nip,
        nama=pegawai.full_name,
        unit=unor.nama,
        instansi=instansi.nama,
        email=raw.strip() if theirs or not raw else mask_email(raw.strip()),
        note=(BLANKS if blanks else "") if theirs else HIGHER,
        revision=revisions.current(session, revisions.of_account(account.id or 0)),
    )
