"""Claims, leases and waits of the outbox, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from mysapk_web.app import mail_leases
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState

LEASE = timedelta(minutes=2)


def fill(db: Database, count: int) -> list[int]:
    with db.begin() as session:
        mails = [
            enqueue(
                session,
                MailKind.TEST,
                account_id=None,
                recipient="budi@example.go.id",
                due_at=clock.now() - timedelta(seconds=count - number),
            )
            for number in range(count)
        ]
        session.flush()
        return [mail.id or 0 for mail in mails]


def claim(db: Database, worker: str, limit: int = 10) -> list[int]:
    with db.begin() as session:
        return mail_leases.claim(session, worker, limit=limit, lease=LEASE)


def one(session: Session) -> OutboxMail:
    return session.exec(select(OutboxMail)).one()


def test_a_claim_takes_the_oldest_first_and_no_more_than_asked(db: Database) -> None:
    ids = fill(db, 5)

    assert claim(db, "a", limit=2) == ids[:2]
    assert claim(db, "b", limit=2) == ids[2:4]
    assert claim(db, "a", limit=2) == ids[4:]
    assert claim(db, "b", limit=2) == []


def test_two_open_claims_do_not_meet(postgres_url: str) -> None:
    db = Database(postgres_url, pool_size=4)
    ids = fill(db, 4)

    with db.begin() as first, db.begin() as second:
        mine = mail_leases.claim(first, "a", limit=2, lease=LEASE)
        others = mail_leases.claim(second, "b", limit=4, lease=LEASE)

    assert (mine, others) == (ids[:2], ids[2:])
    db.dispose()


def test_something_is_due_while_it_waits_or_its_lease_has_run_out(db: Database) -> None:
    with db.read() as session:
        assert not mail_leases.has_due_mail(session)
    fill(db, 1)
    with db.read() as session:
        assert mail_leases.has_due_mail(session)
    claim(db, "a")
    with db.read() as session:
        assert not mail_leases.has_due_mail(session)
        with clock.shifted(LEASE):
            assert mail_leases.has_due_mail(session)


def test_a_lease_that_ran_out_counts_as_an_attempt(db: Database) -> None:
    ids = fill(db, 1)
    claim(db, "a")

    with clock.shifted(LEASE):
        assert claim(db, "b") == ids

    with db.begin() as session:
        assert (one(session).attempts, one(session).claimed_by) == (1, "b")


def test_a_renewed_lease_keeps_others_away(db: Database) -> None:
    ids = fill(db, 1)
    claim(db, "a")
    with clock.shifted(LEASE - timedelta(seconds=1)), db.begin() as session:
        assert mail_leases.renew(session, "a", ids, lease=LEASE) == set(ids)

    with clock.shifted(LEASE * 1.5):
        assert claim(db, "b") == []


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_lease_that_ran_out_is_not_renewed(db: Database, taken_over: bool) -> None:
    ids = fill(db, 1)
    claim(db, "a")
    with clock.shifted(LEASE):
        if taken_over:
            claim(db, "b")
        with db.begin() as session:
            assert mail_leases.renew(session, "a", ids, lease=LEASE) == set()


def test_who_lost_the_claim_neither_sends_nor_marks(db: Database) -> None:
    (mail_id,) = fill(db, 1)
    claim(db, "a")
    with clock.shifted(LEASE):
        claim(db, "b")
    gone = mail_leases.SkippedMail(OutboxState.OBSOLETE, "usang")

    with db.begin() as session:
        assert mail_leases.prepare(session, "a", mail_id) is None
        assert mail_leases.mark_retry(session, "a", mail_id, reason="x") is None
        mail_leases.mark_rejected(session, "a", mail_id, reason="x")
        mail_leases.mark_skipped(session, "a", mail_id, gone)
        mail_leases.release(session, "a", [mail_id], reason="x")

    with db.begin() as session:
        mail = one(session)
        assert (mail.state, mail.claimed_by) == (OutboxState.SENDING, "b")
        assert isinstance(mail_leases.prepare(session, "b", mail_id), mail_leases.ClaimedMail)


def test_what_was_sent_stays_sent_whoever_holds_the_claim(db: Database) -> None:
    (mail_id,) = fill(db, 1)
    claim(db, "a")
    with clock.shifted(LEASE):
        claim(db, "b")
    with db.begin() as session:
        mail_leases.mark_sent(session, [mail_id])

    with db.begin() as session:
        assert mail_leases.prepare(session, "b", mail_id) is None
        assert mail_leases.mark_retry(session, "b", mail_id, reason="x") is None
    with db.begin() as session:
        assert one(session).state is OutboxState.SENT


def test_a_released_mail_can_be_claimed_at_once_and_costs_no_attempt(db: Database) -> None:
    ids = fill(db, 1)
    claim(db, "a")
    with db.begin() as session:
        mail_leases.release(session, "a", ids, reason="Server surat menolak sambungan.")

    assert claim(db, "b") == ids
    with db.begin() as session:
        assert (one(session).attempts, one(session).last_error) == (0, "Server surat menolak sambungan.")


@given(st.integers(1, 200))
def test_waits_lie_between_half_a_minute_and_an_hour(attempts: int) -> None:
    wait = mail_leases.retry_after(attempts)

    assert timedelta(seconds=30) <= wait <= timedelta(hours=1)


@given(st.integers(1, 6))
def test_waits_grow_while_they_double(attempts: int) -> None:
    assert mail_leases.retry_after(attempts) < mail_leases.retry_after(attempts + 1)


def test_waits_are_spread() -> None:
    assert len({mail_leases.retry_after(3) for _ in range(20)}) > 10
