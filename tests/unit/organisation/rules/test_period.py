from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.period import (
    PeriodKind,
    PeriodWindow,
    Phase,
    effective_period,
    last_ended,
    period_status,
)
from mysapk_web.platform.rules.timezones import Zone, zone_of

WIB, WITA, WIT = Zone.WIB.info, Zone.WITA.info, Zone.WIT.info
PDM = PeriodKind.PDM


def at(month, day, hour=0, minute=0, *, year=2021, zone=WIB):
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def period(start, end, *, kind=PDM, instansi_id=None, extends=False):
    return PeriodWindow(kind, at(*start), at(*end), instansi_id, extends)


WAVE = period((9, 15), (10, 15))
EXTENSION = period((10, 15), (11, 1), extends=True)


def test_zones_are_one_hour_apart():
    noon = datetime(2021, 7, 1, 0, 0, tzinfo=UTC)
    assert [noon.astimezone(zone_of(name).info).hour for name in ("WIB", "WITA", "WIT")] == [7, 8, 9]


def test_no_row_means_no_period():
    assert effective_period([], PDM, at(9, 20)) is None
    status = period_status([period((9, 15), (10, 15), kind=PeriodKind.AKTIVASI)], PDM, at(9, 20), WIB)
    assert (status.phase, status.period, status.days_left, status.is_open) == (Phase.NONE, None, 0, False)


@pytest.mark.parametrize(
    ("now", "phase", "days"),
    [
        (at(9, 1), Phase.NOT_OPEN, 14),
        (at(9, 14, 23, 59), Phase.NOT_OPEN, 1),
        (at(9, 15), Phase.OPEN, 29),
        (at(10, 6, 23, 59), Phase.OPEN, 8),
        (at(10, 7), Phase.CLOSING, 7),
        (at(10, 13, 12), Phase.CLOSING, 1),
        (at(10, 14), Phase.CLOSING, 0),
        (at(10, 14, 23, 59), Phase.CLOSING, 0),
        (at(10, 15), Phase.CLOSED, 0),
        (at(12, 1), Phase.CLOSED, 0),
    ],
)
def test_phases_and_calendar_days(now, phase, days):
    status = period_status([WAVE], PDM, now, WIB)
    assert (status.kind, status.phase, status.days_left) == (PDM, phase, days)
    assert status.period == WAVE
    assert status.is_open == (phase in {Phase.OPEN, Phase.CLOSING})


def test_opening_later_today_is_zero_days_away():
    status = period_status([period((9, 15, 8), (10, 15))], PDM, at(9, 15, 7), WIB)
    assert (status.phase, status.days_left) == (Phase.NOT_OPEN, 0)


def test_days_are_counted_in_the_zone_of_the_agency():
    # 23.00 in Jakarta is already the next day in Jayapura.
    now = at(10, 10, 23)
    ends = datetime(2021, 10, 15, 0, 0, tzinfo=WIT)
    row = PeriodWindow(PDM, at(9, 15), ends)
    assert period_status([row], PDM, now, WIT).days_left == 3
    assert period_status([row], PDM, now, WIB).days_left == 4


def test_end_within_a_day_leaves_that_day():
    row = period((9, 15), (10, 14, 16))
    assert period_status([row], PDM, at(10, 14, 15, 59), WIB).phase is Phase.CLOSING
    assert period_status([row], PDM, at(10, 14, 16), WIB).phase is Phase.CLOSED
    assert period_status([row], PDM, at(10, 13, 23), WIB).days_left == 1


def test_rows_of_the_agency_win_as_a_whole():
    agency = period((8, 15), (9, 15), instansi_id=7)
    national = period((7, 1), (11, 1))
    assert effective_period([national, agency], PDM, at(8, 20)) == agency
    assert effective_period([national, agency], PDM, at(10, 1)) == agency
    assert period_status([national, agency], PDM, at(10, 1), WIB).phase is Phase.CLOSED
    other_kind = period((8, 15), (9, 15), instansi_id=7, kind=PeriodKind.VERIFIKASI)
    assert effective_period([national, other_kind], PDM, at(8, 20)) == national


def test_running_then_coming_then_gone():
    first, second, third = period((1, 1), (2, 1)), period((3, 1), (4, 1)), period((5, 1), (6, 1))
    rows = [third, first, second]
    assert effective_period(rows, PDM, at(1, 10)) == first
    assert effective_period(rows, PDM, at(2, 10)) == second
    assert effective_period(rows, PDM, at(3, 10)) == second
    assert effective_period(rows, PDM, at(4, 10)) == third
    assert effective_period(rows, PDM, at(7, 10)) == third


def test_of_several_running_the_one_that_ends_last_counts():
    short, long = period((9, 1), (9, 20)), period((9, 10), (10, 15))
    assert effective_period([long, short], PDM, at(9, 15)) == long
    assert effective_period([short, long], PDM, at(9, 5)) == short


