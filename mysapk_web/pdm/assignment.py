"""Where a proposal goes: the person picks the unor verifikasi before sending (domain 5.1; decision 0014).

The own unit can always be picked. Besides it, the units of the same agency for which somebody was made verifikator can: that grant
is how an agency says which of its units verify for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.context import Standing, standing
from mysapk_web.pdm.rules.proposal import UsulanState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.errors import Refused

MOST: Final = 400
"""Units that are offered at most."""
NOT_OFFERED: Final = "Unor verifikasi ini tidak dapat dipilih lagi. Muat ulang halaman ini, lalu pilih yang lain."


@dataclass(frozen=True, slots=True)
class Routes:
    """The units whose verifikator may be asked.

    Attributes:
        units: Id and name, the own unit first.
        usual: The one that is meant unless the person picks another.
    """

    units: list[tuple[int, str]]
    usual: int


def routes(session: Session, actor: Actor, proposal_id: int = 0) -> Routes:
    """Read where the actor's proposals can go.

    Args:
        session: A read transaction is enough.
        actor: Who is about to send.
        proposal_id: One of the actor's that is to be sent alone; 0 for all. Any number.
    """
    actor.require(Permission.SUBMIT_PDM)
    here = standing(session, actor)
    units = [(here.unor_id, here.unit), *_others(session, here)]
    returned = select(Proposal.unor_id).where(
        Proposal.pegawai_id == here.pegawai_id, Proposal.state == UsulanState.PERBAIKAN_MYSAPK
    )
    if proposal_id:
        returned = returned.where(Proposal.id == proposal_id)
    before = session.exec(returned.order_by(col(Proposal.sent_at).desc())).first()
    return Routes(units, before if before is not None and before in dict(units) else here.unor_id)


def unit_for(session: Session, here: Standing, proposal: Proposal, chosen: int | None) -> int:
    """The unit that a proposal is sent to.

    Args:
        session: Any transaction.
        here: Its owner.
        proposal: About to be sent.
        chosen: What the person picked. None: a returned proposal goes back to the unit it came from while that is still offered;
            any other goes to the own unit.

    Raises:
        Refused: The unit is not offered to this person.
    """
    returned = proposal.state is UsulanState.PERBAIKAN_MYSAPK
    wanted = chosen if chosen is not None else proposal.unor_id if returned else here.unor_id
    if wanted == here.unor_id or _offered(session, here, wanted):
        return wanted
    if chosen is None:
        return here.unor_id
    raise Refused(NOT_OFFERED, "unor")


def _others(session: Session, here: Standing) -> list[tuple[int, str]]:
    found = session.exec(
        select(Unor.id, Unor.nama).where(*_verifying(here)).order_by(Unor.nama, col(Unor.id)).limit(MOST)
    )
    return [(number or 0, nama) for number, nama in found if number != here.unor_id]


def _offered(session: Session, here: Standing, unor_id: int) -> bool:
    return session.exec(select(Unor.id).where(Unor.id == unor_id, *_verifying(here))).first() is not None


def _verifying(here: Standing) -> tuple[ColumnElement[bool], ...]:
    granted = (
        select(RoleGrant.unor_id)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .where(
            RoleGrant.instansi_id == here.instansi_id,
            RoleGrant.role == Role.VERIFIKATOR,
            col(RoleGrant.unor_id).is_not(None),
            col(RoleGrant.revoked_at).is_(None),
            col(Account.disabled_at).is_(None),
        )
    )
    return col(Unor.instansi_id) == here.instansi_id, col(Unor.id).in_(granted)
