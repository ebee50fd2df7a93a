"""Checking, sending, taking back, correcting: each with trail, audit and notice."""

from __future__ import annotations

import pytest

from mysapk_web.pdm import apply, history, submit
from mysapk_web.pdm import review as pdm_review
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.portal import START, after, minutes
from tests.support.proposals import ANAK, GOLONGAN, PENGHARGAAN, SKP, Desk


def test_a_complete_draft_goes_to_the_verifikator(desk: Desk) -> None:
    number = desk.draft("golongan", GOLONGAN)
    result = desk.send(number)

    proposal = desk.proposal(number)
    assert (proposal.state, proposal.sent_at) == (ProposalState.INPUT_BERKAS, START)
    assert result.sent == ["Tambah Golongan: III/c Penata"]
    assert result.complete is False
    step = desk.trail(number)[-1]
    assert (step.act, step.before, step.after) == (ProposalAction.SEND, ProposalState.DRAF, ProposalState.INPUT_BERKAS)
    assert step.actor_id == desk.person.account_id
    event = desk.portal.events(AuditTag.PROPOSAL_SUBMITTED)[-1]
    assert (event.actor_id, event.subject_id, event.detail["proposal_id"]) == (step.actor_id, step.actor_id, number)
    assert event.address == "203.0.113.0/24"
    assert [notice.title for notice in desk.notices()] == ["Usulan terkirim"]


def test_what_is_missing_is_named_and_stays_a_draft(desk: Desk) -> None:
    number = desk.start()
    desk.save(number, GOLONGAN | {"nomor_sk": ""})

    with pytest.raises(UserError) as refused:
        desk.send(number)
    assert "Nomor SK wajib diisi" in refused.value.sentence
    assert "Unggah SK kenaikan pangkat" in refused.value.sentence
    assert desk.where(number) is ProposalState.DRAF
    assert desk.form(number).proposal.faults_count == 2


def test_everything_that_is_ready_goes_at_once_with_one_notice(desk: Desk) -> None:
    ready = [desk.draft("golongan", GOLONGAN), desk.draft("penghargaan", PENGHARGAAN)]
    started = desk.start("keluarga", "anak")
    desk.save(started, {"nama": "Bagas"})
    assert set(desk.see(pdm_review.load_review).ready) == set(ready)
    result = desk.send()

    assert len(result.sent) == 2
    assert [title for title, _ in result.kept] == ["Tambah Anak: Bagas"]
    assert [desk.where(number) for number in ready] == [ProposalState.INPUT_BERKAS] * 2
    assert desk.where(started) is ProposalState.DRAF
    assert [notice.title for notice in desk.notices()] == ["2 usulan terkirim"]


def test_nothing_ready_is_said(desk: Desk) -> None:
    with pytest.raises(UserError, match="siap dikirim"):
        desk.send()
    with pytest.raises(UserError, match="Pilih usulan"):
        desk.do(submit.submit_proposals, [])


def test_sending_twice_is_refused_and_leaves_one_step(desk: Desk) -> None:
    number = desk.sent()
    with pytest.raises(UserError, match="status usulan sekarang Input Berkas"):
        desk.send(number)
    assert [step.act for step in desk.trail(number)] == [ProposalAction.SAVE_DRAFT, ProposalAction.SEND]


def test_another_persons_proposal_is_neither_sent_nor_withdrawn(desk: Desk) -> None:
    draft, sent = desk.draft("golongan", GOLONGAN), desk.sent("penghargaan", PENGHARGAAN)
    other = desk.of(desk.portal.budi)
    for number in (draft, 999_999):
        with pytest.raises(PermissionDenied) as answer:
            other.send(number)
        assert str(answer.value) == "no such proposal of this person"
    with pytest.raises(PermissionDenied):
        other.do(submit.withdraw_proposal, sent, 3)
    assert (desk.where(draft), desk.where(sent)) == (ProposalState.DRAF, ProposalState.INPUT_BERKAS)


def test_taken_back_before_it_is_verified(desk: Desk) -> None:
    number = desk.sent()
    desk.withdraw(number)

    assert desk.where(number) is ProposalState.DIHAPUS
    assert desk.proposal(number).ended_at == START
    event = desk.portal.events(AuditTag.PROPOSAL_WITHDRAWN)[-1]
    assert (event.detail["proposal_id"], event.address) == (number, "203.0.113.0/24")
    assert [notice.title for notice in desk.notices()] == ["Usulan terkirim", "Usulan ditarik"]
    assert [view.id for view in desk.see(history.list_proposals).items] == [number]


