"""A real SMTP server on loopback that can be told to misbehave, and a few people to write to."""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlmodel import Session as DbSession
from sqlmodel import select

from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import HelpContact, Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.settings import Settings

CUT = "cut"
PORTS = range(12500, 12600)


@dataclass
class Received:
    """One message the server took."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Inbox:
    """What the server received, and how it shall answer: `answers[stage]` is used up from the left."""

    received: list[Received] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    delay: float = 0.0
    connections: int = 0
    port: int = 0

    @property
    def ids(self) -> list[str]:
        return [mail.message_id for mail in self.received]

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer("MAIL", server)
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        answer = self._answer("DATA", server)
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), message))
        return answer

    def _answer(self, stage: str, server: SMTP) -> str:
        waiting = self.answers.get(stage)
        answer = waiting.pop(0) if waiting else "250 OK"
        if answer == CUT:
            server.transport.abort()
        return answer


def free_port() -> int:
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port for the tests of mail")


ServerFactory = Callable[..., Inbox]


def login_as(username: str, password: str) -> Callable[..., AuthResult]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(username.encode(), password.encode())
        return AuthResult(success=good, handled=good)

    return check


def to_server(settings: Settings, inbox: Inbox, **more: Any) -> Settings:
    values = {
        "mail_backend": "smtp",
        "smtp_host": "127.0.0.1",
        "smtp_port": inbox.port,
        "smtp_security": "none",
        "smtp_timeout": 30.0,  # a busy machine pauses for seconds; tests of timeouts set their own
    }
    return settings.model_copy(update=values | more)


# People ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Someone:
    account_id: int
    email: str


@dataclass
class People:
    """Writes people and requests into the database."""

    db: Database
    instansi_id: int
    unor_id: int

    def add(self, email: str | None = "budi@example.go.id", nama: str = "Budi Santoso") -> Someone:
        with self.db.begin() as session:
            pegawai = Pegawai(
                nip="".join(secrets.choice("123456789") for _ in range(18)),
                name=nama,
                jenis=JenisPegawai.PNS,
                instansi_id=self.instansi_id,
                unor_id=self.unor_id,
                email=email,
                email_key=email,
            )
            account = _stored(session, Account(pegawai_id=_stored(session, pegawai).id or 0))
            return Someone(account.id or 0, email or "")

    def ask(self, person: Someone, **change: Any) -> str:
        """A request for a token; gives its id."""
        now = clock.now()
        values: dict[str, Any] = {
            "id": secrets.token_hex(16),
            "subject": "s",
            "account_id": person.account_id,
            "account_version": 1,
            "browser": "b",
            "mask": "bud*****@example.com",
            "nip": "198001012005011001",
            "email_ref": "e",
            "created_at": now,
            "expires_at": now + timedelta(minutes=30),
        }
        with self.db.begin() as session:
            return _stored(session, ResetRequest(**{k: v for k, v in (values | change).items() if _known(k)})).id

    def change(self, person: Someone, **values: Any) -> None:
        """Change the account, or the stored address (`email`)."""
        with self.db.begin() as session:
            account = session.get_one(Account, person.account_id)
            if "email" in values:
                session.get_one(Pegawai, account.pegawai_id).email_key = values.pop("email")
            for name, value in values.items():
                setattr(account, name, value)

    def mail(self, mail_id: int | None) -> OutboxMail:
        with self.db.read() as session:
            mail = session.get_one(OutboxMail, mail_id)
            session.expunge(mail)
            return mail


def _known(name: str) -> bool:
    return name in ResetRequest.model_fields


def _stored(session: DbSession, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def settle(database: Database) -> People:
    """An agency with a helpdesk."""
    with database.begin() as session:
        agency = _stored(session, Instansi(code="X1", name="Pemerintah Kabupaten Contoh", timezone="WIB"))
        unit = _stored(session, Unor(instansi_id=agency.id, code="1", name="Dinas Contoh", path="1/"))
        helpdesk = HelpContact(
            instansi_id=agency.id,
            name="Helpdesk BKPSDM Contoh",
            phone="(021) 555-0100",
            email="helpdesk@example.go.id",
            website="https://lain.example.com",
            service_hours="Senin-Jumat 08.00-16.00",
        )
        _stored(session, helpdesk)
        return People(database, agency.id, unit.id)


def write(db: Database, person: Someone, letter: MailKind = MailKind.ACTIVATED, **more: object) -> int:
    with db.begin() as session:
        mail = enqueue(session, letter, account_id=person.account_id, **more)  # type: ignore[arg-type]
        session.flush()
        assert mail.id is not None
        return mail.id


def states(db: Database) -> dict[OutboxState, int]:
    with db.read() as session:
        found = session.exec(select(OutboxMail.state)).all()
    return {state: found.count(state) for state in set(found)}


def audited(db: Database) -> list[AuditEvent]:
    with db.begin() as session:
        return list(session.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.MAIL_FAILED)))
