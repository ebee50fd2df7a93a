"""The chain of the trail (decision 0012): every event gets a place and a keyed hash over the hash before it.

Those who write events don't wait for each other: the chain is closed behind them, in batches, by whoever holds the task. It follows the
numbers of events: one is sealed when nothing can appear below it any more (`commit_order`), so what is unsealed below the head was put in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, exists, literal, true, type_coerce
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, insert, select

from mysapk_web.organisation import audit
from mysapk_web.platform import bulk, clock, jobs
from mysapk_web.platform.reasons import clean_reason
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent, AuditSeal
from mysapk_web.platform.tables.job import Job
from mysapk_web.settings import Settings

BATCH: Final = 1_000
"""Events sealed in one transaction."""
LATE_TOLERANCE: Final = timedelta(minutes=15)
"""Of seals made before they followed the numbers: an event may be older than the newest sealed before it by so much."""
MAX_LISTED_FAULTS: Final = 20
"""Faults that are told one by one."""
MAX_REASON: Final = 300
"""Characters of why the sealing goes on."""
_STREAM: Final = 2_000
_FIRST: Final = "0" * 64
_EVENT: Final[tuple[Any, ...]] = (
    AuditEvent.id,
    AuditEvent.at,
    type_coerce(AuditEvent.tag, String),
    AuditEvent.actor_id,
    AuditEvent.subject_id,
    AuditEvent.instansi_id,
    AuditEvent.address,
    AuditEvent.detail,
)
"""All that an event consists of; the tag as text, because a forged one may be no tag at all."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest place of the chain; written down elsewhere it proves later that nothing was cut off."""

    position: int = 0
    hash: str = _FIRST
    event_id: int = 0
    """The highest number of an event sealed so far."""
    ordered: bool = field(default=True, compare=False)
    """All events up to that number are sealed; false after a release that sealed in the order of ending."""

    @property
    def text(self) -> str:
        """As a check prints it and `--head` takes it."""
        return f"{self.position}:{self.hash}"


class ChainBrokenError(Exception):
    """The note of the newest place isn't of this key or doesn't fit the seals: sealing on would sign a cut."""


@dataclass(slots=True)
class ChainReport:
    """What a walk along the chain found."""

    events: int = 0
    unsealed: int = 0
    """Events that wait for their seal."""
    waiting_since: datetime | None = None
    """Time of the oldest of them."""
    head: ChainHead = field(default_factory=ChainHead)
    faults: list[str] = field(default_factory=list)
    """In words, the first twenty."""
    fault_count: int = 0
    inserted: int = 0
    """Events without a seal below the head."""
    halted: bool = False
    """Nothing is sealed until an operator says so (`resume_after_break`)."""

    def add_fault(self, sentence: str) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < MAX_LISTED_FAULTS:
            self.faults.append(sentence)


# Sealing -----------------------------------------------------------------------------------------


def sealing_status(session: Session, settings: Settings) -> tuple[ChainHead, bool]:
    """How far the chain is, and whether `seal` would do something; reads only, so that an idle server leaves the write lock alone.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    head = _head(session, settings.key("audit-chain"))
    return head, session.exec(_waiting(session, head).limit(1)).first() is not None


def confirm_head(session: Session, settings: Settings) -> ChainHead:
    """The newest place, read while nobody seals: the second look before an alarm.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    jobs.acquire_job_lock(session, jobs.SEALS)
    return _head(session, settings.key("audit-chain"))


