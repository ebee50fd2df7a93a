"""`/verifikasi/<id>`: one proposal beside the record on file, with its documents, checks and trail, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import Times
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import editable
from mysapk_web.pdm.presenters import document_view, record_of
from mysapk_web.pdm.rules.groups import group
from mysapk_web.pdm.rules.groups.base import Action, RecordKind
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.words import display
from mysapk_web.pdm.rules.proposal import FINAL_STATES, REASONS, TRANSITIONS, UsulanAct, Who, acts, reasons_for
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal, TrailEntry
from mysapk_web.verification.checks import Examined, check_results, examine
from mysapk_web.verification.claims import claim_of, taken_sentence
from mysapk_web.verification.period_rules import why_not_now
from mysapk_web.verification.reviewer_names import OFFICES, names_in, office_behind
from mysapk_web.verification.rules.separation_of_duties import DESK_PERMISSIONS, hands_of, may_decide, office_of
from mysapk_web.verification.scope import find, has_desk, reaches
from mysapk_web.verification.views import ActView, Line, Opened, Step

SECOND_PERSON: Final = (
    "Anda sudah ikut memproses usulan ini pada tahap lain. "
    "Tahap ini harus diputuskan orang lain, agar setiap usulan diperiksa dua orang."
)
ELSEWHERE: Final = MappingProxyType(
    {
        Who.VERIFIER: "Usulan ini menunggu verifikator.",
        Who.APPROVER: "Usulan ini menunggu persetujuan approver.",
        Who.BKN: "Usulan ini menunggu validasi BKN.",
    }
)
CONSEQUENCES: Final = MappingProxyType(
    {
        UsulanAct.VERIFY: "Usulan diteruskan kepada approver.",
        UsulanAct.RETURN: "Pegawai diminta memperbaiki, lalu mengirim kembali. Pegawai diberi tahu lewat portal dan email.",
        UsulanAct.REJECT: "Usulan berakhir dan data pegawai tidak berubah. Pegawai diberi tahu lewat portal dan email.",
        UsulanAct.APPROVE: "Data pegawai langsung diperbarui, atau usulan diteruskan ke BKN bila kewenangannya di BKN.",
        UsulanAct.RETURN_TO_VERIFIER: "Usulan kembali ke meja verifikator.",
        UsulanAct.BKN_APPROVE: "Data pegawai langsung diperbarui.",
        UsulanAct.BKN_RETURN: "Usulan kembali ke verifikator instansi.",
        UsulanAct.BKN_REJECT: "Usulan berakhir dan data pegawai tidak berubah. Pegawai diberi tahu lewat portal dan email.",
    }
)
FORWARD: Final = frozenset({UsulanAct.VERIFY, UsulanAct.APPROVE, UsulanAct.BKN_APPROVE})
"""Acts that a failed check stands in the way of."""
FAILED: Final = "Pemeriksaan otomatis menemukan kesalahan."
_WAYS_OUT: Final = MappingProxyType(
    {
        UsulanAct.CORRECT: "perbaiki isiannya",
        UsulanAct.RETURN: "kembalikan usulan ini kepada pegawai",
        UsulanAct.RETURN_TO_VERIFIER: "kembalikan usulan ini ke verifikator",
        UsulanAct.BKN_RETURN: "kembalikan usulan ini ke instansi",
        UsulanAct.REJECT: "tolak usulan ini",
        UsulanAct.BKN_REJECT: "tolak usulan ini",
    }
)
"""What can be done instead of going forward, by the acts that are possible: only a verifikator corrects."""
MOVED: Final = ("Sudah pindah instansi", "unit kerja sekarang tidak ditampilkan")
"""In place of unit and agency of a person who has left."""
AS_IT_WAS: Final = (
    "Data pada berkas ditampilkan seperti saat usulan ini dikirim, dan pemeriksaan otomatis tidak diulang."
)
_REASONS: Final = {reason.code: reason.label for reason in REASONS}


def open_proposal(session: Session, actor: Actor, proposal_id: int) -> Opened:
    """Read one proposal. For those who verify, approve or validate; limited to their scope, and never the own.

    Once decided it stays as it was: it is kept for ever, and what the person changes afterwards, perhaps in another agency, is none of
    the business of those who decided then.

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        proposal_id: Any number.

    Raises:
        NotAllowed: There is none that the actor may see.
    """
    proposal = find(session, actor, proposal_id, Permission.INBOX_READ)
    examined, tables = examine(session, proposal), codes(session)
    here, declared = examined.here, kind_of(proposal)
    why_not = hindrance(session, actor, proposal, examined)
    possible = [] if why_not else _acts(session, actor, proposal, examined)
    may_correct = not why_not and correctable(session, actor, proposal)
    lines = _lines(proposal, declared, examined, _on_file(session, proposal, examined), tables, may_correct=may_correct)
    decided = proposal.state in FINAL_STATES
    owner_unit, instansi = _where(actor, examined)
    return Opened(
        id=proposal.id or 0,
        version=proposal.version,
        nip=here.facts.nip,
        nama=here.nama,
        jenis=here.facts.jenis.label,
        owner_unit=owner_unit,
        instansi=instansi,
        unit=session.exec(select(Unor.nama).where(Unor.id == proposal.unor_id)).one(),
        group=proposal.group,
        group_label=group(proposal.group).label,
        kind_label=declared.label,
        action=proposal.action.value,
        action_label=proposal.action.label,
        title=declared.title(editable(declared, proposal.payload), tables),
        state=proposal.state.value,
        state_label=proposal.state.label,
        sent_at=proposal.sent_at,
        lines=lines,
        changed=sum(line.differs for line in lines),
        documents=[document_view(declared, row) for row in examined.holdings.documents.get(proposal.id or 0, ())],
        # They compare with what is on file now.
        checks=[] if decided else check_results(session, proposal, examined),
        trail=_trail(session, actor, examined, proposal),
        acts=possible,
        why_not=f"{why_not} {AS_IT_WAS}" if decided else why_not,
        may_correct=may_correct,
        claim=claim_of(session, actor, proposal.id or 0),
        zona=here.times.zona,
    )


def hindrance(session: Session, actor: Actor, proposal: Proposal, examined: Examined) -> str:
    """Why the actor has nothing to decide on a proposal now; empty when there is something.

    Args:
        session: Any transaction.
        actor: Who looks.
        proposal: One that the actor may see.
        examined: From `examine`.
    """
    office = office_of(proposal.state)
    if office is None:
        return f"Tidak ada yang perlu diputuskan. Status usulan: {proposal.state.label}."
    if not has_desk(session, actor, proposal):
        return ELSEWHERE[office]
    if not free_hands(examined.holdings.trail.get(proposal.id or 0, ()), actor, office):
        return SECOND_PERSON
    if office is not Who.BKN and (closed := why_not_now(session, actor, proposal, examined.here.times)):
        return closed
    held = claim_of(session, actor, proposal.id or 0)
    return taken_sentence(held, examined.here.times.zona) if held.by else ""


def free_hands(trail: Iterable[TrailEntry], actor: Actor, office: Who) -> bool:
    """Whether the actor may act for an office, given what the actor has done to the proposal before.

    Args:
        trail: Of the proposal.
        actor: Who wants to act.
        office: For which.
    """
    return may_decide(office, hands_of(step.act for step in trail if step.actor_id == actor.account_id))


def correctable(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether values of a proposal may be corrected by the actor, as far as table and scope are concerned.

    Args:
        session: Any transaction.
        actor: Who looks.
        proposal: One that the actor may see.
    """
    row = TRANSITIONS.get((proposal.state, UsulanAct.CORRECT))
    if row is None or proposal.action is Action.DELETE:
        return False
    return reaches(session, actor, proposal, *row.permissions)


