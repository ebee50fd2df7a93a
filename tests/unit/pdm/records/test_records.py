"""Records by file: columns from the declarations, only what is new is added, and what comes out goes in again."""

from __future__ import annotations

import csv
import os
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.pdm.records import export
from mysapk_web.pdm.records.columns import OF_THE_ROLLS, declared_for_files
from mysapk_web.pdm.records.export import export_records
from mysapk_web.pdm.records.import_kind import record_import
from mysapk_web.pdm.rules.groups import GROUPS, group_of_kind
from mysapk_web.pdm.rules.groups.fields import FieldKind
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.imports import apply, leases
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.imports.worker import process_waiting
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_reader import UnreadableFileError
from tests.support.portal import Portal, after, days
from tests.support.proposals import Desk, open_pdm
from tests.support.records import GOOD
from tests.unit.pdm.test_parallel import together

KINDS = [each.key for group in GROUPS for each in group.kinds]
ANAK = GOOD["anak"]


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_pdm(portal)


@pytest.fixture
def desk_on_both(both: Portal) -> Desk:
    return open_pdm(both)


def written(folder: Path, rows: list[dict[str, Any]], name: str = "masuk.csv") -> Path:
    path = folder / name
    heads = list(dict.fromkeys(head for row in rows for head in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, heads)
        writer.writeheader()
        writer.writerows(rows)
    return path


def taken(desk: Desk, folder: Path, key: str, *rows: dict[str, Any]) -> list[RowReport]:
    given = [{"nip": desk.person.nip} | row for row in rows]
    return list(import_file(desk.portal.db, record_import(key), written(folder, given)))


def verdicts(reports: list[RowReport]) -> list[Verdict]:
    return [report.verdict for report in reports]


def on_file(desk: Desk, key: str) -> list[PersonnelRecord]:
    found = desk.rows(PersonnelRecord, col(PersonnelRecord.kind) == key)
    return sorted(found, key=lambda row: row.id or 0)


def child(number: int) -> dict[str, Any]:
    """One of many, like no other of them."""
    born = date(2014, 2, 3) + timedelta(days=number)
    return ANAK | {"nama": f"Anak {number}", "tanggal_lahir": born.isoformat(), "akta_kelahiran": f"AL-{number}"}


def in_words(values: dict[str, Any]) -> dict[str, Any]:
    words = {True: "ya", False: "tidak"}
    return {name: words[value] if isinstance(value, bool) else value for name, value in values.items()}


@pytest.mark.parametrize("key", KINDS)
def test_what_comes_in_goes_out_and_in_again(desk: Desk, tmp_path: Path, key: str) -> None:
    values = {name: value for name, value in GOOD[key].items() if name not in OF_THE_ROLLS or key != "profil"}
    assert verdicts(taken(desk, tmp_path, key, in_words(values))) == [Verdict.BARU]
    (record,) = on_file(desk, key)
    assert {name: value for name, value in record.payload.items() if value is not None and value is not False} == values
    assert record.pegawai_id == desk.person.pegawai_id

    out = tmp_path / "keluar.csv"
    assert export_records(desk.portal.db, out, key=key) == 1
    assert verdicts(list(import_file(desk.portal.db, record_import(key), out))) == [Verdict.TIDAK_BERUBAH]
    other = out.read_text(encoding="utf-8-sig").replace(desk.person.nip, desk.portal.budi.nip)
    (tmp_path / "lain.csv").write_text(other, encoding="utf-8")
    list(import_file(desk.portal.db, record_import(key), tmp_path / "lain.csv"))
    first, second = on_file(desk, key)
    assert first.payload == second.payload


def test_a_heading_may_be_the_label(desk: Desk, tmp_path: Path) -> None:
    row = {"Golongan": "31", "TMT golongan": "01-04-2020", "Nomor SK": "821/12", "Tanggal SK": "20/03/2020"}
    taken(desk, tmp_path, "golongan", row)
    (record,) = on_file(desk, "golongan")
    assert (record.payload["golongan"], record.payload["tmt_golongan"]) == ("31", "2020-04-01")
    assert (record.payload["nomor_sk"], record.payload["tanggal_sk"]) == ("821/12", "2020-03-20")


def test_the_same_file_again_adds_nothing_and_two_equal_rows_are_one(desk: Desk, tmp_path: Path) -> None:
    assert verdicts(taken(desk, tmp_path, "anak", ANAK, ANAK)) == [Verdict.BARU, Verdict.TIDAK_BERUBAH]
    assert verdicts(taken(desk, tmp_path, "anak", ANAK)) == [Verdict.TIDAK_BERUBAH]
    assert len(on_file(desk, "anak")) == 1


def test_what_is_on_file_is_never_changed(desk: Desk, tmp_path: Path) -> None:
    desk.put("skp", GOOD["skp"])
    before = on_file(desk, "skp")[0].payload
    (report,) = taken(desk, tmp_path, "skp", GOOD["skp"] | {"penilai_nama": "Orang Lain"})
    assert report.verdict is Verdict.DITOLAK
    assert "sudah ada di berkas dengan isi lain" in report.sentence
    assert [row.payload for row in on_file(desk, "skp")] == [before]


def test_a_record_that_is_only_typed_otherwise_is_on_file_already(desk: Desk, tmp_path: Path) -> None:
    taken(desk, tmp_path, "golongan", GOOD["golongan"])
    noise = GOOD["golongan"] | {"nomor_sk": "821 - 12 / bkpsdm .2020", "tanggal_sk": "20/03/2020"}
    (again,) = taken(desk, tmp_path, "golongan", noise)
    assert (again.verdict, again.sentence) == (Verdict.TIDAK_BERUBAH, "Sudah ada di berkas.")
    assert len(on_file(desk, "golongan")) == 1


@pytest.mark.parametrize("key", KINDS)
def test_the_same_record_with_something_else_in_it_is_never_added(desk: Desk, tmp_path: Path, key: str) -> None:
    desk.put(key, GOOD[key])
    declared = declared_for_files(key)
    named = {name for identity in declared.identity for name in (*identity.fields, *identity.also)}
    other = next(
        each
        for each in declared.fields
        if each.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT)
        and each.name not in named
        and (key != "skp" or each.name == "penilai_nama")
        and each.shown_when is None
    )
    (report,) = taken(desk, tmp_path, key, in_words(GOOD[key] | {other.name: "Lain Sekali"}))
    assert report.verdict is Verdict.DITOLAK
    assert "isi lain" in report.sentence
    assert len(on_file(desk, key)) == 1