def seal_batch(session: Session, settings: Settings, *, up_to: int) -> int:
    """Give one batch of events their places in the chain.

    Args:
        up_to: Number of an event below which nothing can appear any more, from `commit_order.final_id`.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    jobs.acquire_job_lock(session, jobs.SEALS)
    key, now = settings.key("audit-chain"), clock.now()
    head = _head(session, key)
    waiting_ = _waiting(session, head).where(col(AuditEvent.id) <= up_to).order_by(col(AuditEvent.id))
    ids = list(session.exec(waiting_.limit(BATCH) if head.ordered else waiting_))
    if ids:
        _note(session, key, _append(session, key, head, ids, now))
    return len(ids)


def _append(
    session: Session, key: bytes, head: ChainHead, ids: Sequence[int | None], now: datetime, *, accepted: bool = False
) -> ChainHead:
    """Write the seals of these events; gives the new head."""
    position, chained, highest = head.position, head.hash, head.event_id
    seals = []
    for event in session.execute(
        _events().where(bulk.one_of(session, col(AuditEvent.id), ids)).order_by(col(AuditEvent.id))
    ):
        position += 1
        chained = _hash(key, chained, position, tuple(event), now, accepted=accepted)
        highest = max(highest, event[0])
        seals.append(
            {"position": position, "event_id": event[0], "sealed_at": now, "hash": chained, "accepted": accepted}
        )
    session.execute(insert(AuditSeal), seals)
    return ChainHead(position, chained, highest)


def resume_after_break(session: Session, settings: Settings, *, reason: str) -> str:
    """Seal on behind a broken end, and seal what was put in below it, because an operator has looked at it; the trail keeps why.

    Returns:
        What was wrong; empty when nothing was and nothing was done.

    Raises:
        UserError: No reason.
    """
    why, key = clean_reason(reason, MAX_REASON), settings.key("audit-chain")
    jobs.acquire_job_lock(session, jobs.SEALS)
    note, newest = _end(session)
    fault = _fault(key, note, newest)
    head = ChainHead(newest.position, newest.hash, _highest(session), _is_ordered(key, note))
    inserted = list(session.exec(_below(session, head).order_by(col(AuditEvent.id))))
    faults = [fault, f"{len(inserted)} peristiwa tanpa segel di antara yang sudah disegel." if inserted else ""]
    told = " ".join(filter(None, faults))
    if told:
        _note(session, key, _append(session, key, head, inserted, clock.now(), accepted=True) if inserted else head)
        audit.record(
            session,
            AuditTag.TRAIL_CONTINUED,
            reason=why,
            fault=told,
            position=newest.position,
            note=note.get("position"),
        )
    return told


def _head(session: Session, key: bytes) -> ChainHead:
    """The newest place, when its note proves it: whoever has the database and not the key must not choose where the chain ends."""
    note, newest = _end(session)
    if fault := _fault(key, note, newest):
        raise ChainBrokenError(fault)
    return ChainHead(note["position"], note["hash"], note["event_id"], _is_ordered(key, note)) if note else ChainHead()


def _end(session: Session) -> tuple[dict[str, Any], ChainHead]:
    """The note, which may be anything when somebody wrote it by hand, and the newest seal: of one moment, so in one statement."""
    newest = select(AuditSeal.position, AuditSeal.hash).order_by(col(AuditSeal.position).desc()).limit(1).subquery()
    noted = select(Job.note).where(Job.name == jobs.SEALS).subquery()
    one = select(literal(1).label("one")).subquery()
    note, position, chained = session.execute(
        sql_select(noted.c.note, newest.c.position, newest.c.hash)
        .select_from(one)
        .outerjoin(noted, true())
        .outerjoin(newest, true())
    ).one()
    return note if isinstance(note, dict) else {}, ChainHead() if position is None else ChainHead(position, chained)


def _highest(session: Session) -> int:
    return session.exec(select(func.max(AuditSeal.event_id))).one() or 0


def _fault(key: bytes, note: dict[str, Any], newest: ChainHead) -> str:
    """What is wrong with the note beside the newest seal, in words; empty when nothing is."""
    if not note:
        return "Kepala rantai hilang." if newest.position else ""
    if not hmac.compare_digest(_mac(key, note).encode(), str(note.get("mac")).encode()):
        return "Kepala rantai diubah."
    if (note["position"], note["hash"]) != (newest.position, newest.hash):
        return f"Rantai berakhir di urutan {newest.position}, seharusnya {note['position']}: ada yang dipotong."
    return ""


def _note(session: Session, key: bytes, head: ChainHead) -> None:
    note = {"position": head.position, "hash": head.hash, "event_id": head.event_id}
    ordered = {"ordered": _mac(key, note, "ordered")} if head.ordered else {}
    jobs.save_job_state(session, jobs.SEALS, note={**note, "mac": _mac(key, note), **ordered})


def _is_ordered(key: bytes, note: dict[str, Any]) -> bool:
    """Whether the release that wrote the note sealed in the order of numbers; sealed apart, so that an older release can still read it."""
    return not note or hmac.compare_digest(_mac(key, note, "ordered").encode(), str(note.get("ordered")).encode())


def _waiting(session: Session, head: ChainHead) -> Any:
    newer = col(AuditEvent.id) > head.event_id
    if not head.ordered:
        newer |= _is_unsealed() & (col(AuditEvent.at) >= _latest(session, head))
    return select(AuditEvent.id).where(newer)


def _below(session: Session, head: ChainHead) -> Any:
    """Events that should have been sealed before the head and weren't."""
    found = select(AuditEvent.id).where(_is_unsealed(), col(AuditEvent.id) <= head.event_id)
    return found if head.ordered else found.where(col(AuditEvent.at) < _latest(session, head))


def _is_unsealed() -> ColumnElement[bool]:
    return ~exists().where(col(AuditSeal.event_id) == AuditEvent.id)


