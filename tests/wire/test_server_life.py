"""Starting, dying and coming back: faults stop the start with a line each, and what counts survives in the database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiosmtpd.controller import Controller
from sqlmodel import select
from typer.testing import CliRunner

from mysapk_web.cli.command import app
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform import migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.http import server as web_server
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.settings import Settings, SettingsError, get_settings
from tests.support.mail import Inbox
from tests.support.mail import free_port as mail_port
from tests.wire.client import NAMESPACE, Browser, Tab, merged
from tests.wire.flows import MASUK, log_in
from tests.wire.flows import ROOT as APP
from tests.wire.people import SESSION, People
from tests.wire.server import ROOT, SECRET, Server, free_port

pytestmark = pytest.mark.wire

BERANDA = f"{APP}.mysapk_web___home___pages___beranda____beranda_state"


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_killed_and_started_again_sessions_and_lock_outs_are_still_there(
    demo_template: Path, tmp_path: Path, accounts: dict[str, DemoAccount]
) -> None:
    shutil.copy(demo_template, tmp_path / "life.db")
    server = Server(tmp_path, f"sqlite:///{tmp_path}/life.db").start()
    locked, person = accounts["pegawai_lain"], accounts["pppk"]
    browser = Browser(server.base)

    async def before() -> str:
        async with Browser(server.base).tab("/masuk") as tab:
            for number in range(6):
                form = {"nip": locked.nip, "password": f"Salah-Sekali-{number}"}
                await tab.call(f"{MASUK}.submit", {"form": form}, quiet=0.05)
        await log_in(browser, person)
        async with browser.tab("/beranda") as tab:
            assert merged(tab.updates, "beranda_state")["ready"]
            # The default of the settings: no proxy is trusted, so this address of a client is its own idea.
            assert (await Browser(server.base, address="203.0.113.9").request("GET", "/sehat"))[0] == 200
            server.stop(signal.SIGKILL)
            await asyncio.wait_for(tab.closed.wait(), 5)
            return tab.token

    async def after(token: str) -> None:
        async with browser.tab("/beranda", token=token) as tab:
            assert merged(tab.updates, "beranda_state")["ready"]
        # From another claimed address, too: the account itself waits.
        stranger = Browser(server.base, address="203.0.113.77")
        async with stranger.tab("/masuk") as tab:
            form = {"nip": locked.nip, "password": locked.password}
            answer = await tab.call(f"{MASUK}.submit", {"form": form})
            assert "Terlalu banyak percobaan" in merged(answer, "app_state")["faults"][""]
        assert SESSION not in stranger.cookies

    try:
        token = run(before())
        server.start()
        run(after(token))
        started = time.monotonic()
        server.stop(signal.SIGTERM)
        assert time.monotonic() - started < 10
        assert server.process is not None
        assert server.process.returncode == 0
    finally:
        server.stop(signal.SIGKILL)


# Told to stop ------------------------------------------------------------------------------------

KILLED_AFTER = 10
"""Seconds after which granian kills a worker that has not ended."""


@dataclass
class Busy:
    """A portal that has more mails to send than it can before it is stopped."""

    server: Server
    inbox: Inbox
    db: Database

    def stop(self, how: signal.Signals = signal.SIGTERM, *, group: bool = False) -> float:
        """Tell it to stop, or every process of its group; gives the seconds it took."""
        assert self.server.process is not None
        started = time.monotonic()
        (os.killpg if group else os.kill)(self.server.process.pid, how)
        self.server.process.wait(3 * KILLED_AFTER)
        return time.monotonic() - started

    async def begun(self) -> None:
        """Wait until it sends, so that a mail is in hand and others are claimed."""
        async with asyncio.timeout(20):
            while len(self.inbox.received) < 2:
                await asyncio.sleep(0.05)

    def assert_no_mail_is_lost(self) -> None:
        """What arrived is marked, once; what did not waits as before, claimed by nobody."""
        with self.db.read() as session:
            mails = session.exec(select(OutboxMail.state, OutboxMail.message_id)).all()
        sent = [f"<{name}@localhost>" for state, name in mails if state is OutboxState.SENT]
        assert sorted(sent) == sorted(self.inbox.ids)
        assert {state for state, _ in mails} == {OutboxState.SENT, OutboxState.PENDING}


@pytest.fixture
def busy(demo_template: Path, tmp_path: Path, accounts: dict[str, DemoAccount]) -> Iterator[Busy]:
    shutil.copy(demo_template, tmp_path / "stop.db")
    db = Database(f"sqlite:///{tmp_path}/stop.db")
    person = People(db, accounts).account_id("pegawai")
    with db.begin() as session:
        for _ in range(60):
            enqueue(session, MailKind.PASSWORD_CHANGED, account_id=person, how="reset")
    inbox = Inbox(port=mail_port(), delay=0.4)
    smtp = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    smtp.start()
    server = Server(
        tmp_path,
        f"sqlite:///{tmp_path}/stop.db",
        MYSAPK_TRUSTED_PROXIES="1",
        MYSAPK_BCRYPT_COST="12",
        MYSAPK_MAIL_BACKEND="smtp",
        MYSAPK_SMTP_HOST="127.0.0.1",
        MYSAPK_SMTP_PORT=str(inbox.port),
        MYSAPK_SMTP_SECURITY="none",
    )
    try:
        yield Busy(server.start(), inbox, db)
    finally:
        server.stop(signal.SIGKILL)
        smtp.stop()
        db.dispose()


async def heard_at_the_end(page: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code that a socket was closed with; 1006 when it was only cut."""
    async for _ in page:
        pass
    return page.close_code


