"""Rate limits within this process; `organisation.rate_limiting` counts in the database, for all processes."""

from __future__ import annotations

import time

from mysapk_web.rate_limits import Limit

MAX_KEYS = 20_000
"""Number of keys that triggers removal of expired ones."""


class InMemoryLimiter:
    def __init__(self, limit: Limit) -> None:
        self.count = limit.count
        self.seconds = limit.window.total_seconds()
        self._hits: dict[str, tuple[float, int]] = {}

    def count_hit(self, key: str) -> int:
        """Hits in the current window, this one included."""
        now = time.monotonic()
        start, hits = self._hits.get(key, (now, 0))
        if now - start >= self.seconds:
            start, hits = now, 0
        self._hits[key] = (start, hits + 1)
        if len(self._hits) > MAX_KEYS:
            self._hits = {k: v for k, v in self._hits.items() if now - v[0] < self.seconds}
        return hits + 1

    def allow(self, key: str) -> bool:
        return self.count_hit(key) <= self.count
