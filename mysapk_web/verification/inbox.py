"""`/verifikasi`: what waits for the actor and what is under way in the scope, paged, sorted and counted in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, tuple_, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, or_, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import spans_agencies
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.presenters import tone_of
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.proposal import SENT_STATES
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import clock, pagination
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.verification.claims import claims_by_proposal, unclaimed
from mysapk_web.verification.facets import FacetCount, facet_counts
from mysapk_web.verification.filter_lookup import resolve_filters
from mysapk_web.verification.filters import (
    MINE,
    NEWEST,
    OPEN,
    Filters,
    ResolvedFilters,
    filter_conditions,
    requested_states,
)
from mysapk_web.verification.period_rules import closed_notice
from mysapk_web.verification.scope import in_scope, queue_conditions, states_in_scope


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One proposal as the page shows it. `unit` is the unor verifikasi, with its agency for actors who read several."""

    id: int
    name: str
    nip: str
    what: str
    title: str
    state: str
    tone: str
    unit: str
    sent: str
    waits: str
    claimed: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox. With `at_least` there are more than `total`; `groups` are counted among the chosen states."""

    rows: list[InboxRow]
    number: int
    pages: int
    total: int
    at_least: bool
    states: list[FacetCount]
    groups: list[FacetCount]
    closed_notice: str


def inbox_page(session: Session, actor: Actor, filters: Filters, page: int = 1) -> Inbox:
    """Read a page of the inbox. For those who verify, approve or validate; limited to their scope.

    Raises:
        UserError: NIP or name match too many people, or the name of an agency too many of them.
    """
    actor.require(Permission.INBOX_READ)
    timezone = timezone_of(session, actor)
    resolved = resolve_filters(session, actor, filters)
    queue = _queue(session, actor, filters, timezone, resolved)
    total = _total(session, queue)
    at_least, total = total > pagination.MAX_ROWS, min(total, pagination.MAX_ROWS)
    bounds = pagination.page_bounds(page, total, pagination.PAGE_SIZE)
    ids = _ids(session, queue, filters, bounds.offset, pagination.PAGE_SIZE)
    states, groups = facet_counts(session, actor, filters, timezone, resolved)
    return Inbox(
        rows=_rows(session, actor, ids, timezone),
        number=bounds.number,
        pages=bounds.pages,
        total=total,
        at_least=at_least,
        states=states,
        groups=groups,
        closed_notice=closed_notice(session, actor),
    )


def next_in_queue(session: Session, actor: Actor, filters: Filters, after: int) -> int:
    """The proposal to open after another one: the next in the list of the filters, else its first; 0 when there is none.

    What a colleague has claimed is left out.
    """
    actor.require(Permission.INBOX_READ)
    timezone = timezone_of(session, actor)
    free = unclaimed(actor)
    resolved = resolve_filters(session, actor, filters)
    queue = [
        and_(where, free, col(Proposal.id) != after) for where in _queue(session, actor, filters, timezone, resolved)
    ]
    done = session.exec(select(Proposal.sent_at).where(Proposal.id == after)).one_or_none()
    newest = filters.order == NEWEST
    if done is not None:
        place, here = tuple_(col(Proposal.sent_at), col(Proposal.id)), tuple_(literal(done), literal(after))
        later = place < here if newest else place > here
        found = _ids(session, [and_(where, later) for where in queue], filters, 0, 1)
        if found:
            return found[0]
    return next(iter(_ids(session, queue, filters, 0, 1)), 0)


# The list ---------------------------------------------------------------------------------------------------------


def _queue(
    session: Session, actor: Actor, filters: Filters, timezone: str, resolved: ResolvedFilters
) -> list[ColumnElement[bool]]:
    """One condition per state and agency, each read in order from an index; for certain people all in one."""
    more = filter_conditions(filters, timezone, resolved)
    if filters.status == MINE:
        parts = [and_(where, *more) for where in queue_conditions(session, actor)]
    else:
        asked = SENT_STATES if filters.status == OPEN else requested_states(filters)
        within = in_scope(actor, Permission.INBOX_READ)
        states = states_in_scope(actor, Permission.INBOX_READ, asked)
        parts = [and_(col(Proposal.state) == state, within, *more) for state in states]
    if resolved.agencies is not None:
        parts = [and_(col(Proposal.instansi_id) == agency, part) for part in parts for agency in resolved.agencies]
    return parts if resolved.people is None or not parts else [or_(*parts)]


def _total(session: Session, queue: Sequence[ColumnElement[bool]]) -> int:
    """How many there are, at most one more than can be paged to."""
    parts = [sql_select(col(Proposal.id)).where(where).limit(pagination.MAX_ROWS + 1).subquery() for where in queue]
    if not parts:
        return 0
    found = union_all(*(sql_select(part.c.id) for part in parts)).subquery()
    return int(session.execute(sql_select(func.count()).select_from(found)).scalar_one())


def _ids(
    session: Session, queue: Sequence[ColumnElement[bool]], filters: Filters, offset: int, limit: int
) -> list[int]:
    if not queue:
        return []
    newest = filters.order == NEWEST

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


def _rows(session: Session, actor: Actor, ids: Sequence[int], timezone: str) -> list[InboxRow]:
    if not ids:
        return []
    now, tables = clock.now(), StoredCodes(session)
    agencies = spans_agencies(actor, Permission.INBOX_READ)
    claims = claims_by_proposal(session, actor, ids)
    found = session.exec(
        select(Proposal, Pegawai, Unor.name, Instansi.name)
        .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
        .join(Unor, col(Unor.id) == Proposal.unor_id)
        .join(Instansi, col(Instansi.id) == Unor.instansi_id)
        .where(col(Proposal.id).in_(ids))
    ).all()
    rows = {}
    for proposal, pegawai, unit, instansi in found:
        declared, sent = get_kind(proposal.kind), proposal.sent_at or proposal.changed_at
        rows[proposal.pk] = InboxRow(
            id=proposal.pk,
            name=pegawai.full_name,
            nip=pegawai.nip,
            what=f"{proposal.action.label} {in_sentence(declared.label)}",
            title=declared.title(decode_payload(declared, proposal.payload), tables),
            state=proposal.state.label,
            tone=tone_of(proposal.state),
            unit=f"{unit}, {instansi}" if agencies else unit,
            sent=format_moment(sent, timezone),
            waits=_format_wait((now - sent).days),
            claimed=_claimed(actor, claims.get(proposal.pk)),
        )
    return [rows[number] for number in ids if number in rows]


def _format_wait(days: int) -> str:
    return "Masuk hari ini" if days < 1 else f"Menunggu {days} hari"


def _claimed(actor: Actor, claim: tuple[int, str, datetime] | None) -> str:
    if claim is None:
        return ""
    account_id, holder, _ = claim
    return "Anda buka" if account_id == actor.account_id else f"Sedang diperiksa {holder}"