@pytest.mark.parametrize(
    ("how", "group"),
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)],
    ids=["kill", "systemd", "terminal"],
)
def test_told_to_stop_it_ends_open_sockets_with_a_word_and_loses_nothing(
    busy: Busy, how: signal.Signals, group: bool
) -> None:
    """Pages are open, passwords are being checked, mails are being sent."""

    async def walk() -> list[int | None]:
        async with contextlib.AsyncExitStack() as stack:
            http = await stack.enter_async_context(aiohttp.ClientSession())
            pages = []
            for _ in range(3):
                url = f"{busy.server.base}{NAMESPACE}/?EIO=4&transport=websocket&token={uuid.uuid4()}"
                page = await stack.enter_async_context(http.ws_connect(url, headers={"Origin": busy.server.base}))
                await page.send_str(f"40{NAMESPACE},")
                pages.append(asyncio.create_task(heard_at_the_end(page)))
            for number in range(8):
                visitor = Browser(busy.server.base, address=f"198.18.9.{number + 1}")
                tab = await stack.enter_async_context(visitor.tab("/masuk"))
                form = {"nip": f"1985031520100120{10 + number}", "password": "Salah-Sekali-1"}
                await tab.send(f"{MASUK}.submit", {"form": form})
            await busy.begun()
            took = await asyncio.to_thread(busy.stop, how, group=group)
            assert took < KILLED_AFTER - 1, "it ended by itself"
            return await asyncio.gather(*pages)

    assert run(walk()) == [1001] * 3
    assert busy.server.process is not None
    assert busy.server.process.returncode == 0
    for fault in ("panicked", "Unexpected exit", "failed", "[error", "Traceback"):
        assert fault not in busy.server.log
    busy.assert_no_mail_is_lost()


def test_even_a_worker_that_has_to_be_killed_loses_no_mail(busy: Busy) -> None:
    """A request that never comes to its end holds granian up until it kills the worker; the outbox has come to rest long before."""
    with socket.create_connection(("127.0.0.1", busy.server.port)) as half:
        half.sendall(b"GET /masuk HTTP/1.1\r\nHost: loc")
        run(busy.begun())
        assert busy.stop() > KILLED_AFTER - 1
    busy.assert_no_mail_is_lost()


def test_behind_no_trusted_proxy_the_limits_follow_the_peer(demo_template: Path, tmp_path: Path) -> None:
    """Thirty logins a minute from one network, whatever address the client makes up for each."""
    shutil.copy(demo_template, tmp_path / "peer.db")
    server = Server(tmp_path, f"sqlite:///{tmp_path}/peer.db").start()

    async def walk() -> list[str]:
        heard = []
        for number in range(40):
            tab = Tab(server.base, {"mysapk-peramban": f"{number:043d}"}, address=f"203.0.113.{number + 1}")
            await tab.open()
            form = {"nip": f"1985031520100120{10 + number}", "password": "Salah-Sekali-1"}
            answer = await tab.call(f"{MASUK}.submit", {"form": form}, quiet=0.01)
            heard.append(str(merged(answer, "app_state")["faults"]))
            await tab.close()
        return heard

    try:
        heard = run(walk())
    finally:
        server.stop()
    assert "Terlalu banyak percobaan" not in heard[0]
    assert "Terlalu banyak percobaan" in heard[-1]


