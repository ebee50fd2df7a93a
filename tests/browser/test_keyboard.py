"""Without a mouse, enlarged, without motion, in forced colours."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE
from tests.browser.steps import at_home, button_named, fill, focused, open_login, ready

Accounts = dict[str, DemoAccount]


def names_in_tab_order(page: Page, count: int) -> list[str]:
    """Accessible names of the next `count` stops; each is seen to be focused."""
    names = []
    for _ in range(count):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
            return [e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent, s.outlineStyle, r.height] }"""
        )
        assert seen[1] != "none", f"{seen[0]} does not show its focus"
        names.append(seen[0])
    return names


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_tab_order_of_the_login(size: dict[str, int], new_page: NewPage) -> None:
    page = new_page(size)
    open_login(page)
    stops = names_in_tab_order(page, 8)
    assert stops[0] == "Langsung ke isi"
    assert stops[1].startswith("MySAPK Web")
    assert stops[2:] == ["NIP", "Password", "Tampilkan", "Masuk", "Lupa Password", "Aktivasi akun"]


def test_skip_link_leads_to_the_content(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    page.goto("/beranda")
    at_home(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Langsung ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_login_without_a_mouse(new_page: NewPage, accounts: Accounts) -> None:
    page = new_page()
    open_login(page)
    names_in_tab_order(page, 3)
    page.keyboard.type(accounts["pegawai"].nip)
    page.keyboard.press("Tab")
    page.keyboard.type(accounts["pegawai"].password or "")
    page.keyboard.press("Enter")
    at_home(page)


def test_error_summary_takes_the_focus_and_leads_to_the_fields(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/lupa-password")
    ready(page, "Lanjutkan")
    fill(page, NIP="198503152010012777", Email="tidak.dikenal@example.com")
    button_named(page, "Lanjutkan").click()
    page.wait_for_url("**/konfirmasi-reset")
    button_named(page, "Reset Password").focus()
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    # In the order of the fields.
    assert links.all_inner_texts() == ["Isi password baru.", "Isi token dari email."]
    for link, label in zip(links.all(), ("Password", "Token"), strict=True):
        field = page.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(
            # The same sentence as in the summary stands at the field.
            re.compile(re.escape(f"Kesalahan: {link.inner_text()}"))
        )
        link.press("Enter")
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()


def test_dialog_keeps_the_focus_and_gives_it_back(new_page: NewPage) -> None:
    other, page = new_page(person="pegawai"), new_page(person="pegawai")
    other.goto("/beranda")
    at_home(other)
    page.goto("/keamanan")
    opener = button_named(page, "Akhiri semua sesi lain")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Akhiri semua sesi lain?")
    expect(dialog).to_be_visible()
    inside = 0
    for _ in range(6):
        # The browser itself (its address line) is the only other stop.
        inside += page.evaluate("() => !!document.activeElement.closest('dialog[open]')")
        assert page.evaluate("() => document.activeElement.matches('body, dialog[open] *, dialog[open]')")
        page.keyboard.press("Tab")
    assert inside >= 4
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.press("Enter")
    button_named(dialog, "Batal").press("Enter")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    expect(page.get_by_text("sesi lain diakhiri")).to_have_count(0)


def test_menu_of_a_phone(new_page: NewPage) -> None:
    page = new_page(PHONE, "pegawai")
    page.goto("/beranda")
    at_home(page)
    menu = button_named(page, "Menu")
    link = page.get_by_role("link", name="Keamanan", exact=True)
    expect(link).to_be_hidden()
    menu.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()
    menu.press("Enter")
    link.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Keamanan akun")).to_be_focused()
    expect(page.get_by_role("link", name="Beranda", exact=True)).to_be_hidden()


def test_enlarged_to_200_percent(new_page: NewPage, accounts: Accounts) -> None:
    page = new_page({"width": 640, "height": 400}, device_scale_factor=2)
    open_login(page)
    fill(page, NIP=accounts["pegawai"].nip, Password=accounts["pegawai"].password or "")
    button_named(page, "Masuk").click()
    at_home(page)
    for path in ("/beranda", "/keamanan", "/bantuan"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_reduced_motion_stops_what_moves(new_page: NewPage) -> None:
    moving = "() => document.getAnimations().filter(a => a.playState === 'running').length"
    for motion, moves in (("no-preference", True), ("reduce", False)):
        page = new_page(person="pegawai", reduced_motion=motion)
        page.route_web_socket("**/_event/**", lambda _: None)
        page.goto("/beranda")
        expect(page.get_by_text("Memuat data ...")).to_be_attached()
        assert bool(page.evaluate(moving)) is moves


def test_forced_colours_keep_the_edges_of_buttons(new_page: NewPage) -> None:
    page = new_page(forced_colors="active")
    open_login(page)
    style = button_named(page, "Masuk").evaluate(
        """e => { const s = getComputedStyle(e);
        return [s.borderTopStyle, parseFloat(s.borderTopWidth), s.borderTopColor, s.backgroundColor] }"""
    )
    assert style[0] == "solid"
    assert style[1] >= 1
    assert style[2] != style[3]


def test_targets_are_large_enough_for_a_finger(new_page: NewPage) -> None:
    page = new_page(PHONE, "pegawai")
    page.goto("/keamanan")
    expect(page.get_by_role("heading", name="Riwayat masuk terakhir")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .footer a, .brand, input')].filter(e => e.checkVisibility())
        .map(e => [e.textContent || e.id, e.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
    )
    assert small == []


def test_theme_is_chosen_by_the_person_and_kept(new_page: NewPage) -> None:
    page = new_page(color_scheme="light")
    open_login(page)
    dark = button_named(page, "Gelap")
    dark.press("Enter")
    expect(dark).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_contain_class("dark")
    page.reload()
    expect(page.locator("html")).to_contain_class("dark")
    expect(button_named(page, "Gelap")).to_have_attribute("aria-pressed", "true")
    button_named(page, "Otomatis").press("Enter")
    expect(page.locator("html")).not_to_contain_class("dark")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_contain_class("dark")
    expect(focused(page)).to_have_text("Otomatis")
