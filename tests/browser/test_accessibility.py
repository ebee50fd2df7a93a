"""Every page in every state of it: no axe violation, no sideways scrolling. Each state is shown in its own way first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.steps import button_named, code_of, fill, mailed_token, open_login, ready
from tests.browser.watch import Watch
from tests.wire.people import People

UNKNOWN_NIP = "198503152010012777"
Accounts = dict[str, DemoAccount]


def test_login_empty_with_faults_and_busy(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    line = Line(page)
    open_login(page)
    looks.fine(page, "masuk")

    fill(page, NIP="1985")
    button_named(page, "Masuk").click()
    expect(page.get_by_role("alert")).to_contain_text("18 angka")
    expect(page).to_have_title(re.compile("^Kesalahan: Masuk"))
    looks.fine(page, "masuk-kesalahan")

    line.hold()
    fill(page, NIP=UNKNOWN_NIP, Password="Salah1Sekali")
    button_named(page, "Masuk").click()
    expect(button_named(page, "Memeriksa ...")).to_be_visible()
    looks.fine(page, "masuk-sibuk")
    line.release()
    expect(page.get_by_role("alert")).to_contain_text("NIP atau password tidak cocok")
    looks.fine(page, "masuk-ditolak")


def test_login_shows_a_password_and_says_that_a_session_ended(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    page.goto("/masuk?sesi=berakhir")
    expect(page.get_by_text("Sesi Anda sudah berakhir.")).to_be_visible()
    fill(page, Password="Terlihat-1")
    button_named(page, "Tampilkan").click()
    expect(button_named(page, "Sembunyikan")).to_be_visible()
    looks.fine(page, "masuk-sesi-berakhir")


def test_code_step(new_page: NewPage, looks: Looks, accounts: Accounts) -> None:
    page = new_page()
    open_login(page)
    fill(page, NIP=accounts["verifikator"].nip, Password=accounts["verifikator"].password or "")
    button_named(page, "Masuk").click()
    expect(page.get_by_label("Kode autentikator")).to_be_focused()
    looks.fine(page, "masuk-kode")
    button_named(page, "Lanjutkan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.fine(page, "masuk-kode-kesalahan")


def test_forgotten_password(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    page.goto("/lupa-password")
    ready(page, "Lanjutkan")
    looks.fine(page, "lupa-password")
    button_named(page, "Lanjutkan").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    looks.fine(page, "lupa-password-kesalahan")


def test_confirmation_unknown_known_with_faults_and_done(new_page: NewPage, looks: Looks, accounts: Accounts) -> None:
    person = accounts["pppk"]
    page = new_page()
    page.goto("/konfirmasi-reset")
    expect(page.get_by_text("Belum ada permintaan token di peramban ini.").first).to_be_visible()
    looks.fine(page, "konfirmasi-tanpa-permintaan")

    page.goto("/lupa-password")
    ready(page, "Lanjutkan")
    fill(page, NIP=person.nip, Email=person.email)
    button_named(page, "Lanjutkan").click()
    expect(page.get_by_role("heading", level=1, name="Konfirmasi Reset Password")).to_be_visible()
    expect(page.get_by_text("gal*****@")).to_be_visible()
    looks.fine(page, "konfirmasi")

    button_named(page, "Reset Password").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    looks.fine(page, "konfirmasi-kesalahan")

    token = mailed_token(page.context, person.email)
    fill(page, Password="Tikar-Pandan-58", Token=token)
    expect(page.get_by_text("Kekuatan:")).to_be_visible()
    looks.fine(page, "konfirmasi-terisi")
    button_named(page, "Reset Password").click()
    expect(page.get_by_role("dialog", name="Password baru berhasil diperbarui")).to_be_visible()
    looks.fine(page, "konfirmasi-berhasil")


@pytest.mark.parametrize("person", ["pegawai", "admin_satker"])
def test_home(person: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(person=person)
    page.goto("/beranda")
    expect(page.get_by_text("Unit kerja")).to_be_visible()
    looks.fine(page, f"beranda-{person}")


@pytest.mark.parametrize("path", ["/beranda", "/keamanan"])
def test_while_data_is_on_its_way(path: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="pegawai")
    Line(page, dead=True)
    page.goto(path)
    expect(page.get_by_text("Memuat data ...")).to_be_attached()
    looks.fine(page, f"{path[1:]}-memuat")


def test_menu_on_a_phone(new_page: NewPage, looks: Looks) -> None:
    page = new_page({"width": 390, "height": 844}, "pegawai")
    page.goto("/beranda")
    expect(page.get_by_text("Unit kerja")).to_be_visible()
    button_named(page, "Menu").click()
    expect(page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Keamanan")).to_be_visible()
    looks.fine(page, "beranda-menu")


def test_security_with_faults_dialog_and_second_factor(
    new_page: NewPage, looks: Looks, accounts: Accounts, people: People
) -> None:
    person = accounts["ppt_non_asn"]
    people.cookies("ppt_non_asn")
    page = new_page(person="ppt_non_asn")
    page.goto("/keamanan")
    expect(page.get_by_role("heading", name="Riwayat masuk terakhir")).to_be_visible()
    looks.fine(page, "keamanan")
    button_named(page, "Ganti Password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.fine(page, "keamanan-kesalahan")
    button_named(page, "Akhiri").first.click()
    expect(page.get_by_role("dialog", name="Akhiri sesi ini?")).to_be_visible()
    looks.fine(page, "keamanan-dialog")
    button_named(page, "Akhiri sesi").click()
    expect(page.get_by_text("Sesi diakhiri.")).to_be_focused()
    looks.fine(page, "keamanan-berhasil")

    fill(page, Password_Anda=person.password or "")
    button_named(page, "Tampilkan kode QR").click()
    expect(page.get_by_role("img", name="Kode QR untuk aplikasi autentikator")).to_be_visible()
    looks.fine(page, "keamanan-qr")
    elsewhere = new_page(person="ppt_non_asn")
    elsewhere.goto("/keamanan")
    expect(elsewhere.get_by_text("Pengaktifan sedang berjalan di perangkat lain.")).to_be_visible()
    expect(elsewhere.get_by_role("img", name="Kode QR untuk aplikasi autentikator")).to_have_count(0)
    looks.fine(elsewhere, "keamanan-perangkat-lain")
    page.get_by_role("link", name="Tampilkan kunci dalam bentuk teks").click()
    expect(page.get_by_role("heading", level=1, name="Kunci autentikator")).to_be_visible()
    looks.fine(page, "keamanan-kunci")
    secret = re.sub(r"\s", "", page.get_by_role("code").or_(page.locator(".kode")).first.inner_text())
    page.get_by_role("link", name="Kembali").click()
    fill(page, Kode_dari_aplikasi=code_of(secret))
    button_named(page, "Aktifkan").click()
    expect(page.get_by_text("Verifikasi dua langkah aktif.")).to_be_visible()
    looks.fine(page, "keamanan-aktif")
    button_named(page, "Matikan verifikasi dua langkah").click()
    expect(page.get_by_role("dialog", name="Matikan verifikasi dua langkah?")).to_be_visible()
    looks.fine(page, "keamanan-matikan")
    page.keyboard.press("Escape")
    button_named(page, "Buat sepuluh kode pemulihan baru").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    looks.fine(page, "kode-pemulihan")


@pytest.mark.parametrize("person", ["", "pegawai"])
def test_help(person: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(person=person)
    page.goto("/bantuan#cpns")
    expect(page.get_by_text("Akun CPNS dibuka setelah disetujui")).to_be_visible()
    looks.fine(page, f"bantuan-{person or 'umum'}")


def test_a_visitor_finds_the_helpdesk_of_the_own_agency(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    page.goto("/bantuan#helpdesk")
    found = page.locator("#helpdesk")
    fill(page, Nama_instansi="ko")
    button_named(page, "Cari helpdesk").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi paling sedikit 3 huruf")
    looks.fine(page, "bantuan-instansi-kesalahan")
    fill(page, Nama_instansi="pemerintah")
    button_named(page, "Cari helpdesk").click()
    expect(found.get_by_text("2 instansi ditemukan.")).to_be_visible()
    expect(found.get_by_role("heading", name="Pemerintah Kabupaten Contoh")).to_be_visible()
    expect(found.get_by_role("link", name=re.compile("@")).first).to_be_visible()
    looks.fine(page, "bantuan-instansi")
    fill(page, Nama_instansi="tidak dikenal")
    button_named(page, "Cari helpdesk").click()
    expect(found.get_by_text("Tidak ada instansi dengan nama itu.")).to_be_visible()


def test_the_way_to_a_new_address_ends_at_its_form(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/lupa-password")
    page.get_by_role("link", name="Minta perbaikan email").click()
    expect(page.get_by_role("heading", name="Minta perbaikan alamat email")).to_be_in_viewport()


def test_not_found(new_page: NewPage, looks: Looks, watch: Watch) -> None:
    watch.expect(r"404 .*/tidak-ada", "status of 404")
    page = new_page()
    page.goto("/tidak-ada")
    expect(page.get_by_role("heading", level=1, name="Halaman tidak ditemukan")).to_be_visible()
    looks.fine(page, "tidak-ditemukan")


def ask_for_a_token(page: Page, person: DemoAccount) -> None:
    """So that there is a mail to look at."""
    page.goto("/lupa-password")
    ready(page, "Lanjutkan")
    fill(page, NIP=person.nip, Email=person.email)
    button_named(page, "Lanjutkan").click()
    page.wait_for_url("**/konfirmasi-reset")
    mailed_token(page.context, person.email)
    page.goto("/demo/surat")


def test_mailbox_of_the_demo(new_page: NewPage, looks: Looks, accounts: Accounts) -> None:
    page = new_page()
    ask_for_a_token(page, accounts["pegawai"])
    expect(page.get_by_role("table")).to_be_visible()
    looks.fine(page, "surat-semua")


def test_mail_of_the_demo(new_page: NewPage, looks: Looks, accounts: Accounts) -> None:
    page = new_page()
    ask_for_a_token(page, accounts["pegawai"])
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_text("Kepada: ")).to_be_visible()
    looks.fine(page, "surat")
