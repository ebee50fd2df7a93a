"""`/pdm`: the twelve tiles, progress, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import Phase
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import Dossier, kind_of, load_documents, load_dossier, load_history, load_records
from mysapk_web.pdm.presenters import REQUIREMENT_LABELS, ProposalView, proposal_view
from mysapk_web.pdm.rules.groups.base import Group, Requirement
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, SENT_STATES, GroupState, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.rules.formatting import whole_percent
from mysapk_web.platform.rules.text import in_sentence

SEND_PAGE = "/pdm/kirim"
PROOF_PAGE = "/pdm/bukti"


@dataclass(frozen=True, slots=True)
class TileView:
    key: str
    label: str
    description: str
    state: str
    state_label: str
    tone: str
    """`todo` (red) until handled, `warn` after a return or rejection, `good` when done."""
    count: int
    counts: str
    """All numbers in words."""
    requirement_label: str
    done: bool
    href: str


@dataclass(frozen=True, slots=True)
class NextStep:
    title: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Board:
    tiles: list[TileView]
    done: int
    total: int
    percent: int
    """Of green tiles; 100 only if all are."""
    optional: int
    """How many of the other tiles are optional."""
    days_left: int | None
    """Until entry opens or ends; None if neither is ahead."""
    phase: str
    """Value of `Phase`."""
    may_write: bool
    closed_sentence: str
    """Why nothing can be written and what happens to drafts; empty while entry is open."""
    blockers: list[str]
    """What is left to do, a sentence each; optional groups come last."""
    ready: int
    """Drafts that can be sent now."""
    next_step: NextStep
    returned: list[ProposalView]
    """The newest first."""


def time_left(board: Board) -> str:
    if board.closed_sentence:
        return board.closed_sentence
    if board.days_left is None:
        return ""
    if board.days_left == 0:
        return "Hari ini hari terakhir untuk mengirim."
    return f"{board.days_left} hari lagi untuk mengirim."


def load_board(session: Session, actor: Actor) -> Board:
    person = load_context(session, actor.pegawai_id)
    dossier = load_with_drafts(session, person)
    times, tables = person.times, StoredCodes(session)
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
        closed_sentence=times.closed_sentence(),
        blockers=_blockers(dossier, drafts, returned),
        ready=sum(view.may_send for view in drafts),
        next_step=_next_step(dossier, drafts, returned),
        returned=returned,
    )


def load_with_drafts(session: Session, person: PersonContext) -> Dossier:
    """A dossier with what it takes to check everything that can still be edited."""
    dossier = load_dossier(session, person)
    editable = [each for each in dossier.proposals if each.state in EDITABLE_STATES]
    load_records(session, dossier, {each.kind: kind_of(each) for each in editable}.values())
    load_documents(session, dossier, editable)
    load_history(session, dossier, editable)
    return dossier


def pending_groups(dossier: Dossier, *, required_only: bool = False) -> list[Group]:
    """Groups whose tile is red."""
    return [
        group
        for group in dossier.person.groups
        if not dossier.state(group).handled and not (required_only and group.requirement is Requirement.OPTIONAL)
    ]


def group_path(group: Group) -> str:
    return f"/pdm/{group.key}"


def _tile(dossier: Dossier, group: Group) -> TileView:
    state, mine = dossier.state(group), dossier.proposals_in(group)
    count, returned = dossier.count(group), _count(mine, frozenset({ProposalState.PERBAIKAN_MYSAPK}))
    drafts = _count(mine, frozenset({ProposalState.DRAF}))
    under_way = _count(mine, SENT_STATES - {ProposalState.PERBAIKAN_MYSAPK})
    counts = [
        f"{count} riwayat di berkas" if count else "Belum ada riwayat di berkas",
        f"{returned} dikembalikan" if returned else "",
        f"{drafts} draf" if drafts else "",
        f"{under_way} usulan berjalan" if under_way else "",
    ]
    return TileView(
        key=group.key,
        label=group.label,
        description=group.description,
        state=state.value,
        state_label=state.label,
        tone="warn" if state is GroupState.PERLU_PERBAIKAN else "good" if state.handled else "todo",
        count=count,
        counts=", ".join(part for part in counts if part),
        requirement_label=REQUIREMENT_LABELS[group.requirement],
        done=state.handled,
        href=group_path(group),
    )


def _count(proposals: list[Proposal], states: frozenset[ProposalState]) -> int:
    return sum(each.state in states for each in proposals)


def _blockers(dossier: Dossier, drafts: list[ProposalView], returned: list[ProposalView]) -> list[str]:
    found = [f"{view.group_label}: usulan dikembalikan dan menunggu perbaikan Anda." for view in returned]
    for view in drafts:
        what = f"{view.group_label}: draf {in_sentence(view.heading)}"
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
