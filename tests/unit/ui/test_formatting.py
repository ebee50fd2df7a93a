from datetime import UTC, datetime

import pytest

from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.formatting import form_unit, is_app_view, path_segment

WEB_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    "agent",
    [
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-A556E Build/UP1A.231005.007; wv) {WEB_KIT} Version/4.0 Chrome/124.0.0.0 "
            "Mobile Safari/537.36"
        ),
        f"Mozilla/5.0 (Linux; Android 4.4; Nexus 5 Build/_BuildID_) {WEB_KIT} Version/4.0 Chrome/30.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    ],
)
def test_web_views_inside_apps_are_recognised(agent: str) -> None:
    assert is_app_view(agent)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEB_KIT} Chrome/140.0.0.0 Safari/537.36",
        f"Mozilla/5.0 (Linux; Android 10; K) {WEB_KIT} Chrome/140.0.0.0 Mobile Safari/537.36",
        f"Mozilla/5.0 (Linux; Android 13) {WEB_KIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0",
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
            "Mobile/15E148 Safari/604.1"
        ),
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    ],
)
def test_browsers_are_no_web_views(agent: str) -> None:
    assert not is_app_view(agent)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("WIB", "17 Agustus 2026 pukul 06.05 WIB"),
        ("WITA", "17 Agustus 2026 pukul 07.05 WITA"),
        ("WIT", "17 Agustus 2026 pukul 08.05 WIT"),
    ],
)
def test_a_moment_is_told_in_the_zone_asked_for(zone: str, shown: str) -> None:
    assert format_moment(datetime(2026, 8, 16, 23, 5, tzinfo=UTC), zone) == shown


@pytest.mark.parametrize(
    ("path", "position", "part"),
    [
        ("/pdm/golongan/12", 1, "golongan"),
        ("/pdm/golongan/12/", 2, "12"),
        ("/pdm", 1, ""),
        ("", 0, ""),
        ("//pdm//golongan", 1, "golongan"),
    ],
)
def test_a_part_of_the_path(path: str, position: int, part: str) -> None:
    assert path_segment(path, position) == part


@pytest.mark.parametrize("sent", ["-1", "1.5", "١٢", "abc", "", None, True, ["1"], "1" * 13, 1.5, "007"])
def test_what_is_no_number_of_the_database_is_zero(sent: object) -> None:
    assert parse_row_id(sent) == 0


@pytest.mark.parametrize(("sent", "number"), [("12", 12), (7, 7), (str(2**31 - 1), 2**31 - 1)])
def test_a_number_of_the_database(sent: object, number: int) -> None:
    assert parse_row_id(sent) == number


@pytest.mark.parametrize("form", [{}, {"unor": ""}, {"unor": "  "}, {"unor": None}])
def test_no_unit_is_the_usual_one(form: dict[str, object]) -> None:
    assert form_unit(form) is None


@pytest.mark.parametrize("given", ["-5", "0", "x", "9" * 5_000, "1.5", " 7", -5, 0, 1.5, True, [7], {"a": 7}])
def test_what_names_no_unit_is_never_the_usual_one(given: object) -> None:
    assert form_unit({"unor": given}) == 0
    assert form_unit({"unor": "7"}) == 7
