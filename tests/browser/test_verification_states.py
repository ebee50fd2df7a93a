"""The pages of verification in every state a proposal and a period can be in, and what happens when somebody else is faster."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update
from sqlmodel import col, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal, ProposalClaim
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, SIZES, Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload
from tests.browser.test_verification import AWARD, decide, page_button, row_of, send, where
from tests.browser.watch import Watch
from tests.wire.people import People

Accounts = dict[str, DemoAccount]


def one_of_demo(db: Database, state: ProposalState, *more: object) -> int:
    """A proposal of the first agency in a state, as the demo has it."""
    with db.read() as session:
        found = session.exec(
            select(Proposal.id)
            .join(Instansi, col(Instansi.id) == Proposal.instansi_id)
            .where(Proposal.state == state, col(Instansi.name) == "Pemerintah Kabupaten Contoh", *more)
            .order_by(col(Proposal.id))
        ).first()
    assert found is not None, state
    return found


@pytest.mark.parametrize(
    ("state", "who", "acts"),
    [
        (ProposalState.INPUT_BERKAS, "admin_instansi", ["Verifikasi", "Kembalikan untuk diperbaiki", "Tolak"]),
        (ProposalState.INPUT_BERKAS_PERBAIKAN, "admin_instansi", ["Verifikasi"]),
        (ProposalState.PERBAIKAN_MYSAPK, "admin_instansi", []),
        (ProposalState.PERBAIKAN_APPROVAL, "admin_instansi", ["Verifikasi"]),
        (ProposalState.TERVERIFIKASI, "approver", ["Setujui", "Kembalikan ke verifikator", "Tolak"]),
        (ProposalState.VALIDASI_BKN, "admin_bkn", ["Setujui validasi", "Kembalikan ke instansi"]),
        (ProposalState.TELAH_UPDATE, "admin_instansi", []),
        (ProposalState.TMS, "admin_instansi", []),
    ],
)
def test_every_state_shows_what_can_be_done(
    state: ProposalState, who: str, acts: list[str], new_page: NewPage, server_db: Database, looks: Looks
) -> None:
    number = one_of_demo(server_db, state)
    page = new_page(DESK, who)
    page.goto(f"/verifikasi/{number}")
    expect(page.get_by_role("heading", name="Riwayat usulan")).to_be_visible()
    expect(page.get_by_text(state.label, exact=True).first).to_be_visible()
    for act in acts:
        expect(button_named(page, act).first).to_be_visible()
    if not acts:
        expect(page.get_by_role("heading", name="Keputusan")).to_have_count(0)
    looks.fine(page, f"verifikasi-{state.value.lower()}")


@pytest.mark.parametrize("action", list(RecordAction))
def test_every_kind_of_change_says_what_it_does(
    action: RecordAction, new_page: NewPage, server_db: Database, looks: Looks
) -> None:
    has_one = RecordAction.CHANGE if action is RecordAction.DELETE else action
    number = one_of_demo(server_db, ProposalState.INPUT_BERKAS, Proposal.action == has_one)
    with server_db.begin() as session:
        session.get_one(Proposal, number).action = action
    page = new_page(PHONE, "admin_instansi")
    page.goto(f"/verifikasi/{number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(action.label)
    looks.fine(page, f"verifikasi-aksi-{action.value.lower()}")


def test_on_a_phone_the_documents_stand_before_the_decision(
    new_page: NewPage, server_db: Database, accounts: Accounts
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    number = send(new_page, server_db, accounts)
    tops = {}
    for size, viewport in SIZES.items():
        page = new_page(viewport, "verifikator")
        page.goto(f"/verifikasi/{number}")
        boxes = [
            page.get_by_role("heading", name=name).bounding_box() for name in ("Data", "Dokumen pendukung", "Keputusan")
        ]
        assert all(boxes)
        tops[size] = [box["y"] for box in boxes if box]
    data, documents, decision = tops["phone"]
    assert data < documents < decision
    assert tops["desk"][0] == tops["desk"][1] < tops["desk"][2]


@pytest.mark.whole_browser
def test_on_a_phone_a_document_opens_by_itself(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    number = send(new_page, server_db, accounts)
    page = new_page(PHONE, "verifikator")
    page.goto(f"/verifikasi/{number}")
    expect(page.locator("iframe")).to_have_count(0)
    link = page.get_by_role("link", name="Buka di tab baru Sertifikat atau SK penghargaan")
    expect(link).to_be_visible()
    looks.fine(page, "verifikasi-dokumen-ponsel")
    with page.context.expect_page() as opened:
        link.click()
    there = opened.value.url
    assert there.endswith("/lihat")
    assert opened.value.evaluate("document.contentType") == "application/pdf"
    answer = page.request.get(there)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    expect(button_named(page, "Verifikasi")).to_be_visible()  # the desk is as it was


@pytest.fixture
def verification_over(server_db: Database) -> None:
    """The period of verification ended an hour ago."""
    with server_db.begin() as session:
        session.execute(
            update(Period)
            .where(col(Period.kind) == PeriodKind.VERIFIKASI)
            .values(ends_at=clock.now() - timedelta(hours=1))
        )


@pytest.mark.usefixtures("verification_over")
def test_when_verification_is_over_only_the_admin_of_the_agency_goes_on(
    new_page: NewPage, server_db: Database, looks: Looks
) -> None:
    number = one_of_demo(server_db, ProposalState.TERVERIFIKASI)
    approver = new_page(DESK, "approver")
    approver.goto("/verifikasi")
    expect(approver.get_by_text("Verifikasi sudah ditutup").first).to_be_visible()
    looks.fine(approver, "verifikasi-ditutup")
    approver.goto(f"/verifikasi/{number}")
    expect(approver.get_by_text("periode harus diperpanjang")).to_be_visible()
    expect(button_named(approver, "Setujui")).to_have_count(0)

    admin = new_page(DESK, "admin_instansi")
    admin.goto("/verifikasi")
    expect(admin.get_by_text("masih dapat menyelesaikan usulan yang tersisa")).to_be_visible()
    admin.goto(f"/verifikasi/{one_of_demo(server_db, ProposalState.INPUT_BERKAS)}")
    expect(button_named(admin, "Verifikasi").first).to_be_visible()
    expect(button_named(admin, "Kembalikan untuk diperbaiki")).to_have_count(0)
    looks.fine(admin, "verifikasi-ditutup-admin")


def test_what_the_checks_find_stands_in_the_way(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    number = send(new_page, server_db, accounts)
    with server_db.begin() as session:
        proposal = session.get_one(Proposal, number)
        proposal.payload = {**proposal.payload, "tahun": 1999}
    page = new_page(DESK, "verifikator")
    page.goto(f"/verifikasi/{number}")
    expect(page.get_by_text("Pemeriksaan otomatis menemukan kesalahan")).to_be_visible()
    expect(button_named(page, "Verifikasi")).to_have_count(0)
    expect(button_named(page, "Tolak").first).to_be_visible()
    looks.fine(page, "verifikasi-terhalang")


def test_who_is_slower_reads_who_decided_and_what(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    number = send(new_page, server_db, accounts)
    slow, fast = new_page(DESK, "admin_instansi"), new_page(DESK, "verifikator")
    slow.goto(f"/verifikasi/{number}")
    expect(button_named(slow, "Verifikasi")).to_be_visible()
    with server_db.begin() as session:  # the fifteen minutes are over
        session.execute(delete(ProposalClaim))
    fast.goto(f"/verifikasi/{number}")
    decide(fast, "Verifikasi", "Verifikasi usulan ini?")
    expect(fast.get_by_text("Usulan diverifikasi dan diteruskan kepada approver.")).to_be_visible()
    fast.wait_for_url(re.compile(rf"/verifikasi/(?!{number}\b)\d+$"))  # the next one of the list
    expect(button_named(fast, "Verifikasi")).to_be_visible()
    decide(slow, "Verifikasi", "Verifikasi usulan ini?")
    expect(slow.get_by_role("alert")).to_contain_text("lebih dahulu diproses Bambang Santosa")
    expect(slow.get_by_role("alert")).to_contain_text("Terverifikasi")
    looks.fine(slow, "verifikasi-terlambat")


def test_who_loses_the_role_meanwhile_decides_nothing(
    new_page: NewPage, server_db: Database, accounts: Accounts, people: People, watch: Watch
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    number = send(new_page, server_db, accounts)
    page = new_page(DESK, "verifikator")
    page.goto(f"/verifikasi/{number}")
    expect(button_named(page, "Verifikasi")).to_be_visible()
    admin = new_page(DESK, "admin_instansi")
    admin.goto("/admin/peran")
    taken_from(admin, "Bambang Santosa")
    page.wait_for_url("**/masuk**", timeout=6_000)
    assert where(server_db, number) is ProposalState.INPUT_BERKAS
    with server_db.read() as session:
        held = session.exec(
            select(RoleGrant.revoked_at).where(
                RoleGrant.account_id == people.account_id("verifikator"), RoleGrant.role == Role.VERIFIKATOR
            )
        ).one()
    assert held is not None


def taken_from(admin: Page, name: str) -> None:
    """Take the role of somebody away on `/admin/peran`."""
    row_of(admin, name).first.get_by_role("button", name="Cabut").click()
    button_named(admin.get_by_role("dialog", name="Cabut peran ini?"), "Cabut peran").click()
    expect(admin.get_by_role("status").filter(has_text="dicabut")).to_be_visible()


def test_the_person_picks_the_unor_verifikasi(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    page = new_page(DESK, "pegawai")
    open_form(page, "penghargaan", page_button(page))
    page.get_by_label("Nomor SK").fill("67/TK/2021")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Sertifikat atau SK penghargaan")
    button_named(page, "Simpan dan lanjut").click()
    page.wait_for_url("**/pdm/kirim*")
    choice = page.get_by_label("Unor verifikasi", exact=True).first
    expect(choice.locator("option:checked")).to_have_text("SMP Negeri 1 Sukamaju")
    looks.fine(page, "pdm-kirim-unor")
    choice.select_option(label="Dinas Pendidikan")
    page.get_by_label("Saya menyatakan bahwa data").first.check()
    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_text("menunggu diperiksa verifikator Dinas Pendidikan")).to_be_visible()
    page.goto("/usulan")
    expect(page.get_by_text("Unor verifikasi: Dinas Pendidikan.").first).to_be_visible()

    verifikator = new_page(DESK, "verifikator")
    verifikator.goto("/verifikasi?urut=baru")
    verifikator.get_by_label("Unor verifikasi").fill("Dinas Pendidikan")
    button_named(verifikator, "Tampilkan").click()
    verifikator.wait_for_url("**unit=*")
    expect(row_of(verifikator, "Dewi Rahayu").first).to_contain_text("Dinas Pendidikan")
    verifikator.get_by_role("link", name="Dewi Rahayu").first.click()
    expect(verifikator.get_by_text("Unor verifikasi: Dinas Pendidikan")).to_be_visible()


def test_two_agencies_never_meet(new_page: NewPage, server_db: Database, accounts: Accounts) -> None:
    """What the other agency's admin sees is counted against the database, on every list of verification."""
    with server_db.read() as session:
        own = session.exec(
            select(Pegawai.instansi_id)
            .join(Account, col(Account.pegawai_id) == Pegawai.id)
            .where(Pegawai.nip == accounts["admin_instansi_lain"].nip)
        ).one()
        sent = session.exec(
            select(Proposal.id).where(Proposal.instansi_id == own, Proposal.state != ProposalState.DIHAPUS)
        ).all()
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/verifikasi?status=semua")
    expect(page.get_by_role("heading", level=1, name="Verifikasi")).to_be_visible()
    links = [link.get_attribute("href") or "" for link in page.locator("a[data-baris]").all()]
    assert all(int(href.split("/")[2].split("?")[0]) in sent for href in links)
    page.goto(f"/verifikasi/{one_of_demo(server_db, ProposalState.INPUT_BERKAS)}")
    expect(page.get_by_role("heading", level=1, name="Usulan tidak ditemukan")).to_be_visible()
    page.goto("/verifikasi/sesuai")
    expect(page.get_by_text("Tidak ada usulan yang dapat diverifikasi bersama.")).to_be_visible()
