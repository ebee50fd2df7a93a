"""Days and files are asked for in the order and the words of the portal, whatever language the browser speaks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named, fill, focused, ready
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form

Accounts = dict[str, DemoAccount]

DAYS = [
    ("admin_instansi", "/admin/periode", "Hari pertama"),
    ("admin_instansi", "/admin/periode", "Hari terakhir"),
    ("admin_instansi", "/admin/bantuan", "Tampil sampai"),
    ("admin_instansi", "/admin/audit", "Dari tanggal"),
    ("verifikator", "/verifikasi", "Dikirim sampai"),
]


def choose_day(page: Page, label: str, iso: str) -> None:
    """What the browser does when a day of its calendar is chosen; the calendar itself is a window of the browser."""
    around = page.locator(".date-input", has=page.get_by_label(label, exact=True))
    around.locator("input[type=date]").evaluate(
        """(element, day) => {
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(element, day);
            element.dispatchEvent(new Event('input', { bubbles: true }));
            element.dispatchEvent(new Event('change', { bubbles: true }));
        }""",
        iso,
    )


@pytest.mark.parametrize(("person", "path", "label"), DAYS)
def test_a_day_is_typed_day_first_in_an_american_browser(person: str, path: str, label: str, new_page: NewPage) -> None:
    page = new_page(DESK, person, locale="en-US")
    page.goto(path)
    day = page.get_by_label(label, exact=True)
    expect(day).to_have_attribute("type", "text")
    field = page.locator(".field", has=day)
    expect(field.get_by_text("isalnya 17-08-2020.")).to_be_visible()
    day.fill("01/05/2027")
    expect(field.get_by_text("1 Mei 2027")).to_be_visible()
    day.fill("05/24/2027")
    expect(field.locator(".date-words.said")).to_have_count(0)
    day.press("Tab")
    expect(focused(page)).to_have_text(f"Pilih {label} dari kalender")
    choose_day(page, label, "2027-05-24")
    expect(day).to_have_value("24-05-2027")
    expect(day).to_be_focused()
    expect(field.get_by_text("24 Mei 2027")).to_be_visible()


def test_the_calendar_opens_at_the_day_that_was_typed(new_page: NewPage) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/periode")
    page.evaluate("HTMLInputElement.prototype.showPicker = function () { window.shown = this.value; }")
    page.get_by_label("Hari pertama").fill("24-08-2026")
    button_named(page, "Pilih Hari pertama dari kalender").press("Enter")
    assert page.evaluate("window.shown") == "2026-08-24"


def test_no_day_is_told_at_its_field_and_stays(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi", locale="en-US")
    page.goto("/admin/periode")
    page.get_by_label("Jenis periode").select_option(label="Pemutakhiran data (PDM)")
    fill(page, Hari_pertama="12/31/2026", Hari_terakhir="akhir tahun", Dasar_penetapan="Surat 1")
    button_named(page, "Lihat akibatnya").click()
    expect(page.get_by_role("alert")).to_contain_text("Hari pertama harus tanggal yang benar, misalnya 24-08-2026.")
    expect(page.get_by_label("Hari pertama")).to_have_value("12/31/2026")
    expect(page.get_by_label("Hari terakhir")).to_have_value("akhir tahun")
    expect(page.get_by_label("Hari pertama")).to_have_attribute("aria-invalid", "true")
    looks.fine(page, "periode-tanggal-salah")


def test_days_of_a_filter_are_shown_as_they_are_typed(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "verifikator", locale="en-US")
    page.goto("/verifikasi")
    fill(page, Dikirim_sejak="kemarin")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Dikirim sejak harus tanggal yang benar")
    expect(page.get_by_label("Dikirim sejak")).to_have_value("kemarin")
    looks.fine(page, "verifikasi-tanggal-salah")
    fill(page, Dikirim_sejak="1/2/2026")
    button_named(page, "Tampilkan").click()
    page.wait_for_url("**dari=2026-02-01**")
    expect(page.get_by_label("Dikirim sejak")).to_have_value("01-02-2026")
    page = new_page(DESK, "admin_instansi", locale="en-US")
    page.goto("/admin/audit?dari=2026-02-01")
    expect(page.get_by_label("Dari tanggal")).to_have_value("01-02-2026")


def test_a_draft_keeps_a_day_from_the_calendar(new_page: NewPage, server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)
    page = new_page(DESK, "pegawai", locale="en-US")
    open_form(page, "penghargaan", "Tambah penghargaan")
    choose_day(page, "Tanggal SK", "2021-08-10")
    expect(draft_line(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("Tanggal SK")).to_have_value("10-08-2021")
    expect(page.get_by_text("10 Agustus 2021")).to_be_visible()


def test_a_file_field_speaks_indonesian_and_obeys_keys(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi", locale="en-US")
    page.goto("/admin/email?bagian=impor")
    ready(page, "Unggah dan periksa")
    field = page.get_by_label("Berkas CSV atau XLSX")
    expect(page.get_by_text("Pilih berkas", exact=True)).to_be_visible()
    expect(page.get_by_text("Belum ada berkas yang dipilih")).to_be_visible()
    field.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([{"name": "alamat.csv", "mimeType": "text/csv", "buffer": b"nip,email\n"}])
    expect(page.get_by_text("alamat.csv")).to_be_visible()
    with page.expect_file_chooser():
        page.get_by_text("Pilih berkas", exact=True).click(force=True)
    looks.fine(page, "email-berkas-dipilih")
