"""The automatic checks of a proposal: the rules of sending applied again, and the index of data quality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlmodel import Session

from mysapk_web.pdm import dossier as held
from mysapk_web.pdm.code_tables import ReadableCodes, StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.matching import Match, Matches
from mysapk_web.pdm.rules.groups.base import Key, RecordAction, RecordKind
from mysapk_web.pdm.submission_checks import RECORD_CHANGED, RECORD_GONE, SubmissionCheck, check_submission
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.rules.timezones import zone_of
from mysapk_web.verification.quality_findings import quality_findings


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One automatic check, as in the validity panel of SIASN."""

    name: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Examination:
    """A proposal with its owner (on the day it was sent), the owner's records, and what the checks of sending found."""

    context: PersonContext
    holdings: Dossier
    checked: SubmissionCheck


def examine(session: Session, proposal: Proposal, context: PersonContext | None = None) -> Examination:
    """Check a proposal as on the day it was sent, so that rules about ages and years don't turn against what was right then."""
    context = context or load_context(session, proposal.pegawai_id)
    sent = (proposal.sent_at or context.times.now).astimezone(zone_of(context.times.timezone).info).date()
    then = replace(context, times=replace(context.times, today=sent))
    holdings = held.load_dossier(session, then)
    held.load_records(session, holdings, [kind_of(proposal)])
    held.load_documents(session, holdings, [proposal])
    held.load_history(session, holdings, [proposal])
    return Examination(
        context, holdings, check_submission(holdings, proposal, ReadableCodes(StoredCodes(session)), official=True)
    )


def check_results(session: Session, proposal: Proposal, examined: Examination) -> list[CheckResult]:
    """The panel of checks."""
    checked = examined.checked
    about_record = [_FOR_OFFICIALS.get(each, each) for each in checked.whole]
    if proposal.action is RecordAction.DELETE:
        # Of a deletion nothing else is asked: it has no values and no documents.
        return [_result("Data pada berkas", about_record, _UNCHANGED), *_quality(session, proposal, examined.holdings)]
    found = [_result("Isian data", list(checked.faults.values()), "Semua isian sesuai aturan kelompok ini.")]
    if proposal.action is RecordAction.CHANGE:
        found.append(_result("Data pada berkas", about_record, _UNCHANGED))
    missing = [f"{label} tidak ada." for label in checked.missing]
    found += [
        _result("Dokumen wajib", missing, "Semua dokumen wajib ada."),
        *_duplicates(kind_of(proposal), checked.matches),
    ]
    if checked.warnings:
        found.append(CheckResult("Perlu dilihat", "warn", " ".join(checked.warnings.values())))
    return [*found, *_quality(session, proposal, examined.holdings)]


_FOR_OFFICIALS: Final = {
    RECORD_CHANGED: "Data pada berkas berubah sesudah usulan ini dikirim. Kembalikan usulan agar diperiksa kembali.",
    RECORD_GONE: "Data yang diusulkan sudah tidak ada pada berkas. Tolak atau kembalikan usulan ini.",
}
_UNCHANGED: Final = "Tidak berubah sejak usulan dikirim."


def _duplicates(declared: RecordKind, compared: Matches) -> list[CheckResult]:
    """Records that are the same or similar; if there are none, how many were compared, and by what."""
    if compared.matches:
        return [_duplicate(each) for each in compared.matches]
    among = f"{compared.records} data {declared.label} pada berkas dan {compared.proposals} usulan lain yang diproses di instansi ini"
    keys = "; ".join(_in_words(declared, key) for key in declared.identity if key.fields)
    by = f" Data dianggap sama bila sama pada: {keys}." if keys else ""
    return [CheckResult("Data ganda", "good", f"Tidak ada yang sama atau mirip di antara {among}.{by}")]


def _duplicate(match: Match) -> CheckResult:
    named = ", ".join(filter(None, (match.title, match.subtitle)))
    other = "berkas" if match.on_file else "usulan lain"
    differences = "; ".join(
        f"{each.label} ({other}: {each.before or 'kosong'}, diusulkan: {each.after or 'kosong'})"
        for each in match.differences
    )
    differing = f" Berbeda pada {differences}." if differences else " Tidak ada isian yang berbeda."
    if match.refused:
        advice = "Tolak usulan ini, atau kembalikan agar pegawai mengubah data yang sudah ada."
        return CheckResult("Data ganda", "bad", f"Sama dengan {match.where}: {named}.{differing} {advice}")
    likeness = "Sama" if match.same else "Mirip"
    return CheckResult("Data ganda", "warn", f"{likeness} dengan {match.where}: {named}.{differing}")


def _in_words(declared: RecordKind, key: Key) -> str:
    return " + ".join(declared.field(name).label for name in (*key.fields, *key.also))


def _result(name: str, faults: list[str], good: str) -> CheckResult:
    return CheckResult(name, "bad", " ".join(faults)) if faults else CheckResult(name, "good", good)


def _quality(session: Session, proposal: Proposal, holdings: Dossier) -> list[CheckResult]:
    """Findings of the index about this group: fixed by the proposal, still open, or new."""
    before, after = quality_findings(session, holdings, proposal)
    then, now = {each.key for each in after}, {each.key for each in before}
    good = [
        CheckResult("Mutu data", "good", f"Usulan ini memperbaiki: {each.sentence}")
        for each in before
        if each.key not in then
    ]
    bad = [
        CheckResult(
            "Mutu data",
            "warn",
            each.sentence if each.key in now else f"Timbul bila usulan diterapkan: {each.sentence}",
        )
        for each in after
    ]
    return good + bad
