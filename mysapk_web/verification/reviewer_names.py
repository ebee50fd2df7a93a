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
from mysapk_web.organisation.scope import agencies_reached, agency_within
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import TRANSITIONS, Who
from mysapk_web.pdm.tables import TrailEntry

OFFICES: Final = MappingProxyType(
    {Who.OWNER: "Pegawai", Who.VERIFIER: "Verifikator", Who.APPROVER: "Approver", Who.BKN: "BKN", Who.SYSTEM: "Sistem"}
)
_IN_A_SENTENCE: Final = MappingProxyType({Who.VERIFIER: "verifikator", Who.APPROVER: "approver", Who.BKN: "BKN"})


def named(actor: Actor) -> ColumnElement[bool]:
    """Condition over `pegawai`: those whose name the actor may be told as somebody who acts on a proposal.

    Args:
        actor: Who reads.
    """
    return agency_within(actor, Permission.INBOX_READ, col(Pegawai.instansi_id))


def name_for(actor: Actor, office: Who | None, nama: str, *, seen: bool) -> str:
    """Who acts, within a sentence.

    Args:
        actor: Who reads.
        office: For which the other one acts.
        nama: Of the other one.
        seen: Whether `named` holds for them.
    """
    return nama if seen and _by_name(actor, office) else _IN_A_SENTENCE.get(office or Who.SYSTEM, "petugas lain")


def office_behind(step: TrailEntry) -> Who:
    """The office that a step of the trail belongs to.

    Args:
        step: Any.
    """
    known = TRANSITIONS.get((step.before, step.act))
    return known.who if known else Who.SYSTEM


def names_in(session: Session, actor: Actor, trail: Iterable[TrailEntry], owner_id: int | None) -> Mapping[int, str]:
    """Names of those who acted, by account; without those who are told by their office.

    Args:
        session: Any transaction.
        actor: Who reads.
        trail: Of one proposal.
        owner_id: Account of its owner, whose name heads the page anyway.
    """
    steps = list(trail)
    for_bkn = {step.actor_id for step in steps if not _by_name(actor, office_behind(step))}
    found = session.exec(
        select(Account.id, Pegawai.nama, named(actor))
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.id).in_({step.actor_id for step in steps if step.actor_id is not None}))
    ).all()
    return {
        number: nama
        for number, nama, seen in found
        if number is not None and (number == owner_id or (seen and number not in for_bkn))
    }


def _by_name(actor: Actor, office: Who | None) -> bool:
    """Who acts for BKN is named to those only who read all agencies, wherever they are on the rolls."""
    return office is not Who.BKN or agencies_reached(actor, Permission.INBOX_READ) is None
