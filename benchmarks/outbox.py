"""Emails a second from the outbox to a local SMTP server, through the real dispatcher (budget: at least 100).

Run as `python -m benchmarks.outbox`. The server runs in its own process; the database is a migrated SQLite file. Every email carries a
token, the most expensive kind: with a derived token and a signed link.
"""

from __future__ import annotations

import logging
import multiprocessing
import secrets
import socket
import tempfile
import time
from datetime import timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.controller import Controller

from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock, migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.settings import Settings

MAILS = 2_000
PORTS = range(12_500, 12_600)


class _Sink:
    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  named by the library
        return "250 OK"


def measure() -> dict[str, float]:
    """Send `MAILS` mails and give the mean rate."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    port = _free_port()
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    server = context.Process(target=_serve, args=(port, ready, stop), daemon=True)
    server.start()
    if not ready.wait(30):
        raise RuntimeError("the local SMTP server did not start")
    try:
        with tempfile.TemporaryDirectory() as folder:
            return {"outbox_mails_per_second": round(_rate(Path(folder), port), 1)}
    finally:
        stop.set()
        server.join(10)


def _rate(folder: Path, port: int) -> float:
    settings = Settings(
        demo=True,
        secret_key=secrets.token_urlsafe(48),
        mail_backend="smtp",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        database_url=f"sqlite:///{folder}/outbox.db",
    )
    database = Database(settings.database_url)
    migrations.upgrade(database)
    _fill(database)
    transport = SmtpTransport(settings)
    dispatcher = MailDispatcher(database, settings, transport)
    started = time.perf_counter()
    sent = 0
    while done := dispatcher.run_once():
        sent += done
    took = time.perf_counter() - started
    transport.close()
    database.dispose()
    if sent != MAILS:
        raise RuntimeError(f"{sent} of {MAILS} mails were sent")
    return sent / took


def _fill(database: Database) -> None:
    now = clock.now()
    with database.begin() as session:
        agency = Instansi(code="X1", name="Pemerintah Kabupaten Contoh")
        session.add(agency)
        session.flush()
        unit = Unor(instansi_id=agency.pk, code="1", name="Dinas Contoh", path="1/")
        session.add(unit)
        session.flush()
        for number in range(MAILS):
            address = f"pegawai{number}@example.go.id"
            person = Pegawai(
                nip=f"{number:018d}",
                name=f"Pegawai {number}",
                jenis=JenisPegawai.PNS,
                instansi_id=agency.pk,
                unor_id=unit.pk,
                email=address,
                email_key=address,
            )
            session.add(person)
            session.flush()
            account = Account(pegawai_id=person.pk)
            session.add(account)
            session.flush()
            request = ResetRequest(
                id=secrets.token_hex(16),
                subject=f"{number}",
                account_id=account.id,
                account_version=account.version,
                mask="peg*****@example.go.id",
                nip=person.nip,
                email_ref="",
                created_at=now,
                expires_at=now + timedelta(minutes=30),
            )
            session.add(request)
            enqueue(session, MailKind.TOKEN, account_id=account.id, request=request.id)


def _serve(port: int, ready: Event, stop: Event) -> None:
    controller = Controller(_Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    ready.set()
    stop.wait()
    controller.stop()


def _free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value}")
