"""Files to bring down: few at a time for all lists together, in threads of their own, and nothing of them stays."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.responses import Response, StreamingResponse

from mysapk_web.platform.http import downloads
from mysapk_web.rate_limits import DOWNLOADS_AT_ONCE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


def waiting_for(gate: threading.Event) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        gate.wait(10)
        path.write_bytes(b"isi")

    return write


def made(write: Callable[[Path], object]) -> asyncio.Task[Response]:
    return asyncio.ensure_future(downloads.send_temp_file(write, "daftar.csv", "text/csv"))


async def read(response: Response) -> bytes:
    assert isinstance(response, StreamingResponse)
    return b"".join([bytes(piece) async for piece in response.body_iterator])  # type: ignore[arg-type]


async def taken_away(task: asyncio.Task[Response]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_is_one_too_many_is_refused_at_once_and_room_comes_back(gate: threading.Event, folder: Path) -> None:
    async def all_of_it() -> None:
        running = [made(waiting_for(gate)) for _ in range(DOWNLOADS_AT_ONCE)]
        await asyncio.sleep(0)
        with pytest.raises(downloads.TooManyDownloadsError, match="Tunggu sebentar"):
            await made(waiting_for(gate))
        gate.set()
        for task in running:
            assert await read(await task) == b"isi"
        assert await read(await made(waiting_for(gate))) == b"isi"

    asyncio.run(all_of_it())
    assert list(folder.iterdir()) == []


def test_work_that_goes_on_after_its_asker_left_keeps_its_place(gate: threading.Event, folder: Path) -> None:
    async def all_of_it() -> None:
        for _ in range(DOWNLOADS_AT_ONCE):
            task = made(waiting_for(gate))
            await asyncio.sleep(0.05)
            await taken_away(task)
        with pytest.raises(downloads.TooManyDownloadsError):
            await made(waiting_for(gate))
        gate.set()
        for _ in range(100):
            with contextlib.suppress(downloads.TooManyDownloadsError):
                assert await read(await made(waiting_for(gate))) == b"isi"
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError("no place came back")

    asyncio.run(all_of_it())
    assert list(folder.iterdir()) == []


def test_what_fails_gives_its_place_back_and_leaves_nothing(folder: Path) -> None:
    def broken(path: Path) -> None:
        path.write_bytes(b"halb")
        raise ValueError

    for _ in range(DOWNLOADS_AT_ONCE + 1):
        with pytest.raises(ValueError, match=r"^$"):
            asyncio.run(downloads.send_temp_file(broken, "daftar.csv", "text/csv"))
    assert list(folder.iterdir()) == []


def test_the_threads_that_others_wait_for_stay_free(gate: threading.Event) -> None:
    async def all_of_it() -> None:
        running = [made(waiting_for(gate)) for _ in range(DOWNLOADS_AT_ONCE)]
        await asyncio.sleep(0.05)
        names = [thread.name for thread in threading.enumerate()]
        assert sum(name.startswith("file") for name in names) == DOWNLOADS_AT_ONCE
        assert not [name for name in names if name.startswith("asyncio_")]
        gate.set()
        for task in running:
            await read(await task)

    asyncio.run(all_of_it())


def test_headers_make_it_a_file_to_save() -> None:
    response = asyncio.run(downloads.send_temp_file(lambda path: path.write_bytes(b"isi"), "daftar.csv", "text/csv"))
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["content-length"] == "3"
    assert response.headers["cache-control"] == "no-store"
    assert "sandbox" in response.headers["content-security-policy"]
