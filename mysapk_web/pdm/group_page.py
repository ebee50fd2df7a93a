"""`/pdm/<grup>`: what is on file beside what is proposed, so that nobody believes a change was lost (domain 12)."""

from __future__ import annotations

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm import dossier as held
from mysapk_web.pdm.code_tables import StoredCodes, codes
from mysapk_web.pdm.context import standing
from mysapk_web.pdm.declarations import why_untrue
from mysapk_web.pdm.dossier import Holdings
from mysapk_web.pdm.eligibility import why_no_proposal, why_no_statement
from mysapk_web.pdm.payload import readable
from mysapk_web.pdm.presenters import DUTY_LABELS, proposal_view, rows_of
from mysapk_web.pdm.rules.groups.base import Action, Group, RecordKind
from mysapk_web.pdm.rules.proposal import REJECTED_STATES, Declaration
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.pdm.views.group import GroupView, KindView, RecordView
from mysapk_web.pdm.views.proposal import ProposalView


def group_view(session: Session, actor: Actor, key: str) -> GroupView:
    """Read one group of the actor.

    Args:
        session: A read transaction is enough.
        actor: Whose.
        key: Of the group.

    Raises:
        NotAllowed: There is no such group for this person.
    """
    here = standing(session, actor)
    group = here.group(key)
    holdings = held.read(session, here)
    held.add_records(session, holdings, group.kinds)
    held.add_documents(session, holdings, holdings.of(group))
    held.add_trail(session, holdings, holdings.of(group))
    held.add_units(session, holdings, holdings.of(group))
    state, declared = holdings.state(group), holdings.declarations.get(group.key)
    tables = codes(session)
    return GroupView(
        key=group.key,
        label=group.label,
        description=group.description,
        duty=group.duty.value,
        duty_label=DUTY_LABELS[group.duty],
        state=state.value,
        state_label=state.label,
        done=state.handled,
        statement=declared.value if declared else None,
        may_have_none=not why_untrue(session, holdings, group, Declaration.TIDAK_ADA),
        none_hint=group.none_hint,
        why_not_confirmed=why_untrue(session, holdings, group, Declaration.SESUAI),
        verified=group.verified,
        why_no_statement=why_no_statement(holdings, group),
        may_write=here.times.pdm.is_open,
        closed_sentence=here.times.closed_sentence(),
        kinds=[_kind(holdings, group, each, tables) for each in group.kinds],
        zona=here.times.zona,
    )


def _kind(holdings: Holdings, group: Group, declared: RecordKind, tables: StoredCodes) -> KindView:
    mine = [each for each in holdings.of(group) if each.kind == declared.key]
    pending = {each.record_id: each for each in mine if each.record_id is not None and each.ended_at is None}
    beside = [each for each in mine if _stands_alone(each)]
    why_not = why_no_proposal(holdings, group, declared, Action.ADD, None)
    return KindView(
        key=declared.key,
        label=declared.label,
        records=[
            _record(holdings, group, declared, record, pending.get(record.id or 0), tables)
            for record in holdings.records[declared.key]
        ],
        proposals=[proposal_view(holdings, each, tables) for each in beside],
        can_add=not why_not,
        why_not=why_not,
    )


def _stands_alone(proposal: Proposal) -> bool:
    """New records that are proposed, and what was rejected: the person has to read why."""
    if proposal.ended_at is None:
        return proposal.record_id is None
    return proposal.state in REJECTED_STATES


def _record(
    holdings: Holdings,
    group: Group,
    declared: RecordKind,
    record: PersonnelRecord,
    pending: Proposal | None,
    tables: StoredCodes,
) -> RecordView:
    values = readable(declared, record.payload)
    not_changed = why_no_proposal(holdings, group, declared, Action.CHANGE, record)
    not_deleted = why_no_proposal(holdings, group, declared, Action.DELETE, record)
    view: ProposalView | None = proposal_view(holdings, pending, tables) if pending else None
    return RecordView(
        id=record.id or 0,
        version=record.version,
        title=declared.title(values, tables),
        subtitle=declared.subtitle(values, tables),
        rows=rows_of(declared, values, tables),
        pending=view,
        may_change=not not_changed,
        may_delete=not not_deleted,
        why_not=not_changed if not_changed and not_deleted else "",
    )