def test_a_similar_record_is_added_and_the_report_says_how_it_differs(desk: Desk, tmp_path: Path) -> None:
    desk.put("golongan", GOOD["golongan"])
    (report,) = taken(desk, tmp_path, "golongan", GOOD["golongan"] | {"tmt_golongan": "2020-10-01"})
    assert report.verdict is Verdict.DITERIMA_DENGAN_CATATAN
    assert report.sentence.endswith("Mirip dengan data yang sudah ada di berkas; berbeda pada TMT golongan.")


def test_what_a_person_has_sent_waits_for_its_decision_and_a_draft_stops_no_file(desk: Desk, tmp_path: Path) -> None:
    drafted = desk.draft("keluarga", ANAK, kind="anak")
    (added,) = taken(desk, tmp_path, "anak", child(9))
    assert added.verdict is Verdict.BARU
    desk.send(drafted)
    (waits,) = taken(desk, tmp_path, "anak", ANAK | {"nama": "BUDI  CONTOH"})
    assert (waits.verdict, "sedang diproses" in waits.sentence) == (Verdict.DITOLAK, True)

    desk.withdraw(drafted)
    again = desk.draft("keluarga", ANAK, kind="anak")
    assert verdicts(taken(desk, tmp_path, "anak", ANAK)) == [Verdict.BARU]
    with pytest.raises(UserError, match="sudah ada pada berkas"):
        desk.send(again)


