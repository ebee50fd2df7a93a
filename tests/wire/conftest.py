"""One server with the demo agency for the whole suite; tests that change what others read start one of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mysapk_web.models import Database
from mysapk_web.services import demo
from mysapk_web.settings import Settings
from tests.wire.client import Browser
from tests.wire.server import SECRET, Server

pytestmark = pytest.mark.wire


@pytest.fixture(scope="session")
def server(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server on a copy of the demo agency."""
    folder = tmp_path_factory.mktemp("wire")
    shutil.copy(demo_template, folder / "wire.db")
    running = Server(folder, f"sqlite:///{folder}/wire.db").start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server_db(server: Server) -> Iterator[Database]:
    """The database of the running server."""
    database = Database(server.env["MYSAPK_DATABASE_URL"])
    yield database
    database.dispose()


@pytest.fixture
def browser(server: Server) -> Browser:
    """A new browser without any cookie."""
    return Browser(server.base)


@pytest.fixture(scope="session")
def accounts() -> dict[str, demo.DemoAccount]:
    """The demo accounts by key."""
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, bcrypt_cost=4)
    return {account.key: account for account in demo.demo_accounts(settings)}
