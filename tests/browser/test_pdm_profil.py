"""The own profile, changed at once; and the proof at the end of it all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.pdm.tables import GroupDeclaration, Proof
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import Looks
from tests.browser.records import person_id, put_on_file
from tests.browser.steps import button_named, fill, mailed_token

Accounts = dict[str, DemoAccount]


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)


def give_address(db: Database, nip: str, address: str) -> None:
    """Other tests find the person as they were."""
    with db.begin() as session:
        person = session.get(Pegawai, person_id(db, nip))
        assert person is not None
        person.email = person.email_key = address


def declare_everything(db: Database, nip: str) -> None:
    """All twelve groups are green."""
    owner = person_id(db, nip)
    with db.begin() as session:
        for group in GROUPS:
            session.add(
                GroupDeclaration(pegawai_id=owner, group=group.key, declaration=Declaration.SESUAI, at=clock.now())
            )


def test_own_data_is_changed_at_once_and_masked(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    page.goto("/profil")
    expect(page.get_by_text("Nomor HP wajib diisi.")).to_be_visible()
    looks.fine(page, "profil")
    expect(page.get_by_text("Belum ada data pada berkas. Isi dahulu data profil Anda.")).to_be_visible()
    expect(button_named(page, "Data sudah sesuai")).to_have_count(0)

    button_named(page, "Periksa data saya").click()
    expect(page.get_by_text("Data Anda sudah diperiksa.")).to_be_focused()
    expect(page.get_by_role("listitem").filter(has_text="SKP").first).to_be_visible()
    expect(page.get_by_text("Nomor HP kosong")).to_be_visible()
    looks.fine(page, "profil-diperiksa")

    button_named(page, "Ubah Kontak dan alamat").click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_be_focused()
    fill(page, Alamat_tempat_tinggal="Jalan Kenanga 5, Sukamaju", Nomor_HP="123")
    button_named(page, "Simpan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Alamat tempat tinggal")).to_have_value("Jalan Kenanga 5, Sukamaju")
    looks.fine(page, "profil-kesalahan")
    place = page.get_by_role("combobox", name="Kabupaten")
    place.fill("sleman")
    expect(page.get_by_role("option").first).to_be_visible()
    place.press("ArrowDown")
    place.press("Enter")
    fill(page, Nomor_HP="0812 3456 7890")
    button_named(page, "Simpan").click()
    expect(page.get_by_text("Tersimpan: Alamat tempat tinggal, Kabupaten atau kota, Nomor HP.")).to_be_focused()
    expect(page.get_by_text("Nomor HP kosong")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="SKP").first).to_be_visible()

    expect(page.get_by_text("*****7890")).to_be_visible()
    button_named(page, "Tampilkan Nomor HP").click()
    expect(page.get_by_text("081234567890")).to_be_visible()
    button_named(page, "Sembunyikan Nomor HP").click()
    expect(page.get_by_text("081234567890")).to_have_count(0)

    button_named(page, "Ubah Kontak dan alamat").click()
    expect(page.get_by_label("Nomor HP")).to_have_value("")
    expect(page.get_by_text("Tersimpan: *****7890. Biarkan kosong bila tidak berubah.")).to_be_visible()
    button_named(page, "Simpan").click()
    expect(page.get_by_text("Tidak ada yang berubah.")).to_be_focused()
    expect(page.get_by_text("*****7890")).to_be_visible()

    _a_number_is_taken_away(page, looks)

    button_named(page, "Data sudah sesuai").click()
    looks.fine(page, "profil-nyatakan")
    button_named(page.get_by_role("dialog", name="Data sudah sesuai?"), "Ya, nyatakan").click()
    expect(page.get_by_text("Profil dinyatakan sudah sesuai.")).to_be_focused()
    looks.fine(page, "profil-sesuai")
    button_named(page, "Batalkan pernyataan").click()
    expect(page.get_by_text("Pernyataan dibatalkan.")).to_be_focused()


def _a_number_is_taken_away(page: Page, looks: Looks) -> None:
    """What may be empty can be emptied, and only that."""
    button_named(page, "Ubah Taspen dan Tapera").click()
    page.get_by_label("Nomor Taspen").fill("TSP 0012345")
    button_named(page, "Simpan").click()
    expect(page.get_by_text("Tersimpan: Nomor Taspen.")).to_be_focused()
    expect(page.get_by_text("*****2345").first).to_be_visible()
    expect(button_named(page, "Kosongkan Nomor HP")).to_have_count(0)

    button_named(page, "Kosongkan Nomor Taspen").click()
    dialog = page.get_by_role("dialog", name="Kosongkan Nomor Taspen?")
    expect(dialog).to_contain_text("*****2345")
    looks.fine(page, "profil-kosongkan")
    button_named(dialog, "Batal").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("*****2345").first).to_be_visible()
    button_named(page, "Kosongkan Nomor Taspen").click()
    button_named(dialog, "Kosongkan").click()
    expect(page.get_by_text("Nomor Taspen dikosongkan.")).to_be_focused()
    expect(page.get_by_text("*****2345")).to_have_count(0)
    expect(button_named(page, "Kosongkan Nomor Taspen")).to_have_count(0)


def test_a_new_address_counts_once_its_token_was_entered(
    new_page: NewPage, accounts: Accounts, looks: Looks, server_db: Database, request: pytest.FixtureRequest
) -> None:
    person = accounts["pppk"]
    request.addfinalizer(lambda: give_address(server_db, person.nip, person.email))
    page = new_page(person="pppk")
    page.goto("/profil")
    page.get_by_text("Ganti email akun").click()
    address = f"baru.{person.email}"
    fill(page, Email_baru=address)
    password = page.get_by_label("Password Anda", exact=True)
    if password.count():
        password.fill(person.password or "")
    button_named(page, "Kirim token").click()
    expect(page.get_by_label("Token")).to_be_visible()
    looks.fine(page, "profil-token")
    fill(page, Token="AAAAAAA")
    button_named(page, "Ganti email").click()
    expect(page.get_by_role("alert")).to_contain_text("Token tidak cocok")
    fill(page, Token=mailed_token(page.context, address))
    button_named(page, "Ganti email").click()
    expect(page.get_by_text("Email akun Anda sudah diganti.")).to_be_focused()
    expect(page.get_by_text("bar*****@")).to_be_visible()


def test_the_proof_is_made_downloaded_and_checked_by_everybody(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    with server_db.begin() as session:
        session.execute(Proof.__table__.delete())  # type: ignore[attr-defined]
    declare_everything(server_db, accounts["pegawai"].nip)
    page = new_page(person="pegawai")
    page.goto("/pdm")
    expect(page.get_by_text("12 dari 12 kelompok data selesai")).to_be_visible()
    looks.fine(page, "pdm-selesai")
    page.get_by_role("link", name="Unduh bukti pemutakhiran").click()
    button_named(page, "Buat bukti").click()
    expect(page.get_by_text("Bukti sudah dibuat. Unduh dan simpan.")).to_be_focused()
    expect(page.get_by_role("row").filter(has_text="Golongan")).to_contain_text("Data sudah sesuai")
    looks.fine(page, "bukti")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Unduh bukti (PDF)").click()
    assert waited.value.path().read_bytes().startswith(b"%PDF-")
    address = page.get_by_role("link", name="Buka halaman pemeriksaan").get_attribute("href") or ""

    visitor = new_page()
    visitor.goto("/cek-bukti/" + address.rsplit("/", 1)[1])
    expect(visitor.get_by_text("Bukti ini asli")).to_be_visible()
    shown = visitor.get_by_role("main").inner_text()
    assert "Dewi Rahayu" in shown
    assert accounts["pegawai"].nip not in shown
    looks.fine(visitor, "cek-bukti")
