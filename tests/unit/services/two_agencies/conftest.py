"""The demo with one of everything in either agency, filled once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mysapk_web.models import Database
from mysapk_web.services import counters, exports, waits
from mysapk_web.services.people import file
from mysapk_web.settings import Settings
from tests.unit.services.country import fill


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for module in (counters, exports, waits, file):
        monkeypatch.setattr(module, "load", lambda: settings)


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
