"""What a person may begin, and in which words the rest is refused."""

from __future__ import annotations

import pytest
from sqlmodel import col

from mysapk_web.pdm import history, new_proposal
from mysapk_web.pdm.rules.proposal import Declaration, ProposalAction, ProposalState
from mysapk_web.pdm.tables import GroupDeclaration, Proposal
from mysapk_web.platform.errors import PermissionDenied, UserError
from tests.support.proposals import ANAK, GOLONGAN, PENGHARGAAN, SKP, Desk


def test_a_new_record_begins_empty_and_is_opened_again_while_it_is(desk: Desk) -> None:
    first = desk.start("keluarga", "anak")

    assert desk.start("keluarga", "anak") == first
    assert set(desk.proposal(first).payload.values()) <= {None, False}
    assert desk.where(first) is ProposalState.DRAF


def test_a_second_child_has_a_draft_of_its_own(desk: Desk) -> None:
    first = desk.start("keluarga", "anak")
    desk.save(first, {"nama": "Bagas"})
    second = desk.start("keluarga", "anak")

    assert second != first
    assert desk.proposal(first).payload["nama"] == "Bagas"


def test_a_change_begins_with_what_is_on_file(desk: Desk) -> None:
    record = desk.put("golongan")
    number = desk.start(action="CHANGE", record_id=record)

    assert desk.field(number, "golongan").value == "32"
    assert desk.field(number, "masa_kerja_tahun").value == 8
    assert desk.start(action="CHANGE", record_id=record) == number


def test_only_one_proposal_of_a_kind_of_which_the_latest_counts(desk: Desk) -> None:
    record = desk.put("golongan")
    desk.start(action="CHANGE", record_id=record)

    with pytest.raises(UserError, match="Masih ada draf"):
        desk.start()


def test_only_the_latest_record_of_such_a_kind(desk: Desk) -> None:
    old = desk.put("golongan")
    desk.put("golongan", {"golongan": "33", "tmt_golongan": "2022-04-01"})

    with pytest.raises(UserError, match="hanya data terakhir"):
        desk.start(action="CHANGE", record_id=old)


def test_one_open_proposal_for_a_record(desk: Desk) -> None:
    child = desk.put("anak")
    desk.start("keluarga", "anak", "CHANGE", child)

    with pytest.raises(UserError, match="Masih ada draf"):
        desk.start("keluarga", "anak", "DELETE", child)


def test_while_it_is_processed_none_of_the_kind_begins(desk: Desk) -> None:
    desk.sent("penghargaan", PENGHARGAAN)

    with pytest.raises(UserError, match="masih diproses"):
        desk.start("penghargaan")


def test_golongan_has_one_chance(desk: Desk) -> None:
    number = desk.sent()
    record = desk.decide(number)

    with pytest.raises(UserError, match="hanya satu kali"):
        desk.start(action="CHANGE", record_id=record)
    assert not desk.group("golongan").kinds[0].can_add


@pytest.mark.parametrize("ending", ["withdrawn", "rejected"])
def test_a_chance_that_came_to_nothing_was_none(desk: Desk, ending: str) -> None:
    number = desk.sent()
    if ending == "withdrawn":
        desk.withdraw(number)
    else:
        desk.office(number, ProposalAction.REJECT, reason="TMS-02", note="SK tidak terdaftar")

    assert desk.start() != number


def test_other_kinds_may_be_proposed_again(desk: Desk) -> None:
    record = desk.decide(desk.sent("penghargaan", PENGHARGAAN))

    assert desk.start("penghargaan", action="CHANGE", record_id=record)


def test_two_years_of_skp_and_no_third(desk: Desk) -> None:
    for year in ("2024", "2025"):
        desk.save(desk.start("skp"), SKP | {"tahun": year})

    with pytest.raises(UserError, match="2 usulan SKP"):
        desk.start("skp")


def test_no_more_drafts_than_any_family_has(desk: Desk) -> None:
    for count in range(20):
        desk.save(desk.start("keluarga", "anak"), {"nama": f"Anak {count}"})

    with pytest.raises(UserError, match="20 usulan"):
        desk.start("keluarga", "anak")


def test_golongan_can_not_be_deleted_and_the_profile_is_no_proposal(desk: Desk) -> None:
    with pytest.raises(UserError, match="tidak dapat dihapus"):
        desk.start(action="DELETE", record_id=desk.put("golongan"))
    with pytest.raises(UserError, match="halaman Profil"):
        desk.start("profil", action="CHANGE", record_id=desk.put("profil"))


def test_a_second_record_of_a_kind_of_one_is_a_change(desk: Desk) -> None:
    desk.put("cpns-pns", {"nomor_sk_cpns": "1", "tmt_cpns": "2010-01-01"})

    with pytest.raises(UserError, match="Ubah data itu"):
        desk.start("cpns-pns")


def test_a_declaration_falls_when_a_proposal_begins(desk: Desk) -> None:
    desk.put("penghargaan")
    desk.state("penghargaan", Declaration.SESUAI)
    desk.start("penghargaan", action="ADD")

    assert desk.rows(GroupDeclaration) == []
    assert desk.tile("penghargaan").done is False


def test_the_groups_of_others_do_not_exist(desk: Desk) -> None:
    with pytest.raises(PermissionDenied):
        desk.start("tidak-ada")
    with pytest.raises(PermissionDenied):
        desk.start("golongan", "anak")
    with pytest.raises(PermissionDenied):
        desk.start(action="MERGE")
    with pytest.raises(PermissionDenied):
        desk.of(desk.portal.dewi).start("cltn")  # a CPNS has none


def test_another_persons_record_is_answered_like_an_unknown_one(desk: Desk) -> None:
    theirs = desk.of(desk.portal.budi).put("golongan")

    for record in (theirs, 999_999):
        with pytest.raises(PermissionDenied) as answer:
            desk.start(action="CHANGE", record_id=record)
        assert str(answer.value) == "no such record of this person"
    with pytest.raises(PermissionDenied):
        desk.start(action="CHANGE")
    with pytest.raises(PermissionDenied):
        desk.start(action="ADD", record_id=theirs)


def test_a_draft_is_thrown_away_and_a_sent_one_is_not(desk: Desk) -> None:
    draft, sent = desk.start("keluarga", "anak"), desk.sent()
    desk.do(new_proposal.discard_draft, draft)

    assert desk.where(draft) is ProposalState.DIHAPUS
    assert draft not in [view.id for view in desk.see(history.list_proposals).items]
    with pytest.raises(UserError, match="sudah dikirim"):
        desk.do(new_proposal.discard_draft, sent)
    assert desk.start("keluarga", "anak") != draft


def test_nobody_throws_away_what_is_not_theirs(desk: Desk) -> None:
    number = desk.start()
    with pytest.raises(PermissionDenied):
        desk.of(desk.portal.budi).do(new_proposal.discard_draft, number)
    assert desk.where(number) is ProposalState.DRAF


def test_starting_leaves_a_first_step_in_the_trail(desk: Desk) -> None:
    number = desk.draft("golongan", GOLONGAN)

    assert [(step.act, step.after) for step in desk.trail(number)] == [(ProposalAction.SAVE_DRAFT, ProposalState.DRAF)]


def test_a_deletion_is_ready_at_once_and_shows_what_it_deletes(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.start("keluarga", "anak", "DELETE", child)
    view = desk.form(number)

    assert view.proposal.may_send
    assert view.fields == []
    assert view.proposal.title == ANAK["nama"]
    assert desk.rows(Proposal, col(Proposal.id) == number)[0].record_id == child
