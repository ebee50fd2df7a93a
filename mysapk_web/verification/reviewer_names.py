"""How those who act on a proposal are told to each other: a colleague of the own agency by name, everybody else by the office.

A name beside an act is for those who have to talk to each other about it. Who validates at BKN, or works in another agency, is none of
their business and no address for their questions (decision 0013): for them it is "BKN", or the office that acted. BKN, whose scope is
everybody, reads all names; the owner of a proposal reads offices only (`pdm/presenters.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agency_ids_in_scope, agency_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import TRANSITIONS, Office
from mysapk_web.pdm.tables import ProposalEvent

OFFICE_LABELS: Final = MappingProxyType(
    {
        Office.OWNER: "Pegawai",
        Office.VERIFIER: "Verifikator",
        Office.APPROVER: "Approver",
        Office.BKN: "BKN",
        Office.SYSTEM: "Sistem",
    }
)
_IN_A_SENTENCE: Final = MappingProxyType(
    {Office.VERIFIER: "verifikator", Office.APPROVER: "approver", Office.BKN: "BKN"}
)


def may_see_name(actor: Actor) -> ColumnElement[bool]:
    """Condition over `pegawai`: those whose name the actor may be told as somebody who acts on a proposal."""
    return agency_in_scope(actor, Permission.INBOX_READ, col(Pegawai.instansi_id))


def display_name(actor: Actor, office: Office | None, name: str, *, visible: bool) -> str:
    """Who acts, within a sentence."""
    return name if visible and _by_name(actor, office) else _IN_A_SENTENCE.get(office or Office.SYSTEM, "petugas lain")


def office_of_step(step: ProposalEvent) -> Office:
    """The office that a step of the trail belongs to."""
    known = TRANSITIONS.get((step.before, step.act))
    return known.office if known else Office.SYSTEM


def names_of_actors(
    session: Session, actor: Actor, trail: Iterable[ProposalEvent], owner_id: int | None
) -> Mapping[int, str]:
    """Names of those who acted, by account; without those who are told by their office."""
    steps = list(trail)
    for_bkn = {step.actor_id for step in steps if not _by_name(actor, office_of_step(step))}
    found = session.exec(
        select(Account.id, Pegawai.name, may_see_name(actor))
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.id).in_({step.actor_id for step in steps if step.actor_id is not None}))
    ).all()
    return {
        number: nama
        for number, nama, seen in found
        if number is not None and (number == owner_id or (seen and number not in for_bkn))
    }


def _by_name(actor: Actor, office: Office | None) -> bool:
    """Who acts for BKN is named to those only who read all agencies, wherever they are on the rolls."""
    return office is not Office.BKN or agency_ids_in_scope(actor, Permission.INBOX_READ) is None
