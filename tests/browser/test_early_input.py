"""What a person does before the scripts of a page are there is told, kept, and done once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import PHONE, Looks
from tests.browser.steps import at_home, button_named, fill, ready

LOADING = "Halaman masih dimuat."
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
"""Bytes a second and milliseconds of a slow line: the scripts of a page take more than two seconds."""
LOGIN = "masuk_state.submit"


def held_scripts(page: Page) -> Callable[[], None]:
    """Hold the scripts of a page back; gives what lets them through."""
    held: list[Route] = []
    open_now: list[bool] = []
    page.route("**/*.js", lambda route: route.continue_() if open_now else held.append(route))

    def release() -> None:
        open_now.append(True)
        for route in held:
            route.continue_()

    return release


def told(page: Page) -> None:
    """The page says that it is loading, and the button that it has heard, before anything else could have happened."""
    expect(page.get_by_role("status").filter(has_text=LOADING)).to_be_visible()
    expect(button_named(page, "Masuk")).to_have_attribute("aria-busy", "true")


def test_a_click_on_a_slow_line_logs_in_once(new_page: NewPage, accounts: dict[str, DemoAccount]) -> None:
    page = new_page(PHONE)
    line = Line(page)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    page.goto("/masuk", wait_until="commit")
    fill(page, NIP=accounts["pegawai"].nip, Password=accounts["pegawai"].password or "")
    button_named(page, "Masuk").click()
    button_named(page, "Masuk").click()
    told(page)
    page.wait_for_url("**/beranda", timeout=40_000)
    assert line.count(LOGIN) == 1


def test_enter_and_what_was_typed_survive_until_the_scripts_are_there(
    new_page: NewPage, accounts: dict[str, DemoAccount]
) -> None:
    page = new_page()
    line = Line(page)
    release = held_scripts(page)
    page.goto("/masuk", wait_until="commit")
    fill(page, NIP=accounts["pegawai"].nip, Password=accounts["pegawai"].password or "")
    page.get_by_label("Password", exact=True).press("Enter")
    page.get_by_label("Password", exact=True).press("Enter")
    told(page)
    assert line.count(LOGIN) == 0
    release()
    at_home(page)
    assert line.count(LOGIN) == 1


def test_the_words_are_there_with_the_click(new_page: NewPage) -> None:
    page = new_page()
    held_scripts(page)
    page.goto("/masuk", wait_until="commit")
    expect(button_named(page, "Masuk")).to_be_visible()
    # Read in the same task as the click: nothing has to come over the line for it.
    said = page.evaluate(
        "() => { document.querySelector('form .button').click(); return document.querySelector('.loading').textContent }"
    )
    assert said.startswith(LOADING)


def test_a_wrong_login_is_answered_in_words_and_nothing_hangs(new_page: NewPage) -> None:
    page = new_page()
    release = held_scripts(page)
    page.goto("/masuk", wait_until="commit")
    fill(page, NIP="198503152010012001", Password="Salah-Sekali-1")
    button_named(page, "Masuk").click()
    release()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("NIP", exact=True)).to_have_value("198503152010012001")
    expect(button_named(page, "Masuk")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_text(LOADING)).to_have_count(0)


def test_rules_of_a_password_know_what_was_typed_early(new_page: NewPage) -> None:
    page = new_page()
    release = held_scripts(page)
    page.goto("/masuk", wait_until="commit")
    page.get_by_label("Password", exact=True).fill("Rahasia-1")
    button_named(page, "Tampilkan").click()
    release()
    ready(page, "Masuk")
    expect(button_named(page, "Sembunyikan")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_value("Rahasia-1")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")


def test_native_forms_are_left_to_the_browser(new_page: NewPage) -> None:
    page = new_page(person="pegawai")
    page.goto("/keamanan")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/keluar") else None)
    held_scripts(page)
    page.goto("/keamanan", wait_until="commit")
    button_named(page, "Keluar").click()
    page.wait_for_url(re.compile("/masuk"), wait_until="commit")
    assert len(asked) == 1


def test_looks_of_a_page_that_is_still_loading(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    held_scripts(page)
    page.goto("/masuk", wait_until="commit")
    button_named(page, "Masuk").click()
    told(page)
    looks.fine(page, "masuk-masih-dimuat")
