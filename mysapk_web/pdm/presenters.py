"""Proposals, their documents and history as their owner sees them, and records on file in words.

The views are also what page states hold, so they contain only what JSON can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.rules.groups import get_group
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind, Requirement
from mysapk_web.pdm.rules.groups.diff import FieldChange, differences
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.formatting import format_value
from mysapk_web.pdm.rules.proposal import (
    EDITABLE_STATES,
    REASONS,
    REJECTED_STATES,
    SENT_STATES,
    TRANSITIONS,
    Office,
    ProposalAction,
    ProposalState,
)
from mysapk_web.pdm.submission_checks import SubmissionCheck, check_submission
from mysapk_web.pdm.tables import Document, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.platform.rules.timezones import format_moment

REQUIREMENT_LABELS: Final = MappingProxyType(
    {Requirement.REQUIRED: "Wajib", Requirement.IF_ANY: "Wajib bila ada", Requirement.OPTIONAL: "Tidak wajib"}
)
_OFFICES: Final = MappingProxyType(
    {
        Office.OWNER: "Pegawai",
        Office.VERIFIER: "Verifikator",
        Office.APPROVER: "Approver",
        Office.BKN: "BKN",
        Office.SYSTEM: "Sistem",
    }
)
_REASONS: Final = {reason.code: reason.label for reason in REASONS}
_EXPLAINED: Final = REJECTED_STATES | {ProposalState.PERBAIKAN_MYSAPK}
"""States whose reason the owner has to read."""
_TONES: Final = MappingProxyType(
    {
        ProposalState.DRAF: "plain",
        ProposalState.PERBAIKAN_MYSAPK: "warn",
        ProposalState.TELAH_UPDATE: "good",
        ProposalState.TMS: "bad",
        ProposalState.TMS_BKN: "bad",
        ProposalState.DIHAPUS: "plain",
    }
)


@dataclass(frozen=True, slots=True)
class DocumentView:
    id: int
    rule: str
    label: str
    name: str
    size: int
    """Bytes."""
    pages: int
    uploaded_at: str
    """ISO 8601, UTC."""
    signed: bool
    """Electronically signed and kept byte for byte; the portal does not verify the signature."""
    href: str
    about: str
    """Size and pages in words."""


@dataclass(frozen=True, slots=True)
class ProposalEventView:
    at: str
    who: str
    """"Anda", or the office that acted; never a name."""
    text: str
    state: str
    """Label of the state it led to."""
    reason: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    id: int
    version: int
    group: str
    group_label: str
    kind: str
    kind_label: str
    action: str
    record_id: int | None
    title: str
    heading: str
    state: str
    state_label: str
    tone: str
    """Colour and shape of its state: `plain`, `wait`, `warn`, `good` or `bad`."""
    meaning: str
    """Where it is and what to do, in one sentence."""
    when: str
    unit: str
    """Unor verifikasi; empty until it is sent."""
    reason: str
    """Why it was returned or rejected; empty otherwise."""
    href: str
    is_draft: bool
    was_sent: bool
    may_edit: bool
    may_withdraw: bool
    """For a draft: may be discarded."""
    may_send: bool
    faults_count: int
    """What has to be corrected or added before it can be sent; 0 once it was."""
    documents: list[DocumentView]
    history: list[ProposalEventView]
    """The newest event first."""


def proposal_view(
    dossier: Dossier, proposal: Proposal, codes: Codes, *, checked: SubmissionCheck | None = None
) -> ProposalView:
    """A proposal as its owner sees it.

    Args:
        dossier: With its history and documents, and for an editable one the records of its kind.
        checked: The result of `check_submission`, if the caller has it already.
    """
    times, declared, state = dossier.person.times, kind_of(proposal), proposal.state
    faults = (checked or check_submission(dossier, proposal, codes)).count if state in EDITABLE_STATES else 0
    events = dossier.history.get(proposal.pk, [])
    was_sent = proposal.sent_at is not None
    sent_at = proposal.sent_at if state is not ProposalState.DRAF else None
    saved = format_moment(sent_at or proposal.changed_at, times.timezone)
    return ProposalView(
        id=proposal.pk,
        version=proposal.version,
        group=proposal.group,
        group_label=get_group(proposal.group).label,
        kind=declared.key,
        kind_label=declared.label,
        action=proposal.action.value,
        record_id=proposal.record_id,
        title=declared.title(decode_payload(declared, proposal.payload), codes),
        heading=f"{proposal.action.label} {in_sentence(declared.label)}",
        state=state.value,
        state_label=state.label,
        tone=tone_of(state),
        meaning=state.meaning,
        when=f"Dikirim {saved}" if sent_at else f"Terakhir disimpan {saved}",
        unit=dossier.units.get(proposal.unor_id, "") if was_sent else "",
        reason=_reason(events[0]) if events and state in _EXPLAINED else "",
        href=f"/pdm/{proposal.group}/{proposal.pk}",
        is_draft=state is ProposalState.DRAF,
        was_sent=was_sent,
        may_edit=proposal.action is not RecordAction.DELETE and _may(dossier, proposal, ProposalAction.SAVE_DRAFT),
        may_withdraw=_may(dossier, proposal, ProposalAction.WITHDRAW),
        may_send=not faults and may_submit(dossier, proposal),
        faults_count=faults,
        documents=[document_view(declared, row) for row in dossier.documents.get(proposal.pk, ())],
        history=[_event_view(dossier, row) for row in events],
    )


def tone_of(state: ProposalState) -> str:
    return _TONES.get(state, "wait" if state in SENT_STATES else "plain")


def may_submit(dossier: Dossier, proposal: Proposal) -> bool:
    """Whether state and period allow sending, whatever is still missing."""
    return _may(dossier, proposal, ProposalAction.SEND) or _may(dossier, proposal, ProposalAction.RESEND)


def document_view(declared: RecordKind, document: Document) -> DocumentView:
    labels = {rule.code: rule.label for rule in declared.documents}
    return DocumentView(
        id=document.pk,
        rule=document.rule,
        label=labels.get(document.rule, "Dokumen"),
        name=document.name,
        size=document.size,
        pages=document.pages,
        uploaded_at=document.uploaded_at.isoformat(),
        signed=document.signed,
        href=f"/dokumen/{document.pk}",
        about=f"{format_size(document.size)}, {document.pages} halaman",
    )


def format_size(count: int) -> str:
    """Such as "1 MB" or "850 KB"."""
    if count >= 1024 * 1024:
        return f"{count / (1024 * 1024):.1f}".removesuffix(".0").replace(".", ",") + " MB"
    return f"{max(1, round(count / 1024))} KB"


def labelled_values(declared: RecordKind, payload: Mapping[str, Value], codes: Codes) -> list[tuple[str, str]]:
    """Of the fields that are filled; sensitive values masked."""
    words = ((field.label, format_value(field, payload.get(field.name), codes)) for field in declared.fields)
    return [(label, text) for label, text in words if text]


def proposal_changes(dossier: Dossier, proposal: Proposal, codes: Codes) -> list[FieldChange]:
    """For a new record everything. Sensitive values are masked."""
    declared = kind_of(proposal)
    record = record_on_file(dossier, proposal)
    old = editable_values(declared, record.payload) if record else None
    new = None if proposal.action is RecordAction.DELETE else editable_values(declared, proposal.payload)
    return differences(declared, old, new, codes)


def record_on_file(dossier: Dossier, proposal: Proposal) -> PersonnelRecord | None:
    """The record a proposal is about; None for a new one, or if the record is gone."""
    wanted = proposal.record_id
    return next((each for each in dossier.records.get(proposal.kind, ()) if each.id == wanted), None)


def format_reason(reason: str, note: str) -> str:
    return ": ".join(part for part in (reason, note) if part)


def _may(dossier: Dossier, proposal: Proposal, act: ProposalAction) -> bool:
    return dossier.person.times.allows(proposal.state, act, kind_of(proposal).approval)


def _reason(event: ProposalEvent) -> str:
    return format_reason(_REASONS.get(event.reason, ""), event.note)


def _event_view(dossier: Dossier, row: ProposalEvent) -> ProposalEventView:
    known = TRANSITIONS.get((row.before, row.act))
    own = row.actor_id is not None and row.actor_id == dossier.person.account_id
    office = _OFFICES[known.office] if known else _OFFICES[Office.SYSTEM]
    return ProposalEventView(
        at=format_moment(row.at, dossier.person.times.timezone),
        who="Anda" if own else office,
        text=row.act.label,
        state=row.after.label,
        reason=_reason(row),
    )
