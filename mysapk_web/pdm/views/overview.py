"""The twelve tiles and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.pdm.views.proposal import ProposalView


@dataclass(frozen=True, slots=True)
class TileView:
    """One of the twelve tiles."""

    key: str
    label: str
    description: str
    state: str
    state_label: str
    count: int
    draft_count: int
    open_count: int
    returned_count: int
    requirement_label: str
    done: bool
    href: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next, in words and as a link."""

    title: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Board:
    """The whole PDM of a person.

    Attributes:
        percent: Share of the tiles that are green, whole percent, 100 only when all are.
        optional: Of the tiles that are not green, those that need not be handled.
        days_left: Days until entry opens or ends; None when neither is ahead.
        closed_sentence: Why nothing can be written and what becomes of drafts; empty while entry is open.
        blockers: What is left to do, one sentence each; the optional groups come last.
    """

    tiles: list[TileView]
    done: int
    total: int
    percent: int
    optional: int
    days_left: int | None
    phase: str
    may_write: bool
    may_repair: bool
    closed_sentence: str
    blockers: list[str]
    ready: int
    next_step: NextStep
    returned: list[ProposalView]
    timezone: str


def time_left(board: Board) -> str:
    """How long entry is open, or what else the period says."""
    if board.closed_sentence:
        return board.closed_sentence
    if board.days_left is None:
        return ""
    if board.days_left == 0:
        return "Hari ini hari terakhir untuk mengirim."
    return f"{board.days_left} hari lagi untuk mengirim."
