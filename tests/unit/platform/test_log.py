"""Lines of the log tell no secret, not even those that could not be written."""

from __future__ import annotations

import io
import logging
import sys

from mysapk_web.platform.log import LineHandler


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("rahasia")


def test_a_line_that_can_not_be_written_is_told_by_its_place() -> None:
    told = io.StringIO()
    real, sys.stderr = sys.stderr, told
    try:
        record = logging.LogRecord("mysapk_web.uji", logging.ERROR, "/x/uji.py", 7, "%s", (Broken(),), None)
        LineHandler(told).handle(record)
    finally:
        sys.stderr = real
    assert told.getvalue() == "log line lost at uji:7\n"
