"""Streaming a raw body into a file within limits of size and time, whatever the headers say."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from starlette.requests import ClientDisconnect, Request

IDLE_SECONDS: Final = 20.0
"""Longest pause within a body."""
WHOLE_SECONDS: Final = 300.0
"""Longest duration of a body: 1 MB at 4 KB/s fits."""
DRAIN_BYTES: Final = 8 * 1024 * 1024
"""Bytes still read of a refused body: clients read the answer only after sending theirs."""
DRAIN_SECONDS: Final = 10.0


class UploadTooLargeError(Exception):
    pass


class UploadEmptyError(Exception):
    pass


async def receive(request: Request, new_path: Callable[[], Path], open_new: Callable[[Path], int], limit: int) -> Path:
    """Write the body into a new file and return its path; nothing is left of it on an exception.

    Raises UploadTooLargeError, UploadEmptyError, TimeoutError, or ClientDisconnect when the sender has gone.
    """
    if declared_length(request) > limit:
        raise UploadTooLargeError
    path = await asyncio.to_thread(new_path)
    descriptor = await asyncio.to_thread(open_new, path)
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            await _copy(request, descriptor, limit)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return path


async def _copy(request: Request, descriptor: int, limit: int) -> None:
    size = 0
    async for chunk in _chunks(request):
        size += len(chunk)
        if size > limit:
            raise UploadTooLargeError
        await asyncio.to_thread(_write, descriptor, chunk)
    if not size:
        raise UploadEmptyError


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        if chunk:
            yield chunk


def _write(descriptor: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(descriptor, left) :]


def declared_length(request: Request) -> int:
    """Content-Length, or 0."""
    text = request.headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


async def drain(request: Request) -> None:
    """Read the rest of a refused body, within bounds."""
    left = DRAIN_BYTES
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):  # already read to its end
        return
