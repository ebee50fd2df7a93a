"""The page of one group: what is on file, and what is proposed beside it."""

from __future__ import annotations

from dataclasses import dataclass

from mysapk_web.pdm.views.proposal import ProposalView


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record on file.

    Attributes:
        rows: Label and words of each field that holds something; sensitive ones masked.
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
        proposals: New records that are proposed, and what was rejected in this PDM.
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
        why_not_confirmed: Why "data sudah sesuai" would not be true, and what to do; empty when it would be.
        verified: Changes are proposals; otherwise they count at once (the profile).
        why_no_statement: Why nothing can be declared now; empty when it can.
    """

    key: str
    label: str
    description: str
    requirement: str
    requirement_label: str
    state: str
    state_label: str
    done: bool
    declaration: str | None
    may_have_none: bool
    none_hint: str
    why_not_confirmed: str
    verified: bool
    declaration_blocker: str
    may_write: bool
    closed_sentence: str
    kinds: list[KindView]
    timezone: str
