"""Optimistic locking for admins: an action names the revision its page showed and is refused if there is a newer one.

A revision is the id of the newest audit event that changed the subject; 0 without one. The action compares it under the
row lock it takes anyway and writes its own event in the same transaction, so of two actions on one revision the second is
refused, with who was first and when. Locks: `lock_agency`, `acquire_job_lock`, the row of the account.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import StaleRevisionError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.platform.tables.audit import AuditEvent

NATIONAL: Final = "nasional"
SELF: Final = "Anda sendiri di jendela lain"
SYSTEM: Final = "sistem"
OWNER: Final = "pemilik akun"
BKN: Final = "BKN"
OTHER_AGENCY: Final = "admin instansi lain"
AGAIN: Final = "Keadaan terbaru sudah ditampilkan dan isian Anda tidak hilang. Periksa, lalu ulangi bila masih perlu."
DONE: Final = "Keadaan terbaru sudah ditampilkan; Anda tidak perlu melakukan apa pun lagi."

_ACCOUNT: Final = (
    AuditTag.UNLOCKED,
    AuditTag.SESSIONS_ENDED,
    AuditTag.RESET_STARTED_BY_ADMIN,
    AuditTag.RESET_CANCELLED,
    AuditTag.EMAIL_CHANGED,
    AuditTag.TOTP_REMOVED_BY_ADMIN,
    AuditTag.ACCOUNT_DISABLED,
    AuditTag.ACCOUNT_ENABLED,
    AuditTag.CPNS_APPROVED,
    AuditTag.ROLE_GRANTED,
    AuditTag.ROLE_REVOKED,
)
_FACTOR: Final = (AuditTag.TOTP_ENABLED, AuditTag.TOTP_DISABLED, AuditTag.TOTP_REMOVED_BY_ADMIN)
_PERIOD: Final = (AuditTag.PERIOD_CREATED, AuditTag.PERIOD_EXTENDED, AuditTag.PERIOD_REMOVED)
_ANNOUNCEMENT: Final = (AuditTag.ANNOUNCED, AuditTag.ANNOUNCEMENT_CHANGED, AuditTag.ANNOUNCEMENT_ENDED)

Changes = ColumnElement[bool]
"""Condition over the audit log: the events that change one subject."""


def of_account(account_id: int | Collection[int]) -> Changes:
    """Changes by others. The owner's own don't count, or whoever took over an account could keep admins out."""
    by_others = or_(col(AuditEvent.actor_id).is_(None), col(AuditEvent.actor_id) != col(AuditEvent.subject_id))
    return and_(_tagged(_ACCOUNT), _about(account_id), by_others)


def of_second_factor(account_id: int) -> Changes:
    """Includes the owner's changes: a new factor is not the one that was reported lost."""
    return and_(_tagged(_FACTOR), _about(account_id))


def of_mail(account_id: int | Collection[int]) -> Changes:
    return and_(_tagged((AuditTag.MAIL_RESENT,)), _about(account_id))


def of_period(instansi_id: int | None, kind: PeriodKind) -> Changes:
    return and_(_tagged(_PERIOD), _at(instansi_id), audit.detail_text("period_kind") == kind.value)


def of_contact(instansi_id: int | None) -> Changes:
    return and_(_tagged((AuditTag.HELP_CHANGED,)), _at(instansi_id))


def of_announcement(announcement_id: int) -> Changes:
    return and_(_tagged(_ANNOUNCEMENT), audit.detail_text("announcement_id") == str(announcement_id))


def of_policy(instansi_id: int) -> Changes:
    return and_(_tagged((AuditTag.EMAIL_POLICY_CHANGED,)), _at(instansi_id))


def current_revision(session: Session, changes: Changes) -> int:
    return max((number or 0 for number in session.exec(select(AuditEvent.id).where(changes))), default=0)


