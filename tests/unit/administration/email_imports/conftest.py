"""Lists of addresses in an office on each kind of database, or on SQLite only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.address_lists import Lists
from tests.support.agencies import Office


@pytest.fixture
def lists(both_offices: Office, tmp_path: Path) -> Lists:
    return Lists(both_offices, tmp_path / "documents")


@pytest.fixture
def quick_lists(office: Office, tmp_path: Path) -> Lists:
    return Lists(office, tmp_path / "documents")
