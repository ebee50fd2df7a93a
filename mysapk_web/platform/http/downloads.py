"""Downloads generated on request: few at a time, in threads of their own, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

from starlette.responses import Response, StreamingResponse

from mysapk_web.platform.bounded_pool import BoundedPool
from mysapk_web.platform.errors import ServerBusyError
from mysapk_web.platform.http.headers import DOWNLOAD_POLICY
from mysapk_web.platform.rules.filename import content_disposition
from mysapk_web.rate_limits import DOWNLOADS_AT_ONCE

PIECE: Final = 65_536
"""Bytes sent at a time."""
TOO_MANY_DOWNLOADS: Final = "Sedang ada unduhan lain. Tunggu sebentar, lalu unduh sekali lagi."


class TooManyDownloadsError(Exception):
    pass


@lru_cache(maxsize=1)
def _pool() -> BoundedPool:
    """Separate threads: a slow export delays other exports only."""
    return BoundedPool(DOWNLOADS_AT_ONCE, "file")


async def send_temp_file(write: Callable[[Path], object], name: str, media_type: str) -> Response:
    """Generate a file with `write(path)` and send it as an attachment; exceptions of `write` pass through.

    Raises:
        TooManyDownloadsError: Nothing was started.
    """
    try:
        making = _pool().submit(lambda: _make(write))
    except ServerBusyError:
        raise TooManyDownloadsError(TOO_MANY_DOWNLOADS) from None
    file = await asyncio.wrap_future(making)
    headers = {
        "content-disposition": content_disposition("attachment", name),
        "content-length": str(os.fstat(file.fileno()).st_size),
        "content-security-policy": DOWNLOAD_POLICY,
        "cache-control": "no-store",
    }
    return StreamingResponse(_pieces(file), media_type=media_type, headers=headers)


def _make(write: Callable[[Path], object]) -> BinaryIO:
    """The open file, already unlinked: it disappears when closed, whatever happens to the connection."""
    handle, name = tempfile.mkstemp(prefix="mysapk-unduh-")
    os.close(handle)
    path = Path(name)
    try:
        write(path)
        return path.open("rb")
    finally:
        path.unlink()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
