"""How reviewers are named to each other: a colleague of the same agency by name, everybody else by office.

A name beside an action is for those who have to talk to each other about it. Reviewers at BKN or in another agency are "BKN", or their
office (decision 0013). BKN, whose scope is everybody, reads all names; the owner of a proposal only offices (`pdm/presenters.py`).
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
    """Condition over `pegawai`: reviewers whose name the actor may see."""
    return agency_in_scope(actor, Permission.INBOX_READ, col(Pegawai.instansi_id))


def display_name(actor: Actor, office: Office | None, name: str, *, visible: bool) -> str:
    """A reviewer within a sentence; `visible` is the result of `may_see_name`."""
    return name if visible and _by_name(actor, office) else _IN_A_SENTENCE.get(office or Office.SYSTEM, "petugas lain")


def office_of_step(step: ProposalEvent) -> Office:
    """The office that a step of the history belongs to."""
    known = TRANSITIONS.get((step.before, step.act))
    return known.office if known else Office.SYSTEM


def names_of_actors(
    session: Session, actor: Actor, history: Iterable[ProposalEvent], owner_id: int | None
) -> Mapping[int, str]:
    """Names of those who acted, by account; the owner's is on the page anyway. Others are known by office only."""
    steps = list(history)
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
    """Reviewers at BKN are named only to actors who read all agencies, wherever they are employed."""
    return office is not Office.BKN or agency_ids_in_scope(actor, Permission.INBOX_READ) is None
