"""Before a session ends its page warns (WCAG 2.2.1); afterwards the same person finds page and words again, and nobody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.accounts.tables import UserSession
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named, fill, ready
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form
from tests.wire.people import SESSION, People

STREET = "Jalan Kenanga 5, Sukamaju"
SECTION = "Ubah Kontak dan alamat"
KEPT = "ketikan"
Cookies = dict[str, str]
LogIn = Callable[[Page, str], Cookies]


@pytest.fixture
def log_in_as(people: People) -> LogIn:
    """Gives a browser the session of a person, as a login does."""

    def give(page: Page, key: str) -> Cookies:
        cookies = people.cookies(key)
        url = people_url(page)
        page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        return cookies

    return give


def people_url(page: Page) -> str:
    """The origin of the portal, for cookies."""
    page.goto("/sehat")
    return str(page.evaluate("() => location.origin"))


def idle_for(people: People, cookies: Cookies, minutes: float) -> None:
    """The last act of the session was so long ago."""
    people.change_session(cookies, seen_at=clock.now() - timedelta(minutes=minutes))


def look_again(page: Page) -> None:
    """What a tab does when another one has asked to."""
    page.evaluate("() => new BroadcastChannel('sesi').postMessage('')")


def warning(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Sesi Anda hampir berakhir")


def seen_at(db: Database, cookies: Cookies) -> datetime:
    with db.read() as session:
        return session.exec(select(UserSession.seen_at).where(UserSession.ref == hash_secret(cookies[SESSION]))).one()


def stored(page: Page) -> dict[str, str]:
    """All that the browser keeps for this tab and this portal."""
    kept: dict[str, str] = page.evaluate("() => ({ ...localStorage, ...sessionStorage })")
    return kept


def open_profile(page: Page) -> None:
    page.goto("/profil")
    button_named(page, SECTION).click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_be_focused()


def type_street(page: Page) -> None:
    """Typed into the profile and not sent, and kept by the browser."""
    open_profile(page)
    before = stored(page).get(KEPT)
    page.get_by_label("Alamat tempat tinggal").fill(STREET)
    page.wait_for_function(
        "(before) => JSON.parse(sessionStorage.ketikan ?? '{}').typed && sessionStorage.ketikan !== before", arg=before
    )


def at_the_login(page: Page) -> None:
    page.wait_for_url("**/masuk?sesi=berakhir")
    expect(page.get_by_text("Sesi Anda sudah berakhir.")).to_be_visible()
    ready(page, "Masuk")


def end(people: People, cookies: Cookies) -> None:
    people.change_session(cookies, ended_at=clock.now(), end_reason="diakhiri")


def test_a_page_warns_and_one_key_extends(
    new_page: NewPage, people: People, log_in_as: LogIn, server_db: Database
) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    open_profile(page)
    field = page.get_by_label("Alamat tempat tinggal")
    field.fill(STREET)
    idle_for(people, cookies, 28.5)
    look_again(page)
    expect(warning(page)).to_be_visible()
    expect(button_named(page, "Tetap masuk")).to_be_focused()
    page.keyboard.press("Enter")
    expect(warning(page)).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value(STREET)
    assert clock.now() - seen_at(server_db, cookies) < timedelta(minutes=1)


def test_escape_extends_too(new_page: NewPage, people: People, log_in_as: LogIn, server_db: Database) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    page.goto("/profil")
    expect(button_named(page, SECTION)).to_be_visible()
    idle_for(people, cookies, 29)
    look_again(page)
    expect(warning(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(warning(page)).to_have_count(0)
    assert clock.now() - seen_at(server_db, cookies) < timedelta(minutes=1)


def test_the_warning_comes_by_itself_and_is_no_act(
    new_page: NewPage, people: People, log_in_as: LogIn, server_db: Database
) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    people.change_session(cookies, expires_at=clock.now() + timedelta(seconds=126))
    page.goto("/profil")
    expect(button_named(page, SECTION)).to_be_visible()
    expect(warning(page)).to_have_count(0)
    idle_for(people, cookies, 5)
    before = seen_at(server_db, cookies)
    expect(warning(page)).to_be_visible(timeout=20_000)
    for _ in range(2):
        with page.expect_response("**/sesi", timeout=15_000) as asked:
            pass
        assert asked.value.json()["alive"] is True
    assert seen_at(server_db, cookies) == before


def test_tabs_of_one_browser_agree(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    one = new_page()
    cookies = log_in_as(one, "pegawai")
    other = one.context.new_page()
    for page in (one, other):
        page.goto("/profil")
        expect(button_named(page, SECTION)).to_be_visible()
    idle_for(people, cookies, 28.5)
    look_again(one)
    expect(warning(one)).to_be_visible()
    expect(warning(other)).to_be_visible()
    button_named(other, "Tetap masuk").click()
    expect(warning(other)).to_have_count(0)
    expect(warning(one)).to_have_count(0)


def test_what_is_done_in_one_tab_extends_the_others(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    one = new_page()
    cookies = log_in_as(one, "pegawai")
    one.goto("/profil")
    expect(button_named(one, SECTION)).to_be_visible()
    idle_for(people, cookies, 28.5)
    look_again(one)
    expect(warning(one)).to_be_visible()
    other = one.context.new_page()
    other.goto("/usulan")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    expect(warning(one)).to_have_count(0, timeout=15_000)


def test_the_absolute_end_is_told_and_not_put_off(
    new_page: NewPage, people: People, log_in_as: LogIn, looks: Looks
) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    open_profile(page)
    people.change_session(cookies, expires_at=clock.now() + timedelta(seconds=110))
    look_again(page)
    expect(warning(page)).to_contain_text("tidak dapat diperpanjang")
    expect(warning(page)).to_contain_text("Simpan isian Anda sekarang, lalu masuk lagi")
    expect(button_named(page, "Tetap masuk")).to_have_count(0)
    looks.fine(page, "sesi-batas")
    button_named(page, "Kembali ke halaman").click()
    expect(warning(page)).to_have_count(0)
    expect(page.get_by_text("Sesi Anda berakhir dalam 1:")).to_be_visible()
    expect(page.get_by_label("Alamat tempat tinggal")).to_be_focused()
    looks.fine(page, "sesi-batas-sebaris")


def test_looks_of_the_warning(new_page: NewPage, people: People, log_in_as: LogIn, looks: Looks) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    page.goto("/profil")
    expect(button_named(page, SECTION)).to_be_visible()
    idle_for(people, cookies, 28.2)
    look_again(page)
    expect(warning(page)).to_be_visible()
    looks.fine(page, "sesi-peringatan")
    button_named(warning(page), "Keluar").click()
    page.wait_for_url("**/masuk")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_same_person_finds_page_and_words_again(
    size: dict[str, int],
    new_page: NewPage,
    people: People,
    log_in_as: LogIn,
    accounts: dict[str, DemoAccount],
    looks: Looks,
) -> None:
    page = new_page(size)
    cookies = log_in_as(page, "pegawai")
    type_street(page)
    assert STREET not in str(stored(page))
    idle_for(people, cookies, 31)
    at_the_login(page)
    expect(page.get_by_text("Yang Anda ketik masih disimpan di peramban ini")).to_be_visible()
    looks.fine(page, "masuk-masih-disimpan")
    fill(page, NIP=accounts["pegawai"].nip, Password=accounts["pegawai"].password or "")
    button_named(page, "Masuk").click()
    page.wait_for_url("**/profil")
    expect(page.get_by_role("status").filter(has_text="Buka lagi bagian yang tadi Anda isi")).to_be_visible()
    button_named(page, SECTION).click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_have_value(STREET)
    expect(page.get_by_role("status").filter(has_text="sudah diisikan lagi")).to_be_visible()
    looks.fine(page, "profil-kembali")
    page.reload()
    button_named(page, SECTION).click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_have_value("")


def test_the_login_is_left_alone_after_the_end(
    new_page: NewPage, people: People, log_in_as: LogIn, accounts: dict[str, DemoAccount]
) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    page.goto("/profil")
    expect(button_named(page, SECTION)).to_be_visible()
    end(people, cookies)
    at_the_login(page)
    fill(page, NIP=accounts["pegawai"].nip)
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.wait_for_timeout(5_000)  # the server looks every two seconds for sockets of sessions that have ended
    assert loads == []
    expect(page.get_by_label("NIP", exact=True)).to_have_value(accounts["pegawai"].nip)


def test_the_end_at_a_click_takes_nothing_along(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    type_street(page)
    end(people, cookies)
    button_named(page, "Simpan").click()
    at_the_login(page)
    log_in_as(page, "pegawai")
    page.goto("/beranda")
    page.wait_for_url("**/profil")
    button_named(page, SECTION).click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_have_value(STREET)


def test_a_dialog_that_was_open_is_open_again(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "verifikator")
    page.goto("/verifikasi")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/verifikasi/\d+$"))
    opened = page.url
    button_named(page, "Kembalikan untuk diperbaiki").first.click()
    dialog = page.get_by_role("dialog", name="Kembalikan untuk diperbaiki?")
    dialog.get_by_label("Catatan").fill("Nomor SK tidak terbaca.")
    page.wait_for_function("() => JSON.parse(sessionStorage.ketikan ?? '{}').typed")
    end(people, cookies)
    at_the_login(page)
    log_in_as(page, "verifikator")
    page.goto("/beranda")
    page.wait_for_url(opened)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Catatan")).to_have_value("Nomor SK tidak terbaca.")


def test_a_draft_gets_back_what_it_could_not_save(
    new_page: NewPage, people: People, log_in_as: LogIn, server_db: Database, accounts: dict[str, DemoAccount]
) -> None:
    page = new_page()
    put_on_file(server_db, accounts["pegawai"].nip)
    page.on("dialog", lambda asked: asked.accept())
    line = Line(page)
    cookies = log_in_as(page, "pegawai")
    open_form(page, "penghargaan", "Tambah penghargaan")
    form = page.url
    page.get_by_label("Tahun").fill("2020")
    expect(draft_line(page)).to_have_text(SAVED)
    line.hold()
    page.get_by_label("Nomor SK").fill("68/TK/2020")
    page.wait_for_function("() => JSON.parse(sessionStorage.ketikan ?? '{}').typed")
    end(people, cookies)
    look_again(page)
    line.held = False
    at_the_login(page)
    log_in_as(page, "pegawai")
    page.goto("/beranda")
    page.wait_for_url(form)
    expect(page.get_by_label("Nomor SK")).to_have_value("68/TK/2020")
    expect(page.get_by_label("Tahun")).to_have_value("2020")
    expect(draft_line(page)).to_have_text(SAVED)


def test_another_person_finds_nothing(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    type_street(page)
    end(people, cookies)
    at_the_login(page)
    kept = stored(page)[KEPT]
    log_in_as(page, "pegawai_lain")
    page.goto("/beranda")
    page.wait_for_function("(kept) => sessionStorage.ketikan && sessionStorage.ketikan !== kept", arg=kept)
    assert page.url.endswith("/beranda")
    open_profile(page)
    expect(page.get_by_label("Alamat tempat tinggal")).not_to_have_value(STREET)
    log_in_as(page, "pegawai")
    open_profile(page)
    expect(page.get_by_label("Alamat tempat tinggal")).not_to_have_value(STREET)


def test_numbers_that_are_masked_and_codes_are_not_kept(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    open_profile(page)
    page.get_by_label("Nomor HP").fill("081234567890")
    page.get_by_label("Alamat tempat tinggal").fill(STREET)
    page.wait_for_function("() => JSON.parse(sessionStorage.ketikan ?? '{}').typed")
    page.wait_for_timeout(400)
    end(people, cookies)
    at_the_login(page)
    log_in_as(page, "pegawai")
    page.goto("/beranda")
    page.wait_for_url("**/profil")
    button_named(page, SECTION).click()
    expect(page.get_by_label("Alamat tempat tinggal")).to_have_value(STREET)
    expect(page.get_by_label("Nomor HP")).to_have_value("")


def test_what_was_saved_is_not_kept(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    page.goto("/bantuan")
    type_street(page)
    page.get_by_label("Nomor HP").fill("0812 3456 7890")
    place = page.get_by_role("combobox", name="Kabupaten")
    place.fill("sleman")
    expect(page.get_by_role("option").first).to_be_visible()
    place.press("ArrowDown")
    place.press("Enter")
    button_named(page, "Simpan").click()
    expect(page.get_by_text("Tersimpan: Alamat tempat tinggal")).to_be_visible()
    page.wait_for_function("() => !JSON.parse(sessionStorage.ketikan ?? '{}').typed")
    end(people, cookies)
    at_the_login(page)
    expect(page.get_by_text("Yang Anda ketik masih disimpan")).to_have_count(0)


def test_logging_out_leaves_nothing_in_any_tab(new_page: NewPage, log_in_as: LogIn) -> None:
    page = new_page()
    log_in_as(page, "pegawai")
    type_street(page)
    other = page.context.new_page()
    other.goto("/usulan")
    other.wait_for_function("() => sessionStorage.ketikan")
    button_named(other, "Keluar").click()
    other.wait_for_url("**/masuk")
    assert KEPT not in stored(other)
    page.wait_for_url(re.compile("/masuk"))
    expect(page.get_by_role("heading", level=1, name="Masuk")).to_be_visible()
    assert KEPT not in stored(page)


_FORGED: dict[str, Any] = {"path": "//salah.example.com/pdm", "fields": []}
_FORGE = """async (page) => {
    const { key } = await (await fetch("/sesi")).json();
    const raw = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
    const made = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    const iv = new Uint8Array(12);
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, made, new TextEncoder().encode(JSON.stringify(page)));
    const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
    sessionStorage.ketikan = JSON.stringify({ at: Date.now(), iv: base64(iv), data: base64(data), ended: true, typed: false });
}"""


def test_the_way_back_leads_nowhere_else(new_page: NewPage, log_in_as: LogIn) -> None:
    page = new_page()
    log_in_as(page, "pegawai")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(_FORGE, _FORGED)
    page.goto("/beranda")
    page.wait_for_function("() => sessionStorage.ketikan && !JSON.parse(sessionStorage.ketikan).ended")
    assert page.url.endswith("/beranda")
    assert not [url for url in asked if "salah.example.com" in url]


def test_what_is_too_old_is_not_given_back(new_page: NewPage, people: People, log_in_as: LogIn) -> None:
    page = new_page()
    cookies = log_in_as(page, "pegawai")
    type_street(page)
    end(people, cookies)
    at_the_login(page)
    page.evaluate(
        "() => { const kept = JSON.parse(sessionStorage.ketikan); kept.at -= 25 * 3600e3; sessionStorage.ketikan = JSON.stringify(kept) }"
    )
    page.reload()
    ready(page, "Masuk")
    page.wait_for_function("() => !sessionStorage.ketikan")
    log_in_as(page, "pegawai")
    page.goto("/beranda")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Selamat datang")
    assert page.url.endswith("/beranda")
