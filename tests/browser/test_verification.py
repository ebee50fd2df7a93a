"""A proposal goes from the person over verifikator and approver into the record on file, on the pages of each."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update
from sqlmodel import select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, SIZES, Looks
from tests.browser.records import newest_proposal, person_id, put_on_file
from tests.browser.steps import button_named
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload

Accounts = dict[str, DemoAccount]
AWARD = {"jenis_penghargaan": "101", "tahun": 2021, "nomor_sk": "66/TK/2021", "tanggal_sk": "2021-08-10"}


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})


def send(new_page: NewPage, server_db: Database, accounts: Accounts) -> int:
    """The person proposes another number, with a document."""
    page = new_page(person="pegawai")
    open_form(page, "penghargaan", page_button(page))
    page.get_by_label("Nomor SK").fill("67/TK/2021")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Sertifikat atau SK penghargaan")
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    return newest_proposal(server_db, accounts["pegawai"].nip)


def page_button(page: Page) -> str:
    """Name of the button that changes the award."""
    page.goto("/pdm/penghargaan")
    return page.get_by_role("button", name=re.compile("^Ubah ")).first.inner_text().replace("\n", " ")


def row_of(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def where(db: Database, number: int) -> ProposalState:
    with db.read() as session:
        return ProposalState(session.exec(select(Proposal.state).where(Proposal.id == number)).one())


def on_file(db: Database, accounts: Accounts) -> str:
    owner = person_id(db, accounts["pegawai"].nip)
    with db.read() as session:
        payload = session.exec(select(PersonnelRecord.payload).where(PersonnelRecord.pegawai_id == owner)).one()
    return str(payload["nomor_sk"])


def decide(page: Page, act: str, question: str) -> None:
    button_named(page, act).first.click()
    dialog = page.get_by_role("dialog", name=question)
    expect(dialog).to_contain_text("tidak dapat dibatalkan")
    button_named(dialog, act).click()


@pytest.fixture(autouse=True)
def _an_empty_inbox(server_db: Database) -> None:
    """The demo's own proposals leave the inbox, so that each test counts what it sent itself."""
    with server_db.begin() as session:
        session.execute(update(Proposal).values(instansi_id=None))


