"""`/verifikasi/<id>`: a proposal beside the record on file, with documents, checks, history and the possible actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PeriodContext
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.presenters import DocumentView, ProposalEventView, document_view, format_reason, record_on_file
from mysapk_web.pdm.rules.groups import get_group
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.formatting import format_value
from mysapk_web.pdm.rules.proposal import (
    FINAL_STATES,
    REASONS,
    TRANSITIONS,
    Office,
    ProposalAction,
    available_actions,
    reasons_for,
)
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.verification.checks import CheckResult, Examination, check_results, examine
from mysapk_web.verification.claims import Claim, claim_of, claimed_sentence
from mysapk_web.verification.period_rules import period_blocker
from mysapk_web.verification.reviewer_names import OFFICE_LABELS, names_of_actors, office_of_step
from mysapk_web.verification.rules.separation_of_duties import QUEUE_PERMISSIONS, may_act_for, office_of, prior_offices
from mysapk_web.verification.scope import awaits_actor, find_proposal, is_in_scope

SECOND_PERSON: Final = (
    "Anda sudah ikut memproses usulan ini pada tahap lain. "
    "Tahap ini harus diputuskan orang lain, agar setiap usulan diperiksa dua orang."
)
WAITING_ELSEWHERE: Final = MappingProxyType(
    {
        Office.VERIFIER: "Usulan ini menunggu verifikator.",
        Office.APPROVER: "Usulan ini menunggu persetujuan approver.",
        Office.BKN: "Usulan ini menunggu validasi BKN.",
    }
)
CONSEQUENCES: Final = MappingProxyType(
    {
        ProposalAction.VERIFY: "Usulan diteruskan kepada approver.",
        ProposalAction.RETURN: "Pegawai diminta memperbaiki, lalu mengirim kembali. Pegawai diberi tahu lewat portal dan email.",
        ProposalAction.REJECT: "Usulan berakhir dan data pegawai tidak berubah. Pegawai diberi tahu lewat portal dan email.",
        ProposalAction.APPROVE: "Data pegawai langsung diperbarui, atau usulan diteruskan ke BKN bila kewenangannya di BKN.",
        ProposalAction.RETURN_TO_VERIFIER: "Usulan kembali ke meja verifikator.",
        ProposalAction.BKN_APPROVE: "Data pegawai langsung diperbarui.",
        ProposalAction.BKN_RETURN: "Usulan kembali ke verifikator instansi.",
        ProposalAction.BKN_REJECT: "Usulan berakhir dan data pegawai tidak berubah. Pegawai diberi tahu lewat portal dan email.",
    }
)
FORWARD: Final = frozenset({ProposalAction.VERIFY, ProposalAction.APPROVE, ProposalAction.BKN_APPROVE})
"""Actions that a failed check prevents."""
CHECKS_FAILED: Final = "Pemeriksaan otomatis menemukan kesalahan."
_WAYS_OUT: Final = MappingProxyType(
    {
        ProposalAction.CORRECT: "perbaiki isiannya",
        ProposalAction.RETURN: "kembalikan usulan ini kepada pegawai",
        ProposalAction.RETURN_TO_VERIFIER: "kembalikan usulan ini ke verifikator",
        ProposalAction.BKN_RETURN: "kembalikan usulan ini ke instansi",
        ProposalAction.REJECT: "tolak usulan ini",
        ProposalAction.BKN_REJECT: "tolak usulan ini",
    }
)
"""What can be done instead of going forward, by the acts that are possible: only a verifikator corrects."""
TRANSFERRED: Final = ("Sudah pindah instansi", "unit kerja sekarang tidak ditampilkan")
"""In place of unit and agency of a person who has left."""
AS_IT_WAS: Final = (
    "Data pada berkas ditampilkan seperti saat usulan ini dikirim, dan pemeriksaan otomatis tidak diulang."
)
_REASONS: Final = {reason.code: reason.label for reason in REASONS}


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One field, on file and proposed; `note` is what the checks found."""

    name: str
    label: str
    before: str
    after: str
    differs: bool
    note: str
    correctable: bool


@dataclass(frozen=True, slots=True)
class ActView:
    """An action the actor can take; `reasons` are code and text to choose from, `blocked` says why it is impossible now."""

    act: str
    label: str
    consequence: str
    reasons: list[tuple[str, str]]
    blocked: str


