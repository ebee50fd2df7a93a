"""Where mails go: an SMTP server, a folder, or the console."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, TextIO

from mysapk_web.platform import clock
from mysapk_web.platform.mail.errors import WIRE, MailConnectionError, check_recipient
from mysapk_web.platform.mail.smtp import SmtpTransport
from mysapk_web.settings import Settings

__all__ = ["ConsoleTransport", "FileTransport", "SmtpTransport", "Transport", "make_transport", "send_now"]


class Transport(Protocol):
    def send(self, message: EmailMessage, recipient: str) -> None:
        """Returning means that the message was accepted; otherwise raises a `MailError`."""

    def close(self) -> None:
        """The next `send` opens again."""


class FileTransport:
    """One `.eml` per message, mode 0600; names sort by time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Write under a temporary name and move into place, so that readers see whole files only."""
        check_recipient(recipient)
        name = f"{clock.now():%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
        draft = self.folder / f".{name}.tmp"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as handle:
                    handle.write(message.as_bytes(policy=WIRE))
                    handle.flush()
                    os.fsync(handle.fileno())
                draft.replace(self.folder / name)
            except OSError:
                with contextlib.suppress(OSError):
                    draft.unlink()
                raise
        except OSError as error:
            raise MailConnectionError(f"Folder surat tidak dapat ditulis ({type(error).__name__}).") from None

    def close(self) -> None: ...


class ConsoleTransport:
    """Headers and text part on a stream, for development."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout

    def send(self, message: EmailMessage, recipient: str) -> None:
        check_recipient(recipient)
        part = message.get_body(("plain",))
        text = part.get_content() if part is not None else ""
        lines = [f"{name}: {message[name]}" for name in ("Date", "From", "To", "Subject", "Message-ID")]
        self.stream.write("\n".join(["-" * 72, *lines, "", text]))
        self.stream.flush()

    def close(self) -> None: ...


def make_transport(settings: Settings) -> Transport:
    if settings.mail_backend == "smtp":
        return SmtpTransport(settings)
    if settings.mail_backend == "file":
        return FileTransport(settings.mail_dir)
    return ConsoleTransport()


def send_now(settings: Settings, message: EmailMessage, recipient: str) -> None:
    """Send one message past the outbox (`mysapk send-test-mail`), so that the caller sees the server's answer."""
    transport = make_transport(settings)
    try:
        transport.send(message, recipient)
    finally:
        transport.close()
