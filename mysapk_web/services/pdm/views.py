"""What the pages of the PDM show: frozen, free of tables, moments aware in UTC with the zone of the agency beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mysapk_web.domain.groups.fields import Value


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of a proposal, seen by somebody who may see the proposal."""

    id: int
    rule: str
    label: str
    name: str
    size: int
    """Bytes."""
    pages: int
    uploaded_at: datetime
    signed: bool = False
    """It carries an electronic signature and was kept byte for byte; the portal does not verify it."""


@dataclass(frozen=True, slots=True)
class TrailView:
    """One step of a proposal."""

    at: datetime
    who: str
    """"Anda", or the office that acted; never a name."""
    text: str
    state_label: str
    """Where the proposal stood afterwards."""
    reason: str
    """Words of the coded reason; empty for none."""
    note: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with its trail (newest step first) and documents.

    Attributes:
        action: Value of `domain.groups.base.Action`.
        title: What the record is called, as proposed.
        state: Value of `domain.usulan.UsulanState`.
        meaning: Where it lies and what to do, in one sentence.
        sent_at: Last time it was sent; None for a draft.
        unit: Unor verifikasi; empty for a draft.
        reason: Words of the reason while it is returned or rejected; empty otherwise.
        note: What was written beside that reason.
        may_edit: The values may be changed now.
        may_withdraw: It may be taken back now; a draft is thrown away.
        may_send: Nothing stands in the way of sending it now.
        faults_count: What has to be corrected or added before it can be sent; 0 once it was.
        zona: Zone of the agency.
    """

    id: int
    version: int
    group: str
    group_label: str
    kind: str
    kind_label: str
    action: str
    action_label: str
    record_id: int | None
    title: str
    state: str
    state_label: str
    meaning: str
    sent_at: datetime | None
    unit: str
    changed_at: datetime
    reason: str
    note: str
    may_edit: bool
    may_withdraw: bool
    may_send: bool
    faults_count: int
    zona: str
    documents: list[DocumentView] = field(default_factory=list)
    trail: list[TrailView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TileView:
    """One of the twelve tiles.

    Attributes:
        state: Value of `domain.usulan.GroupState`.
        count: Records on file.
        draft_count: Drafts that wait to be sent.
        open_count: Proposals on their way.
        returned_count: Proposals that came back to the person.
        done: Green.
        href: The page of the group.
    """

    key: str
    label: str
    description: str
    state: str
    state_label: str
    count: int
    draft_count: int
    open_count: int
    returned_count: int
    duty_label: str
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
        days_left: Days until entry opens or ends; None when neither is ahead.
        phase: Value of `domain.period.Phase` of the PDM period.
        may_write: Entry is open now.
        may_repair: What was returned may be repaired now.
        closed_sentence: Why nothing can be written and what becomes of drafts; empty while entry is open.
        blockers: What stands in the way of being finished, one sentence each.
        ready: Proposals that can be sent now.
        returned: Proposals that came back, the newest first.
    """

    tiles: list[TileView]
    done: int
    total: int
    percent: int
    days_left: int | None
    phase: str
    may_write: bool
    may_repair: bool
    closed_sentence: str
    blockers: list[str]
    ready: int
    next_step: NextStep
    returned: list[ProposalView]
    zona: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record on file.

    Attributes:
        rows: Label and words of each field that holds something; sensitive ones masked.
        pending: The open proposal about it, if any.
        may_change: A change may be proposed now.
        may_delete: Deleting may be proposed now.
        why_not: Why neither is possible; empty otherwise.
    """

    id: int
    version: int
    title: str
    subtitle: str
    rows: list[tuple[str, str]]
    pending: ProposalView | None
    may_change: bool
    may_delete: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of record in a group: what is on file, and what is proposed beside it.

    Attributes:
        records: On file, the latest first.
        proposals: New records that are proposed, and what was rejected in this PDM.
        can_add: A new record may be proposed now.
        why_not: Why not; empty otherwise.
    """

    key: str
    label: str
    records: list[RecordView]
    proposals: list[ProposalView]
    can_add: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group.

    Attributes:
        duty: Value of `domain.groups.base.Duty`.
        statement: Value of `domain.usulan.Declaration`; None without one.
        may_have_none: "Tidak ada riwayat" exists for this group.
        none_hint: When to choose it.
        sesuai_allowed: "Data sudah sesuai" exists for this group.
        verified: Changes are proposals; otherwise they count at once (the profile).
        why_no_statement: Why nothing can be declared now; empty when it can.
        closed_sentence: As in `Board`.
    """

    key: str
    label: str
    description: str
    duty: str
    duty_label: str
    state: str
    state_label: str
    done: bool
    statement: str | None
    may_have_none: bool
    none_hint: str
    sesuai_allowed: bool
    verified: bool
    why_no_statement: str
    may_write: bool
    closed_sentence: str
    kinds: list[KindView]
    zona: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form.

    Attributes:
        name: Key in the values.
        kind: Value of `FieldKind`.
        value: What the draft holds, in full: the form belongs to its owner.
        text: The same as people read it, sensitive values masked.
        shown: Asked for, given the other values.
        sensitive: Masked wherever it is only read.
        table: Code table of a CODE.
        parent: Code that limits the choices of a CODE; empty for all.
        options: Code and label of a table that is short enough to choose from; empty: search it.
        fault: What to correct, before it can be sent; empty for nothing.
        warning: What deserves a second look.
    """

    name: str
    label: str
    kind: str
    help: str
    section: str
    required: bool
    read_only: bool
    value: Value
    text: str
    shown: bool
    sensitive: bool
    table: str
    parent: str
    options: list[tuple[str, str]]
    max_length: int
    fault: str
    warning: str


@dataclass(frozen=True, slots=True)
class DocumentSlot:
    """A place for a document. `required` follows the values of the draft."""

    rule: str
    label: str
    required: bool
    max_bytes: int
    media_type: str
    document: DocumentView | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a proposal changes, in words; empty where there is nothing."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FormView:
    """The form of a proposal.

    Attributes:
        before: Label and words of the record on file, for comparison; empty when a record is added.
        on_file: Words of the record on file by field name.
        record_changed: The record on file changed since the draft was saved last: check it and save once more.
        may_write: The form may be saved now.
        closed_sentence: Why not.
        faults: What concerns the whole proposal and no single field.
    """

    proposal: ProposalView
    fields: list[FieldView]
    documents: list[DocumentSlot]
    before: list[tuple[str, str]]
    on_file: Mapping[str, str]
    record_changed: bool
    may_write: bool
    closed_sentence: str
    faults: list[str]
    version: int


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What came of saving a draft.

    Attributes:
        version: For the next save.
        faults: What can't be read yet, by field; it is kept as it was typed.
        warnings: What deserves a second look, by field.
        values: What is stored now.
    """

    version: int
    faults: dict[str, str]
    warnings: dict[str, str]
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One proposal on the page of checking one's answers.

    Attributes:
        changes: What it changes; of a new record, everything.
        problems: What stands in the way of sending, one sentence each.
        warnings: What deserves a second look.
        href: Where to change it.
        ready: It is among what "send all" sends.
    """

    proposal: ProposalView
    changes: list[Change]
    documents: list[str]
    problems: list[str]
    warnings: list[str]
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