def words_of(declared: RecordKind, values: dict[str, Value], tables: Codes) -> list[tuple[str, str]]:
    """Label and words of each field that holds something, in full: an official has to read them.

    Args:
        declared: The kind.
        values: From `editable`.
        tables: The code tables.
    """
    words = ((each.label, display(each, values.get(each.name), tables, reveal=True)) for each in declared.editable)
    return [(label, text) for label, text in words if text]


def checks_failed(session: Session, actor: Actor, proposal: Proposal, times: Times) -> str:
    """That a check stands in the way, and what the actor can do instead.

    Args:
        session: Any transaction.
        actor: Who wanted to go forward.
        proposal: On the desk of the actor.
        times: Of the agency of its owner.
    """
    possible = _possible(session, actor, proposal, times)
    if proposal.action is Action.DELETE and UsulanAct.CORRECT in possible:
        possible.remove(UsulanAct.CORRECT)
    ways = [words for act, words in _WAYS_OUT.items() if act in possible]
    *first, last = ways or [""]
    listed = f"{', '.join(first)}{',' if len(first) > 1 else ''} atau {last}" if first else last
    return f"{FAILED} {listed.capitalize()}." if listed else FAILED


def _possible(session: Session, actor: Actor, proposal: Proposal, times: Times) -> list[UsulanAct]:
    """What the office, the scope and the period leave the actor."""
    office = office_of(proposal.state)
    if office is None or not actor.may(DESK_PERMISSIONS[office]):
        return []
    found = []
    for act in acts(proposal.state, kind_of(proposal).approval, office):
        row = TRANSITIONS[proposal.state, act]
        if not reaches(session, actor, proposal, *row.permissions):
            continue
        if row.periods and why_not_now(session, actor, proposal, times, act):
            continue
        found.append(act)
    return found


