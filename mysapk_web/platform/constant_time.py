"""Answers that take the same time whatever was found out (ASVS 6.3.8)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP = 0.3
"""Seconds. Well above what the work takes, well below what a user notices."""


@asynccontextmanager
async def fixed_duration(step: float = STEP) -> AsyncIterator[None]:
    """Let a block last a whole number of steps, also when it raises: known and unknown people differ in the database only."""
    start = time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - start
        await asyncio.sleep(math.ceil(took / step) * step - took)
