"""What the pages of verification show: frozen, free of tables, moments aware in UTC with the zone of the agency beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mysapk_web.pdm.views.proposal import DocumentView


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One proposal in the inbox.

    Attributes:
        unit: Unor verifikasi.
        instansi: Agency of that unit.
        sent_at: Last time its owner sent it.
        days: Whole days since then.
        claimed_by: Who looks at it right now, by name or office; empty for nobody or the actor.
        mine: The actor has it open.
    """

    id: int
    nip: str
    nama: str
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
class Count:
    """How many proposals there are of something. `key` goes into the address; `at_least`: counting ended there, there may be more."""

    key: str
    label: str
    count: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox.

    Attributes:
        rows: Oldest first, unless asked otherwise.
        number: Which page, from 1.
        pages: How many can be turned to.
        total: Proposals that fit the filters.
        at_least: There are more than `total`; the list is cut.
        states: Open proposals by state, with the other filters.
        groups: The proposals of the chosen states by group.
        zona: Zone of the agency of the actor.
        closed_sentence: Why nothing can be decided now; empty while it can.
    """

    rows: list[InboxRow]
    number: int
    pages: int
    total: int
    at_least: bool
    states: list[Count]
    groups: list[Count]
    zona: str
    closed_sentence: str


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """The filter "unor verifikasi".

    Attributes:
        offered: A unit can be chosen, or one is chosen.
        chosen: It in words; empty for none, and for one out of reach.
        suggested: The first ones of the scope.
    """

    offered: bool
    chosen: str
    suggested: list[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a proposal to themselves.

    Attributes:
        mine: It is the actor.
        by: Name of whoever it is otherwise, or their office; empty for nobody.
        until: When it ends; None for nobody.
    """

    mine: bool
    by: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One field, on file and proposed.

    Attributes:
        name: Key in the values.
        before: Words on file; empty where there is nothing.
        after: Words proposed; empty where they are taken away.
        differs: They are not the same.
        note: What the checks found; empty for nothing.
        correctable: The actor may correct it now.
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
    """One automatic check (the validity panel of SIASN, domain 5.2).

    Attributes:
        result: `good`, `warn` or `bad`.
        note: What was found, in words.
    """

    name: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Step:
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
        act: Value of `pdm.rules.proposal.UsulanAct`.
        consequence: What happens then, in one sentence.
        reasons: Code and words to choose from; empty where none is asked for.
        blocked: Why it can't be done with this proposal; empty when it can.
    """

    act: str
    label: str
    consequence: str
    reasons: list[tuple[str, str]]
    blocked: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One proposal as an official sees it.

    Attributes:
        action: Value of `pdm.rules.groups.base.Action`.
        lines: Of a new record and of a deletion every field that holds something; of a change every field.
        changed: How many lines differ.
        acts: What the actor may do now.
        why_not: Why there is nothing to do; empty otherwise.
        may_correct: Values may be corrected now.
        owner_unit: Unit of the person.
        claim: Who has it to themselves.
    """

    id: int
    version: int
    nip: str
    nama: str
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
    lines: list[Line]
    changed: int
    documents: list[DocumentView]
    checks: list[CheckResult]
    trail: list[Step]
    acts: list[ActView]
    why_not: str
    may_correct: bool
    claim: Claim
    zona: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One value that is about to be corrected.

    Attributes:
        kind: Value of `FieldKind`.
        value: As it is typed, or a code.
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
class Decided:
    """What came of an act.

    Attributes:
        state_label: Where the proposal stands now.
        sentence: What happened, for the actor.
    """

    state_label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal that says that the record on file is right as it is.

    Attributes:
        rows: Label and words of what is on file and proposed alike.
        sampled: It has to be looked at before all are verified.
    """

    id: int
    version: int
    nip: str
    nama: str
    kind_label: str
    title: str
    sent_at: datetime
    rows: list[tuple[str, str]]
    documents: list[DocumentView] = field(default_factory=list)
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be verified together.

    Attributes:
        candidates: The oldest ones, the sample first.
        closed_sentence: Why nothing can be decided now.
    """

    candidates: list[Candidate]
    closed_sentence: str
    zona: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of verifying together: how many, and whom it did not concern any more with the reason."""

    verified: int
    kept: list[tuple[str, str]]
