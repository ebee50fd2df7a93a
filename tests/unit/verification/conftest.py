"""Ani's desk with the offices around it, on SQLite and, for what happens at one moment, on both databases."""

from __future__ import annotations

import pytest

from tests.support.portal import Portal
from tests.support.proposals import open_pdm
from tests.support.reviewers import Office


@pytest.fixture
def office(portal: Portal) -> Office:
    return Office(open_pdm(portal))


@pytest.fixture
def office_on_both(both: Portal) -> Office:
    return Office(open_pdm(both))
