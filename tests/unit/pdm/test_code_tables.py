"""The code tables: the official list of an agency over the starting set, old codes readable, long lists searched."""

from __future__ import annotations

from datetime import timedelta

from mysapk_web.pdm.code_tables import CACHE_LIFE, StoredCodes, forget_cached_codes, search_codes
from mysapk_web.pdm.reference.builtin import fold
from mysapk_web.pdm.tables import CodeTableEntry
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.support.proposals import PENGHARGAAN, Desk


def load(db: Database, table: str, *rows: tuple[str, str, str, bool], tell: bool = True) -> None:
    with db.begin() as session:
        for code, label, parent, active in rows:
            session.add(
                CodeTableEntry(table=table, code=code, label=label, parent=parent, active=active, search=fold(label))
            )
        session.flush()
        if tell:
            forget_cached_codes(session)


def known(db: Database, table: str, code: str) -> tuple[str | None, bool]:
    with db.read() as session:
        codes = StoredCodes(session)
        return codes.label(table, code), codes.exists(table, code)


def found(db: Database, table: str, text: str, **more: object) -> list[str]:
    with db.read() as session:
        return [entry.label for entry in search_codes(session, table, text, **more)]  # type: ignore[arg-type]


def test_the_starting_set(sqlite_db: Database) -> None:
    assert known(sqlite_db, "agama", "1") == ("Islam", True)
    assert known(sqlite_db, "agama", "99") == (None, False)
    assert known(sqlite_db, "no-such-table", "1") == (None, False)
    assert found(sqlite_db, "no-such-table", "x") == []
    assert "Guru Ahli Pertama" in found(sqlite_db, "jabatan_fungsional", "guru")


def test_an_official_list_takes_its_place_and_leaves_old_codes_readable(sqlite_db: Database) -> None:
    load(
        sqlite_db,
        "jabatan_pelaksana",
        ("A1", "Penata Kelola Contoh", "", True),
        ("A2", "Pengelola Lama", "", False),
    )
    assert known(sqlite_db, "jabatan_pelaksana", "A1") == ("Penata Kelola Contoh", True)
    assert known(sqlite_db, "jabatan_pelaksana", "A2") == ("Pengelola Lama", False)
    assert known(sqlite_db, "jabatan_pelaksana", "JP0001") == ("Pengadministrasi Umum", False)
    assert known(sqlite_db, "agama", "1") == ("Islam", True)


def test_a_retired_code_is_read_and_can_not_be_chosen_again(desk: Desk) -> None:
    desk.put("penghargaan")
    load(desk.portal.db, "penghargaan", ("900", "Satyalancana Contoh", "", True))
    number = desk.draft("penghargaan", PENGHARGAAN)

    assert desk.group("penghargaan").kinds[0].records[0].title == "Satyalancana Karya Satya 10 Tahun"
    assert "tidak ada dalam daftar" in desk.field(number, "jenis_penghargaan").fault
    desk.save(number, {"jenis_penghargaan": "900"})
    assert desk.field(number, "jenis_penghargaan").fault == ""


def test_the_list_is_searched_by_any_part_without_accents(sqlite_db: Database) -> None:
    load(
        sqlite_db,
        "pendidikan",
        ("1", "S-1 Teknik Informatika", "40", True),
        ("2", "D-III Teknik", "30", True),
        ("3", "Teknik Élektro", "40", True),
        ("4", "Teknik Usang", "40", False),
        ("5", "100% Seni_Rupa", "40", True),
    )
    assert found(sqlite_db, "pendidikan", "teknik") == ["Teknik Élektro", "D-III Teknik", "S-1 Teknik Informatika"]
    assert found(sqlite_db, "pendidikan", "TEKNIK", parent="40") == ["Teknik Élektro", "S-1 Teknik Informatika"]
    assert found(sqlite_db, "pendidikan", "elektro") == ["Teknik Élektro"]
    assert found(sqlite_db, "pendidikan", "2") == ["D-III Teknik"]
    assert found(sqlite_db, "pendidikan", "%") == ["100% Seni_Rupa"]
    assert found(sqlite_db, "pendidikan", "_") == ["100% Seni_Rupa"]
    assert len(found(sqlite_db, "pendidikan", "", limit=2)) == 2
    assert found(sqlite_db, "pendidikan", "teknik", limit=-1) == []


def test_a_new_list_counts_everywhere_after_a_minute(sqlite_db: Database) -> None:
    assert known(sqlite_db, "eselon", "E1") == (None, False)
    load(sqlite_db, "eselon", ("E1", "Eselon Contoh", "", True), tell=False)
    with clock.shifted(CACHE_LIFE + timedelta(seconds=1)):
        assert known(sqlite_db, "eselon", "E1") == ("Eselon Contoh", True)
