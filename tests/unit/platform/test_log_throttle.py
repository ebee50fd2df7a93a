"""What strangers cause at any rate: one line at once, the others of its minute as one number."""

from __future__ import annotations

import io
import logging
import threading
from typing import Any

import pytest

from mysapk_web.platform import log
from mysapk_web.platform.log_throttle import LogThrottle


class Timers:
    """Periods that end when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open: list[tuple[Any, Any]] = []
        monkeypatch.setattr(threading, "Timer", self._made)

    def _made(self, _seconds: float, call: Any, args: Any) -> Any:
        self._open.append((call, args))
        return threading.Thread(target=lambda: None)

    def pass_by(self) -> None:
        calls, self._open = self._open, []
        for call, args in calls:
            call(*args)


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    monkeypatch.setattr(log, "throttle", LogThrottle())
    return Timers(monkeypatch)


def test_the_first_is_told_and_the_others_are_summed(timers: Timers) -> None:
    told: list[int] = []
    sums = LogThrottle()
    assert [sums.allow("a", told.append) for _ in range(651)] == [True] + [False] * 650
    assert sums.allow("b", told.append)
    assert told == []
    timers.pass_by()
    assert told == [650]
    assert sums.allow("a", told.append)
    timers.pass_by()
    assert told == [650], "a single one has no sum"


def test_no_line_is_lost_between_threads(timers: Timers) -> None:
    told: list[int] = []
    sums = LogThrottle()
    firsts: list[bool] = []

    def many() -> None:
        firsts.extend(sums.allow("a", told.append) for _ in range(500))

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    timers.pass_by()
    assert (firsts.count(True), told) == (1, [1999])


def test_lines_of_a_library_are_summed_by_place_and_kind(timers: Timers) -> None:
    written = io.StringIO()
    handler = log.LineHandler(written)
    handler.addFilter(log.silence_libraries)

    def flood(line: int, kind: type[Exception]) -> None:
        for number in range(300):
            given = (kind, kind(f"kanari {number}"), None)
            record = logging.LogRecord("engineio.server", logging.ERROR, "/x/server.py", line, "%s", (number,), given)
            handler.handle(record)

    flood(7, ValueError)
    flood(7, KeyError)
    flood(8, ValueError)
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    assert "kanari" not in written.getvalue()
    assert all(text.startswith("engineio.server server:") for text in lines)


def test_the_sum_names_what_it_sums_and_no_word_that_was_sent(
    timers: Timers, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[tuple[str, dict[str, Any]]] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            lines.append((event, facts))

    for number in range(5):
        log.warn_throttled(Log(), "socket closed", reason="packet", path=f"/kanari-{number}")
    log.warn_throttled(Log(), "socket closed", reason="rate")
    timers.pass_by()
    assert lines == [
        ("socket closed", {"reason": "packet", "path": "/kanari-0"}),
        ("socket closed", {"reason": "rate"}),
        ("socket closed", {"reason": "packet", "times": 4}),
    ]
