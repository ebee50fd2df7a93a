"""Verify proposals together that only confirm the record on file.

Some groups have to be proposed even when their data is right (golongan, for example). Such a proposal changes nothing, so only its
documents are left to check. A sample of them is shown in full and has to be confirmed; everything else is checked one by one again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.presenters import DocumentView, document_view, record_on_file
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.verification.checks import Examination, examine
from mysapk_web.verification.claims import unclaimed
from mysapk_web.verification.decisions import authorize, execute, lock_proposal
from mysapk_web.verification.detail import displayed_values
from mysapk_web.verification.period_rules import closed_notice
from mysapk_web.verification.scope import find_proposal, queue_conditions

CANDIDATES_EXAMINED: Final = 200
"""Oldest proposals that are compared with what is on file."""
MAX_BULK: Final = 50
"""Proposals that are verified in one act at most."""
SAMPLE_SIZE: Final = 5
"""Of them so many are shown in full."""
HISTORY_NOTE: Final = "Diverifikasi bersama: data yang diusulkan sama dengan data pada berkas, dokumen wajib lengkap."
NOTHING_CHOSEN: Final = "Pilih sedikitnya satu usulan."
SAMPLE_NOT_CONFIRMED: Final = "Beri tanda bahwa dokumen pada contoh sudah Anda periksa."


@dataclass(frozen=True, slots=True)
class BulkCandidate:
    """A proposal that confirms the record on file; `rows` are label and text of its values."""

    id: int
    version: int
    who: str
    what: str
    sent: str
    rows: list[tuple[str, str]]
    documents: list[DocumentView] = field(default_factory=list)
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class BulkSelection:
    """What can be verified together, the sample first."""

    candidates: list[BulkCandidate]
    closed_notice: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many were verified, and title and reason of each that was skipped."""

    verified: int
    skipped: list[tuple[str, str]]


def bulk_candidates(session: Session, actor: Actor) -> BulkSelection:
    """What the actor can verify together, the oldest first, the sample in front."""
    actor.require(Permission.VERIFY)
    where = queue_conditions(session, actor, ProposalState.INPUT_BERKAS)
    found = session.exec(
        select(Proposal)
        .where(*where, Proposal.action == RecordAction.CHANGE, unclaimed(actor))
        .order_by(col(Proposal.sent_at), col(Proposal.id))
        .limit(CANDIDATES_EXAMINED)
    ).all()
    tables, timezone = StoredCodes(session), timezone_of(session, actor)
    rows: list[BulkCandidate] = []
    for proposal in found:
        examined = examine(session, proposal)
        if confirms_record(proposal, examined, tables):
            rows.append(_candidate(proposal, examined, tables, timezone))
        if len(rows) == MAX_BULK:
            break
    return BulkSelection(_with_sample(rows), closed_notice(session, actor))


def bulk_verify(session: Session, actor: Actor, versions: Mapping[int, int], *, sample_confirmed: bool) -> BulkResult:
    """Verify proposals that change nothing, each with every check of `decide`; `versions` are those the actor saw, by proposal.

    Raises:
        UserError: Nothing was chosen, too much, the sample is not confirmed, or none could be verified.
        PermissionDenied: One of them is outside the scope: then nothing is verified.
    """
    actor.require(Permission.VERIFY)
    if not versions:
        raise UserError(NOTHING_CHOSEN)
    if len(versions) > MAX_BULK:
        raise UserError(f"Paling banyak {MAX_BULK} usulan diverifikasi bersama.")
    if not sample_confirmed:
        raise UserError(SAMPLE_NOT_CONFIRMED, "contoh")
    for number in versions:
        find_proposal(session, actor, number, Permission.INBOX_READ, Permission.VERIFY)
    tables, kept, done = StoredCodes(session), [], 0
    # In the order of ids: two people at one moment wait for each other and never in a circle.
    for number in sorted(versions):
        try:
            done += _verify(session, actor, number, versions[number], tables)
        except UserError as refused:
            kept.append((_name(session, number, tables), refused.sentence))
    if not done:
        raise UserError(kept[0][1])
    return BulkResult(done, kept)


def confirms_record(proposal: Proposal, examined: Examination, tables: StoredCodes) -> bool:
    """Whether a proposal equals the record on file, with every document, no error and no warning."""
    record = record_on_file(examined.holdings, proposal)
    if (
        proposal.action is not RecordAction.CHANGE
        or record is None
        or examined.checked.count
        or examined.checked.has_warnings
    ):
        return False
    declared = kind_of(proposal)
    return not differences(
        declared, editable_values(declared, record.payload), editable_values(declared, proposal.payload), tables
    )


def _verify(session: Session, actor: Actor, number: int, version: int, tables: StoredCodes) -> int:
    proposal, here = lock_proposal(session, actor, number, version)
    authorize(session, actor, proposal, here, ProposalAction.VERIFY)
    if not confirms_record(proposal, examine(session, proposal, here), tables):
        raise UserError("Usulan ini mengubah data, jadi harus diperiksa satu per satu.")
    execute(session, actor, proposal, here, ProposalAction.VERIFY, note=HISTORY_NOTE)
    return 1


def _candidate(proposal: Proposal, examined: Examination, tables: StoredCodes, timezone: str) -> BulkCandidate:
    declared = kind_of(proposal)
    values = editable_values(declared, proposal.payload)
    return BulkCandidate(
        id=proposal.pk,
        version=proposal.version,
        who=f"{examined.context.name}, NIP {examined.context.facts.nip}",
        what=f"{declared.label}: {declared.title(values, tables)}",
        sent=format_moment(proposal.sent_at or proposal.changed_at, timezone),
        rows=displayed_values(declared, values, tables),
        documents=[document_view(declared, row) for row in examined.holdings.documents.get(proposal.pk, ())],
    )


def _with_sample(rows: Sequence[BulkCandidate]) -> list[BulkCandidate]:
    """Put an unpredictable sample in front."""
    chosen = {row.id for row in random.SystemRandom().sample(list(rows), min(SAMPLE_SIZE, len(rows)))}
    marked = [replace(row, sampled=row.id in chosen) for row in rows]
    return sorted(marked, key=lambda row: not row.sampled)


def _name(session: Session, number: int, tables: StoredCodes) -> str:
    proposal = session.get_one(Proposal, number)
    declared = kind_of(proposal)
    return declared.title(editable_values(declared, proposal.payload), tables)
