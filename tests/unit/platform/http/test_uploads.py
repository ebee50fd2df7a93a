"""Receiving a body: patience has an end, and what was received until then does not stay."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mysapk_web import settings as settings_module
from mysapk_web.administration.http import imports
from mysapk_web.pdm.http import document_uploads
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied, ServerBusyError, UserError
from mysapk_web.platform.http import uploads as body
from tests.conftest import SECRET

Message = dict[str, Any]
MORE = {"type": "http.request", "body": b"%PDF-1.7 isi", "more_body": True}


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, value in {"DEMO": "1", "SECRET_KEY": SECRET, "DOCUMENT_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"MYSAPK_{name}", value)
    settings_module.get_settings.cache_clear()
    yield tmp_path / "masuk"
    settings_module.get_settings.cache_clear()


def asked(
    receive: Callable[[], Awaitable[Message]],
    work: Callable[[Request], Awaitable[Response]],
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> tuple[int, dict[str, Any]]:
    """The answer of a route of documents to one request."""
    scope = {"type": "http", "method": "POST", "path": "/", "headers": list(headers), "mysapk.visitor": ClientContext()}

    async def answer() -> Response:
        return await document_uploads._json_errors(work)(Request(scope, receive))

    found = asyncio.run(answer())
    return found.status_code, json.loads(found.body)


async def receiving(request: Request) -> Response:
    path = await document_uploads._receive(request, 1000)
    return JSONResponse({"ok": True, "sentence": path.read_bytes().decode(), "document": None})


def sender(*messages: Message, then: float | None = None) -> Callable[[], Awaitable[Message]]:
    """Sends these, then stands still, or repeats the last one every so many seconds."""
    left = list(messages)

    async def receive() -> Message:
        if left:
            return left.pop(0)
        if then is None:
            await asyncio.sleep(60)
        await asyncio.sleep(then or 0)
        return messages[-1]

    return receive


def test_a_whole_body_is_received(inbox: Path) -> None:
    status, said = asked(sender(MORE, {**MORE, "more_body": False}), receiving)
    assert (status, said["sentence"]) == (200, "%PDF-1.7 isi%PDF-1.7 isi")


def test_a_body_that_stands_still_is_given_up(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IDLE_SECONDS", 0.1)
    started = time.monotonic()
    status, said = asked(sender(MORE), receiving)
    assert time.monotonic() - started < 5
    assert (status, said["ok"]) == (408, False)
    assert "koneksi" in said["sentence"]
    assert list(inbox.iterdir()) == []


def test_a_list_of_addresses_that_stands_still_is_given_up_too(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IDLE_SECONDS", 0.1)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    with pytest.raises(TimeoutError) as given_up:
        asyncio.run(imports.receive_file(Request(scope, sender(MORE))))
    status, _, sentence = imports.fault_of(given_up.value)
    assert status == 408
    assert "koneksi" in sentence
    assert not [path for path in inbox.parent.rglob("*") if path.is_file()]


def test_a_body_that_drips_is_given_up_too(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "WHOLE_SECONDS", 0.3)
    status, _ = asked(sender({**MORE, "body": b"x"}, then=0.01), receiving)
    assert status == 408
    assert list(inbox.iterdir()) == []


def test_a_connection_that_breaks_off_leaves_nothing(inbox: Path) -> None:
    status, _ = asked(sender(MORE, {"type": "http.disconnect"}), receiving)
    assert status == 408
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize("length", [b"1001", b"99999999", b"12"])
def test_more_than_was_announced_is_more(inbox: Path, length: bytes) -> None:
    status, said = asked(sender({**MORE, "body": b"x" * 600}, then=0), receiving, ((b"content-length", length),))
    assert status == 413
    assert "terlalu besar" in said["sentence"]
    assert not inbox.exists() or list(inbox.iterdir()) == []


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (ServerBusyError(), 503),
        (PermissionDenied("geheim"), 404),
        (UserError("Tidak bisa."), 409),
        (RuntimeError("geheim"), 500),
        (OSError("geheim: disk full"), 500),
    ],
)
def test_whatever_fails_is_said_in_a_sentence(
    inbox: Path, failure: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async def failing(_request: Request) -> Response:
        raise failure

    answered, said = asked(sender({**MORE, "more_body": False}), failing)
    assert answered == status
    assert said["ok"] is False
    assert said["sentence"].endswith(".")
    assert "geheim" not in json.dumps(said) + "".join(capsys.readouterr())


def test_what_is_still_coming_of_a_refused_body_is_read_within_bounds(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "DRAIN_BYTES", 5000)
    monkeypatch.setattr(body, "DRAIN_SECONDS", 0.2)
    read: list[int] = []

    async def endless() -> Message:
        read.append(1000)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    assert asked(endless, receiving)[0] == 413
    assert 5000 <= sum(read) <= 8000
    started = time.monotonic()
    assert asked(sender({**MORE, "body": b"x" * 2000}), receiving)[0] == 413
    assert time.monotonic() - started < 3
