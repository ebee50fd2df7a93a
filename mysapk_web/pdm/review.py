"""`/pdm/kirim`: check your answers, grouped, with links to change them."""

from __future__ import annotations

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.code_tables import StoredCodes, codes
from mysapk_web.pdm.context import standing
from mysapk_web.pdm.dossier import Holdings, kind_of
from mysapk_web.pdm.overview import group_page, undone, with_drafts
from mysapk_web.pdm.presenters import changes_of, proposal_view
from mysapk_web.pdm.rules.groups.base import Group
from mysapk_web.pdm.rules.proposal import EDITABLE, GroupState, UsulanState
from mysapk_web.pdm.submission_checks import check
from mysapk_web.pdm.submit import UNTOUCHED, is_repaired, why_not_sent
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.views.overview import NextStep
from mysapk_web.pdm.views.review import Review, ReviewGroup, ReviewItem


def review(session: Session, actor: Actor) -> Review:
    """Read everything that the actor could send, with what stands in the way.

    Args:
        session: A read transaction is enough.
        actor: Whose.
    """
    here = standing(session, actor)
    holdings, tables = with_drafts(session, here), codes(session)
    items = {each.id or 0: _item(holdings, each, tables) for each in holdings.proposals if each.state in EDITABLE}
    returned = any(item.proposal.state == UsulanState.PERBAIKAN_MYSAPK for item in items.values())
    closed = here.times.closed_sentence(returned=returned)
    return Review(
        groups=[_group(holdings, group, items) for group in here.groups],
        ready=[number for number, item in items.items() if item.ready],
        blockers=[_blocker(holdings, group) for group in undone(holdings, duty=True)],
        may_send=not closed,
        closed_sentence=closed,
    )


def _group(holdings: Holdings, group: Group, items: dict[int, ReviewItem]) -> ReviewGroup:
    state = holdings.state(group)
    return ReviewGroup(
        key=group.key,
        label=group.label,
        state_label=state.label,
        done=state.handled,
        href=group_page(group),
        items=[items[each.id or 0] for each in holdings.of(group) if each.id in items],
    )


def _item(holdings: Holdings, proposal: Proposal, tables: StoredCodes) -> ReviewItem:
    checked = check(holdings, proposal, tables)
    late = why_not_sent(holdings.here, proposal)
    waits = "" if is_repaired(holdings, proposal) else UNTOUCHED
    labels = {rule.code: rule.label for rule in kind_of(proposal).documents}
    problems = [*([late] if late else []), *([waits] if waits else []), *checked.sentences]
    return ReviewItem(
        proposal=proposal_view(holdings, proposal, tables, checked=checked),
        changes=changes_of(holdings, proposal, tables),
        documents=[
            f"{labels.get(row.rule, 'Dokumen')}: {row.name}" for row in holdings.documents.get(proposal.id or 0, ())
        ],
        problems=problems,
        warnings=list(checked.warnings.values()),
        matches=list(checked.compared.matches),
        href=f"/pdm/{proposal.group}/{proposal.id}",
        ready=not problems,
    )


def _blocker(holdings: Holdings, group: Group) -> NextStep:
    drafted = any(each.state is UsulanState.DRAF for each in holdings.of(group))
    if drafted:
        text = "Draf sudah ada, tetapi belum dikirim."
    elif holdings.state(group) is GroupState.PERLU_PERBAIKAN:
        text = "Ada usulan yang dikembalikan atau ditolak. Baca alasannya."
    else:
        text = "Belum diperiksa."
    return NextStep(group.label, text, group_page(group))