def unusable(folder: Path, **env: str) -> dict[str, str]:
    """Settings that must not start, outside the demo."""
    given = {
        "MYSAPK_SECRET_KEY": SECRET,
        "MYSAPK_PUBLIC_URL": "https://portal.example.go.id",
        "MYSAPK_DATABASE_URL": f"sqlite:///{folder}/none.db",
        "MYSAPK_MAIL_DIR": str(folder / "mail"),
        "MYSAPK_PORT": str(free_port()),
        **env,
    }
    return {name: value for name, value in given.items() if value}


@pytest.mark.parametrize(
    ("env", "lines"),
    [
        ({"MYSAPK_SECRET_KEY": ""}, ["MYSAPK_SECRET_KEY"]),
        ({"MYSAPK_SECRET_KEY": "short"}, ["MYSAPK_SECRET_KEY", "MYSAPK_SECRET_KEY"]),
        ({"MYSAPK_SECRET_KEY": "a" * 64}, ["MYSAPK_SECRET_KEY"]),
        (
            {"MYSAPK_PUBLIC_URL": "http://portal.example.go.id", "MYSAPK_BCRYPT_COST": "4"},
            ["MYSAPK_PUBLIC_URL", "MYSAPK_BCRYPT_COST"],
        ),
        ({"MYSAPK_PUBLIC_URL": "https://portal.example.go.id/path"}, ["MYSAPK_PUBLIC_URL"]),
        ({"MYSAPK_WORKERS": "2"}, ["MYSAPK_WORKERS", "MYSAPK_WORKERS"]),
        ({"MYSAPK_PORT": "70000", "MYSAPK_TOKEN_MINUTES": "x"}, ["MYSAPK_PORT", "MYSAPK_TOKEN_MINUTES"]),
        ({"MYSAPK_MAIL_BACKEND": "smtp"}, ["MYSAPK_SMTP_HOST"]),
        ({"MYSAPK_DATABASE_URL": "mysql://x"}, ["MYSAPK_DATABASE_URL"]),
        ({"MYSAPK_DATABASE_URL": "postgresql+psycopg://u:geheim@127.0.0.1:1/x"}, ["MYSAPK_DATABASE_URL"]),
    ],
)
def test_a_fault_in_the_settings_stops_the_start_with_a_line_each(
    tmp_path: Path, env: dict[str, str], lines: list[str]
) -> None:
    get_settings.cache_clear()
    done = CliRunner().invoke(app, ["serve"], env=unusable(tmp_path, **env))
    get_settings.cache_clear()
    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit), "an end in words, not a traceback"
    told = [line for line in done.stderr.splitlines() if line.strip()]
    assert sorted(re.split(r"[:\s]", line)[0] for line in told) == sorted(lines), done.stderr
    for secret in ("geheim", SECRET, "a" * 64):
        assert secret not in done.stdout + done.stderr


def test_without_its_tables_the_portal_does_not_start(tmp_path: Path) -> None:
    """As a process of its own, as whoever starts it sees it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MYSAPK_")}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from mysapk_web.cli import app; sys.argv = ['mysapk', 'serve']; app()"],
        cwd=ROOT,
        env={**clean, **unusable(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if "mysapk migrate" in line]
    assert len(told) == 1
    assert "Traceback" not in done.stderr


def test_without_its_pages_the_portal_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path}/test.db")
    migrations.upgrade(database)
    database.dispose()
    monkeypatch.setattr(web_server, "POLICY", tmp_path / "policy.json")
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, database_url=f"sqlite:///{tmp_path}/test.db")
    with pytest.raises(SettingsError) as caught:
        web_server.prepare(settings)
    assert len(caught.value.faults) == 1
    assert "mysapk build" in caught.value.faults[0]
