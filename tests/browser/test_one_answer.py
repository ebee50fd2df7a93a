"""One answer: what the page shows after asking for a token tells nothing of who is known."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.steps import button_named, fill, ready


def told(page: Page, nip: str, email: str) -> tuple[str, str, str]:
    """Address, title and text of the page that follows, with the mask and the countdown put in one form."""
    page.goto("/lupa-password")
    ready(page, "Lanjutkan")
    fill(page, NIP=nip, Email=email)
    button_named(page, "Lanjutkan").click()
    mask = f"{email[:3]}*****@{email.split('@')[1]}"
    expect(page.get_by_text(mask)).to_be_visible()
    expect(page.get_by_text("Tersedia lagi dalam")).to_be_visible()
    text = page.locator("body").inner_text().replace(mask, "MASK")
    return page.url, page.title(), re.sub(r"dalam \d+ detik", "dalam N detik", text)


def test_the_page_is_the_same_for_everybody(new_page: NewPage, accounts: dict[str, DemoAccount]) -> None:
    right, waiting = accounts["ppt_non_asn"], accounts["cpns_menunggu"]
    asked = {
        "the right pair": (right.nip, right.email),
        "a wrong address": (right.nip, "orang.lain@contohkab.example.go.id"),
        "an unknown NIP": ("198503152010012777", right.email),
        "CPNS not yet approved": (waiting.nip, waiting.email),
        "free mail": (accounts["email_gratis"].nip, accounts["email_gratis"].email),
    }
    seen = {who: told(new_page(), nip, email) for who, (nip, email) in asked.items()}
    for who, page in seen.items():
        assert page == seen["the right pair"], who
    assert "sudah dikirim" in seen["the right pair"][2]
