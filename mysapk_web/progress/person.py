"""How far one person is in the present PDM, as an admin of the scope sees it: counts, and nothing of what was declared or proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import people_within
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import groups_for
from mysapk_web.pdm.rules.proposal import EVER_SENT, SENT_STATES, UsulanState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.progress.rules import concerned
from mysapk_web.progress.tables import PdmHandling, PdmSince

_RETURNED: Final = UsulanState.PERBAIKAN_MYSAPK
_WAITING: Final = SENT_STATES - {_RETURNED}
_PROPOSAL: Any = Proposal


@dataclass(frozen=True, slots=True)
class PersonPdm:
    """One person in the present PDM.

    Attributes:
        handled: Green groups.
        concerned: Groups that concern the person.
        sent: Proposals that were sent and not taken back.
        waiting: Of them, those that wait for a decision.
        returned: Of them, those that came back and wait for the person.
    """

    handled: int
    concerned: int
    sent: int
    waiting: int
    returned: int


def pdm_of(session: Session, actor: Actor, account_id: int) -> PersonPdm | None:
    """How far somebody is; it follows the person, as all counts of the PDM do (decision 0015).

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        account_id: Whose.

    Returns:
        None when there is no such person in the scope.

    Raises:
        NotAllowed: The actor reads no progress.
    """
    actor.require(Permission.PROGRESS_READ)
    columns: tuple[Any, ...] = (Pegawai.jenis, func.coalesce(PdmHandling.groups, 0))
    kept = session.execute(
        _of_person(sql_select(*columns).select_from(Pegawai), actor, account_id).outerjoin(
            PdmHandling, col(PdmHandling.pegawai_id) == Pegawai.id
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
            .join(PdmSince, col(PdmSince.instansi_id) == Pegawai.instansi_id),
            actor,
            account_id,
        ).where(state.in_(EVER_SENT), or_(_PROPOSAL.ended_at.is_(None), _PROPOSAL.ended_at >= col(PdmSince.since)))
    ).one()
    green = (groups & concerned(jenis)).bit_count()
    return PersonPdm(green, len(groups_for(jenis)), sent, int(waiting), int(returned))


def _of_person(found: Any, actor: Actor, account_id: int) -> Any:
    return (
        found.join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(col(Account.id) == account_id, people_within(actor, Permission.PROGRESS_READ))
    )


def _how_many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
