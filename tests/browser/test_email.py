"""`/admin/email` and the request on `/bantuan`, as people use them, at both sizes, light and dark."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import text
from sqlmodel import select

from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.addresses import a_request, email_of, opened
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, Looks
from tests.browser.steps import button_named, fill, ready
from tests.wire.people import People

Accounts = dict[str, DemoAccount]


def test_one_address_is_repaired(new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database) -> None:
    person = accounts["belum_aktif"]
    page = opened(new_page, "perbaiki")
    looks.fine(page, "email-perbaiki")
    fill(page, NIP_atau_nama_pegawai="tidak ada orang begini")
    button_named(page, "Cari").click()
    expect(page.get_by_text("Tidak ada pegawai yang cocok")).to_be_visible()
    looks.fine(page, "email-perbaiki-kosong")

    fill(page, NIP_atau_nama_pegawai=person.nip)
    button_named(page, "Cari").click()
    expect(page.get_by_label("Alamat email baru")).to_be_visible()
    page.get_by_label("Alamat email baru").press_sequentially("tanpa-tanda")
    expect(page.get_by_text("satu tanda @")).to_be_visible()
    fill(page, Alamat_email_baru="baru.browser@example.go.id")
    expect(page.get_by_text("Alamat ini dapat dipakai.")).to_be_visible()
    button_named(page, "Ganti alamat").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi alasan")
    looks.fine(page, "email-perbaiki-kesalahan")

    fill(page, Alasan="Surat OPD 12/2026")
    button_named(page, "Ganti alamat").click()
    expect(page.get_by_role("status").filter(has_text="diperbarui")).to_be_visible()
    assert email_of(server_db, person.nip) == "baru.browser@example.go.id"
    looks.fine(page, "email-perbaiki-selesai")


def test_from_the_page_of_a_person_to_the_repair(
    new_page: NewPage, looks: Looks, accounts: Accounts, people: People
) -> None:
    person = accounts["belum_aktif"]
    page = new_page(DESK, "admin_instansi")
    page.goto(f"/admin/pegawai/{people.account_id('belum_aktif')}")
    expect(page.get_by_role("link", name="Perbaiki alamat email")).to_be_visible()
    looks.fine(page, "akun-perbaiki-email")
    page.get_by_role("link", name="Perbaiki alamat email").click()
    expect(page.get_by_label("Alamat email baru")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=person.nip)).to_be_visible()
    assert person.nip not in page.url
    page.goto(f"/admin/email?akun={people.account_id('pegawai_lain')}")
    expect(page.get_by_text("Tidak ada pegawai yang cocok di wilayah Anda.")).to_be_visible()
    expect(page.get_by_label("Alamat email baru")).to_have_count(0)


def test_several_people_are_found_by_name(new_page: NewPage, looks: Looks) -> None:
    page = opened(new_page, "perbaiki")
    fill(page, NIP_atau_nama_pegawai="dewi")
    button_named(page, "Cari").click()
    expect(page.get_by_role("table", name="Pegawai yang cocok").get_by_role("row")).to_have_count(11)
    expect(page.get_by_role("status").filter(has_text="10 pegawai pertama")).to_contain_text("Persempit pencarian")
    looks.fine(page, "email-perbaiki-pilihan")
    page.get_by_role("button", name=re.compile("^Pilih ")).first.click()
    expect(page.get_by_label("Alamat email baru")).to_be_visible()


def test_what_was_typed_for_one_person_never_stands_under_another(new_page: NewPage, accounts: Accounts) -> None:
    page = opened(new_page, "perbaiki")
    for key in ("belum_aktif", "pppk"):
        fill(page, NIP_atau_nama_pegawai=accounts[key].nip)
        button_named(page, "Cari").click()
        expect(page.get_by_role("definition").filter(has_text=accounts[key].nip)).to_be_visible()
        expect(page.get_by_label("Alamat email baru")).to_have_value("")
        expect(page.get_by_label("Alasan")).to_have_value("")
        expect(page.get_by_text("Alamat ini dapat dipakai.")).to_have_count(0)
        fill(page, Alamat_email_baru="setengah.jadi@example.go.id", Alasan="Surat OPD 12/2026")
        # The first one is left while the address is still on its way to be judged.
        if key == "pppk":
            expect(page.get_by_text("Alamat ini dapat dipakai.")).to_be_visible()


def test_what_was_chosen_for_one_request_is_not_chosen_for_the_next(
    new_page: NewPage, accounts: Accounts, server_db: Database
) -> None:
    for key in ("belum_aktif", "pppk"):
        a_request(server_db, accounts[key].nip, f"{key}.baru@example.go.id".replace("_", "."))
    page = opened(new_page, "permintaan")
    for turn in (0, 1):
        page.get_by_role("button", name=re.compile("^Periksa ")).nth(turn).click()
        expect(page.get_by_role("heading", level=3)).to_have_count(1)
        new = ("belum.aktif", "pppk")[turn]
        expect(page.get_by_role("cell").filter(has_text=f"{new}.baru@example.go.id")).to_be_visible()
        expect(page.get_by_label("Putusan")).to_have_value("")
        expect(page.get_by_label("Alasan")).to_have_value("")
        page.get_by_label("Putusan").select_option("terima")
        fill(page, Alasan="Sudah bertemu langsung")
    button_named(page, "Simpan putusan").click()
    expect(page.get_by_text("Alamat email diganti.")).to_be_visible()
    assert email_of(server_db, accounts["pppk"].nip) == "pppk.baru@example.go.id"
    assert email_of(server_db, accounts["belum_aktif"].nip) != "belum.aktif.baru@example.go.id"


def test_a_list_is_uploaded_looked_at_applied_and_undone(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database, tmp_path: Path
) -> None:
    person = accounts["belum_aktif"]
    before = email_of(server_db, person.nip)
    page = opened(new_page, "impor")
    expect(page.get_by_text("Belum ada impor.")).to_be_visible()
    looks.fine(page, "email-impor")
    button_named(page, "Unggah dan periksa").click()
    expect(page.get_by_text("Pilih berkas CSV atau XLSX lebih dulu.")).to_be_visible()

    path = tmp_path / "alamat.csv"
    path.write_text(
        f"nip;email\n{person.nip};dari.berkas@example.go.id\n{accounts['pegawai'].nip}; a b\n"
        f"{accounts['pegawai_lain'].nip};x@example.go.id\n198501012010011999;y@example.go.id\n"
    )
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(path)
    button_named(page, "Unggah dan periksa").click()
    expect(page.get_by_role("heading", name="Hasil pemeriksaan")).to_be_visible(timeout=30_000)
    assert email_of(server_db, person.nip) == before
    looks.fine(page, "email-impor-pratinjau")
    page.get_by_role("link", name=re.compile("NIP tidak dikenal")).click()
    expect(page.get_by_role("table", name="Baris berkas").get_by_role("row")).to_have_count(2)

    button_named(page, "Terapkan 1 baris").click()
    expect(page.get_by_role("dialog", name="Terapkan perubahan alamat?")).to_be_visible()
    looks.fine(page, "email-impor-konfirmasi")
    button_named(page, "Terapkan").click()
    expect(button_named(page, "Batalkan impor ini")).to_be_visible(timeout=30_000)
    assert email_of(server_db, person.nip) == "dari.berkas@example.go.id"
    looks.fine(page, "email-impor-selesai")

    with page.expect_download() as download:
        button_named(page, "Unduh CSV").click()
    assert "Di luar wewenang" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    button_named(page, "Batalkan impor ini").click()
    button_named(page, "Kembalikan alamat").click()
    expect(page.get_by_text("Dibatalkan", exact=True)).to_be_visible(timeout=30_000)
    assert email_of(server_db, person.nip) == before
    page.get_by_role("link", name="Kembali ke daftar impor").click()
    expect(page.get_by_role("link", name="alamat.csv")).to_be_visible()
    looks.fine(page, "email-impor-daftar")


def test_an_import_of_another_agency_is_not_there(new_page: NewPage, looks: Looks) -> None:
    page = opened(new_page, "impor&berkas=4711")
    expect(page.get_by_role("alert")).to_contain_text("tidak ditemukan")
    looks.fine(page, "email-impor-tidak-ada")


def test_grave_acts_ask_who_sits_there(
    new_page: NewPage, looks: Looks, server_db: Database, accounts: Accounts, tmp_path: Path
) -> None:
    page = opened(new_page, "impor")
    with server_db.begin() as session:
        for row in session.exec(select(UserSession)):
            row.reauthenticated_at = clock.now() - timedelta(hours=1)
    path = tmp_path / "alamat.csv"
    path.write_text(f"nip;email\n{accounts['belum_aktif'].nip};dari.berkas@example.go.id\n")
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(path)
    button_named(page, "Unggah dan periksa").click()
    expect(page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")).to_be_visible()
    looks.fine(page, "email-impor-bukti")
    page.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi"].password or "")
    button_named(page, "Konfirmasi").click()
    expect(page.get_by_role("heading", name="Hasil pemeriksaan")).to_be_visible(timeout=30_000)


def test_a_token_is_made_shown_once_and_revoked(new_page: NewPage, looks: Looks) -> None:
    page = opened(new_page, "token")
    expect(page.get_by_text("Belum ada token.")).to_be_visible()
    looks.fine(page, "email-token-kosong")
    page.get_by_label("Nama sistem").fill("SIMPEG Contoh")
    button_named(page, "Buat token").click()
    expect(page.get_by_role("heading", name="Token impor email")).to_be_visible()
    expect(page.get_by_text(re.compile("^mysapk_"))).to_be_visible()
    looks.fine(page, "email-token-baru")
    page.get_by_role("link", name="Sudah saya salin").click()
    expect(page.get_by_text("SIMPEG Contoh").first).to_be_visible()
    looks.fine(page, "email-token")
    button_named(page, "Cabut").click()
    expect(page.get_by_role("dialog", name="Cabut token ini?")).to_be_visible()
    looks.fine(page, "email-token-cabut")
    button_named(page, "Cabut token").click()
    expect(page.get_by_text("Dicabut", exact=True)).to_be_visible()
    looks.fine(page, "email-token-dicabut")


def test_a_token_whose_maker_has_left_says_so(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database
) -> None:
    now = clock.now()
    with server_db.begin() as session:
        account, pegawai = session.exec(
            select(Account, Pegawai)
            .join(Pegawai, Pegawai.id == Account.pegawai_id)
            .where(Pegawai.nip == accounts["verifikator"].nip)
        ).one()
        session.add(
            ImportToken(
                instansi_id=pegawai.instansi_id,
                label="SIMPEG lama",
                token_hash="0" * 64,
                hint="abcd",
                created_by=account.id or 0,
                created_at=now,
                expires_at=now + timedelta(days=300),
            )
        )
    page = opened(new_page, "token")
    expect(page.get_by_text("Terhenti", exact=True)).to_be_visible()
    expect(page.get_by_text("Buat token baru untuk sistem itu")).to_be_visible()
    looks.fine(page, "email-token-terhenti")
    button_named(page, "Cabut").click()
    button_named(page, "Cabut token").click()
    expect(page.get_by_text("Dicabut", exact=True)).to_be_visible()


def test_a_request_from_bantuan_is_decided(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database
) -> None:
    person = accounts["belum_aktif"]
    visitor = new_page()
    visitor.goto("/bantuan")
    ready(visitor, "Kirim permintaan")
    button_named(visitor, "Kirim permintaan").click()
    expect(visitor.get_by_role("alert").get_by_role("link")).to_have_count(3)
    looks.fine(visitor, "bantuan-permintaan-kesalahan")
    fill(visitor, NIP=person.nip, Nama_lengkap="Nama Lain", Email_baru="dari.bantuan@example.go.id")
    button_named(visitor, "Kirim permintaan").click()
    expect(visitor.get_by_role("status").filter(has_text="Permintaan dicatat")).to_be_visible()
    looks.fine(visitor, "bantuan-permintaan")

    page = opened(new_page, "permintaan")
    expect(page.get_by_text("Nama berbeda")).to_be_visible()
    looks.fine(page, "email-permintaan")
    page.get_by_role("button", name=re.compile("^Periksa ")).click()
    expect(page.get_by_label("Putusan")).to_be_visible()
    button_named(page, "Simpan putusan").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih putusan")
    looks.fine(page, "email-permintaan-putusan")
    page.get_by_label("Putusan").select_option("terima")
    fill(page, Alasan="Sudah bertemu langsung")
    button_named(page, "Simpan putusan").click()
    expect(page.get_by_text("Tidak ada permintaan yang menunggu.")).to_be_visible()
    assert email_of(server_db, person.nip) == "dari.bantuan@example.go.id"
    looks.fine(page, "email-permintaan-kosong")


def test_an_admin_of_units_has_no_tokens(new_page: NewPage) -> None:
    page = opened(new_page, "token", "admin_satker")
    expect(page.get_by_role("link", name="Token API")).to_have_count(0)
    expect(page.get_by_role("heading", name="Perbaiki satu alamat")).to_be_visible()


def test_which_addresses_the_agency_accepts(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    page = opened(new_page, "kebijakan")
    expect(page.get_by_text("Berlaku untuk seluruh Pemerintah Kabupaten Contoh.")).to_be_visible()
    looks.fine(page, "email-kebijakan")
    page.get_by_label("Alamat yang diterima").select_option(label="Hanya email dinas")
    page.get_by_label("Domain email dinas").fill("bukan domain")
    button_named(page, "Lihat dampaknya").click()
    expect(page.get_by_role("alert")).to_contain_text("bukan domain")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Domain email dinas")).to_be_focused()
    looks.fine(page, "email-kebijakan-kesalahan")

    page.get_by_label("Domain email dinas").fill("contohkab.example.go.id")
    button_named(page, "Lihat dampaknya").click()
    expect(page.get_by_role("heading", name="Dampak kebijakan ini")).to_be_visible()
    expect(page.get_by_text("tidak dapat meminta token sampai alamatnya diganti")).to_be_visible()
    looks.fine(page, "email-kebijakan-dampak")
    with server_db.begin() as session:
        session.execute(text("UPDATE sesi SET step_up_at = NULL"))
    button_named(page, "Terapkan kebijakan").click()
    asked = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    expect(asked).to_be_visible()
    looks.fine(page, "email-kebijakan-konfirmasi")
    with server_db.begin() as session:
        session.execute(text("UPDATE sesi SET step_up_at = :now"), {"now": clock.now().replace(tzinfo=None)})
    button_named(asked, "Batal").click()
    button_named(page, "Terapkan kebijakan").click()
    expect(page.get_by_text("Kebijakan email berlaku mulai sekarang.")).to_be_visible()
    expect(page.get_by_text("Sekarang: Hanya email dinas.")).to_be_visible()
    with server_db.read() as session:
        stored = session.execute(
            text("SELECT domain_policy FROM instansi WHERE nama LIKE '%Kabupaten Contoh'")
        ).scalar_one()
    assert stored == "AGENCY_ONLY"

    other = new_page(person="admin_satker")
    other.goto("/admin/email?bagian=kebijakan")
    expect(other.get_by_role("heading", name="Perbaiki satu alamat")).to_be_visible()
    expect(other.get_by_role("link", name="Kebijakan")).to_have_count(0)