@dataclass(frozen=True, slots=True)
class ProposalDetail:
    """One proposal as a reviewer sees it; `blocker` says why there is nothing to decide."""

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
    history: list[ProposalEventView]
    acts: list[ActView]
    blocker: str
    can_correct: bool
    claim: Claim
    timezone: str


def open_proposal(session: Session, actor: Actor, proposal_id: int) -> ProposalDetail:
    """Read one proposal. For those who verify, approve or validate; limited to their scope, and never their own.

    After the decision it stays as it was: reviewers must not see what the person changes later, perhaps in another agency.

    Raises:
        PermissionDenied: There is none that the actor may see.
    """
    proposal = find_proposal(session, actor, proposal_id, Permission.INBOX_READ)
    examined, tables = examine(session, proposal), StoredCodes(session)
    here, declared = examined.context, kind_of(proposal)
    why_not = blocker_for(session, actor, proposal, examined)
    possible = [] if why_not else _acts(session, actor, proposal, examined)
    may_correct = not why_not and can_correct(session, actor, proposal)
    lines = _lines(proposal, declared, examined, _on_file(session, proposal, examined), tables, may_correct=may_correct)
    decided = proposal.state in FINAL_STATES
    owner_unit, instansi = _where(actor, examined)
    return ProposalDetail(
        id=proposal.pk,
        version=proposal.version,
        nip=here.facts.nip,
        name=here.name,
        jenis=here.facts.jenis.label,
        owner_unit=owner_unit,
        instansi=instansi,
        unit=session.exec(select(Unor.name).where(Unor.id == proposal.unor_id)).one(),
        group=proposal.group,
        group_label=get_group(proposal.group).label,
        kind_label=declared.label,
        action=proposal.action.value,
        action_label=proposal.action.label,
        title=declared.title(editable_values(declared, proposal.payload), tables),
        state=proposal.state.value,
        state_label=proposal.state.label,
        sent_at=proposal.sent_at,
        lines=lines,
        changed=sum(line.differs for line in lines),
        documents=[document_view(declared, row) for row in examined.holdings.documents.get(proposal.pk, ())],
        # They compare with what is on file now.
        checks=[] if decided else check_results(session, proposal, examined),
        history=_history(session, actor, examined, proposal),
        acts=possible,
        blocker=f"{why_not} {AS_IT_WAS}" if decided else why_not,
        can_correct=may_correct,
        claim=claim_of(session, actor, proposal.pk),
        timezone=here.times.timezone,
    )


def blocker_for(session: Session, actor: Actor, proposal: Proposal, examined: Examination) -> str:
    """Why the actor has nothing to decide on a proposal now; empty when there is something."""
    office = office_of(proposal.state)
    if office is None:
        return f"Tidak ada yang perlu diputuskan. Status usulan: {proposal.state.label}."
    if not awaits_actor(session, actor, proposal):
        return WAITING_ELSEWHERE[office]
    if not is_independent(examined.holdings.history.get(proposal.pk, ()), actor, office):
        return SECOND_PERSON
    if office is not Office.BKN and (closed := period_blocker(session, actor, proposal, examined.context.times)):
        return closed
    held = claim_of(session, actor, proposal.pk)
    return claimed_sentence(held, examined.context.times.timezone) if held.holder else ""


def is_independent(history: Iterable[ProposalEvent], actor: Actor, office: Office) -> bool:
    """Whether the actor may act for an office, given what the actor has done to the proposal before."""
    return may_act_for(office, prior_offices(step.act for step in history if step.actor_id == actor.account_id))


