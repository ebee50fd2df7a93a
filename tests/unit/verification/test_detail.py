"""One proposal on the desk: what is shown beside what, who has it, what can be corrected, whose documents can be read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import Document, Proposal, ProposalEvent
from mysapk_web.platform import clock
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.verification import claims, corrections
from mysapk_web.verification.detail import ProposalDetail
from mysapk_web.verification.document_access import open_document, record_document_read
from mysapk_web.verification.rules.separation_of_duties import CLAIM_LIFE
from tests.support.portal import START, after, minutes
from tests.support.proposals import ANAK, GOLONGAN, PENGHARGAAN, SKP
from tests.support.reviewers import Office

A, S = ProposalAction, ProposalState


def _changed_child(office: Office) -> int:
    child = office.desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17"})
    number = office.desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    office.desk.send(number)
    return number


def test_the_proposal_beside_what_is_on_file(office: Office) -> None:
    opened = office.verifier.open(_changed_child(office))

    changed = {line.name: (line.before, line.after) for line in opened.lines if line.differs}
    assert changed == {"nama": ("Bagas Lestari", "Bagas Putra")}
    assert opened.changed == 1
    same = next(line for line in opened.lines if line.name == "tanggal_lahir")
    assert (same.before, same.after, same.differs) == ("17 Agustus 2012",) * 2 + (False,)
    assert (opened.name, opened.nip) == (office.desk.person.nama, office.desk.person.nip)


def test_what_a_verifikator_has_to_read_is_not_masked(office: Office) -> None:
    number = office.desk.draft("keluarga", ANAK | {"nomor_hp": "081234567890"}, kind="anak")
    office.desk.send(number)
    lines = {line.name: line.after for line in office.verifier.open(number).lines}
    assert lines["nomor_hp"] == "081234567890"


def test_a_new_record_and_a_deletion(office: Office) -> None:
    new = office.verifier.open(office.sent())
    assert all(line.differs and not line.before for line in new.lines)
    child = office.desk.put("anak")
    number = office.desk.start("keluarga", "anak", "DELETE", child)
    office.desk.send(number)
    gone = office.verifier.open(number)
    assert all(line.differs and not line.after for line in gone.lines)
    assert gone.can_correct is False
    assert gone.lines


def test_the_checks(office: Office) -> None:
    checks = office.verifier.open(office.sent()).checks
    assert [check.result for check in checks[:3]] == ["good", "good", "good"]
    skp = office.verifier.open(office.desk.sent("skp", SKP)).checks
    assert any(check.name == "Mutu data" for check in skp)


def test_a_document_that_is_missing(office: Office) -> None:
    number = office.sent()
    with office.desk.portal.db.begin() as session:
        for row in office.desk.rows(Document):
            session.merge(row).removed_at = START

    opened = office.verifier.open(number)
    assert [check.name for check in opened.checks if check.result == "bad"] == ["Dokumen wajib"]
    with pytest.raises(UserError):
        office.verifier.decide(number, A.VERIFY)


# Decided -----------------------------------------------------------------------------------------


def _move_to_the_other_agency(office: Office) -> None:
    with office.desk.portal.db.begin() as s:
        citra = s.exec(select(Pegawai).where(Pegawai.id == office.desk.portal.citra.pegawai_id)).one()
        ani = s.exec(select(Pegawai).where(Pegawai.id == office.desk.person.pegawai_id)).one()
        ani.instansi_id, ani.unor_id = citra.instansi_id, citra.unor_id
        s.add(ani)


def _changed_again(office: Office, record_id: int) -> None:
    """Another proposal for the record is applied."""
    values = {"nama": "Nama Kemudian", "nomor_hp": "081299998888"}
    office.desk.decide(
        office.desk.sent("keluarga", values, kind="anak", action="CHANGE", record_id=record_id),
    )


def _reject(office: Office, number: int) -> None:
    office.verifier.decide(number, A.REJECT, reason="TMS-01", note="Sudah tercatat")


@pytest.mark.parametrize("moves", [False, True])
def test_a_decided_proposal_is_no_window_to_what_came_later(office: Office, moves: bool) -> None:
    number = _changed_child(office)
    record_id = office.desk.proposal(number).record_id or 0
    _reject(office, number)
    at_once = office.verifier.open(number)
    if moves:
        _move_to_the_other_agency(office)
    _changed_again(office, record_id)

    later = office.verifier.open(number)
    assert later.lines == at_once.lines
    assert {line.name: (line.before, line.after) for line in later.lines if line.differs} == {
        "nama": ("Bagas Lestari", "Bagas Putra")
    }
    assert not any("Kemudian" in line.before or "081299998888" in line.before for line in later.lines)


def test_an_applied_proposal_stays_beside_what_it_replaced(office: Office) -> None:
    number = _changed_child(office)
    record_id = office.desk.proposal(number).record_id or 0
    before = [(line.name, line.before, line.after) for line in office.verifier.open(number).lines]
    office.desk.decide(number)
    _changed_again(office, record_id)
    assert [(line.name, line.before, line.after) for line in office.verifier.open(number).lines] == before


def test_an_applied_new_record_and_an_applied_deletion_look_as_they_were_decided(office: Office) -> None:
    new = office.sent()
    office.desk.decide(new)
    assert all(line.differs and not line.before for line in office.verifier.open(new).lines)
    gone = office.desk.start("keluarga", "anak", "DELETE", office.desk.put("anak"))
    office.desk.send(gone)
    before = office.verifier.open(gone).lines
    office.desk.decide(gone)
    assert before
    assert office.verifier.open(gone).lines == before


def test_what_is_decided_is_not_checked_again(office: Office) -> None:
    """The checks compare with what is on file now, and so would tell of it."""
    number = _changed_child(office)
    record_id = office.desk.proposal(number).record_id or 0
    _reject(office, number)
    _changed_again(office, record_id)
    opened = office.verifier.open(number)
    assert opened.checks == []
    assert [line.name for line in opened.lines if line.note] == []
    assert "tidak diulang" in opened.blocker


@pytest.mark.parametrize("decided", [False, True])
def test_where_a_person_works_who_has_left_the_agency_is_not_shown(office: Office, decided: bool) -> None:
    number = _changed_child(office)
    if decided:
        _reject(office, number)
    there = office.verifier.open(number)
    assert (there.owner_unit, there.instansi) == ("Pemerintah Kabupaten Contoh",) * 2
    _move_to_the_other_agency(office)
    with office.desk.portal.db.read() as s:
        new = s.exec(select(Instansi.name).where(Instansi.id == office.desk.portal.citra.instansi_id)).one()
    left = office.verifier.open(number)
    assert new not in repr(left)
    assert (left.owner_unit, left.instansi) == ("Sudah pindah instansi", "unit kerja sekarang tidak ditampilkan")
    assert left.unit == there.unit


# Claims ------------------------------------------------------------------------------------------


def test_one_at_a_time(office: Office) -> None:
    number = office.sent()
    first, second = office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)

    assert first.do(claims.claim, number).mine
    held = second.do(claims.claim, number)
    assert (held.mine, held.holder) == (False, "Budi Hartono")
    assert "Budi Hartono" in second.open(number).blocker
    with pytest.raises(UserError, match=r"diperiksa Budi Hartono, paling lama sampai 24 Agustus 2026 09\.15 WIB"):
        second.decide(number, A.VERIFY)
    with after(CLAIM_LIFE.total_seconds()):
        assert second.do(claims.claim, number).mine
        assert first.do(claims.claim, number).holder == "Dewi Anggraini"


def test_who_stays_keeps_it(office: Office) -> None:
    number = office.sent()
    first, second = office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    first.do(claims.claim, number)
    with after(10 * minutes):
        first.do(claims.claim, number)
    with after(20 * minutes):
        assert second.do(claims.claim, number).holder == "Budi Hartono"


def test_given_back(office: Office) -> None:
    number = office.sent()
    first, second = office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    first.do(claims.claim, number)
    second.do(claims.release, number)
    assert second.do(claims.claim, number).holder == "Budi Hartono"
    first.do(claims.release, number)
    assert second.do(claims.claim, number).mine


def test_decided_is_given_back(office: Office) -> None:
    number = office.sent()
    office.verifier.do(claims.claim, number)
    office.verifier.decide(number, A.VERIFY)
    assert office.approver.do(claims.claim, number).mine


def test_who_had_a_hand_in_it_keeps_it_from_nobody(office: Office) -> None:
    """They may decide no more, so opening it again takes nothing."""
    number = office.sent()
    both = office.someone(office.desk.portal.budi, Role.ADMIN_INSTANSI)
    both.decide(number, A.VERIFY)
    assert not both.do(claims.claim, number).mine
    assert office.approver.do(claims.claim, number).mine


def test_a_claim_ends_with_the_account_that_has_it(office: Office) -> None:
    number = office.sent()
    first, second = office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    first.do(claims.claim, number)
    with office.desk.portal.db.begin() as s:
        s.execute(update(Account).where(col(Account.id) == first.actor.account_id).values(disabled_at=clock.now()))
    assert second.do(claims.claim, number).mine


def test_reading_takes_nothing(office: Office) -> None:
    number = office.sent()
    assert office.approver.do(claims.claim, number).mine is False
    assert office.verifier.do(claims.claim, number).mine


# Corrections -------------------------------------------------------------------------------------


def test_a_value_is_corrected_and_the_old_one_kept(office: Office) -> None:
    number = office.sent()
    office.verifier.correct(number, "nomor_sk", "45/TK/2020", note="Menurut SK.")

    assert office.desk.proposal(number).payload["nomor_sk"] == "45/TK/2020"
    assert office.desk.where(number) is S.INPUT_BERKAS
    step = office.desk.trail(number)[-1]
    assert step.act is A.CORRECT
    assert step.note == "Menurut SK. (Nomor SK: 44/TK/2020 menjadi 45/TK/2020)"
    assert step.changes == [{"field": "nomor_sk", "before": "44/TK/2020", "after": "45/TK/2020"}]
    assert "45/TK/2020" in office.desk.notices()[-1].text
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    assert office.desk.portal.events(AuditTag.PROPOSAL_CORRECTED)


def test_a_sensitive_value_is_masked_for_eyes_and_kept_in_full(office: Office) -> None:
    number = office.desk.draft("keluarga", ANAK | {"nomor_hp": "081234567890"}, kind="anak")
    office.desk.send(number)
    office.verifier.correct(number, "nomor_hp", "081234567891")

    step = office.desk.trail(number)[-1]
    assert "081234567890" not in step.note
    assert step.changes[0]["before"] == "081234567890"


@pytest.mark.parametrize(
    ("field", "value", "note", "fault"),
    [
        ("nomor_sk", "", "x", "nilai"),
        ("tanggal_sk", "31-02-2020", "x", "nilai"),
        ("jenis_penghargaan", "tidak-ada", "x", "nilai"),
        ("tahun", "2019", "x", "nilai"),
        ("nomor_sk", "45", "", "catatan"),
        ("nomor_sk", "45", "x" * 401, "catatan"),
        ("nomor_sk", "x" * 5000, "x", "nilai"),
    ],
)
def test_what_can_t_be_right(office: Office, field: str, value: str, note: str, fault: str) -> None:
    number = office.sent()
    before = office.desk.proposal(number)
    with pytest.raises((FormError, UserError)) as refused:
        office.verifier.correct(number, field, value, note=note)
    if isinstance(refused.value, FormError):
        assert list(refused.value.faults) == [fault]
    assert office.desk.proposal(number) == before


def test_nothing_changed(office: Office) -> None:
    number = office.sent()
    with pytest.raises(UserError, match="sama"):
        office.verifier.correct(number, "nomor_sk", "44/TK/2020")


def test_a_field_that_there_is_not(office: Office) -> None:
    number = office.sent()
    for field in ("pegawai_id", "id", "", "state"):
        with pytest.raises(PermissionDenied):
            office.verifier.correct(number, field, "1")
        with pytest.raises(PermissionDenied):
            office.verifier.see(corrections.correction, number, field)


def test_only_the_verifikator_whose_turn_it_is_corrects(office: Office) -> None:
    number = office.sent()
    for official in (office.approver, office.bkn, office.stranger):
        with pytest.raises(PermissionDenied):
            official.correct(number, "nomor_sk", "1")
        with pytest.raises(PermissionDenied):
            official.see(corrections.correction, number, "nomor_sk")
    office.verifier.decide(number, A.VERIFY)
    with pytest.raises(UserError):
        office.verifier.correct(number, "nomor_sk", "1")


def test_how_a_field_is_corrected(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    given: dict[str, Any] = {
        field: office.verifier.see(corrections.correction, number, field)
        for field in ("golongan", "tanggal_sk", "nomor_sk")
    }
    assert (given["golongan"].value, given["golongan"].searched) == ("33", False)
    assert ("33", "III/c Penata") in given["golongan"].options or len(given["golongan"].options) > 10
    assert given["tanggal_sk"].value == "20-03-2022"
    assert given["nomor_sk"].options == []
    assert (given["nomor_sk"].label, given["nomor_sk"].value) == ("Nomor SK", GOLONGAN["nomor_sk"])


# Documents ---------------------------------------------------------------------------------------


def test_whose_documents_can_be_read(office: Office) -> None:
    draft = office.desk.draft("penghargaan", PENGHARGAAN)
    document = office.desk.rows(Document)[0].id
    given = {"document_id": document}
    own = office.desk.see(open_document, **given)
    assert own.belongs_to_other is False
    with pytest.raises(PermissionDenied):
        office.verifier.see(open_document, **given)
    office.desk.send(draft)

    assert office.verifier.see(open_document, **given).belongs_to_other is True
    assert office.approver.see(open_document, **given)
    there = office.unit("Dinas Dua")
    for official in (
        office.stranger,
        office.bkn,  # it decides on other kinds only
        office.someone(office.desk.portal.budi, Role.VERIFIKATOR, there.path),
        office.someone(office.desk.portal.budi, Role.ADMIN_SATKER),
    ):
        with pytest.raises(PermissionDenied):
            official.see(open_document, **given)


def test_reading_is_written_down(office: Office) -> None:
    office.sent()
    document = office.desk.rows(Document)[0].id
    office.verifier.do(record_document_read, document_id=document)

    event = office.desk.portal.events(AuditTag.DOCUMENT_READ)[-1]
    assert (event.actor_id, event.subject_id) == (office.desk.portal.budi.account_id, office.desk.person.account_id)
    assert event.detail["document_id"] == document
    assert office.desk.rows(ProposalEvent, col(ProposalEvent.act) == A.VERIFY) == []


# The same, and similar ---------------------------------------------------------------------------


def _of_duplicates(opened: ProposalDetail) -> list[tuple[str, str]]:
    return [(check.result, check.note) for check in opened.checks if check.name == "Data ganda"]


def test_a_check_says_with_what_it_compared_and_by_what(office: Office) -> None:
    office.desk.put("penghargaan")  # of another year
    ((result, note),) = _of_duplicates(office.verifier.open(office.desk.sent("keluarga", ANAK, kind="anak")))
    assert result == "good"
    assert "0 data Anak pada berkas dan 0 usulan lain" in note
    assert "Nama lengkap tanpa gelar + Tanggal lahir; NIK; Nomor paspor" in note
    names = [check.name for check in office.verifier.open(office.sent()).checks]
    assert "Data pada berkas" not in names  # nothing on file was asked for a new record


def test_of_a_deletion_only_the_record_is_checked(office: Office) -> None:
    number = office.desk.start("keluarga", "anak", "DELETE", office.desk.put("anak"))
    office.desk.send(number)
    (check,) = office.verifier.open(number).checks
    assert (check.name, check.result) == ("Data pada berkas", "good")


def test_what_came_on_file_after_it_was_sent_stands_in_the_way(office: Office) -> None:
    number = office.sent()
    office.desk.put("penghargaan", PENGHARGAAN | {"tanggal_sk": "2020-08-10", "tahun": 2020, "nomor_sk": "9/TK/2020"})
    opened = office.verifier.open(number)
    ((result, note),) = _of_duplicates(opened)
    assert result == "bad"
    assert "Sama dengan data pada berkas: Satyalancana Karya Satya 10 Tahun" in note
    assert "Nomor SK (berkas: 9/TK/2020, diusulkan: 44/TK/2020)" in note
    assert [view.act for view in opened.acts if view.blocked] == [A.VERIFY.value]
    with pytest.raises(UserError, match="Pemeriksaan otomatis"):
        office.verifier.decide(number, A.VERIFY)
    office.verifier.give_back(number)


def test_a_similar_record_is_shown_at_the_desk_in_full(office: Office) -> None:
    twin = ANAK | {"tanggal_lahir": "2012-08-17", "jenis_identitas": "1", "nik": "3374011708120001"}
    office.desk.put("anak", twin)
    number = office.desk.sent("keluarga", ANAK | {"nama": "Bagus Lestari"}, kind="anak")
    opened = office.verifier.open(number)
    ((result, note),) = _of_duplicates(opened)
    assert result == "warn"
    assert "Mirip dengan data pada berkas: Bagas Lestari" in note
    assert "NIK (berkas: 3374011708120001, diusulkan: kosong)" in note
    assert not any(view.blocked for view in opened.acts)
    office.verifier.decide(number, A.VERIFY)


def test_a_draft_of_the_person_is_nothing_that_a_desk_hears_of(office: Office) -> None:
    older = office.desk.draft("keluarga", ANAK | {"nama": "Lain Sekali", "tanggal_lahir": "01-01-2019"}, kind="anak")
    number = office.desk.sent("keluarga", ANAK, kind="anak")
    office.desk.save(older, ANAK | {"nama": "Bagas Lestari"})
    opened = office.verifier.open(number)
    ((result, note),) = _of_duplicates(opened)
    assert (result, "dan 0 usulan lain" in note) == ("good", True)
    office.verifier.decide(number, A.VERIFY)


def test_another_proposal_on_its_way_is_shown(office: Office) -> None:
    first = office.desk.sent("keluarga", ANAK, kind="anak")
    second = office.desk.sent("keluarga", ANAK | {"nama": "Bagus Lestari", "akta_kelahiran": "9"}, kind="anak")
    for number, other in ((first, "Bagus Lestari"), (second, "Bagas Lestari")):
        ((result, note),) = _of_duplicates(office.verifier.open(number))
        assert result == "warn"
        assert f"Mirip dengan usulan lain: {other}" in note


def test_what_lies_in_another_agency_is_none_of_its_business(office: Office) -> None:
    first = office.desk.sent("keluarga", ANAK, kind="anak")
    second = office.desk.sent("keluarga", ANAK | {"nama": "Bagus Lestari", "akta_kelahiran": "9"}, kind="anak")
    with office.desk.portal.db.begin() as session:
        session.get_one(Proposal, second).instansi_id = office.desk.portal.citra.instansi_id
    ((result, note),) = _of_duplicates(office.verifier.open(first))
    assert (result, "dan 0 usulan lain yang diproses di instansi ini" in note) == ("good", True)


def test_a_correction_makes_nothing_a_second_time(office: Office) -> None:
    office.desk.put("penghargaan")
    number = office.sent({"tahun": "2020"})
    rewritten = {"tanggal_sk": "2019-08-10"}
    with office.desk.portal.db.begin() as session:
        row = session.get_one(Proposal, number)
        row.payload = {**row.payload, **rewritten}
    office.verifier.do(claims.claim, number)
    with pytest.raises(FormError, match="menjadi sama dengan data pada berkas") as refused:
        office.verifier.correct(number, "tahun", "2019")
    assert set(refused.value.faults) == {"nilai"}
    assert office.desk.proposal(number).payload["tahun"] == 2020
