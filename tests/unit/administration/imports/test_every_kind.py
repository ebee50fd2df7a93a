"""What the engine promises holds for every kind: nothing changes before it is applied, nothing is overwritten, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, col, select

from mysapk_web.administration.imports import actions
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.administration.imports.queries import find_run, list_runs
from mysapk_web.administration.imports.reports import take_report
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import CodeTableEntry, PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.imports import apply, leases, parse
from mysapk_web.platform.imports.rules import CommonVerdict as V
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.template import write_template
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_writer import FileFormat
from tests.unit.administration.imports.conftest import Files, nip


@dataclass(frozen=True)
class Case:
    kind: str
    who: str
    lines: tuple[str, ...]
    """A file whose three rows can all be applied."""
    stored: Callable[[Session], Any]
    meddle: Callable[[Session], None]
    """Somebody changes what the second row is about."""
    event: AuditTag

    def __str__(self) -> str:
        return self.kind


def _people(session: Session) -> Any:
    return sorted(session.exec(select(Pegawai.nip, Pegawai.name, Pegawai.email_key)).all())


def _rename(session: Session) -> None:
    session.exec(select(Pegawai).where(Pegawai.nip == nip("eko"))).one().name = "Eko W. Saputra"


def _records(session: Session) -> Any:
    rows = session.exec(select(PersonnelRecord).where(PersonnelRecord.kind == "kursus"))
    return sorted((row.pegawai_id, row.payload["nama_kursus"], row.removed_at is None) for row in rows)


def _add_record(session: Session) -> None:
    person = session.exec(select(Pegawai.id).where(Pegawai.nip == nip("eko"))).one()
    before = session.exec(select(PersonnelRecord).where(PersonnelRecord.kind == "kursus")).all()
    now = clock.now()
    payload = {
        "nama_kursus": "Kursus dua",
        "penyelenggara": "BKN",
        "nomor_sertifikat": "S-2",
        "tanggal_mulai": "2015-03-12",
    }
    assert before == []
    session.add(PersonnelRecord(pegawai_id=person, kind="kursus", payload=payload, created_at=now, changed_at=now))


def _codes(session: Session) -> Any:
    rows = session.exec(select(CodeTableEntry).order_by(col(CodeTableEntry.code)))
    return [(row.code, row.label, row.active) for row in rows]


def _add_code(session: Session) -> None:
    session.add(
        CodeTableEntry(table="jabatan_pelaksana", code="P02", label="Milik orang lain", search="milik orang lain")
    )


PEOPLE = Case(
    "pegawai",
    "taufik",
    (
        "nip;nama;jenis;instansi;unor",
        "199001012015011007;Sri Wahyuni;PNS;K1;D2",
        f"{nip('eko')};Eko Wahyudi Putra;PNS;K1;",
        f"{nip('ani')};Ani L. Sari;PNS;K1;",
    ),
    _people,
    _rename,
    AuditTag.PEGAWAI_IMPORTED,
)
RECORDS = Case(
    "riwayat:kursus",
    "taufik",
    (
        "nip;nama_kursus;penyelenggara;nomor_sertifikat;tanggal_mulai",
        f"{nip('ani')};Kursus satu;BKN;S-1;12-03-2015",
        f"{nip('eko')};Kursus dua;BKN;S-2;12-03-2015",
        f"{nip('ani')};Kursus tiga;BKN;S-3;12-03-2016",
    ),
    _records,
    _add_record,
    AuditTag.RECORDS_IMPORTED,
)
CODES = Case(
    "referensi:jabatan_pelaksana",
    "surya",
    ("kode;label", "P01;Pengelola", "P02;Penata", "P03;Pengolah"),
    _codes,
    _add_code,
    AuditTag.REFERENCE_IMPORTED,
)
CASES = (PEOPLE, RECORDS, CODES)
UNDOABLE = (RECORDS, CODES)
all_kinds = pytest.mark.parametrize("case", CASES, ids=str)


def stored(files: Files, case: Case) -> Any:
    return files.office.see(case.stored)


@all_kinds
def test_nothing_changes_before_it_is_applied_and_all_of_it_after(files: Files, case: Case) -> None:
    before = stored(files, case)
    run_id = files.begin(case.who, case.kind, *case.lines)
    assert all(V(verdict).good for verdict in files.verdicts(run_id))
    assert stored(files, case) == before
    assert files.office.events(case.event) == []
    files.apply(case.who, run_id)
    run = files.run(run_id)
    assert (run.state, run.applied) == (RunState.DONE, 3)
    after = stored(files, case)
    assert len(set(map(str, after)) - set(map(str, before))) == 3
    (event,) = files.office.events(case.event)
    assert (event.detail["import_id"], event.detail["applied"]) == (run_id, 3)

    again = files.begin(case.who, case.kind, *case.lines)
    assert files.verdicts(again) == [V.UNCHANGED] * 3
    files.apply(case.who, again)
    assert stored(files, case) == after


@all_kinds
def test_what_changed_since_the_preview_is_not_overwritten(files: Files, case: Case) -> None:
    run_id = files.begin(case.who, case.kind, *case.lines)
    with files.office.db.begin() as session:
        case.meddle(session)
    meddled = stored(files, case)
    files.apply(case.who, run_id)
    run, verdicts = files.run(run_id), files.verdicts(run_id)
    assert (run.state, run.applied) == (RunState.DONE, 2)
    assert not V(verdicts[1]).good
    assert sum(run.counts.values()) == 3
    assert set(map(str, meddled)) <= set(map(str, stored(files, case))) | {
        str(row) for row in meddled if "Ani" in str(row)
    }


@all_kinds
@pytest.mark.parametrize("size", [1, 2])
def test_chunks_of_any_size_do_the_same(
    quick_files: Files, monkeypatch: pytest.MonkeyPatch, case: Case, size: int
) -> None:
    monkeypatch.setattr(apply, "CHUNK", size)
    monkeypatch.setattr(parse, "CHUNK", size)
    run_id = quick_files.begin(case.who, case.kind, *case.lines)
    quick_files.apply(case.who, run_id)
    assert (quick_files.run(run_id).state, quick_files.run(run_id).applied) == (RunState.DONE, 3)


@pytest.mark.parametrize("case", [PEOPLE, RECORDS], ids=str)
def test_one_that_is_stopped_leaves_no_doubt_what_was_applied(
    quick_files: Files, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    monkeypatch.setattr(apply, "CHUNK", 1)
    office, kind = quick_files.office, KINDS[case.kind]
    run_id = quick_files.begin(case.who, case.kind, *case.lines)
    office.do(actions.apply, office.actor(case.who), run_id)
    assert office.do(leases.claim, "w", KINDS) == run_id
    assert apply.process_chunk(office.db, kind, run_id, "w", kind.memory())
    office.do(actions.stop, office.actor("lina"), run_id)
    with pytest.raises(leases.LeaseLostError):
        apply.process_chunk(office.db, kind, run_id, "w", kind.memory())
    quick_files.work()
    run = quick_files.run(run_id)
    assert (run.state, run.applied) == (RunState.STOPPED, 1)
    assert quick_files.verdicts(run_id)[1:] == [V.NOT_APPLIED] * 2
    (event,) = office.events(AuditTag.IMPORT_STOPPED)
    assert event.detail["import_kind"] == case.kind


def test_a_code_table_comes_into_force_as_a_whole(quick_files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 1)
    office, kind = quick_files.office, KINDS[CODES.kind]
    run_id = quick_files.begin("surya", CODES.kind, *CODES.lines)
    office.do(actions.apply, office.actor("surya"), run_id)
    office.do(leases.claim, "w", KINDS)
    assert not apply.process_chunk(office.db, kind, run_id, "w", None)
    assert len(stored(quick_files, CODES)) == 3


@all_kinds
def test_one_whose_worker_died_is_gone_on_with(quick_files: Files, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(apply, "CHUNK", 1)
    office, kind = quick_files.office, KINDS[case.kind]
    run_id = quick_files.begin(case.who, case.kind, *case.lines)
    office.do(actions.apply, office.actor(case.who), run_id)
    office.do(leases.claim, "dies", KINDS)
    apply.process_chunk(office.db, kind, run_id, "dies", kind.memory())
    assert quick_files.work() == 0
    with clock.shifted(leases.LEASE * 2):
        quick_files.work("next")
    assert (quick_files.run(run_id).state, quick_files.run(run_id).applied) == (RunState.DONE, 3)


@all_kinds
def test_one_that_kills_its_workers_is_given_up(
    quick_files: Files, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    office = quick_files.office
    run_id = quick_files.begin(case.who, case.kind, *case.lines)
    office.do(actions.apply, office.actor(case.who), run_id)
    for number in range(leases.ATTEMPTS):
        assert office.do(leases.claim, f"w{number}", KINDS) == run_id
        office.do(leases.release, f"w{number}")
    before = stored(quick_files, case)
    quick_files.work()
    run = quick_files.run(run_id)
    assert (run.state, run.error) == (RunState.FAILED, leases.STUCK)
    assert stored(quick_files, case) == before
    assert quick_files.verdicts(run_id) == [V.NOT_APPLIED] * 3


@all_kinds
def test_one_that_is_discarded_is_never_applied(quick_files: Files, case: Case) -> None:
    office, before = quick_files.office, stored(quick_files, case)
    run_id = quick_files.begin(case.who, case.kind, *case.lines)
    office.do(actions.discard, office.actor(case.who), run_id)
    with pytest.raises(UserError):
        office.do(actions.apply, office.actor(case.who), run_id)
    quick_files.work()
    assert stored(quick_files, case) == before
    assert [event.detail["import_kind"] for event in office.events(AuditTag.IMPORT_DISCARDED)] == [case.kind]


@pytest.mark.parametrize("case", UNDOABLE, ids=str)
def test_undone_everything_is_as_before(files: Files, case: Case) -> None:
    before = stored(files, case)
    run_id = files.begin(case.who, case.kind, *case.lines)
    files.apply(case.who, run_id)
    assert files.office.see(find_run, files.office.actor(case.who), run_id).may_undo
    files.undo(case.who, run_id)
    assert (files.run(run_id).state, files.run(run_id).undone) == (RunState.UNDONE, 3)
    assert stored(files, case) == before
    (event,) = files.office.events(AuditTag.IMPORT_UNDONE)
    assert event.detail["undone"] == 3
    again = files.begin(case.who, case.kind, *case.lines)
    assert all(V(verdict).good for verdict in files.verdicts(again))


def test_a_record_that_was_touched_since_is_not_taken_back(files: Files) -> None:
    run_id = files.begin("taufik", RECORDS.kind, *RECORDS.lines)
    files.apply("taufik", run_id)
    with files.office.db.begin() as session:
        record = session.exec(select(PersonnelRecord).where(PersonnelRecord.kind == "kursus")).first()
        assert record is not None
        record.changed_at = clock.now() + timedelta(seconds=1)
    files.undo("taufik", run_id)
    assert (files.run(run_id).undone, len(stored(files, RECORDS))) == (2, 1)


def test_a_code_that_was_changed_since_stays(files: Files) -> None:
    run_id = files.begin("surya", CODES.kind, *CODES.lines)
    files.apply("surya", run_id)
    with files.office.db.begin() as session:
        session.exec(select(CodeTableEntry).where(CodeTableEntry.code == "P02")).one().label = "Lain"
    files.undo("surya", run_id)
    assert [row[:2] for row in stored(files, CODES)] == [("P02", "Lain")]


def test_codes_that_a_list_leaves_out_come_back_when_it_is_undone(files: Files) -> None:
    files.apply("surya", files.begin("surya", CODES.kind, *CODES.lines))
    before = stored(files, CODES)
    run_id = files.begin("surya", CODES.kind, "kode;label", "P01;Pengelola baru")
    assert files.run(run_id).total == 3
    files.apply("surya", run_id)
    assert [active for _, _, active in stored(files, CODES)] == [True, False, False]
    files.undo("surya", run_id)
    assert stored(files, CODES) == before


def test_people_can_not_be_undone_and_it_says_why(quick_files: Files) -> None:
    office = quick_files.office
    run_id = quick_files.begin("taufik", PEOPLE.kind, *PEOPLE.lines)
    quick_files.apply("taufik", run_id)
    shown = office.see(find_run, office.actor("taufik"), run_id)
    assert (shown.may_undo, "tidak dapat dibatalkan" in shown.kind.undo_refusal) == (False, True)
    with pytest.raises(UserError):
        office.do(actions.undo, office.actor("taufik"), run_id)


@all_kinds
def test_the_report_has_what_was_not_taken_over(quick_files: Files, tmp_path: Path, case: Case) -> None:
    office = quick_files.office
    run_id = quick_files.begin(case.who, case.kind, *case.lines[:2], ";;;")
    out = tmp_path / "laporan.csv"
    broken = quick_files.begin(case.who, case.kind, case.lines[0], "x;y;z;a;b".replace("x", "=1+1"))
    take_report(office.db, office.actor(case.who), broken, FileFormat.CSV, out) if quick_files.run(
        broken
    ).total else out.write_text("baris")
    assert out.read_text(encoding="utf-8-sig").startswith("baris")
    assert "\n=" not in out.read_text()
    with pytest.raises(PermissionDenied):
        take_report(office.db, office.actor("yusuf"), run_id, FileFormat.CSV, tmp_path / "lain.csv")
    assert office.see(list_runs, office.actor("yusuf"), 1).total == 0


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_has_a_template_that_it_reads(tmp_path: Path, key: str) -> None:
    kind = KINDS[key]
    write_template(kind, FileFormat.XLSX, tmp_path / "t.xlsx")
    write_template(kind, FileFormat.CSV, tmp_path / "t.csv")
    names = [column.name for column in kind.columns]
    assert [cell.value for cell in load_workbook(tmp_path / "t.xlsx").active[1]] == names
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").strip().split(",") == names
    assert set(kind.required) <= set(names) <= set(kind.aliases)
    assert all(column.help for column in kind.columns)
    assert kind.label
