"""What a person has already: refused with the way to it where it is the same, shown with what differs where it is similar."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.records import ON_FILE, newest_proposal, person_id, put_on_file
from tests.browser.steps import button_named, fill
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload

Accounts = dict[str, DemoAccount]
AWARD = {"jenis_penghargaan": "201", "tahun": 2020, "nomor_sk": "44/TK/2020", "tanggal_sk": "2020-08-10"}
TITLE = "Satyalancana Karya Satya 10 Tahun"


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    children = [
        {
            **ON_FILE["anak"][0],
            "nama": f"Anak {number}",
            "tanggal_lahir": f"20{number:02}-01-01",
            "akta_kelahiran": f"A-{number}",
        }
        for number in range(1, 13)
    ]
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD], "anak": children})
    with server_db.begin() as session:
        session.execute(update(Proposal).values(instansi_id=None))  # the inbox is empty


def choose_award(page: Page, text: str) -> None:
    box = page.get_by_role("combobox", name="Jenis penghargaan")
    box.fill(text)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")


def write_award(page: Page, *, number: str, day: str) -> None:
    choose_award(page, "karya satya 10")
    page.get_by_label("Nomor SK").fill(number)
    page.get_by_label("Tanggal SK").fill(day)
    page.get_by_label("Tahun", exact=True).fill(day[:4])
    expect(draft_line(page)).to_have_text(SAVED)


def send_at_once(page: Page) -> None:
    """The shortest way: from the form, without the page where everything is checked."""
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()


def test_the_same_record_is_refused_with_a_link_and_nothing_typed_is_lost(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    page = new_page(DESK, "pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    write_award(page, number="44 - tk - 2020", day="2020-08-10")
    upload(page, "Sertifikat atau SK penghargaan")
    button_named(page, "Simpan dan lanjut").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text(f"{TITLE} sudah ada pada berkas.")
    expect(page.get_by_label("Nomor SK")).to_have_value("44 - tk - 2020")
    expect(page.get_by_role("paragraph").filter(has_text="Tidak ada isian yang berbeda.")).to_be_visible()
    looks.fine(page, "pdm-isian-sama")
    form = page.url
    page.reload()
    expect(page.get_by_label("Nomor SK")).to_have_value("44 - tk - 2020")

    owner = person_id(server_db, accounts["pegawai"].nip)
    with server_db.read() as session:
        record = session.exec(
            select(PersonnelRecord.id).where(PersonnelRecord.pegawai_id == owner, PersonnelRecord.kind == "penghargaan")
        ).one()
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url(f"**/pdm/penghargaan?riwayat={record}#riwayat-{record}")
    item = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=TITLE, level=3)).first
    expect(item).to_be_focused()
    expect(item).to_be_in_viewport()

    page.goto(form)
    expect(page.get_by_label("Nomor SK")).to_have_value("44 - tk - 2020")
    send_at_once(page)
    expect(page.get_by_role("alert")).to_contain_text("sudah ada pada berkas")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Tahun", exact=True)).to_be_focused()
    page.goto("/pdm/kirim")
    expect(page.get_by_text("Belum siap", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=TITLE, exact=True)).to_have_attribute("href", re.compile(r"#riwayat-\d+$"))


def test_a_link_to_one_of_many_records_shows_it_first(
    new_page: NewPage, server_db: Database, accounts: Accounts
) -> None:
    owner = person_id(server_db, accounts["pegawai"].nip)
    with server_db.read() as session:
        rows = session.exec(
            select(PersonnelRecord.payload, PersonnelRecord.id).where(
                PersonnelRecord.pegawai_id == owner, PersonnelRecord.kind == "anak"
            )
        ).all()
    eldest = min(rows, key=lambda row: str(row[0]["tanggal_lahir"]))[1]
    page = new_page(DESK, "pegawai")
    page.goto("/pdm/keluarga")
    expect(page.get_by_role("heading", name="Anak 12", level=3)).to_be_visible()
    expect(page.get_by_role("heading", name="Anak 1", level=3, exact=True)).to_have_count(0)
    page.goto(f"/pdm/keluarga?riwayat={eldest}#riwayat-{eldest}")
    page.reload()
    expect(page.locator(f"#riwayat-{eldest}")).to_be_focused()
    expect(page.get_by_role("heading", name="Anak 1", level=3, exact=True)).to_be_visible()


def test_a_similar_record_is_shown_before_sending_and_at_the_desk(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    page = new_page(PHONE, "pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    write_award(page, number="45/TK/2021", day="2021-08-10")
    upload(page, "Sertifikat atau SK penghargaan")
    send_at_once(page)
    expect(page.get_by_role("alert")).to_contain_text("Anda sudah memiliki data yang mirip")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_text("Mirip dengan data pada berkas:")).to_be_in_viewport()
    expect(page.get_by_text("Nomor SK: 44/TK/2020 di sana, 45/TK/2021 pada usulan ini")).to_be_visible()
    expect(page.get_by_label("Nomor SK")).to_have_value("45/TK/2021")
    looks.fine(page, "pdm-isian-mirip")

    button_named(page, "Simpan dan lanjut").click()
    page.wait_for_url("**/pdm/kirim*")
    expect(page.get_by_text("Siap dikirim", exact=True)).to_be_visible()
    expect(page.get_by_text("Tahun: 2020 di sana, 2021 pada usulan ini")).to_be_visible()
    looks.fine(page, "pdm-kirim-mirip")
    page.get_by_label("Saya menyatakan bahwa data").check()
    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()

    desk = new_page(DESK, "verifikator")
    desk.goto(f"/verifikasi/{newest_proposal(server_db, accounts['pegawai'].nip)}")
    row = desk.get_by_role("row").filter(has_text="Data ganda")
    expect(row).to_contain_text("Perlu dilihat")
    expect(row).to_contain_text(f"Mirip dengan data pada berkas: {TITLE}")
    expect(row).to_contain_text("Tahun (berkas: 2020, diusulkan: 2021)")
    expect(desk.get_by_text("Belum ada data yang sama pada berkas.")).to_have_count(0)
    expect(button_named(desk, "Verifikasi").first).to_be_visible()
    looks.fine(desk, "verifikasi-mirip")


def test_the_desk_is_told_what_came_on_file_after_it_was_sent(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    page = new_page(DESK, "pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    choose_award(page, "karya satya 20")
    fill(page, Nomor_SK="9/TK/2024")
    page.get_by_label("Tanggal SK").fill("2024-08-10")
    page.get_by_label("Tahun", exact=True).fill("2024")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Sertifikat atau SK penghargaan")
    button_named(page, "Simpan dan lanjut").click()
    page.get_by_label("Saya menyatakan bahwa data").check()
    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    number = newest_proposal(server_db, accounts["pegawai"].nip)

    desk = new_page(DESK, "verifikator")
    desk.goto(f"/verifikasi/{number}")
    row = desk.get_by_role("row").filter(has_text="Data ganda")
    expect(row).to_contain_text("1 data Penghargaan pada berkas dan 0 usulan lain yang diproses di instansi ini")
    with server_db.begin() as session:
        proposal = session.get_one(Proposal, number)
        now = proposal.changed_at
        session.add(
            PersonnelRecord(
                pegawai_id=proposal.pegawai_id,
                kind="penghargaan",
                payload={**proposal.payload, "nomor_sk": "9 / tk / 2024"},
                created_at=now,
                changed_at=now,
            )
        )
    desk.reload()
    expect(row).to_contain_text("Tidak sesuai")
    expect(row).to_contain_text("Sama dengan data pada berkas: Satyalancana Karya Satya 20 Tahun")
    expect(desk.get_by_text("Pemeriksaan otomatis menemukan kesalahan")).to_be_visible()
    expect(button_named(desk, "Verifikasi")).to_have_count(0)
    looks.fine(desk, "verifikasi-sama")
