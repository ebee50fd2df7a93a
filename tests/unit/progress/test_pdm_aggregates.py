"""Whatever people do in the PDM and whatever happens to them, the counts are those of a recount, and of the pages they see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import dossier
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import FINAL_STATES, Declaration, ProposalState
from mysapk_web.pdm.tables import FormerValue, GroupDeclaration, PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.progress import backlog, headcount, pdm_aggregates
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rules import COUNTRY, GROUP_BITS, GROUP_MEASURES, Measure, WaitingOffice
from mysapk_web.progress.tables import BacklogCount, BacklogDelta, HeadcountDay, PdmChange, PersonPdmProgress
from tests.unit.progress.test_headcount import Rolls

NOW = datetime(2026, 8, 24, 2, 0, tzinfo=UTC)
BEGUN = NOW - timedelta(days=10)
BEFORE = BEGUN - timedelta(days=3)
KINDS = [(group.key, kind.key) for group in GROUPS for kind in group.kinds if group.verified]


@pytest.fixture(autouse=True)
def _at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOW)


@dataclass
class Doings(Rolls):
    """What people do in the PDM, added to what may happen to them."""

    def settle(self) -> Doings:
        with self.db.begin() as s:
            tables = (
                "usulan pernyataan_grup riwayat periode pdm_pegawai pdm_tersentuh pdm_sejak antrean antrean_langkah"
            )
            for table in ("riwayat_lama", *tables.split()):
                s.execute(text(f"DELETE FROM {table}"))
        super().settle()
        with self.db.begin() as s:
            s.add(Period(kind=PeriodKind.PDM, starts_at=BEGUN, ends_at=NOW + timedelta(days=20)))
        return self

    def leave(self, s: Session, which: int) -> None:
        mine = select(PersonnelRecord.id).where(PersonnelRecord.pegawai_id == self._whom(which))
        s.execute(delete(FormerValue).where(col(FormerValue.record_id).in_(mine)))
        for table in (Proposal, GroupDeclaration, PersonnelRecord):
            s.execute(delete(table).where(col(table.pegawai_id) == self._whom(which)))  # type: ignore[attr-defined]
        super().leave(s, which)

    def propose(self, s: Session, which: int, kind: int, state: ProposalState, old: bool) -> None:
        group, key = KINDS[kind % len(KINDS)]
        self._number += 1
        at = BEFORE if old else NOW - timedelta(days=kind % 9)
        person = s.get_one(Pegawai, self._whom(which))
        s.add(
            Proposal(
                pegawai_id=self._whom(which),
                group=group,
                kind=key,
                action=RecordAction.ADD,
                slot=f"slot{self._number}",
                state=state,
                unor_id=person.unor_id,
                created_at=at,
                changed_at=at,
                sent_at=None if state is ProposalState.DRAF else at,
                ended_at=at if state in FINAL_STATES else None,
            )
        )
        s.flush()

    def decide(self, s: Session, which: int, state: ProposalState) -> None:
        ended = NOW if state in FINAL_STATES else None
        sent = None if state is ProposalState.DRAF else NOW
        s.execute(
            update(Proposal)
            .where(col(Proposal.pegawai_id) == self._whom(which))
            .values(state=state, ended_at=ended, sent_at=sent)
        )

    def throw_away(self, s: Session, which: int) -> None:
        s.execute(delete(Proposal).where(col(Proposal.pegawai_id) == self._whom(which)))

    def declare(self, s: Session, which: int, group: int, old: bool) -> None:
        key = GROUPS[group % len(GROUPS)].key
        self.take_back(s, which, group)
        at = BEFORE if old else NOW
        s.add(GroupDeclaration(pegawai_id=self._whom(which), group=key, declaration=Declaration.SESUAI, at=at))
        s.flush()

    def take_back(self, s: Session, which: int, group: int) -> None:
        key = GROUPS[group % len(GROUPS)].key
        s.execute(
            delete(GroupDeclaration).where(
                col(GroupDeclaration.pegawai_id) == self._whom(which), col(GroupDeclaration.group) == key
            )
        )

    def declare_all(self, s: Session, which: int) -> None:
        for number in range(len(GROUPS)):
            self.declare(s, which, number, False)

    def change_profile(self, s: Session, which: int, old: bool) -> None:
        at = BEFORE if old else NOW
        mine = select(PersonnelRecord).where(PersonnelRecord.pegawai_id == self._whom(which))
        record = s.exec(mine.where(PersonnelRecord.kind == "profil")).first()
        if record is None:
            record = PersonnelRecord(pegawai_id=self._whom(which), kind="profil", created_at=BEFORE, changed_at=BEFORE)
            s.add(record)
            s.flush()
        s.add(FormerValue(record_id=record.id or 0, version=record.version, replaced_at=at))
        record.version, record.changed_at = record.version + 1, max(record.changed_at, at)
        s.flush()

    def end(self, s: Session, over: bool) -> None:
        """The PDM of the country ended an hour ago, or ends some day."""
        starts = s.exec(select(Period.starts_at)).one()
        ends = NOW - timedelta(hours=1) if over else NOW + timedelta(days=20)
        s.execute(update(Period).values(ends_at=max(ends, starts + timedelta(minutes=1))))

    def begin(self, s: Session, days: int) -> None:
        """The PDM of the country began at another moment; below zero it has not begun."""
        starts = NOW - timedelta(days=days - 2, hours=1)
        ends = s.exec(select(Period.ends_at)).one()
        s.execute(update(Period).values(starts_at=starts, ends_at=max(ends, starts + timedelta(minutes=1))))


numbers = st.integers(0, 40)
states = st.sampled_from(ProposalState)
jenis = st.sampled_from(JenisPegawai)
acts = st.one_of(
    st.tuples(st.just("come"), numbers, jenis, st.booleans(), st.booleans()),
    st.tuples(st.just("propose"), numbers, numbers, states, st.booleans()),
    st.tuples(st.just("decide"), numbers, states),
    st.tuples(st.just("throw_away"), numbers),
    st.tuples(st.just("declare"), numbers, numbers, st.booleans()),
    st.tuples(st.just("declare_all"), numbers),
    st.tuples(st.just("take_back"), numbers, numbers),
    st.tuples(st.just("change_profile"), numbers, st.booleans()),
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("become"), numbers, jenis),
    st.tuples(st.just("leave"), numbers),
    st.tuples(st.just("begin"), st.integers(0, 16)),
    st.tuples(st.just("end"), st.booleans()),
    st.tuples(st.just("gather")),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("fail")),
)


def perform(doings: Doings, transaction: list[tuple[Any, ...]]) -> None:
    """One transaction; "fail" takes everything in it back."""
    known = list(doings.people)
    try:
        with doings.db.begin() as s:
            for name, *given_ in transaction:
                if name == "fail":
                    s.execute(text("no such statement"))
                elif name == "gather":
                    headcount.fold_deltas(s)
                elif name == "come":
                    unit, kind, email, active = given_
                    doings.come(s, unit, kind, email=email, active=active)
                elif name in ("begin", "end") or (name != "rebuild" and doings.people):
                    getattr(doings, name)(s, *given_)
    except DBAPIError:
        doings.people[:] = known
    if ("rebuild",) in transaction:
        headcount.rebuild(doings.db)


def seen(doings: Doings) -> Counter[tuple[int, Measure]]:
    """What the people themselves see on their own pages, counted by their units."""
    found: Counter[tuple[int, Measure]] = Counter()
    with doings.db.read() as s:
        for id_ in doings.people:
            here = load_context(s, id_)
            holding = dossier.load_dossier(s, here)
            green = [group.key for group in here.groups if holding.state(group).handled]
            sent = [each for each in holding.proposals if each.state is not ProposalState.DRAF]
            for key in green:
                found[here.unor_id, GROUP_MEASURES[key]] += 1
            found[here.unor_id, Measure.PDM_DONE] += len(green) == len(here.groups)
            found[here.unor_id, Measure.PDM_SENT] += bool(sent)
            found[here.unor_id, Measure.PDM_TAKEN_PART] += bool(green or sent)
    return +found


@given(st.lists(st.lists(acts, min_size=1, max_size=6), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_acts_leaves_the_counts_of_a_recount(db: Database, transactions: list[list[Any]]) -> None:
    doings = Doings(db).settle()
    for transaction in transactions:
        perform(doings, transaction)
        assert headcount.verify(db) == []
        assert backlog.verify(db) == []

    doings.gather()
    assert headcount.verify(db) == []
    with db.read() as s:
        assert s.exec(select(PdmChange)).all() == []
        assert s.exec(select(BacklogDelta)).all() == []
        assert all(row.count > 0 for row in s.exec(select(BacklogCount)))
        own: Counter[Any] = Counter()
        for agency in s.exec(select(Instansi.id)):
            own.update(pdm_aggregates.recount(s, agency or 0))
    shown = {Measure.PDM_DONE, Measure.PDM_SENT, Measure.PDM_TAKEN_PART, *GROUP_MEASURES.values()}
    by_unit: Counter[tuple[int, Measure]] = Counter()
    for (unit, _, measure), count in own.items():
        if measure in shown:
            by_unit[unit, measure] += count
    assert +by_unit == seen(doings)


@pytest.fixture
def doings(db: Database) -> Doings:
    return Doings(db).settle()


def people(doings: Doings, count: int, unit: int = 2, kind: JenisPegawai = JenisPegawai.PNS) -> None:
    with doings.db.begin() as s:
        for _ in range(count):
            doings.come(s, unit, kind, email=True, active=True)


def act(doings: Doings, what: Callable[[Session], None]) -> None:
    with doings.db.begin() as s:
        what(s)
    doings.gather()


def test_handling_all_groups_is_counted_in_the_unit_and_all_above(doings: Doings) -> None:
    people(doings, 2)
    act(doings, lambda s: doings.declare_all(s, 0))

    for unit in (doings.units[2], doings.units[1], doings.units[0], COUNTRY):
        assert doings.count(unit, Measure.PDM_DONE) == 1
        assert doings.count(unit, Measure.PDM_TAKEN_PART) == 1
        assert doings.count(unit, Measure.GROUP_SKP) == 1
    assert doings.count(doings.units[5], Measure.PDM_DONE) == 0
    act(doings, lambda s: doings.take_back(s, 0, 3))
    assert doings.count(COUNTRY, Measure.PDM_DONE) == 0
    assert doings.count(COUNTRY, Measure.PDM_TAKEN_PART) == 1


def test_sending_returning_and_withdrawing(doings: Doings) -> None:
    people(doings, 1)
    act(doings, lambda s: doings.propose(s, 0, 0, ProposalState.INPUT_BERKAS, False))
    group = GROUP_MEASURES[KINDS[0][0]]
    counted = (Measure.PDM_SENT, Measure.PDM_ALL_SENT, group)
    assert [doings.count(COUNTRY, each) for each in counted] == [1, 1, 1]

    act(doings, lambda s: doings.decide(s, 0, ProposalState.PERBAIKAN_MYSAPK))
    assert [doings.count(COUNTRY, each) for each in counted] == [1, 0, 0]
    act(doings, lambda s: doings.decide(s, 0, ProposalState.TELAH_UPDATE))
    assert [doings.count(COUNTRY, each) for each in counted] == [1, 1, 1]
    act(doings, lambda s: doings.decide(s, 0, ProposalState.DIHAPUS))
    assert [doings.count(COUNTRY, each) for each in counted] == [0, 0, 0]


def test_a_new_period_begins_with_nothing_done(doings: Doings) -> None:
    people(doings, 1)
    act(doings, lambda s: doings.declare_all(s, 0))
    assert doings.count(COUNTRY, Measure.PDM_DONE) == 1

    with doings.db.begin() as s:
        s.execute(update(Period).values(ends_at=NOW - timedelta(hours=2)))
        s.execute(update(GroupDeclaration).values(at=NOW - timedelta(days=1)))
        s.add(Period(kind=PeriodKind.PDM, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=9)))
    with doings.db.read() as s:
        assert headcount.has_deltas(s)
    doings.gather()
    assert doings.count(COUNTRY, Measure.PDM_DONE) == 0
    assert headcount.verify(doings.db) == []
    with doings.db.read() as s:
        assert not headcount.has_deltas(s)


def is_counted(doings: Doings) -> bool:
    """The profile makes the one person there is count, and turns the tile green on the own page."""
    figures = {doings.count(COUNTRY, each) for each in (Measure.PDM_TAKEN_PART, Measure.GROUP_PROFIL)}
    assert headcount.verify(doings.db) == []
    assert (seen(doings)[doings.units[2], Measure.PDM_TAKEN_PART],) == tuple(figures)
    return figures == {1}


def test_a_profile_that_was_changed_only_after_the_end_is_no_part_in_it(doings: Doings) -> None:
    people(doings, 1)
    act(doings, lambda s: doings.end(s, True))
    act(doings, lambda s: doings.change_profile(s, 0, False))
    assert not is_counted(doings)


def test_a_profile_that_was_changed_in_time_counts_although_it_was_changed_again(
    doings: Doings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(doings, 1)
    act(doings, lambda s: doings.change_profile(s, 0, False))
    assert is_counted(doings)
    act(doings, lambda s: s.execute(update(Period).values(ends_at=NOW + timedelta(hours=1))))
    monkeypatch.setattr(clock, "_source", lambda: NOW + timedelta(days=2))
    with doings.db.begin() as s:
        record = s.exec(select(PersonnelRecord)).one()
        s.add(FormerValue(record_id=record.id or 0, version=record.version, replaced_at=clock.now()))
        record.version, record.changed_at = record.version + 1, clock.now()
    doings.gather()
    assert is_counted(doings)


def test_a_profile_counts_once_the_period_is_prolonged_beyond_the_change(doings: Doings) -> None:
    people(doings, 1)
    act(doings, lambda s: doings.end(s, True))
    act(doings, lambda s: doings.change_profile(s, 0, False))
    assert not is_counted(doings)
    act(doings, lambda s: doings.end(s, False))
    assert is_counted(doings)


def test_who_becomes_of_another_kind_is_held_to_its_groups(doings: Doings) -> None:
    people(doings, 1, kind=JenisPegawai.PPT_NON_ASN)
    for group in groups_for(JenisPegawai.PPT_NON_ASN):
        number = list(GROUP_BITS).index(group.key)
        act(doings, lambda s, number=number: doings.declare(s, 0, number, False))  # type: ignore[misc]
    assert doings.count(COUNTRY, Measure.PDM_DONE) == 1
    act(doings, lambda s: doings.become(s, 0, JenisPegawai.PNS))
    assert doings.count(COUNTRY, Measure.PDM_DONE) == 0
    with doings.db.read() as s:
        row = s.exec(select(PersonPdmProgress)).one()
        assert (row.done, row.jenis) == (False, JenisPegawai.PNS)


def test_each_day_keeps_what_it_ended_with(doings: Doings, monkeypatch: pytest.MonkeyPatch) -> None:
    people(doings, 2)
    for day in range(2):
        monkeypatch.setattr(clock, "_source", lambda day=day: NOW + timedelta(days=day))
        act(doings, lambda s, day=day: doings.declare_all(s, day))  # type: ignore[misc]
    with doings.db.read() as s:
        rows = s.exec(select(HeadcountDay).where(HeadcountDay.unor_id == COUNTRY).order_by(col(HeadcountDay.day))).all()
        assert [row.count for row in rows if row.measure is Measure.PDM_DONE] == [1, 2]


def test_what_waits_is_told_with_its_age(doings: Doings) -> None:
    people(doings, 12)
    with doings.db.begin() as s:
        for number in range(9):
            doings.propose(s, number, number, ProposalState.INPUT_BERKAS, False)
        doings.propose(s, 9, 0, ProposalState.TERVERIFIKASI, True)
        doings.propose(s, 10, 0, ProposalState.PERBAIKAN_MYSAPK, True)
        doings.propose(s, 11, 0, ProposalState.DRAF, True)
    doings.gather()
    with doings.db.read() as s:
        found = backlog.backlog_at(s, OrgNode("nasional", "Semua"))
        other = backlog.backlog_at(s, OrgNode("u", "Lain", 1, doings.units[3], "9/"))
    assert (found.total, dict(found.offices)[WaitingOffice.VERIFIER], dict(found.offices)[WaitingOffice.APPROVER]) == (
        10,
        9,
        1,
    )
    assert (found.oldest, found.median, found.ages) == (13, 5, (4, 4, 2, 0, 0))
    assert (other.total, other.oldest) == (0, None)


def test_a_rebuild_makes_rows_queues_and_counts_anew(doings: Doings) -> None:
    people(doings, 3)
    act(doings, lambda s: doings.declare_all(s, 0))
    act(doings, lambda s: doings.propose(s, 1, 0, ProposalState.INPUT_BERKAS, False))
    with doings.db.begin() as s:
        s.execute(update(PersonPdmProgress).values(groups=0, sent=True))
        s.execute(delete(BacklogCount))
    assert headcount.verify(doings.db) != []
    assert [(row.stored, row.recounted) for row in backlog.verify(doings.db)] == [(0, 1)] * 4
    headcount.rebuild(doings.db)
    assert headcount.verify(doings.db) == []
    assert backlog.verify(doings.db) == []
    assert doings.count(COUNTRY, Measure.PDM_SENT) == 1
    with doings.db.read() as s:
        assert backlog.backlog_at(s, OrgNode("nasional", "Semua")).total == 1


def test_measures_and_bits_are_those_of_the_groups() -> None:
    assert list(GROUP_MEASURES) == [group.key for group in GROUPS]
    assert {each for each in Measure if each.value.startswith("grup-")} == set(GROUP_MEASURES.values())


def test_every_trigger_is_there_after_all_migrations(db: Database) -> None:
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.read() as s:
        names = [name for name in s.execute(text(listed)).scalars() if name.startswith("pdm_")]
        assert s.exec(select(Account)).all() == []
    assert len(names) == 9
