"""Whatever happens to people and accounts, the counts are those of a recount."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from mysapk_web.app.maintenance import is_recount_requested
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.job import Job
from mysapk_web.progress import headcount
from mysapk_web.progress.rules import COUNTRY, Measure
from mysapk_web.progress.tables import Headcount, HeadcountDay, HeadcountDelta

NOW = datetime(2026, 8, 24, 2, 0, tzinfo=UTC)
TREES = ((0, (1, 2, 3), 4), (5, 6))
"""Units 0 to 4 of the first agency, 5 and 6 of the second."""


@dataclass
class Rolls:
    """Two agencies with small trees, and everything that may happen to people in them."""

    db: Database
    units: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    _number: int = 0

    def settle(self) -> Rolls:
        with self.db.begin() as s:
            for table in ("akun", "pegawai", "unor", "instansi", "hitungan", "hitungan_langkah", "hitungan_harian"):
                s.execute(text(f"DELETE FROM {table}"))
            for number, tree in enumerate(TREES):
                instansi = Instansi(code=f"73{number}", name=f"Instansi {number}")
                s.add(instansi)
                s.flush()
                self._grow(s, instansi.id or 0, tree[0], None, "", tree[1:])
            s.execute(update(Job).values(asked=False))
        return self

    def _grow(self, s: Session, instansi: int, number: int, above: int | None, path: str, below: Any) -> None:
        unor = Unor(instansi_id=instansi, parent_id=above, code=str(number), name=f"Unit {number}", path="")
        s.add(unor)
        s.flush()
        unor.path = f"{path}{unor.id}/"
        s.flush()
        self.units.append(unor.id or 0)
        for child in below:
            head, rest = (child[0], child[1:]) if isinstance(child, tuple) else (child, ())
            self._grow(s, instansi, head, unor.id, unor.path, rest)

    # What may happen ---------------------------------------------------------------------------

    def come(self, s: Session, unit: int, jenis: JenisPegawai, *, email: bool, active: bool) -> None:
        self._number += 1
        instansi = s.get_one(Unor, self.units[unit % len(self.units)]).instansi_id
        pegawai = Pegawai(
            nip=f"{self._number:018d}",
            name=f"Orang {self._number}",
            jenis=jenis,
            instansi_id=instansi,
            unor_id=self.units[unit % len(self.units)],
            email_key=f"orang{self._number}@contoh.example.go.id" if email else None,
        )
        s.add(pegawai)
        s.flush()
        s.add(Account(pegawai_id=pegawai.id or 0, activated_at=NOW if active else None))
        s.flush()
        self.people.append(pegawai.id or 0)

    def _whom(self, which: int) -> int:
        return self.people[which % len(self.people)]

    def activate(self, s: Session, which: int, on: bool) -> None:
        self._account(s, which, activated_at=NOW if on else None)

    def disable(self, s: Session, which: int, on: bool) -> None:
        self._account(s, which, disabled_at=NOW if on else None)

    def _account(self, s: Session, which: int, **values: Any) -> None:
        s.execute(update(Account).where(col(Account.pegawai_id) == self._whom(which)).values(**values))

    def address(self, s: Session, which: int, on: bool) -> None:
        key = f"baru{self._whom(which)}@contoh.example.go.id" if on else None
        self._person(s, which, email_key=key)

    def move(self, s: Session, which: int, unit: int) -> None:
        there = self.units[unit % len(self.units)]
        self._person(s, which, unor_id=there, instansi_id=s.get_one(Unor, there).instansi_id)

    def become(self, s: Session, which: int, jenis: JenisPegawai) -> None:
        self._person(s, which, jenis=jenis)

    def _person(self, s: Session, which: int, **values: Any) -> None:
        s.execute(update(Pegawai).where(col(Pegawai.id) == self._whom(which)).values(**values))

    def leave(self, s: Session, which: int) -> None:
        gone = self._whom(which)
        s.execute(delete(Account).where(col(Account.pegawai_id) == gone))
        s.execute(delete(Pegawai).where(col(Pegawai.id) == gone))
        self.people.remove(gone)

    # What is counted ---------------------------------------------------------------------------

    def gather(self) -> None:
        while True:
            with self.db.begin() as s:
                if not headcount.fold_deltas(s):
                    return

    def count(self, unit: int, measure: Measure = Measure.PEOPLE) -> int:
        """Sums alone, as a page reads them when nothing is waiting."""
        with self.db.read() as s:
            counts = s.exec(
                select(Headcount.count).where(Headcount.unor_id == unit, Headcount.measure == measure)
            ).all()
        return sum(counts)


@pytest.fixture
def rolls(db: Database) -> Rolls:
    return Rolls(db).settle()


kinds = st.sampled_from(JenisPegawai)
numbers = st.integers(0, 40)
acts = st.one_of(
    st.tuples(st.just("come"), numbers, kinds, st.booleans(), st.booleans()),
    st.tuples(st.just("activate"), numbers, st.booleans()),
    st.tuples(st.just("disable"), numbers, st.booleans()),
    st.tuples(st.just("address"), numbers, st.booleans()),
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("become"), numbers, kinds),
    st.tuples(st.just("leave"), numbers),
    st.tuples(st.just("gather")),
    st.tuples(st.just("fail")),
)


def perform(rolls: Rolls, transaction: list[tuple[Any, ...]]) -> None:
    """One transaction; "fail" takes everything in it back."""
    known = list(rolls.people)
    try:
        with rolls.db.begin() as s:
            for name, *given_ in transaction:
                if name == "fail":
                    s.execute(text("no such statement"))
                elif name == "gather":
                    headcount.fold_deltas(s)
                elif name == "come":
                    unit, jenis, email, active = given_
                    rolls.come(s, unit, jenis, email=email, active=active)
                elif rolls.people:
                    getattr(rolls, name)(s, *given_)
    except DBAPIError:
        rolls.people[:] = known


@given(st.lists(st.lists(acts, min_size=1, max_size=6), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_acts_leaves_the_counts_of_a_recount(db: Database, transactions: list[list[Any]]) -> None:
    rolls = Rolls(db).settle()
    for transaction in transactions:
        perform(rolls, transaction)
        assert headcount.verify(db) == []

    rolls.gather()
    assert headcount.verify(db) == []
    with db.read() as s:
        assert s.exec(select(HeadcountDelta)).all() == []
        assert +headcount.HEADCOUNTS.stored(s) == headcount.recount(s)


def test_a_person_counts_in_the_own_unit_and_in_all_above(rolls: Rolls) -> None:
    with rolls.db.begin() as s:
        rolls.come(s, 2, JenisPegawai.PNS, email=True, active=True)
        rolls.come(s, 4, JenisPegawai.PPPK, email=False, active=False)
        rolls.come(s, 6, JenisPegawai.PNS, email=True, active=False)
    rolls.gather()

    assert [rolls.count(unit) for unit in rolls.units] == [2, 1, 1, 0, 1, 1, 1]
    assert rolls.count(COUNTRY) == 3
    assert rolls.count(COUNTRY, Measure.ACTIVE) == 1
    assert rolls.count(rolls.units[0], Measure.NO_EMAIL) == 1


def test_one_statement_for_many_people_counts_them_all(rolls: Rolls) -> None:
    with rolls.db.begin() as s:
        for _ in range(30):
            rolls.come(s, 3, JenisPegawai.PNS, email=True, active=False)
    with rolls.db.begin() as s:
        s.execute(update(Account).values(activated_at=NOW))
        s.execute(update(Pegawai).values(unor_id=rolls.units[4]))
    rolls.gather()

    assert rolls.count(rolls.units[4], Measure.ACTIVE) == 30
    assert rolls.count(rolls.units[3], Measure.ACTIVE) == 0
    assert headcount.verify(rolls.db) == []


def test_a_rebuild_repairs_whatever_was_broken(rolls: Rolls) -> None:
    with rolls.db.begin() as s:
        rolls.come(s, 2, JenisPegawai.PNS, email=True, active=True)
    rolls.gather()
    with rolls.db.begin() as s:
        s.execute(update(Headcount).values(count=7))
        s.add(HeadcountDelta(unor_id=rolls.units[0], jenis=JenisPegawai.CPNS, measure=Measure.PEOPLE, delta=3))

    broken = headcount.verify(rolls.db)
    assert {(row.stored, row.recounted) for row in broken} == {(7, 1), (3, 0)}
    headcount.rebuild(rolls.db)
    assert headcount.verify(rolls.db) == []
    assert rolls.count(COUNTRY) == 1


def test_a_unit_that_moves_asks_for_a_recount(rolls: Rolls) -> None:
    with rolls.db.begin() as s:
        rolls.come(s, 2, JenisPegawai.PNS, email=True, active=True)
    rolls.gather()
    with rolls.db.read() as s:
        assert not is_recount_requested(s)
    with rolls.db.begin() as s:
        moved = s.get_one(Unor, rolls.units[2])
        moved.parent_id, moved.path = rolls.units[4], f"{rolls.units[0]}/{rolls.units[4]}/{moved.id}/"

    with rolls.db.read() as s:
        assert is_recount_requested(s)
    headcount.rebuild(rolls.db)
    assert (rolls.count(rolls.units[1]), rolls.count(rolls.units[4])) == (0, 1)
    with rolls.db.read() as s:
        assert not is_recount_requested(s)


def test_each_day_keeps_what_it_ended_with(rolls: Rolls, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, (active, _) in enumerate(((False, 0), (True, 0), (True, 0))):
        monkeypatch.setattr(clock, "_source", lambda day=day: NOW + timedelta(days=day))
        with rolls.db.begin() as s:
            rolls.come(s, 1, JenisPegawai.PNS, email=True, active=active)
        rolls.gather()

    with rolls.db.read() as s:
        rows = s.exec(select(HeadcountDay).where(HeadcountDay.unor_id == COUNTRY).order_by(col(HeadcountDay.day))).all()
        s.expunge_all()
    assert [(row.day, row.count) for row in rows if row.measure is Measure.PEOPLE] == [
        (date(2026, 8, 24), 1),
        (date(2026, 8, 25), 2),
        (date(2026, 8, 26), 3),
    ]
    assert [row.count for row in rows if row.measure is Measure.ACTIVE] == [1, 2]


def at_once(*works: Callable[[], None]) -> list[BaseException]:
    """Run all at the same moment; gives what they raised."""
    faults: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return faults


def test_activations_moves_and_gathering_at_one_moment_lose_nothing(rolls: Rolls) -> None:
    with rolls.db.begin() as s:
        for _ in range(12):
            rolls.come(s, 2, JenisPegawai.PNS, email=True, active=False)

    def each(act: Callable[[Session, int], None]) -> Callable[[], None]:
        def work() -> None:
            for which in range(len(rolls.people)):
                with rolls.db.begin() as s:
                    act(s, which)

        return work

    faults = at_once(
        each(lambda s, which: rolls.activate(s, which, True)),
        each(lambda s, which: rolls.move(s, which, 6)),
        each(lambda s, which: rolls.become(s, which, JenisPegawai.PPPK)),
        each(lambda s, _which: headcount.fold_deltas(s)),
        lambda: headcount.rebuild(rolls.db),
    )
    assert faults == []
    assert headcount.verify(rolls.db) == []
    rolls.gather()
    assert rolls.count(rolls.units[6], Measure.ACTIVE) == 12
    assert rolls.count(rolls.units[0]) == 0


def test_every_trigger_is_there_after_all_migrations(db: Database) -> None:
    """A later migration that rebuilds a table on SQLite would lose them."""
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.read() as s:
        names = Counter(name.split("_")[0] for name in s.execute(text(listed)).scalars())
    assert names["hitungan"] == 8
