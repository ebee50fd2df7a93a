"""Ani's desk with the offices around it, on SQLite and, for what happens at one moment, on both databases."""

from __future__ import annotations

import pytest

from tests.unit.services.pdm.desk import open_pdm
from tests.unit.services.people import Portal
from tests.unit.services.verification.officials import Office


@pytest.fixture
def office(portal: Portal) -> Office:
    return Office(open_pdm(portal))


@pytest.fixture
def office_on_both(both: Portal) -> Office:
    return Office(open_pdm(both))
