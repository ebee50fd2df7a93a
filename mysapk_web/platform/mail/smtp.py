"""The SMTP client: one connection for many messages; errors are sorted into later, never, or server down."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from mysapk_web.platform.mail.errors import (
    WIRE,
    MailConnectionError,
    PermanentMailError,
    TemporaryMailError,
    check_recipient,
)
from mysapk_web.settings import Settings

DEADLINE_STEPS = 3
"""Total limit of one message in multiples of `MYSAPK_SMTP_TIMEOUT`, which bounds each wait only: a server that sends
a byte now and then would block the dispatcher forever."""

MAX_IDLE_SECONDS = 60.0
"""An older connection is reopened rather than tried: a firewall may have dropped it silently."""

_OF_THE_SERVER = frozenset({421, 454, 530, 534, 535, 538})
"""Replies about connection or login rather than this mail (RFC 5321 3.8, 4954 6, 3207 4)."""

_MEANINGS = {
    "1.1": "alamat tidak dikenal",
    "1.2": "domain alamat tidak dikenal",
    "1.3": "alamat tidak sah",
    "1.10": "domain tidak menerima email",
    "2.1": "kotak surat tidak aktif",
    "2.2": "kotak surat penuh",
    "3.4": "surat terlalu besar",
    "4.1": "server tujuan tidak menjawab",
    "7.1": "ditolak oleh kebijakan server",
}
"""Enhanced status codes (RFC 3463) in words an admin can act on."""

_STAGES = {"MAIL": "pengirim", "RCPT": "penerima", "DATA": "isi surat"}

_Reply = tuple[int, bytes]


class SmtpTransport:
    """Keeps its connection and reopens it when stale. Not thread-safe.

    Verifies certificates and host names against the system's trust store, or the one OpenSSL's `SSL_CERT_FILE` names.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.mail_from)[1]
        self._client: smtplib.SMTP | None = None
        self._used_at = 0.0

    @property
    def deadline(self) -> float:
        """Longest duration of one `send`, seconds."""
        return DEADLINE_STEPS * self._settings.smtp_timeout

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand over one message; raises a `MailError` of the kind that says what to retry."""
        check_recipient(recipient)
        payload = message.as_bytes(policy=WIRE)
        try:
            with self._watched():
                client, reply = self._begin()
                self._check_reply(reply, "MAIL")
                self._check_reply(client.rcpt(recipient), "RCPT")
                self._check_reply(_data(client, payload), "DATA")
        except MailConnectionError:
            self._drop()
            raise
        except (TemporaryMailError, PermanentMailError):
            self._reset()
            raise
        except (OSError, ValueError) as error:
            self._drop()
            raise MailConnectionError(_kind(error)) from None
        self._used_at = time.monotonic()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError):
                client.quit()
            client.close()

    def _begin(self) -> tuple[smtplib.SMTP, _Reply]:
        """Connection and reply to MAIL FROM; nothing is accepted yet, so a stale connection costs one more try."""
        client = self._client
        if client is not None and time.monotonic() - self._used_at < MAX_IDLE_SECONDS:
            with contextlib.suppress(OSError):
                reply = client.mail(self._sender)
                if reply[0] != 421:  # "closing": after too long or too many messages
                    return client, reply
        self._drop()
        client = self._connect()
        return client, client.mail(self._sender)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        host, port, timeout = settings.smtp_host, settings.smtp_port, settings.smtp_timeout
        name = settings.hostname.strip("[]") or "localhost"
        if settings.smtp_security == "tls":
            client: smtplib.SMTP = _TlsClient(
                self._register, host, port, name, timeout=timeout, context=ssl.create_default_context()
            )
        else:
            client = _PlainClient(self._register, host, port, name, timeout=timeout)
        if settings.smtp_security == "starttls":
            client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
        if settings.smtp_username:
            client.login(settings.smtp_username, settings.smtp_password.get_secret_value())
        return client

    def _register(self, client: smtplib.SMTP) -> None:
        # Known before it connects, so that the deadline covers a slow greeting.
        self._client = client

    def _check_reply(self, reply: _Reply, stage: str) -> None:
        code, text = reply
        if 200 <= code < 300:
            return
        words = _describe(code, text, stage)
        if code in _OF_THE_SERVER or not 400 <= code < 600:
            raise MailConnectionError(words)
        raise PermanentMailError(words) if code >= 500 else TemporaryMailError(words)

    def _reset(self) -> None:
        """Prepare the connection for the next message after a rejection."""
        client = self._client
        try:
            if client is None or client.rset()[0] != 250:
                self._drop()
        except OSError:
            self._drop()
        self._used_at = time.monotonic()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Cut the connection when the whole exchange takes too long."""
        timer = threading.Timer(self.deadline, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        # In the timer's thread. The plain socket method wakes the reader and leaves its TLS state alone.
        sock = getattr(self._client, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _SelfRegistering:
    """Passes itself on before it connects."""

    def __init__(self, register: Callable[[Any], None], *args: Any, **kwargs: Any) -> None:
        register(self)
        super().__init__(*args, **kwargs)


class _PlainClient(_SelfRegistering, smtplib.SMTP):
    pass


class _TlsClient(_SelfRegistering, smtplib.SMTP_SSL):
    pass


def _data(client: smtplib.SMTP, payload: bytes) -> _Reply:
    try:
        return client.data(payload)
    except smtplib.SMTPDataError as error:
        reply = error.smtp_error
        return error.smtp_code, reply.encode() if isinstance(reply, str) else reply


def _describe(code: int, text: bytes, stage: str) -> str:
    """A reply without its free text, which often repeats the address."""
    found = re.match(rb"[245]\.(\d{1,3}\.\d{1,3})(?!\S)", text)
    detail = found.group(1).decode() if found else ""
    shown = f"{code} {code // 100}.{detail}" if detail else str(code)
    meaning = _MEANINGS.get(detail, "")
    return f"Server surat menolak {_STAGES[stage]} ({shown}){': ' + meaning if meaning else ''}."


def _kind(error: BaseException) -> str:
    """A connection error in words, without any text of the server."""
    cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else error
    if isinstance(cause, smtplib.SMTPResponseException):
        what = "login" if isinstance(cause, smtplib.SMTPAuthenticationError) else "sambungan"
        return f"Server surat menolak {what} ({cause.smtp_code})."
    for kind, words in _KINDS:
        if isinstance(cause, kind):
            return words
    return "Sambungan ke server surat terputus."


_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (smtplib.SMTPNotSupportedError, "Server surat tidak mendukung enkripsi atau login yang diatur."),
    (ssl.SSLCertVerificationError, "Sertifikat server surat tidak dapat dipercaya."),
    (ssl.SSLError, "Sambungan terenkripsi ke server surat gagal."),
    (ConnectionRefusedError, "Server surat menolak sambungan."),
    (TimeoutError, "Server surat tidak menjawab dalam batas waktu."),
    (socket.gaierror, "Nama server surat tidak ditemukan."),
)
