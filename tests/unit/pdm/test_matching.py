"""What is on file or under way is never proposed, sent or applied a second time; what is similar is shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col

from mysapk_web.pdm import review, submit
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.platform.errors import UserError
from tests.support.portal import after, minutes
from tests.support.proposals import ANAK, GOLONGAN, ON_FILE, PENGHARGAAN, SKP, Desk
from tests.unit.pdm.test_parallel import ROUNDS, refused, together

AWARD_ON_FILE = PENGHARGAAN | {"tanggal_sk": "2020-08-10", "tahun": 2020}
OTHER_CHILD = ANAK | {"nama": "Sekar Lestari", "tanggal_lahir": "03-02-2015", "akta_kelahiran": "AL-2015-0001"}


def approve(desk: Desk, number: int) -> None:
    for act in (ProposalAction.VERIFY, ProposalAction.APPROVE):
        desk.office(number, act)


def rewrite(desk: Desk, number: int, values: dict[str, Any]) -> None:
    """A proposal as it may lie in the database from before there was the rule."""
    with desk.portal.db.begin() as session:
        row = session.get_one(Proposal, number)
        row.payload = {**row.payload, **values}


def family(desk: Desk, values: dict[str, Any], **more: Any) -> int:
    return desk.draft("keluarga", values, kind="anak", **more)


# At the form ---------------------------------------------------------------------------------------


def test_an_equal_record_is_refused_with_the_way_to_it_and_nothing_typed_is_lost(desk: Desk) -> None:
    record = desk.put("penghargaan", AWARD_ON_FILE)
    number = desk.draft("penghargaan", PENGHARGAAN | {"nomor_sk": " 44 - tk - 2020"})

    form = desk.form(number)
    (match,) = form.matches
    assert (match.refused, match.same, match.on_file, match.number) == (True, True, True, record)
    assert match.href == f"/pdm/penghargaan?riwayat={record}#riwayat-{record}"
    assert match.title == "Satyalancana Karya Satya 10 Tahun"
    assert match.differences == []
    assert "sudah ada pada berkas" in desk.field(number, "tahun").fault
    assert form.proposal.faults_count == 1
    assert not form.proposal.may_send
    with pytest.raises(UserError, match="Satyalancana Karya Satya 10 Tahun sudah ada pada berkas"):
        desk.send(number)
    assert desk.where(number) is ProposalState.DRAF
    assert desk.proposal(number).payload["nomor_sk"] == "44 - tk - 2020"


def test_the_same_record_with_other_contents_is_to_be_changed_instead(desk: Desk) -> None:
    desk.put("penghargaan", AWARD_ON_FILE)
    number = desk.draft("penghargaan", PENGHARGAAN | {"nomor_sk": "45/TK/2020"})

    (match,) = desk.form(number).matches
    assert [(each.label, each.before, each.after) for each in match.differences] == [
        ("Nomor SK", "44/TK/2020", "45/TK/2020")
    ]
    with pytest.raises(UserError, match="ubah data yang sudah ada itu"):
        desk.send(number)


def test_a_similar_record_is_shown_with_what_differs_and_may_be_sent(desk: Desk) -> None:
    desk.put("anak")
    number = family(desk, ANAK | {"nama": "Bagus Lestari", "akta_kelahiran": "AL-2012-0018"})

    (match,) = desk.form(number).matches
    assert (match.refused, match.same, match.title) == (False, False, "Bagas Lestari")
    assert [each.label for each in match.differences] == ["Nama lengkap tanpa gelar", "Nomor akta kelahiran"]
    (item,) = [each for group in desk.see(review.load_review).groups for each in group.items]
    assert item.ready
    assert item.matches == [match]
    desk.send(number)


def test_what_is_sensitive_stays_masked_where_it_differs(desk: Desk) -> None:
    desk.put("anak", ON_FILE["anak"] | {"jenis_identitas": "1", "nik": "3374011708120001"})
    number = family(desk, ANAK | {"nama": "Bagus", "jenis_identitas": "1", "nik": "3374011708120002"})
    (match,) = desk.form(number).matches
    told = {each.field: (each.before, each.after) for each in match.differences}
    assert told["nik"] == ("*****0001", "*****0002")


def test_nothing_is_similar_to_an_empty_form_nor_to_what_somebody_else_has(desk: Desk) -> None:
    desk.of(desk.portal.budi).put("penghargaan", AWARD_ON_FILE)
    empty = desk.start("keluarga", "anak")
    desk.put("anak")
    assert desk.form(empty).matches == []
    assert desk.form(desk.draft("penghargaan", PENGHARGAAN)).matches == []


def test_a_deletion_is_compared_with_nothing(desk: Desk) -> None:
    first = desk.put("anak")
    desk.put("anak")
    number = desk.start("keluarga", "anak", "DELETE", first)
    assert desk.form(number).matches == []
    desk.send(number)


# Changes -----------------------------------------------------------------------------------------


def test_a_change_never_makes_a_record_the_same_as_another(desk: Desk) -> None:
    desk.put("anak")
    second = desk.put("anak", OTHER_CHILD | {"tanggal_lahir": "2015-02-03"})
    same = {"nama": "bagas  lestari", "tanggal_lahir": "17-08-2012"}
    number = family(desk, same, action="CHANGE", record_id=second)

    assert "menjadi sama dengan data lain pada berkas: Bagas Lestari" in desk.field(number, "tanggal_lahir").fault
    with pytest.raises(UserError, match="menjadi sama"):
        desk.send(number)
    desk.save(number, {"nama": "Sekar Ayu", "tanggal_lahir": "03-02-2015"})
    desk.send(number)


def test_of_two_that_are_the_same_already_one_can_still_be_put_right(desk: Desk) -> None:
    """Older files brought doubles: refusing every change to them would leave them for good."""
    desk.put("golongan", ON_FILE["golongan"] | {"nomor_sk": "1"})
    record = desk.put("golongan")
    number = desk.draft("golongan", {"nomor_sk": "823/10/2018"}, action="CHANGE", record_id=record)

    (match,) = desk.form(number).matches
    assert (match.refused, match.same) == (False, True)
    assert "memang sudah ada dua data yang sama" in match.sentence
    desk.send(number)
    assert desk.decide(number) == record


def test_a_change_is_not_compared_with_the_record_that_it_changes(desk: Desk) -> None:
    record = desk.put("golongan")
    number = desk.draft("golongan", {"nomor_sk": "823/10/2018"}, action="CHANGE", record_id=record)
    assert desk.form(number).matches == []


# Under way -----------------------------------------------------------------------------------------


def test_what_is_on_a_desk_is_not_proposed_again_whichever_draft_was_first(desk: Desk) -> None:
    older = family(desk, OTHER_CHILD)
    sent = family(desk, ANAK)
    desk.send(sent)
    desk.save(older, ANAK)

    (match,) = desk.form(older).matches
    assert (match.refused, match.on_file, match.href) == (True, False, f"/pdm/keluarga/{sent}")
    with pytest.raises(UserError, match="Usulan lain dengan data yang sama"):
        desk.send(older)
    desk.withdraw(sent)
    desk.send(older)


def test_of_two_equal_drafts_the_later_one_is_refused_and_the_first_one_says_so(desk: Desk) -> None:
    first, second = family(desk, ANAK), family(desk, ANAK)
    assert [each.refused for each in desk.form(first).matches] == [False]
    assert "sesudah usulan ini" in desk.form(first).matches[0].sentence
    with pytest.raises(UserError, match="Usulan lain"):
        desk.send(second)
    result = desk.do(submit.submit_proposals, [first, second])
    assert len(result.sent) == 1
    assert "Usulan lain" in result.kept[0][1]


def test_two_changes_never_become_the_same(desk: Desk) -> None:
    first, second = desk.put("anak"), desk.put("anak", OTHER_CHILD | {"tanggal_lahir": "2015-02-03"})
    third = {"nama": "Raka Lestari", "tanggal_lahir": "05-05-2018"}
    one = family(desk, third, action="CHANGE", record_id=first)
    other = family(desk, third, action="CHANGE", record_id=second)
    desk.send(one)
    with pytest.raises(UserError, match="Usulan lain"):
        desk.send(other)


# Applying ----------------------------------------------------------------------------------------


def test_what_came_on_file_meanwhile_is_not_applied(desk: Desk) -> None:
    number = desk.sent("penghargaan", PENGHARGAAN)
    approve(desk, number)
    desk.put("penghargaan", AWARD_ON_FILE | {"nomor_sk": "44-TK-2020"})
    with pytest.raises(UserError, match="Data yang sama sudah ada pada berkas"):
        desk.apply(number)
    assert len(desk.rows(PersonnelRecord)) == 1
    assert desk.where(number) is ProposalState.DISETUJUI


def test_a_change_that_would_double_a_record_is_not_applied(desk: Desk) -> None:
    record = desk.put("anak", OTHER_CHILD | {"tanggal_lahir": "2015-02-03"})
    number = family(desk, {"nama": "Raka"}, action="CHANGE", record_id=record)
    desk.send(number)
    approve(desk, number)
    desk.put("anak")
    rewrite(desk, number, {"nama": "BAGAS LESTARI", "tanggal_lahir": "2012-08-17"})
    with pytest.raises(UserError, match="Data yang sama"):
        desk.apply(number)
    assert desk.rows(FormerValue) == []
    assert desk.record(record).version == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_equal_proposals_applied_at_once_leave_one_record(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    numbers = [family(desk, ANAK), family(desk, OTHER_CHILD)]
    desk.send(*numbers)
    for number in numbers:
        approve(desk, number)
    rewrite(desk, numbers[1], {"nama": "Bagas Lestari", "tanggal_lahir": "2012-08-17"})
    results = together(*[lambda number=number: desk.apply(number) for number in numbers])

    assert refused(results) == 1
    (record,) = desk.rows(PersonnelRecord)
    assert record.payload["nama"] == "Bagas Lestari"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_an_addition_and_a_change_applied_at_once_leave_no_double(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    record = desk.put("anak", OTHER_CHILD | {"tanggal_lahir": "2015-02-03"})
    adds = family(desk, ANAK)
    changes = family(desk, {"nama": "Raka"}, action="CHANGE", record_id=record)
    desk.send(adds, changes)
    for number in (adds, changes):
        approve(desk, number)
    rewrite(desk, changes, {"nama": "Bagas Lestari", "tanggal_lahir": "2012-08-17"})
    results = together(lambda: desk.apply(adds), lambda: desk.apply(changes))

    assert refused(results) == 1
    names = [row.payload["nama"] for row in desk.rows(PersonnelRecord, col(PersonnelRecord.removed_at).is_(None))]
    assert names.count("Bagas Lestari") == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_drafts_sent_at_once_while_one_becomes_the_other(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    first, second = family(desk, OTHER_CHILD), family(desk, ANAK)
    version = desk.proposal(first).version

    def saved_and_sent() -> None:
        desk.save(first, ANAK, version=version)
        desk.send(first)

    together(saved_and_sent, lambda: desk.send(second))
    sent = [row for row in desk.rows(Proposal) if row.sent_at is not None]
    assert len(sent) == 1


# Neighbours --------------------------------------------------------------------------------------


def test_two_years_of_performance_are_two_records(desk: Desk) -> None:
    desk.put("skp", {"tahun": 2024})
    number = desk.draft("skp", SKP)
    assert desk.form(number).matches == []
    desk.send(number)


def test_the_next_golongan_is_no_double_of_the_last(desk: Desk) -> None:
    desk.put("golongan")
    number = desk.draft("golongan", GOLONGAN)
    assert desk.form(number).matches == []
    with after(minutes):
        desk.send(number)
    desk.decide(number)
    assert len(desk.rows(PersonnelRecord)) == 2
