"""`/admin/impor`: choosing what is imported, the template, the preview, applying and undoing, and what was imported before."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlmodel import func, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import Looks
from tests.browser.steps import button_named

Accounts = dict[str, DemoAccount]
NEW_NIP = "199001012015011009"


def opened(new_page: NewPage, person: str = "admin_instansi", query: str = "") -> Page:
    page = new_page(person=person)
    page.goto(f"/admin/impor{query}")
    expect(page.get_by_role("heading", level=1, name="Impor data")).to_be_visible()
    return page


def choose(page: Page, label: str) -> None:
    page.get_by_label("Yang diimpor").select_option(label=label)
    button_named(page, "Pilih jenis").click()
    expect(page.get_by_role("heading", level=3, name=label)).to_be_visible()


def upload(page: Page, path: Path) -> None:
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(path)
    button_named(page, "Unggah dan periksa").click()
    expect(page.get_by_role("heading", name="Hasil pemeriksaan")).to_be_visible(timeout=30_000)


def people_called(db: Database, nip: str) -> int:
    with db.read() as session:
        return session.exec(select(func.count()).select_from(Pegawai).where(Pegawai.nip == nip)).one()


def records_of(db: Database, nip: str, kind: str) -> int:
    with db.read() as session:
        person = session.exec(select(Pegawai.id).where(Pegawai.nip == nip)).one()
        return session.exec(
            select(func.count())
            .select_from(PersonnelRecord)
            .where(PersonnelRecord.pegawai_id == person, PersonnelRecord.kind == kind)
        ).one()


def test_people_are_imported_and_it_says_why_that_is_not_undone(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database, tmp_path: Path
) -> None:
    page = opened(new_page)
    expect(page.get_by_text("Belum ada impor.")).to_be_visible()
    looks.fine(page, "impor")
    choose(page, "Data pegawai")
    expect(page.get_by_text("tidak dapat dibatalkan")).to_be_visible()
    page.get_by_text("Kolom berkas", exact=True).first.click()
    expect(page.get_by_role("table", name="Kolom berkas")).to_be_visible()
    looks.fine(page, "impor-pegawai")

    with page.expect_download() as download:
        button_named(page, "Unduh XLSX").click()
    assert download.value.suggested_filename == "templat-pegawai.xlsx"
    template = tmp_path / "templat.xlsx"
    download.value.save_as(template)
    book = load_workbook(template)
    names = [cell.value for cell in book.active[1]]
    assert names[:4] == ["nip", "nama", "jenis", "instansi"]
    cells = {"nip": NEW_NIP, "nama": "Sri Wahyuni", "jenis": "PNS", "email": "sri.w@contohkab.example.go.id"}
    with server_db.read() as session:
        agency = session.exec(select(Pegawai.instansi_id).where(Pegawai.nip == accounts["pegawai"].nip)).one()
    cells["instansi"] = code_of_agency(server_db, agency)
    book.active.append([cells.get(name) for name in names])
    book.active.append([{"nip": "123", "nama": "Salah"}.get(name) for name in names])
    book.save(template)

    upload(page, template)
    assert people_called(server_db, NEW_NIP) == 0
    looks.fine(page, "impor-pegawai-pratinjau")
    button_named(page, "Terapkan 1 baris").click()
    expect(page.get_by_role("dialog", name="Terapkan isi berkas ini?")).to_be_visible()
    looks.fine(page, "impor-pegawai-konfirmasi")
    button_named(page, "Terapkan").click()
    expect(page.get_by_text("Selesai", exact=True)).to_be_visible(timeout=30_000)
    assert people_called(server_db, NEW_NIP) == 1
    expect(button_named(page, "Batalkan impor ini")).to_have_count(0)
    looks.fine(page, "impor-pegawai-selesai")
    with page.expect_download() as report:
        button_named(page, "Unduh CSV").click()
    assert "18 angka" in Path(report.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Kembali ke daftar impor").click()
    expect(page.get_by_role("table", name="Impor terakhir").get_by_role("link")).to_have_text(["templat.xlsx"])
    looks.fine(page, "impor-daftar")


def code_of_agency(db: Database, instansi_id: int) -> str:
    from mysapk_web.organisation.tables.agency import Instansi

    with db.read() as session:
        return session.get_one(Instansi, instansi_id).code


def test_a_preview_of_records_changes_nothing(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database, tmp_path: Path
) -> None:
    person = accounts["pegawai"].nip
    before = records_of(server_db, person, "diklat")
    page = opened(new_page, query="?jenis=riwayat:diklat")
    path = tmp_path / "diklat.csv"
    path.write_text(f"nip;nama_diklat\n{person};x\n{accounts['admin_instansi'].nip};y\n")
    upload(page, path)
    looks.fine(page, "impor-riwayat-pratinjau")
    expect(page.get_by_role("link", name="Data sendiri 1")).to_be_visible()
    assert records_of(server_db, person, "diklat") == before


def test_who_may_not_import_sees_nothing_of_it(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="verifikator")
    page.goto("/admin/impor")
    expect(page.get_by_role("alert")).to_contain_text("tidak berwenang")
    expect(page.get_by_label("Yang diimpor")).to_have_count(0)
    looks.fine(page, "impor-ditolak")


def test_code_tables_are_for_the_whole_country(new_page: NewPage, looks: Looks) -> None:
    page = opened(new_page, person="admin_bkn", query="?jenis=referensi:agama")
    expect(page.get_by_role("heading", level=3, name="Tabel referensi: agama")).to_be_visible()
    looks.fine(page, "impor-referensi")
    page = opened(new_page, query="?jenis=referensi:agama")
    expect(page.get_by_role("option", name="Tabel referensi: agama")).to_have_count(0)
