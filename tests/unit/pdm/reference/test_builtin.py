from pathlib import Path

import pytest

from mysapk_web.pdm.reference import builtin
from mysapk_web.pdm.reference.builtin import CODES, entries, fold, label, search, table_names
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.fields import FieldKind

FIELDS = [(kind.key, field) for group in GROUPS for kind in group.kinds for field in kind.fields]
PARENTS = {
    "kabupaten": "provinsi",
    "pendidikan": "tingkat_pendidikan",
    "jabatan_fungsional": "jenjang_fungsional",
    "jenis_hukuman": "tingkat_hukuman",
}


@pytest.mark.parametrize("name", table_names())
def test_every_table_can_be_read_and_has_clean_rows(name):
    rows = entries(name)
    assert rows
    assert len({row.code for row in rows}) == len(rows)
    for row in rows:
        assert row.code == row.code.strip() != ""
        assert row.label == " ".join(row.label.split()) != ""
    # The same words twice under one parent could not be told apart in a list.
    assert len({(row.parent, row.label) for row in rows}) == len(rows)


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_field_names_a_table_exactly_when_it_holds_a_code(kind, field):
    assert (field.table in table_names()) == (field.kind is FieldKind.CODE)


@pytest.mark.parametrize(("child", "parent"), PARENTS.items())
def test_parents_exist(child, parent):
    known = {row.code for row in entries(parent)}
    assert {row.parent for row in entries(child)} <= known


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("agama", 7),
        ("cltn", 12),
        ("eselon", 12),
        ("jenis_kenaikan_pangkat", 12),
        ("jenis_pegawai", 19),
        ("jenis_pengadaan", 20),
        ("kedudukan_hukum", 33),
        ("kepanitiaan", 13),
        ("kuadran_kinerja", 5),
        ("latihan_struktural", 8),
        ("penghargaan", 29),
        ("provinsi", 38),
        ("kabupaten", 514),
        ("tingkat_pendidikan", 16),
    ],
)
def test_tables_that_are_known_in_full(name, count):
    assert len(entries(name)) == count


def test_codes_of_siasn():
    assert label("golongan", "31") == "III/a Penata Muda"
    assert label("golongan", "IX") == "Golongan IX"
    assert label("kedudukan_hukum", "01") == "Aktif"
    assert label("kedudukan_hukum", "1") is None
    assert label("nirgends", "1") is None


def test_the_rules_may_ask_for_anything():
    assert CODES.exists("agama", "1")
    assert not CODES.exists("agama", "8")
    assert not CODES.exists("nirgends", "1")
    assert CODES.parent("kabupaten", "15.06") == "15"
    assert CODES.parent("nirgends", "1") == ""
    assert CODES.label("../agama", "1") is None


def test_search_ignores_case_and_accents_and_puts_beginnings_first():
    assert {row.label for row in search("kabupaten", "JAMBI")} == {"Kota Jambi", "Kabupaten Muaro Jambi"}
    assert [row.label for row in search("agama", "  bûd ")] == ["Buddha"]
    assert [row.label for row in search("jenis_hukuman", "pe", limit=1)] == ["Pernyataan tidak puas secara tertulis"]
    kinds = [row.label for row in search("jenis_diklat", "s")]
    assert kinds[:3] == ["Sosialisasi", "Seminar", "Sertifikasi"]
    assert kinds[3:5] == ["Diklat Struktural", "Pelatihan Sosial Kultural"]
    assert "Workshop" in kinds[5:]


def test_search_by_code_parent_and_limit():
    assert search("eselon", "31")[0].label == "III.a - Administrator"
    assert len(search("kabupaten", "", limit=5)) == 5
    assert {row.parent for row in search("pendidikan", "", limit=100, parent="40")} == {"40"}
    assert search("agama", "tidak ada yang begini") == []
    with pytest.raises(KeyError):
        search("nirgends", "a")
    with pytest.raises(KeyError):
        entries("../../settings")


def test_a_code_twice_is_an_error(tmp_path: Path, monkeypatch):
    (tmp_path / "dua.csv").write_text("# Dua\ncode,label\n1,a\n1,b\n", encoding="utf-8")
    _use_folder(tmp_path, monkeypatch)
    with pytest.raises(ValueError, match="twice"):
        entries("dua")


def test_inactive_codes_are_read_but_not_offered(tmp_path: Path, monkeypatch):
    (tmp_path / "lama.csv").write_text("# Lama\ncode,label,active\n1,Baru,1\n2,Lama,0\n", encoding="utf-8")
    _use_folder(tmp_path, monkeypatch)
    assert label("lama", "2") == "Lama"
    assert not CODES.exists("lama", "2")
    assert [row.code for row in search("lama", "")] == ["1"]


def _use_folder(folder: Path, monkeypatch):
    monkeypatch.setattr(builtin, "_FOLDER", folder)
    monkeypatch.setattr(builtin, "table_names", lambda: tuple(file.stem for file in folder.iterdir()))
    monkeypatch.setattr(builtin, "_load", builtin._load.__wrapped__)


def test_fold():
    assert fold("  Ｐｅｌａｋsana   É ") == "pelaksana e"
