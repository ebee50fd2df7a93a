"""`/pdm`: the tiles, how far a person is, and what comes next (DESIGN 5)."""

from __future__ import annotations

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import Phase
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import PersonContext, load_own_context
from mysapk_web.pdm.dossier import Dossier, kind_of, load_documents, load_dossier, load_history, load_records
from mysapk_web.pdm.presenters import REQUIREMENT_LABELS, proposal_view
from mysapk_web.pdm.rules.groups.base import Group, Requirement
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, SENT_STATES, GroupState, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.views.overview import Board, NextStep, TileView
from mysapk_web.pdm.views.proposal import ProposalView
from mysapk_web.platform.rules.formatting import whole_percent
from mysapk_web.platform.rules.text import in_sentence

SEND_PAGE = "/pdm/kirim"
PROOF_PAGE = "/pdm/bukti"


def load_board(session: Session, actor: Actor) -> Board:
    """Read the PDM of the actor."""
    return build_board(session, load_own_context(session, actor))


def build_board(session: Session, person: PersonContext) -> Board:
    """Read the PDM of a person."""
    dossier = load_with_drafts(session, person)
    times, tables = person.times, codes(session)
    editable = [each for each in dossier.proposals if each.state in EDITABLE_STATES]
    views = {each.id: proposal_view(dossier, each, tables) for each in editable}
    returned = [views[each.id] for each in editable if each.state is ProposalState.PERBAIKAN_MYSAPK]
    drafts = [views[each.id] for each in editable if each.state is ProposalState.DRAF]
    tiles = [_tile(dossier, group) for group in person.groups]
    done = sum(tile.done for tile in tiles)
    ahead = times.pdm.is_open or times.pdm.phase is Phase.NOT_OPEN
    return Board(
        tiles=tiles,
        done=done,
        total=len(tiles),
        percent=whole_percent(done, len(tiles)),
        optional=sum(group.requirement is Requirement.OPTIONAL for group in pending_groups(dossier)),
        days_left=times.pdm.days_left if ahead else None,
        phase=times.pdm.phase.value,
        may_write=times.pdm.is_open,
        may_repair=times.pdm.is_open or times.verification.is_open,
        closed_sentence=times.closed_sentence(),
        blockers=_blockers(dossier, drafts, returned),
        ready=sum(view.may_send for view in drafts),
        next_step=_next_step(dossier, drafts, returned),
        returned=returned,
        timezone=times.timezone,
    )


def load_with_drafts(session: Session, person: PersonContext) -> Dossier:
    """What a person has, complete enough to check everything that can still be edited."""
    dossier = load_dossier(session, person)
    editable = [each for each in dossier.proposals if each.state in EDITABLE_STATES]
    load_records(session, dossier, {each.kind: kind_of(each) for each in editable}.values())
    load_documents(session, dossier, editable)
    load_history(session, dossier, editable)
    return dossier


def pending_groups(dossier: Dossier, *, required_only: bool = False) -> list[Group]:
    """The groups that are still red."""
    return [
        group
        for group in dossier.person.groups
        if not dossier.state(group).handled and not (required_only and group.requirement is Requirement.OPTIONAL)
    ]


def group_path(group: Group) -> str:
    """Where a group is handled."""
    return f"/pdm/{group.key}"


def _tile(dossier: Dossier, group: Group) -> TileView:
    state, mine = dossier.state(group), dossier.proposals_in(group)
    return TileView(
        key=group.key,
        label=group.label,
        description=group.description,
        state=state.value,
        state_label=state.label,
        count=dossier.count(group),
        draft_count=_count(mine, frozenset({ProposalState.DRAF})),
        open_count=_count(mine, SENT_STATES - {ProposalState.PERBAIKAN_MYSAPK}),
        returned_count=_count(mine, frozenset({ProposalState.PERBAIKAN_MYSAPK})),
        requirement_label=REQUIREMENT_LABELS[group.requirement],
        done=state.handled,
        href=group_path(group),
    )


def _count(proposals: list[Proposal], states: frozenset[ProposalState]) -> int:
    return sum(each.state in states for each in proposals)


def _blockers(dossier: Dossier, drafts: list[ProposalView], returned: list[ProposalView]) -> list[str]:
    found = [f"{view.group_label}: usulan dikembalikan dan menunggu perbaikan Anda." for view in returned]
    for view in drafts:
        what = f"{view.group_label}: draf {in_sentence(view.action_label)} {in_sentence(view.kind_label)}"
        todo = f"masih kurang {view.faults_count} hal" if view.faults_count else "sudah lengkap, belum dikirim"
        found.append(f"{what} {todo}.")
    busy = {view.group for view in (*drafts, *returned)}
    left = sorted(pending_groups(dossier), key=lambda group: group.requirement is Requirement.OPTIONAL)
    return found + [f"{group.label}: {_reason(dossier, group)}" for group in left if group.key not in busy]


def _reason(dossier: Dossier, group: Group) -> str:
    if dossier.state(group) is GroupState.PERLU_PERBAIKAN:
        return "usulan ditolak; baca alasannya, lalu periksa kembali data Anda."
    return "belum diperiksa (tidak wajib)." if group.requirement is Requirement.OPTIONAL else "belum diperiksa."


def _next_step(dossier: Dossier, drafts: list[ProposalView], returned: list[ProposalView]) -> NextStep:
    times = dossier.person.times
    if returned and (times.pdm.is_open or times.verification.is_open):
        first = returned[0]
        return NextStep(
            f"Perbaiki usulan {first.group_label}",
            "Usulan ini dikembalikan. Baca alasannya, perbaiki, lalu kirim kembali.",
            f"/pdm/{first.group}",
        )
    if not times.pdm.is_open:
        return NextStep("Lihat usulan Anda", times.closed_sentence(), "/usulan")
    ready = {view.group for view in drafts if view.may_send}
    started = {view.group for view in drafts} - ready
    red = [group for group in pending_groups(dossier) if group.key not in ready]
    red.sort(key=lambda group: (group.requirement is Requirement.OPTIONAL, group.key not in started))
    if red and (red[0].requirement is not Requirement.OPTIONAL or not ready):
        verb = "Lanjutkan" if red[0].key in started else "Periksa"
        return NextStep(f"{verb} {red[0].label}", red[0].description, group_path(red[0]))
    if ready:
        return NextStep("Kirim usulan Anda", "Periksa isian Anda sekali lagi, lalu kirim.", SEND_PAGE)
    return NextStep("Unduh bukti", "Bagian Anda selesai. Unduh bukti Pemutakhiran Data Mandiri Anda.", PROOF_PAGE)