@pytest.mark.parametrize("_round", range(3))
def test_a_file_and_a_person_at_one_moment_add_a_record_once(desk_on_both: Desk, tmp_path: Path, _round: int) -> None:
    desk = desk_on_both
    number = desk.draft("keluarga", ANAK, kind="anak")
    results = together(lambda: taken(desk, tmp_path, "anak", ANAK), lambda: desk.send(number))

    sent = desk.proposal(number).sent_at is not None
    assert len(on_file(desk, "anak")) + sent == 1
    assert sent is not isinstance(results[1], UserError)


def test_a_profile_is_added_once(desk: Desk, tmp_path: Path) -> None:
    assert verdicts(taken(desk, tmp_path, "profil", GOOD["profil"] | {"agama": "1"})) == [Verdict.BARU]
    assert on_file(desk, "profil")[0].payload["agama"] == "1"
    assert verdicts(taken(desk, tmp_path, "profil", GOOD["profil"] | {"agama": "2"})) == [Verdict.DITOLAK]
    assert not OF_THE_ROLLS & set(on_file(desk, "profil")[0].payload)


def test_what_a_person_has_corrected_or_deleted_does_not_come_back(desk: Desk, tmp_path: Path) -> None:
    wrong, gone = ANAK | {"nama": "Salah Ketik"}, ANAK | {"nama": "Bukan Anak"}
    taken(desk, tmp_path, "anak", wrong, gone)
    first, second = (row.id or 0 for row in on_file(desk, "anak"))
    changed = desk.draft("keluarga", {"nama": "Benar"}, kind="anak", action="CHANGE", record_id=first)
    deleted = desk.start("keluarga", "anak", "DELETE", second)
    desk.send(changed, deleted)
    for number in (changed, deleted):
        desk.decide(number)
    with after(days):
        reports = taken(desk, tmp_path, "anak", wrong, gone)
    assert verdicts(reports) == [Verdict.TIDAK_BERUBAH] * 2
    assert "Pernah ada di berkas" in reports[0].sentence
    kept = [row.payload["nama"] for row in on_file(desk, "anak") if row.removed_at is None]
    assert kept == ["Benar"]


def test_what_is_lacking_is_noted_and_left_to_the_person(desk: Desk, tmp_path: Path) -> None:
    (report,) = taken(desk, tmp_path, "golongan", {"golongan": "31"})
    assert report.verdict is Verdict.DITERIMA_DENGAN_CATATAN
    assert "Nomor SK wajib diisi." in report.sentence
    (old,) = taken(desk, tmp_path, "skp", GOOD["skp"] | {"tahun": "2022"})
    assert old.verdict is Verdict.DITERIMA_DENGAN_CATATAN
    assert "dua tahun terakhir" in old.sentence


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"nip": "198001012005011009"}, "tidak ada pada data pegawai"),
        ({"nip": "123"}, "18 angka"),
        ({"nip": ""}, "Isi NIP"),
        ({"tanggal_lahir": "kapan-kapan"}, "tanggal yang benar"),
        ({"jenis_kelamin": "X"}, "tidak ada dalam daftar"),
        ({"nik": "12"}, "16 angka"),
    ],
)
def test_a_row_that_can_t_be_taken_says_why_and_harms_no_other(
    desk: Desk, tmp_path: Path, row: dict[str, Any], words: str
) -> None:
    bad, good = taken(desk, tmp_path, "anak", ANAK | {"jenis_identitas": "1"} | row, ANAK)
    assert (bad.verdict, good.verdict, bad.line) == (Verdict.DITOLAK, Verdict.BARU, 2)
    assert words in bad.sentence
    assert len(on_file(desk, "anak")) == 1


def test_a_row_with_a_nip_alone_is_none(desk: Desk, tmp_path: Path) -> None:
    (report,) = taken(desk, tmp_path, "anak", {"nama": ""})
    assert (report.verdict, report.sentence) == (Verdict.DITOLAK, "Selain NIP, baris ini kosong.")


def test_a_kind_that_does_not_concern_the_person(desk: Desk, tmp_path: Path) -> None:
    cpns = desk.of(desk.portal.dewi)
    kinds = [key for key in KINDS if JenisPegawai.CPNS not in group_of_kind(key).applies_to]
    assert kinds
    for key in kinds:
        (report,) = taken(cpns, tmp_path, key, in_words(GOOD[key]))
        assert (report.verdict, "tidak berlaku" in report.sentence) == (Verdict.DITOLAK, True)


