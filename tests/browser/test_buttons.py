"""A button that always answers: at once, once, and in words whatever happens behind it. What was typed stays."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from mysapk_web.rate_limits import HASHES_QUEUED
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.steps import at_home, button_named, fill, open_login
from tests.browser.watch import Watch
from tests.wire.client import Browser, Tab
from tests.wire.flows import MASUK
from tests.wire.server import Server

Accounts = dict[str, DemoAccount]
UNKNOWN, WRONG = "198503152010012777", "Salah-Sekali-1"
UNANSWERED = "Belum ada jawaban dari sistem. Isian Anda tidak hilang; periksa koneksi lalu coba lagi."
LOST = "Koneksi terputus. Menyambung kembali ..., isian Anda tidak hilang."


def typed_is_there(page: Page, nip: str = UNKNOWN, password: str = WRONG) -> None:
    expect(page.get_by_label("NIP", exact=True)).to_have_value(nip)
    expect(page.get_by_label("Password", exact=True)).to_have_value(password)


def test_busy_at_once_and_sent_once(new_page: NewPage) -> None:
    page = new_page()
    line = Line(page)
    open_login(page)
    fill(page, NIP=UNKNOWN, Password=WRONG)
    line.hold()
    button_named(page, "Masuk").dblclick()
    busy = button_named(page, "Memeriksa ...")
    expect(busy).to_be_visible(timeout=500)
    expect(busy).to_have_attribute("aria-disabled", "true")
    expect(busy).to_have_attribute("aria-busy", "true")
    expect(busy).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Sedang diproses.")).to_be_attached()
    busy.click(force=True)
    page.get_by_label("Password", exact=True).press("Enter")
    line.release()
    expect(page.get_by_role("alert")).to_contain_text("NIP atau password tidak cocok.")
    free = button_named(page, "Masuk")
    expect(free).not_to_have_attribute("aria-disabled", "true")
    assert line.count("masuk_state.submit") == 1
    typed_is_there(page)

    free.click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    assert line.count("masuk_state.submit") == 2


def test_a_shown_password_is_hidden_again_when_it_is_sent(new_page: NewPage) -> None:
    page = new_page()
    open_login(page)
    fill(page, NIP=UNKNOWN, Password=WRONG)
    button_named(page, "Tampilkan").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    button_named(page, "Masuk").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "password")


def test_no_answer_is_told_after_a_while(new_page: NewPage, looks: Looks) -> None:
    page = new_page()
    page.clock.install()
    line = Line(page)
    open_login(page)
    fill(page, NIP=UNKNOWN, Password=WRONG)
    line.hold()
    button_named(page, "Masuk").click()
    page.clock.fast_forward(14_000)
    expect(button_named(page, "Memeriksa ...")).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(page.get_by_text(UNANSWERED)).to_be_visible()
    expect(button_named(page, "Masuk")).to_be_enabled()
    typed_is_there(page)
    looks.fine(page, "masuk-tanpa-jawaban")
    line.release()
    expect(page.get_by_role("alert")).to_contain_text("NIP atau password tidak cocok.")
    button_named(page, "Masuk").click()
    expect(page.get_by_text(UNANSWERED)).to_have_count(0)


@pytest.fixture
def own_server(demo_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that a test may stop."""
    shutil.copy(demo_template, tmp_path / "own.db")
    running = Server(tmp_path, f"sqlite:///{tmp_path}/own.db", front_end=True).start()
    yield running
    running.stop()


def test_connection_lost_and_found(
    new_page: NewPage, looks: Looks, own_server: Server, accounts: Accounts, watch: Watch
) -> None:
    watch.expect("WebSocket", "ERR_CONNECTION_REFUSED")
    person = accounts["pegawai"]
    page = new_page(base_url=own_server.base)
    open_login(page)
    fill(page, NIP=person.nip, Password=person.password or "")
    own_server.stop()
    expect(page.get_by_text(LOST)).to_be_visible()
    button_named(page, "Masuk").click()
    expect(page.get_by_text(UNANSWERED)).to_be_visible()
    typed_is_there(page, person.nip, person.password or "")
    looks.fine(page, "masuk-koneksi-terputus")
    own_server.start()
    expect(page.get_by_text(LOST)).to_have_count(0, timeout=15_000)
    typed_is_there(page, person.nip, person.password or "")
    button_named(page, "Masuk").click()
    at_home(page)


def test_a_failing_database_is_told_and_loses_nothing(
    new_page: NewPage, looks: Looks, server_db: Database, accounts: Accounts
) -> None:
    person = accounts["pegawai"]
    page = new_page()
    open_login(page)
    fill(page, NIP=person.nip, Password=person.password or "")
    with server_db.begin() as session:
        session.execute(text("ALTER TABLE penghitung RENAME TO penghitung_tersimpan"))
    try:
        button_named(page, "Masuk").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "Data belum dapat disimpan karena gangguan pada sistem. Isian Anda tidak hilang; coba lagi beberapa menit lagi."
        )
        typed_is_there(page, person.nip, person.password or "")
        looks.fine(page, "masuk-gangguan")
    finally:
        with server_db.begin() as session:
            session.execute(text("ALTER TABLE penghitung_tersimpan RENAME TO penghitung"))
    button_named(page, "Masuk").click()
    at_home(page)


@contextmanager
def hashing_queue_filled(server: Server, db: Database) -> Iterator[None]:
    """More logins than the lane has places wait for the write lock of the database, which is held here."""
    full, done = threading.Event(), threading.Event()

    async def crowd() -> None:
        browser = Browser(server.base)
        await browser.visit()
        opened = [Tab(server.base, browser.cookies) for _ in range(HASHES_QUEUED + 10)]
        for tab in opened:
            await tab.open()
        with db.begin() as session:
            session.execute(text("DELETE FROM penghitung"))  # the write lock
            for tab in opened:
                await tab.send(f"{MASUK}.submit", {"form": {"nip": UNKNOWN, "password": WRONG}})
            # Those for whom there was no place are answered although the lock is still held.
            async with asyncio.timeout(4):
                while sum("sedang sibuk" in tab.seen() for tab in opened) < 2:
                    await asyncio.sleep(0.02)
            full.set()
            await asyncio.to_thread(done.wait, 4)
        for tab in opened:
            await tab.close()

    thread = threading.Thread(target=asyncio.run, args=(crowd(),))
    thread.start()
    try:
        assert full.wait(20)
        yield
    finally:
        done.set()
        thread.join()


def test_a_full_hashing_queue_is_told_at_once(new_page: NewPage, server: Server, server_db: Database) -> None:
    page = new_page()
    open_login(page)
    fill(page, NIP=UNKNOWN, Password=WRONG)
    with hashing_queue_filled(server, server_db):
        button_named(page, "Masuk").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "Sistem sedang sibuk. Isian Anda tidak hilang; tunggu sebentar lalu coba lagi.", timeout=2_000
        )
        typed_is_there(page)
