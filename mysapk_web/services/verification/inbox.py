"""`/verifikasi`: what waits for the actor and what is on its way inside the scope, paged, sorted and counted in SQL (DESIGN 5, 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, literal, tuple_, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, or_, select

from mysapk_web.domain.groups import GROUPS, group, kind
from mysapk_web.domain.roles import Permission
from mysapk_web.domain.usulan import SENT_STATES, UsulanState
from mysapk_web.models import Pegawai, Proposal, Unor
from mysapk_web.services import clock
from mysapk_web.services.actor import Actor
from mysapk_web.services.pdm.codes import StoredCodes, codes
from mysapk_web.services.pdm.payload import readable
from mysapk_web.services.periods import zona_of
from mysapk_web.services.verification.claiming import claims_on, free_of_claims
from mysapk_web.services.verification.filters import MINE, NEWEST, OPEN, Filters, conditions, states_of
from mysapk_web.services.verification.finding import people_meant
from mysapk_web.services.verification.reach import desk_conditions, reached
from mysapk_web.services.verification.times import closed_sentence
from mysapk_web.services.verification.views import Count, Inbox, InboxRow

PAGE_SIZE: Final = 25
LONGEST: Final = 1000
"""Proposals that a list can be turned through; whoever has more narrows it. It bounds what a query costs."""
COUNTED: Final = 10_000
"""Proposals that are counted at most; beyond it the counts are said to be at least that."""
UNITS: Final = 400
"""Units that the filter offers at most."""


def inbox(session: Session, actor: Actor, filters: Filters, page: int = 1) -> Inbox:
    """Read a page of the inbox. For those who verify, approve or validate; limited to their scope.

    Args:
        session: A read transaction is enough.
        actor: Who looks.
        filters: What it is narrowed to.
        page: From 1; one that doesn't exist gives the nearest that does.

    Raises:
        Refused: NIP or name mean too many people.
    """
    actor.require(Permission.INBOX_READ)
    zona = zona_of(session, actor)
    people = people_meant(session, actor, filters)
    queue = _queue(session, actor, filters, zona, people)
    total = _total(session, queue)
    at_least, total = total > LONGEST, min(total, LONGEST)
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    ids = _ids(session, queue, filters, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    states, groups = _counts(session, actor, filters, zona, people)
    return Inbox(
        rows=_rows(session, actor, ids),
        number=number,
        pages=pages,
        total=total,
        at_least=at_least,
        states=states,
        groups=groups,
        units=_units(session, actor),
        zona=zona,
        closed_sentence=closed_sentence(session, actor),
    )


def next_in_queue(session: Session, actor: Actor, filters: Filters, after: int) -> int:
    """The proposal to open after another one: the next in the list that the filters give, else its first; 0 when there is none.

    What a colleague has open is left out.

    Args:
        session: A read transaction is enough.
        actor: Who goes on.
        filters: Of the list the actor came from; without a status of its own, what waits for the actor.
        after: Proposal that was open.
    """
    actor.require(Permission.INBOX_READ)
    zona = zona_of(session, actor)
    free = free_of_claims(actor)
    people = people_meant(session, actor, filters)
    queue = [and_(where, free, col(Proposal.id) != after) for where in _queue(session, actor, filters, zona, people)]
    done = session.exec(select(Proposal.sent_at).where(Proposal.id == after)).one_or_none()
    newest = filters.urut == NEWEST
    if done is not None:
        place, here = tuple_(col(Proposal.sent_at), col(Proposal.id)), tuple_(literal(done), literal(after))
        later = place < here if newest else place > here
        found = _ids(session, [and_(where, later) for where in queue], filters, 0, 1)
        if found:
            return found[0]
    return next(iter(_ids(session, queue, filters, 0, 1)), 0)


# The list ---------------------------------------------------------------------------------------------------------


def _queue(
    session: Session, actor: Actor, filters: Filters, zona: str, people: list[int] | None
) -> list[ColumnElement[bool]]:
    """One condition a state, so that each is read in order from an index; of certain people all together."""
    states = _by_state(session, actor, filters, zona, people)
    return states if people is None or not states else [or_(*states)]


def _by_state(
    session: Session, actor: Actor, filters: Filters, zona: str, people: list[int] | None
) -> list[ColumnElement[bool]]:
    more = conditions(filters, zona, people)
    if filters.status == MINE:
        return [and_(where, *more) for where in desk_conditions(session, actor)]
    states = sorted(SENT_STATES) if filters.status == OPEN else states_of(filters)
    within = reached(actor, Permission.INBOX_READ)
    return [and_(col(Proposal.state) == state, within, *more) for state in states]


def _total(session: Session, queue: Sequence[ColumnElement[bool]]) -> int:
    """How many there are, at most one more than can be turned through."""
    parts = [sql_select(col(Proposal.id)).where(where).limit(LONGEST + 1).subquery() for where in queue]
    if not parts:
        return 0
    found = union_all(*(sql_select(part.c.id) for part in parts)).subquery()
    return int(session.execute(sql_select(func.count()).select_from(found)).scalar_one())


def _ids(
    session: Session, queue: Sequence[ColumnElement[bool]], filters: Filters, offset: int, limit: int
) -> list[int]:
    if not queue:
        return []
    newest = filters.urut == NEWEST

    def order(row: Any) -> tuple[Any, Any]:
        return (row.sent_at.desc(), row.id.desc()) if newest else (row.sent_at, row.id)

    parts = []
    for where in queue:
        one = sql_select(col(Proposal.id), col(Proposal.sent_at)).where(where)
        part = one.order_by(*order(Proposal)).limit(offset + limit).subquery()
        parts.append(sql_select(part.c.id, part.c.sent_at))
    merged = union_all(*parts).subquery()
    found = session.execute(sql_select(merged.c.id).order_by(*order(merged.c)).limit(limit).offset(offset))
    return [int(number) for number in found.scalars()]


def _rows(session: Session, actor: Actor, ids: Sequence[int]) -> list[InboxRow]:
    if not ids:
        return []
    now, tables = clock.now(), codes(session)
    claims = claims_on(session, ids)
    found = session.exec(
        select(Proposal, Pegawai, Unor.nama)
        .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
        .join(Unor, col(Unor.id) == Proposal.unor_id)
        .where(col(Proposal.id).in_(ids))
    ).all()
    rows = {row[0].id: row for row in found}
    return [
        _row(actor, *rows[number], claims.get(number), tables, max(0, (now - _sent(rows[number][0])).days))
        for number in ids
        if number in rows
    ]


def _row(
    actor: Actor,
    proposal: Proposal,
    pegawai: Pegawai,
    unit: str,
    claim: tuple[int, str, datetime] | None,
    tables: StoredCodes,
    days: int,
) -> InboxRow:
    declared = kind(proposal.kind)
    mine = claim is not None and claim[0] == actor.account_id
    return InboxRow(
        id=proposal.id or 0,
        nip=pegawai.nip,
        nama=pegawai.full_name,
        group_label=group(proposal.group).label,
        kind_label=declared.label,
        action_label=proposal.action.label,
        title=declared.title(readable(declared, proposal.payload), tables),
        state=proposal.state.value,
        state_label=proposal.state.label,
        unit=unit,
        sent_at=_sent(proposal),
        days=days,
        claimed_by=claim[1] if claim and not mine else "",
        mine=mine,
    )


def _sent(proposal: Proposal) -> Any:
    return proposal.sent_at or proposal.changed_at


# The numbers ------------------------------------------------------------------------------------------------------


def _counts(
    session: Session, actor: Actor, filters: Filters, zona: str, people: list[int] | None
) -> tuple[list[Count], list[Count]]:
    """Open proposals by state, and of the chosen states by group: each as the list counts that it leads to."""
    asked = states_of(filters)
    states = sorted({*SENT_STATES, *asked})
    more = conditions(filters, zona, people, kinds=False)
    kinds = (col(Proposal.state), col(Proposal.group), col(Proposal.kind))
    some = sql_select(*kinds).where(col(Proposal.state).in_(states), reached(actor, Permission.INBOX_READ), *more)
    found, cut = _tally(session, some)
    chosen = set(asked or SENT_STATES)
    by_state: Counter[UsulanState] = Counter()
    by_group: Counter[str] = Counter()
    for (state, grup, jenis), count in found:
        if filters.grup in ("", grup) and filters.jenis in ("", jenis):
            by_state[UsulanState(state)] += count
        if state in chosen:
            by_group[grup] += count
    cut_groups = cut
    if filters.status == MINE:
        by_group, cut_groups = _waiting(session, actor, more)
    return (
        [Count(state.value, state.label, by_state[state], cut) for state in UsulanState if by_state[state]],
        [Count(each.key, each.label, by_group[each.key], cut_groups) for each in GROUPS if by_group[each.key]],
    )


def _waiting(session: Session, actor: Actor, more: Sequence[ColumnElement[bool]]) -> tuple[Counter[str], bool]:
    """What waits for the actor by group, and whether there is more: by the conditions of the list, each office with its own scope."""
    desks = [sql_select(col(Proposal.group)).where(where, *more) for where in desk_conditions(session, actor)]
    if not desks:
        return Counter(), False
    found, cut = _tally(session, sql_select(union_all(*desks).subquery()))
    return Counter({grup: count for (grup,), count in found}), cut


def _tally(session: Session, rows: Select[*tuple[Any, ...]]) -> tuple[list[tuple[Any, int]], bool]:
    """How often each combination of columns comes, among the first `COUNTED` rows; and whether it ended there."""
    some = rows.limit(COUNTED).subquery()
    found = session.execute(sql_select(*some.c, func.count()).group_by(*some.c)).all()
    counted = [(tuple(combination), count) for *combination, count in found]
    return counted, sum(count for _, count in counted) >= COUNTED


def _units(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The units that a scope begins with, and the ones right below."""
    scopes = [grant for grant in actor.acting_grants if grant.instansi_id is not None]
    if not scopes:
        return []
    tops: list[ColumnElement[bool]] = []
    for grant in scopes:
        path = grant.unor_path or ""
        depth = path.count("/") + (1 if path else 2)
        deep = func.length(Unor.jalur) - func.length(func.replace(Unor.jalur, "/", ""))
        within = col(Unor.jalur).startswith(path, autoescape=True)
        tops.append(and_(col(Unor.instansi_id) == grant.instansi_id, within, deep <= depth))
    found = session.exec(select(Unor.id, Unor.nama).where(or_(*tops)).order_by(Unor.nama, col(Unor.id)).limit(UNITS))
    return [(number or 0, nama) for number, nama in found]
