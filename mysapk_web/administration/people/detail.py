"""One person as an admin in scope sees them: account, address, roles, mail without bodies, history, and possible actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts import lockouts, sessions
from mysapk_web.accounts.recovery.admin_reset import has_usable_token
from mysapk_web.administration import mail_log, managed_account
from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.search import AccountEvent
from mysapk_web.administration.people.admins import admins_of
from mysapk_web.administration.people.grants import grantable_roles
from mysapk_web.administration.people.search import AccountState, account_state
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.email import DomainVerdict, domain_verdict, mask_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.organisation.units import format_scope
from mysapk_web.progress.person import PersonPdm, pdm_progress_of
from mysapk_web.settings import get_settings

HISTORY_PAGE: Final = 12
"""Mails and events shown at first, and added at a time."""
OWN_ACCOUNT: Final = "Ini akun Anda sendiri. Mintalah admin lain bila ada yang perlu diubah."


class AccountAction(StrEnum):
    EMAIL = "email"
    APPROVE = "setujui"
    UNLOCK = "buka"
    RESET = "reset"
    CANCEL_RESET = "batal-token"
    END_SESSIONS = "sesi"
    REMOVE_FACTOR = "dua-langkah"
    DISABLE = "nonaktifkan"
    ENABLE = "aktifkan"
    GRANT = "peran"


@dataclass(frozen=True, slots=True)
class HeldRole:
    role: Role
    scope: str


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """`email` is masked; `pdm` and `history` are None if the actor may not read them; `blocker` says why no action is possible."""

    account_id: int
    nip: str
    name: str
    jenis: JenisPegawai
    unit: str
    instansi: str
    timezone: str
    state: AccountState
    activated_at: datetime | None
    last_login_at: datetime | None
    approved_at: datetime | None
    disabled_at: datetime | None
    disabled_reason: str
    locked_until: datetime | None
    email: str
    email_note: str
    has_second_factor: bool
    sessions: int
    roles: list[HeldRole]
    only_admin: bool
    """No one else can act as the agency's admin; set only for those who may appoint another. Likewise the next."""
    agency_without_admin: bool
    pdm: PersonPdm | None
    mails: list[mail_log.MailHistoryEntry] = field(repr=False)
    more_mails: bool
    history: list[AccountEvent] | None = field(repr=False)
    more_history: bool
    actions: frozenset[AccountAction]
    blocker: str
    revision: int
    factor_revision: int


def account_detail(
    session: Session, actor: Actor, account_id: int, *, letters: int = HISTORY_PAGE, events: int = HISTORY_PAGE
) -> AccountDetail | None:
    """None if there is no such person in scope."""
    actor.require(Permission.PEOPLE_READ)
    columns: tuple[Any, ...] = (Pegawai, Account, Unor.name, Instansi, people_in_scope(actor, Permission.EMAIL_REPAIR))
    row = session.exec(
        select(*columns)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(Account.id == account_id, people_in_scope(actor, Permission.PEOPLE_READ))
    ).one_or_none()
    if row is None:
        return None
    pegawai, account, unit, instansi, repairable = row
    until = lockouts.active_lockouts(session, [pegawai.nip]).get(pegawai.nip)
    alive = sessions.count_active_sessions(session, get_settings(), account_id)
    closed = _closed(session, actor, account_id)
    only_admin, without_admin = _admin(session, actor, pegawai, account_id)
    read = actor.may(Permission.OUTBOX_READ)
    mails = mail_log.account_mail(session, actor, account_id, instansi.timezone, limit=letters + 1) if read else []
    audits = actor.may(Permission.AUDIT_READ)
    steps = search.latest_of_account(session, actor, account_id, limit=events + 1) if audits else None
    return AccountDetail(
        account_id=account_id,
        nip=pegawai.nip,
        name=pegawai.full_name,
        jenis=pegawai.jenis,
        unit=unit,
        instansi=instansi.name,
        timezone=instansi.timezone,
        state=account_state(pegawai, account, locked=until is not None),
        activated_at=account.activated_at,
        last_login_at=account.last_login_at,
        approved_at=pegawai.approved_at,
        disabled_at=account.disabled_at,
        disabled_reason=account.disabled_reason,
        locked_until=until,
        email=mask_email(pegawai.email_key) if pegawai.email_key else "",
        email_note=_email_note(pegawai, instansi),
        has_second_factor=account.totp_confirmed_at is not None,
        sessions=alive,
        roles=_roles(session, account_id),
        only_admin=only_admin,
        agency_without_admin=without_admin,
        pdm=pdm_progress_of(session, actor, account_id) if actor.may(Permission.PROGRESS_READ) else None,
        mails=mails[:letters],
        more_mails=len(mails) > letters,
        history=None if steps is None else steps[:events],
        more_history=steps is not None and len(steps) > events,
        actions=frozenset()
        if closed
        else _acts(
            session, actor, pegawai, account, locked=until is not None, alive=alive, repairable=bool(repairable)
        ),
        blocker=closed,
        revision=revisions.current_revision(session, revisions.of_account(account_id)),
        factor_revision=revisions.current_revision(session, revisions.of_second_factor(account_id)),
    )


