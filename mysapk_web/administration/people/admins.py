"""Admins of an agency: who can act, who must stay, and whom to alert if no one is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import and_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation.notices import notify
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi

NO_ADMIN_LEFT: Final = (
    "Di instansi ini tidak ada lagi Admin Instansi yang dapat bertindak, karena admin terakhirnya pindah instansi. "
    "Tunjuk Admin Instansi yang baru di halaman Peran."
)


@dataclass(slots=True)
class AgencyAdmins:
    """Accounts with the role in one agency. `acting` can act now: activated, enabled, with a second factor."""

    holders: set[int] = field(default_factory=set)
    enabled: set[int] = field(default_factory=set)
    acting: set[int] = field(default_factory=set)

    def last_admins(self) -> set[int]:
        """Admins who may not lose the role: the last who can act.

        An appointee without a second factor replaces no one. BKN replaces the last admin by appointing another and waiting for the second
        factor, or at once by disabling the account, which is never refused. If no one can act, the last who could again stays.
        """
        best = self.acting or self.enabled or self.holders
        return best if len(best) == 1 else set()


def admins_of(session: Session, instansi_ids: Collection[int]) -> dict[int, AgencyAdmins]:
    found = {instansi_id: AgencyAdmins() for instansi_id in instansi_ids}
    enabled = col(Account.disabled_at).is_(None)
    acts = and_(enabled, col(Account.activated_at).is_not(None), col(Account.totp_confirmed_at).is_not(None))
    columns: tuple[Any, ...] = (RoleGrant.instansi_id, RoleGrant.account_id, enabled, acts)
    rows = session.execute(
        sql_select(*columns)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .where(
            col(RoleGrant.role) == Role.ADMIN_INSTANSI,
            col(RoleGrant.instansi_id).in_(sorted(found)),
            col(RoleGrant.revoked_at).is_(None),
        )
    )
    for instansi_id, account_id, is_enabled, is_acting in rows:
        admins = found[instansi_id]
        admins.holders.add(account_id)
        if is_enabled:
            admins.enabled.add(account_id)
        if is_acting:
            admins.acting.add(account_id)
    return found


def alert_missing_admins(session: Session, instansi_ids: Collection[int]) -> None:
    """Notifies every Admin BKN of agencies left without an admin who can act. Call it in the transaction of the cause."""
    session.flush()
    left = [instansi_id for instansi_id, admins in admins_of(session, instansi_ids).items() if not admins.acting]
    if not left:
        return
    bkn = session.exec(
        select(RoleGrant.account_id)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.ADMIN_BKN, col(RoleGrant.revoked_at).is_(None), col(Account.disabled_at).is_(None)
        )
        .order_by(col(RoleGrant.account_id))
        .distinct()
    ).all()
    for agency in session.exec(select(Instansi).where(col(Instansi.id).in_(left)).order_by(col(Instansi.id))).all():
        for account_id in bkn:
            notify(
                session,
                account_id,
                title=f"{agency.name} tidak punya admin",
                text=NO_ADMIN_LEFT,
                path=f"/admin/peran?instansi={quote(agency.code, safe='')}",
                asks_action=True,
            )
