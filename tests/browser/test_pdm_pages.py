"""Every page of the PDM in its quiet states: empty, filled, unknown, loading."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import update
from sqlmodel import col

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import PROOF_CHECKS_PER_NETWORK
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named
from tests.browser.test_pdm_walk import open_form

Accounts = dict[str, DemoAccount]


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)


QUIET = {
    "/beranda": "Pemutakhiran data Anda",
    "/pdm": "Kelompok data",
    "/pdm/keluarga": "Lestari Widodo",
    "/pdm/golongan": "III/c Penata",
    "/pdm/cltn": "Belum ada riwayat di berkas.",
    "/pdm/entah": "Kelompok data ini tidak ada",
    "/pdm/keluarga/999999": "bukan milik Anda",
    "/pdm/kirim": "Belum ada usulan yang dapat dikirim.",
    "/pdm/bukti": "Belum dapat dibuat",
    "/usulan": "Belum ada usulan di sini.",
    "/notifikasi": "Belum ada notifikasi.",
}


@pytest.mark.parametrize("path", QUIET)
def test_a_page_in_its_quiet_state(path: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    page.goto(path)
    expect(page.get_by_text(QUIET[path]).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    looks.fine(page, "tenang" + path.replace("/", "-"))


@pytest.mark.parametrize(
    ("path", "words"), [("/pdm/cltn", ["Tidak ada riwayat"]), ("/pdm/jabatan", ["Tambah jabatan"])]
)
def test_an_empty_group_offers_what_can_work_only(path: str, words: list[str], new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    page.goto(path)
    main = page.get_by_role("main")
    expect(main.get_by_text("Belum ada riwayat di berkas.").first).to_be_visible()
    expect(button_named(main, "Data sudah sesuai")).to_have_count(0)
    expect(main.locator("button.button-primary:visible")).to_have_text(words)
    looks.fine(page, "kosong" + path.replace("/", "-"))


@pytest.mark.parametrize("path", ["/pdm", "/pdm/keluarga", "/pdm/kirim", "/pdm/bukti", "/usulan", "/notifikasi"])
def test_a_page_while_its_data_is_on_the_way(path: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    Line(page, dead=True)
    page.goto(path)
    expect(page.get_by_text("Memuat data ...")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    looks.fine(page, "memuat" + path.replace("/", "-"))


def test_a_proof_that_does_not_exist_is_said_to_everybody(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    page.goto("/cek-bukti/palsu")
    expect(page.get_by_text("Bukti tidak ditemukan.")).to_be_visible()
    looks.fine(page, "cek-bukti-palsu")


def test_who_checks_too_many_proofs_is_told_when_to_come_back(
    new_page: NewPage, looks: Looks, server_db: Database
) -> None:
    page = new_page()
    page.goto("/cek-bukti/palsu")
    expect(page.get_by_text("Bukti tidak ditemukan.")).to_be_visible()
    with server_db.begin() as s:
        mine = col(Counter.key).startswith(f"{PROOF_CHECKS_PER_NETWORK.name}:", autoescape=True)
        s.execute(update(Counter).where(mine).values(count=PROOF_CHECKS_PER_NETWORK.count))
    page.reload()  # the same once more is no further check
    expect(page.get_by_text("Bukti tidak ditemukan.")).to_be_visible()
    page.goto("/cek-bukti/lain")
    expect(page.get_by_role("alert")).to_contain_text("Terlalu banyak pemeriksaan bukti dari jaringan ini.")
    expect(page.get_by_text("Bukti tidak ditemukan.")).to_have_count(0)
    expect(page.locator(".skeleton")).to_have_count(0)
    looks.fine(page, "cek-bukti-terlalu-sering")


def test_a_new_record_a_proposal_to_delete_and_throwing_a_draft_away(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    open_form(page, "keluarga", "Tambah orang tua")
    expect(page.get_by_text("Diubah.")).to_have_count(0)
    looks.fine(page, "pdm-isian-baru")
    button_named(page, "Buang draf").click()
    dialog = page.get_by_role("dialog", name="Buang draf ini?")
    looks.fine(page, "pdm-buang-draf")
    button_named(dialog, "Buang draf").click()
    page.wait_for_url("**/pdm/keluarga")
    expect(page.get_by_role("heading", name="Usulan baru, belum ada di berkas")).to_have_count(0)

    button_named(page, "Usulkan hapus Bagas Pratama").click()
    expect(page.get_by_role("heading", level=1, name="Hapus anak")).to_be_visible()
    expect(page.get_by_role("heading", name="Data yang diusulkan dihapus")).to_be_visible()
    looks.fine(page, "pdm-isian-hapus")
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    looks.fine(page, "pdm-kirim-dialog")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    page.goto("/pdm/keluarga")
    expect(page.get_by_text("Diusulkan", exact=True)).to_be_visible()
    looks.fine(page, "pdm-grup-usulan")


def test_the_choice_of_mails_is_kept(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    page.goto("/notifikasi")
    expect(page.get_by_label("Setiap langkah usulan saya")).to_be_checked()
    for label, said in (
        ("Tidak ada, cukup di portal", "Kabar usulan tidak lagi dikirim ke email."),
        ("Hanya bila saya perlu bertindak", "Hanya yang perlu tindakan Anda yang dikirim ke email."),
        ("Setiap langkah usulan saya", "Setiap langkah usulan sekarang juga dikirim ke email Anda."),
    ):
        page.get_by_label(label).check()
        button_named(page, "Simpan pilihan").click()
        expect(page.get_by_text(said)).to_be_focused()
        page.reload()
        expect(page.get_by_label(label)).to_be_checked()
