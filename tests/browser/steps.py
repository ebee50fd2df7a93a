"""What a person does on the pages, by the labels they read."""

from __future__ import annotations

import re
import time

import pyotp
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mysapk_web.demo.accounts import DemoAccount

TOKEN = re.compile(r"^\s*([A-HJ-KM-NP-Z2-9]{7})\s*$", re.MULTILINE)


def open_login(page: Page) -> None:
    """The login, ready to be used: before the scripts run, its button is none."""
    page.goto("/masuk")
    ready(page, "Masuk")


def ready(page: Page, button: str) -> None:
    """The scripts run and the socket is there."""
    expect(button_named(page, button)).to_have_attribute("type", "submit")
    page.wait_for_function("() => document.querySelector('main') !== null")


def button_named(page: Page | Locator, name: str) -> Locator:
    """A button by its exact name."""
    return page.get_by_role("button", name=name, exact=True)


def fill(page: Page | Locator, **fields: str) -> None:
    """Fill fields by their labels; "_" in a label stands for a blank."""
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def log_in(page: Page, account: DemoAccount, password: str | None = None) -> None:
    """NIP and password; where it leads is for the test to say."""
    open_login(page)
    fill(page, NIP=account.nip, Password=password or account.password or "")
    button_named(page, "Masuk").click()


def at_home(page: Page) -> None:
    """The home page has opened and greets."""
    page.wait_for_url("**/beranda")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Selamat datang,")


def mailed_token(context: BrowserContext, address: str, *, after: str = "") -> str:
    """The newest token sent to an address, read in the mailbox of the demo; another one than `after`."""
    page = context.new_page()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        page.goto("/demo/surat")
        rows = page.get_by_role("row").filter(has_text=address)
        if rows.count():
            rows.first.get_by_role("link").click()
            found = TOKEN.search(page.get_by_role("main").inner_text())
            if found and found[1] != after:
                page.close()
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no token came for {address}")


def code_of(secret: str, *, ahead: int = 0) -> str:
    """The authenticator's code, `ahead` half minutes from now: a code works once, and the next one is accepted, too."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * ahead)


def outline(page: Page) -> dict[str, str]:
    """How the focused element shows that it is focused."""
    found: dict[str, str] = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return { style: s.outlineStyle, width: s.outlineWidth } }"
    )
    return found


def focused(page: Page) -> Locator:
    """What has the focus."""
    return page.locator(":focus")
