"""The banner says where the agency stands, in its own zone, to the minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mysapk_web.organisation import periods
from mysapk_web.organisation.periods import BannerView
from mysapk_web.organisation.rules.period import PeriodKind, Phase
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database

# 15 August 2026 00.00 WIB to the end of 14 September 2026 WIB, written in UTC.
START, END = datetime(2026, 8, 14, 17, tzinfo=UTC), datetime(2026, 9, 14, 17, tzinfo=UTC)
LAST = "Senin, 14 September 2026 pukul 23.59 WIB"


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.shifted(moment - clock.now()):
        yield


@pytest.fixture
def ids(sqlite_db: Database) -> tuple[int, int]:
    with sqlite_db.begin() as session:
        wib, wit = Instansi(code="1", name="Satu"), Instansi(code="2", name="Dua", timezone="WIT")
        session.add_all([wib, wit])
        session.flush()
        return wib.id or 0, wit.id or 0


def publish(db: Database, *rows: Period) -> None:
    with db.begin() as session:
        session.add_all(rows)


def pdm(start: datetime = START, end: datetime = END, **more: object) -> Period:
    return Period(kind=PeriodKind.PDM, starts_at=start, ends_at=end, **more)


def banner(db: Database, instansi_id: int, now: datetime) -> BannerView | None:
    with db.read() as session, at(now):
        return periods.banner(session, session.get_one(Instansi, instansi_id))


@pytest.mark.parametrize(
    ("now", "phase", "sentence"),
    [
        (datetime(2026, 8, 4, 17, tzinfo=UTC), Phase.NOT_OPEN, "Dibuka 10 hari lagi, Sabtu, 15 Agustus 2026 pukul 00.00 WIB."),
        (datetime(2026, 8, 14, 16, 59, tzinfo=UTC), Phase.NOT_OPEN, "Dibuka besok, Sabtu, 15 Agustus 2026 pukul 00.00 WIB."),
        (START, Phase.OPEN, f"30 hari lagi, sampai {LAST}."),
        (datetime(2026, 9, 8, 3, tzinfo=UTC), Phase.CLOSING, f"6 hari lagi, sampai {LAST}."),
        (datetime(2026, 9, 13, 3, tzinfo=UTC), Phase.CLOSING, f"Berakhir besok, sampai {LAST}."),
        (datetime(2026, 9, 14, 16, 58, tzinfo=UTC), Phase.CLOSING, f"Hari ini hari terakhir, sampai {LAST}."),
        (datetime(2026, 9, 14, 17, 1, tzinfo=UTC), Phase.CLOSED, f"Periode berakhir pada {LAST}."),
    ],
)  # fmt: skip
def test_every_phase(sqlite_db: Database, ids: tuple[int, int], now: datetime, phase: Phase, sentence: str) -> None:
    publish(sqlite_db, pdm())
    view = banner(sqlite_db, ids[0], now)
    assert view is not None
    assert (view.phase, view.sentence) == (phase.value, sentence)
    assert view.dates == "15 Agustus 2026 00.00 WIB sampai 14 September 2026 23.59 WIB"
    assert "tidak diproses" in view.consequence
    assert "87 Tahun 2021" in view.consequence


def test_zone_of_the_agency(sqlite_db: Database, ids: tuple[int, int]) -> None:
    publish(sqlite_db, pdm())
    view = banner(sqlite_db, ids[1], START)
    assert view is not None
    assert view.dates == "15 Agustus 2026 02.00 WIT sampai 15 September 2026 01.59 WIT"


def test_rows_of_the_agency_win(sqlite_db: Database, ids: tuple[int, int]) -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    publish(sqlite_db, pdm(), pdm(END, later, instansi_id=ids[1]))
    mine, other = (banner(sqlite_db, instansi_id, START) for instansi_id in ids)
    assert mine is not None
    assert other is not None
    assert (mine.phase, other.phase) == (Phase.OPEN.value, Phase.NOT_OPEN.value)


def test_extension_and_its_decision(sqlite_db: Database, ids: tuple[int, int]) -> None:
    publish(
        sqlite_db,
        pdm(legal_source="Surat 1"),
        pdm(END, datetime(2026, 10, 31, 17, tzinfo=UTC), extends=True, legal_source="Surat 2"),
    )
    view = banner(sqlite_db, ids[0], END)
    assert view is not None
    assert view.phase == Phase.OPEN.value
    assert view.sentence.endswith("31 Oktober 2026 pukul 23.59 WIB. Periode ini sudah diperpanjang.")
    assert view.consequence.endswith("Periode ditetapkan dengan Surat 2.")


def test_other_periods(sqlite_db: Database, ids: tuple[int, int]) -> None:
    later = datetime(2027, 1, 31, 17, tzinfo=UTC)
    publish(
        sqlite_db,
        pdm(),
        Period(kind=PeriodKind.AKTIVASI, starts_at=datetime(2026, 6, 1, tzinfo=UTC), ends_at=START),
        Period(kind=PeriodKind.VERIFIKASI, starts_at=END, ends_at=later),
    )
    before, after = banner(sqlite_db, ids[0], START), banner(sqlite_db, ids[0], END)
    assert before is not None
    assert after is not None
    assert before.more == [
        "Aktivasi akun: sudah ditutup pada 14 Agustus 2026 23.59 WIB.",
        "Verifikasi data: dibuka 15 September 2026 00.00 WIB sampai 31 Januari 2027 23.59 WIB.",
    ]
    assert after.more[1] == "Verifikasi data: sedang dibuka sampai 31 Januari 2027 23.59 WIB."


def test_nothing_published(sqlite_db: Database, ids: tuple[int, int]) -> None:
    assert banner(sqlite_db, ids[0], START) is None
    publish(sqlite_db, Period(kind=PeriodKind.AKTIVASI, starts_at=START, ends_at=END))
    view = banner(sqlite_db, ids[0], START)
    assert view is not None
    assert (view.phase, view.dates) == (Phase.NONE.value, "")


@pytest.mark.parametrize(("now", "is_open"), [(START, True), (END, False)])
def test_status_decides_by_the_clock_of_the_server(
    sqlite_db: Database, ids: tuple[int, int], now: datetime, *, is_open: bool
) -> None:
    publish(sqlite_db, pdm())
    with sqlite_db.read() as session, at(now):
        state = periods.status(session, session.get_one(Instansi, ids[0]), PeriodKind.PDM)
    assert state.is_open is is_open