def test_not_any_more_once_it_is(desk: Desk) -> None:
    number = desk.sent()
    seen = desk.proposal(number).version
    desk.office(number, ProposalAction.VERIFY)

    with pytest.raises(UserError, match="sudah berubah"):
        desk.do(submit.withdraw_proposal, number, seen)
    with pytest.raises(UserError, match="Terverifikasi"):
        desk.withdraw(number)
    assert not desk.see(history.list_proposals).items[0].may_withdraw


def test_returned_with_a_reason_corrected_and_sent_again(desk: Desk) -> None:
    number = desk.sent()
    desk.give_back(number)
    view = desk.board().returned[0]

    assert (view.id, view.reason) == (number, "Dokumen tidak terbaca atau terpotong: Halaman dua terpotong")
    assert view.history[0].who == "Verifikator"
    assert view.history[1].who == "Anda"
    assert desk.board().next_step.href == "/pdm/golongan"
    with after(5 * minutes):
        desk.save(number, {"nomor_sk": "823/115/2022"})
        desk.send()
        assert desk.where(number) is ProposalState.INPUT_BERKAS_PERBAIKAN
    assert desk.trail(number)[-1].act is ProposalAction.RESEND


def test_a_returned_one_that_was_not_touched_goes_by_name_only(desk: Desk) -> None:
    number = desk.sent()
    desk.give_back(number)

    assert desk.see(pdm_review.load_review).ready == []
    with pytest.raises(UserError, match="belum Anda perbaiki"):
        desk.send()
    desk.send(number)
    assert desk.where(number) is ProposalState.INPUT_BERKAS_PERBAIKAN


def test_a_return_needs_a_reason_in_code_and_words(desk: Desk) -> None:
    number = desk.sent()
    for reason, note, fields in (
        ("", "", {"alasan", "catatan"}),
        ("TMS-01", "x", {"alasan"}),
        ("BTS-01", " ", {"catatan"}),
    ):
        with pytest.raises(FormError) as refused:
            desk.office(number, ProposalAction.RETURN, reason=reason, note=note)
        assert set(refused.value.faults) == fields
    assert desk.where(number) is ProposalState.INPUT_BERKAS


def test_nobody_decides_on_the_own_data_and_nobody_else_sends_it(desk: Desk) -> None:
    number, draft = desk.sent(), desk.draft("penghargaan", PENGHARGAAN)
    with pytest.raises(PermissionDenied):
        desk.office(number, ProposalAction.VERIFY, by=desk.person)
    with pytest.raises(PermissionDenied):
        desk.office(draft, ProposalAction.SEND)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    desk.office(number, ProposalAction.FORWARD_BKN)
    desk.office(number, ProposalAction.BKN_APPROVE)
    with pytest.raises(PermissionDenied):
        desk.do(lambda session, actor: apply.apply_proposal(session, number, actor.account_id))
    assert desk.where(number) is ProposalState.DISETUJUI_BKN


def test_two_records_of_one_year_are_one_too_many(desk: Desk) -> None:
    desk.put("skp", {"tahun": 2025})
    on_file = desk.draft("skp", SKP)
    assert "sudah ada pada berkas" in desk.field(on_file, "tahun").fault

    desk.save(on_file, {"tahun": "2024"})
    twin = desk.draft("skp", SKP | {"tahun": "2024"})
    assert desk.field(on_file, "tahun").fault == ""
    assert "Usulan lain" in desk.field(twin, "tahun").fault
    with pytest.raises(UserError, match="Usulan lain"):
        desk.send(twin)


def test_an_older_record_than_the_last_is_only_warned_of(desk: Desk) -> None:
    desk.put("penghargaan", {"jenis_penghargaan": "202", "tanggal_sk": "2024-08-10"})
    number = desk.draft("penghargaan", PENGHARGAAN)

    assert "lebih baru" in desk.field(number, "tanggal_sk").warning
    desk.send(number)


