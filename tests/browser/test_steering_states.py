"""States of the pages of steering that no other test shows: before anything is there, where nothing is found, and for who has no role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete
from sqlmodel import col

from mysapk_web.organisation.rules.dates import format_typed_date
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.agency import Period
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.steps import button_named, fill

PAGES = {
    "/admin": "kemajuan",
    "/admin/pdm": "pdm-kemajuan",
    "/admin/belum-aktif": "belum-aktif",
    "/admin/belum-pdm": "belum-pdm",
    "/admin/sanksi": "sanksi",
    "/admin/sanksi-pdm": "sanksi-pdm",
    "/admin/periode": "periode",
    "/admin/surat": "surat",
    "/admin/audit": "audit",
    "/admin/bantuan": "pengumuman",
    "/admin/pegawai": "pegawai",
    "/admin/pegawai/1": "akun",
    "/admin/email": "email",
    "/admin/peran": "peran",
}
"""Every page of admins, and what its pictures are called."""


@pytest.mark.parametrize("path", PAGES)
def test_before_anything_is_there(new_page: NewPage, looks: Looks, path: str) -> None:
    page = new_page(PHONE, "admin_instansi")
    Line(page, dead=True)
    page.goto(path)
    expect(page.locator(".skeleton").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    looks.fine(page, f"{PAGES[path]}-menunggu")


@pytest.mark.parametrize("path", PAGES)
def test_who_has_no_role_reads_a_sentence(new_page: NewPage, looks: Looks, path: str) -> None:
    page = new_page(DESK, "pegawai")
    page.goto(path)
    expect(page.get_by_role("alert")).to_contain_text("Anda tidak berwenang")
    expect(page.locator(".skeleton")).to_have_count(0)
    looks.fine(page, f"{PAGES[path]}-ditolak")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/admin/surat?status=gagal", "Tidak ada surat"),
        ("/admin/audit?dari=2001-01-01&sampai=2001-01-02", "Tidak ada peristiwa yang cocok dengan saringan ini."),
        ("/admin/belum-aktif?jenis=PPPK&keterangan=menunggu", "Tidak ada yang belum aktivasi menurut saringan ini."),
        ("/admin/belum-pdm?jenis=PPT_NON_ASN&kelompok=cpns-pns", "Tidak ada"),
    ],
)
def test_where_nothing_is_found(new_page: NewPage, looks: Looks, path: str, words: str) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto(path)
    expect(page.locator(".empty")).to_contain_text(words)
    looks.fine(page, f"{PAGES[path.partition('?')[0]]}-kosong")


def test_no_period_at_all(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    with server_db.begin() as s:
        s.execute(delete(Period))
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/periode")
    expect(page.get_by_text("Belum ada periode. Tetapkan yang pertama di bawah ini.")).to_be_visible()
    looks.fine(page, "periode-kosong")


def test_a_pdm_that_is_over_for_nobody_of_a_kind(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    with server_db.begin() as s:
        first = s.get_one(Period, 1)
        s.execute(delete(Period).where(col(Period.kind) == PeriodKind.PDM))
        start, end = first.starts_at.replace(year=2021), first.starts_at.replace(year=2022)
        s.add(Period(kind=PeriodKind.PDM, starts_at=start, ends_at=end))
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/sanksi-pdm?jenis=PPT_NON_ASN")
    expect(page.get_by_text("periode pemutakhiran berakhir").first).to_be_visible()
    expect(page.get_by_text("Tidak ada pegawai dalam daftar ini menurut saringan.")).to_be_visible()
    looks.fine(page, "sanksi-pdm-kosong")


def test_everybody_of_the_list_is_reminded_of_the_pdm_after_a_question(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/belum-pdm")
    button_named(page, "Ingatkan semua dalam daftar").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks.fine(page, "belum-pdm-semua")


def test_bkn_chooses_for_whom_it_speaks(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_bkn")
    page.goto("/admin/bantuan")
    page.get_by_text("Pilih instansi lain").click()
    expect(page.get_by_role("link", name="Pemerintah Kota Misal")).to_be_visible()
    looks.fine(page, "pengumuman-pilihan")
    page.get_by_role("link", name="Pemerintah Kota Misal").click()
    expect(page.get_by_label("Nama helpdesk")).to_have_value("Helpdesk BKPSDM Kota Misal")


def test_only_a_period_that_is_there_can_be_extended(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/periode")
    expect(page.get_by_role("heading", name="Tetapkan periode baru")).to_be_visible()
    expect(page.get_by_role("heading", name="Perpanjang periode")).to_have_count(0)

    page = new_page(DESK, "admin_bkn")
    page.goto("/admin/periode")
    which = page.get_by_label("Periode yang diperpanjang")
    expect(which.get_by_role("option").filter(has_text="Nasional")).to_have_count(3)
    which.select_option(label=which.get_by_role("option").filter(has_text="Aktivasi akun, Nasional").inner_text())
    fill(page, Hari_terakhir_yang_baru="31/02/2027", Dasar_perpanjangan="Surat Edaran 9/2026")
    button_named(page, "Lihat akibat perpanjangan").click()
    expect(page.get_by_role("alert")).to_contain_text("Hari terakhir harus tanggal yang benar")
    expect(page.get_by_label("Hari terakhir yang baru")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Hari terakhir", exact=True)).to_have_attribute("aria-invalid", "false")
    looks.fine(page, "periode-perpanjangan-salah")
    longer = clock.now().date() + timedelta(days=200)
    fill(page, Hari_terakhir_yang_baru=format_typed_date(longer))
    button_named(page, "Lihat akibat perpanjangan").click()
    expect(page.get_by_text("Perpanjangan: Aktivasi akun")).to_be_visible()
    button_named(page, "Tetapkan").click()
    expect(page.locator(".done")).to_contain_text("Periode diperpanjang.")