def revisions_by_account(session: Session, changes: Changes) -> dict[int, int]:
    """Accounts nothing has changed are left out."""
    columns: tuple[Any, ...] = (AuditEvent.subject_id, func.max(AuditEvent.id))
    found = session.execute(sql_select(*columns).where(changes).group_by(col(AuditEvent.subject_id)))
    return {account_id: newest for account_id, newest in found if account_id is not None}


def revisions_by_period(session: Session) -> dict[tuple[int | None, str], int]:
    """By agency (None: the country) and kind; unchanged ones are left out."""
    node, kind = audit.detail_text("org_node"), audit.detail_text("period_kind")
    columns: tuple[Any, ...] = (AuditEvent.id, AuditEvent.instansi_id, node, kind)
    found: dict[tuple[int | None, str], int] = {}
    for number, instansi_id, org_node, period_kind in session.execute(sql_select(*columns).where(_tagged(_PERIOD))):
        place = (None if org_node == NATIONAL else instansi_id, period_kind)
        found[place] = max(found.get(place, 0), number)
    return found


def require_current(session: Session, actor: Actor | None, changes: Changes, seen: int) -> None:
    """Refuse an action on a locked subject that changed since its page was loaded. Raises StaleRevisionError.

    `seen` comes from the browser: it is only compared and decides nothing else.
    """
    if actor is None:
        return
    # Few rows: ORDER BY with LIMIT could scan the whole audit log backwards.
    newest = max(session.exec(select(AuditEvent).where(changes)), key=lambda event: event.pk, default=None)
    if (newest.id if newest else 0) == seen:
        return
    if newest is None:
        raise StaleRevisionError(f"Halaman ini tidak memuat keadaan terbaru. {AGAIN}")
    who = OWNER if newest.actor_id == newest.subject_id else actor_name(session, actor, newest.actor_id)
    raise StaleRevisionError(f"{_sentence(session, actor, newest.tag.label, who, newest.at)} {AGAIN}")


def already_done_error(
    session: Session, actor: Actor, what: str, *, by: int | None, at: datetime
) -> StaleRevisionError:
    """For one-time decisions, which record who and when themselves."""
    return StaleRevisionError(f"{_sentence(session, actor, what, actor_name(session, actor, by), at)} {DONE}")


def actor_name(session: Session, actor: Actor, account_id: int | None) -> str:
    """Within a sentence: colleagues of the same agency by name, everybody else by office (decision 0013)."""
    if account_id is None:
        return SYSTEM
    if account_id == actor.account_id:
        return SELF
    person = session.exec(
        select(Pegawai).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Account.id == account_id)
    ).one_or_none()
    if person is None:
        return SYSTEM
    if Role.ADMIN_BKN in actor.roles:
        return person.full_name
    if _acts_for_bkn(session, account_id):
        return BKN
    return person.full_name if person.instansi_id == actor.instansi_id else OTHER_AGENCY


def _acts_for_bkn(session: Session, account_id: int) -> bool:
    """Also former holders: the action may be from then."""
    held = select(RoleGrant.id).where(RoleGrant.account_id == account_id, RoleGrant.role == Role.ADMIN_BKN).limit(1)
    return session.exec(held).first() is not None


def _sentence(session: Session, actor: Actor, what: str, who: str, at: datetime) -> str:
    return f"{what} oleh {who} pada {format_moment_compact(at, timezone_of(session, actor))}."


def _tagged(tags: Collection[AuditTag]) -> ColumnElement[bool]:
    return col(AuditEvent.tag).in_(tags)


def _about(account_id: int | Collection[int]) -> ColumnElement[bool]:
    column = col(AuditEvent.subject_id)
    return column == account_id if isinstance(account_id, int) else column.in_(account_id)


def org_node_of(instansi_id: int | None) -> str | None:
    """`org_node` of a national event, which carries the actor's agency; None for an agency's event."""
    return NATIONAL if instansi_id is None else None


def _at(instansi_id: int | None) -> ColumnElement[bool]:
    node = audit.detail_text("org_node")
    if instansi_id is None:
        return node == NATIONAL
    return and_(col(AuditEvent.instansi_id) == instansi_id, node.is_(None))