def _closed(session: Session, actor: Actor, account_id: int) -> str:
    if account_id == actor.account_id:
        return OWN_ACCOUNT
    return "" if managed_account.may_manage(actor, session, account_id) else managed_account.ROLE_NOT_BELOW


def _acts(
    session: Session,
    actor: Actor,
    pegawai: Pegawai,
    account: Account,
    *,
    locked: bool,
    alive: int,
    repairable: bool,
) -> frozenset[AccountAction]:
    disabled = account.disabled_at is not None
    waits_for_approval = pegawai.awaits_approval
    possible = {
        AccountAction.EMAIL: (repairable, Permission.EMAIL_REPAIR),
        AccountAction.APPROVE: (waits_for_approval, Permission.CPNS_APPROVE),
        AccountAction.UNLOCK: (locked, Permission.ACCOUNT_UNLOCK),
        AccountAction.RESET: (
            not disabled and not waits_for_approval and bool(pegawai.email_key),
            Permission.RESET_START,
        ),
        AccountAction.CANCEL_RESET: (has_usable_token(session, account.pk), Permission.RESET_START),
        AccountAction.END_SESSIONS: (alive > 0, Permission.SESSIONS_END),
        AccountAction.REMOVE_FACTOR: (account.totp_confirmed_at is not None, Permission.SECOND_FACTOR_REMOVE),
        AccountAction.DISABLE: (not disabled, Permission.ACCOUNT_DISABLE),
        AccountAction.ENABLE: (disabled, Permission.ACCOUNT_DISABLE),
        AccountAction.GRANT: (
            not disabled and bool(grantable_roles(actor, pegawai.instansi_id)),
            Permission.ROLE_GRANT,
        ),
    }
    return frozenset(act for act, (fits, permission) in possible.items() if fits and actor.may(permission))


def _email_note(pegawai: Pegawai, instansi: Instansi) -> str:
    if pegawai.email_key is None:
        return "Belum ada alamat email yang dapat dipakai, jadi akun belum dapat diaktifkan." + (
            " Isian dari data kepegawaian tidak dapat dibaca sebagai alamat email." if pegawai.email else ""
        )
    if pegawai.email is not None and pegawai.email != pegawai.email.strip():
        return "Di data kepegawaian alamat ini tersimpan dengan spasi. Portal mengabaikannya."
    verdict = domain_verdict(pegawai.email_key, instansi.domain_policy, instansi.email_domains)
    return {
        DomainVerdict.OK: "",
        DomainVerdict.FREE_MAIL_WARNING: "Alamat memakai layanan email gratis; instansi menyarankan email dinas.",
        DomainVerdict.NOT_AGENCY: "Bukan email dinas, sedangkan instansi hanya menerima email dinas.",
    }[verdict]


def _admin(session: Session, actor: Actor, pegawai: Pegawai, account_id: int) -> tuple[bool, bool]:
    """Whether this is the agency's only admin who can act, and whether none can."""
    if Role.ADMIN_INSTANSI not in grantable_roles(actor, pegawai.instansi_id):
        return False, False
    admins = admins_of(session, [pegawai.instansi_id])[pegawai.instansi_id]
    return admins.acting == {account_id}, account_id in admins.holders and not admins.acting


def _roles(session: Session, account_id: int) -> list[HeldRole]:
    return [
        HeldRole(grant.role, format_scope(session, grant.instansi_id, grant.unor_id))
        for grant in managed_account.active_grants(session, account_id)
    ]