def _latest(session: Session, head: ChainHead) -> datetime:
    """What a release that sealed in the order of ending still took for an event that had ended late."""
    at = session.exec(select(AuditEvent.at).where(AuditEvent.id == head.event_id)).first()
    return (at or clock.now()) - LATE_TOLERANCE


def _events() -> Any:
    return sql_select(*_EVENT)


def _hash(
    key: bytes, before: str, position: int, event: tuple[Any, ...], sealed_at: datetime, *, accepted: bool = False
) -> str:
    plain = [before, position, sealed_at.isoformat(), *(_plain(value) for value in event), *(["accepted"] * accepted)]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _mac(key: bytes, note: dict[str, Any], purpose: str = "head") -> str:
    text = f"{note.get('position')}:{note.get('hash')}:{note.get('event_id')}"
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


# Verifying ---------------------------------------------------------------------------------------


def verify(session: Session, settings: Settings, *, known: ChainHead | None = None) -> ChainReport:
    """Walk along the whole chain, a few thousand events in memory at a time.

    Args:
        known: A head that was written down earlier; the chain must still contain it.

    Returns:
        What was found; no faults mean that no sealed event was changed, removed or put in between.
    """
    verdict = ChainReport()
    key = settings.key("audit-chain")
    position, chained, newest, highest = 0, _FIRST, None, 0
    for seal_, event in _chain(session):
        position += 1
        if seal_.position != position:
            verdict.add_fault(f"Urutan {position} sampai {seal_.position - 1}: segel hilang.")
            position = seal_.position
        if event is None:
            verdict.add_fault(f"Urutan {position}: peristiwa {seal_.event_id} dihapus.")
        elif not hmac.compare_digest(
            _hash(key, chained, position, event, seal_.sealed_at, accepted=seal_.accepted), seal_.hash
        ):
            verdict.add_fault(f"Urutan {position}: peristiwa {seal_.event_id} atau segelnya diubah.")
        elif newest is not None and event[0] < highest and event[1] < newest - LATE_TOLERANCE and not seal_.accepted:
            verdict.add_fault(f"Urutan {position}: peristiwa {seal_.event_id} disisipkan belakangan.")
        if event is not None:
            newest, highest = max(newest or event[1], event[1]), max(highest, event[0])
        chained = seal_.hash
        verdict.events += 1
        if known is not None and position == known.position and chained != known.hash:
            verdict.add_fault(f"Urutan {position}: tidak sama dengan kepala rantai yang pernah dicatat.")
    _judge_head(session, key, verdict, ChainHead(position, chained, highest), known)
    _judge_unsealed(session, verdict)
    return verdict


@dataclass(frozen=True, slots=True)
class _Seal:
    position: int
    event_id: int
    sealed_at: datetime
    hash: str
    accepted: bool


def _chain(session: Session) -> Iterator[tuple[_Seal, tuple[Any, ...] | None]]:
    columns = (AuditSeal.position, AuditSeal.event_id, AuditSeal.sealed_at, AuditSeal.hash, AuditSeal.accepted)
    rows = session.execute(
        _events()
        .add_columns(*columns)
        .select_from(AuditSeal)
        .outerjoin(AuditEvent, col(AuditEvent.id) == AuditSeal.event_id)
        .order_by(col(AuditSeal.position))
        .execution_options(yield_per=_STREAM)
    )
    for row in rows:
        event = tuple(row[: -len(columns)])
        yield _Seal(*row[-len(columns) :]), event if event[0] is not None else None


def _judge_head(session: Session, key: bytes, verdict: ChainReport, walked: ChainHead, known: ChainHead | None) -> None:
    note, _ = _end(session)
    verdict.head = replace(walked, ordered=_is_ordered(key, note))
    if fault := _fault(key, note, walked):
        verdict.halted = True
        verdict.add_fault(fault)
    if known is not None and known.position > walked.position:
        verdict.add_fault(f"Rantai berakhir di urutan {walked.position}, padahal pernah sampai {known.position}.")


def _judge_unsealed(session: Session, verdict: ChainReport) -> None:
    verdict.inserted = session.exec(select(func.count()).select_from(_below(session, verdict.head).subquery())).one()
    if verdict.inserted:
        verdict.add_fault(
            f"{verdict.inserted} peristiwa tanpa segel terletak di antara yang sudah disegel: disisipkan belakangan."
        )
    waits = _waiting(session, verdict.head).subquery()
    verdict.unsealed, verdict.waiting_since = session.exec(
        select(func.count(), func.min(AuditEvent.at)).where(col(AuditEvent.id).in_(select(waits.c.id)))
    ).one()
