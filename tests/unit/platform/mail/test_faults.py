"""The dispatcher when something goes wrong, and when several run at once: nothing lost, nothing twice."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy.exc import OperationalError

from mysapk_web.app import mail_leases
from mysapk_web.app.mail_dispatcher import BATCH, MailDispatcher
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.settings import Settings
from tests.support.mail import CUT, Inbox, People, audited, free_port, settle, states, to_server, write

# Faults ------------------------------------------------------------------------------------------


def test_a_4xx_is_tried_again_later(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    person = people.add()
    mail_id, second = write(people.db, person), write(people.db, person)
    inbox.answers["RCPT"] = ["450 4.2.1 <budi@example.go.id> busy"]

    assert dispatcher.run_once() == 2

    mail = people.mail(mail_id)
    assert (mail.state, mail.attempts) == (OutboxState.PENDING, 1)
    assert mail.last_error == "Server surat menolak penerima (450 4.2.1): kotak surat tidak aktif."
    assert people.mail(second).state is OutboxState.SENT
    assert dispatcher.run_once() == 0
    with clock.shifted(timedelta(seconds=41)):
        assert dispatcher.run_once() == 1
    assert people.mail(mail_id).state is OutboxState.SENT
    assert people.mail(mail_id).last_error == ""


def test_a_5xx_is_given_up_at_once_and_audited(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    person = people.add()
    mail_id, second = write(people.db, person), write(people.db, person)
    inbox.answers["RCPT"] = ["550 5.1.1 <budi@example.go.id> unknown"]

    dispatcher.run_once()

    mail = people.mail(mail_id)
    assert (mail.state, mail.attempts) == (OutboxState.FAILED, 1)
    assert mail.last_error == "Server surat menolak penerima (550 5.1.1): alamat tidak dikenal."
    assert people.mail(second).state is OutboxState.SENT
    (event,) = audited(people.db)
    assert event.detail == {
        "mail_id": mail_id,
        "letter": MailKind.ACTIVATED.value,
        "error": mail.last_error,
        "tries": 1,
    }


def test_a_mail_that_never_gets_through_is_given_up_after_about_a_day(
    dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    mail_id = write(people.db, people.add())
    inbox.answers["RCPT"] = ["451 4.7.1 later"] * 100
    passed = timedelta(0)

    while people.mail(mail_id).state is OutboxState.PENDING:
        with clock.shifted(passed):
            assert dispatcher.run_once() == 1
            passed = people.mail(mail_id).due_at - clock.now() + passed + timedelta(seconds=1)

    assert people.mail(mail_id).state is OutboxState.FAILED
    assert people.mail(mail_id).attempts == mail_leases.MAX_ATTEMPTS
    assert timedelta(hours=16) < passed < timedelta(hours=25)
    assert len(audited(people.db)) == 1


def test_an_unreachable_server_costs_one_mail_one_attempt(
    sqlite_db: Database, settings: Settings, people: People
) -> None:
    person = people.add()
    ids = [write(people.db, person) for _ in range(5)]
    nowhere = to_server(settings, Inbox(port=free_port()))

    assert MailDispatcher(sqlite_db, nowhere, SmtpTransport(nowhere)).run_once() == 1

    mails = [people.mail(mail_id) for mail_id in ids]
    assert [mail.attempts for mail in mails] == [1, 0, 0, 0, 0]
    assert {mail.state for mail in mails} == {OutboxState.PENDING}
    assert {mail.last_error for mail in mails} == {"Server surat menolak sambungan."}
    assert [mail.due_at > clock.now() for mail in mails] == [True, False, False, False, False]


def test_a_connection_cut_in_data_loses_nothing(dispatcher: MailDispatcher, people: People, inbox: Inbox) -> None:
    person = people.add()
    ids = [write(people.db, person) for _ in range(3)]
    inbox.answers["DATA"] = ["250 OK", CUT]

    dispatcher.run_once()
    assert states(people.db) == {OutboxState.SENT: 1, OutboxState.PENDING: 2}
    with clock.shifted(timedelta(seconds=41)):
        dispatcher.run_once()

    assert sorted(inbox.ids) == sorted(f"<{people.mail(mail_id).message_id}@localhost>" for mail_id in ids)


def test_a_slow_server_stops_the_batch(
    sqlite_db: Database, smtp_settings: Settings, people: People, inbox: Inbox
) -> None:
    person = people.add()
    ids = [write(people.db, person) for _ in range(2)]
    inbox.delay = 3
    hasty = smtp_settings.model_copy(update={"smtp_timeout": 0.2})

    MailDispatcher(sqlite_db, hasty, SmtpTransport(hasty)).run_once()

    assert [people.mail(mail_id).attempts for mail_id in ids] == [1, 0]
    assert people.mail(ids[0]).last_error == "Server surat tidak menjawab dalam batas waktu."


def test_what_was_sent_is_not_sent_again_when_it_could_not_be_marked(
    dispatcher: MailDispatcher, people: People, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.add()
    for _ in range(2):
        write(people.db, person)
    mark = mail_leases.mark_sent

    def locked(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(mail_leases, "mark_sent", locked)
    for _ in range(2):
        with pytest.raises(OperationalError):
            dispatcher.run_once()
    assert len(inbox.received) == 1
    monkeypatch.setattr(mail_leases, "mark_sent", mark)

    with clock.shifted(timedelta(hours=1)):
        dispatcher.run_once()

    assert len(set(inbox.ids)) == len(inbox.ids) == 2
    assert states(people.db) == {OutboxState.SENT: 2}


def test_a_mail_that_kills_its_process_each_time_is_given_up(
    sqlite_db: Database, dispatcher: MailDispatcher, people: People, inbox: Inbox
) -> None:
    mail_id = write(people.db, people.add())
    lease = timedelta(seconds=10)
    for crash in range(mail_leases.MAX_ATTEMPTS):
        with clock.shifted(crash * lease), sqlite_db.begin() as session:
            assert mail_leases.claim(session, f"crashing-{crash}", limit=1, lease=lease) == [mail_id]

    with clock.shifted(mail_leases.MAX_ATTEMPTS * lease):
        dispatcher.run_once()

    assert people.mail(mail_id).state is OutboxState.FAILED
    assert people.mail(mail_id).last_error == "Pengiriman terputus sebelum hasilnya diketahui."
    assert inbox.received == []


# Several at once ---------------------------------------------------------------------------------


def test_parallel_dispatchers_send_each_mail_exactly_once(db: Database, smtp_settings: Settings, inbox: Inbox) -> None:
    people = settle(db)
    person = people.add()
    total = 4 * BATCH + 7
    with db.begin() as session:
        for _ in range(total):
            enqueue(session, MailKind.ACTIVATED, account_id=person.account_id)
    start = threading.Barrier(3)

    def work() -> None:
        transport = SmtpTransport(smtp_settings)
        one = MailDispatcher(db, smtp_settings, transport)
        start.wait()
        while one.run_once():
            pass
        transport.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(inbox.ids) == len(set(inbox.ids)) == total
    assert states(db) == {OutboxState.SENT: total}


class Watching:
    """A transport that looks at the outbox while it sends."""

    def __init__(self, seen: list[int], db: Database) -> None:
        self.seen = seen
        self.db = db

    def send(self, message: EmailMessage, recipient: str) -> None:
        with self.db.begin() as session:
            self.seen.append(len(mail_leases.claim(session, "other", limit=100, lease=timedelta(minutes=1))))

    def close(self) -> None:
        pass


def test_a_long_batch_renews_its_lease(
    sqlite_db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hours(Watching):
        """Each mail takes longer than half of the lease."""

        def send(self, message: EmailMessage, recipient: str) -> None:
            super().send(message, recipient)
            passed[0] += dispatcher._lease_seconds * 0.6

    passed = [0.0]
    begin, monotonic = clock.now(), time.monotonic()
    monkeypatch.setattr(clock, "_source", lambda: begin + timedelta(seconds=passed[0]))
    monkeypatch.setattr("mysapk_web.app.mail_dispatcher.time.monotonic", lambda: monotonic + passed[0])
    person = people.add()
    for _ in range(4):
        write(people.db, person)
    seen: list[int] = []
    dispatcher = MailDispatcher(sqlite_db, settings, Hours(seen, sqlite_db))

    dispatcher.run_once()

    assert seen == [0, 0, 0, 0]
    assert states(people.db) == {OutboxState.SENT: 4}


def test_mails_that_somebody_else_took_over_are_left_alone(
    sqlite_db: Database, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Frozen(Watching):
        """The process was suspended for an hour while it sent the first mail."""

        def send(self, message: EmailMessage, recipient: str) -> None:
            passed[0] += 3600
            super().send(message, recipient)

    passed = [0.0]
    begin, monotonic = clock.now(), time.monotonic()
    monkeypatch.setattr(clock, "_source", lambda: begin + timedelta(seconds=passed[0]))
    monkeypatch.setattr("mysapk_web.app.mail_dispatcher.time.monotonic", lambda: monotonic + passed[0])
    person = people.add()
    for _ in range(3):
        write(people.db, person)
    seen: list[int] = []

    assert MailDispatcher(sqlite_db, settings, Frozen(seen, sqlite_db)).run_once() == 1

    assert seen == [3]
    assert states(people.db) == {OutboxState.SENT: 1, OutboxState.SENDING: 2}


def test_nobody_else_gets_what_is_claimed(sqlite_db: Database, settings: Settings, people: People) -> None:
    person = people.add()
    for _ in range(3):
        write(people.db, person)
    seen: list[int] = []

    MailDispatcher(sqlite_db, settings, Watching(seen, sqlite_db)).run_once()

    assert seen == [0, 0, 0]
    assert states(people.db) == {OutboxState.SENT: 3}
