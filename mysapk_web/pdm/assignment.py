"""Which unit verifies a proposal: the person picks the unor verifikasi before sending (decision 0014).

Their own unit, or one of the same agency for which somebody was made verifikator: granting that role is how an agency
designates a verifying unit.
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
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.errors import UserError

MAX_UNITS: Final = 400
NOT_OFFERED: Final = "Unor verifikasi ini tidak dapat dipilih lagi. Muat ulang halaman ini, lalu pilih yang lain."


@dataclass(frozen=True, slots=True)
class AssignableUnits:
    units: list[tuple[int, str]]
    """Id and name, the person's own unit first."""
    default: int


def assignable_units(session: Session, actor: Actor, proposal_id: int = 0) -> AssignableUnits:
    """Where the person's proposals can be sent.

    Args:
        proposal_id: The only proposal about to be sent; 0 for all.
    """
    actor.require(Permission.SUBMIT_PDM)
    person = load_context(session, actor.pegawai_id)
    units = [(person.unor_id, person.unit), *_others(session, person)]
    returned = select(Proposal.unor_id).where(
        Proposal.pegawai_id == person.pegawai_id, Proposal.state == ProposalState.PERBAIKAN_MYSAPK
    )
    if proposal_id:
        returned = returned.where(Proposal.id == proposal_id)
    before = session.exec(returned.order_by(col(Proposal.sent_at).desc())).first()
    return AssignableUnits(units, before if before is not None and before in dict(units) else person.unor_id)


def resolve_unit(session: Session, person: PersonContext, proposal: Proposal, chosen: int | None) -> int:
    """The unit that a proposal is sent to.

    Args:
        chosen: None: a returned proposal goes back to the unit that returned it while that is offered; any other
            goes to the person's own unit.

    Raises:
        UserError: The unit is not offered to this person.
    """
    returned = proposal.state is ProposalState.PERBAIKAN_MYSAPK
    wanted = chosen if chosen is not None else proposal.unor_id if returned else person.unor_id
    if wanted == person.unor_id or _offered(session, person, wanted):
        return wanted
    if chosen is None:
        return person.unor_id
    raise UserError(NOT_OFFERED, "unor")


def _others(session: Session, person: PersonContext) -> list[tuple[int, str]]:
    found = session.exec(
        select(Unor.id, Unor.name).where(*_verifying(person)).order_by(Unor.name, col(Unor.id)).limit(MAX_UNITS)
    )
    return [(number or 0, nama) for number, nama in found if number != person.unor_id]


def _offered(session: Session, person: PersonContext, unor_id: int) -> bool:
    return session.exec(select(Unor.id).where(Unor.id == unor_id, *_verifying(person))).first() is not None


def _verifying(person: PersonContext) -> tuple[ColumnElement[bool], ...]:
    granted = (
        select(RoleGrant.unor_id)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .where(
            RoleGrant.instansi_id == person.instansi_id,
            RoleGrant.role == Role.VERIFIKATOR,
            col(RoleGrant.unor_id).is_not(None),
            col(RoleGrant.revoked_at).is_(None),
            col(Account.disabled_at).is_(None),
        )
    )
    return col(Unor.instansi_id) == person.instansi_id, col(Unor.id).in_(granted)
