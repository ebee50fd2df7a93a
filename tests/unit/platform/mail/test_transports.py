"""Folder and console, and the choice between the transports."""

from __future__ import annotations

import io
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mysapk_web.app.mail_registry import render
from mysapk_web.platform import clock
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.errors import MailConnectionError, PermanentMailError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.mail.transports import ConsoleTransport, FileTransport, SmtpTransport, make_transport, send_now
from mysapk_web.settings import Settings
from tests.support.mail import Inbox

TO = "budi@example.go.id"


def test_a_file_a_message_for_the_owner_only(settings: Settings) -> None:
    message = render(MailKind.TEST, MailContext(recipient=TO), settings)

    FileTransport(settings.mail_dir).send(message, TO)

    (path,) = settings.mail_dir.iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.mail_dir.stat().st_mode & 0o777 == 0o700
    stored = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert stored["To"] == TO
    assert stored["Message-ID"] == message["Message-ID"]


def test_names_sort_by_time(settings: Settings) -> None:
    transport = FileTransport(settings.mail_dir)
    for day in (2, 0, 1):
        with clock.shifted(timedelta(days=day)):
            transport.send(render(MailKind.TEST, MailContext(recipient=TO, message_id=f"hari-{day}"), settings), TO)

    names = sorted(settings.mail_dir.iterdir())

    assert [f"hari-{day}@".encode() in path.read_bytes() for day, path in enumerate(names)] == [True] * 3


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_server(settings: Settings, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(MailConnectionError, match="Folder surat"):
        FileTransport(in_the_way / "mail").send(render(MailKind.TEST, MailContext(recipient=TO), settings), TO)


def test_the_console_shows_headers_and_text(settings: Settings) -> None:
    screen = io.StringIO()

    ConsoleTransport(screen).send(render(MailKind.TEST, MailContext(recipient=TO), settings), TO)

    assert f"To: {TO}" in screen.getvalue()
    assert "pengiriman email berjalan dengan baik" in " ".join(screen.getvalue().split())
    assert "<html" not in screen.getvalue()


@pytest.mark.parametrize(
    ("backend", "kind"), [("smtp", SmtpTransport), ("file", FileTransport), ("console", ConsoleTransport)]
)
def test_the_setting_chooses(settings: Settings, backend: str, kind: type) -> None:
    chosen = settings.model_copy(update={"mail_backend": backend, "smtp_host": "127.0.0.1"})

    assert isinstance(make_transport(chosen), kind)


def test_send_now_delivers_at_once(smtp_settings: Settings, inbox: Inbox) -> None:
    send_now(smtp_settings, render(MailKind.TEST, MailContext(recipient=TO), smtp_settings), TO)

    assert [mail.recipients for mail in inbox.received] == [[TO]]


def test_send_now_tells_what_the_server_says(smtp_settings: Settings, inbox: Inbox) -> None:
    inbox.answers["RCPT"] = ["550 5.1.1 unknown"]

    with pytest.raises(PermanentMailError, match="alamat tidak dikenal"):
        send_now(smtp_settings, render(MailKind.TEST, MailContext(recipient=TO), smtp_settings), TO)
