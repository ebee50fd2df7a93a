"""All answers before they are sent."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.pdm.views.match import Match
from mysapk_web.pdm.views.overview import NextStep
from mysapk_web.pdm.views.proposal import Change, ProposalView


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One proposal on the page of checking one's answers.

    Attributes:
        changes: What it changes; of a new record, everything.
        problems: What stands in the way of sending, one sentence each.
        matches: What the person has that is the same or similar, see `Match`.
    """

    proposal: ProposalView
    changes: list[Change]
    documents: list[str]
    problems: list[str]
    warnings: list[str]
    matches: list[Match]
    href: str
    ready: bool


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """The answers of one group."""

    key: str
    label: str
    state_label: str
    done: bool
    href: str
    items: list[ReviewItem]


@dataclass(frozen=True, slots=True)
class Review:
    """All answers before they are sent.

    Attributes:
        ready: Ids of the proposals that "send all" sends.
        blockers: Groups that are still red: sentence and link.
        may_send: Entry, or for returned proposals verification, is open now.
    """

    groups: list[ReviewGroup]
    ready: list[int]
    blockers: list[NextStep]
    may_send: bool
    closed_sentence: str
