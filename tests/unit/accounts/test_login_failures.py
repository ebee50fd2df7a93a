"""One password tried on many accounts from many networks: every limit of one lets it pass, the log warns."""

from __future__ import annotations

import pytest
import structlog

from mysapk_web import settings
from mysapk_web.accounts.login_failures import LoginFailures, recent_failures
from mysapk_web.cli.checks import login_report, number_report
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import FAILED_LOGINS
from tests.support.attempts import together
from tests.support.portal import WRONG, Person, Portal, after


@pytest.fixture(autouse=True)
def alarm_of_eight(monkeypatch: pytest.MonkeyPatch, portal_settings: settings.Settings) -> None:
    monkeypatch.setenv("MYSAPK_ALARM_FAILED_LOGINS", "8")
    settings.get_settings.cache_clear()


def spray(portal: Portal, count: int, start: int = 100) -> None:
    """One password, tried once on so many NIPs, each from a network of its own."""
    for number in range(count):
        with pytest.raises(CommittingUserError):
            portal.elsewhere().login(stranger(start + number), WRONG)


def stranger(number: int) -> Person:
    return Person("", f"198001012005011{number}", "", None, 0, 0, 0)


def test_the_log_warns_once_a_window_with_figures(portal: Portal) -> None:
    with structlog.testing.capture_logs() as lines:
        spray(portal, 8)
        assert [line for line in lines if line["event"] == "login.failures"] == []
        with pytest.raises(CommittingUserError):
            portal.browser().login(portal.ani, WRONG)
        spray(portal, 10, start=200)
    (line,) = [line for line in lines if line["event"] == "login.failures"]
    assert (line["log_level"], line["failures"], line["accounts"], line["alarm"]) == ("warning", 9, 1, 8)
    assert line["networks"] == 2, "198.51.0.0/24 and that of the last one"
    (event,) = portal.events(AuditTag.LIMIT_EXCEEDED)
    assert event.detail == {"limit": FAILED_LOGINS.name}
    with structlog.testing.capture_logs() as lines, after(FAILED_LOGINS.window.total_seconds()):
        spray(portal, 9, start=300)
    assert [line["failures"] for line in lines if line["event"] == "login.failures"] == [9]


def test_who_comes_in_is_not_counted(portal: Portal) -> None:
    with structlog.testing.capture_logs() as lines:
        for _ in range(20):
            portal.elsewhere().enter(portal.ani)
    assert [line for line in lines if line["event"] == "login.failures"] == []
    with portal.db.read() as s:
        assert recent_failures(s) == LoginFailures(0, 0, 0)


def test_it_refuses_nothing(portal: Portal) -> None:
    spray(portal, 20)
    portal.elsewhere().enter(portal.ani)


def test_one_line_though_many_fail_at_one_moment(both: Portal) -> None:
    with structlog.testing.capture_logs() as lines:
        browsers = [both.elsewhere() for _ in range(24)]
        outcome = together(24, lambda number: browsers[number].login(stranger(100 + number), WRONG))
    assert all(isinstance(result, CommittingUserError) for result in outcome)
    assert len([line for line in lines if line["event"] == "login.failures"]) == 1
    with both.db.read() as s:
        assert recent_failures(s).failures == 24


def test_the_check_says_the_figures_and_warns(portal: Portal) -> None:
    spray(portal, 8)
    with portal.db.read() as s:
        found = login_report(s, settings.get_settings())
    assert found.lines == ["Logins:   8 failed in the last 10 min, from 1 networks, on 0 accounts"]
    assert found.faults == []
    spray(portal, 1, start=200)
    with portal.db.read() as s:
        assert "the alarm is 8" in login_report(s, settings.get_settings()).faults[0]
    with after(11 * 60), portal.db.read() as s:
        assert login_report(s, settings.get_settings()).faults == []


def test_the_check_tells_of_numbers_that_the_login_form_refuses(portal: Portal) -> None:
    with portal.db.begin() as s:
        person = s.get_one(Pegawai, portal.ani.pegawai_id)
        person.jenis, person.nip = JenisPegawai.PPT_NON_ASN, "990000000000000017"
    with portal.db.read() as s:
        assert number_report(s).faults == []
    with portal.db.begin() as s:
        s.get_one(Pegawai, portal.ani.pegawai_id).nip = "198513122010012001"
    with portal.db.read() as s:
        assert number_report(s).faults[0].startswith("Rolls: 1 PPT Non-ASN")
