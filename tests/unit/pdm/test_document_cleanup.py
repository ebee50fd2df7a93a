"""What is cleared away goes to a trash and comes back; nothing goes while the database is older than the folder, whoever dies."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, make_url, text
from sqlmodel import col, select, update
from structlog.testing import capture_logs

from mysapk_web.pdm import document_cleanup
from mysapk_web.pdm.document_cleanup import clean_up_batch, compare_batch
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import clock, document_store, jobs
from mysapk_web.platform.database import Database
from mysapk_web.platform.document_store import DocumentMissingError
from mysapk_web.platform.tables.job import Job
from tests.support.attempts import together
from tests.support.document_shelf import Shelf, name_of
from tests.support.portal import START, after, days, hours

ROOT = Path(__file__).parents[3]


@contextmanager
def dump(db: Database, tmp_path: Path) -> Iterator[Database]:
    """The database as it is now, as one that can be served later."""
    url = make_url(db.url)
    if db.is_sqlite:
        with sqlite3.connect(str(url.database)) as now, sqlite3.connect(tmp_path / "dump.db") as then:
            now.backup(then)
        copy = f"sqlite:///{tmp_path}/dump.db"
    else:
        db.dispose()
        name = f"{url.database}_dump"
        server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'))
        server.dispose()
        copy = url.set(database=name).render_as_string(hide_password=False)
    older = Database(copy)
    yield older
    older.dispose()


# Trash ---------------------------------------------------------------------------------------------------------------


def test_what_nobody_needs_goes_to_the_trash_of_the_day_and_is_gone_after_thirty(shelf: Shelf) -> None:
    number = shelf.add(b"lama")
    shelf.remove(number)
    shelf.clear()
    assert (shelf.in_place(), shelf.trash()) == ({name_of(b"lama")}, {})
    with after(2 * hours):
        shelf.clear()
        day = f"{clock.now():%Y-%m-%d}"
    assert (shelf.in_place(), shelf.trash()) == (set(), {name_of(b"lama"): day})
    with after(30 * days):
        shelf.clear()
        assert shelf.trash() == {name_of(b"lama"): day}
    with after(31 * days + 2 * hours):
        shelf.clear()
    assert list((shelf.folder / "trash").iterdir()) == []


def test_how_long_the_trash_is_kept_is_a_setting(shelf: Shelf) -> None:
    shelf.settings = shelf.settings.model_copy(update={"document_trash_days": 2})
    shelf.remove(shelf.add(b"lama"))
    with after(2 * hours):
        shelf.clear()
    with after(2 * days):
        shelf.clear()
        assert shelf.trash()
    with after(3 * days + 2 * hours):
        shelf.clear()
    assert shelf.trash() == {}


def test_what_is_read_comes_back_from_the_trash(shelf: Shelf) -> None:
    number = shelf.add(b"asli")
    with after(2 * hours):
        assert document_store.move_to_trash(shelf.folder, name_of(b"asli"), clock.now())
    assert shelf.in_place() == set()
    with capture_logs() as lines:
        assert shelf.read(number) == b"asli"
    assert [line["event"] for line in lines] == ["document.restored"]
    assert shelf.in_place() == {name_of(b"asli")}
    with pytest.raises(DocumentMissingError):
        document_store.read(shelf.folder, name_of(b"tidak ada"))


def test_the_trash_is_not_emptied_of_what_is_needed_after_all(shelf: Shelf) -> None:
    shelf.add(b"asli")
    with after(2 * hours):
        document_store.move_to_trash(shelf.folder, name_of(b"asli"), clock.now())
    with after(40 * days):
        shelf.clear()
    assert (shelf.in_place(), shelf.trash()) == ({name_of(b"asli")}, {})
    assert shelf.holds_all()


def test_a_file_that_is_put_in_place_again_meanwhile_stays_and_its_row_is_looked_at_later(shelf: Shelf) -> None:
    shelf.remove(shelf.add(b"sama"))
    with after(2 * hours):
        shelf.file(b"sama")
        shelf.clear()
        assert shelf.in_place() == {name_of(b"sama")}
    with after(4 * hours):
        shelf.clear()
    assert shelf.in_place() == set()


# By rows and by files ------------------------------------------------------------------------------------------------


def test_the_sweep_asks_no_query_for_each_file(shelf: Shelf) -> None:
    for number in range(60):
        kept, gone = shelf.add(b"tetap %d" % number), shelf.add(b"pergi %d" % number)
        assert kept < gone
        shelf.remove(gone)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(shelf.db.engine, "before_cursor_execute", note)
    with after(2 * hours):
        shelf.clear()
        shelf.compare()
    event.remove(shelf.db.engine, "before_cursor_execute", note)
    assert len(shelf.in_place()) == 60
    assert len(asked) < 40
    with shelf.db.read() as s:
        assert s.exec(select(Document.id).where(col(Document.sweep_at).is_not(None))).all() == []


def test_batches_and_steps_come_to_the_same_end(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cleanup, "BATCH", 3)
    monkeypatch.setattr(document_cleanup, "COMPARED", 3)
    for number in range(11):
        shelf.add(b"tetap %d" % number)
        shelf.remove(shelf.add(b"pergi %d" % number))
        shelf.file(b"tanpa baris %d" % number)
    with after(2 * hours):
        shelf.clear()
        assert len(shelf.trash()) == 11
        shelf.compare()
        assert len(shelf.trash()) == 22
    assert shelf.holds_all()
    with after(60 * days):
        shelf.clear()
    assert shelf.trash() == {}


def test_a_file_without_a_row_waits_for_the_comparison_of_the_week(shelf: Shelf) -> None:
    shelf.compare()
    shelf.file(b"batal")
    with after(3 * days):
        shelf.clear()
        shelf.compare()
        assert shelf.in_place() == {name_of(b"batal")}
    with after(8 * days):
        shelf.compare()
    assert shelf.in_place() == set()
    assert set(shelf.trash()) == {name_of(b"batal")}


def test_what_belongs_to_nobody_in_the_folder_is_left_alone(shelf: Shelf) -> None:
    foreign = [
        shelf.folder / "ab" / "cd" / "catatan.pdf",
        shelf.folder / "README",
        shelf.folder / "trash" / "x" / "y.pdf",
    ]
    misplaced = shelf.folder / "00" / "00" / f"{name_of(b'x')}.pdf"
    for path in (*foreign, misplaced):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    with after(60 * days):
        shelf.clear()
        shelf.compare()
    assert all(path.exists() for path in (*foreign, misplaced))


# The database is older than the folder -------------------------------------------------------------------------------


def test_a_server_on_an_older_dump_removes_nothing_however_long_it_runs(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(b"pertama")
    replaced = shelf.add(b"dipakai lagi")
    shelf.remove(replaced)
    with dump(shelf.db, tmp_path) as older_db:
        with after(hours):
            shelf.add(b"baru")
            shelf.add(b"dipakai lagi", shelf.propose())
        older = shelf.of(older_db)
        assert "older" in older.fault()
        with after(9 * days), capture_logs() as lines:
            older.clear()
            older.compare()
            for number in range(4):  # its numbers reach and pass those of the newer one
                older.add(b"di basis data lama %d" % number)
        with after(20 * days):
            older.clear()
            older.compare()
        assert shelf.trash() == {}
        assert [line["event"] for line in lines].count("documents.not_cleared") == 2
        assert older.fault()
        assert older.holds_all()
    assert shelf.fault() == ""
    assert shelf.holds_all()
    with after(40 * days):
        shelf.clear()
        shelf.compare()
        assert shelf.holds_all()


def test_an_older_database_that_is_to_stay_is_cleared_again_once_the_operator_says_so(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add(b"pertama")
    with dump(shelf.db, tmp_path) as older_db:
        shelf.add(b"baru")
        older = shelf.of(older_db)
        (shelf.folder / document_store.MARKER).unlink()
        assert older.fault() == ""
        with after(8 * days):
            older.clear()
            older.compare()
        assert (older.in_place(), set(older.trash())) == ({name_of(b"pertama")}, {name_of(b"baru")})


def test_an_empty_database_beside_a_full_folder_removes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    with dump(shelf.db, tmp_path) as empty_db:
        shelf.add(b"asli")
        empty = shelf.of(empty_db)
        with after(60 * days):
            empty.clear()
            empty.compare()
    assert shelf.in_place() == {name_of(b"asli")}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"document": "x"}', b"\xff", b'{"document": 1, "sha256": "a", "uploaded_at": 7}']
)
def test_a_marker_that_cannot_be_read_stops_the_clearing_and_is_told(shelf: Shelf, content: bytes) -> None:
    shelf.remove(shelf.add(b"lama"))
    (shelf.folder / document_store.MARKER).write_bytes(content)
    with after(2 * hours):
        shelf.clear()
        shelf.compare()
    assert shelf.in_place() == {name_of(b"lama")}
    assert document_store.MARKER in shelf.fault()


# Whoever dies or hurries ---------------------------------------------------------------------------------------------

SLOW = """
import sys, time
from datetime import timedelta
from mysapk_web.pdm import document_cleanup
from mysapk_web.platform import clock, document_store
from mysapk_web.platform.database import Database
from mysapk_web.settings import get_settings
real = document_store.move_to_trash
def discard(*given):
    done = real(*given)
    print("moved", flush=True)
    time.sleep(0.02)
    return done