def test_a_tick_is_ya_or_tidak(desk: Desk, tmp_path: Path) -> None:
    base = in_words(GOOD["pendidikan"])
    reports = taken(desk, tmp_path, "pendidikan", base | {"pendidikan_pertama": "mungkin"})
    assert "hanya berisi ya atau tidak" in reports[0].sentence
    taken(desk, tmp_path, "pendidikan", base | {"pendidikan_pertama": "YA"})
    assert on_file(desk, "pendidikan")[0].payload["pendidikan_pertama"] is True


def test_a_number_that_a_spreadsheet_has_cut_is_refused(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    heads = ["nip", *ANAK, "jenis_identitas", "nik"]
    sheet.append(heads)
    sheet.append([desk.person.nip, *ANAK.values(), "1", 3374011708120001])
    book.save(tmp_path / "masuk.xlsx")
    (report,) = import_file(desk.portal.db, record_import("anak"), tmp_path / "masuk.xlsx")
    assert "tersimpan sebagai angka" in report.sentence


@pytest.mark.parametrize("key", ["", "hukuman", "keluarga", "GOLONGAN"])
def test_only_kinds_that_exist(desk: Desk, tmp_path: Path, key: str) -> None:
    path = written(tmp_path, [{"nip": desk.person.nip}])
    with pytest.raises(UserError, match="golongan"):
        list(import_file(desk.portal.db, record_import(key), path))
    with pytest.raises(UserError, match="golongan"):
        export_records(desk.portal.db, tmp_path / "keluar.csv", key=key)


def test_a_file_without_nip_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="nip"):
        list(import_file(desk.portal.db, record_import("anak"), written(tmp_path, [dict(ANAK)])))
    assert on_file(desk, "anak") == []


def test_the_file_is_for_its_owner_and_runs_no_formula(desk: Desk, tmp_path: Path) -> None:
    taken(desk, tmp_path, "anak", ANAK | {"nama": "=1+1"}, ANAK | {"nama": "'kutip"})
    out = tmp_path / "keluar.csv"
    out.write_text("lama")
    out.chmod(0o644)
    export_records(desk.portal.db, out, key="anak")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
    assert [row["nama"] for row in rows] == ["'=1+1", "'kutip"]
    assert rows[0]["nip"] == desk.person.nip
    assert verdicts(list(import_file(desk.portal.db, record_import("anak"), out))) == [Verdict.TIDAK_BERUBAH] * 2


def test_one_agency_alone(desk: Desk, tmp_path: Path) -> None:
    taken(desk, tmp_path, "anak", ANAK)
    with desk.portal.db.begin() as session:
        kode = session.exec(select(Instansi.code).where(Instansi.id == desk.person.instansi_id)).one()
        session.add(Instansi(code="LAIN", name="Instansi Lain", timezone="WIB"))
    assert export_records(desk.portal.db, tmp_path / "a.csv", key="anak", instansi=kode) == 1
    assert export_records(desk.portal.db, tmp_path / "b.csv", key="anak", instansi="LAIN") == 0
    with pytest.raises(UserError, match="kode ini tidak ada"):
        export_records(desk.portal.db, tmp_path / "c.csv", key="anak", instansi="TIDAK ADA")


def test_the_trail_says_that_it_happened_and_no_value(desk: Desk, tmp_path: Path) -> None:
    taken(desk, tmp_path, "anak", ANAK, {"nama": ""})
    export_records(desk.portal.db, tmp_path / "keluar.csv", key="anak")
    (came,) = desk.portal.events(AuditTag.RECORDS_IMPORTED)
    began, went = desk.portal.events(AuditTag.RECORDS_EXPORTED)
    assert (came.detail["record_kind"], came.detail["rows"]) == ("anak", {"BARU": 1, "DITOLAK": 1})
    assert "Anak" not in str(came.detail)
    assert began.detail == {"record_kind": "anak", "phase": "mulai"}
    assert went.detail == {"record_kind": "anak", "row_count": 1}


