"""The demo with one of everything in either agency, filled once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mysapk_web.accounts import lockouts
from mysapk_web.administration import exports
from mysapk_web.administration.people import detail
from mysapk_web.organisation import rate_limiting
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from tests.support.demo_scopes import fill


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for module in (rate_limiting, exports, lockouts, detail):
        monkeypatch.setattr(module, "get_settings", lambda: settings)


@pytest.fixture(scope="session")
def country_template(demo_template: Path) -> Path:
    """A SQLite file that every test copies."""
    path = demo_template.with_name("country.db")
    shutil.copy(demo_template, path)
    database = Database(f"sqlite:///{path}")
    fill(database)
    database.dispose()
    return path


@pytest.fixture
def country(country_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of the test's own."""
    path = tmp_path / "country.db"
    shutil.copy(country_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()
