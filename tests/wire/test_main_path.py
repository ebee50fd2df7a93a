"""The main job over the wire: activation with NIP, address and mailed token, then login."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from mysapk_web.demo.accounts import DemoAccount
from tests.wire.client import Browser, merged, redirects
from tests.wire.flows import KONFIRMASI, LUPA, MASUK, log_in, token_for
from tests.wire.server import Server

pytestmark = pytest.mark.wire


@pytest.fixture
def own_server(demo_template: Path, tmp_path: Path):
    shutil.copy(demo_template, tmp_path / "own.db")
    running = Server(tmp_path, f"sqlite:///{tmp_path}/own.db").start()
    yield running
    running.stop()


def test_activation_and_login(own_server: Server, accounts: dict[str, DemoAccount]) -> None:
    async def walk() -> None:
        person = accounts["belum_aktif"]
        browser = Browser(own_server.base)
        await browser.visit("/lupa-password")
        async with browser.tab("/lupa-password") as tab:
            typed = f"{person.nip[:8]} {person.nip[8:14]} {person.nip[14]} {person.nip[15:]}"
            answer = await tab.call(f"{LUPA}.submit", {"form": {"nip": typed, "email": f" {person.email.upper()} "}})
            assert redirects(answer) == ["/konfirmasi-reset"]
        token = await token_for(own_server.folder / "mail")
        async with browser.tab("/konfirmasi-reset") as tab:
            spaced = f" {token[:3].lower()}-{token[3:]} "
            answer = await tab.call(
                f"{KONFIRMASI}.submit", {"form": {"token": spaced, "password": "Kapal7Layar"}}, quiet=0.3
            )
            assert merged(answer, "app_state").get("faults") in (None, {}), answer
        await log_in(browser, person, "Kapal7Layar")
        async with browser.tab("/beranda") as tab:
            assert person.nip not in repr(tab.first)
            home = merged(tab.first, "beranda_state")
            assert home, tab.first

    asyncio.run(walk())


def test_wrong_password_says_one_sentence(browser: Browser, accounts: dict[str, DemoAccount]) -> None:
    async def walk() -> None:
        async with browser.tab("/masuk") as tab:
            seen = set()
            for nip in (accounts["pegawai"].nip, "198503152010012777", accounts["belum_aktif"].nip):
                answer = await tab.call(
                    f"{MASUK}.submit", {"form": {"nip": nip, "password": "Salah1Sekali"}}, quiet=0.05
                )
                seen.add(str(merged(answer, "app_state")["faults"]))
            assert len(seen) == 1

    asyncio.run(walk())
