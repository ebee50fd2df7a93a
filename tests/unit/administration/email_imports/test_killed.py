"""A worker that is killed in the middle leaves whole chunks only, and the next one goes on: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func, select

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports import worker as admin_worker
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, executors
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.leases import release
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.support.address_lists import Lists

PEOPLE = 600
CHUNK = 20
SLOW_WORKER = """
import sys, time
from pathlib import Path
from mysapk_web.platform.database import Database
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.platform.imports import apply, parse, worker
apply.CHUNK = parse.CHUNK = {chunk}
worker.process_waiting(Database(sys.argv[1]), KINDS, "victim", Path(sys.argv[2]))
"""


def nip(number: int) -> str:
    return f"19850315{2001 + number // 900}011{number % 900 + 1:03d}"


def hire(session: Session, lists: Lists) -> None:
    """Many people in one unit."""
    unit = lists.office.pegawai("ani")
    people = [
        {
            "id": 1000 + n,
            "nip": nip(n),
            "name": f"Pegawai {n}",
            "title_prefix": "",
            "title_suffix": "",
            "jenis": JenisPegawai.PNS,
            "gender": "",
            "instansi_id": unit.instansi_id,
            "unor_id": unit.unor_id,
            "email": f"lama.{n}@k1.example.go.id",
            "email_key": f"lama.{n}@k1.example.go.id",
        }
        for n in range(PEOPLE)
    ]
    bulk.insert_many(session, Pegawai, people)
    accounts = [
        {"id": 1000 + n, "pegawai_id": 1000 + n, "disabled_reason": "", "version": 1, "totp_last_step": 0}
        for n in range(PEOPLE)
    ]
    bulk.insert_many(session, Account, accounts)


def changed(db: Database) -> int:
    with db.read() as session:
        return session.exec(
            select(func.count()).select_from(Pegawai).where(col(Pegawai.email_key).startswith("baru."))
        ).one()


def run_and_kill(lists: Lists, run_id: int, url: str, *, when: str) -> int:
    """Kill a worker as soon as the step has begun to show; gives how far it was."""
    script = SLOW_WORKER.format(chunk=CHUNK)
    with subprocess.Popen(
        [sys.executable, "-c", script, url, str(lists.folder)], cwd=Path(__file__).parents[4]
    ) as worker:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and worker.poll() is None:
            run = lists.run(run_id)
            if (run.total if when == "reading" else run.applied) >= 3 * CHUNK:
                break
            time.sleep(0.005)
        worker.send_signal(signal.SIGKILL)
    with lists.office.db.begin() as session:
        release(session, "victim")
    run = lists.run(run_id)
    return run.total if when == "reading" else run.applied


@pytest.fixture
def crowd(lists: Lists) -> Lists:
    with lists.office.db.begin() as session:
        hire(session, lists)
    return lists


def begin(crowd: Lists) -> int:
    rows = [(nip(n), f"baru.{n}@k1.example.go.id") for n in range(PEOPLE)]
    return crowd.office.do(create.begin, crowd.office.actor("taufik"), EMAIL_IMPORT, crowd.upload(*rows))


def test_killed_while_it_applies(crowd: Lists, db_url: str) -> None:
    run_id = begin(crowd)
    crowd.work()
    crowd.office.do(actions.apply, crowd.office.actor("taufik"), run_id)
    applied = run_and_kill(crowd, run_id, db_url, when="applying")
    assert 0 < applied < PEOPLE, "it was too fast to be killed"
    assert applied % CHUNK == 0
    assert changed(crowd.office.db) == applied
    crowd.work()
    assert (crowd.state(run_id), crowd.run(run_id).applied, changed(crowd.office.db)) == (RunState.DONE, PEOPLE, PEOPLE)
    with crowd.office.db.read() as session:
        versions = session.exec(select(Account.version).where(col(Account.id) >= 1000)).all()
        letters = session.exec(select(func.count()).select_from(OutboxMail)).one()
        events = session.exec(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == AuditTag.EMAIL_CHANGED)
        ).one()
    assert (set(versions), letters, events) == ({2}, 2 * PEOPLE, PEOPLE)


def test_killed_while_it_reads(crowd: Lists, db_url: str) -> None:
    run_id = begin(crowd)
    read = run_and_kill(crowd, run_id, db_url, when="reading")
    assert 0 < read < PEOPLE, "it was too fast to be killed"
    crowd.work()
    assert (crowd.state(run_id), crowd.run(run_id).counts) == (RunState.READY, {"siap": PEOPLE})
    assert len(crowd.verdicts(run_id)) == PEOPLE
    assert changed(crowd.office.db) == 0


def test_killed_while_it_undoes(crowd: Lists, db_url: str) -> None:
    run_id = begin(crowd)
    crowd.work()
    crowd.apply("taufik", run_id)
    crowd.office.do(actions.undo, crowd.office.actor("taufik"), run_id)
    script = SLOW_WORKER.format(chunk=CHUNK)
    with subprocess.Popen(
        [sys.executable, "-c", script, db_url, str(crowd.folder)], cwd=Path(__file__).parents[4]
    ) as worker:
        deadline = time.monotonic() + 60
        while crowd.run(run_id).undone < 3 * CHUNK and time.monotonic() < deadline:
            time.sleep(0.005)
        worker.send_signal(signal.SIGKILL)
    with crowd.office.db.begin() as session:
        release(session, "victim")
    undone = crowd.run(run_id).undone
    assert 0 < undone < PEOPLE
    assert changed(crowd.office.db) == PEOPLE - undone
    crowd.work()
    assert (crowd.state(run_id), changed(crowd.office.db)) == (RunState.UNDONE, 0)
    with crowd.office.db.read() as session:
        assert session.get_one(ImportRun, run_id).undone == PEOPLE


STANDS_STILL = """#!{python}
import sys, time
from mysapk_web.platform.database import Database
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.platform.imports.leases import claim
with Database({url!r}).begin() as session:
    claim(session, sys.argv[-1], KINDS)
time.sleep(60)
"""


def test_a_server_that_stops_takes_its_worker_along_and_leaves_the_run_to_the_next_at_once(
    crowd: Lists, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(crowd)
    program = tmp_path / "worker"
    program.write_text(STANDS_STILL.format(python=sys.executable, url=db_url))
    program.chmod(0o700)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[4]))
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(executors, "database", lambda: crowd.office.db)

    async def serve_and_stop() -> None:
        serving = asyncio.create_task(admin_worker.run_once())
        for _ in range(600):
            await asyncio.sleep(0.05)
            if crowd.run(run_id).claimed_by:
                break
        assert crowd.run(run_id).attempts == 1
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving

    asyncio.run(serve_and_stop())
    run = crowd.run(run_id)
    assert (run.claimed_by, run.claimed_until, run.attempts, run.tries) == ("", None, 0, 0)
    assert run.state is RunState.READING


def test_a_server_stops_though_the_database_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "worker"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    asked = asyncio.Event()

    async def look(*_given: object) -> bool:
        asked.set()
        return True

    async def gone(*_given: object, **_more: object) -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(executors, "run_read_only", look)
    monkeypatch.setattr(executors, "run_in_transaction", gone)

    async def serve_and_stop() -> None:
        serving = asyncio.create_task(admin_worker.run_once())
        await asked.wait()
        await asyncio.sleep(0.3)
        serving.cancel()
        done, _ = await asyncio.wait({serving}, timeout=10)
        assert done
        assert serving.cancelled()

    asyncio.run(serve_and_stop())
