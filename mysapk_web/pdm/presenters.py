"""From rows to what pages show: proposals with trail and documents, records on file with their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.rules.groups import get_group
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind, Requirement
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.formatting import format_value
from mysapk_web.pdm.rules.proposal import (
    EDITABLE_STATES,
    REASONS,
    REJECTED_STATES,
    TRANSITIONS,
    Office,
    ProposalAction,
    ProposalState,
)
from mysapk_web.pdm.submission_checks import SubmissionCheck, check_submission
from mysapk_web.pdm.tables import Document, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.pdm.views.proposal import Change, DocumentView, ProposalEventView, ProposalView

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


def proposal_view(
    dossier: Dossier, proposal: Proposal, codes: Codes, *, checked: SubmissionCheck | None = None
) -> ProposalView:
    """One proposal, as its owner sees it.

    Args:
        holdings: Of its owner, with its trail and documents, and for an editable one the records of its kind.
    """
    times, declared = dossier.person.times, kind_of(proposal)
    may_edit = _may(dossier, proposal, ProposalAction.SAVE_DRAFT) and proposal.action is not RecordAction.DELETE
    count = 0
    if proposal.state in EDITABLE_STATES:
        count = (checked or check_submission(dossier, proposal, codes)).count
    trail = dossier.history.get(proposal.pk, [])
    last = trail[0] if trail and proposal.state in _EXPLAINED else None
    return ProposalView(
        id=proposal.pk,
        version=proposal.version,
        group=proposal.group,
        group_label=get_group(proposal.group).label,
        kind=declared.key,
        kind_label=declared.label,
        action=proposal.action.value,
        action_label=proposal.action.label,
        record_id=proposal.record_id,
        title=declared.title(decode_payload(declared, proposal.payload), codes),
        state=proposal.state.value,
        state_label=proposal.state.label,
        meaning=proposal.state.meaning,
        sent_at=proposal.sent_at,
        unit=dossier.units.get(proposal.unor_id, "") if proposal.sent_at else "",
        changed_at=proposal.changed_at,
        reason=_REASONS.get(last.reason, "") if last else "",
        note=last.note if last else "",
        may_edit=may_edit,
        may_withdraw=_may(dossier, proposal, ProposalAction.WITHDRAW),
        may_send=count == 0
        and (_may(dossier, proposal, ProposalAction.SEND) or _may(dossier, proposal, ProposalAction.RESEND)),
        faults_count=count,
        timezone=times.timezone,
        documents=[document_view(declared, row) for row in dossier.documents.get(proposal.pk, ())],
        history=[_step(dossier, row) for row in trail],
    )


def document_view(declared: RecordKind, document: Document) -> DocumentView:
    """One document."""
    labels = {rule.code: rule.label for rule in declared.documents}
    return DocumentView(
        id=document.pk,
        rule=document.rule,
        label=labels.get(document.rule, "Dokumen"),
        name=document.name,
        size=document.size,
        pages=document.pages,
        uploaded_at=document.uploaded_at,
        signed=document.signed,
    )


def labelled_values(declared: RecordKind, payload: Mapping[str, Value], codes: Codes) -> list[tuple[str, str]]:
    """Label and words of each field that holds something; sensitive ones masked."""
    words = ((field.label, format_value(field, payload.get(field.name), codes)) for field in declared.fields)
    return [(label, text) for label, text in words if text]


def proposal_changes(dossier: Dossier, proposal: Proposal, codes: Codes) -> list[Change]:
    """What a proposal changes, in words; sensitive values masked."""
    declared = kind_of(proposal)
    record = record_on_file(dossier, proposal)
    old = editable_values(declared, record.payload) if record else None
    new = None if proposal.action is RecordAction.DELETE else editable_values(declared, proposal.payload)
    found = differences(declared, old, new, codes)
    return [Change(each.field, each.label, each.before, each.after) for each in found]


def record_on_file(dossier: Dossier, proposal: Proposal) -> PersonnelRecord | None:
    """The record on file that a proposal is about; None when it adds one, or the record is gone."""
    wanted = proposal.record_id
    return next((each for each in dossier.records.get(proposal.kind, ()) if each.id == wanted), None)


def _may(dossier: Dossier, proposal: Proposal, act: ProposalAction) -> bool:
    return dossier.person.times.allows(proposal.state, act, kind_of(proposal).approval)


def _step(dossier: Dossier, row: ProposalEvent) -> ProposalEventView:
    known = TRANSITIONS.get((row.before, row.act))
    own = row.actor_id is not None and row.actor_id == dossier.person.account_id
    office = _OFFICES[known.office] if known else _OFFICES[Office.SYSTEM]
    return ProposalEventView(
        at=row.at,
        who="Anda" if own else office,
        text=row.act.label,
        state_label=row.after.label,
        reason=_REASONS.get(row.reason, ""),
        note=row.note,
    )