def test_an_import_that_is_cut_off_is_gone_on_with_and_stands_in_the_trail(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"nip": desk.person.nip} | child(number) for number in range(1_100)]
    monkeypatch.setattr(apply, "CHUNK", 500)
    reports = import_file(desk.portal.db, record_import("anak"), written(tmp_path, rows))
    next(reports)
    reports.close()  # type: ignore[attr-defined]
    assert len(on_file(desk, "anak")) == 500
    assert desk.portal.events(AuditTag.RECORDS_IMPORTED) == []
    with clock.shifted(leases.LEASE * 2):
        assert process_waiting(desk.portal.db, {"riwayat:anak": record_import("anak")}, "server", tmp_path) == 1
    (event,) = desk.portal.events(AuditTag.RECORDS_IMPORTED)
    assert (event.detail["record_kind"], event.detail["rows"]) == ("anak", {"BARU": 1_100})
    assert len(on_file(desk, "anak")) == 1_100


def test_an_export_that_fails_stands_in_the_trail_and_leaves_what_was_there(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(desk, tmp_path, "anak", ANAK)
    out = tmp_path / "keluar" / "a.csv"
    out.parent.mkdir()
    out.write_text("lama")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "cell_of", full)
    with pytest.raises(OSError, match="No space"):
        export_records(desk.portal.db, out, key="anak")
    assert [path.name for path in out.parent.iterdir()] == ["a.csv"]
    assert out.read_text() == "lama"
    (event,) = desk.portal.events(AuditTag.RECORDS_EXPORTED)
    assert event.detail == {"record_kind": "anak", "phase": "mulai"}


def test_only_an_ordinary_file_is_written(desk: Desk, tmp_path: Path) -> None:
    taken(desk, tmp_path, "anak", ANAK)
    mine = tmp_path / "milik.txt"
    mine.write_text("tetap")
    mine.chmod(0o644)
    folder = tmp_path / "tujuan"
    folder.mkdir()
    (folder / "tautan").symlink_to(mine)
    (folder / "putus").symlink_to(tmp_path / "tidak-ada")
    (folder / "map").mkdir()
    os.mkfifo(folder / "pipa", 0o644)
    for target in (folder / "tautan", folder / "putus", folder / "map", folder / "pipa", Path("/dev/null")):
        before = target.lstat().st_mode
        with pytest.raises(UserError, match="bukan berkas biasa"):
            export_records(desk.portal.db, target, key="anak")
        assert target.lstat().st_mode == before
    assert (mine.read_text(), stat.S_IMODE(mine.stat().st_mode)) == ("tetap", 0o644)
    assert not (tmp_path / "tidak-ada").exists()
    assert len(list(folder.iterdir())) == 4
    assert desk.portal.events(AuditTag.RECORDS_EXPORTED) == []


def test_a_long_file_on_both_databases(desk_on_both: Desk, tmp_path: Path) -> None:
    rows = [child(number) for number in range(2_100)]
    assert set(verdicts(taken(desk_on_both, tmp_path, "anak", *rows))) == {Verdict.BARU}
    assert set(verdicts(taken(desk_on_both, tmp_path, "anak", *rows))) == {Verdict.TIDAK_BERUBAH}
    assert export_records(desk_on_both.portal.db, tmp_path / "keluar.csv", key="anak") == 2_100


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=3, max_size=3),
    key=st.sampled_from(KINDS),
)
def test_whatever_stands_in_the_cells_each_row_gets_a_verdict(
    desk: Desk, tmp_path: Path, cells: list[str], key: str
) -> None:
    names = [each.name for each in declared_for_files(key).fields][: len(cells)]
    rows = [{"nip": desk.person.nip} | dict(zip(names, cells, strict=False)), {"nip": desk.person.nip, names[0]: "x"}]
    reports = list(import_file(desk.portal.db, record_import(key), written(tmp_path, rows)))
    assert len(reports) == 2
    assert all(report.sentence for report in reports)
