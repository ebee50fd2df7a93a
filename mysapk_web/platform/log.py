"""Structured logs that can't leak a secret (ASVS 16.2.5).

Our own lines carry named facts, redacted where they look like an address or a long number. Messages of libraries are
dropped, because some contain a whole event, headers and password included: only location and kind are logged, and
repeats are summed up once a minute.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from mysapk_web.platform.log_throttle import throttle
from mysapk_web.settings import Settings

_OWN = ("mysapk_web", "mysapk")
_OUTSPOKEN = ("_granian", "alembic.runtime.migration")
"""Loggers whose messages contain no user input: server start and stop, migrations. Their errors quote exceptions."""

_SECRET_KEYS = frozenset(
    {
        "password",
        "token",
        "cookie",
        "email",
        "secret",
        "code",
        "payload",
        "headers",
        "authorization",
        "recipient",
        "nama",
    }
)
_WHOLE_KEYS = frozenset({"timestamp", "level", "logger", "head", "head_before"})
"""Our own values; the head of the audit log must be complete to be passed to a later check."""
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_LONG_NUMBER = re.compile(r"\d{9,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Line breaks, terminal escapes and bidirectional marks: nobody injects log lines (ASVS 16.4.1)."""
_HIDDEN = "***"
_FRAMES = 5


class LineHandler(logging.StreamHandler[TextIO]):
    """Reports its own failures by location; the standard handler would print the line and the exception."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  named by the library
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(f"log line lost at {record.module}:{record.lineno}\n")


def configure(settings: Settings) -> None:
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = LineHandler(sys.stderr)
    handler.addFilter(silence_libraries)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if not name.startswith(_OWN):
            logger.handlers.clear()
            logger.propagate = True
    for name in ("reflex", "reflex_base", "engineio", "socketio", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def silence_libraries(record: logging.LogRecord) -> bool:
    """Replace the message of a library by its location, and any exception by its kind."""
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        suffix = f" [{kind.__name__} at {_place(trace)}]"
        record.exc_info = None
        record.exc_text = None
    else:
        suffix = ""
    outspoken = record.name.startswith(_OUTSPOKEN) and record.levelno < logging.ERROR
    if not record.name.startswith(_OWN) and not outspoken:
        record.msg = f"{record.name} {record.module}:{record.lineno}{suffix}"
        record.args = None
        return throttle.allow(record.msg, partial(_tell_more, record.levelno, record.msg))
    if suffix and isinstance(record.msg, str):
        record.msg = f"{record.msg}{suffix}"
    return True


def _tell_more(level: int, at: str, times: int) -> None:
    structlog.get_logger(__name__).log(level, "library lines", at=at, times=times)


def warn_throttled(log: Any, event: str, *, reason: str = "", **facts: Any) -> None:
    """Warn of what strangers can cause: the first of an event and reason at once, the rest once a minute with their number."""
    known = {"reason": reason} if reason else {}
    if throttle.allow(f"{event}: {reason}", lambda times: log.warning(event, **known, times=times)):
        log.warning(event, **known, **facts)


def exception_location(error: BaseException) -> str:
    """Where something was raised, without its message."""
    return _place(error.__traceback__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide secrets by name, and what looks like an address or a long number."""
    for key, value in event.items():
        if key in _SECRET_KEYS:
            event[key] = _HIDDEN
        elif isinstance(value, str) and key not in _WHOLE_KEYS:
            event[key] = _LONG_NUMBER.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, _CONTROL.sub(" ", value)))
        elif isinstance(value, int) and abs(value) >= 10**9:
            event[key] = _HIDDEN
    return event
