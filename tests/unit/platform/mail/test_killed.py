"""A process killed between sending and marking: no mail is lost, one at most arrives twice and can be recognised."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.settings import Settings
from tests.support.mail import Inbox, settle

WORKER = Path(__file__).with_name("stalling_worker.py")
ROOT = Path(__file__).parents[3]


def test_kill_between_send_and_mark(db: Database, db_url: str, smtp_settings: Settings, inbox: Inbox) -> None:
    person = settle(db).add()
    with db.begin() as session:
        for _ in range(8):
            enqueue(session, MailKind.PASSWORD_CHANGED, account_id=person.account_id, how="reset")

    with subprocess.Popen(
        [sys.executable, str(WORKER), db_url, str(inbox.port)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as worker:
        assert worker.stdout is not None
        assert "sent, not marked\n" in worker.stdout
        worker.kill()
    assert len(inbox.received) == 3

    transport = SmtpTransport(smtp_settings)
    survivor = MailDispatcher(db, smtp_settings, transport)
    assert survivor.run_once() == 0, "the lease of the dead process still runs"
    with clock.shifted(timedelta(minutes=10)):
        while survivor.run_once():
            pass
    transport.close()

    with db.begin() as session:
        mails = session.exec(select(OutboxMail)).all()
    counted = Counter(inbox.ids)
    assert set(counted) == {f"<{mail.message_id}@localhost>" for mail in mails}
    assert sorted(counted.values()) == [1, 1, 1, 1, 1, 1, 1, 2]
    assert {mail.state for mail in mails} == {OutboxState.SENT}
