"""The portal of the account tests: four people, cheap hashes, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from mysapk_web import settings as settings_module
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from tests.conftest import SECRET
from tests.support.agencies import Office, open_office
from tests.support.document_shelf import Shelf, open_shelf
from tests.support.portal import START, Portal, settle

# A busy machine is no reason to fail.

hypothesis.settings.register_profile("without-deadline", deadline=None)
hypothesis.settings.load_profile("without-deadline")


@pytest.fixture
def portal_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings that the services themselves load, with the clock at `START`."""
    for name, value in {"DEMO": "1", "SECRET_KEY": SECRET, "BCRYPT_COST": "4"}.items():
        monkeypatch.setenv(f"MYSAPK_{name}", value)
    monkeypatch.setattr(clock, "_source", lambda: START)
    settings_module.get_settings.cache_clear()
    yield settings_module.get_settings()
    settings_module.get_settings.cache_clear()


@pytest.fixture
def portal(sqlite_db: Database, portal_settings: Settings) -> Portal:
    """The four people in a SQLite database."""
    return settle(sqlite_db, portal_settings)


@pytest.fixture
def both(db: Database, portal_settings: Settings) -> Portal:
    """The four people, once in each kind of database: for what threads do at the same time."""
    return settle(db, portal_settings)


@pytest.fixture
def office(sqlite_db: Database, portal_settings: Settings) -> Office:
    """Two agencies and BKN with their people and admins, in a SQLite database."""
    return open_office(sqlite_db)


@pytest.fixture
def both_offices(db: Database, portal_settings: Settings) -> Office:
    """The same, once in each kind of database: for what SQL decides."""
    return open_office(db)


@pytest.fixture
def shelf(both: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shelf]:
    """An empty shelf of documents, once in each kind of database."""
    monkeypatch.setenv("MYSAPK_DOCUMENT_DIR", str(tmp_path / "dokumen"))
    settings_module.get_settings.cache_clear()
    yield open_shelf(both, settings_module.get_settings())
    settings_module.get_settings.cache_clear()
