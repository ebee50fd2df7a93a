"""Ani's desk during a PDM, on SQLite and, for what happens at one moment, on both databases."""

from __future__ import annotations

import pytest

from tests.support.portal import Portal
from tests.support.proposals import Desk, open_pdm


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_pdm(portal)


@pytest.fixture
def desk_on_both(both: Portal) -> Desk:
    return open_pdm(both)
