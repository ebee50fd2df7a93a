"""The admins of an agency: who of them can act, who has to stay, and whom to tell when nobody is left."""

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
    """The accounts that hold the role in one agency; each set is part of the one before.

    Attributes:
        acting: Those who can act now: activated, not switched off, and with a second factor, without which a role gives nothing.
    """

    holders: set[int] = field(default_factory=set)
    enabled: set[int] = field(default_factory=set)
    acting: set[int] = field(default_factory=set)

    def last_admins(self) -> set[int]:
        """Who has to stay: the last who can act.

        Somebody who was appointed and has not set up the second factor replaces nobody: until that is done the agency would have no
        admin at all. BKN replaces the last admin by appointing another and waiting for the second factor; or, where it can't wait, by
        switching the account off, which is never refused: whoever is switched off can't act, and the role can be taken as soon as
        another holds it. Where nobody can act, the last who could again stays, so that an agency always has somebody to turn to.
        """
        best = self.acting or self.enabled or self.holders
        return best if len(best) == 1 else set()


def admins_of(session: Session, instansi_ids: Collection[int]) -> dict[int, AgencyAdmins]:
    """Who holds the role of an admin of agencies."""
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
    """Tell every Admin BKN of those agencies in which no admin can act any more.

    Args:
        session: The transaction of what may have caused it, with its changes so far.
    """
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
