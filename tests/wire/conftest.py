"""One server with the demo agency for the whole suite; tests that change what others read start one of their own.

The shared server stands behind one trusted proxy, which here is the test itself: every browser can have an address of its own, so
that the limits of one test never meet another test.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mysapk_web.demo.accounts import DemoAccount, demo_accounts
from mysapk_web.platform.database import Database
from mysapk_web.platform.http.frontend import POLICY
from mysapk_web.settings import Settings
from tests.wire.client import Browser
from tests.wire.people import People
from tests.wire.registry import Handler, read_registry
from tests.wire.server import SECRET, Server

_hosts = itertools.count()


@pytest.fixture(scope="session")
def server(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server on a copy of the demo agency."""
    folder = tmp_path_factory.mktemp("wire")
    shutil.copy(demo_template, folder / "wire.db")
    running = Server(
        folder, f"sqlite:///{folder}/wire.db", front_end=POLICY.exists(), MYSAPK_TRUSTED_PROXIES="1"
    ).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server_db(server: Server) -> Iterator[Database]:
    """The database of the running server."""
    database = Database(server.env["MYSAPK_DATABASE_URL"])
    yield database
    database.dispose()


@pytest.fixture
def new_browser(server: Server) -> Callable[[], Browser]:
    """Makes browsers without any cookie, each at a network address of its own."""
    return lambda: Browser(server.base, address=f"198.18.{next(_hosts) // 250}.{next(_hosts) % 250 + 1}")


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    """A new browser without any cookie."""
    return new_browser()


@pytest.fixture(scope="session")
def people(server_db: Database, accounts: dict[str, DemoAccount]) -> People:
    """Opens sessions for the persons of the demo, without the way through the login."""
    return People(server_db, accounts)


@pytest.fixture(scope="session")
def handlers() -> list[Handler]:
    """Every handler the app has registered, with its policy."""
    return read_registry().handlers


@pytest.fixture(scope="session")
def accounts() -> dict[str, DemoAccount]:
    """The demo accounts by key."""
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, bcrypt_cost=4)
    return {account.key: account for account in demo_accounts(settings)}
