from datetime import UTC, datetime

import pytest

from mysapk_web.ui.words import is_app_view, moment

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
    assert moment(datetime(2026, 8, 16, 23, 5, tzinfo=UTC), zone) == shown
