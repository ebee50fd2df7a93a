"""The form of a proposal, and what came of saving it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.views.match import Match
from mysapk_web.pdm.views.proposal import DocumentView, ProposalView


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form.

    Attributes:
        value: What the draft holds, in full: the form belongs to its owner.
        text: The same as people read it, sensitive values masked.
        parent: Code that limits the choices of a CODE; empty for all.
        options: Code and label of a table that is short enough to choose from; empty: search it.
        fault: What to correct, before it can be sent; empty for nothing.
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
class FormView:
    """The form of a proposal.

    Attributes:
        before: Label and words of the record on file, for comparison; empty when a record is added.
        on_file: Words of the record on file by field name.
        record_changed: The record on file changed since the draft was saved last: check it and save once more.
        faults: What concerns the whole proposal and no single field.
        matches: What the person has that is the same or similar, see `Match`.
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
    matches: list[Match]
    version: int


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What came of saving a draft.

    Attributes:
        faults: What can't be read yet, by field; it is kept as it was typed.
    """

    version: int
    faults: dict[str, str]
    warnings: dict[str, str]
    values: dict[str, Value]
