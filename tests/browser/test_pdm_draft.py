"""The form that saves itself: what is typed survives whatever happens, and the page says how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import text

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload

Accounts = dict[str, DemoAccount]
CHILD = "Ubah Kirana Pratama"


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)


@pytest.fixture
def closed_period(server_db: Database) -> Iterator[object]:
    """Closes the PDM of everybody when it is called; opens it again afterwards."""
    with server_db.read() as session:
        before = session.execute(text("SELECT id, starts_at, ends_at FROM periode")).all()

    def close() -> None:
        past = clock.now() - timedelta(minutes=1)
        with server_db.begin() as session:
            session.execute(
                text("UPDATE periode SET ends_at = :past WHERE ends_at > :past AND starts_at < :past"), {"past": past}
            )

    yield close
    with server_db.begin() as session:
        for row in before:
            session.execute(text("UPDATE periode SET ends_at = :ends WHERE id = :id"), {"ends": row[2], "id": row[0]})


def test_one_event_a_pause_with_what_changed_only(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    line = Line(page)
    open_form(page, "keluarga", CHILD)
    page.get_by_label("Tempat lahir").press("End")
    page.get_by_label("Tempat lahir").press_sequentially(" Selatan", delay=20)
    expect(draft_line(page)).to_have_text(SAVED)
    saves = [message for message in line.sent if "isian_state.save" in message]
    assert len(saves) == 1
    assert '"values":{"tempat_lahir":"Kota Misal Selatan"}' in saves[0]
    assert "Kirana" not in saves[0]


def test_a_document_takes_nothing_away_of_what_was_typed_before_it(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "organisasi", "Tambah organisasi")
    page.get_by_label("Nama organisasi").fill("Koperasi Contoh")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "SK organisasi")
    expect(page.get_by_label("Nama organisasi")).to_have_value("Koperasi Contoh")
    page.reload()
    expect(page.get_by_label("Nama organisasi")).to_have_value("Koperasi Contoh")


def test_a_fault_goes_when_its_field_is_right_and_saved(new_page: NewPage, looks: Looks) -> None:
    """It stayed beside the field, and in the summary, until the whole form was sent again."""
    page = new_page(person="pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    button_named(page, "Simpan dan lanjut").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    field = page.get_by_label("Nomor SK")
    expect(field).to_have_attribute("aria-invalid", "true")
    before = alert.get_by_role("listitem").count()
    assert before > 1
    looks.fine(page, "isian-kesalahan")

    field.fill("67/TK/2021")
    expect(draft_line(page)).to_have_text(SAVED)
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(alert.get_by_role("listitem")).to_have_count(before - 1)
    expect(field).to_be_focused()
    looks.fine(page, "isian-kesalahan-berkurang")

    field.fill("")
    expect(draft_line(page)).to_have_text(SAVED)
    button_named(page, "Simpan dan lanjut").click()
    expect(alert.get_by_role("listitem")).to_have_count(before)
    expect(field).to_have_attribute("aria-invalid", "true")


def test_faults_of_fields_behind_a_dialog_are_told_beside_them(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    button_named(sending, "Kirim usulan").click()
    expect(sending.get_by_role("alert")).to_contain_text("Beri tanda pada pernyataan")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()
    expect(sending).to_be_hidden()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="Nomor SK wajib diisi.").click()
    expect(page.get_by_label("Nomor SK")).to_be_focused()


def test_a_lost_connection_loses_nothing(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", CHILD)
    page.context.set_offline(True)
    page.get_by_label("Tempat lahir").fill("Kota Seberang")
    expect(draft_line(page)).to_have_text("Belum tersimpan: koneksi terputus. Dikirim lagi setelah tersambung.")
    page.wait_for_timeout(900)
    page.context.set_offline(False)
    expect(draft_line(page)).to_have_text(SAVED, timeout=15_000)
    page.reload()
    expect(page.get_by_label("Tempat lahir")).to_have_value("Kota Seberang")


def test_an_answer_that_is_late_is_said_and_nothing_is_overtaken(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    line = Line(page)
    open_form(page, "keluarga", CHILD)
    line.hold()
    page.get_by_label("Tempat lahir").fill("Kota Satu")
    expect(draft_line(page)).to_have_text("Menyimpan ...")
    looks.fine(page, "pdm-isian-menyimpan")
    page.get_by_label("Tempat lahir").fill("Kota Dua")
    page.wait_for_timeout(900)
    assert line.count("isian_state.save") == 1
    line.release()
    expect(draft_line(page)).to_have_text(SAVED)
    assert line.count("isian_state.save") == 2
    page.reload()
    expect(page.get_by_label("Tempat lahir")).to_have_value("Kota Dua")


def test_leaving_asks_only_when_something_is_really_unsaved(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    open_form(page, "keluarga", CHILD)
    page.get_by_label("Tempat lahir").press_sequentially("X")
    expect(draft_line(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("Tempat lahir")).to_have_value("XKota Misal")
    assert asked == []

    page.context.set_offline(True)
    page.get_by_label("Tempat lahir").press_sequentially("Y")
    expect(draft_line(page)).to_contain_text("Belum tersimpan")
    page.evaluate(
        "() => { window.asked = false; addEventListener('beforeunload', e => { window.asked = e.defaultPrevented }) }"
    )
    page.evaluate("() => dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert page.evaluate("() => window.asked") is True


def test_going_to_another_page_at_once_takes_what_was_typed_along(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", CHILD)
    form = page.url
    page.get_by_label("Tempat lahir").fill("Kota Cepat")
    page.get_by_role("link", name="Kembali ke Keluarga").click()
    expect(page.get_by_role("heading", level=1, name="Keluarga")).to_be_visible()
    page.goto(form)
    expect(page.get_by_label("Tempat lahir")).to_have_value("Kota Cepat")


def test_two_tabs_do_not_overwrite_each_other_unseen(new_page: NewPage) -> None:
    one = new_page(person="pegawai")
    open_form(one, "keluarga", CHILD)
    two = one.context.new_page()
    two.goto(one.url)
    two.get_by_label("Tempat lahir").fill("Dari Tab Dua")
    expect(draft_line(two)).to_have_text(SAVED)
    one.get_by_label("Tempat lahir").fill("Dari Tab Satu")
    expect(draft_line(one)).to_contain_text("Belum tersimpan:")
    expect(one.get_by_label("Tempat lahir")).to_have_value("Dari Tab Satu")
    two.reload()
    expect(two.get_by_label("Tempat lahir")).to_have_value("Dari Tab Dua")


def test_a_session_that_ends_keeps_the_draft(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", CHILD)
    form = page.url
    page.get_by_label("Tempat lahir").fill("Kota Tersimpan")
    expect(draft_line(page)).to_have_text(SAVED)
    button_named(page, "Keluar").click()
    page.wait_for_url("**/masuk*")
    again = new_page(person="pegawai")
    again.goto(form)
    expect(again.get_by_label("Tempat lahir")).to_have_value("Kota Tersimpan")


def test_a_period_that_closes_while_the_form_is_open_keeps_the_draft_and_says_so(
    new_page: NewPage, closed_period: object, looks: Looks
) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", CHILD)
    page.get_by_label("Tempat lahir").fill("Sebelum Tutup")
    expect(draft_line(page)).to_have_text(SAVED)
    assert callable(closed_period)
    closed_period()
    page.get_by_label("Tempat lahir").fill("Sesudah Tutup")
    expect(draft_line(page)).to_contain_text("Belum tersimpan:")
    expect(draft_line(page)).to_contain_text("ditutup")
    looks.fine(page, "pdm-isian-tertutup")
    page.goto("/pdm/keluarga")
    expect(page.get_by_text("Sudah ditutup").or_(page.get_by_text("ditutup")).first).to_be_visible()
    expect(button_named(page, "Tambah anak")).to_have_count(0)
    looks.fine(page, "pdm-grup-tertutup")
    page.go_back()
    expect(page.get_by_text("Sebelum Tutup")).to_be_visible()
    expect(button_named(page, "Simpan dan lanjut")).to_have_count(0)


def test_fields_come_and_go_with_their_condition(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", CHILD)
    died = page.get_by_label("Tanggal meninggal")
    expect(died).to_be_hidden()
    page.get_by_label("Status hidup").select_option("Meninggal")
    expect(died).to_be_visible()
    expect(page.get_by_label("Alamat (opsional)")).to_be_hidden()
    died.fill("31-02-2020")
    page.get_by_label("Nomor akta kematian").focus()
    expect(page.get_by_text("Tanggal meninggal harus tanggal yang benar")).to_be_visible()
    died.fill("01-03-2020")
    expect(page.get_by_text("1 Maret 2020")).to_be_visible()
    expect(page.get_by_text("Tanggal meninggal harus tanggal yang benar")).to_have_count(0)
    page.get_by_label("Status hidup").select_option("Hidup")
    expect(died).to_be_hidden()


def _search(page: Page, words: str) -> None:
    page.get_by_role("combobox", name="Jurusan").fill(words)


def test_a_long_list_is_searched_and_chosen_with_the_keyboard(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    box = page.get_by_role("combobox", name="Jurusan")
    expect(box).to_have_value("S-1 Administrasi Negara")
    _search(page, "ilmu")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="pilihan. Gunakan panah bawah.")).to_have_count(1)
    looks.fine(page, "pdm-isian-daftar")
    box.press("ArrowDown")
    first = options.first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    words = first.inner_text()
    box.press("Enter")
    expect(box).to_have_value(words)
    expect(page.get_by_role("option")).to_have_count(0)
    expect(draft_line(page)).to_have_text(SAVED)

    _search(page, "tidak ada jurusan ini")
    expect(page.get_by_text("Tidak ada yang cocok. Coba kata lain.")).to_be_visible()
    box.press("Escape")
    box.press("Tab")
    expect(box).to_have_value(words)
    page.reload()
    expect(box).to_have_value(words)
