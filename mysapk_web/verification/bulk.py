"""Verifying together what says that the record on file is right as it is.

Some groups have to be proposed even when their data is right (golongan, domain 0.3). Such a proposal changes nothing: what is left to
look at are its documents. A sample of them is shown in full and has to be confirmed; everything is checked again one by one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import zona_of
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.code_tables import StoredCodes, codes
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import editable
from mysapk_web.pdm.presenters import document_view, record_of
from mysapk_web.pdm.rules.groups.base import Action
from mysapk_web.pdm.rules.groups.diff import differences
from mysapk_web.pdm.rules.proposal import UsulanAct, UsulanState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.errors import Refused
from mysapk_web.verification.checks import Examined, examine
from mysapk_web.verification.claims import free_of_claims
from mysapk_web.verification.decisions import carry_out, permit, take
from mysapk_web.verification.detail import words_of
from mysapk_web.verification.period_rules import closed_sentence
from mysapk_web.verification.scope import desk_conditions, find
from mysapk_web.verification.views import Bulk, BulkResult, Candidate

LOOKED_AT: Final = 200
"""Oldest proposals that are compared with what is on file."""
TOGETHER: Final = 50
"""Proposals that are verified in one act at most."""
SAMPLE: Final = 5
"""Of them so many are shown in full."""
NOTE: Final = "Diverifikasi bersama: data yang diusulkan sama dengan data pada berkas, dokumen wajib lengkap."
NOTHING: Final = "Pilih sedikitnya satu usulan."
NOT_CONFIRMED: Final = "Beri tanda bahwa dokumen pada contoh sudah Anda periksa."


def candidates(session: Session, actor: Actor) -> Bulk:
    """What the actor can verify together, the oldest first, the sample in front.

    Args:
        session: A read transaction is enough.
        actor: Who verifies.

    Raises:
        NotAllowed: The actor verifies nowhere.
    """
    actor.require(Permission.VERIFY)
    where = desk_conditions(session, actor, UsulanState.INPUT_BERKAS)
    found = session.exec(
        select(Proposal)
        .where(*where, Proposal.action == Action.CHANGE, free_of_claims(actor))
        .order_by(col(Proposal.sent_at), col(Proposal.id))
        .limit(LOOKED_AT)
    ).all()
    tables = codes(session)
    rows: list[Candidate] = []
    for proposal in found:
        examined = examine(session, proposal)
        if is_unchanged(proposal, examined, tables):
            rows.append(_candidate(proposal, examined, tables))
        if len(rows) == TOGETHER:
            break
    return Bulk(_with_sample(rows), closed_sentence(session, actor), zona_of(session, actor))


def verify_together(
    session: Session, actor: Actor, versions: Mapping[int, int], *, looked_at_sample: bool
) -> BulkResult:
    """Verify proposals that change nothing, each with everything that `decide` checks.

    Args:
        session: Any transaction.
        actor: Who verifies.
        versions: Version that the actor saw, by proposal.
        looked_at_sample: The actor says to have looked at the documents of the sample.

    Returns:
        How many were verified, and why the rest was not.

    Raises:
        Refused: Nothing was chosen, too much, or the sample is not confirmed.
        NotAllowed: One of them is not within the scope: nothing is verified then.
    """
    actor.require(Permission.VERIFY)
    if not versions:
        raise Refused(NOTHING)
    if len(versions) > TOGETHER:
        raise Refused(f"Paling banyak {TOGETHER} usulan diverifikasi bersama.")
    if not looked_at_sample:
        raise Refused(NOT_CONFIRMED, "contoh")
    for number in versions:
        find(session, actor, number, Permission.INBOX_READ, Permission.VERIFY)
    tables, kept, done = codes(session), [], 0
    # In the order of ids: two people at one moment wait for each other and never in a circle.
    for number in sorted(versions):
        try:
            done += _verify(session, actor, number, versions[number], tables)
        except Refused as refused:
            kept.append((_name(session, number, tables), refused.sentence))
    if not done:
        raise Refused(kept[0][1])
    return BulkResult(done, kept)


def is_unchanged(proposal: Proposal, examined: Examined, tables: StoredCodes) -> bool:
    """Whether a proposal says the same as the record on file, with every document and without a fault or a warning.

    Args:
        proposal: Which.
        examined: From `examine`.
        tables: The code tables.
    """
    record = record_of(examined.holdings, proposal)
    if proposal.action is not Action.CHANGE or record is None or examined.checked.count or examined.checked.doubts:
        return False
    declared = kind_of(proposal)
    return not differences(declared, editable(declared, record.payload), editable(declared, proposal.payload), tables)


def _verify(session: Session, actor: Actor, number: int, version: int, tables: StoredCodes) -> int:
    proposal, here = take(session, actor, number, version)
    permit(session, actor, proposal, here, UsulanAct.VERIFY)
    if not is_unchanged(proposal, examine(session, proposal, here), tables):
        raise Refused("Usulan ini mengubah data, jadi harus diperiksa satu per satu.")
    carry_out(session, actor, proposal, here, UsulanAct.VERIFY, note=NOTE)
    return 1


def _candidate(proposal: Proposal, examined: Examined, tables: StoredCodes) -> Candidate:
    declared = kind_of(proposal)
    values = editable(declared, proposal.payload)
    return Candidate(
        id=proposal.id or 0,
        version=proposal.version,
        nip=examined.here.facts.nip,
        nama=examined.here.nama,
        kind_label=declared.label,
        title=declared.title(values, tables),
        sent_at=proposal.sent_at or proposal.changed_at,
        rows=words_of(declared, values, tables),
        documents=[document_view(declared, row) for row in examined.holdings.documents.get(proposal.id or 0, ())],
    )


def _with_sample(rows: Sequence[Candidate]) -> list[Candidate]:
    """A sample that nobody can foresee, in front."""
    chosen = {row.id for row in random.SystemRandom().sample(list(rows), min(SAMPLE, len(rows)))}
    marked = [replace(row, sampled=row.id in chosen) for row in rows]
    return sorted(marked, key=lambda row: not row.sampled)


def _name(session: Session, number: int, tables: StoredCodes) -> str:
    proposal = session.get_one(Proposal, number)
    declared = kind_of(proposal)
    return declared.title(editable(declared, proposal.payload), tables)
