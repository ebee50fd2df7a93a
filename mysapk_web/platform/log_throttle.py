"""Log lines that strangers can cause at any rate: the first of a kind at once, the rest of its minute as one sum."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

PERIOD: Final = 60.0
"""Seconds a sum covers."""

WriteSummary = Callable[[int], None]
"""Writes how many more lines there were."""


class LogThrottle:
    """Thread-safe."""

    def __init__(self, period: float = PERIOD) -> None:
        self._period = period
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, WriteSummary]] = {}

    def allow(self, kind: str, tell: WriteSummary) -> bool:
        """Whether a line is written now; otherwise it is counted for `tell`. `kind` never contains anything a client sent."""
        with self._lock:
            held = self._held.get(kind)
            self._held[kind] = (0, tell) if held is None else (held[0] + 1, tell)
        if held is not None:
            return False
        timer = threading.Timer(self._period, self._close, (kind,))
        timer.daemon = True
        timer.start()
        return True

    def _close(self, kind: str) -> None:
        with self._lock:
            times, tell = self._held.pop(kind)
        if times:
            tell(times)


throttle: Final = LogThrottle()
"""Those of this process."""
