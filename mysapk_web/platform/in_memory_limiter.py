"""Counts of the last moments in this process; what has to hold for all processes and over a restart is counted in the database."""

from __future__ import annotations

import time

MOST = 20_000
"""Keys after which those that no longer count are thrown away."""


class Window:
    """How often something happened lately, by key.

    Args:
        count: Happenings allowed within one window.
        seconds: Length of the window that a first happening opens.
    """

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self._hits: dict[str, tuple[float, int]] = {}

    def hits(self, key: str) -> int:
        """Count one happening; gives how many its window holds, this one included.

        Args:
            key: Whose.
        """
        now = time.monotonic()
        start, hits = self._hits.get(key, (now, 0))
        if now - start >= self.seconds:
            start, hits = now, 0
        self._hits[key] = (start, hits + 1)
        if len(self._hits) > MOST:
            self._hits = {k: v for k, v in self._hits.items() if now - v[0] < self.seconds}
        return hits + 1

    def hit(self, key: str) -> bool:
        """Count one happening; False when there were too many.

        Args:
            key: Whose.
        """
        return self.hits(key) <= self.count
