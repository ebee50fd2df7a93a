"""Four fixed people and the browsers they use, so that a test of an account flow reads as what a person does.

Ani is a pegawai with a password, Budi a verifikator of the same agency, Citra belongs to another agency and has not activated
yet (her stored address carries blanks), Dewi is a CPNS whom the agency has not approved.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pyotp
from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from mysapk_web.accounts import email_replacement as accounts_change_email
from mysapk_web.accounts import login, login_tickets
from mysapk_web.accounts import sessions as accounts_sessions
from mysapk_web.accounts.passwords import encrypt_totp, hash_password
from mysapk_web.accounts.recovery import confirm as recovery_confirm
from mysapk_web.accounts.recovery import request
from mysapk_web.accounts.recovery.browsers import attach_browser_by_mail
from mysapk_web.accounts.recovery.request import RecoveryView, request_token, resend_token
from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.accounts.security import active_sessions as security_sessions
from mysapk_web.accounts.security import change_password as security_change_password
from mysapk_web.accounts.security.active_sessions import SecurityOverview
from mysapk_web.accounts.sessions import NewSession
from mysapk_web.accounts.tables import LoginTicket, ResetRequest, UserSession
from mysapk_web.app import mail_context_reader
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.email import DomainPolicy, normalise_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.settings import Settings

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

START = datetime(2026, 8, 24, 2, 0, tzinfo=UTC)
"""The moment at which the clock of these tests stands still; `clock.moved` shifts it, so that edges are exact."""

STRONG = "Gunung7Merapi-biru"
"""A password that every rule allows for everybody here, roles included."""
OTHER = "Sungai3Kapuas-hijau"
WRONG = "Bukan0Password-itu"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/139.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/139.0 Mobile Safari/537.36"

minutes = 60
hours = 60 * minutes
days = 24 * hours


def after(seconds: float) -> Any:
    """The block that follows happens so many seconds later."""
    return clock.shifted(timedelta(seconds=seconds))


@dataclass(frozen=True)
class Person:
    """One of the four; `stored` is the address as the rolls have it, `email` its one spelling."""

    nama: str
    nip: str
    stored: str
    password: str | None
    account_id: int
    pegawai_id: int
    instansi_id: int

    @property
    def email(self) -> str:
        return normalise_email(self.stored)


ROLLS: dict[str, dict[str, Any]] = {
    "ani": {"nama": "Ani Lestari", "nip": "198503122010012001", "stored": "ani.lestari@contoh.example.go.id"},
    "budi": {"nama": "Budi Hartono", "nip": "197908172005011002", "stored": "budi.hartono@contoh.example.go.id"},
    "citra": {"nama": "Citra Wulandari", "nip": "199001052015032003", "stored": " Citra.W@misal.example.go.id "},
    "dewi": {"nama": "Dewi Anggraini", "nip": "199911232025062004", "stored": "dewi.a@contoh.example.go.id"},
}
PASSWORDS = {"ani": "Kebun5Teh-melati", "budi": "Pasar9Apung-kuning"}


@dataclass
class Browser:
    """A browser with its two cookies, as the services see it."""

    portal: Portal
    name: str
    address: str = "203.0.113.7"
    agent: str = WINDOWS
    cookie: str = ""
    """The session cookie, in clear as only a browser has it."""
    page: str = "tab"
    """The tab that is looked at."""
    ticket: str = ""
    """What the page was given by its login."""

    @property
    def visitor(self) -> ClientContext:
        here = accounts_sessions.hash_secret(self.cookie) if self.cookie else ""
        return ClientContext(accounts_sessions.hash_secret(self.name), here, self.address, self.agent, self.page)

    def _do(self, use_case: Callable[..., T], **given: Any) -> T:
        return in_transaction(self.portal.db, use_case, client=self.visitor, **given)

    def ask(self, person: Person, email: str | None = None) -> None:
        self._do(request_token, nip=person.nip, email=person.email if email is None else email)

    def ask_typed(self, nip: str, email: str) -> None:
        self._do(request_token, nip=nip, email=email)

    def resend(self) -> None:
        self._do(resend_token)

    def view(self) -> RecoveryView | None:
        with self.portal.db.read() as s:
            return request.recovery_view(s, client=self.visitor)

    def follow(self, request_id: str) -> bool:
        """Open the link of a mail."""
        return in_transaction(self.portal.db, attach_browser_by_mail, self.visitor, request_id)

    def confirm(self, token: str, password: str = STRONG) -> None:
        recovery_confirm.confirm_reset(self.portal.db, client=self.visitor, token=token, password=password)

    def reset(self, person: Person, password: str = STRONG) -> None:
        """The whole way: ask, read the mail, confirm."""
        self.ask(person)
        self.confirm(self.portal.token(person), password)

    def login(self, person: Person, password: str | None = None) -> bool:
        """Whether the password is all that is asked; else the code is still to come."""
        typed = person.password or "" if password is None else password
        ticket = login.login(self.portal.db, client=self.visitor, nip=person.nip, password=typed)
        self.ticket = ticket or ""
        return ticket is not None

    def code(self, code: str) -> None:
        self.ticket = self.submit(code)

    def submit(self, code: str) -> str:
        """The ticket that a code is answered with; this browser does not keep it."""
        return self._do(login.submit_code, code=code)

    @property
    def waits_for_code(self) -> bool:
        with self.portal.db.read() as s:
            return login.is_awaiting_code(s, client=self.visitor)

    def take(self) -> NewSession | None:
        """`POST /sesi`; the browser keeps the cookie."""
        opened = in_transaction(
            self.portal.db, login_tickets.redeem_login_ticket, self.portal.settings, self.visitor, self.ticket
        )
        self.cookie = opened.cookie if opened else self.cookie
        return opened

    def enter(self, person: Person, password: str | None = None, code: str | None = None) -> Browser:
        """Log in and take the session."""
        self.login(person, password)
        if code is not None:
            self.code(code)
        assert self.take() is not None
        return self

    def actor_or_none(self) -> Actor | None:
        with self.portal.db.read() as s:
            return accounts_sessions.read_actor(s, self.portal.settings, self.visitor)

    @property
    def inside(self) -> bool:
        return self.actor_or_none() is not None

    @property
    def actor(self) -> Actor:
        found = self.actor_or_none()
        assert found is not None
        return found

    def log_out(self) -> None:
        in_transaction(self.portal.db, accounts_sessions.log_out, self.visitor)

    def act(self, use_case: Callable[..., T], **given: Any) -> T:
        """A use case of the page `/keamanan`, in one transaction."""
        return in_transaction(self.portal.db, use_case, self.actor, **given)

    def change_password(self, current: str, new: str) -> None:
        self.ticket = security_change_password.change_password(self.portal.db, self.actor, current=current, new=new)

    def overview(self) -> SecurityOverview:
        with self.portal.db.read() as s:
            return security_sessions.security_overview(s, self.actor)


@dataclass
class Portal:
    """A database with the four people, and what a test wants to know of it."""

    db: Database
    settings: Settings
    people: dict[str, Person] = field(default_factory=dict)
    _names: Any = field(default_factory=itertools.count)

    @property
    def ani(self) -> Person:
        return self.people["ani"]

    @property
    def budi(self) -> Person:
        return self.people["budi"]

    @property
    def citra(self) -> Person:
        return self.people["citra"]

    @property
    def dewi(self) -> Person:
        return self.people["dewi"]

    def browser(self, **more: Any) -> Browser:
        """Another browser, at the usual place unless told."""
        return Browser(self, f"peramban-{next(self._names)}", **more)

    def elsewhere(self) -> Browser:
        """Another browser in a network of its own."""
        number = next(self._names)
        return Browser(self, f"peramban-{number}", address=f"198.51.{number // 250}.{number % 250 + 1}")

    # What is stored ------------------------------------------------------------------------------

    def rows(self, model: type[Row], *where: Any) -> list[Row]:
        with self.db.read() as s:
            found = list(s.exec(select(model).where(*where)).all())
            s.expunge_all()
        return found

    def account(self, person: Person) -> Account:
        return self.rows(Account, col(Account.id) == person.account_id)[0]

    def requests(self, person: Person) -> list[ResetRequest]:
        """Requests for the NIP of a person, oldest first, those that lead nowhere included."""
        return sorted(self.rows(ResetRequest, col(ResetRequest.nip) == person.nip), key=lambda row: row.created_at)

    def sessions(self, person: Person) -> list[UserSession]:
        return self.rows(UserSession, col(UserSession.account_id) == person.account_id)

    def claims(self) -> list[LoginTicket]:
        return self.rows(LoginTicket)

    def counters(self) -> list[Counter]:
        return self.rows(Counter)

    def mails(self, person: Person) -> list[OutboxMail]:
        """What goes to a person, oldest first."""
        return [mail for mail in self.outbox() if mail.account_id == person.account_id]

    def outbox(self) -> list[OutboxMail]:
        """What goes to anybody, oldest first; letters written for nobody are left out."""
        found = self.rows(OutboxMail, col(OutboxMail.state) == OutboxState.PENDING)
        return sorted(found, key=lambda row: row.id or 0)

    def letters(self, person: Person) -> list[str]:
        """Kinds of the letters to a person, oldest first."""
        return [MailKind(mail.template) for mail in self.mails(person)]

    def recipient(self, mail: OutboxMail) -> str | None:
        """Where a mail would go if it were sent now; None if it would not be sent."""
        with self.db.read() as s:
            facts = mail_context_reader.read_context(s, MailKind(mail.template), mail)
        return facts.recipient if isinstance(facts, MailContext) else None

    def token(self, person: Person) -> str:
        """The token as the newest letter to a person shows it."""
        mail = [mail for mail in self.mails(person) if mail.template == MailKind.TOKEN][-1]
        return self.token_of(mail.params["request"])

    def token_of(self, request_id: str) -> str:
        return derive_token(self.settings.key("reset-token"), bytes.fromhex(request_id))

    def events(self, tag: AuditTag | None = None) -> list[AuditEvent]:
        found = self.rows(AuditEvent, *([col(AuditEvent.tag) == tag] if tag else []))
        return sorted(found, key=lambda row: row.id or 0)

    def everything(self) -> dict[str, str]:
        """The whole database in text, by table; asked of the driver itself, since some tests ask a thousand times."""
        with self.db.read() as s, closing(s.connection().connection.cursor()) as cursor:
            tables = SQLModel.metadata.tables
            return {name: repr(cursor.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}

    # What admins do ------------------------------------------------------------------------------

    def change(self, person: Person, **values: Any) -> None:
        """Change an account as an admin's act does: its version goes up."""
        with self.db.begin() as s:
            s.execute(
                update(Account)
                .where(col(Account.id) == person.account_id)
                .values(**values, version=Account.version + 1)
            )

    def disable(self, person: Person) -> None:
        self.change(person, disabled_at=clock.now())

    def enable(self, person: Person) -> None:
        self.change(person, disabled_at=None)

    def approve(self, person: Person) -> None:
        with self.db.begin() as s:
            s.execute(update(Pegawai).where(col(Pegawai.id) == person.pegawai_id).values(approved_at=clock.now()))
        self.change(person)

    def change_email(self, person: Person, email: str) -> None:
        with self.db.begin() as s:
            accounts_change_email.replace_email(
                s,
                account=s.get_one(Account, person.account_id),
                pegawai=s.get_one(Pegawai, person.pegawai_id),
                new_email=email,
                actor_id=None,
                reason="Permintaan pegawai",
            )

    def set_policy(self, person: Person, policy: DomainPolicy, domains: list[str]) -> None:
        with self.db.begin() as s:
            s.execute(
                update(Instansi)
                .where(col(Instansi.id) == person.instansi_id)
                .values(domain_policy=policy, email_domains=domains)
            )

    def give_authenticator(self, person: Person) -> str:
        """A confirmed authenticator, as from an earlier day; gives its secret."""
        secret = pyotp.random_base32()
        with self.db.begin() as s:
            s.execute(
                update(Account)
                .where(col(Account.id) == person.account_id)
                .values(totp_secret=encrypt_totp(secret, self.settings), totp_confirmed_at=clock.now())
            )
        return secret

    def forget_counters(self) -> None:
        with self.db.begin() as s:
            s.execute(delete(Counter))


