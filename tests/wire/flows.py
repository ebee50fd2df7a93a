"""The main path over the raw socket: asking for a token, confirming, logging in."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import time
from pathlib import Path

import pyotp

from mysapk_web.demo.accounts import DemoAccount
from tests.wire.client import Browser, Tab, merged, ticket_of

ROOT = "reflex___state____state.mysapk_web___ui___state____app_state"
MASUK = f"{ROOT}.mysapk_web___accounts___pages___masuk____masuk_state"
LUPA = f"{ROOT}.mysapk_web___accounts___pages___lupa_password____lupa_password_state"
KONFIRMASI = f"{ROOT}.mysapk_web___accounts___pages___konfirmasi_reset____konfirmasi_state"


async def log_in(browser: Browser, account: DemoAccount, password: str | None = None) -> None:
    """Log in as a person of the demo, with the authenticator code where there is one."""
    await browser.visit()
    async with browser.tab("/masuk") as tab:
        updates = await tab.call(
            f"{MASUK}.submit", {"form": {"nip": account.nip, "password": password or account.password}}, quiet=0.05
        )
        state = merged(updates, "masuk_state")
        if state.get("needs_code"):
            updates = await with_fresh_code(tab, account)
            state = merged(updates, "masuk_state")
        ticket = ticket_of(updates)
        assert ticket, merged(tab.updates, "app_state")
    assert await browser.take_session(ticket) == "/beranda"


async def with_fresh_code(tab: Tab, account: DemoAccount) -> list[dict[str, object]]:
    """A code works once: when this half minute's is used up, the next one's is accepted, too (one step of drift)."""
    generator = pyotp.TOTP(account.totp_secret or "")
    for ahead in (0, 30, -30):
        updates = await tab.call(
            f"{MASUK}.submit_code", {"form": {"kode": generator.at(int(time.time()) + ahead)}}, quiet=0.05
        )
        if ticket_of(updates):
            return updates
    return updates


async def token_for(mail_dir: Path, nth: int = 1, timeout: float = 8.0) -> str:
    """The token in the n-th mail that carries one, in the order of sending."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        tokens = tokens_in(mail_dir)
        if len(tokens) >= nth:
            return tokens[nth - 1]
        await asyncio.sleep(0.1)
    raise AssertionError(f"no token mail came (found {len(tokens_in(mail_dir))})")


def tokens_in(mail_dir: Path) -> list[str]:
    """Tokens in all mails, oldest first."""
    found = []
    for path in sorted(mail_dir.glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        match = re.search(r"^\s*([A-HJ-KM-NP-Z2-9]{7})\s*$", body.get_content() if body else "", re.MULTILINE)
        if match:
            found.append(match[1])
    return found
