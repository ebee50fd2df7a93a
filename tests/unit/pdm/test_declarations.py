""" "Data sudah sesuai" and "tidak ada riwayat": only where they are true, and never beside a proposal."""

from __future__ import annotations

import pytest

from mysapk_web.pdm import overview
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.base import Group
from mysapk_web.pdm.rules.proposal import Declaration, GroupState
from mysapk_web.pdm.tables import GroupDeclaration, PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.portal import after, days
from tests.support.proposals import ON_FILE, PENGHARGAAN, Desk


def test_what_is_on_file_is_right(desk: Desk) -> None:
    desk.put("penghargaan")
    assert desk.tile("penghargaan").done is False
    desk.state("penghargaan", "SESUAI")

    tile = desk.tile("penghargaan")
    assert (tile.done, tile.state, tile.state_label) == (True, GroupState.SESUAI, "Data sudah sesuai")
    assert desk.group("penghargaan").declaration == Declaration.SESUAI
    event = desk.portal.events(AuditTag.GROUP_DECLARED)[-1]
    assert event.detail == {"group": "penghargaan", "declaration": "SESUAI"}


def test_there_is_nothing(desk: Desk) -> None:
    desk.state("cltn", "TIDAK_ADA")
    assert desk.tile("cltn").state_label == "Tidak ada riwayat"


def test_taken_back(desk: Desk) -> None:
    desk.state("cltn", "TIDAK_ADA")
    desk.state("cltn", None)
    desk.state("cltn", None)

    assert desk.tile("cltn").done is False
    assert [event.detail["declaration"] for event in desk.portal.events(AuditTag.GROUP_DECLARED)] == ["TIDAK_ADA", ""]


def test_said_anew_it_is_still_one(desk: Desk) -> None:
    desk.state("keluarga", "TIDAK_ADA")
    desk.put("anak")
    desk.state("keluarga", "SESUAI")

    assert [row.declaration for row in desk.rows(GroupDeclaration)] == [Declaration.SESUAI]


REFUSED = [
    ("golongan", "SESUAI", True, "harus diusulkan"),
    ("penghargaan", "SESUAI", False, "Belum ada data"),
    ("penghargaan", "TIDAK_ADA", True, "Masih ada riwayat"),
    ("jabatan", "TIDAK_ADA", False, "wajib diisi"),
]


@pytest.mark.parametrize(("group", "statement", "on_file", "words"), REFUSED)
def test_what_is_not_true_is_refused(desk: Desk, group: str, statement: str, on_file: bool, words: str) -> None:
    if on_file:
        desk.put(group)
    with pytest.raises(UserError, match=words):
        desk.state(group, statement)
    assert desk.rows(GroupDeclaration) == []


OFFERED = [(group, on_file) for group in GROUPS for on_file in (False, True)]


@pytest.mark.parametrize(("group", "on_file"), OFFERED, ids=lambda value: getattr(value, "key", value))
def test_what_the_page_offers_works_and_what_it_does_not_offer_is_refused(
    desk: Desk, group: Group, on_file: bool
) -> None:
    if on_file:
        kind = group.kinds[-1].key
        desk.put(kind, ON_FILE.get(kind, {}))
    view = desk.group(group.key)
    offered = {
        Declaration.SESUAI: not view.why_not_confirmed,
        Declaration.TIDAK_ADA: view.may_have_none,
    }
    accepted = {}
    for wanted in offered:
        try:
            desk.state(group.key, wanted)
            accepted[wanted] = True
        except UserError:
            accepted[wanted] = False
    assert offered == accepted
    assert offered[Declaration.SESUAI] is (on_file and group.sesuai_allowed)
    assert offered[Declaration.TIDAK_ADA] is (not on_file and group.may_have_none)


@pytest.mark.parametrize("sent", [False, True])
def test_not_beside_an_open_proposal(desk: Desk, sent: bool) -> None:
    desk.put("penghargaan")
    number = desk.draft("penghargaan", PENGHARGAAN)
    if sent:
        desk.send(number)

    with pytest.raises(UserError, match="Kirim, tarik, atau hapus"):
        desk.state("penghargaan", "SESUAI")
    assert "Kirim" in desk.group("penghargaan").declaration_blocker
    desk.withdraw(number)
    desk.state("penghargaan", "SESUAI")


def test_a_profile_is_right_when_nothing_is_missing(desk: Desk) -> None:
    desk.put("profil", {"alamat": "Jalan Melati 4", "kabupaten": "33.74"})
    with pytest.raises(UserError, match="Nomor HP"):
        desk.state("profil", "SESUAI")

    with desk.portal.db.begin() as session:
        record = session.get(PersonnelRecord, 1)
        assert record is not None
        record.payload = ON_FILE["profil"]
    desk.state("profil", "SESUAI")
    assert desk.tile("profil").done


def test_unknown_words_and_groups(desk: Desk) -> None:
    with pytest.raises(PermissionDenied):
        desk.state("cltn", "MUNGKIN")
    with pytest.raises(PermissionDenied):
        desk.state("lain", "SESUAI")


def test_what_was_said_in_an_earlier_pdm_is_said_again(desk: Desk) -> None:
    with after(-20 * days), desk.portal.db.begin() as session:
        session.add(
            GroupDeclaration(
                pegawai_id=desk.person.pegawai_id, group="cltn", declaration=Declaration.TIDAK_ADA, at=clock.now()
            )
        )
    assert desk.tile("cltn").done is False
    desk.state("cltn", "TIDAK_ADA")
    assert desk.tile("cltn").done
    assert len(desk.rows(GroupDeclaration)) == 1


def test_one_persons_words_are_not_anothers(desk: Desk) -> None:
    desk.state("cltn", "TIDAK_ADA")
    assert desk.of(desk.portal.budi).tile("cltn").done is False
    assert desk.see(overview.load_board).done == 1
