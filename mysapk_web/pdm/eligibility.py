"""What a person may start or declare in a group, and the sentences that say why not."""

from __future__ import annotations

from typing import Final

from mysapk_web.pdm.dossier import Dossier, is_latest
from mysapk_web.pdm.matching import has_duplicate
from mysapk_web.pdm.rules.groups.base import Cardinality, Group, RecordAction, RecordKind
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform.rules.text import in_sentence

MAX_OPEN: Final = 20
"""Open proposals of one kind where several are allowed: more than any family needs."""
MAX_OPEN_BY_YEAR: Final = 2
"""Open proposals of a kind that covers the last two years (SKP)."""


def slot_key(declared: RecordKind, action: RecordAction, record_id: int | None) -> str:
    """What only one open proposal of a person may occupy (`Proposal.slot`)."""
    if declared.cardinality in (Cardinality.LATEST_ONLY, Cardinality.SINGLE):
        return declared.key
    return f"{declared.key}+" if action is RecordAction.ADD else f"{declared.key}#{record_id}"


def proposal_blocker(
    dossier: Dossier, group: Group, declared: RecordKind, action: RecordAction, record: PersonnelRecord | None
) -> str:
    """Why a proposal can't be started now; empty if it can. `record` is None for a new one."""
    if not group.verified:
        return "Data profil diubah langsung di halaman Profil."
    if action not in declared.actions:
        return f"{declared.label} tidak dapat {_PASSIVE[action]} dengan usulan."
    if not dossier.person.times.allows(ProposalState.DRAF, ProposalAction.SAVE_DRAFT, declared.approval):
        return dossier.person.times.closed_sentence()
    return (
        _used_up(dossier, group, declared)
        or _occupied(dossier, declared, action, record)
        or _against_cardinality(dossier, declared, action, record)
    )


def open_proposal_in_slot(
    dossier: Dossier, declared: RecordKind, action: RecordAction, record_id: int | None
) -> Proposal | None:
    slot = slot_key(declared, action, record_id)
    return next((each for each in dossier.proposals if each.ended_at is None and each.slot == slot), None)


def declaration_blocker(dossier: Dossier, group: Group) -> str:
    """Why nothing can be declared for a group now; empty if something can."""
    if not dossier.person.times.pdm.is_open:
        return dossier.person.times.closed_sentence()
    busy = [each for each in dossier.proposals_in(group) if each.ended_at is None]
    if busy:
        what = "draf" if all(each.state is ProposalState.DRAF for each in busy) else "usulan yang belum selesai"
        return f"Masih ada {what} pada grup ini. Kirim, tarik, atau hapus lebih dahulu."
    return ""


_PASSIVE: Final = {RecordAction.ADD: "ditambah", RecordAction.CHANGE: "diubah", RecordAction.DELETE: "dihapus"}


def _used_up(dossier: Dossier, group: Group, declared: RecordKind) -> str:
    """A group that must be proposed even if it is correct (golongan) has one attempt per PDM.

    A withdrawn or rejected proposal does not use it up, or the person could never turn the tile green.
    """
    if group.sesuai_allowed or declared.cardinality is not Cardinality.LATEST_ONLY:
        return ""
    if any(each.kind == declared.key and each.state is ProposalState.TELAH_UPDATE for each in dossier.proposals):
        return f"Usulan {in_sentence(declared.label)} hanya satu kali dalam satu periode, dan usulan Anda sudah diterapkan."
    return ""


def _occupied(dossier: Dossier, declared: RecordKind, action: RecordAction, record: PersonnelRecord | None) -> str:
    other = open_proposal_in_slot(dossier, declared, action, record.id if record else None)
    if other is None or (
        action is RecordAction.ADD and declared.cardinality not in (Cardinality.LATEST_ONLY, Cardinality.SINGLE)
    ):
        return ""  # the empty form of a new record is opened again
    if other.state is ProposalState.DRAF:
        return f"Masih ada draf {in_sentence(other.action.label)} {in_sentence(declared.label)}. Lanjutkan atau hapus draf itu."
    return (
        f"Usulan {in_sentence(declared.label)} Anda masih diproses ({other.state.label}). Satu usulan pada satu waktu."
    )


def _against_cardinality(
    dossier: Dossier, declared: RecordKind, action: RecordAction, record: PersonnelRecord | None
) -> str:
    records = dossier.records[declared.key]
    if declared.cardinality is Cardinality.SINGLE and action is RecordAction.ADD and records:
        return f"{declared.label} hanya satu dan sudah ada pada berkas. Ubah data itu."
    spare = action is RecordAction.DELETE and record is not None and has_duplicate(dossier, declared, record)
    if record is not None and not spare and not is_latest(dossier, declared, record):
        return "Yang dapat diusulkan hanya data terakhir."
    limit = MAX_OPEN_BY_YEAR if declared.cardinality is Cardinality.TWO_YEARS else MAX_OPEN
    busy = [
        each
        for each in dossier.proposals
        if each.kind == declared.key and each.ended_at is None and each.action is not RecordAction.DELETE
    ]
    if action is not RecordAction.DELETE and len(busy) >= limit:
        return f"Sudah ada {len(busy)} usulan {declared.label} yang belum selesai. Selesaikan lebih dahulu."
    return ""
