"""What the pages of verification show: frozen, free of tables, moments aware in UTC with the zone of the agency beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mysapk_web.pdm.presenters import DocumentView


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One proposal in the inbox.

    Attributes:
        claimed_by: Who looks at it right now, by name or office; empty for nobody or the actor.
    """

    id: int
    nip: str
    name: str
    group_label: str
    kind_label: str
    action_label: str
    title: str
    state: str
    state_label: str
    unit: str
    instansi: str
    sent_at: datetime
    days: int
    claimed_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many proposals there are of something. `key` goes into the address; `at_least`: counting ended there, there may be more."""

    key: str
    label: str
    count: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox.

    Attributes:
        at_least: There are more than `total`; the list is cut.
        states: Open proposals by state, with the other filters.
        groups: The proposals of the chosen states by group.
        closed_sentence: Why nothing can be decided now; empty while it can.
    """

    rows: list[InboxRow]
    number: int
    pages: int
    total: int
    at_least: bool
    states: list[FacetCount]
    groups: list[FacetCount]
    timezone: str
    closed_notice: str


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """The filter "unor verifikasi".

    Attributes:
        offered: A unit can be chosen, or one is chosen.
        chosen: It in words; empty for none, and for one out of reach.
    """

    offered: bool
    chosen: str
    suggested: list[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a proposal to themselves.

    Attributes:
        by: Name of whoever it is otherwise, or their office; empty for nobody.
    """

    mine: bool
    holder: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One field, on file and proposed.

    Attributes:
        before: Words on file; empty where there is nothing.
        after: Words proposed; empty where they are taken away.
    """

    name: str
    label: str
    before: str
    after: str
    differs: bool
    note: str
    correctable: bool


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One automatic check (the validity panel of SIASN, domain 5.2)."""

    name: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step of the trail, for officials: with the name of who acted, where it is a colleague (`officers.py`)."""

    at: datetime
    office: str
    who: str
    text: str
    state_label: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class ActView:
    """Something the actor can do now.

    Attributes:
        reasons: Code and words to choose from; empty where none is asked for.
        blocked: Why it can't be done with this proposal; empty when it can.
    """

    act: str
    label: str
    consequence: str
    reasons: list[tuple[str, str]]
    blocked: str


@dataclass(frozen=True, slots=True)
class ProposalDetail:
    """One proposal as an official sees it.

    Attributes:
        lines: Of a new record and of a deletion every field that holds something; of a change every field.
        why_not: Why there is nothing to do; empty otherwise.
    """

    id: int
    version: int
    nip: str
    name: str
    jenis: str
    owner_unit: str
    instansi: str
    unit: str
    group: str
    group_label: str
    kind_label: str
    action: str
    action_label: str
    title: str
    state: str
    state_label: str
    sent_at: datetime | None
    lines: list[FieldComparison]
    changed: int
    documents: list[DocumentView]
    checks: list[CheckResult]
    history: list[HistoryStep]
    acts: list[ActView]
    blocker: str
    can_correct: bool
    claim: Claim
    timezone: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One value that is about to be corrected.

    Attributes:
        options: Code and words to choose from; empty for a field that is typed.
        searched: The choices are too many for a list: they are those that fit what was searched for.
    """

    name: str
    label: str
    kind: str
    help: str
    value: str
    text: str
    options: list[tuple[str, str]]
    searched: bool


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What came of an act."""

    state_label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BulkCandidate:
    """A proposal that says that the record on file is right as it is.

    Attributes:
        rows: Label and words of what is on file and proposed alike.
        sampled: It has to be looked at before all are verified.
    """

    id: int
    version: int
    nip: str
    name: str
    kind_label: str
    title: str
    sent_at: datetime
    rows: list[tuple[str, str]]
    documents: list[DocumentView] = field(default_factory=list)
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class BulkSelection:
    """What can be verified together."""

    candidates: list[BulkCandidate]
    closed_notice: str
    timezone: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of verifying together: how many, and whom it did not concern any more with the reason."""

    verified: int
    skipped: list[tuple[str, str]]