@pytest.mark.whole_browser
def test_from_the_person_into_the_record(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    number = send(new_page, server_db, accounts)

    page = new_page(DESK, "verifikator")
    page.goto("/beranda")
    page.get_by_role("link", name="Verifikasi", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Verifikasi")).to_be_visible()
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()
    looks.fine(page, "verifikasi-masuk")
    page.get_by_role("link", name="Dewi Rahayu, S.Pd.").click()
    page.wait_for_url(f"**/verifikasi/{number}")
    expect(page.get_by_role("heading", level=1, name="Ubah penghargaan")).to_be_visible()
    changed = row_of(page, "Nomor SK").first
    expect(changed).to_contain_text("66/TK/2021")
    expect(changed).to_contain_text("67/TK/2021")
    expect(changed).to_contain_text("Berbeda")
    expect(row_of(page, "Tahun").first).to_contain_text("Sama")
    expect(page.get_by_text("1 isian berubah dibanding data pada berkas.")).to_be_visible()
    expect(page.frame_locator("iframe").locator("body")).to_be_attached()
    looks.fine(page, "verifikasi-usulan")
    decide(page, "Verifikasi", "Verifikasi usulan ini?")
    page.wait_for_url("**/verifikasi")
    expect(page.get_by_text("Usulan diverifikasi dan diteruskan kepada approver.")).to_be_visible()
    expect(page.get_by_text("Tidak ada usulan yang menunggu Anda.")).to_be_visible()
    assert where(server_db, number) is ProposalState.TERVERIFIKASI
    looks.fine(page, "verifikasi-kosong")

    approver = new_page(DESK, "approver")
    approver.goto(f"/verifikasi/{number}")
    expect(approver.get_by_text("Verifikator, Bambang Santosa")).to_be_visible()
    assert on_file(server_db, accounts) == "66/TK/2021"
    decide(approver, "Setujui", "Setujui usulan ini?")
    expect(approver.get_by_text("Usulan disetujui dan data pegawai sudah diperbarui.")).to_be_visible()
    assert on_file(server_db, accounts) == "67/TK/2021"

    person = new_page(person="pegawai")
    person.goto("/notifikasi")
    expect(person.get_by_role("heading", name="Data Anda sudah diperbarui")).to_be_visible()
    person.goto("/usulan")
    expect(person.get_by_text("Telah Update di Profile PNS", exact=True)).to_be_visible()
    person.goto("/pdm/penghargaan")
    expect(person.get_by_text("67/TK/2021").first).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_returned_with_a_reason(
    size: str, new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    number = send(new_page, server_db, accounts)
    page = new_page(SIZES[size], "verifikator")
    page.goto(f"/verifikasi/{number}")
    button_named(page, "Kembalikan untuk diperbaiki").first.click()
    dialog = page.get_by_role("dialog", name="Kembalikan untuk diperbaiki?")
    dialog.get_by_label("Catatan").fill("Nomor SK lain.")
    button_named(dialog, "Kembalikan untuk diperbaiki").click()
    alert = dialog.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Pilih alasan.")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(dialog.get_by_label("Catatan")).to_have_value("Nomor SK lain.")
    looks.fine(page, f"verifikasi-tanpa-alasan-{size}")
    alert.get_by_role("link", name="Pilih alasan.").click()
    expect(dialog.get_by_label("Alasan")).to_be_focused()

    # Given up, it leaves no fault behind, neither on the page nor in the dialog when it is opened again; what was typed stays.
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page).to_have_title(re.compile(r"^(?!Kesalahan)"))
    button_named(page, "Kembalikan untuk diperbaiki").first.click()
    expect(dialog.get_by_label("Catatan")).to_have_value("Nomor SK lain.")
    expect(dialog.get_by_label("Alasan")).to_have_attribute("aria-invalid", "false")
    dialog.get_by_label("Alasan").select_option(value="BTS-06")
    dialog.get_by_label("Catatan").fill("Nomor SK tidak sama dengan dokumen.")
    button_named(dialog, "Kembalikan untuk diperbaiki").click()
    expect(page.get_by_text("Usulan dikembalikan kepada pegawai untuk diperbaiki.")).to_be_visible()
    assert where(server_db, number) is ProposalState.PERBAIKAN_MYSAPK

    person = new_page(person="pegawai")
    person.goto("/usulan")
    expect(person.get_by_text("Nomor SK tidak sama dengan dokumen.").first).to_be_visible()


def test_a_value_is_corrected(new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks) -> None:
    number = send(new_page, server_db, accounts)
    page = new_page(DESK, "verifikator")
    page.goto(f"/verifikasi/{number}")
    button_named(row_of(page, "Nomor SK").first, "Perbaiki Nomor SK").click()
    expect(page.get_by_text("Isi nilai yang benar untuk Nomor SK")).to_be_focused()
    page.get_by_label("Nilai yang benar").fill("68/TK/2021")
    looks.fine(page, "verifikasi-perbaiki")
    button_named(page, "Simpan perbaikan").click()
    expect(page.get_by_role("alert")).to_contain_text("Tulis mengapa")
    expect(page.get_by_label("Nilai yang benar")).to_have_value("68/TK/2021")
    page.get_by_label("Mengapa diperbaiki").fill("Sesuai sertifikat.")
    button_named(page, "Simpan perbaikan").click()
    expect(page.get_by_text("Nomor SK diperbaiki.")).to_be_focused()
    expect(row_of(page, "Nomor SK").first).to_contain_text("68/TK/2021")
    expect(page.get_by_text("67/TK/2021 menjadi 68/TK/2021")).to_be_visible()
    button_named(row_of(page, "Jenis penghargaan").first, "Perbaiki Jenis penghargaan").click()
    expect(page.get_by_label("Nilai yang benar")).to_have_value("101")
    button_named(page, "Batal memperbaiki").click()
    expect(page.get_by_label("Nilai yang benar")).to_be_hidden()


def test_another_value_is_corrected_from_the_beginning(
    new_page: NewPage, server_db: Database, accounts: Accounts
) -> None:
    """What was typed for one value is not there for the next."""
    number = send(new_page, server_db, accounts)
    page = new_page(DESK, "verifikator")
    page.goto(f"/verifikasi/{number}")
    value, why = page.get_by_label("Nilai yang benar"), page.get_by_label("Mengapa diperbaiki")

    def begin(label: str) -> None:
        button_named(row_of(page, label).first, f"Perbaiki {label}").click()
        expect(page.get_by_text(f"Isi nilai yang benar untuk {label}")).to_be_focused()

    begin("Nomor SK")
    value.fill("68/TK/2021")
    why.fill("Sesuai sertifikat.")
    begin("Tahun")
    expect(value).to_have_value("2021")
    expect(why).to_have_value("")
    value.fill("2020")
    begin("Jenis penghargaan")
    expect(value).to_have_value("101")
    value.select_option("201")
    why.fill("Jenisnya lain.")
    begin("Nomor SK")
    expect(value).to_have_value("67/TK/2021")
    expect(why).to_have_value("")
    begin("Jenis penghargaan")
    expect(value).to_have_value("101")


def test_two_people_and_one_proposal(new_page: NewPage, server_db: Database, accounts: Accounts) -> None:
    number = send(new_page, server_db, accounts)
    first, second = new_page(DESK, "verifikator"), new_page(DESK, "admin_instansi")
    first.goto(f"/verifikasi/{number}")
    expect(button_named(first, "Verifikasi")).to_be_visible()
    second.goto(f"/verifikasi/{number}")
    expect(second.get_by_text("sedang diperiksa Bambang Santosa")).to_be_visible()
    expect(button_named(second, "Verifikasi")).to_be_hidden()
    second.goto("/verifikasi")
    expect(second.get_by_text("Sedang diperiksa Bambang Santosa")).to_be_visible()
    button_named(first, "Lepas dan kembali ke daftar").click()
    expect(first.get_by_text("Usulan dilepas.")).to_be_visible()
    second.goto(f"/verifikasi/{number}")
    expect(button_named(second, "Verifikasi")).to_be_visible()


def test_by_keyboard_and_without(new_page: NewPage, server_db: Database, accounts: Accounts) -> None:
    number = send(new_page, server_db, accounts)
    page = new_page(DESK, "verifikator")
    page.goto("/verifikasi")
    row = page.get_by_role("link", name="Dewi Rahayu, S.Pd.")
    expect(row).to_be_visible()
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/verifikasi/{number}")
    expect(button_named(page, "Verifikasi")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Tolak usulan ini?")).to_be_visible()
    page.get_by_label("Catatan").last.press("v")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("region", name="Pintasan papan ketik").get_by_role("listitem").first).to_have_text(
        "v verifikasi"
    )
    page.get_by_role("checkbox", name="Pintasan papan ketik").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("v")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("checkbox", name="Pintasan papan ketik")).not_to_be_checked()
    page.get_by_role("checkbox", name="Pintasan papan ketik").check()


def test_filters_stand_in_the_address_and_names_do_not(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    send(new_page, server_db, accounts)
    page = new_page(DESK, "approver")
    page.goto("/verifikasi")
    expect(page.get_by_text("Tidak ada usulan yang menunggu Anda.")).to_be_visible()
    page.get_by_role("link", name="Input Berkas 1").click()
    page.wait_for_url("**/verifikasi?status=INPUT_BERKAS")
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()
    page.get_by_label("Nama", exact=True).fill("dewi rah")
    button_named(page, "Tampilkan").click()
    page.wait_for_url("**cari=ada*")
    assert "dewi" not in page.url.lower()
    # Only now the list is the one that was asked for, and what is typed next stays.
    expect(page.get_by_role("link", name="Dewi Rahayu")).to_have_attribute("href", re.compile("cari=ada"))
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()
    page.get_by_label("Nama", exact=True).fill("tidak ada yang bernama begini")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Tidak ada usulan yang cocok.")).to_be_visible()
    looks.fine(page, "verifikasi-tidak-cocok")
    page.get_by_label("Nama", exact=True).fill("rahayu")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()
    page.get_by_role("link", name="Hapus saringan").click()
    page.wait_for_url("**/verifikasi")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("")


def test_what_is_right_already_is_verified_together(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    number = send(new_page, server_db, accounts)
    with server_db.begin() as session:
        proposal = session.get_one(Proposal, number)
        proposal.payload = {**proposal.payload, "nomor_sk": AWARD["nomor_sk"]}
        proposal.changed_at = clock.now()
    page = new_page(DESK, "verifikator")
    page.goto("/verifikasi")
    page.get_by_role("link", name="Verifikasi bersama usulan yang tidak mengubah data").click()
    expect(page.get_by_label("Dewi Rahayu")).to_be_checked()
    looks.fine(page, "verifikasi-sesuai")
    button_named(page, "Verifikasi semua yang diberi tanda").click()
    expect(page.get_by_role("alert")).to_contain_text("contoh sudah Anda periksa")
    page.get_by_label("Dokumen pada semua contoh").check()
    button_named(page, "Verifikasi semua yang diberi tanda").click()
    expect(page.get_by_text("1 usulan diverifikasi dan diteruskan kepada approver.")).to_be_focused()
    assert where(server_db, number) is ProposalState.TERVERIFIKASI
    expect(page.get_by_text("Tidak ada usulan yang dapat diverifikasi bersama.")).to_be_visible()
    looks.fine(page, "verifikasi-sesuai-kosong")


def test_out_of_reach(new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks) -> None:
    number = send(new_page, server_db, accounts)
    page = new_page(DESK, "admin_instansi_lain")
    for wanted in (str(number), "999999", "x"):
        page.goto(f"/verifikasi/{wanted}")
        expect(page.get_by_role("heading", level=1, name="Usulan tidak ditemukan")).to_be_visible()
    looks.fine(page, "verifikasi-tidak-ada")
    page.goto("/verifikasi?status=semua")
    expect(page.get_by_text("0 usulan", exact=True)).to_be_visible()
    expect(page.get_by_text("Dewi Rahayu")).to_be_hidden()
