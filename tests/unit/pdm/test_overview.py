"""The tiles, the progress, what blocks and what comes next; a group's records beside what is proposed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event
from sqlmodel import col

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind, Phase
from mysapk_web.pdm import history, new_proposal, review
from mysapk_web.pdm.pages.pdm import format_remaining
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.pdm.rules.groups.base import Requirement
from mysapk_web.pdm.rules.proposal import GroupState, ProposalAction
from mysapk_web.pdm.tables import PersonnelRecord
from tests.support.portal import START, after, days
from tests.support.proposals import ANAK, GOLONGAN, ON_FILE, PENGHARGAAN, Desk, publish


def finish_rest(desk: Desk) -> None:
    """Everything that Ani has to handle, beside her golongan."""
    for kind in ("penghargaan", "profil"):
        desk.put(kind)
    for kind in ("jabatan", "pendidikan", "skp", "cpns-pns"):
        desk.put(kind, {})
    for group in ("profil", "jabatan", "pendidikan", "skp", "penghargaan", "cpns-pns"):
        desk.state(group, "SESUAI")
    for group in (group.key for group in GROUPS if group.requirement is Requirement.IF_ANY):
        desk.state(group, "TIDAK_ADA")


def test_all_tiles_are_red_to_begin_with(desk: Desk) -> None:
    board = desk.board()

    assert [tile.key for tile in board.tiles] == [group.key for group in GROUPS]
    assert (board.done, board.total, board.percent) == (0, len(GROUPS), 0)
    assert (board.phase, board.days_left, board.may_write) == (Phase.OPEN, 21, True)
    assert board.next_step.href == "/pdm/profil"
    assert len(board.blockers) == len(GROUPS)
    assert board.blockers[-1] == "Keluarga: belum diperiksa (tidak wajib)."
    assert format_remaining(board) == "Belum selesai: 12 kelompok (1 di antaranya tidak wajib)"


def test_only_the_groups_that_concern_a_person(desk: Desk) -> None:
    board = desk.of(desk.portal.dewi).board()
    assert [tile.key for tile in board.tiles] == [group.key for group in groups_for(JenisPegawai.CPNS)]


def test_a_tile_follows_its_proposal(desk: Desk) -> None:
    desk.put("golongan")
    seen = []

    def look() -> None:
        tile = desk.tile("golongan")
        seen.append((tile.state, tile.tone, tile.counts, tile.done))

    number = desk.draft("golongan", GOLONGAN)
    look()
    desk.send(number)
    look()
    desk.give_back(number)
    look()
    desk.send(number)
    desk.decide(number)
    look()
    assert seen == [
        (GroupState.BELUM_DIPERIKSA, "todo", "1 riwayat di berkas, 1 draf", False),
        (GroupState.ADA_USULAN, "good", "1 riwayat di berkas, 1 usulan berjalan", True),
        (GroupState.PERLU_PERBAIKAN, "warn", "1 riwayat di berkas, 1 dikembalikan", False),
        (GroupState.SELESAI, "good", "2 riwayat di berkas", True),
    ]


def test_a_rejected_proposal_is_read_and_the_group_looked_at_again(desk: Desk) -> None:
    number = desk.sent("penghargaan", PENGHARGAAN)
    desk.office(number, ProposalAction.REJECT, reason="TMS-01", note="Sudah tercatat")

    assert desk.tile("penghargaan").state == GroupState.PERLU_PERBAIKAN
    shown = desk.group("penghargaan").kinds[0].proposals[0]
    assert (shown.id, shown.reason) == (number, "Riwayat sudah tercatat: Sudah tercatat")
    assert any("ditolak" in blocker for blocker in desk.board().blockers)


def test_changing_the_profile_in_this_pdm_makes_its_tile_green(desk: Desk) -> None:
    record = desk.put("profil")
    assert not desk.tile("profil").done
    with desk.portal.db.begin() as session:
        held = session.merge(desk.record(record))
        held.version, held.changed_at = 2, START
    assert desk.tile("profil").state == GroupState.SELESAI


def test_what_comes_next(desk: Desk) -> None:
    desk.state("cltn", "TIDAK_ADA")
    started = desk.start("jabatan")
    assert desk.board().next_step.title == "Lanjutkan Jabatan"
    desk.do(new_proposal.discard_draft, started)
    desk.draft("golongan", GOLONGAN)
    assert desk.board().next_step.href == "/pdm/profil"
    assert desk.board().ready == 1
    desk.send()

    finish_rest(desk)
    assert desk.board().next_step.href == "/pdm/keluarga"
    assert format_remaining(desk.board()) == "Belum selesai: 1 kelompok (tidak wajib)"
    desk.state("keluarga", "TIDAK_ADA")
    assert desk.board().next_step.href == "/pdm/bukti"
    assert (desk.board().percent, desk.board().blockers) == (100, [])


def test_a_complete_draft_waits_to_be_sent(desk: Desk) -> None:
    finish_rest(desk)
    desk.sent()
    child = desk.draft("keluarga", ANAK, kind="anak")

    assert desk.board().next_step.href == "/pdm/kirim"
    assert any("sudah lengkap, belum dikirim" in blocker for blocker in desk.board().blockers)
    assert desk.send(child).complete
    desk.draft("keluarga", ANAK | {"nama": "Citra Lestari"}, kind="anak")
    assert (desk.board().done, format_remaining(desk.board())) == (len(GROUPS), "Yang belum terkirim")


def test_a_group_shows_the_record_beside_what_is_proposed(desk: Desk) -> None:
    child = desk.put("anak", ON_FILE["anak"] | {"jenis_identitas": "1", "nik": "3374011708120001"})
    changed = desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    added = desk.draft("keluarga", ANAK | {"nama": "Citra Lestari"}, kind="anak")
    desk.send(changed, added)
    view = desk.group("keluarga")

    shown = view.kinds[1]
    assert [record.title for record in shown.records] == [ANAK["nama"]]
    assert [(each.id, each.title) for each in shown.records[0].pending] == [(changed, "Bagas Putra")]
    assert [proposal.id for proposal in shown.proposals] == [added]
    assert dict(shown.records[0].rows)["NIK"] == "*****0001"
    assert dict(shown.records[0].rows)["Tanggal lahir"] == "17 Agustus 2012"
    assert (shown.can_add, shown.records[0].may_change, shown.records[0].may_delete) == (True, False, False)
    assert "masih diproses" in shown.records[0].why_not


def test_records_stand_with_the_latest_first_and_only_that_one_is_proposed(desk: Desk) -> None:
    desk.put("golongan", {"golongan": "31", "tmt_golongan": "2014-04-01"})
    desk.put("golongan", {"golongan": "33", "tmt_golongan": "2022-04-01"})
    desk.put("golongan", {"golongan": "32", "tmt_golongan": "2018-04-01"})
    records = desk.group("golongan").kinds[0].records

    assert [record.title for record in records] == ["III/c Penata", "III/b Penata Muda Tingkat I", "III/a Penata Muda"]
    assert [record.may_change for record in records] == [True, False, False]


def test_old_values_are_shown_as_they_are(desk: Desk) -> None:
    desk.put(
        "golongan", {"golongan": "88", "tmt_golongan": "kapan-kapan", "nomor_sk": 5, "lain": "x", "tanggal_sk": None}
    )
    record = desk.group("golongan").kinds[0].records[0]

    assert record.rows == [("Golongan", "88"), ("TMT golongan", "kapan-kapan")]


def test_a_person_sees_only_the_own_data(desk: Desk) -> None:
    other = desk.of(desk.portal.budi)
    other.put("anak")
    other.draft("keluarga", ANAK, kind="anak")

    assert desk.tile("keluarga").counts == "Belum ada riwayat di berkas"
    assert desk.group("keluarga").kinds[1].records == []
    assert desk.see(review.load_review).ready == []
    assert desk.see(history.list_proposals).items == []


def test_two_hundred_records_cost_no_more_questions_than_two(desk: Desk) -> None:
    def asked() -> int:
        statements = []
        engine = desk.portal.db.engine
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        desk.board()
        desk.group("keluarga")
        return len(statements)

    desk.put("anak")
    desk.save(desk.start("keluarga", "anak"), {"nama": "Bagas"})
    few = asked()
    with desk.portal.db.begin() as session:
        session.add_all(
            PersonnelRecord(
                pegawai_id=desk.person.pegawai_id,
                kind="anak",
                payload=ON_FILE["anak"],
                created_at=START,
                changed_at=START,
            )
            for _ in range(200)
        )
    assert asked() == few
    assert desk.tile("keluarga").count == 201


def test_a_new_pdm_begins_red_again(desk: Desk) -> None:
    desk.put("penghargaan")
    desk.state("penghargaan", "SESUAI")
    desk.decide(desk.sent())
    later = START + timedelta(days=365)
    publish(desk.portal, (PeriodKind.PDM, later, later + timedelta(days=30)))
    with after(366 * days):
        assert desk.board().done == 0
        assert desk.start(
            action="CHANGE", record_id=desk.rows(PersonnelRecord, col(PersonnelRecord.kind) == "golongan")[0].id
        )
