"""The period banner belongs to the web view, and says where the agency stands in its own zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect
from sqlmodel import col, func, select

from mysapk_web.demo.accounts import KOTA
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform.database import Database
from tests.browser.conftest import CHROMIUM_ARGS, NewPage
from tests.browser.looks import DESK, PHONE, Looks
from tests.wire.people import People
from tests.wire.server import Server

Move = Callable[[datetime, datetime], None]
NAME = "Periode Pemutakhiran Data Mandiri"
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
WEB_VIEW = (
    "Mozilla/5.0 (Linux; Android 14; Tablet Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/156.0.0.0 Safari/537.36"
)


def banner(page: Page) -> Locator:
    return page.get_by_role("region", name=NAME)


def greeted(page: Page) -> Page:
    """The home page with everything the server had to say."""
    page.goto("/beranda")
    expect(page.get_by_text("Unit kerja")).to_be_visible()
    return page


def written(when: datetime, zone: str, iana: str) -> str:
    """A moment as the banner writes it, reckoned here."""
    there = when.astimezone(ZoneInfo(iana))
    return f"{there.day} {MONTHS[there.month - 1]} {there.year} {there:%H.%M} {zone}"


def moments(db: Database, instansi: str = "") -> tuple[int, datetime, datetime]:
    """Id, start and end of the period of the PDM: the national one, or an agency's own."""
    with db.read() as session:
        return session.execute(
            select(Period.id, Period.starts_at, Period.ends_at)
            .outerjoin(Instansi, col(Instansi.id) == Period.instansi_id)
            .where(Period.kind == PeriodKind.PDM, func.coalesce(Instansi.name, "") == instansi)
        ).one()


@pytest.fixture
def move(server_db: Database) -> Iterator[Callable[[datetime, datetime], None]]:
    """Moves the national period of the PDM for one test."""
    ident, *before = moments(server_db)

    def moved(starts_at: datetime, ends_at: datetime) -> None:
        with server_db.begin() as session:
            row = session.get(Period, ident)
            assert row is not None
            row.starts_at, row.ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)

    yield moved
    moved(*before)


def test_only_in_a_browser_window(new_page: NewPage) -> None:
    page = greeted(new_page(DESK, "pegawai"))
    expect(banner(page)).to_be_visible()
    expect(banner(page).get_by_role("heading", level=2, name=NAME)).to_be_visible()

    page.set_viewport_size(PHONE)
    expect(banner(page)).to_have_count(0)
    page.set_viewport_size({"width": 767, "height": 800})
    expect(banner(page)).to_have_count(0)
    page.set_viewport_size({"width": 768, "height": 800})
    expect(banner(page)).to_be_visible()


def test_not_in_the_installed_app(
    playwright: Playwright, chromium_path: str, server: Server, people: People, tmp_path: Path
) -> None:
    """A window without the frame of a browser: what an installed portal opens in."""
    app = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=chromium_path,
        args=[*CHROMIUM_ARGS, f"--app={server.base}/favicon.svg"],
        viewport=None,
    )
    name, value = next(iter(people.cookies("pegawai").items()))
    app.add_cookies([{"name": name, "value": value, "url": server.base}])
    page = app.pages[0]
    page.goto(f"{server.base}/beranda")
    page.set_viewport_size(DESK)
    expect(page.get_by_text("Unit kerja")).to_be_visible()
    assert page.evaluate("() => matchMedia('(display-mode: standalone)').matches")
    expect(banner(page)).to_have_count(0)
    app.close()


def test_not_on_a_phone_and_not_inside_an_app(new_page: NewPage) -> None:
    for page in (new_page(PHONE, "pegawai"), new_page(DESK, "pegawai", user_agent=WEB_VIEW)):
        greeted(page)
        expect(banner(page)).to_have_count(0)
        assert NAME not in page.content()


@pytest.mark.parametrize(
    ("first", "last", "title", "sentence"),
    [
        (-10, 20, "Pemutakhiran Data Mandiri sedang dibuka", "20 hari lagi, sampai "),
        (-10, 3, "Pemutakhiran Data Mandiri hampir berakhir", "3 hari lagi, sampai "),
        (-10, 0, "Pemutakhiran Data Mandiri hampir berakhir", "Hari ini hari terakhir, sampai "),
        (5, 20, "Pemutakhiran Data Mandiri belum dibuka", "Dibuka 5 hari lagi, "),
        (-10, -2, "Pemutakhiran Data Mandiri sudah ditutup", "Periode berakhir pada "),
    ],
)
def test_every_phase(
    first: int, last: int, title: str, sentence: str, new_page: NewPage, looks: Looks, move: Move
) -> None:
    jakarta = ZoneInfo("Asia/Jakarta")
    today = datetime.now(UTC).astimezone(jakarta).date()
    starts_at = datetime.combine(today + timedelta(days=first), time(), jakarta)
    ends_at = datetime.combine(today + timedelta(days=last + 1), time(), jakarta)
    move(starts_at, ends_at)

    page = greeted(new_page(DESK, "pegawai"))
    shown = banner(page)
    expect(shown).to_contain_text(title)
    expect(shown).to_contain_text(sentence)
    last_minute = ends_at - timedelta(minutes=1)
    dates = f"{written(starts_at, 'WIB', 'Asia/Jakarta')} sampai {written(last_minute, 'WIB', 'Asia/Jakarta')}"
    expect(shown).to_contain_text(dates)
    expect(shown).to_contain_text(
        "Layanan kepegawaian bagi pegawai yang tidak mengikuti pemutakhiran tidak diproses "
        "(Keputusan Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1)."
    )
    expect(shown).to_contain_text("Aktivasi akun: ")
    expect(shown).to_contain_text("Verifikasi data: ")
    looks.fine(page, f"beranda-periode-{first}-{last}")


def test_dates_stand_in_the_zone_of_the_agency(new_page: NewPage, server_db: Database) -> None:
    _, starts_at, _ = moments(server_db, KOTA)
    shown = banner(greeted(new_page(DESK, "pegawai_lain")))
    expect(shown).to_contain_text("belum dibuka")
    expect(shown).to_contain_text(f"{written(starts_at, 'WITA', 'Asia/Makassar')} sampai ")
    expect(shown).not_to_contain_text("WIB")
