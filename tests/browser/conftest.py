"""One Chromium and one server with the compiled pages for all tests of this folder.

A test asks for `new_page` and gets tabs of browsers that know nothing of each other. Whatever goes wrong inside them without being
announced (console, scripts, content policy, requests of our own origin) fails the test, see `tests.browser.watch`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy import text

from mysapk_web.demo.accounts import DemoAccount, demo_accounts
from mysapk_web.platform.database import Database
from mysapk_web.platform.http import frontend
from mysapk_web.settings import Settings
from tests.browser.looks import DESK, Looks
from tests.browser.watch import Watch
from tests.wire.people import People
from tests.wire.server import SECRET, Server

NODE = Path(__file__).parent / "node"
DATABASE = "browser.db"
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Tests run in several processes; what they all need is made by the first one."""
    with (NODE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def front_end() -> None:
    """The pages as they are now, built when the sources have changed."""
    with one_at_a_time():
        if not frontend.is_current():
            frontend.build()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program of the whole browser."""
    path = _program("chromium", "chromium-browser", "google-chrome")
    return path or pytest.skip("no Chromium is installed")


def _program(*names: str) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Drives browsers. Ends with this folder: it keeps an event loop that other tests would trip over."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """The browser without its windows, where it is installed: a tab of it takes a quarter of the time."""
    path = _program("chromium-headless-shell") or chromium_path
    with playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS)) as browser:
        yield browser


@pytest.fixture(scope="package")
def whole_chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """The browser with all that its windows have, such as what shows a PDF."""
    with playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_ARGS)) as browser:
        yield browser


@pytest.fixture(scope="package")
def server(front_end: None, demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running portal on a copy of the demo agency."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copy(demo_template, folder / DATABASE)
    shutil.copytree(demo_template.with_name("documents"), folder / "documents")
    running = Server(folder, f"sqlite:///{folder / DATABASE}", front_end=True).start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def server_db(server: Server) -> Iterator[Database]:
    """The database of the running server."""
    database = Database(server.env["MYSAPK_DATABASE_URL"])
    yield database
    database.dispose()


@pytest.fixture(scope="package")
def as_filled(server: Server, server_db: Database) -> Path:
    """The database as the running server has it before the first test, its counts gathered."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with server_db.read() as session:
            if not session.execute(text("SELECT count(*) FROM hitungan_langkah")).scalar_one():
                break
        time.sleep(0.1)
    path = server.folder / "as-filled.db"
    _copy_database(server.folder / DATABASE, path)
    return path


def _copy_database(source: Path, target: Path) -> None:
    """Copy what a SQLite file holds into another one that may be in use; waits for who writes just then."""
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target, timeout=10)) as new,
    ):
        old.backup(new)


@pytest.fixture(scope="session")
def accounts() -> dict[str, DemoAccount]:
    """The demo accounts by key."""
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, bcrypt_cost=4)
    return {account.key: account for account in demo_accounts(settings)}


@pytest.fixture(scope="package")
def people(server_db: Database, accounts: dict[str, DemoAccount]) -> People:
    """Opens sessions for the persons of the demo, without the way through the login."""
    return People(server_db, accounts)


@pytest.fixture(autouse=True)
def _nothing_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Every test meets the demo as it was filled: no password, proposal, counter or session of another test."""
    if "server" in request.fixturenames:
        filled = request.getfixturevalue("as_filled")
        _copy_database(filled, request.getfixturevalue("server").folder / DATABASE)


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The pinned axe-core."""
    script = NODE / "node_modules" / "axe-core" / "axe.min.js"
    with one_at_a_time():
        if not script.exists():
            own = str(Path(sys.executable).parent)
            environment = {**os.environ, "PATH": os.pathsep.join([own, os.environ.get("PATH", "")])}
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], cwd=NODE, env=environment, check=True
            )
    return script.read_text()


@pytest.fixture
def looks(axe_source: str) -> Looks:
    """Judges how a page looks, at all sizes, light and dark."""
    return Looks(axe_source)


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    """Everything that goes wrong inside the pages of a test; `expect` what the test brings about itself."""
    watching = Watch(server.base)
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def new_page(request: pytest.FixtureRequest, server: Server, people: People, watch: Watch) -> Iterator[NewPage]:
    """Makes a tab in a browser of its own: `new_page(DESK, "pegawai", color_scheme="dark")`.

    The person (a key of the demo accounts) is logged in already; without one it is a visitor. Further arguments are those of
    a browser context. A test marked `whole_browser` gets tabs of one that shows PDF files.
    """
    chromium = request.getfixturevalue(
        "whole_chromium" if request.node.get_closest_marker("whole_browser") else "chromium"
    )
    contexts = []

    def make(size: dict[str, int] = DESK, person: str = "", **options: Any) -> Page:
        context = chromium.new_context(**{"base_url": server.base, "viewport": size, "locale": "id-ID", **options})
        contexts.append(context)
        context.set_default_timeout(8_000)
        context.set_default_navigation_timeout(8_000)
        watch.over(context)
        if person:
            context.add_cookies(
                [{"name": name, "value": value, "url": server.base} for name, value in people.cookies(person).items()]
            )
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
