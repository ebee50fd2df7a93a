"""A proposal as its owner sees it: state, trail, documents, what it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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
class ProposalEventView:
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
class Change:
    """A field that a proposal changes, in words; empty where there is nothing."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with its trail (newest step first) and documents.

    Attributes:
        meaning: Where it lies and what to do, in one sentence.
        sent_at: Last time it was sent; None for a draft.
        reason: Words of the reason while it is returned or rejected; empty otherwise.
        may_withdraw: It may be taken back now; a draft is thrown away.
        may_send: Nothing stands in the way of sending it now.
        faults_count: What has to be corrected or added before it can be sent; 0 once it was.
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
    timezone: str
    documents: list[DocumentView] = field(default_factory=list)
    history: list[ProposalEventView] = field(default_factory=list)
