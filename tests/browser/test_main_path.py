"""The way a person goes: activation, first login, a new password, sessions, second factor, leaving. By labels only."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, SIZES
from tests.browser.steps import at_home, button_named, code_of, fill, log_in, mailed_token, open_login, ready

Accounts = dict[str, DemoAccount]
FIRST, SECOND = "Kapal-Rotan-71", "Sumur-Beringin-46"


def activate(page: Page, person: DemoAccount, password: str) -> None:
    """From the login by Lupa Password to the dialog of success."""
    open_login(page)
    page.get_by_role("link", name="Lupa Password").click()
    expect(page.get_by_role("heading", level=1, name="Lupa Password")).to_be_focused()
    ready(page, "Lanjutkan")
    printed = f"{person.nip[:8]} {person.nip[8:14]} {person.nip[14]} {person.nip[15:]}"
    fill(page, NIP=printed, Email=f" {person.email.upper()} ")
    button_named(page, "Lanjutkan").click()
    page.wait_for_url("**/konfirmasi-reset")
    expect(page.get_by_text(f"{person.email[:3]}*****@{person.email.split('@')[1]}")).to_be_visible()
    token = mailed_token(page.context, person.email)

    _weak_password_is_refused(page, token)

    page.get_by_label("Password", exact=True).press_sequentially(password)
    for rule in ("Minimal 6 karakter", "Minimal 1 huruf besar", "Minimal 1 angka", "Bukan password yang umum dipakai"):
        expect(page.get_by_role("listitem").filter(has_text=rule)).to_contain_text("(terpenuhi)")
    button_named(page, "Reset Password").click()
    done = page.get_by_role("dialog", name="Password baru berhasil diperbarui")
    expect(done).to_be_visible()
    button_named(done, "OK").click()
    page.wait_for_url("**/masuk*")
    expect(page.get_by_label("NIP")).to_be_focused()


def _weak_password_is_refused(page: Page, token: str) -> None:
    """A sentence says why, and nothing that was typed is lost."""
    pasted = f"  {token[:3].lower()} {token[3:].lower()} "
    field = page.get_by_label("Password", exact=True)
    field.press_sequentially("kapal")
    expect(page.get_by_role("listitem").filter(has_text="Minimal 1 angka")).not_to_contain_text("(terpenuhi)")
    fill(page, Token=pasted)
    button_named(page, "Reset Password").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Password terlalu pendek. Gunakan paling sedikit 6 karakter.")
    expect(page.get_by_label("Token")).to_have_value(pasted)
    expect(field).to_have_value("kapal")
    field.clear()


@pytest.mark.parametrize(
    ("size", "key", "name"),
    [("phone", "belum_aktif", "Rizal Firmansyah, S.Pd."), ("desk", "email_spasi", "Hendra Kusuma, S.Pd.")],
)
def test_from_activation_to_the_last_session(
    size: str, key: str, name: str, new_page: NewPage, accounts: Accounts
) -> None:
    person = accounts[key]
    page = new_page(SIZES[size])
    activate(page, person, FIRST)
    fill(page, NIP=person.nip, Password=FIRST)
    button_named(page, "Masuk").click()
    at_home(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Selamat datang, {name}")
    main = page.get_by_role("main")
    expect(main).to_contain_text("PNS")
    expect(main).to_contain_text(re.compile(r"S[DM]P? Negeri . Sukamaju"))
    expect(main).to_contain_text("Pemerintah Kabupaten Contoh")

    second = new_page(DESK if size == "phone" else PHONE)
    log_in(second, person, FIRST)
    at_home(second)

    if size == "phone":
        button_named(page, "Menu").click()
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Keamanan").click()
    expect(page.get_by_role("heading", level=1, name="Keamanan akun")).to_be_focused()
    _change_password(page)
    changed = time.monotonic()
    second.wait_for_url("**/masuk*", timeout=5_000)
    assert time.monotonic() - changed < 5
    expect(second.get_by_label("NIP")).to_be_visible()
    expect(second.get_by_text(name)).to_have_count(0)

    fill(second, NIP=person.nip, Password=SECOND)
    button_named(second, "Masuk").click()
    at_home(second)
    page.goto("/keamanan")
    rows = page.get_by_role("table", name="Perangkat yang sedang masuk").get_by_role("row")
    expect(rows.get_by_text("Perangkat ini")).to_have_count(1)
    button_named(page, "Akhiri").click()
    button_named(page.get_by_role("dialog", name="Akhiri sesi ini?"), "Akhiri sesi").click()
    expect(page.get_by_text("Sesi diakhiri.")).to_be_focused()
    expect(button_named(page, "Akhiri")).to_have_count(0)
    second.wait_for_url("**/masuk*", timeout=5_000)

    _leave(page, name)


def _change_password(page: Page) -> None:
    fill(page, Password_saat_ini="Salah-1", Password_baru=SECOND)
    button_named(page, "Ganti Password").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Password baru", exact=True)).to_have_value(SECOND)
    fill(page, Password_saat_ini=FIRST)
    button_named(page, "Ganti Password").click()
    page.wait_for_url("**/beranda")


def _leave(page: Page, name: str) -> None:
    """After Keluar the button back of the browser shows nothing of the person."""
    button_named(page, "Keluar").click()
    page.wait_for_url("**/masuk*")
    page.go_back()
    page.wait_for_timeout(300)
    expect(page.get_by_text(name)).to_have_count(0)
    page.wait_for_url("**/masuk*")
    expect(page.get_by_label("NIP")).to_be_visible()
    page.goto("/keamanan")
    page.wait_for_url("**/masuk*")


def test_second_factor_from_the_key_to_a_recovery_code(new_page: NewPage, accounts: Accounts) -> None:
    person = accounts["pppk"]
    page = new_page()
    activate(page, person, FIRST)
    log_in(page, person, FIRST)
    at_home(page)
    page.goto("/keamanan")
    fill(page, Password_Anda="Bukan-Ini-1")
    button_named(page, "Tampilkan kode QR").click()
    expect(page.get_by_role("alert")).to_be_focused()
    fill(page, Password_Anda=FIRST)
    button_named(page, "Tampilkan kode QR").click()
    expect(page.get_by_role("img", name="Kode QR untuk aplikasi autentikator")).to_have_js_property(
        "complete", value=True
    )
    page.get_by_role("link", name="Tampilkan kunci dalam bentuk teks").click()
    secret = "".join(re.findall(r"\b[A-Z2-7]{4}\b", page.get_by_role("main").inner_text()))
    assert len(secret) == 32
    page.get_by_role("link", name="Kembali").click()
    fill(page, Kode_dari_aplikasi="000000")
    button_named(page, "Aktifkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode tidak cocok.")
    fill(page, Kode_dari_aplikasi=code_of(secret))
    button_named(page, "Aktifkan").click()
    expect(page.get_by_text("Verifikasi dua langkah aktif.")).to_be_focused()
    button_named(page, "Buat sepuluh kode pemulihan baru").click()
    codes = page.get_by_role("listitem").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.get_by_text("Kode pemulihan tersisa: 10.")).to_be_visible()

    for code, left in ((code_of(secret, ahead=1), 10), (f" {codes[0].lower()} ", 9)):
        button_named(page, "Keluar").click()
        page.wait_for_url("**/masuk*")
        log_in(page, person, FIRST)
        expect(page.get_by_label("Kode autentikator")).to_be_focused()
        fill(page, Kode_autentikator=code)
        button_named(page, "Lanjutkan").click()
        at_home(page)
        page.goto("/keamanan")
        expect(page.get_by_text(f"Kode pemulihan tersisa: {left}.")).to_be_visible()


def test_code_step_survives_a_reload_and_can_be_left(new_page: NewPage, accounts: Accounts) -> None:
    page = new_page()
    log_in(page, accounts["approver"])
    expect(page.get_by_label("Kode autentikator")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Kode autentikator")).to_be_visible()
    button_named(page, "Kembali").click()
    expect(page.get_by_label("NIP")).to_be_visible()
    expect(page.get_by_label("Kode autentikator")).to_have_count(0)


def test_all_other_sessions_end_at_once(new_page: NewPage, accounts: Accounts) -> None:
    others = [new_page(person="pegawai_lain") for _ in range(2)]
    for other in others:
        other.goto("/beranda")
        at_home(other)
    page = new_page(person="pegawai_lain")
    page.goto("/keamanan")
    button_named(page, "Akhiri semua sesi lain").click()
    dialog = page.get_by_role("dialog", name="Akhiri semua sesi lain?")
    expect(dialog).to_contain_text("2 perangkat lain")
    button_named(dialog, "Akhiri semua").click()
    expect(page.get_by_text("2 sesi lain diakhiri.")).to_be_focused()
    for other in others:
        other.wait_for_url("**/masuk*", timeout=5_000)


def test_who_is_logged_in_is_led_home_and_who_is_not_to_the_login(new_page: NewPage) -> None:
    inside, outside = new_page(person="pegawai"), new_page()
    for path in ("/", "/masuk"):
        inside.goto(path)
        at_home(inside)
    for path in ("/", "/beranda", "/keamanan"):
        outside.goto(path)
        outside.wait_for_url("**/masuk*")
        expect(outside.get_by_label("NIP")).to_be_visible()
