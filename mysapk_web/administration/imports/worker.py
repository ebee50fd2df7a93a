"""The program that does waiting imports: `python -m` with this module and a name that no other worker has."""

from __future__ import annotations

import sys
from typing import Final

from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.platform.imports import process

PROGRAM: Final = "mysapk_web.administration.imports.worker"


async def run_once() -> bool:
    """Have what waits done by a process of its own; false when nothing did."""
    return await process.run_once(PROGRAM, KINDS.keys())


if __name__ == "__main__":
    sys.exit(process.main(KINDS, sys.argv[1]))
