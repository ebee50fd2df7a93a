"""What people have done in the present PDM, and the counts of it (decision 0015).

Triggers record whose data changed. Each of them is evaluated again by the one rule of `rules.group_progress`, and the new result
replaces the old one in the counts. When a PDM begins, everybody in the agency who ever took part is evaluated again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import case, delete, exists, func, insert, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.period import PeriodWindow as Window
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.context import pdm_span
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import EVER_SENT_STATES, SENT_STATES, ProposalState
from mysapk_web.pdm.tables import FormerValue, GroupDeclaration, PersonnelRecord, Proposal
from mysapk_web.platform import bulk, clock, upsert
from mysapk_web.progress.rollups import HEADCOUNTS, Key, record_day, roll_up
from mysapk_web.progress.rules import GROUP_BITS, Measure, applicable_groups, group_progress
from mysapk_web.progress.tables import PdmChange, PdmWindow, PersonPdmProgress

BATCH: Final = 2_000
"""People evaluated in one transaction."""
_CHUNK: Final = 20_000
"""People evaluated at a time in a recount."""

_RETURNED: Final = ProposalState.PERBAIKAN_MYSAPK
_SETTLED: Final = (SENT_STATES - {_RETURNED}) | {ProposalState.TELAH_UPDATE}
_LEFT: Final = (ProposalState.DRAF, _RETURNED)


_OF_PROFILE: Final = tuple(each.key for group in GROUPS if not group.verified for each in group.kinds)
"""Kinds of record that are changed at once, without a proposal."""


Span = tuple[datetime, datetime]
"""Start and exclusive end of a PDM."""


class CountedPerson(NamedTuple):
    """What somebody is counted for, and where; see `PersonPdmProgress`."""

    unor_id: int
    jenis: JenisPegawai
    groups: int
    sent: bool
    left: bool
    done: bool


# Columns of one table each; SQLModel's annotations speak of values where a statement needs columns.
_ROW: Any = PersonPdmProgress
_PROPOSAL: Any = Proposal
_STATEMENT: Any = GroupDeclaration
_RECORD: Any = PersonnelRecord
_FORMER: Any = FormerValue
_PERSON: Any = Pegawai


# Folding -----------------------------------------------------------------------------------------


def has_changes(session: Session) -> bool:
    """Whether anybody has changed, or a PDM has begun."""
    return session.exec(select(PdmChange.id).limit(1)).first() is not None or bool(_moved(session))


def fold_changes(session: Session) -> int:
    """Evaluate one batch of changed people, in a transaction that holds the counts; 0 when there are none."""
    _keep_up(session)
    changes = session.exec(select(PdmChange.id, PdmChange.pegawai_id).order_by(col(PdmChange.id)).limit(BATCH)).all()
    if not changes:
        return 0
    own = _renew(session, sorted({change[1] for change in changes}))
    changed = {key: step for key, step in roll_up(session, own).items() if step}
    HEADCOUNTS.add(session, changed)
    record_day(session, changed)
    gone = bulk.one_of(session, col(PdmChange.id), [change[0] for change in changes])
    session.execute(delete(PdmChange).where(gone), execution_options={"synchronize_session": False})
    return len(changes)


def pending_counts(session: Session) -> Counter[Key]:
    """What evaluating all changed people would change, by the units themselves, in a transaction that sees a single moment."""
    ids = sorted(set(session.exec(select(PdmChange.pegawai_id)).all()))
    own: Counter[Key] = Counter()
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        _difference(own, _stored(session, some), _found(session, some))
    return own


def counts_of_rows(session: Session, units: Any) -> Counter[Key]:
    """What the rows of people say they are counted for, by the units themselves."""
    own: Counter[Key] = Counter()
    columns = (getattr(_ROW, name) for name in CountedPerson._fields)
    some = sql_select(*columns).where(_ROW.unor_id.in_(units))
    for row in session.execute(some.execution_options(yield_per=_CHUNK)):
        add_person(own, CountedPerson(*row), 1)
    return own


def _renew(session: Session, ids: Sequence[int]) -> Counter[Key]:
    """Write what people are counted for now; gives what changed for the units themselves."""
    stored, found = _stored(session, ids), _found(session, ids)
    own: Counter[Key] = Counter()
    _difference(own, stored, found)
    _write(session, stored, found)
    return own


def _difference(own: Counter[Key], stored: Mapping[int, CountedPerson], found: Mapping[int, CountedPerson]) -> None:
    for step, rows in ((-1, stored), (1, found)):
        for id_, row in rows.items():
            if stored.get(id_) != found.get(id_):
                add_person(own, row, step)


def add_person(own: Counter[Key], row: CountedPerson, step: int) -> None:
    """Add somebody to counts of the units themselves, or with -1 take them out."""
    for measure in _measures(row.groups, row.sent, row.left, row.jenis):
        own[row.unor_id, row.jenis, measure] += step


_MEASURES: dict[tuple[int, bool, bool, JenisPegawai], tuple[Measure, ...]] = {}


def _measures(groups: int, sent: bool, left: bool, jenis: JenisPegawai) -> tuple[Measure, ...]:
    """Cached: millions of people have some thousand combinations."""
    key = (groups, sent, left, jenis)
    if key not in _MEASURES:
        _MEASURES[key] = group_progress(declared=groups, settled=0, returned=0, sent=sent, left=left).measures(jenis)
    return _MEASURES[key]


def _write(session: Session, stored: Mapping[int, CountedPerson], found: Mapping[int, CountedPerson]) -> None:
    gone = [id_ for id_ in stored if id_ not in found]
    if gone:
        session.execute(delete(PersonPdmProgress).where(bulk.one_of(session, col(PersonPdmProgress.pegawai_id), gone)))
    changed = [{"pegawai_id": id_, **row._asdict()} for id_, row in found.items() if stored.get(id_) != row]
    new = [row for row in changed if row["pegawai_id"] not in stored]
    bulk.insert_many(session, PersonPdmProgress, new)
    other = [row for row in changed if row["pegawai_id"] in stored]
    if other:
        statement = upsert.insert(session, PersonPdmProgress)
        names = CountedPerson._fields
        statement = statement.on_conflict_do_update(
            index_elements=["pegawai_id"], set_={name: statement.excluded[name] for name in names}
        )
        session.execute(statement, other)


def _stored(session: Session, ids: Sequence[int]) -> dict[int, CountedPerson]:
    columns = (_ROW.pegawai_id, *(getattr(_ROW, name) for name in CountedPerson._fields))
    rows = session.execute(sql_select(*columns).where(bulk.one_of(session, _ROW.pegawai_id, ids)))
    return {id_: CountedPerson(*rest) for id_, *rest in rows}


# What people have done -----------------------------------------------------------------------------


def _found(session: Session, ids: Sequence[int]) -> dict[int, CountedPerson]:
    """What people count for by what they have done; those who have left are missing."""
    return _evaluated(
        session,
        ids,
        session.execute(sql_select(_PERSON.id, _PERSON.unor_id, _PERSON.jenis).where(_of(session, _PERSON.id, ids))),
    )


def _of(session: Session, column: Any, ids: Sequence[int]) -> Any:
    return bulk.one_of(session, column, ids)


def _evaluated(session: Session, ids: Sequence[int], people: Any) -> dict[int, CountedPerson]:
    declared, proposed = _declared(session, ids), _proposed(session, ids)
    found = {}
    for id_, unor_id, jenis in people:
        settled, returned, sent, left = proposed.get(id_, (0, 0, 0, 0))
        now = group_progress(
            declared=declared.get(id_, 0), settled=settled, returned=returned, sent=bool(sent), left=bool(left)
        )
        done = Measure.PDM_DONE in _measures(now.groups, now.sent, now.left, jenis)
        found[id_] = CountedPerson(unor_id, jenis, now.groups & applicable_groups(jenis), now.sent, now.left, done)
    return found


def _bit(group: Any) -> Any:
    return case(*((group == key, bit) for key, bit in GROUP_BITS.items()), else_=0)


def _declared(session: Session, ids: Sequence[int]) -> Counter[int]:
    """Groups that were declared, and the profile if it was changed before the PDM ended, even if it was changed again since."""
    found: Counter[int] = Counter()
    stated = _in_this_pdm(_STATEMENT, _STATEMENT.pegawai_id, func.sum(_bit(_STATEMENT.group))).where(
        _of(session, _STATEMENT.pegawai_id, ids), _STATEMENT.at >= col(PdmWindow.since)
    )
    found.update(dict(session.execute(stated.group_by(_STATEMENT.pegawai_id)).all()))
    for group in GROUPS:
        if group.verified:
            continue
        changed = _in_this_pdm(_RECORD, _RECORD.pegawai_id).where(
            _of(session, _RECORD.pegawai_id, ids),
            _RECORD.kind.in_([each.key for each in group.kinds]),
            _RECORD.version > 1,
            _RECORD.removed_at.is_(None),
        )
        since, until = col(PdmWindow.since), col(PdmWindow.until)
        last = changed.where(_RECORD.changed_at >= since, _RECORD.changed_at < until)
        before = changed.join(FormerValue, _FORMER.record_id == _RECORD.id).where(
            _RECORD.changed_at >= until, _FORMER.replaced_at >= since, _FORMER.replaced_at < until
        )
        for id_ in {*session.execute(last).scalars(), *session.execute(before).scalars()}:
            found[id_] |= GROUP_BITS[group.key]
    return found


def _proposed(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int, int]]:
    """Groups with a proposal under way or applied, groups with a returned one, whether one was sent, whether one is left.

    Each group is its own bit, so the sum of the distinct ones is their union.
    """
    state, bit = _PROPOSAL.state, _bit(_PROPOSAL.group)
    wanted = _in_this_pdm(
        _PROPOSAL,
        _PROPOSAL.pegawai_id,
        func.coalesce(func.sum(case((state.in_(_SETTLED), bit), else_=0).distinct()), 0),
        func.coalesce(func.sum(case((state == _RETURNED, bit), else_=0).distinct()), 0),
        func.max(case((state.in_(EVER_SENT_STATES), 1), else_=0)),
        func.max(case((state.in_(_LEFT), 1), else_=0)),
    ).where(
        _of(session, _PROPOSAL.pegawai_id, ids),
        state != ProposalState.DIHAPUS,
        or_(_PROPOSAL.ended_at.is_(None), _PROPOSAL.ended_at >= col(PdmWindow.since)),
    )
    rows = session.execute(wanted.group_by(_PROPOSAL.pegawai_id))
    return {id_: (settled, returned, sent, left) for id_, settled, returned, sent, left in rows}


def _in_this_pdm(table: Any, *columns: Any) -> Any:
    """What people have in a table, beside start and end of the PDM of their agency."""
    return (
        sql_select(*columns)
        .select_from(table)
        .join(Pegawai, col(Pegawai.id) == table.pegawai_id)
        .join(PdmWindow, col(PdmWindow.instansi_id) == Pegawai.instansi_id)
    )


# Recounting --------------------------------------------------------------------------------------


def recount(session: Session, instansi_id: int, *, renew: bool = False) -> Counter[Key]:
    """What the people of an agency count for, by the units themselves; `renew` also writes it for each of them."""
    own: Counter[Key] = Counter()
    for people in _ever_took_part(session, instansi_id):
        ids = [row[0] for row in people]
        found = _evaluated(session, ids, people)
        for row in found.values():
            add_person(own, row, 1)
        if renew:
            _write(session, _stored(session, ids), found)
    return own


def reset(session: Session) -> None:
    """Before a recount that is stored: no changes are left to evaluate, and those who have left are forgotten."""
    _keep_up(session)
    session.execute(delete(PdmChange), execution_options={"synchronize_session": False})
    session.execute(
        delete(PersonPdmProgress).where(~sql_select(_PERSON.id).where(_PERSON.id == _ROW.pegawai_id).exists()),
        execution_options={"synchronize_session": False},
    )


def _ever_took_part(session: Session, instansi_id: int) -> Iterator[list[Any]]:
    """Everybody of an agency who has ever taken part, some at a time; the others count for nothing."""
    units = select(Unor.id).where(Unor.instansi_id == instansi_id)
    deeds = (
        _STATEMENT.pegawai_id == _PERSON.id,
        _PROPOSAL.pegawai_id == _PERSON.id,
        (_RECORD.pegawai_id == _PERSON.id) & _RECORD.kind.in_(_OF_PROFILE) & (_RECORD.version > 1),
        _ROW.pegawai_id == _PERSON.id,
    )
    last = 0
    while rows := session.execute(
        sql_select(_PERSON.id, _PERSON.unor_id, _PERSON.jenis)
        .where(_PERSON.unor_id.in_(units), _PERSON.id > last, or_(*(exists().where(deed) for deed in deeds)))
        .order_by(_PERSON.id)
        .limit(_CHUNK)
    ).all():
        yield list(rows)
        last = rows[-1][0]


# Since when ----------------------------------------------------------------------------------------


def _moved(session: Session) -> dict[int, tuple[Span | None, Span]]:
    """Agencies whose present PDM begins or ends at another moment than the counts assume: before and after."""
    now = clock.now()
    windows = [
        Window(row.kind, row.starts_at, row.ends_at, row.instansi_id, row.extends)
        for row in session.exec(select(Period).where(Period.kind == PeriodKind.PDM))
    ]
    own: dict[int | None, list[Window]] = {}
    for window in windows:
        own.setdefault(window.instansi_id, []).append(window)
    national = own.get(None, [])
    common = pdm_span(national, now)
    known: dict[int, Span] = {
        id_: (since, until)
        for id_, since, until in session.exec(select(PdmWindow.instansi_id, PdmWindow.since, PdmWindow.until))
    }
    found = {}
    for id_ in session.exec(select(Instansi.id)):
        span = pdm_span([*national, *own[id_]], now) if id_ in own else common
        if id_ is not None and known.get(id_) != span:
            found[id_] = (known.get(id_), span)
    return found


def _keep_up(session: Session) -> None:
    """Where a PDM has begun, or an end in the past has moved, everybody who ever took part is evaluated again."""
    moved = _moved(session)
    if not moved:
        return
    for id_, (_, (since, until)) in moved.items():
        upsert.insert_or_update(session, PdmWindow(instansi_id=id_, since=since, until=until), "instansi_id")
    now = clock.now()
    # Nobody has done anything yet after an end that is to come: a period that is prolonged in time changes no count.
    again_in = [
        id_ for id_, (was, span) in moved.items() if was is None or was[0] != span[0] or min(was[1], span[1]) <= now
    ]
    if not again_in:
        return
    again = (
        sql_select(_ROW.pegawai_id)
        .join(Pegawai, col(Pegawai.id) == _ROW.pegawai_id)
        .where(col(Pegawai.instansi_id).in_(sorted(again_in)))
    )
    session.execute(insert(PdmChange).from_select(["pegawai_id"], again))
