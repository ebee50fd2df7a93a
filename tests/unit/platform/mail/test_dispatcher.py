"""The dispatcher between a real database and a real server: nothing lost, nothing twice, everything visible."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.platform import background, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.errors import TemporaryMailError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.rate_limits import TOKEN_TRIES_OF_REQUEST
from mysapk_web.settings import Settings
from tests.support.mail import Inbox, People, audited, states, write

# Sending -----------------------------------------------------------------------------------------


def test_a_mail_goes_to_the_stored_address_once(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    mail_id = write(people.db, people.add())

    assert dispatcher.run_once() == 1
    assert dispatcher.run_once() == 0

    assert [mail.recipients for mail in inbox.received] == [["budi@example.go.id"]]
    mail = people.mail(mail_id)
    assert (mail.state, mail.attempts, mail.last_error) == (OutboxState.SENT, 1, "")
    assert mail.sent_at is not None
    assert inbox.ids == [f"<{mail.message_id}@localhost>"]


def test_the_address_counts_that_is_stored_when_it_is_sent(
    dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    person = people.add("lama@example.go.id")
    write(people.db, person)
    people.change(person, email="baru@example.go.id")

    dispatcher.run_once()

    assert [mail.recipients for mail in inbox.received] == [["baru@example.go.id"]]


def test_a_notice_to_the_old_address_goes_there(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    person = people.add("baru@example.go.id")
    write(people.db, person, MailKind.EMAIL_CHANGED, recipient="lama@example.go.id", mask_old="l", mask_new="b")

    dispatcher.run_once()

    assert [mail.recipients for mail in inbox.received] == [["lama@example.go.id"]]


def test_a_mail_is_not_sent_before_it_is_due(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    write(people.db, people.add(), due_at=clock.now() + timedelta(hours=1))

    assert dispatcher.run_once() == 0
    with clock.shifted(timedelta(hours=1, seconds=1)):
        assert dispatcher.run_once() == 1


def test_mails_go_out_in_the_order_they_are_due(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    person, now = people.add(), clock.now()
    late, early = (write(people.db, person, due_at=now - timedelta(minutes=age)) for age in (1, 2))

    dispatcher.run_once()

    expected = [f"<{people.mail(mail_id).message_id}@localhost>" for mail_id in (early, late)]
    assert inbox.ids == expected


def test_an_account_without_an_address_fails_visibly(dispatcher: MailDispatcher, people: People) -> None:
    mail_id = write(people.db, people.add(email=None))

    dispatcher.run_once()

    mail = people.mail(mail_id)
    assert (mail.state, mail.last_error) == (OutboxState.FAILED, "Akun ini tidak punya alamat email.")
    (event,) = audited(people.db)
    assert event.detail["mail_id"] == mail_id
    assert event.subject_id == mail.account_id


def test_a_letter_nobody_knows_fails_and_holds_up_nothing(
    dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    person = people.add()
    unknown = write(people.db, person)
    with people.db.begin() as session:
        session.get_one(OutboxMail, unknown).template = "surat-lama"
    no_request = write(people.db, person, MailKind.OTHER_EMAIL, request="0" * 32)
    write(people.db, person)

    assert dispatcher.run_once() == 3

    assert len(inbox.received) == 1
    assert people.mail(unknown).last_error == "Jenis surat tidak dikenal."
    assert people.mail(no_request).last_error == "Surat tidak dapat disusun dari datanya."
    assert people.mail(no_request).state is OutboxState.FAILED


# Tokens ------------------------------------------------------------------------------------------


def test_the_token_is_in_the_mail_and_nowhere_in_the_database(
    dispatcher: MailDispatcher, people: People, inbox: Inbox, smtp_settings: Settings
) -> None:
    person = people.add()
    request = people.ask(person)
    write(people.db, person, MailKind.TOKEN, request=request)
    token = derive_token(smtp_settings.key("reset-token"), bytes.fromhex(request))

    dispatcher.run_once()

    body = inbox.received[0].message.get_body(("plain",))
    assert body is not None
    assert token in body.get_content().splitlines()
    with people.db.read() as session:
        for table in ("surat_keluar", "permintaan_reset", "jejak_audit"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert token not in repr(rows)


@pytest.mark.parametrize(
    "change",
    [
        {"used_at": clock.now()},
        {"superseded_at": clock.now()},
        {"expires_at": clock.now()},
        {"tries": TOKEN_TRIES_OF_REQUEST},
        {"account_version": 0},
        {"account_id": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_mail_of_a_dead_token_is_obsolete(
    dispatcher: MailDispatcher, people: People, inbox: Inbox, change: dict[str, object]
) -> None:
    person = people.add()
    mail_id = write(people.db, person, MailKind.TOKEN, request=people.ask(person, **change))

    dispatcher.run_once()

    assert people.mail(mail_id).state is OutboxState.OBSOLETE
    assert people.mail(mail_id).last_error
    assert inbox.received == []
    assert audited(people.db) == []


@pytest.mark.parametrize("change", [{"version": 2}, {"disabled_at": clock.now()}], ids=["version", "disabled"])
def test_a_change_of_the_account_makes_the_token_obsolete(
    dispatcher: MailDispatcher, people: People, inbox: Inbox, change: dict[str, object]
) -> None:
    person = people.add()
    mail_id = write(people.db, person, MailKind.TOKEN, request=people.ask(person))
    people.change(person, **change)

    dispatcher.run_once()

    assert people.mail(mail_id).state is OutboxState.OBSOLETE
    assert inbox.received == []


def test_the_token_of_somebody_elses_request_is_never_sent(
    dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    one, other = people.add("satu@example.go.id"), people.add("dua@example.go.id")
    write(people.db, one, MailKind.TOKEN, request=people.ask(other))

    dispatcher.run_once()

    assert inbox.received == []


def test_a_request_that_was_swept_away_makes_its_token_obsolete(
    dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    person = people.add()
    request = people.ask(person)
    mail_id = write(people.db, person, MailKind.TOKEN, request=request)
    with people.db.begin() as session:
        session.delete(session.get_one(ResetRequest, request))

    dispatcher.run_once()

    assert people.mail(mail_id).state is OutboxState.OBSOLETE


# Running -----------------------------------------------------------------------------------------


def test_it_serves_until_told_to_stop_and_wakes_at_once(
    sqlite_db: Database, smtp_settings: Settings, people: People, inbox: Inbox
) -> None:
    dispatcher = MailDispatcher(sqlite_db, smtp_settings, SmtpTransport(smtp_settings))
    person = people.add()

    async def live() -> float:
        stop = asyncio.Event()
        running = asyncio.create_task(dispatcher.serve(stop))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(write, people.db, person)
        began = asyncio.get_running_loop().time()
        dispatcher.wake()
        for _ in range(300):
            await asyncio.sleep(0.01)
            if inbox.received:
                break
        took = asyncio.get_running_loop().time() - began
        stop.set()
        await asyncio.wait_for(running, 5)
        return took

    assert asyncio.run(live()) < 0.4
    assert states(people.db) == {OutboxState.SENT: 1}


class Stubborn:
    """A transport that fails once in a way nobody foresaw."""

    def __init__(self) -> None:
        self.calls = 0

    def send(self, message: EmailMessage, recipient: str) -> None:
        self.calls += 1
        if self.calls == 1:
            raise ZeroDivisionError(f"to {recipient}")

    def close(self) -> None:
        pass


def test_an_unforeseen_fault_ends_neither_the_thread_nor_the_other_mails(
    sqlite_db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "retry_delay", lambda *_: 0.05)
    person = people.add()
    poison, other = write(people.db, person), write(people.db, person)
    dispatcher = MailDispatcher(sqlite_db, settings, Stubborn())

    async def live() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(dispatcher.serve(stop))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if people.mail(other).state is OutboxState.SENT:
                break
        stop.set()
        await asyncio.wait_for(running, 5)

    with capture_logs() as logs:
        asyncio.run(live())

    assert people.mail(other).state is OutboxState.SENT
    assert people.mail(poison).state is OutboxState.SENDING
    assert [entry["kind"] for entry in logs if entry["event"] == "background.failed"] == ["ZeroDivisionError"]
    assert "budi@" not in repr(logs)


class Halting:
    """A transport that tells the dispatcher to stop while it sends."""

    def __init__(self) -> None:
        self.stop: threading.Event | None = None

    def send(self, message: EmailMessage, recipient: str) -> None:
        assert self.stop is not None
        self.stop.set()

    def close(self) -> None:
        pass


def test_when_stopped_it_gives_back_what_it_has_not_tried(
    sqlite_db: Database, settings: Settings, people: People
) -> None:
    person = people.add()
    for _ in range(3):
        write(people.db, person)
    transport = Halting()
    dispatcher = MailDispatcher(sqlite_db, settings, transport)
    transport.stop = dispatcher._stopping

    dispatcher.run_once()

    assert states(people.db) == {OutboxState.SENT: 1, OutboxState.PENDING: 2}


def test_the_log_holds_no_address_token_name_or_subject(
    dispatcher: MailDispatcher, people: People, inbox: Inbox, smtp_settings: Settings
) -> None:
    person = people.add(nama="Siti Rahayu")
    request = people.ask(person)
    token = derive_token(smtp_settings.key("reset-token"), bytes.fromhex(request))
    for _ in range(4):
        write(people.db, person, MailKind.TOKEN, request=request)
    write(people.db, person, MailKind.TOKEN, request=people.ask(person, tries=TOKEN_TRIES_OF_REQUEST))
    inbox.answers["RCPT"] = [
        "250 OK",
        "450 4.2.2 <budi@example.go.id> full",
        "550 5.1.1 <budi@example.go.id> unknown",
        "421 4.3.2 budi@example.go.id",
    ]

    with capture_logs() as logs:
        dispatcher.run_once()
        dispatcher.run_once()

    events = [entry["event"] for entry in logs]
    assert sorted(events) == ["mail.failed", "mail.put_off", "mail.put_off", "mail.sent", "mail.withheld"]
    for secret in ("budi@", token, "Siti", request, "Token untuk"):
        assert secret not in repr(logs)


def test_a_temporary_fault_of_any_transport_is_enough(sqlite_db: Database, settings: Settings, people: People) -> None:
    class Later(Stubborn):
        def send(self, message: EmailMessage, recipient: str) -> None:
            raise TemporaryMailError("Nanti.")

    mail_id = write(people.db, people.add())

    MailDispatcher(sqlite_db, settings, Later()).run_once()

    assert people.mail(mail_id).last_error == "Nanti."