def can_correct(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether state, kind of change and scope let the actor correct values."""
    row = TRANSITIONS.get((proposal.state, ProposalAction.CORRECT))
    if row is None or proposal.action is RecordAction.DELETE:
        return False
    return is_in_scope(session, actor, proposal, *row.permissions)


def displayed_values(declared: RecordKind, values: dict[str, Value], tables: Codes) -> list[tuple[str, str]]:
    """Label and text of each field that has a value, unmasked: reviewers have to read them."""
    words = ((each.label, format_value(each, values.get(each.name), tables, reveal=True)) for each in declared.editable)
    return [(label, text) for label, text in words if text]


def failed_checks_sentence(session: Session, actor: Actor, proposal: Proposal, times: PeriodContext) -> str:
    """That a check failed, and what the actor can do instead of going forward."""
    possible = _possible(session, actor, proposal, times)
    if proposal.action is RecordAction.DELETE and ProposalAction.CORRECT in possible:
        possible.remove(ProposalAction.CORRECT)
    ways = [words for act, words in _WAYS_OUT.items() if act in possible]
    *first, last = ways or [""]
    listed = f"{', '.join(first)}{',' if len(first) > 1 else ''} atau {last}" if first else last
    return f"{CHECKS_FAILED} {listed.capitalize()}." if listed else CHECKS_FAILED


def _possible(session: Session, actor: Actor, proposal: Proposal, times: PeriodContext) -> list[ProposalAction]:
    """The actions that office, scope and period leave the actor."""
    office = office_of(proposal.state)
    if office is None or not actor.may(QUEUE_PERMISSIONS[office]):
        return []
    found = []
    for act in available_actions(proposal.state, kind_of(proposal).approval, office):
        row = TRANSITIONS[proposal.state, act]
        if not is_in_scope(session, actor, proposal, *row.permissions):
            continue
        if row.periods and period_blocker(session, actor, proposal, times, act):
            continue
        found.append(act)
    return found


def _acts(session: Session, actor: Actor, proposal: Proposal, examined: Examination) -> list[ActView]:
    times = examined.context.times
    failed = failed_checks_sentence(session, actor, proposal, times) if examined.checked.count else ""
    return [
        ActView(
            act=act.value,
            label=act.label,
            consequence=CONSEQUENCES[act],
            reasons=[(reason.code, reason.label) for reason in reasons_for(act)],
            blocked=failed if act in FORWARD else "",
        )
        for act in _possible(session, actor, proposal, times)
        if act is not ProposalAction.CORRECT
    ]


def _on_file(session: Session, proposal: Proposal, examined: Examination) -> Mapping[str, Any] | None:
    """The record that a proposal is about: as it is now, or once decided, as its owner saw it.

    That version is also the one that an applied proposal has replaced, so no later one is ever shown.
    """
    if proposal.state not in FINAL_STATES:
        record = record_on_file(examined.holdings, proposal)
        return record.payload if record else None
    former = session.exec(
        select(FormerValue.payload).where(
            FormerValue.record_id == proposal.record_id, FormerValue.version == proposal.record_version
        )
    ).first()
    if former is not None:
        return former
    return session.exec(
        select(PersonnelRecord.payload).where(
            PersonnelRecord.id == proposal.record_id, PersonnelRecord.version == proposal.record_version
        )
    ).first()


def _where(actor: Actor, examined: Examination) -> tuple[str, str]:
    """Unit and agency of the owner, for reviewers of that agency."""
    here = examined.context
    reading = [grant for grant in actor.effective_grants if Permission.INBOX_READ in MATRIX[grant.role]]
    known = any(grant.instansi_id in (None, here.instansi_id) for grant in reading)
    return (here.unit, here.instansi) if known else TRANSFERRED


def _lines(
    proposal: Proposal,
    declared: RecordKind,
    examined: Examination,
    on_file: Mapping[str, Any] | None,
    tables: Codes,
    *,
    may_correct: bool,
) -> list[FieldComparison]:
    old = editable_values(declared, on_file) if on_file is not None else {}
    new = {} if proposal.action is RecordAction.DELETE else editable_values(declared, proposal.payload)
    changed = {each.field for each in differences(declared, old, new, tables, reveal=True)}
    checked, decided = examined.checked, proposal.state in FINAL_STATES
    found = []
    for each in declared.editable:
        before, after = (format_value(each, values.get(each.name), tables, reveal=True) for values in (old, new))
        note = "" if decided else checked.faults.get(each.name) or checked.warnings.get(each.name, "")
        asked = each.shown(new, examined.context.facts) and proposal.action is not RecordAction.DELETE
        if before or after or note:
            found.append(
                FieldComparison(each.name, each.label, before, after, each.name in changed, note, may_correct and asked)
            )
    return found


def _history(session: Session, actor: Actor, examined: Examination, proposal: Proposal) -> list[ProposalEventView]:
    rows = examined.holdings.history.get(proposal.pk, ())
    names = names_of_actors(session, actor, rows, examined.context.account_id)
    return [
        ProposalEventView(
            at=format_moment(row.at, examined.context.times.timezone),
            who=", ".join(filter(None, (OFFICE_LABELS[office_of_step(row)], names.get(row.actor_id or 0)))),
            text=row.act.label,
            state=row.after.label,
            reason=format_reason(_REASONS.get(row.reason, ""), row.note),
        )
        for row in rows
    ]
