from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.matching import Match
from mysapk_web.pdm.overview import NextStep, group_path, load_with_drafts, pending_groups
from mysapk_web.pdm.presenters import ProposalView, proposal_changes, proposal_view
from mysapk_web.pdm.rules.groups.base import Group, RecordAction
from mysapk_web.pdm.rules.groups.diff import FieldChange
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, GroupState, ProposalState
from mysapk_web.pdm.submission_checks import check_submission
from mysapk_web.pdm.submit import UNTOUCHED, submit_blocker, was_edited_since_return
from mysapk_web.pdm.tables import Proposal


@dataclass(frozen=True, slots=True)
class ReviewItem:
    proposal: ProposalView
    changes: list[FieldChange]
    """For a new record, everything."""
    emptied: str
    """How a cleared value is described."""
    documents: list[str]
    problems: list[str]
    """What prevents sending, a sentence each."""
    warnings: list[str]
    matches: list[Match]
    ready: bool
    """"Send all" sends it."""


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    label: str
    href: str
    items: list[ReviewItem]


@dataclass(frozen=True, slots=True)
class Review:
    groups: list[ReviewGroup]
    ready: list[int]
    """Ids of the proposals that "send all" sends."""
    blockers: list[NextStep]
    """Groups that are still red."""
    may_send: bool
    """Entry, or for returned proposals verification, is open now."""
    closed_sentence: str


def load_review(session: Session, actor: Actor) -> Review:
    person = load_context(session, actor.pegawai_id)
    dossier, tables = load_with_drafts(session, person), StoredCodes(session)
    items = {each.pk: _item(dossier, each, tables) for each in dossier.proposals if each.state in EDITABLE_STATES}
    returned = any(item.proposal.state == ProposalState.PERBAIKAN_MYSAPK for item in items.values())
    closed = person.times.closed_sentence(returned=returned)
    return Review(
        groups=[_group(dossier, group, items) for group in person.groups],
        ready=[number for number, item in items.items() if item.ready],
        blockers=[_blocker(dossier, group) for group in pending_groups(dossier, required_only=True)],
        may_send=not closed,
        closed_sentence=closed,
    )


def _group(dossier: Dossier, group: Group, items: dict[int, ReviewItem]) -> ReviewGroup:
    return ReviewGroup(
        label=group.label,
        href=group_path(group),
        items=[items[each.pk] for each in dossier.proposals_in(group) if each.id in items],
    )


def _item(dossier: Dossier, proposal: Proposal, tables: StoredCodes) -> ReviewItem:
    checked = check_submission(dossier, proposal, tables)
    late = submit_blocker(dossier.person, proposal)
    waits = "" if was_edited_since_return(dossier, proposal) else UNTOUCHED
    labels = {rule.code: rule.label for rule in kind_of(proposal).documents}
    problems = [*([late] if late else []), *([waits] if waits else []), *checked.sentences]
    return ReviewItem(
        proposal=proposal_view(dossier, proposal, tables, checked=checked),
        changes=proposal_changes(dossier, proposal, tables),
        emptied="dihapus" if proposal.action is RecordAction.DELETE else "dikosongkan",
        documents=[f"{labels.get(row.rule, 'Dokumen')}: {row.name}" for row in dossier.documents.get(proposal.pk, ())],
        problems=problems,
        warnings=list(checked.warnings.values()),
        matches=list(checked.matches.matches),
        ready=not problems,
    )


def _blocker(dossier: Dossier, group: Group) -> NextStep:
    drafted = any(each.state is ProposalState.DRAF for each in dossier.proposals_in(group))
    if drafted:
        text = "Draf sudah ada, tetapi belum dikirim."
    elif dossier.state(group) is GroupState.PERLU_PERBAIKAN:
        text = "Ada usulan yang dikembalikan atau ditolak. Baca alasannya."
    else:
        text = "Belum diperiksa."
    return NextStep(group.label, text, group_path(group))
