"""Files made for one download, whichever list it is: few at a time, in threads of their own, and nothing of them is left behind."""

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
    """As many files as may be are being made already."""


@lru_cache(maxsize=1)
def _pool() -> BoundedPool:
    """Not the threads that documents are read and received in: whoever waits for a list holds up other lists at most."""
    return BoundedPool(DOWNLOADS_AT_ONCE, "file")


async def send_temp_file(write: Callable[[Path], object], name: str, media_type: str) -> Response:
    """Make a file and send it down, to be saved and not shown.

    Args:
        write: Fills the file at the path that it is given; whatever it raises is passed on.

    Raises:
        TooManyDownloadsError: As many files as may be are being made; nothing was begun.
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
    """The file, which has no name any more: it lives on until it is closed, whatever becomes of the line."""
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
