"""Fixtures of the mail tests; what they are made of stands in `support`."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.settings import Settings
from tests.support.mail import Inbox, People, ServerFactory, free_port, settle, to_server


@pytest.fixture
def smtp_server() -> Iterator[ServerFactory]:
    """Starts servers; each returns its inbox, with the port it listens on."""
    with ExitStack() as stack:

        def start(*, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, **more: Any) -> Inbox:
            inbox = Inbox(port=free_port())
            controller = Controller(
                inbox, hostname="127.0.0.1", port=inbox.port, ssl_context=tls, tls_context=starttls, **more
            )
            controller.start()
            stack.callback(controller.stop)
            return inbox

        yield start


@pytest.fixture
def inbox(smtp_server: ServerFactory) -> Inbox:
    """A plain server."""
    return smtp_server()


@pytest.fixture
def smtp_settings(settings: Settings, inbox: Inbox) -> Settings:
    """Settings that lead to `inbox`."""
    return to_server(settings, inbox)


@pytest.fixture
def people(sqlite_db: Database) -> People:
    """People in a SQLite database."""
    return settle(sqlite_db)


@pytest.fixture
def dispatcher(sqlite_db: Database, smtp_settings: Settings) -> Iterator[MailDispatcher]:
    transport = SmtpTransport(smtp_settings)
    yield MailDispatcher(sqlite_db, smtp_settings, transport)
    transport.close()
