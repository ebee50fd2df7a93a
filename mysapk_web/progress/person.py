"""How far one person is in the present PDM, as an admin of the scope sees it: counts, no declared or proposed data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import groups_for
from mysapk_web.pdm.rules.proposal import EVER_SENT_STATES, SENT_STATES, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.progress.rules import applicable_groups
from mysapk_web.progress.tables import PdmWindow, PersonPdmProgress

_RETURNED: Final = ProposalState.PERBAIKAN_MYSAPK
_WAITING: Final = SENT_STATES - {_RETURNED}
_PROPOSAL: Any = Proposal


@dataclass(frozen=True, slots=True)
class PersonPdm:
    """One person in the present PDM: groups handled, proposals sent, and of these those that wait for a decision or came back."""

    handled: int
    applicable: int
    sent: int
    waiting: int
    returned: int


def pdm_progress_of(session: Session, actor: Actor, account_id: int) -> PersonPdm | None:
    """How far somebody is; it follows the person to another agency (decision 0015). None if out of scope."""
    actor.require(Permission.PROGRESS_READ)
    columns: tuple[Any, ...] = (Pegawai.jenis, func.coalesce(PersonPdmProgress.groups, 0))
    kept = session.execute(
        _of_person(sql_select(*columns).select_from(Pegawai), actor, account_id).outerjoin(
            PersonPdmProgress, col(PersonPdmProgress.pegawai_id) == Pegawai.id
        )
    ).one_or_none()
    if kept is None:
        return None
    jenis, groups = kept
    state = _PROPOSAL.state
    sent, waiting, returned = session.execute(
        _of_person(
            sql_select(func.count(), _how_many(state.in_(_WAITING)), _how_many(state == _RETURNED))
            .select_from(Proposal)
            .join(Pegawai, col(Pegawai.id) == _PROPOSAL.pegawai_id)
            .join(PdmWindow, col(PdmWindow.instansi_id) == Pegawai.instansi_id),
            actor,
            account_id,
        ).where(
            state.in_(EVER_SENT_STATES), or_(_PROPOSAL.ended_at.is_(None), _PROPOSAL.ended_at >= col(PdmWindow.since))
        )
    ).one()
    green = (groups & applicable_groups(jenis)).bit_count()
    return PersonPdm(green, len(groups_for(jenis)), sent, int(waiting), int(returned))


def _of_person(found: Any, actor: Actor, account_id: int) -> Any:
    return (
        found.join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(col(Account.id) == account_id, people_in_scope(actor, Permission.PROGRESS_READ))
    )


def _how_many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