def settle(db: Database, settings: Settings) -> Portal:
    """Write two agencies and the four people into an empty database."""
    portal = Portal(db, settings)
    with db.begin() as s:
        places = {}
        for kode, nama in (("7301", "Pemerintah Kabupaten Contoh"), ("7302", "Pemerintah Kota Misal")):
            instansi = Instansi(code=kode, name=nama)
            s.add(instansi)
            s.flush()
            unor = Unor(instansi_id=instansi.id or 0, code="1", name=nama, path="")
            s.add(unor)
            s.flush()
            unor.path = f"{unor.id}/"
            places[kode] = (instansi.id or 0, unor.id or 0)
        for key, row in ROLLS.items():
            instansi_id, unor_id = places["7302" if key == "citra" else "7301"]
            password = PASSWORDS.get(key)
            pegawai = Pegawai(
                nip=row["nip"],
                name=row["nama"],
                jenis=JenisPegawai.CPNS if key == "dewi" else JenisPegawai.PNS,
                birth_date=date(int(row["nip"][:4]), int(row["nip"][4:6]), int(row["nip"][6:8])),
                instansi_id=instansi_id,
                unor_id=unor_id,
                email=row["stored"],
                email_key=normalise_email(row["stored"]),
            )
            s.add(pegawai)
            s.flush()
            account = Account(
                pegawai_id=pegawai.id or 0,
                password_hash=hash_password(password, settings) if password else None,
                activated_at=START - timedelta(days=30) if password else None,
            )
            s.add(account)
            s.flush()
            portal.people[key] = Person(
                **row,
                password=password,
                account_id=account.id or 0,
                pegawai_id=pegawai.id or 0,
                instansi_id=instansi_id,
            )
        s.add(
            RoleGrant(
                account_id=portal.budi.account_id,
                role=Role.VERIFIKATOR,
                instansi_id=portal.budi.instansi_id,
                granted_at=START - timedelta(days=30),
            )
        )
    return portal


def nobody() -> Person:
    """A NIP of the right form that is on no roll."""
    return Person("Tidak Ada", "198001012005011009", "tidak.ada@contoh.example.go.id", None, 0, 0, 0)
