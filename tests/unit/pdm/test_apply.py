"""A record on file changes by applying a decided proposal, once, and its old value is kept."""

from __future__ import annotations

import pytest
from sqlmodel import col

from mysapk_web.pdm import apply
from mysapk_web.pdm.code_tables import forget_cached_codes
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import CodeTableEntry, FormerValue, PersonnelRecord
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.portal import START, after, days
from tests.support.proposals import ANAK, GOLONGAN, PENGHARGAAN, SKP, Desk


def test_a_new_record(desk: Desk) -> None:
    number = desk.sent()
    record = desk.record(desk.decide(number))

    assert (record.kind, record.version, record.removed_at) == ("golongan", 1, None)
    assert record.payload == desk.proposal(number).payload
    assert desk.proposal(number).record_id == record.id
    assert desk.proposal(number).ended_at == START
    assert desk.portal.events(AuditTag.PROPOSAL_APPLIED)[-1].subject_id == desk.person.account_id


def test_a_change_keeps_the_old_value_and_what_the_agency_keeps_beside_it(desk: Desk) -> None:
    old = ANAK | {"tanggal_lahir": "2012-08-17", "catatan_instansi": "lama"}
    child = desk.put("anak", old)
    number = desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    desk.send(number)
    assert desk.record(child).payload == old
    desk.decide(number)

    record = desk.record(child)
    assert (record.version, record.payload["nama"], record.payload["catatan_instansi"]) == (2, "Bagas Putra", "lama")
    former = desk.former(child)[0]
    assert (former.version, former.payload, former.proposal_id) == (1, old, number)
    assert former.replaced_by == desk.portal.budi.account_id


def test_a_deletion_takes_it_from_the_file_and_keeps_it(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.start("keluarga", "anak", "DELETE", child)
    desk.send(number)
    desk.decide(number)

    assert desk.record(child).removed_at == START
    assert desk.record(child).payload["nama"] == ANAK["nama"]
    assert desk.former(child)[0].version == 1
    assert desk.group("keluarga").kinds[1].records == []


def test_twice_is_refused(desk: Desk) -> None:
    number = desk.sent()
    desk.decide(number)

    with pytest.raises(UserError, match="tidak dapat dilakukan"):
        desk.apply(number)
    assert len(desk.rows(PersonnelRecord)) == 1


@pytest.mark.parametrize("acts", [(), (ProposalAction.VERIFY,), (ProposalAction.VERIFY, ProposalAction.APPROVE)])
def test_not_before_the_last_level_has_decided(desk: Desk, acts: tuple[ProposalAction, ...]) -> None:
    number = desk.sent()  # golongan: BKN decides
    for act in acts:
        desk.office(number, act)

    with pytest.raises(UserError):
        desk.apply(number)
    assert desk.rows(PersonnelRecord) == []


def test_a_record_that_was_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    desk.send(number)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    with desk.portal.db.begin() as session:
        session.merge(desk.record(child)).version = 2

    with pytest.raises(UserError, match="Kembalikan usulan"):
        desk.apply(number)
    assert desk.record(child).payload["nama"] == ANAK["nama"]
    assert desk.rows(FormerValue) == []
    assert desk.where(number) is ProposalState.DISETUJUI


def test_what_was_right_when_it_was_sent_is_applied_in_the_next_year_too(desk: Desk) -> None:
    number = desk.sent("skp", SKP | {"tahun": "2024"})
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    with after(200 * days):
        record = desk.apply(number)
    assert desk.record(record).payload["tahun"] == 2024


def test_a_code_that_was_retired_meanwhile_still_counts(desk: Desk) -> None:
    number = desk.sent("penghargaan", PENGHARGAAN)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    with desk.portal.db.begin() as session:
        session.add(
            CodeTableEntry(table="penghargaan", code="999", label="Penghargaan Baru", search="penghargaan baru")
        )
        session.flush()
        forget_cached_codes(session)

    assert desk.field(desk.start("keluarga", "anak"), "agama").options
    assert desk.record(desk.apply(number)).payload["jenis_penghargaan"] == "201"


def test_what_is_not_sound_is_not_applied(desk: Desk) -> None:
    number = desk.sent("penghargaan", PENGHARGAAN)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    with desk.portal.db.begin() as session:
        held = session.merge(desk.proposal(number))
        held.payload = {"jenis_penghargaan": 7, "unknown": "x"}

    with pytest.raises(UserError, match="tidak lengkap"):
        desk.apply(number)
    assert desk.rows(PersonnelRecord) == []


def test_an_unknown_one(desk: Desk) -> None:
    with pytest.raises(PermissionDenied):
        in_transaction(desk.portal.db, apply.apply_proposal, 999_999, None)


def test_the_records_of_others_stay_as_they_are(desk: Desk) -> None:
    theirs = desk.of(desk.portal.budi).put("golongan")
    desk.put("golongan")
    before = desk.record(theirs)
    desk.decide(
        desk.sent(
            values=GOLONGAN,
            action="CHANGE",
            record_id=desk.rows(PersonnelRecord, col(PersonnelRecord.pegawai_id) == desk.person.pegawai_id)[0].id,
        )
    )

    assert desk.record(theirs) == before
