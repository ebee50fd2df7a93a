"""What has served its time goes, what is still needed stays."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, func, select

from mysapk_web.accounts.tables import ResetRequest, UserSession
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.app import retention
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.portal import Portal


def rows(db: Database, table: type) -> int:
    with db.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def swept(db: Database) -> None:
    while True:
        with db.begin() as session:
            if not retention.sweep(session):
                return


def test_what_is_needed_stays(portal: Portal) -> None:
    portal.browser().ask(portal.ani)
    portal.browser().enter(portal.ani)
    before = {table: rows(portal.db, table) for table in (ResetRequest, UserSession, OutboxMail, AuditEvent)}
    swept(portal.db)
    assert {table: rows(portal.db, table) for table in before} == before


def test_old_imports_go_with_their_rows_and_open_requests_stay(both: Portal) -> None:
    now = clock.now()
    with both.db.begin() as session:
        done = {"source": RunSource.API, "state": RunState.DONE}
        session.add(ImportRun(id=1, file_name="x", file_hash="x", created_at=now, **done))
        for position in range(3):
            session.add(ImportRow(run_id=1, position=position, line=1, nip="x", verdict=EmailRowVerdict.READY))
        for pegawai_id, state in (
            (both.ani.pegawai_id, RequestState.OPEN),
            (None, RequestState.OPEN),
            (both.ani.pegawai_id, RequestState.REFUSED),
        ):
            session.add(
                EmailRequest(
                    pegawai_id=pegawai_id, nip="1", name="x", old_email="", new_email="x", state=state, created_at=now
                )
            )
    with clock.shifted(timedelta(days=89)):
        swept(both.db)
    assert [rows(both.db, table) for table in (ImportRun, ImportRow, EmailRequest)] == [1, 3, 3]
    with clock.shifted(timedelta(days=91)):
        swept(both.db)
    assert [rows(both.db, table) for table in (ImportRun, ImportRow, EmailRequest)] == [0, 0, 1]


def test_what_is_old_goes_and_the_trail_stays(both: Portal) -> None:
    both.browser().ask(both.ani)
    both.browser().enter(both.ani)
    with both.db.begin() as session:
        failed = session.exec(select(OutboxMail)).first()
        assert failed is not None
        failed.state = OutboxState.FAILED
        session.add(
            OutboxMail(
                template="uji", created_at=clock.now(), due_at=clock.now(), message_id="x", state=OutboxState.SENT
            )
        )
    trail = rows(both.db, AuditEvent)
    with clock.shifted(timedelta(days=100)):
        swept(both.db)
    assert [rows(both.db, table) for table in (ResetRequest, UserSession, Counter)] == [0, 0, 0]
    with both.db.read() as session:
        states = set(
            session.exec(select(OutboxMail.state).where(col(OutboxMail.state).in_(["gagal", "terkirim"]))).all()
        )
    assert states == {OutboxState.FAILED}
    assert rows(both.db, AuditEvent) == trail
