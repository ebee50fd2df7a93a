"""Without JavaScript: the page says what to do, and nothing that was typed goes anywhere, least of all into an address line."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.looks import PHONE
from tests.browser.steps import button_named, fill
from tests.browser.watch import Watch

TYPED = "Rahasia-Saya-1"


@pytest.mark.parametrize(
    ("path", "fields", "button"),
    [
        ("/masuk", {"NIP": "198503152010012001", "Password": TYPED}, "Masuk"),
        ("/lupa-password", {"NIP": "198503152010012001", "Email": TYPED}, "Lanjutkan"),
        ("/konfirmasi-reset", {"Password": TYPED, "Token": TYPED}, "Reset Password"),
    ],
)
def test_says_what_to_do_and_sends_nothing(
    path: str, fields: dict[str, str], button: str, new_page: NewPage, watch: Watch
) -> None:
    watch.expect(r"request: csp .*\.js$")  # how Chromium names scripts it may not load
    page = new_page(PHONE, java_script_enabled=False)
    page.goto(path)
    # Playwright finds no text inside `noscript`, so this one is found by its place.
    told = page.locator("main noscript p")
    expect(told).to_be_visible()
    expect(told).to_contain_text("Aktifkan JavaScript di pengaturan peramban Anda")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    fill(page, **fields)
    button_named(page, button).click()
    page.get_by_label(list(fields)[-1], exact=True).press("Enter")
    page.wait_for_timeout(200)
    assert sent == []
    assert page.url.endswith(path)
    expect(page.get_by_label(list(fields)[-1], exact=True)).to_have_value(TYPED)


def test_before_the_scripts_run_nothing_typed_is_sent(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/*.js", lambda route: None)  # never answered: a slow line
    page.goto("/masuk", wait_until="commit")
    fill(page, NIP="198503152010012001", Password=TYPED)
    button_named(page, "Masuk").click()
    page.get_by_label("Password", exact=True).press("Enter")
    assert page.url.endswith("/masuk")
    expect(page.get_by_label("Password", exact=True)).to_have_value(TYPED)
