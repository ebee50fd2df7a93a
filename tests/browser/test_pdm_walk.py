"""A person keeps the own data true: from the tiles to sent proposals, notices and the history."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from playwright.sync_api import Locator, Page, expect

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import SIZES, Looks
from tests.browser.records import give_back, newest_proposal, put_on_file
from tests.browser.steps import at_home, button_named, log_in
from tests.browser.watch import Watch

Accounts = dict[str, DemoAccount]
SAVED = re.compile(r"^Tersimpan otomatis pukul \d\d\.\d\d$")


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)


def scan() -> dict[str, object]:
    """A document as a browser would choose it."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return {"name": "Hasil pindai.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def draft_line(page: Page) -> Locator:
    """The line that says how the draft stands."""
    return (
        page.get_by_role("paragraph").filter(has=page.get_by_role("status").filter(has_text=re.compile("impan"))).last
    )


def open_form(page: Page, group: str, button: str) -> None:
    """Open the form of a usulan from its group."""
    page.goto(f"/pdm/{group}")
    button_named(page, button).click()
    page.wait_for_url(re.compile(rf"/pdm/{group}/\d+$"))
    expect(page.get_by_text("Isian disimpan otomatis")).to_be_visible()


def upload(page: Page, document: str) -> None:
    """Put a document into its place."""
    place = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=document, exact=True))
    place.get_by_label(f"Unggah dokumen {document}").set_input_files([scan()])  # type: ignore[list-item]
    expect(place.get_by_text("Tersimpan", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_from_the_tiles_to_a_sent_usulan(size: str, new_page: NewPage, accounts: Accounts) -> None:
    page = new_page(SIZES[size])
    log_in(page, accounts["pegawai"])
    at_home(page)
    expect(page.get_by_text("0 dari 12 kelompok data selesai")).to_be_visible()
    page.goto("/pdm")

    page.get_by_role("link", name="Keluarga").click()
    expect(page.get_by_role("heading", level=1, name="Keluarga")).to_be_focused()
    button_named(page, "Data sudah sesuai").click()
    button_named(page.get_by_role("dialog", name="Data sudah sesuai?"), "Ya, nyatakan").click()
    expect(page.get_by_text("Keluarga: data sudah sesuai. Pernyataan Anda tersimpan.")).to_be_focused()
    button_named(page, "Batalkan pernyataan").click()
    expect(page.get_by_text("Pernyataan dibatalkan.")).to_be_focused()
    button_named(page, "Data sudah sesuai").click()
    button_named(page.get_by_role("dialog", name="Data sudah sesuai?"), "Ya, nyatakan").click()
    expect(button_named(page, "Batalkan pernyataan")).to_be_visible()
    page.goto("/pdm")
    expect(page.get_by_text("1 dari 12 kelompok data selesai")).to_be_visible()

    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    page.get_by_label("Nama sekolah").fill("Universitas Pesisir Contoh")
    expect(draft_line(page)).to_have_text(SAVED)
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_label("Nomor ijazah").press_sequentially("/B")
    page.reload()
    expect(page.get_by_label("Nama sekolah")).to_have_value("Universitas Pesisir Contoh")
    expect(page.get_by_label("Nomor ijazah")).to_have_value("/BUNC-2008-01177")
    expect(page.get_by_text("Diubah. Di berkas: Universitas Nusantara Contoh")).to_be_visible()

    button_named(page, "Simpan dan lanjut").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Unggah Ijazah.")
    upload(page, "Ijazah")
    upload(page, "Transkrip nilai")
    button_named(page, "Simpan dan lanjut").click()
    page.wait_for_url("**/pdm/kirim*")
    expect(page.get_by_role("heading", level=1, name="Periksa sebelum mengirim")).to_be_focused()
    changed = page.get_by_role("row").filter(has_text="Nama sekolah")
    expect(changed).to_contain_text("Universitas Nusantara Contoh")
    expect(changed).to_contain_text("Universitas Pesisir Contoh")

    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_role("alert")).to_contain_text("Beri tanda pada pernyataan")
    page.get_by_label("Saya menyatakan bahwa data").check()
    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    expect(page.get_by_text("1 usulan terkirim.")).to_be_focused()

    page.goto("/pdm/pendidikan")
    expect(page.get_by_text("Menunggu diperiksa verifikator.")).to_be_visible()
    expect(page.get_by_role("heading", name="S-1/Sarjana, S-1 Administrasi Negara")).to_be_visible()
    _told_and_taken_back(page)


def _told_and_taken_back(page: Page) -> None:
    page.goto("/notifikasi")
    expect(page.get_by_role("heading", name="Usulan terkirim")).to_be_visible()
    page.get_by_role("button", name="Tandai sudah dibaca").click()
    expect(page.get_by_text("Semua sudah dibaca.")).to_be_visible()

    page.goto("/usulan")
    expect(page.get_by_text("Input Berkas", exact=True)).to_be_visible()
    page.get_by_text("Perjalanan dan dokumen").click()
    step = page.get_by_role("listitem").filter(has_text="Kirim pengajuan").last
    expect(step).to_contain_text("Anda")
    expect(step).to_contain_text("Status: Input Berkas")
    page.get_by_role("button", name="Tarik").click()
    dialog = page.get_by_role("dialog", name="Tarik usulan ini?")
    button_named(dialog, "Batal").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Tarik").click()
    button_named(dialog, "Tarik usulan").click()
    expect(page.get_by_text("Usulan ditarik. Data Anda di berkas tidak berubah.")).to_be_focused()
    page.get_by_label("Status").select_option("Ditarik")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Usulan Dihapus", exact=True)).to_be_visible()
    page.get_by_label("Status").select_option("Draf")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Belum ada usulan di sini.")).to_be_visible()


def test_what_came_back_is_corrected_and_sent_again(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    page = new_page(person="pegawai")
    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    page.get_by_label("Nama sekolah").fill("Universitas Pesisir Contoh")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Ijazah")
    upload(page, "Transkrip nilai")
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    looks.fine(page, "pdm-terkirim")

    number = newest_proposal(server_db, accounts["pegawai"].nip)
    give_back(server_db, number, reason="BTS-01", note="Halaman kedua ijazah terpotong.")
    page.goto("/beranda")
    returned = page.get_by_role("region").filter(has_text="Dikembalikan kepada Anda").or_(page.get_by_role("main"))
    expect(returned.first).to_contain_text("Halaman kedua ijazah terpotong.")
    looks.fine(page, "beranda-dikembalikan")
    page.goto("/pdm")
    expect(page.get_by_text("Perlu perbaikan", exact=True)).to_be_visible()
    looks.fine(page, "pdm-dikembalikan")
    page.goto("/usulan")
    page.get_by_role("link", name="Perbaiki dan kirim lagi").click()
    page.wait_for_url(f"**/pdm/pendidikan/{number}")
    expect(page.get_by_role("paragraph").filter(has_text="Dikembalikan karena:")).to_contain_text("Halaman kedua")
    looks.fine(page, "pdm-isian-dikembalikan")
    page.get_by_label("Nomor ijazah").fill("UNC-2008-01178")
    expect(draft_line(page)).to_have_text(SAVED)
    button_named(page, "Simpan dan lanjut").click()
    page.wait_for_url("**/pdm/kirim*")
    page.get_by_label("Saya menyatakan bahwa data").check()
    button_named(page, "Kirim 1 usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    page.goto("/usulan")
    expect(page.get_by_text("Input Berkas - Perbaikan MySAPK", exact=True)).to_be_visible()
    page.get_by_text("Perjalanan dan dokumen").click()
    expect(page.get_by_text("Dokumen tidak terbaca atau terpotong: Halaman kedua ijazah terpotong.")).to_be_visible()
    looks.fine(page, "usulan-perbaikan")


@pytest.mark.whole_browser
def test_a_document_is_refused_in_words_replaced_looked_at_and_removed(
    new_page: NewPage, looks: Looks, watch: Watch
) -> None:
    watch.expect(r"/dokumen/\d+/1173", r"status of 422")
    page = new_page(person="pegawai")
    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    place = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Ijazah", exact=True))
    choose = place.get_by_label("Unggah dokumen Ijazah")
    expect(place).to_contain_text("PDF, paling besar 1 MB.")

    choose.set_input_files([{"name": "foto.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}])
    expect(place.get_by_role("alert")).to_contain_text("bukan PDF")
    choose.set_input_files(
        [{"name": "besar.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"0" * 1_100_000}]
    )
    expect(place.get_by_role("alert")).to_contain_text("Ukuran paling besar 1 MB.")
    choose.set_input_files([{"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": b"x"}])
    expect(place.get_by_role("alert")).to_contain_text("Berkas harus PDF.")
    looks.fine(page, "pdm-dokumen-ditolak")

    upload(page, "Ijazah")
    page.reload()
    expect(place.get_by_text("Hasil pindai.pdf")).to_be_visible()
    expect(place.get_by_label("Ganti dokumen Ijazah")).to_be_visible()
    place.get_by_role("button", name="Lihat Ijazah").click()
    expect(place.locator("iframe[title='Ijazah']")).to_be_visible()
    place.get_by_role("button", name="Tutup Ijazah").click()
    expect(place.locator("iframe")).to_have_count(0)
    place.get_by_role("button", name="Hapus dokumen Ijazah").click()
    button_named(page.get_by_role("dialog", name="Hapus dokumen ini?"), "Hapus dokumen").click()
    expect(page.get_by_text("Dokumen dihapus.")).to_be_focused()
    expect(place.get_by_text("Belum diunggah")).to_be_visible()


@pytest.mark.whole_browser
def test_on_a_phone_the_own_document_opens_in_a_tab_of_its_own(new_page: NewPage, looks: Looks) -> None:
    page = new_page(SIZES["phone"], "pegawai")
    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    upload(page, "Ijazah")
    place = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Ijazah", exact=True))
    expect(place.get_by_role("button", name="Lihat Ijazah")).to_have_count(0)
    expect(page.locator("iframe")).to_have_count(0)
    link = place.get_by_role("link", name="Buka di tab baru Ijazah")
    expect(link).to_be_visible()
    looks.fine(page, "pdm-dokumen-ponsel")
    with page.context.expect_page() as opened:
        link.click()
    there = opened.value.url
    assert there.endswith("/lihat")
    assert opened.value.evaluate("document.contentType") == "application/pdf"
    assert page.request.get(there).headers["content-disposition"].startswith("inline")
    expect(place.get_by_label("Ganti dokumen Ijazah")).to_be_visible()  # the form is as it was
    page.set_viewport_size(SIZES["desk"])
    place.get_by_role("button", name="Lihat Ijazah").click()
    expect(place.locator("iframe[title='Ijazah']")).to_be_visible()