def test_an_announced_extension_counts_before_the_old_end():
    status = period_status([EXTENSION, WAVE], PDM, at(10, 12), WIB)
    assert status.phase is Phase.OPEN
    assert status.days_left == 19
    assert status.period == PeriodWindow(PDM, at(9, 15), at(11, 1), None, extends=True)


def test_an_extension_from_the_same_start_replaces_the_end():
    longer = period((9, 15), (11, 1), extends=True)
    assert effective_period([longer, WAVE], PDM, at(10, 20)) == longer


def test_extensions_of_extensions():
    second = period((11, 1), (11, 16), extends=True)
    found = effective_period([second, WAVE, EXTENSION], PDM, at(9, 16))
    assert found == PeriodWindow(PDM, at(9, 15), at(11, 16), None, extends=True)


def test_an_extension_that_ends_earlier_takes_nothing_away():
    earlier = period((9, 20), (10, 1), extends=True)
    assert effective_period([WAVE, earlier], PDM, at(10, 10)).ends_at == WAVE.ends_at


def test_an_extension_after_a_pause_stands_alone():
    late = period((10, 18), (11, 1), extends=True)
    assert effective_period([WAVE, late], PDM, at(10, 10)) == WAVE
    status = period_status([WAVE, late], PDM, at(10, 16), WIB)
    assert (status.phase, status.period, status.days_left) == (Phase.NOT_OPEN, late, 2)


def test_an_extension_without_what_it_prolongs_is_a_period():
    assert effective_period([EXTENSION], PDM, at(10, 20)) == EXTENSION


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at(9, 15), at(9, 15)),
        (at(9, 15), at(9, 14)),
        (datetime(2021, 9, 15), at(10, 15)),  # noqa: DTZ001  naive on purpose
        (at(9, 15), datetime(2021, 10, 15)),  # noqa: DTZ001  naive on purpose
    ],
)
def test_impossible_periods_cannot_be_made(start, end):
    with pytest.raises(ValueError):
        PeriodWindow(PDM, start, end)


def test_naive_now_is_refused():
    with pytest.raises(ValueError, match="aware"):
        effective_period([WAVE], PDM, datetime(2021, 9, 20))  # noqa: DTZ001  naive on purpose


moments = st.datetimes(datetime(2021, 1, 1), datetime(2022, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive
rows = st.lists(
    st.builds(
        lambda kind, start, length, instansi_id, extends: PeriodWindow(
            kind, start, start + length, instansi_id, extends
        ),
        st.sampled_from(PeriodKind),
        moments,
        st.timedeltas(timedelta(minutes=1), timedelta(days=90)),
        st.sampled_from([None, 7]),
        st.booleans(),
    ),
    max_size=6,
)


@given(rows, moments, st.sampled_from([zone.info for zone in Zone]))
def test_the_server_clock_decides(periods, now, zone):
    status = period_status(periods, PDM, now, zone)
    winning = [row for row in periods if row.kind is PDM]
    winning = [row for row in winning if row.instansi_id] or winning
    running = [row for row in winning if row.starts_at <= now < row.ends_at]
    assert status.is_open == bool(running)
    assert (status.phase is Phase.NONE) == (not winning)
    if running:
        assert status.period.ends_at >= max(row.ends_at for row in running)
        assert status.period.starts_at <= now < status.period.ends_at
    assert status.days_left >= 0


@given(rows, moments)
def test_order_of_rows_does_not_matter(periods, now):
    forward, backward = (period_status(rows_, PDM, now, ZoneInfo("Asia/Jakarta")) for rows_ in (periods, periods[::-1]))
    assert (forward.phase, forward.days_left) == (backward.phase, backward.days_left)


# The last that ended ------------------------------------------------------------------------------

NEXT = period((12, 1), (12, 31))


@pytest.mark.parametrize(
    ("rows", "now", "ended"),
    [
        ([WAVE], at(10, 14), None),
        ([WAVE], at(10, 15), at(10, 15)),
        ([WAVE, EXTENSION], at(10, 20), None),
        ([WAVE, EXTENSION], at(11, 1), at(11, 1)),
        # One that is published, or runs, takes nothing back of what has ended.
        ([WAVE, NEXT], at(11, 20), at(10, 15)),
        ([WAVE, NEXT], at(12, 10), at(10, 15)),
        ([WAVE, NEXT], at(12, 31), at(12, 31)),
        # Where another one runs on, nothing ended.
        ([WAVE, period((10, 1), (12, 1))], at(10, 20), None),
        # The rows of an agency win as soon as one has begun.
        ([WAVE, period((9, 15), (12, 1), instansi_id=1)], at(11, 1), None),
        ([WAVE, period((9, 15), (10, 1), instansi_id=1)], at(11, 1), at(10, 1)),
        ([WAVE, period((12, 1), (12, 31), instansi_id=1)], at(11, 1), at(10, 15)),
        ([period((9, 1), (9, 5), kind=PeriodKind.AKTIVASI)], at(11, 1), None),
    ],
)
def test_the_period_that_ended_last(rows, now, ended):
    found = last_ended(rows, PDM, now)
    assert (found.ends_at if found else None) == ended
