"""Days of a filter begin and end where the person who filters reads the times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mysapk_web.services.actor import Refused
from mysapk_web.ui.admin.audit import day_of
from mysapk_web.web.exports import moment_of


@pytest.mark.parametrize(("zona", "hour"), [("WIB", 17), ("WITA", 16), ("WIT", 15)])
def test_a_day_begins_in_the_zone_of_the_agency(zona: str, hour: int) -> None:
    assert day_of("2026-08-24", "dari", zona) == datetime(2026, 8, 23, hour, tzinfo=UTC)
    assert day_of("2026-08-24", "sampai", zona, after=True) == datetime(2026, 8, 24, hour, tzinfo=UTC)
    assert moment_of("2026-08-24", zona) == datetime(2026, 8, 23, hour, tzinfo=UTC)


def test_no_day_is_refused_at_its_field() -> None:
    assert day_of("", "dari", "WIB") is None
    with pytest.raises(Refused):
        day_of("kemarin", "dari", "WIB")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2201-01-01", "9999-12-31"])
@pytest.mark.parametrize("after", [False, True])
def test_a_year_that_nobody_means_is_refused_at_its_field(day: str, after: bool) -> None:
    with pytest.raises(Refused, match="Periksa tahunnya") as refused:
        day_of(day, "dari", "WIT", after=after)
    assert refused.value.field == "dari"
    with pytest.raises(ValueError, match="year"):
        moment_of(day, "WIT", after=after)
