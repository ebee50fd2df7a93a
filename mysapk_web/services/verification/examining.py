"""The automatic checks of a proposal: what was asked when it was sent, asked again, and the index of data quality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlmodel import Session

from mysapk_web.domain.groups.base import Action
from mysapk_web.domain.period import ZONES
from mysapk_web.models import Proposal
from mysapk_web.services.pdm import holdings as held
from mysapk_web.services.pdm.checking import RECORD_CHANGED, RECORD_GONE, Checked, check
from mysapk_web.services.pdm.codes import ReadableCodes, codes
from mysapk_web.services.pdm.holdings import Holdings, kind_of
from mysapk_web.services.pdm.standing import Standing, standing_of
from mysapk_web.services.verification.quality import findings
from mysapk_web.services.verification.views import CheckResult


@dataclass(frozen=True, slots=True)
class Examined:
    """A proposal with everything that is needed to judge it.

    Attributes:
        here: Its owner, on the day it was sent.
        holdings: What the owner has.
        checked: What `pdm.checking.check` found.
    """

    here: Standing
    holdings: Holdings
    checked: Checked


def examine(session: Session, proposal: Proposal, here: Standing | None = None) -> Examined:
    """Check a proposal as on the day it was sent: rules of ages and years don't turn against what was right then.

    Args:
        session: Any transaction.
        proposal: One that was sent.
        here: Its owner, when the caller has read that already.
    """
    here = here or standing_of(session, proposal.pegawai_id)
    sent = (proposal.sent_at or here.times.now).astimezone(ZONES[here.times.zona]).date()
    then = replace(here, times=replace(here.times, today=sent))
    holdings = held.read(session, then)
    held.add_records(session, holdings, [kind_of(proposal)])
    held.add_documents(session, holdings, [proposal])
    held.add_trail(session, holdings, [proposal])
    return Examined(here, holdings, check(holdings, proposal, ReadableCodes(codes(session))))


def check_results(session: Session, proposal: Proposal, examined: Examined) -> list[CheckResult]:
    """The panel of checks.

    Args:
        session: Any transaction.
        proposal: Which.
        examined: From `examine`.
    """
    checked = examined.checked
    found = [
        _result("Isian data", list(checked.faults.values()), "Semua isian sesuai aturan kelompok ini."),
        _result(
            "Data pada berkas", [_FOR_OFFICIALS.get(each, each) for each in checked.whole], _UNCHANGED[proposal.action]
        ),
        _result("Dokumen wajib", [f"{label} tidak ada." for label in checked.missing], "Semua dokumen wajib ada."),
    ]
    if checked.warnings:
        found.append(CheckResult("Perlu dilihat", "warn", " ".join(checked.warnings.values())))
    return [*found, *_quality(session, proposal, examined.holdings)]


_FOR_OFFICIALS: Final = {
    RECORD_CHANGED: "Data pada berkas berubah sesudah usulan ini dikirim. Kembalikan usulan agar diperiksa kembali.",
    RECORD_GONE: "Data yang diusulkan sudah tidak ada pada berkas. Tolak atau kembalikan usulan ini.",
}
_UNCHANGED: Final = {
    Action.ADD: "Belum ada data yang sama pada berkas.",
    Action.CHANGE: "Tidak berubah sejak usulan dikirim.",
    Action.DELETE: "Tidak berubah sejak usulan dikirim.",
}


def _result(name: str, faults: list[str], good: str) -> CheckResult:
    return CheckResult(name, "bad", " ".join(faults)) if faults else CheckResult(name, "good", good)


def _quality(session: Session, proposal: Proposal, holdings: Holdings) -> list[CheckResult]:
    """What the index says of this group: put right by the proposal, still open, or newly wrong."""
    before, after = findings(session, holdings, proposal)
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