document_store.move_to_trash = discard
clock._source = lambda at=clock.now() + timedelta(days=int(sys.argv[2])): at
db = Database(sys.argv[1])
while True:
    document_cleanup.clean_up_batch(db, get_settings())
    document_cleanup.compare_batch(db, get_settings())
"""


@pytest.mark.parametrize("after_moves", [1, 7, 20])
def test_killed_in_the_middle_nothing_is_lost_and_the_next_goes_on(
    shelf: Shelf, db_url: str, after_moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_source", clock._system)
    for number in range(30):
        shelf.add(b"tetap %d" % number)
        shelf.remove(shelf.add(b"pergi %d" % number))
        shelf.file(b"tanpa baris %d" % number)
    environment = os.environ | {"MYSAPK_DOCUMENT_DIR": str(shelf.folder)}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, db_url, "2"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        for _ in range(after_moves):
            assert worker.stdout.readline() == b"moved\n"
        worker.send_signal(signal.SIGKILL)
    assert shelf.holds_all()
    with clock.shifted(timedelta(days=2)):
        shelf.clear()
        shelf.compare()
    assert len(shelf.in_place()) == 30
    assert len(shelf.trash()) == 60
    assert shelf.holds_all()


def test_several_servers_at_one_moment_while_people_upload(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cleanup, "BATCH", 5)
    monkeypatch.setattr(document_cleanup, "COMPARED", 5)
    for number in range(20):
        shelf.add(b"tetap %d" % number)
        shelf.remove(shelf.add(b"pergi %d" % number))
        shelf.file(b"tanpa baris %d" % number)

    def work(which: int) -> None:
        if which < 2:
            for number in range(20):
                shelf.add((b"pergi %d", b"tanpa baris %d")[which] % number)
        else:
            for _ in range(15):
                clean_up_batch(shelf.db, shelf.settings)
                compare_batch(shelf.db, shelf.settings)

    with after(2 * hours):
        assert [each for each in together(5, work) if each is not None] == []
        shelf.clear()
        shelf.compare()
    assert len(shelf.in_place()) == 60
    assert shelf.holds_all()


def test_one_process_does_it_at_a_time(shelf: Shelf) -> None:
    if shelf.db.is_sqlite:
        pytest.skip("whoever writes holds the whole database")
    shelf.remove(shelf.add(b"lama"))
    with after(2 * hours), shelf.db.begin() as holder:
        jobs.acquire_job_lock(holder, jobs.DOCUMENTS)
        jobs.acquire_job_lock(holder, jobs.COMPARISON)
        assert clean_up_batch(shelf.db, shelf.settings) == 0
        assert not compare_batch(shelf.db, shelf.settings)
        assert shelf.in_place() == {name_of(b"lama")}


ACTS: dict[str, Callable[[Shelf, bytes, int], object]] = {
    "upload": lambda shelf, content, _: shelf.add(content),
    "file only": lambda shelf, content, _: shelf.file(content),
    "remove": lambda shelf, _, which: (
        shelf.remove(sorted(shelf.contents)[which % len(shelf.contents)]) if shelf.contents else None
    ),
    "clear": lambda shelf, _, __: shelf.clear(),
    "compare": lambda shelf, _, __: shelf.compare(),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 3), st.integers(0, 200)), max_size=25))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_what_is_needed_can_be_read_and_the_rest_goes(
    shelf: Shelf, steps: list[tuple[str, int, int]]
) -> None:
    with shelf.db.begin() as s:
        s.execute(update(Document).values(removed_at=START, sweep_at=START))
        s.execute(update(Job).where(col(Job.name) == jobs.COMPARISON).values(note={}))
    shutil.rmtree(shelf.folder, ignore_errors=True)
    shelf.contents.clear()
    at = timedelta()
    for act, which, minutes in steps:
        at += timedelta(minutes=minutes)
        with clock.shifted(at):
            ACTS[act](shelf, b"isi %d" % which, which)
        assert shelf.holds_all()
    for late in (timedelta(days=8), timedelta(days=16)):
        with clock.shifted(at + late):
            shelf.clear()
            shelf.compare()
    assert shelf.in_place() == {name_of(content) for content in shelf.contents.values()}
    assert shelf.holds_all()


def test_a_withdrawn_proposal_takes_along_what_nobody_else_needs(shelf: Shelf) -> None:
    shared, own = shelf.add(b"bersama"), shelf.add(b"sendiri")
    other = shelf.add(b"bersama", shelf.propose())
    with shelf.db.begin() as s:
        s.get_one(Proposal, shelf.proposal).state = ProposalState.DIHAPUS
        s.execute(update(Document).where(col(Document.proposal_id) == shelf.proposal).values(sweep_at=START))
    with after(2 * hours):
        shelf.clear()
    assert shelf.in_place() == {name_of(b"bersama")}
    assert shelf.read(other) == b"bersama"
    assert shared < own < other