def test_a_record_that_changed_meanwhile_is_looked_at_again(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.draft("keluarga", {"nama": "Bagas L."}, kind="anak", action="CHANGE", record_id=child)
    with desk.portal.db.begin() as session:
        session.merge(desk.record(child)).version = 2

    with pytest.raises(UserError, match="berubah sesudah usulan ini dibuat"):
        desk.send(number)
    desk.save(number, {"nama": "Bagas L."})
    desk.send(number)


def test_a_record_that_is_gone(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.start("keluarga", "anak", "DELETE", child)
    with desk.portal.db.begin() as session:
        session.merge(desk.record(child)).removed_at = START

    with pytest.raises(UserError, match="sudah tidak ada pada berkas"):
        desk.send(number)


def test_the_review_shows_what_changes_and_what_blocks(desk: Desk) -> None:
    child = desk.put("anak")
    number = desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    desk.start()
    review = desk.see(pdm_review.load_review)

    items = {item.proposal.id: item for group in review.groups for item in group.items}
    assert [(change.label, change.before, change.after) for change in items[number].changes] == [
        ("Nama lengkap tanpa gelar", ANAK["nama"], "Bagas Putra")
    ]
    assert items[number].ready
    assert items[number].proposal.href == f"/pdm/keluarga/{number}"
    assert items[number].documents == ["Akta kelahiran: sk.pdf"]
    assert review.ready == [number]
    assert {"Golongan", "Jabatan"} <= {blocker.title for blocker in review.blockers}
    assert "Keluarga" not in {blocker.title for blocker in review.blockers}


def test_every_step_is_told_and_those_of_others_go_by_mail(desk: Desk) -> None:
    number = desk.sent()
    desk.give_back(number)
    desk.send(number)
    for act in (ProposalAction.VERIFY, ProposalAction.APPROVE, ProposalAction.FORWARD_BKN, ProposalAction.BKN_APPROVE):
        desk.office(number, act)
    desk.apply(number)

    told = [(notice.title, notice.asks_action) for notice in desk.notices()]
    assert told == [
        ("Usulan terkirim", False),
        ("Usulan dikembalikan untuk diperbaiki", True),
        ("Perbaikan usulan terkirim", False),
        ("Usulan terverifikasi", False),
        ("Usulan disetujui instansi", False),
        ("Usulan diteruskan ke BKN", False),
        ("Usulan disetujui BKN", False),
        ("Data Anda sudah diperbarui", False),
    ]
    assert "Alasan: Dokumen tidak terbaca atau terpotong: Halaman dua terpotong" in desk.notices()[1].text
    assert "Disetujui instansi." in desk.notices()[5].text
    assert "Disetujui BKN." in desk.notices()[7].text
    mails = desk.portal.mails(desk.person)
    assert [mail.params["title"] for mail in mails if mail.template == MailKind.NOTICE] == [
        title for title, _ in told if "terkirim" not in title
    ]
    assert [mail.params["asks"] for mail in mails if mail.template == MailKind.NOTICE] == [True] + [False] * 5
    assert [mail.params["items"] for mail in mails if mail.template == MailKind.RECEIPT] == [
        ["Tambah Golongan: III/c Penata"]
    ] * 2
    assert mails[1].params["path"] == "/pdm/golongan"


def test_the_trail_leads_from_each_state_to_the_next(desk: Desk) -> None:
    number = desk.sent()
    desk.give_back(number)
    desk.send(number)
    desk.decide(number)

    steps = desk.trail(number)
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert steps[-1].after is desk.where(number) is ProposalState.TELAH_UPDATE
    assert desk.see(history.list_proposals).items[0].history[0].text == ProposalAction.APPLY.label


def test_a_kind_that_the_agency_decides_alone_never_reaches_bkn(desk: Desk) -> None:
    number = desk.sent("penghargaan", PENGHARGAAN)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)

    with pytest.raises(UserError, match="tidak dapat dilakukan"):
        desk.office(number, ProposalAction.FORWARD_BKN)
    desk.apply(number)
    assert desk.where(number) is ProposalState.TELAH_UPDATE


def test_history_in_pages_and_by_state(desk: Desk) -> None:
    drafts = []
    for count in range(20):
        drafts.append(desk.start("keluarga", "anak"))
        desk.save(drafts[-1], {"nama": f"Anak {count}"})
    sent = desk.sent()

    first, second = desk.see(history.list_proposals), desk.see(history.list_proposals, 2)
    assert (first.total, first.pages, len(first.items), len(second.items)) == (21, 2, 20, 1)
    assert {view.id for view in (*first.items, *second.items)} == {*drafts, sent}
    assert desk.see(history.list_proposals, 99).number == 2
    assert [view.id for view in desk.see(history.list_proposals, states={ProposalState.INPUT_BERKAS}).items] == [sent]
    assert desk.of(desk.portal.budi).see(history.list_proposals).total == 0
