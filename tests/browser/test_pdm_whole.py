"""The whole way of a person through the PDM: from the token of the activation to the proof that a stranger checks."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import SIZES, Looks
from tests.browser.records import ON_FILE, put_on_file
from tests.browser.steps import at_home, button_named, fill
from tests.browser.test_main_path import activate
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload
from tests.support import qr
from tests.support.records import GOOD

Accounts = dict[str, DemoAccount]
PASSWORD = "Kapal-Rotan-71"
RIGHT = {"jabatan": "Jabatan", "skp": "SKP", "cpns-pns": "CPNS dan PNS"}
NONE = {
    "pmk": "Peninjauan masa kerja",
    "pindah-instansi": "Pindah instansi",
    "cltn": "CLTN",
    "organisasi": "Organisasi",
}
SENT = {
    "Golongan": "III/c Penata",
    "Pendidikan dan diklat": "S-1/Sarjana, S-1 Administrasi Negara",
    "Penghargaan": "Satyalancana Karya Satya 10 Tahun",
    "Keluarga": "Bagas Pratama",
}


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_from_the_token_to_the_proof(
    size: str, new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    person = accounts["email_gratis"]
    some = {kind: rows for kind, rows in ON_FILE.items() if kind != "penghargaan"}
    put_on_file(server_db, person.nip, some | {kind: [GOOD[kind]] for kind in RIGHT})
    page = new_page(SIZES[size])
    activate(page, person, PASSWORD)
    fill(page, NIP=person.nip, Password=PASSWORD)
    button_named(page, "Masuk").click()
    at_home(page)
    expect(page.get_by_text("0 dari 12 kelompok data selesai")).to_be_visible()

    _profile(page)
    for key, label in RIGHT.items():
        _declare(page, key, label, "Data sudah sesuai")
    for key, label in NONE.items():
        _declare(page, key, label, "Tidak ada riwayat")
    page.goto("/pdm")
    expect(page.get_by_text("8 dari 12 kelompok data selesai")).to_be_visible()

    _change_with_documents(page)
    _add_with_a_document(page)
    _delete(page)
    _send_all(page, looks, size)
    address = _proof(page, person)
    _a_stranger_checks(new_page(SIZES[size]), address, person)
    _followed(page, person)


def _profile(page: Page) -> None:
    page.goto("/profil")
    button_named(page, "Ubah Kontak dan alamat").click()
    fill(page, Alamat_tempat_tinggal="Jalan Kenanga 5, Sukamaju", Nomor_HP="081234567890")
    _choose(page, "Kabupaten", "sleman")
    button_named(page, "Simpan").click()
    expect(page.get_by_text("Tersimpan: Alamat tempat tinggal, Kabupaten atau kota, Nomor HP.")).to_be_focused()
    button_named(page, "Data sudah sesuai").click()
    button_named(page.get_by_role("dialog", name="Data sudah sesuai?"), "Ya, nyatakan").click()
    expect(page.get_by_text("Profil dinyatakan sudah sesuai.")).to_be_focused()


def _choose(page: Page, label: str, text: str) -> None:
    """Search a long list and take the first that is found, by keys."""
    box = page.get_by_role("combobox", name=label)
    box.fill(text)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")


def _declare(page: Page, key: str, label: str, word: str) -> None:
    page.goto(f"/pdm/{key}")
    button_named(page, word).click()
    button_named(page.get_by_role("dialog", name=f"{word}?"), "Ya, nyatakan").click()
    expect(page.get_by_text(f"{label}: {word.lower()}. Pernyataan Anda tersimpan.")).to_be_focused()


def _change_with_documents(page: Page) -> None:
    """Golongan, whose document is asked for even when it is right; and pendidikan."""
    open_form(page, "golongan", "Ubah III/c Penata")
    page.get_by_label("Nomor SK").fill("823.3/115/BKD/2022")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "SK kenaikan pangkat atau SK golongan terakhir")
    open_form(page, "pendidikan", "Ubah S-1/Sarjana, S-1 Administrasi Negara")
    page.get_by_label("Nama sekolah").fill("Universitas Pesisir Contoh")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Ijazah")
    upload(page, "Transkrip nilai")


def _add_with_a_document(page: Page) -> None:
    open_form(page, "penghargaan", "Tambah penghargaan")
    _choose(page, "Jenis penghargaan", "karya satya 10")
    page.get_by_label("Nomor SK").fill("12/TK/2024")
    page.get_by_label("Tanggal SK").fill("2024-08-10")
    page.get_by_label("Tahun", exact=True).fill("2024")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Sertifikat atau SK penghargaan")


def _delete(page: Page) -> None:
    page.goto("/pdm/keluarga")
    button_named(page, "Usulkan hapus Bagas Pratama").click()
    expect(page.get_by_role("heading", name="Data yang diusulkan dihapus")).to_be_visible()


def _send_all(page: Page, looks: Looks, size: str) -> None:
    page.goto("/pdm/kirim")
    for title in SENT.values():
        expect(page.get_by_role("heading", level=3).filter(has_text=title)).to_be_visible()
    expect(page.get_by_text("Siap dikirim", exact=True)).to_have_count(4)
    expect(page.get_by_role("row").filter(has_text="Nomor SK").first).to_contain_text("823.3/115/BKD/2022")
    expect(page.get_by_role("row").filter(has_text="Nama lengkap tanpa gelar")).to_contain_text("dihapus")
    if size == "desk":
        looks.fine(page, "pdm-kirim-empat")
    page.get_by_role("checkbox", name="Saya menyatakan bahwa data").check()
    button_named(page, "Kirim 4 usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    expect(page.get_by_text("4 usulan terkirim.")).to_be_focused()


def _proof(page: Page, person: DemoAccount) -> str:
    """The address in the code of the proof, read from the PDF."""
    page.get_by_role("link", name="Unduh bukti pemutakhiran").click()
    button_named(page, "Buat bukti").click()
    expect(page.get_by_text("Bukti sudah dibuat. Unduh dan simpan.")).to_be_focused()
    for label in SENT:
        expect(page.get_by_role("row").filter(has_text=label).first).to_contain_text("Usulan terkirim")
    for label in NONE.values():
        expect(page.get_by_role("row").filter(has_text=label)).to_contain_text("Tidak ada riwayat")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Unduh bukti (PDF)").click()
    shown = page.get_by_role("link", name="Buka halaman pemeriksaan").get_attribute("href")
    with pikepdf.open(waited.value.path()) as document:
        address = qr.text_of(qr.drawn_modules(document.pages[0]))
    assert address == shown
    return address


def _a_stranger_checks(visitor: Page, address: str, person: DemoAccount) -> None:
    visitor.goto(urlsplit(address).path)
    expect(visitor.get_by_text("Bukti ini asli")).to_be_visible()
    shown = visitor.get_by_role("main").inner_text()
    assert "Elisa Handayani" in shown
    assert person.nip not in shown


def _followed(page: Page, person: DemoAccount) -> None:
    page.goto("/usulan")
    expect(page.get_by_text("4 usulan", exact=True)).to_be_visible()
    for label, title in SENT.items():
        expect(page.get_by_role("heading", name=f"{label}: {title}")).to_be_visible()
    expect(page.get_by_text("Input Berkas", exact=True)).to_have_count(4)
    page.goto("/notifikasi")
    expect(page.get_by_role("heading", name="4 usulan terkirim")).to_be_visible()
    words = _mailed(page, person.email, "Tanda terima usulan data Anda di MySAPK")
    assert "mengirim 4 usulan pemutakhiran data" in words
    for title in SENT.values():
        assert title in words


def _mailed(page: Page, address: str, subject: str) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        page.goto("/demo/surat")
        letter = page.get_by_role("row").filter(has_text=address).get_by_role("link", name=subject)
        if letter.count():
            letter.first.click()
            return re.sub(r"\s+", " ", page.get_by_role("main").inner_text())
        page.wait_for_timeout(200)
    raise AssertionError(f"no letter {subject!r} came for {address}")
