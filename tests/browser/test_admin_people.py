"""Admins find people, help with their accounts, give and take roles: every state of the pages, and the walks through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, text, update
from sqlmodel import col, select

from mysapk_web.administration.people.accounts import disable_account
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation import revisions
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.steps import button_named, fill, open_login
from tests.support.demo_actors import acting
from tests.wire.people import People

Accounts = dict[str, DemoAccount]


@pytest.fixture(autouse=True)
def _as_before(server_db: Database, people: People) -> Iterator[None]:
    """What these tests change of roles and accounts is put back."""
    touched = [people.account_id(key) for key in ("pegawai", "pppk", "verifikator", "cpns_menunggu")]
    kept = ("disabled_at", "disabled_reason", "totp_secret", "totp_confirmed_at")
    with server_db.read() as session:
        grants = set(session.exec(select(RoleGrant.id)))
        before = {number: [getattr(session.get_one(Account, number), name) for name in kept] for number in touched}
    yield
    with server_db.begin() as session:
        session.execute(delete(RoleGrant).where(col(RoleGrant.id).not_in(grants)))
        for number, values in before.items():
            account = session.get_one(Account, number)
            for name, value in zip(kept, values, strict=True):
                setattr(account, name, value)
            session.add(account)
        waiting = select(Account.pegawai_id).where(Account.id == people.account_id("cpns_menunggu"))
        session.execute(update(Pegawai).where(col(Pegawai.id).in_(waiting)).values(approved_at=None))


def open_person(page: Page, people: People, key: str) -> None:
    page.goto(f"/admin/pegawai/{people.account_id(key)}")
    expect(page.get_by_role("heading", name="Tindakan")).to_be_visible()


def do(page: Page, act: str, reason: str = "", field: str = "Alasan") -> None:
    """Open the question of an act and confirm it."""
    button_named(page, act).first.click()
    asked = page.get_by_role("dialog", name=f"{act}?")
    if reason:
        asked.get_by_label(field).fill(reason)
    button_named(asked, act).click()


def told(page: Page, words: str) -> None:
    expect(page.locator("main").get_by_role("status").filter(has_text=words).first).to_be_visible()


def forget_proof(server_db: Database) -> None:
    """The login was longer ago than ten minutes."""
    with server_db.begin() as session:
        session.execute(text("UPDATE sesi SET step_up_at = NULL"))


# How it looks ------------------------------------------------------------------------------------


def test_the_list_with_filters_empty_and_with_a_fault(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="admin_bkn")
    page.goto("/admin/pegawai")
    expect(page.get_by_text("Halaman 1 dari")).to_be_visible()
    looks.fine(page, "pegawai")

    page.get_by_label("Jenis pegawai").select_option("PPPK")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi instansi lebih dahulu")
    looks.fine(page, "pegawai-kesalahan")

    fill(page, NIP_atau_nama="tidak ada orang")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Tidak ada pegawai yang cocok")).to_be_visible()
    looks.fine(page, "pegawai-kosong")


def test_one_account_open_waiting_closed_and_unknown(new_page: NewPage, looks: Looks, people: People) -> None:
    page = new_page(person="admin_instansi")
    open_person(page, people, "verifikator")
    looks.fine(page, "akun")
    button_named(page, "Nonaktifkan akun").first.click()
    expect(page.get_by_role("dialog", name="Nonaktifkan akun?")).to_be_visible()
    looks.fine(page, "akun-tanya")
    button_named(page.get_by_role("dialog", name="Nonaktifkan akun?"), "Nonaktifkan akun").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi alasan")
    looks.fine(page, "akun-kesalahan")

    open_person(page, people, "cpns_menunggu")
    expect(page.get_by_text("CPNS menunggu persetujuan")).to_be_visible()
    looks.fine(page, "akun-cpns")

    open_person(page, people, "admin_instansi")
    expect(page.get_by_text("Ini akun Anda sendiri")).to_be_visible()
    looks.fine(page, "akun-sendiri")

    page.goto(f"/admin/pegawai/{people.account_id('pegawai_lain')}")
    expect(page.get_by_role("heading", name="Pegawai tidak ditemukan")).to_be_visible()
    looks.fine(page, "akun-tidak-ada")


def test_roles_with_a_person_chosen_asked_and_the_proof(new_page: NewPage, looks: Looks, server_db: Database) -> None:
    page = new_page(person="admin_instansi")
    page.goto("/admin/peran")
    expect(page.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    looks.fine(page, "peran")
    fill(page, Orang_yang_akan_diberi_peran="dewi rahayu")
    button_named(page, "Cari orang").click()
    expect(page.get_by_role("table", name="Orang yang ditemukan")).to_be_visible()
    looks.fine(page, "peran-orang")
    page.get_by_role("button", name="Pilih Dewi Rahayu").first.click()
    button_named(page, "Lanjutkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi unit")
    looks.fine(page, "peran-kesalahan")
    page.get_by_label("Peran", exact=True).first.select_option("APPROVER")
    button_named(page, "Lanjutkan").click()
    expect(page.get_by_role("dialog", name="Beri peran ini?")).to_be_visible()
    looks.fine(page, "peran-tanya")
    forget_proof(server_db)
    button_named(page.get_by_role("dialog"), "Beri peran").click()
    expect(page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")).to_be_visible()
    looks.fine(page, "peran-konfirmasi")


# Walks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_search_survives_a_reload_and_the_way_back_and_stays_out_of_the_address(
    new_page: NewPage, size: str, accounts: Accounts
) -> None:
    page = new_page(PHONE, "admin_instansi") if size == "phone" else new_page(person="admin_instansi")
    nip = accounts["pegawai"].nip
    page.goto("/admin/pegawai")
    expect(page.get_by_text("3.923 pegawai")).to_be_visible()
    fill(page, NIP_atau_nama=f"{nip[:8]} {nip[8:]}")
    page.get_by_label("Keadaan akun").select_option("aktif")
    page.get_by_label("NIP atau nama").press("Enter")
    expect(page.get_by_text("1 pegawai", exact=True)).to_be_visible()
    assert nip[:8] not in page.url
    assert "status=aktif" in page.url
    page.reload()
    expect(page.get_by_text("1 pegawai", exact=True)).to_be_visible()
    expect(page.get_by_label("NIP atau nama")).not_to_have_value("")
    page.get_by_role("link", name="Dewi Rahayu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dewi Rahayu")
    assert re.search(r"/admin/pegawai/\d+$", page.url)
    assert nip not in page.url
    page.get_by_role("link", name="Kembali ke daftar pegawai").click()
    expect(page.get_by_text("1 pegawai", exact=True)).to_be_visible()
    page.get_by_role("link", name="Hapus saringan").click()
    expect(page.get_by_text("3.923 pegawai")).to_be_visible()
    expect(page.get_by_label("NIP atau nama")).to_have_value("")
    page.get_by_role("link", name="Berikutnya").click()
    expect(page.get_by_text("Halaman 2 dari 40")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Halaman 1 dari 40")).to_be_visible()


def test_a_locked_person_is_found_and_let_in(new_page: NewPage, people: People, accounts: Accounts) -> None:
    page = new_page()
    open_login(page)
    for _ in range(6):
        fill(page, NIP=accounts["pppk"].nip, Password="Salah1Sekali")
        button_named(page, "Masuk").click()
        expect(button_named(page, "Masuk")).to_have_attribute("type", "submit")
        expect(page.get_by_role("alert")).to_be_visible()
    admin = new_page(person="admin_satker")
    admin.goto("/admin/pegawai?status=terkunci")
    admin.get_by_role("link", name=people.name("pppk")).click()
    do(admin, "Buka kunci")
    told(admin, "Akun dapat dipakai masuk lagi")
    expect(admin.get_by_role("button", name="Buka kunci")).to_have_count(0)
    expect(admin.get_by_role("table", name="Surat terakhir kepada pegawai ini")).to_contain_text("Waktu tunggu dihapus")
    expect(admin.get_by_role("heading", name="Jejak akun")).to_have_count(0)
    fill(page, NIP=accounts["pppk"].nip, Password=accounts["pppk"].password or "")
    button_named(page, "Masuk").click()
    page.wait_for_url("**/beranda")


def test_token_disabling_and_enabling(new_page: NewPage, people: People) -> None:
    page = new_page(person="admin_instansi")
    other = new_page(person="pegawai")
    other.goto("/beranda")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Selamat datang")
    open_person(page, people, "pegawai")
    do(page, "Kirim token reset")
    told(page, "Token sedang dikirim ke dew*****@")
    do(page, "Batalkan token")
    told(page, "Token dibatalkan dan tidak dapat dipakai lagi. Pegawai sudah diberi tahu")
    expect(page.get_by_role("button", name="Batalkan token")).to_have_count(0)
    do(page, "Nonaktifkan akun", "Cuti di luar tanggungan negara")
    told(page, "Akun dinonaktifkan")
    other.wait_for_url("**/masuk**", timeout=6_000)
    expect(page.get_by_text("Cuti di luar tanggungan negara").first).to_be_visible()
    do(page, "Aktifkan kembali")
    dialog = page.get_by_role("dialog", name="Aktifkan kembali?")
    expect(dialog.get_by_role("alert")).to_contain_text("Isi alasan")
    dialog.get_by_label("Alasan").fill("Kembali bertugas")
    button_named(dialog, "Aktifkan kembali").click()
    told(page, "Akun diaktifkan kembali")
    expect(page.get_by_role("table", name="Kejadian terakhir pada akun ini")).to_contain_text("Taufik Gunawan")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_account_that_a_colleague_has_disabled_meanwhile(
    size: dict[str, int], new_page: NewPage, people: People, looks: Looks, server_db: Database
) -> None:
    """It reported success and lost the second reason."""
    page = new_page(size, "admin_instansi")
    open_person(page, people, "pppk")
    button_named(page, "Nonaktifkan akun").first.click()
    dialog = page.get_by_role("dialog", name="Nonaktifkan akun?")
    dialog.get_by_label("Alasan").fill("Mutasi")
    account_id = people.account_id("pppk")
    with server_db.begin() as s:
        seen = revisions.current_revision(s, revisions.of_account(account_id))
        bkn = acting(server_db, "admin_bkn")
        disable_account(s, account_id=account_id, actor=bkn, reason="Pensiun", seen=seen)
    button_named(dialog, "Nonaktifkan akun").click()
    alert = dialog.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Akun dinonaktifkan oleh BKN pada")
    expect(dialog.get_by_label("Alasan")).to_have_value("Mutasi")
    looks.fine(page, f"akun-sudah-dinonaktifkan-{size['width']}")

    button_named(dialog, "Nonaktifkan akun").click()
    expect(alert).to_contain_text("Tidak ada yang berubah: akun ini sudah nonaktif.")
    button_named(dialog, "Batal").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".facts").first).to_contain_text("Pensiun")
    expect(page.get_by_role("button", name="Nonaktifkan akun")).to_have_count(0)
    do(page, "Aktifkan kembali", "Kembali bertugas")
    told(page, "Akun diaktifkan kembali")


def test_a_cpns_is_approved(new_page: NewPage) -> None:
    page = new_page(person="admin_instansi")
    page.goto("/admin/pegawai?status=menunggu")
    page.get_by_role("link", name="Nadia Permata").click()
    do(page, "Setujui CPNS")
    told(page, "Akun CPNS disetujui")
    expect(page.get_by_role("button", name="Kirim token reset")).to_be_visible()


def test_a_lost_second_factor_needs_a_reason_and_the_password(
    new_page: NewPage, people: People, accounts: Accounts, server_db: Database
) -> None:
    page = new_page(person="admin_instansi")
    open_person(page, people, "verifikator")
    forget_proof(server_db)
    do(page, "Hapus verifikasi dua langkah", "Datang sendiri, KTP diperiksa", "Bagaimana orangnya dikenali?")
    asked = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    asked.get_by_label("Password, atau kode autentikator").fill("Bukan0Password-itu")
    button_named(asked, "Konfirmasi").click()
    page.get_by_role("alert").get_by_role("link", name="Password Anda saat ini tidak cocok").click()
    asked.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi"].password or "")
    button_named(asked, "Konfirmasi").click()
    told(page, "Verifikasi dua langkah dihapus")
    expect(page.get_by_role("button", name="Hapus verifikasi dua langkah")).to_have_count(0)


def test_a_role_is_given_used_and_taken_while_its_page_is_open(
    new_page: NewPage, people: People, accounts: Accounts, server_db: Database
) -> None:
    page = new_page(person="admin_instansi")
    open_person(page, people, "pegawai")
    page.get_by_role("link", name="Beri peran").click()
    page.get_by_label("Peran", exact=True).first.select_option("ADMIN_SATKER")
    page.get_by_label("Berlaku untuk unit").press_sequentially("dinas pendid", delay=20)
    suggestion = page.locator("#saran-unit option").first
    expect(suggestion).to_have_attribute("value", re.compile("Dinas Pendidikan"))
    fill(page, Berlaku_untuk_unit=suggestion.get_attribute("value") or "")
    button_named(page, "Lanjutkan").click()
    asked = page.get_by_role("dialog", name="Beri peran ini?")
    expect(asked).to_contain_text(
        "Dewi Rahayu, S.Pd. menjadi Admin Satker untuk Dinas Pendidikan dan unit di bawahnya."
    )
    forget_proof(server_db)
    button_named(asked, "Beri peran").click()
    proof = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    proof.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi"].password or "")
    button_named(proof, "Konfirmasi").click()
    told(page, "Peran diberikan")
    line = page.get_by_role("row").filter(has_text="Dewi Rahayu")
    expect(line).to_contain_text("Belum dapat dipakai")

    with server_db.begin() as session:
        session.execute(
            update(Account)
            .where(col(Account.id) == people.account_id("pegawai"))
            .values(totp_confirmed_at=clock.now() - timedelta(days=1), totp_secret="x")
        )
    holder = new_page()
    cookies = people.cookies("pegawai", second_factor_at=clock.now())
    holder.context.add_cookies(
        [{"name": name, "value": value, "url": page.url.split("/admin")[0]} for name, value in cookies.items()]
    )
    holder.goto("/admin/pegawai")
    expect(holder.get_by_role("heading", level=1)).to_have_text("Pegawai")
    expect(holder.get_by_role("link", name="Pegawai", exact=True)).to_be_visible()

    line.get_by_role("button", name="Cabut").click()
    button_named(page.get_by_role("dialog", name="Cabut peran ini?"), "Cabut peran").click()
    told(page, f"Peran {Role.ADMIN_SATKER.label} dicabut")
    holder.wait_for_url("**/masuk**", timeout=6_000)
    expect(page.get_by_role("row").filter(has_text="Dewi Rahayu")).to_have_count(0)


@pytest.mark.parametrize(
    ("person", "shown"), [("pegawai", 0), ("verifikator", 0), ("admin_satker", 1), ("admin_bkn", 2)]
)
def test_entries_of_the_navigation_follow_the_roles(new_page: NewPage, person: str, shown: int) -> None:
    page = new_page(person=person)
    page.goto("/beranda")
    menu = page.get_by_role("navigation", name="Menu utama")
    expect(menu.get_by_role("link", name="Keamanan")).to_be_visible()
    entries = menu.get_by_role("link").filter(has_text=re.compile("^(Pegawai|Peran)$"))
    expect(entries).to_have_count(shown)


def test_who_may_not_reads_so(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    page.goto("/admin/peran")
    expect(page.get_by_role("alert")).to_contain_text("Anda tidak berwenang")
    expect(page.get_by_role("table")).to_have_count(0)
