"""Verifikator, approver and BKN decide, each on the own part, and the record on file changes with the last step."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from sqlmodel import col

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.pdm.rules.proposal import OPEN_STATES, ProposalAction, ProposalState
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.verification import claims, corrections, decisions
from mysapk_web.verification.bulk_verification import bulk_verify
from mysapk_web.verification.detail import SECOND_PERSON, open_proposal
from mysapk_web.verification.rules.separation_of_duties import office_of
from tests.support.portal import START
from tests.support.proposals import ANAK, GOLONGAN
from tests.support.reviewers import Office

A, S = ProposalAction, ProposalState


def test_verified_approved_and_on_file(office: Office) -> None:
    number = office.sent()
    office.verifier.decide(number, A.VERIFY)
    assert office.desk.where(number) is S.TERVERIFIKASI
    assert office.desk.rows(PersonnelRecord) == []
    done = office.approver.decide(number, A.APPROVE)

    assert office.desk.where(number) is S.TELAH_UPDATE
    assert "sudah diperbarui" in done.sentence
    record = office.desk.rows(PersonnelRecord)[0]
    assert record.payload == office.desk.proposal(number).payload
    assert [step.act for step in office.desk.trail(number)][-3:] == [A.VERIFY, A.APPROVE, A.APPLY]
    told = [notice.title for notice in office.desk.notices()]
    assert told == ["Usulan terkirim", "Usulan terverifikasi", "Data Anda sudah diperbarui"]
    assert "Disetujui instansi." in office.desk.notices()[-1].text
    assert office.desk.portal.letters(office.desk.person) == [MailKind.RECEIPT, MailKind.NOTICE, MailKind.NOTICE]
    approved, applied = (
        office.desk.portal.events(tag)[-1].address for tag in (AuditTag.PROPOSAL_APPROVED, AuditTag.PROPOSAL_APPLIED)
    )
    assert applied == approved != ""


def test_bkn_has_the_last_word_where_the_kind_says_so(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    done = office.approver.decide(number, A.APPROVE)

    assert (office.desk.where(number), "BKN" in done.sentence) == (S.VALIDASI_BKN, True)
    assert office.desk.rows(PersonnelRecord) == []
    assert office.bkn.listed() == [number]
    office.bkn.decide(number, A.BKN_APPROVE)
    assert office.desk.where(number) is S.TELAH_UPDATE
    assert len(office.desk.rows(PersonnelRecord)) == 1


def test_a_change_keeps_the_old_value(office: Office) -> None:
    child = office.desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17"})
    number = office.desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    office.desk.send(number)
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)

    assert office.desk.record(child).payload["nama"] == "Bagas Putra"
    former = office.desk.former(child)[0]
    assert (former.payload["nama"], former.replaced_by) == (ANAK["nama"], office.desk.portal.dewi.account_id)


def test_returned_with_reason_and_words(office: Office) -> None:
    number = office.sent()
    office.verifier.give_back(number)

    assert office.desk.where(number) is S.PERBAIKAN_MYSAPK
    notice = office.desk.notices()[-1]
    assert "Halaman dua terpotong" in notice.text
    assert notice.asks_action
    assert office.desk.portal.letters(office.desk.person) == [MailKind.RECEIPT, MailKind.NOTICE]
    assert office.desk.portal.events(AuditTag.PROPOSAL_RETURNED)[-1].detail["reason_code"] == "BTS-01"


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        ({}, {"alasan", "catatan"}),
        ({"reason": "BTS-01"}, {"catatan"}),
        ({"note": "Terpotong"}, {"alasan"}),
        ({"reason": "TMS-01", "note": "Terpotong"}, {"alasan"}),
        ({"reason": "x", "note": " "}, {"alasan", "catatan"}),
    ],
)
def test_a_reason_is_asked_for(office: Office, why: dict[str, Any], fields: set[str]) -> None:
    number = office.sent()
    with pytest.raises(FormError) as refused:
        office.verifier.decide(number, A.RETURN, **why)
    assert set(refused.value.faults) == fields
    assert office.desk.where(number) is S.INPUT_BERKAS


def test_rejected_is_final(office: Office) -> None:
    number = office.sent()
    office.verifier.decide(number, A.REJECT, reason="TMS-02", note="SK tidak sah")

    assert office.desk.where(number) is S.TMS
    for official, act in ((office.verifier, A.VERIFY), (office.approver, A.APPROVE), (office.bkn, A.BKN_APPROVE)):
        with pytest.raises((UserError, PermissionDenied)):
            official.decide(number, act)
    assert office.desk.rows(PersonnelRecord) == []


def test_the_approver_sends_it_back_to_the_verifikator(office: Office) -> None:
    number = office.sent()
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.RETURN_TO_VERIFIER, reason="BTS-06", note="Nomor SK berbeda")

    assert office.desk.where(number) is S.PERBAIKAN_APPROVAL
    assert office.verifier.listed() == [number]
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    assert office.desk.where(number) is S.TELAH_UPDATE


# Two people --------------------------------------------------------------------------------------


def test_who_verified_does_not_approve(office: Office) -> None:
    number = office.sent()
    admin = office.someone(office.desk.portal.budi, Role.ADMIN_INSTANSI)
    admin.decide(number, A.VERIFY)

    for act in (A.APPROVE, A.RETURN_TO_VERIFIER, A.REJECT):
        with pytest.raises(UserError, match="orang lain"):
            admin.decide(number, act, reason="TMS-01", note="x")
    assert admin.listed() == []
    assert admin.open(number).blocker == SECOND_PERSON
    office.approver.decide(number, A.APPROVE)
    assert office.desk.where(number) is S.TELAH_UPDATE


def test_who_corrected_does_not_approve(office: Office) -> None:
    number = office.sent()
    admin = office.someone(office.desk.portal.dewi, Role.ADMIN_INSTANSI)
    admin.correct(number, "nomor_sk", "45/TK/2020")
    office.verifier.decide(number, A.VERIFY)

    with pytest.raises(UserError, match="orang lain"):
        admin.decide(number, A.APPROVE)


def test_who_approved_does_not_verify_when_bkn_sends_it_back(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    admin = office.someone(office.desk.portal.dewi, Role.ADMIN_INSTANSI)
    admin.decide(number, A.APPROVE)
    office.bkn.decide(number, A.BKN_RETURN, reason="BTS-05", note="Pertek berbeda")

    with pytest.raises(UserError, match="orang lain"):
        admin.decide(number, A.VERIFY)
    office.verifier.decide(number, A.VERIFY)
    admin.decide(number, A.APPROVE)
    assert office.desk.where(number) is S.VALIDASI_BKN


@pytest.mark.parametrize("role", [Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_INSTANSI, Role.ADMIN_BKN])
def test_never_on_the_own_data(office: Office, role: Role) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    me = office.someone(office.desk.portal.ani, role)
    steps = [(office.verifier, A.VERIFY), (office.approver, A.APPROVE), (office.bkn, A.BKN_APPROVE)]
    for official, act in steps:
        assert me.listed(status="semua") == []
        assert me.inbox(status="semua").states == []
        with pytest.raises(PermissionDenied):
            me.open(number)
        for every in A:
            with pytest.raises(PermissionDenied):
                me.decide(number, every, reason="BTS-01", note="x")
        official.decide(number, act)
    assert office.desk.where(number) is S.TELAH_UPDATE


# Who and where -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", list(A))
def test_every_act_of_every_office_in_every_state(office: Office, act: ProposalAction) -> None:
    """Only the office whose turn it is has an act, whatever a client sends."""
    number = office.desk.sent("golongan", GOLONGAN)
    turn = {
        S.INPUT_BERKAS: ("verifier", {A.VERIFY, A.RETURN, A.REJECT}, A.VERIFY),
        S.TERVERIFIKASI: ("approver", {A.APPROVE, A.RETURN_TO_VERIFIER, A.REJECT}, A.APPROVE),
        S.VALIDASI_BKN: ("bkn", {A.BKN_APPROVE, A.BKN_RETURN, A.BKN_REJECT}, A.BKN_APPROVE),
    }
    for name, possible, onward in turn.values():
        before = office.desk.proposal(number)
        for who, official in office.offices.items():
            if who == name and act in possible:
                continue
            with pytest.raises((UserError, PermissionDenied)):
                official.decide(number, act, reason="BTS-01", note="x")
        assert office.desk.proposal(number) == before
        offered = {view.act for view in office.offices[name].open(number).acts}
        assert offered == {each.value for each in possible}
        office.offices[name].decide(number, onward)


def test_another_agency_can_do_nothing(office: Office) -> None:
    number = office.sent()
    stranger = office.stranger

    assert stranger.listed(status="semua") == []
    assert stranger.inbox(status="semua").states == []
    assert stranger.inbox(status="semua").groups == []
    for use_case, given in _everything(number, office.version(number)):
        with pytest.raises(PermissionDenied):
            stranger.do(use_case, **given)
    assert len(office.desk.trail(number)) == 2


def _everything(number: int, version: int) -> list[tuple[Any, dict[str, Any]]]:
    return [
        (claims.claim, {"proposal_id": number}),
        (open_proposal, {"proposal_id": number}),
        (corrections.correction, {"proposal_id": number, "field": "nomor_sk"}),
        (
            corrections.correct,
            {"proposal_id": number, "version": version, "field": "nomor_sk", "value": "1", "note": "x"},
        ),
        (bulk_verify, {"versions": {number: version}, "sample_confirmed": True}),
        *(
            (
                decisions.decide,
                {"proposal_id": number, "version": version, "act": act.value, "reason": "BTS-01", "note": "x"},
            )
            for act in A
        ),
    ]


def test_another_unit_of_the_same_agency_can_do_nothing(office: Office) -> None:
    here, there = office.unit("Dinas Satu", office.desk.portal.ani), office.unit("Dinas Dua")
    number = office.sent()
    near = office.someone(office.desk.portal.budi, Role.VERIFIKATOR, here.path)
    far = office.someone(office.desk.portal.budi, Role.VERIFIKATOR, there.path)

    assert (near.listed(), far.listed()) == ([number], [])
    assert (near.inbox().states[0].count, far.inbox().states) == (1, [])
    for use_case, given in _everything(number, office.version(number)):
        with pytest.raises(PermissionDenied):
            far.do(use_case, **given)
    near.decide(number, A.VERIFY)


def test_a_proposal_stays_with_the_unit_it_was_sent_to(office: Office) -> None:
    old = office.unit("Dinas Lama", office.desk.portal.ani)
    number = office.sent()
    new = office.unit("Dinas Baru", office.desk.portal.ani)

    assert office.someone(office.desk.portal.budi, Role.VERIFIKATOR, old.path).listed() == [number]
    assert office.someone(office.desk.portal.budi, Role.VERIFIKATOR, new.path).listed() == []


def test_each_permission_with_its_own_scope(office: Office) -> None:
    """Verifikator here and approver there is not approver here."""
    here, there = office.unit("Dinas Satu", office.desk.portal.ani), office.unit("Dinas Dua")
    number = office.sent()
    both = office.someone(office.desk.portal.dewi, Role.VERIFIKATOR, here.path)
    away = office.someone(office.desk.portal.dewi, Role.APPROVER, there.path)
    mixed = both.but(grants=both.actor.grants + away.actor.grants)
    office.verifier.decide(number, A.VERIFY)

    assert mixed.listed() == []
    with pytest.raises(PermissionDenied):
        mixed.decide(number, A.APPROVE)
    assert mixed.open(number).acts == []


def test_without_a_second_factor_there_is_no_office(office: Office) -> None:
    number = office.sent()
    bare = office.verifier.but(second_factor=False)

    with pytest.raises(PermissionDenied):
        bare.listed()
    for use_case, given in _everything(number, office.version(number)):
        with pytest.raises(PermissionDenied):
            bare.do(use_case, **given)


def test_a_role_revoked_while_the_page_is_open(office: Office) -> None:
    portal, number = office.desk.portal, office.sent()
    secret = portal.give_authenticator(portal.budi)
    browser = portal.browser().enter(portal.budi, code=pyotp.TOTP(secret).at(START))
    version = browser.act(open_proposal, proposal_id=number).version
    with portal.db.begin() as session:
        grant = session.merge(portal.rows(RoleGrant, col(RoleGrant.account_id) == portal.budi.account_id)[0])
        grant.revoked_at = START

    with pytest.raises(PermissionDenied):
        browser.act(decisions.decide, proposal_id=number, version=version, act=A.VERIFY.value)
    assert office.desk.where(number) is S.INPUT_BERKAS


def test_drafts_and_withdrawn_ones_are_nobody_s_business(office: Office) -> None:
    draft = office.desk.draft("golongan", GOLONGAN)
    gone = office.sent()
    office.desk.withdraw(gone)

    admin = office.someone(office.desk.portal.budi, Role.ADMIN_INSTANSI)
    assert admin.listed(status="semua") == []
    for number in (draft, gone):
        with pytest.raises(PermissionDenied):
            admin.open(number)


def test_bkn_sees_what_has_reached_it_only(office: Office) -> None:
    mine, theirs = office.desk.sent("golongan", GOLONGAN), office.sent()
    assert office.bkn.listed(status="semua") == []
    with pytest.raises(PermissionDenied):
        office.bkn.open(mine)
    for number in (mine, theirs):
        office.verifier.decide(number, A.VERIFY)
        office.approver.decide(number, A.APPROVE)
    assert office.bkn.listed(status="semua") == [mine]
    with pytest.raises(PermissionDenied):
        office.bkn.open(theirs)


# Versions ----------------------------------------------------------------------------------------


def test_the_other_is_told_who_and_what(office: Office) -> None:
    number = office.sent()
    seen = office.version(number)
    office.verifier.decide(number, A.VERIFY)
    late = office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)

    with pytest.raises(UserError, match=r"Budi Hartono \(verifikasi\).*Terverifikasi"):
        late.decide(number, A.VERIFY, version=seen)


def test_the_name_of_who_was_faster_at_bkn_is_not_told_to_an_agency(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    seen = office.version(number)
    office.approver.decide(number, A.APPROVE)
    office.bkn.decide(number, A.BKN_RETURN, reason="BTS-01", note="Halaman dua terpotong")
    late = office.someone(office.desk.portal.budi, Role.VERIFIKATOR)

    with pytest.raises(UserError, match=r"lebih dahulu diproses BKN \(kembalikan ke instansi\)"):
        late.decide(number, A.VERIFY, version=seen)
    at_bkn = office.someone(office.desk.portal.dewi, Role.ADMIN_BKN)
    with pytest.raises(UserError, match=r"lebih dahulu diproses Citra Wulandari"):
        at_bkn.decide(number, A.BKN_APPROVE, version=seen)


def test_who_works_for_bkn_is_not_named_although_on_the_rolls_of_the_agency(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    office.employ(office.desk.portal.citra, office.desk.portal.ani)
    office.bkn.decide(number, A.BKN_APPROVE)
    assert not any("Citra Wulandari" in step.who for step in office.approver.open(number).history)


def test_an_officer_who_has_moved_is_told_by_the_office(office: Office) -> None:
    number = office.sent()
    office.verifier.decide(number, A.VERIFY)
    office.employ(office.desk.portal.budi, office.desk.portal.citra)
    trail = office.approver.open(number).history
    assert trail[0].who == "Verifikator"
    assert trail[-1].who == "Pegawai, Ani Lestari"


def test_a_withdrawal_while_it_is_open(office: Office) -> None:
    number = office.sent()
    seen = office.version(number)
    office.verifier.do(claims.claim, number)
    office.desk.withdraw(number)

    with pytest.raises(UserError, match=r"pemilik usulan \(tarik usulan\)"):
        office.verifier.decide(number, A.VERIFY, version=seen)


def test_a_failed_check_stands_in_the_way(office: Office) -> None:
    child = office.desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17"})
    number = office.desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    office.desk.send(number)
    with office.desk.portal.db.begin() as session:
        session.merge(office.desk.record(child)).version = 2

    opened = office.verifier.open(number)
    assert [check.name for check in opened.checks if check.result == "bad"] == ["Data pada berkas"]
    assert [view.act for view in opened.acts if view.blocked] == [A.VERIFY.value]
    with pytest.raises(UserError, match="Pemeriksaan otomatis"):
        office.verifier.decide(number, A.VERIFY)
    office.verifier.give_back(number)
    assert office.desk.rows(FormerValue) == []


@pytest.mark.parametrize(
    ("who", "before", "advice"),
    [
        ("verifier", [], "Perbaiki isiannya, kembalikan usulan ini kepada pegawai, atau tolak usulan ini."),
        ("approver", [A.VERIFY], "Kembalikan usulan ini ke verifikator atau tolak usulan ini."),
        ("bkn", [A.VERIFY, A.APPROVE], "Kembalikan usulan ini ke instansi atau tolak usulan ini."),
    ],
)
def test_what_to_do_about_a_failed_check_is_what_the_office_can_do(
    office: Office, who: str, before: list[A], advice: str
) -> None:
    """An approver was told to correct the values, which only a verifikator does."""
    record = office.desk.put("golongan", GOLONGAN)
    number = office.desk.draft("golongan", GOLONGAN, kind="golongan", action="CHANGE", record_id=record)
    office.desk.send(number)
    for act, official in zip(before, (office.verifier, office.approver), strict=False):
        official.decide(number, act)
    with office.desk.portal.db.begin() as session:
        session.merge(office.desk.record(record)).version = 2

    official = office.offices[who]
    forward = {"verifier": A.VERIFY, "approver": A.APPROVE, "bkn": A.BKN_APPROVE}[who]
    blocked = [view.blocked for view in official.open(number).acts if view.act == forward.value]
    assert blocked == [f"Pemeriksaan otomatis menemukan kesalahan. {advice}"]
    with pytest.raises(UserError) as refused:
        official.decide(number, forward)
    assert refused.value.sentence == blocked[0]


def test_what_follows_in_the_trail(office: Office) -> None:
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.decide(number, A.VERIFY)
    office.approver.decide(number, A.APPROVE)
    office.bkn.decide(number, A.BKN_APPROVE)

    trail = office.bkn.open(number).history
    assert [step.who for step in trail[:5]] == [
        "Sistem, Citra Wulandari",
        "BKN, Citra Wulandari",
        "Sistem",
        "Approver, Dewi Anggraini",
        "Verifikator, Budi Hartono",
    ]
    # Who validated at BKN is nobody's address for questions: the agency reads the office.
    assert [step.who for step in office.verifier.open(number).history] == [
        "Sistem",
        "BKN",
        "Sistem",
        "Approver, Dewi Anggraini",
        "Verifikator, Budi Hartono",
        *(step.who for step in trail[5:]),
    ]
    acts = {event.tag for event in office.desk.rows(AuditEvent) if event.actor_id != office.desk.person.account_id}
    assert {AuditTag.PROPOSAL_VERIFIED, AuditTag.PROPOSAL_APPROVED, AuditTag.PROPOSAL_BKN_APPROVED} <= acts


def test_nothing_open_is_lost(office: Office) -> None:
    """Every open state that was sent is on exactly one desk, or with its owner, or on its way by itself."""
    nowhere = {state for state in OPEN_STATES if office_of(state) is None}
    assert nowhere == {S.DRAF, S.PERBAIKAN_MYSAPK, S.DISETUJUI, S.DISETUJUI_BKN}
    assert office.desk.rows(Proposal) == []
