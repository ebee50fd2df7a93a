"""What is on file twice is found and told, person by person, and nothing is changed by telling it."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.pdm.records import duplicates
from mysapk_web.pdm.records.duplicates import Duplicate, find_duplicates, report_duplicates
from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.portal import Portal
from tests.support.proposals import ANAK, PENGHARGAAN, Desk, open_pdm
from tests.support.records import GOOD

KINDS = [each.key for group in GROUPS for each in group.kinds]


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_pdm(portal)


@pytest.fixture
def desk_on_both(both: Portal) -> Desk:
    return open_pdm(both)


def found(desk: Desk, agency: int | None = None) -> list[Duplicate]:
    return list(find_duplicates(desk.portal.db, agency))


def sent_before_the_rule(desk: Desk, number: int, **values: Any) -> None:
    with desk.portal.db.begin() as session:
        row = session.get_one(Proposal, number)
        row.payload = {**row.payload, **values}


def test_nothing_is_there_twice(desk: Desk) -> None:
    for key in KINDS:
        desk.put(key, GOOD[key])
        desk.of(desk.portal.budi).put(key, GOOD[key])  # two people are not one
    desk.put("golongan")
    assert found(desk) == []


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_of_record_that_is_there_twice_is_found(desk_on_both: Desk, key: str) -> None:
    desk = desk_on_both
    first, second = desk.put(key, GOOD[key]), desk.put(key, dict(GOOD[key]))
    (duplicate,) = found(desk)
    assert (duplicate.nip, duplicate.kind) == (desk.person.nip, key)
    assert (duplicate.what, duplicate.same_as, duplicate.differing) == (f"berkas {second}", f"berkas {first}", ())
    assert f"Hapus berkas {second}: sama dengan berkas {first}, tanpa dokumen." in duplicate.advice
    assert ("/pdm/" in duplicate.advice) == ("DELETE" in get_kind(key).actions)


def test_three_of_one_are_two_too_many_and_the_fullest_stays(desk: Desk) -> None:
    poor = {name: GOOD["golongan"][name] for name in ("golongan", "tmt_golongan")}
    one, two, full = desk.put("golongan", poor), desk.put("golongan", poor), desk.put("golongan", GOOD["golongan"])
    told = {duplicate.what: duplicate for duplicate in found(desk)}
    assert set(told) == {f"berkas {one}", f"berkas {two}"}
    assert {duplicate.same_as for duplicate in told.values()} == {f"berkas {full}"}
    assert "Nomor SK" in told[f"berkas {one}"].differing
    assert told[f"berkas {one}"].advice.startswith("Bandingkan dahulu isian yang berbeda.")


def test_what_came_with_documents_stays(desk: Desk) -> None:
    bare = desk.put("penghargaan", GOOD["penghargaan"] | {"nomor_sk": "1"})
    number = desk.sent("penghargaan", PENGHARGAAN | {"tahun": "2019", "tanggal_sk": "10-08-2019"})
    record = desk.decide(number)
    with desk.portal.db.begin() as session:
        row = session.get_one(PersonnelRecord, record)
        row.payload = {**row.payload, "tahun": 2020}
    (duplicate,) = found(desk)
    assert (duplicate.what, duplicate.same_as) == (f"berkas {bare}", f"berkas {record}")
    assert f"sama dengan berkas {record}, yang berdokumen, tanpa dokumen." in duplicate.advice


def test_a_proposal_on_a_desk_is_told_and_a_draft_is_not(desk: Desk) -> None:
    number = desk.sent("keluarga", ANAK | {"nama": "Lain", "tanggal_lahir": "01-01-2019"}, kind="anak")
    record = desk.put("anak")
    desk.draft("keluarga", ANAK, kind="anak")
    assert found(desk) == []
    sent_before_the_rule(desk, number, nama="BAGAS LESTARI", tanggal_lahir="2012-08-17")
    (duplicate,) = found(desk)
    assert (duplicate.what, duplicate.same_as) == (f"usulan {number}", f"berkas {record}")
    assert duplicate.advice == f"Tolak usulan {number}: sama dengan berkas {record}."


def test_a_change_is_no_double_of_its_own_record_but_of_another(desk: Desk) -> None:
    other = desk.put("anak")
    mine = desk.put("anak", ANAK | {"nama": "Sekar", "tanggal_lahir": "2015-02-03"})
    number = desk.sent("keluarga", {"tempat_lahir": "Solo"}, kind="anak", action="CHANGE", record_id=mine)
    assert found(desk) == []
    sent_before_the_rule(desk, number, nama="Bagas Lestari", tanggal_lahir="2012-08-17")
    (duplicate,) = found(desk)
    assert (duplicate.what, duplicate.same_as) == (f"usulan {number}", f"berkas {other}")


def test_a_change_to_one_of_a_pair_is_no_fault_of_the_change(desk: Desk) -> None:
    first, second = desk.put("anak"), desk.put("anak")
    desk.sent("keluarga", {"tempat_lahir": "Solo"}, kind="anak", action="CHANGE", record_id=second)
    (duplicate,) = found(desk)
    assert (duplicate.what, duplicate.same_as) == (f"berkas {second}", f"berkas {first}")


def test_one_agency_alone_and_nothing_that_was_removed(desk: Desk) -> None:
    desk.put("anak")
    gone = desk.put("anak")
    agency = desk.person.instansi_id
    assert len(found(desk, agency)) == 1
    assert found(desk, agency + 1000) == []
    with desk.portal.db.begin() as session:
        row = session.get_one(PersonnelRecord, gone)
        row.removed_at = row.changed_at
    assert found(desk, agency) == []


def test_people_are_read_some_at_a_time_whatever_their_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [desk.portal.ani, desk.portal.budi, desk.portal.citra, desk.portal.dewi]
    for person in people:
        desk.of(person).put("anak")
        desk.of(person).put("anak")
    statements: list[str] = []
    event.listen(desk.portal.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    whole = found(desk)
    at_once = len([each for each in statements if each.startswith("SELECT")])
    assert {duplicate.nip for duplicate in whole} == {person.nip for person in people}
    assert at_once <= 5  # however many people are read at a time
    monkeypatch.setattr(duplicates, "PEOPLE", 1)
    assert found(desk) == whole


def test_the_list_is_for_its_owner_and_in_the_trail_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.put("anak")
    desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17", "tempat_lahir": "=1+1"})
    before = [(row.id, row.version, row.payload) for row in desk.rows(PersonnelRecord)]
    path = tmp_path / "ganda.csv"
    path.write_text("lama")
    path.chmod(0o644)
    with desk.portal.db.read() as session:
        kode = session.exec(select(Instansi.code).where(col(Instansi.id) == desk.person.instansi_id)).one()

    assert report_duplicates(desk.portal.db, instansi=kode, report=path) == {"anak": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (row,) = csv.DictReader(path.open(encoding="utf-8-sig"))
    assert (row["nip"], row["jenis"], row["berbeda_pada"]) == (desk.person.nip, "anak", "Tempat lahir")
    began, done = desk.portal.events(AuditTag.RECORDS_EXPORTED)
    assert (began.detail, done.detail) == (
        {"record_kind": "ganda", "phase": "mulai"},
        {"record_kind": "ganda", "row_count": 1},
    )
    assert done.instansi_id == desk.person.instansi_id
    assert [(row.id, row.version, row.payload) for row in desk.rows(PersonnelRecord)] == before


def test_without_a_list_nobody_reads_anything(desk: Desk) -> None:
    desk.put("anak")
    desk.put("anak")
    assert report_duplicates(desk.portal.db) == {"anak": 1}
    assert desk.portal.events(AuditTag.RECORDS_EXPORTED) == []


def test_no_such_agency_and_no_ordinary_file(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="kode ini tidak ada"):
        report_duplicates(desk.portal.db, instansi="TIDAK ADA")
    for path, words in ((tmp_path, "bukan berkas biasa"), (tmp_path / "tidak" / "ada.csv", "No such file")):
        with pytest.raises(UserError, match=words):
            report_duplicates(desk.portal.db, report=path)


def test_a_double_that_is_not_the_latest_can_be_proposed_to_go(desk: Desk) -> None:
    """What the list advises is possible: of these kinds only the latest record may be proposed otherwise."""
    older = GOOD["penghargaan"]
    desk.put("penghargaan", older)
    second = desk.put("penghargaan", older)
    latest = desk.put("penghargaan", older | {"tahun": 2024, "tanggal_sk": "2024-08-10", "nomor_sk": "9"})
    shown = {record.id: record.may_delete for record in desk.group("penghargaan").kinds[0].records}
    assert shown[second]
    assert shown[latest]

    number = desk.start("penghargaan", action="DELETE", record_id=second)
    desk.send(number)
    desk.decide(number)
    assert found(desk) == []
    assert [record.may_delete for record in desk.group("penghargaan").kinds[0].records] == [True, False]


def test_the_demo_has_nothing_twice(demo_db: Any) -> None:
    assert list(find_duplicates(demo_db)) == []
