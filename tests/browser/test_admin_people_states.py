"""The pages of people, of one account and of roles in seldom states: loading, refused, empty, cut, locked, without an admin."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select, update

from mysapk_web.administration.audit_events import AccountEnabled
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation import audit
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.steps import button_named, fill, open_login
from tests.browser.test_admin_people import do, forget_proof, open_person, told
from tests.wire.people import People

Accounts = dict[str, DemoAccount]
PAGES = {"pegawai": "/admin/pegawai", "akun": "/admin/pegawai/{}", "peran": "/admin/peran"}
KOTA = "Pemerintah Kota Misal"


def path_of(name: str, people: People) -> str:
    return PAGES[name].format(people.account_id("pppk"))


def rows(page: Page, table: str) -> int:
    return page.get_by_role("table", name=table).locator("tbody").get_by_role("row").count()


# On the way, and refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(PAGES))
def test_while_it_loads(name: str, new_page: NewPage, looks: Looks, people: People) -> None:
    page = new_page(person="admin_instansi")
    Line(page, dead=True)
    page.goto(path_of(name, people))
    expect(page.get_by_text("Memuat data ...")).to_be_attached()
    looks.fine(page, f"{name}-memuat")


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize("person", ["pegawai", "verifikator"])
def test_refused(name: str, person: str, new_page: NewPage, looks: Looks, people: People) -> None:
    page = new_page(person=person)
    page.goto(path_of(name, people))
    expect(page.get_by_role("alert")).to_contain_text("Anda tidak berwenang")
    expect(page.get_by_text("Memuat data ...")).to_have_count(0)
    expect(page.get_by_role("table")).to_have_count(0)
    looks.fine(page, f"{name}-ditolak-{person}")


# One account ---------------------------------------------------------------------------------------


def test_an_account_that_is_switched_off(new_page: NewPage, looks: Looks, people: People, server_db: Database) -> None:
    people.change_account("pppk", disabled_at=clock.now(), disabled_reason="Cuti di luar tanggungan negara")
    page = new_page(person="admin_instansi")
    open_person(page, people, "pppk")
    expect(page.get_by_text("Dinonaktifkan", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Kirim token reset")).to_have_count(0)
    looks.fine(page, "akun-nonaktif")
    button_named(page, "Aktifkan kembali").first.click()
    expect(page.get_by_role("dialog", name="Aktifkan kembali?")).to_be_visible()
    looks.fine(page, "akun-aktifkan")


def test_an_account_that_is_locked(new_page: NewPage, looks: Looks, people: People, accounts: Accounts) -> None:
    page = new_page()
    open_login(page)
    for _ in range(6):
        fill(page, NIP=accounts["pppk"].nip, Password="Salah1Sekali")
        button_named(page, "Masuk").click()
        expect(button_named(page, "Masuk")).to_have_attribute("type", "submit")
        expect(page.get_by_role("alert")).to_be_visible()
    admin = new_page(person="admin_instansi")
    open_person(admin, people, "pppk")
    expect(admin.get_by_text("Terkunci sampai")).to_be_visible()
    looks.fine(admin, "akun-terkunci")
    button_named(admin, "Buka kunci").first.click()
    expect(admin.get_by_role("dialog", name="Buka kunci?")).to_be_visible()
    looks.fine(admin, "akun-buka-kunci")


def test_how_far_somebody_is_and_what_is_older(
    new_page: NewPage, looks: Looks, people: People, server_db: Database
) -> None:
    page = new_page(person="admin_instansi")
    open_person(page, people, "pegawai")
    pdm = page.locator("section").filter(has=page.get_by_role("heading", name="Pemutakhiran data (PDM)"))
    expect(pdm.get_by_text("dari 12")).to_be_visible()
    expect(pdm).to_contain_text("Dikembalikan untuk diperbaiki")
    expect(page.get_by_role("button", name="Tampilkan lebih banyak")).to_have_count(0)

    account_id = people.account_id("pegawai")
    with server_db.begin() as session:
        for number in range(130):
            enqueue(session, MailKind.LOCKED, account_id=account_id)
            audit.record(session, AccountEnabled(reason=f"ke-{number}"), subject_id=account_id)
    page.reload()
    letters, events = "Surat terakhir kepada pegawai ini", "Kejadian terakhir pada akun ini"
    expect(button_named(page, "Tampilkan lebih banyak surat")).to_be_visible()
    assert (rows(page, letters), rows(page, events)) == (12, 12)
    looks.fine(page, "akun-lebih-banyak")
    button_named(page, "Tampilkan lebih banyak kejadian").click()
    expect(page.get_by_role("table", name=events).locator("tbody").get_by_role("row")).to_have_count(24)
    assert rows(page, letters) == 12
    for shown in range(36, 121, 12):
        button_named(page, "Tampilkan lebih banyak kejadian").click()
        expect(page.get_by_role("table", name=events).locator("tbody").get_by_role("row")).to_have_count(shown)
    expect(button_named(page, "Tampilkan lebih banyak kejadian")).to_have_count(0)
    expect(page.get_by_text("Yang lebih lama ada di Jejak audit")).to_be_visible()
    looks.fine(page, "akun-paling-banyak")


def test_the_only_admin_of_an_agency(new_page: NewPage, looks: Looks, people: People) -> None:
    page = new_page(person="admin_bkn")
    open_person(page, people, "admin_instansi_lain")
    button_named(page, "Nonaktifkan akun").first.click()
    asked = page.get_by_role("dialog", name="Nonaktifkan akun?")
    expect(asked).to_contain_text(f"satu-satunya Admin Instansi yang dapat bertindak di {KOTA}")
    looks.fine(page, "akun-admin-terakhir")
    asked.get_by_label("Alasan").fill("Tidak bertugas lagi")
    button_named(asked, "Nonaktifkan akun").click()
    told(page, f"{KOTA} sekarang tidak punya Admin Instansi yang dapat bertindak")
    expect(page.get_by_role("link", name="Buka halaman Peran")).to_be_visible()
    looks.fine(page, "akun-tanpa-admin")


# Roles ---------------------------------------------------------------------------------------------


def test_roles_nobody_found_too_many_found_and_an_empty_list(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="admin_instansi")
    page.goto("/admin/peran")
    fill(page, Orang_yang_akan_diberi_peran="tidak ada orang")
    button_named(page, "Cari orang").click()
    expect(page.get_by_text("Tidak ada pegawai yang cocok di wilayah Anda.")).to_be_visible()
    looks.fine(page, "peran-tidak-ditemukan")

    fill(page, Orang_yang_akan_diberi_peran="dewi")
    button_named(page, "Cari orang").click()
    expect(page.get_by_text("Hanya 8 orang pertama yang ditampilkan. Persempit pencarian")).to_be_visible()
    assert rows(page, "Orang yang ditemukan") == 8
    looks.fine(page, "peran-terlalu-banyak")

    fill(page, NIP_atau_nama="tidak ada orang")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Tidak ada peran yang cocok")).to_be_visible()
    looks.fine(page, "peran-kosong")


def test_a_role_to_be_taken(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    page = new_page(person="admin_instansi")
    page.goto("/admin/peran")
    line = page.get_by_role("row").filter(has_text="Bambang Santosa")
    line.get_by_role("button", name="Cabut").click()
    asked = page.get_by_role("dialog", name="Cabut peran ini?")
    expect(asked).to_contain_text("Wewenangnya hilang saat ini juga")
    looks.fine(page, "peran-cabut")
    forget_proof(server_db)
    button_named(asked, "Cabut peran").click()
    expect(page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")).to_be_visible()
    looks.fine(page, "peran-cabut-konfirmasi")


def test_the_last_admin_stays_and_the_dialog_says_so(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    with server_db.read() as session:
        kode = session.exec(select(Instansi.code).where(Instansi.name == KOTA)).one()
    page = new_page(person="admin_bkn")
    page.goto(f"/admin/peran?instansi={kode}")
    page.get_by_role("row").filter(has_text="Yusuf Hakim").get_by_role("button", name="Cabut").click()
    asked = page.get_by_role("dialog", name="Cabut peran ini?")
    expect(asked).to_contain_text("Ini admin terakhir yang dapat bertindak di instansinya")
    expect(button_named(asked, "Cabut peran")).to_have_count(0)
    looks.fine(page, "peran-admin-terakhir")
    button_named(asked, "Tutup").click()
    expect(asked).to_be_hidden()


def test_a_role_that_is_not_in_use_yet(new_page: NewPage, looks: Looks, people: People, server_db: Database) -> None:
    with server_db.begin() as session:
        session.execute(
            update(Account)
            .where(col(Account.id) == people.account_id("verifikator"))
            .values(totp_confirmed_at=None, totp_secret=None)
        )
    page = new_page(person="admin_instansi")
    page.goto("/admin/peran")
    expect(page.get_by_role("row").filter(has_text="Bambang Santosa")).to_contain_text("Belum dapat dipakai")
    looks.fine(page, "peran-belum-dipakai")


def test_who_comes_from_the_page_of_an_account_reads_the_trail_of_the_own_agency(
    new_page: NewPage, people: People, server_db: Database
) -> None:
    account_id = people.account_id("pegawai")
    with server_db.begin() as session:
        other = session.exec(select(Instansi.id).where(Instansi.name == KOTA)).one()
        audit.record(session, AccountEnabled(reason="Dari instansi lama"), subject_id=account_id, instansi_id=other)
        audit.record(session, AccountEnabled(reason="Dari instansi ini"), subject_id=account_id)
    page = new_page(person="admin_instansi")
    open_person(page, people, "pegawai")
    expect(page.get_by_text("Dari instansi ini")).to_be_visible()
    expect(page.get_by_text("Dari instansi lama")).to_have_count(0)


def test_a_cancelled_token_is_told(new_page: NewPage, people: People) -> None:
    page = new_page(person="admin_instansi")
    open_person(page, people, "pegawai")
    do(page, "Kirim token reset")
    told(page, "Token sedang dikirim")
    do(page, "Batalkan token")
    told(page, "Pegawai sudah diberi tahu lewat email")
    expect(page.get_by_role("table", name="Surat terakhir kepada pegawai ini")).to_contain_text(
        MailKind.RESET_CANCELLED.label
    )