def _acts(session: Session, actor: Actor, proposal: Proposal, examined: Examined) -> list[ActView]:
    times = examined.here.times
    failed = checks_failed(session, actor, proposal, times) if examined.checked.count else ""
    return [
        ActView(
            act=act.value,
            label=act.label,
            consequence=CONSEQUENCES[act],
            reasons=[(reason.code, reason.label) for reason in reasons_for(act)],
            blocked=failed if act in FORWARD else "",
        )
        for act in _possible(session, actor, proposal, times)
        if act is not UsulanAct.CORRECT
    ]


def _on_file(session: Session, proposal: Proposal, examined: Examined) -> Mapping[str, Any] | None:
    """What the record holds that a proposal is about: now while it is on its way, once decided what its owner saw when proposing.

    That version is also the one that an applied proposal has replaced, so no later one is ever shown.
    """
    if proposal.state not in FINAL_STATES:
        record = record_of(examined.holdings, proposal)
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


def _where(actor: Actor, examined: Examined) -> tuple[str, str]:
    """Unit and agency of the owner, for those of that agency."""
    here = examined.here
    reading = [grant for grant in actor.acting_grants if Permission.INBOX_READ in MATRIX[grant.role]]
    known = any(grant.instansi_id in (None, here.instansi_id) for grant in reading)
    return (here.unit, here.instansi) if known else MOVED


def _lines(
    proposal: Proposal,
    declared: RecordKind,
    examined: Examined,
    on_file: Mapping[str, Any] | None,
    tables: Codes,
    *,
    may_correct: bool,
) -> list[Line]:
    old = editable(declared, on_file) if on_file is not None else {}
    new = {} if proposal.action is Action.DELETE else editable(declared, proposal.payload)
    changed = {each.field for each in differences(declared, old, new, tables, reveal=True)}
    checked, decided = examined.checked, proposal.state in FINAL_STATES
    found = []
    for each in declared.editable:
        before, after = (display(each, values.get(each.name), tables, reveal=True) for values in (old, new))
        note = "" if decided else checked.faults.get(each.name) or checked.warnings.get(each.name, "")
        asked = each.shown(new, examined.here.facts) and proposal.action is not Action.DELETE
        if before or after or note:
            found.append(Line(each.name, each.label, before, after, each.name in changed, note, may_correct and asked))
    return found


def _trail(session: Session, actor: Actor, examined: Examined, proposal: Proposal) -> list[Step]:
    rows = examined.holdings.trail.get(proposal.id or 0, ())
    names = names_in(session, actor, rows, examined.here.account_id)
    return [
        Step(
            at=row.at,
            office=OFFICES[office_behind(row)],
            who=names.get(row.actor_id or 0, ""),
            text=row.act.label,
            state_label=row.after.label,
            reason=_REASONS.get(row.reason, ""),
            note=row.note,
        )
        for row in rows
    ]
