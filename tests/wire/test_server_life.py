"""Starting, dying and coming back: faults stop the start with a line each, and what counts survives in the database."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mysapk_web.models import Database, migration
from mysapk_web.services.demo import DemoAccount
from tests.wire.client import Browser, Tab, merged
from tests.wire.flows import MASUK, log_in
from tests.wire.flows import ROOT as APP
from tests.wire.people import SESSION
from tests.wire.server import ROOT, SECRET, Server, free_port

pytestmark = pytest.mark.wire

BERANDA = f"{APP}.mysapk_web___ui___beranda____beranda_state"
Start = Callable[..., subprocess.CompletedProcess[str]]


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


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Runs `mysapk serve` with settings that must not start, outside the demo."""

    def started(**env: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MYSAPK_")}
        given = {
            "MYSAPK_SECRET_KEY": SECRET,
            "MYSAPK_PUBLIC_URL": "https://portal.example.go.id",
            "MYSAPK_DATABASE_URL": f"sqlite:///{tmp_path}/none.db",
            "MYSAPK_MAIL_DIR": str(tmp_path / "mail"),
            "MYSAPK_PORT": str(free_port()),
            **env,
        }
        code = "import sys; from mysapk_web.cli import app; sys.argv = ['mysapk', 'serve']; app()"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**clean, **{name: value for name, value in given.items() if value}},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return started


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
    start: Start, env: dict[str, str], lines: list[str]
) -> None:
    done = start(**env)
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if line.strip()]
    assert sorted(re.split(r"[:\s]", line)[0] for line in told) == sorted(lines), done.stderr
    for secret in ("geheim", SECRET, "a" * 64):
        assert secret not in done.stdout + done.stderr


def test_without_its_tables_the_portal_does_not_start(start: Start) -> None:
    done = start()
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if "mysapk migrate" in line]
    assert len(told) == 1
    assert "Traceback" not in done.stderr


def test_without_its_pages_the_portal_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mysapk_web.settings import Settings, SettingsError
    from mysapk_web.web import server

    database = Database(f"sqlite:///{tmp_path}/test.db")
    migration.upgrade(database)
    database.dispose()
    monkeypatch.setattr(server, "POLICY", tmp_path / "policy.json")
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, database_url=f"sqlite:///{tmp_path}/test.db")
    with pytest.raises(SettingsError) as caught:
        server.prepare(settings)
    assert len(caught.value.faults) == 1
    assert "mysapk build" in caught.value.faults[0]
