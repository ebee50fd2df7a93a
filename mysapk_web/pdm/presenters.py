"""From rows to what pages show: proposals with trail and documents, records on file with their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mysapk_web.pdm.dossier import Holdings, kind_of
from mysapk_web.pdm.payload import editable, readable
from mysapk_web.pdm.rules.groups import group
from mysapk_web.pdm.rules.groups.base import Action, Duty, RecordKind
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.words import display
from mysapk_web.pdm.rules.proposal import EDITABLE, REASONS, REJECTED_STATES, TRANSITIONS, UsulanAct, UsulanState, Who
from mysapk_web.pdm.submission_checks import Checked, check
from mysapk_web.pdm.tables import Document, PersonnelRecord, Proposal, TrailEntry
from mysapk_web.pdm.views.proposal import Change, DocumentView, ProposalView, TrailView

DUTY_LABELS: Final = MappingProxyType(
    {Duty.REQUIRED: "Wajib", Duty.IF_ANY: "Wajib bila ada", Duty.OPTIONAL: "Tidak wajib"}
)
_OFFICES: Final = MappingProxyType(
    {Who.OWNER: "Pegawai", Who.VERIFIER: "Verifikator", Who.APPROVER: "Approver", Who.BKN: "BKN", Who.SYSTEM: "Sistem"}
)
_REASONS: Final = {reason.code: reason.label for reason in REASONS}
_EXPLAINED: Final = REJECTED_STATES | {UsulanState.PERBAIKAN_MYSAPK}
"""States whose reason the owner has to read."""


def proposal_view(
    holdings: Holdings, proposal: Proposal, codes: Codes, *, checked: Checked | None = None
) -> ProposalView:
    """One proposal, as its owner sees it.

    Args:
        holdings: Of its owner, with its trail and documents, and for an editable one the records of its kind.
        proposal: Which.
        codes: The code tables.
        checked: What `check` found, when the caller has it already.
    """
    times, declared = holdings.here.times, kind_of(proposal)
    may_edit = _may(holdings, proposal, UsulanAct.SAVE_DRAFT) and proposal.action is not Action.DELETE
    count = 0
    if proposal.state in EDITABLE:
        count = (checked or check(holdings, proposal, codes)).count
    trail = holdings.trail.get(proposal.id or 0, [])
    last = trail[0] if trail and proposal.state in _EXPLAINED else None
    return ProposalView(
        id=proposal.id or 0,
        version=proposal.version,
        group=proposal.group,
        group_label=group(proposal.group).label,
        kind=declared.key,
        kind_label=declared.label,
        action=proposal.action.value,
        action_label=proposal.action.label,
        record_id=proposal.record_id,
        title=declared.title(readable(declared, proposal.payload), codes),
        state=proposal.state.value,
        state_label=proposal.state.label,
        meaning=proposal.state.meaning,
        sent_at=proposal.sent_at,
        unit=holdings.units.get(proposal.unor_id, "") if proposal.sent_at else "",
        changed_at=proposal.changed_at,
        reason=_REASONS.get(last.reason, "") if last else "",
        note=last.note if last else "",
        may_edit=may_edit,
        may_withdraw=_may(holdings, proposal, UsulanAct.WITHDRAW),
        may_send=count == 0
        and (_may(holdings, proposal, UsulanAct.SEND) or _may(holdings, proposal, UsulanAct.RESEND)),
        faults_count=count,
        zona=times.zona,
        documents=[document_view(declared, row) for row in holdings.documents.get(proposal.id or 0, ())],
        trail=[_step(holdings, row) for row in trail],
    )


def document_view(declared: RecordKind, document: Document) -> DocumentView:
    """One document.

    Args:
        declared: Kind of what it belongs to.
        document: Which.
    """
    labels = {rule.code: rule.label for rule in declared.documents}
    return DocumentView(
        id=document.id or 0,
        rule=document.rule,
        label=labels.get(document.rule, "Dokumen"),
        name=document.name,
        size=document.size,
        pages=document.pages,
        uploaded_at=document.uploaded_at,
        signed=document.signed,
    )


def rows_of(declared: RecordKind, payload: Mapping[str, Value], codes: Codes) -> list[tuple[str, str]]:
    """Label and words of each field that holds something; sensitive ones masked.

    Args:
        declared: The kind.
        payload: From `readable`.
        codes: The code tables.
    """
    words = ((field.label, display(field, payload.get(field.name), codes)) for field in declared.fields)
    return [(label, text) for label, text in words if text]


def changes_of(holdings: Holdings, proposal: Proposal, codes: Codes) -> list[Change]:
    """What a proposal changes, in words; sensitive values masked.

    Args:
        holdings: Of its owner, with the records of its kind.
        proposal: Which.
        codes: The code tables.
    """
    declared = kind_of(proposal)
    record = record_of(holdings, proposal)
    old = editable(declared, record.payload) if record else None
    new = None if proposal.action is Action.DELETE else editable(declared, proposal.payload)
    found = differences(declared, old, new, codes)
    return [Change(each.field, each.label, each.before, each.after) for each in found]


def record_of(holdings: Holdings, proposal: Proposal) -> PersonnelRecord | None:
    """The record on file that a proposal is about; None when it adds one, or the record is gone.

    Args:
        holdings: Of its owner, with the records of its kind.
        proposal: Which.
    """
    wanted = proposal.record_id
    return next((each for each in holdings.records.get(proposal.kind, ()) if each.id == wanted), None)


def _may(holdings: Holdings, proposal: Proposal, act: UsulanAct) -> bool:
    return holdings.here.times.allows(proposal.state, act, kind_of(proposal).approval)


def _step(holdings: Holdings, row: TrailEntry) -> TrailView:
    known = TRANSITIONS.get((row.before, row.act))
    own = row.actor_id is not None and row.actor_id == holdings.here.account_id
    office = _OFFICES[known.who] if known else _OFFICES[Who.SYSTEM]
    return TrailView(
        at=row.at,
        who="Anda" if own else office,
        text=row.act.label,
        state_label=row.after.label,
        reason=_REASONS.get(row.reason, ""),
        note=row.note,
    )
