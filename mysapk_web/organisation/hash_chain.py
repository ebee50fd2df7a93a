"""The hash chain of the audit log (decision 0012): every event gets a position and a keyed hash over the hash before it.

Writers of events don't wait for each other: one background task seals behind them, in batches. Sealing follows the ids of events: an
event is sealed once nothing can appear below it any more (`commit_order`), so an unsealed event below the head was inserted later.
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
from mysapk_web.organisation.audit_events import ChainResumed
from mysapk_web.platform import bulk, clock, jobs
from mysapk_web.platform.reasons import clean_reason
from mysapk_web.platform.tables.audit import AuditEvent, AuditSeal
from mysapk_web.platform.tables.job import Job
from mysapk_web.settings import Settings

BATCH: Final = 1_000
"""Events sealed in one transaction."""
LATE_TOLERANCE: Final = timedelta(minutes=15)
"""By how much an event may be older than the newest one sealed before it, under releases that did not seal in the order of ids."""
MAX_LISTED_FAULTS: Final = 20
"""Further faults are only counted."""
MAX_REASON: Final = 300
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
"""Everything the hash covers; the tag as text, because a forged one may be no `AuditTag`."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest position of the chain. Kept outside the database, it proves later that nothing was cut off."""

    position: int = 0
    hash: str = _FIRST
    event_id: int = 0
    """Highest id of a sealed event."""
    ordered: bool = field(default=True, compare=False)
    """All events up to that id are sealed; false after a release that sealed in the order of commits."""

    @property
    def text(self) -> str:
        """As `mysapk check` prints it and `--head` reads it."""
        return f"{self.position}:{self.hash}"


class ChainBrokenError(Exception):
    """The stored head has another key or doesn't match the seals: sealing on would sign a cut."""


@dataclass(slots=True)
class ChainReport:
    """What `verify` found."""

    events: int = 0
    unsealed: int = 0
    waiting_since: datetime | None = None
    """Time of the oldest unsealed event."""
    head: ChainHead = field(default_factory=ChainHead)
    faults: list[str] = field(default_factory=list)
    """In words, at most `MAX_LISTED_FAULTS`."""
    fault_count: int = 0
    inserted: int = 0
    """Unsealed events below the head."""
    halted: bool = False
    """Nothing is sealed until an operator calls `resume_after_break`."""

    def add_fault(self, sentence: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MAX_LISTED_FAULTS:
            self.faults.append(sentence)


# Sealing -----------------------------------------------------------------------------------------


def sealing_status(session: Session, settings: Settings) -> tuple[ChainHead, bool]:
    """The head, and whether `seal_batch` has anything to do. Reads only, so that an idle server never takes the write lock.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    head = _head(session, settings.key("audit-chain"))
    return head, session.exec(_unsealed_after(session, head).limit(1)).first() is not None


def confirm_head(session: Session, settings: Settings) -> ChainHead:
    """The head, read while nobody seals: the second look before an alarm.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    jobs.acquire_job_lock(session, jobs.SEALS)
    return _head(session, settings.key("audit-chain"))


def seal_batch(session: Session, settings: Settings, *, up_to: int) -> int:
    """Seal one batch of events; gives their number.

    Args:
        up_to: Id of an event below which nothing can appear any more, from `commit_order.final_id`.

    Raises:
        ChainBrokenError: The chain was tampered with, or the key is another one.
    """
    jobs.acquire_job_lock(session, jobs.SEALS)
    key, now = settings.key("audit-chain"), clock.now()
    head = _head(session, key)
    unsealed = _unsealed_after(session, head).where(col(AuditEvent.id) <= up_to).order_by(col(AuditEvent.id))
    ids = list(session.exec(unsealed.limit(BATCH) if head.ordered else unsealed))
    if ids:
        _store_head(session, key, _append(session, key, head, ids, now))
    return len(ids)


def _append(
    session: Session, key: bytes, head: ChainHead, ids: Sequence[int | None], now: datetime, *, accepted: bool = False
) -> ChainHead:
    """Write the seals; gives the new head."""
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
    """Resume behind a broken end once an operator has looked, and seal what was inserted below it. The reason is an event itself.

    Returns:
        What was wrong; empty when nothing was, and nothing was done.

    Raises:
        UserError: No reason, or one longer than `MAX_REASON`.
    """
    why, key = clean_reason(reason, MAX_REASON), settings.key("audit-chain")
    jobs.acquire_job_lock(session, jobs.SEALS)
    note, newest = _stored_head(session)
    fault = _head_fault(key, note, newest)
    head = ChainHead(newest.position, newest.hash, _highest(session), _is_ordered(key, note))
    inserted = list(session.exec(_inserted_below(session, head).order_by(col(AuditEvent.id))))
    faults = [fault, f"{len(inserted)} peristiwa tanpa segel di antara yang sudah disegel." if inserted else ""]
    told = " ".join(filter(None, faults))
    if told:
        _store_head(
            session, key, _append(session, key, head, inserted, clock.now(), accepted=True) if inserted else head
        )
        audit.record(
            session,
            ChainResumed(reason=why, fault=told, position=newest.position, recorded_position=note.get("position")),
        )
    return told


def _head(session: Session, key: bytes) -> ChainHead:
    """The head, if its MAC proves it: somebody with the database and without the key must not choose where the chain ends."""
    note, newest = _stored_head(session)
    if fault := _head_fault(key, note, newest):
        raise ChainBrokenError(fault)
    return ChainHead(note["position"], note["hash"], note["event_id"], _is_ordered(key, note)) if note else ChainHead()


def _stored_head(session: Session) -> tuple[dict[str, Any], ChainHead]:
    """The stored head (any JSON, if somebody wrote it by hand) and the newest seal, read in one statement to be of one moment."""
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


def _head_fault(key: bytes, note: dict[str, Any], newest: ChainHead) -> str:
    """What is wrong with the stored head beside the newest seal, in words; empty when nothing is."""
    if not note:
        return "Kepala rantai hilang." if newest.position else ""
    if not hmac.compare_digest(_mac(key, note).encode(), str(note.get("mac")).encode()):
        return "Kepala rantai diubah."
    if (note["position"], note["hash"]) != (newest.position, newest.hash):
        return f"Rantai berakhir di urutan {newest.position}, seharusnya {note['position']}: ada yang dipotong."
    return ""


def _store_head(session: Session, key: bytes, head: ChainHead) -> None:
    note = {"position": head.position, "hash": head.hash, "event_id": head.event_id}
    ordered = {"ordered": _mac(key, note, "ordered")} if head.ordered else {}
    jobs.save_job_state(session, jobs.SEALS, note={**note, "mac": _mac(key, note), **ordered})


def _is_ordered(key: bytes, note: dict[str, Any]) -> bool:
    """Whether the release that wrote the head sealed in the order of ids. A MAC of its own: older releases read the rest."""
    return not note or hmac.compare_digest(_mac(key, note, "ordered").encode(), str(note.get("ordered")).encode())


def _unsealed_after(session: Session, head: ChainHead) -> Any:
    newer = col(AuditEvent.id) > head.event_id
    if not head.ordered:
        newer |= _is_unsealed() & (col(AuditEvent.at) >= _late_since(session, head))
    return select(AuditEvent.id).where(newer)


def _inserted_below(session: Session, head: ChainHead) -> Any:
    """Unsealed events that should have been sealed before the head."""
    found = select(AuditEvent.id).where(_is_unsealed(), col(AuditEvent.id) <= head.event_id)
    return found if head.ordered else found.where(col(AuditEvent.at) < _late_since(session, head))


def _is_unsealed() -> ColumnElement[bool]:
    return ~exists().where(col(AuditSeal.event_id) == AuditEvent.id)


def _late_since(session: Session, head: ChainHead) -> datetime:
    """The oldest moment that a release sealing in the order of commits still took for a late commit."""
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
    """Walk the whole chain, `_STREAM` events in memory at a time. Without faults no sealed event was changed, removed or inserted.

    Args:
        known: A head kept from earlier; the chain must still contain it.
    """
    verdict = ChainReport()
    key = settings.key("audit-chain")
    position, chained, newest, highest = 0, _FIRST, None, 0
    for row, event in _chain(session):
        position += 1
        if row.position != position:
            verdict.add_fault(f"Urutan {position} sampai {row.position - 1}: segel hilang.")
            position = row.position
        if event is None:
            verdict.add_fault(f"Urutan {position}: peristiwa {row.event_id} dihapus.")
        elif not hmac.compare_digest(
            _hash(key, chained, position, event, row.sealed_at, accepted=row.accepted), row.hash
        ):
            verdict.add_fault(f"Urutan {position}: peristiwa {row.event_id} atau segelnya diubah.")
        elif newest is not None and event[0] < highest and event[1] < newest - LATE_TOLERANCE and not row.accepted:
            verdict.add_fault(f"Urutan {position}: peristiwa {row.event_id} disisipkan belakangan.")
        if event is not None:
            newest, highest = max(newest or event[1], event[1]), max(highest, event[0])
        chained = row.hash
        verdict.events += 1
        if known is not None and position == known.position and chained != known.hash:
            verdict.add_fault(f"Urutan {position}: tidak sama dengan kepala rantai yang pernah dicatat.")
    _check_head(session, key, verdict, ChainHead(position, chained, highest), known)
    _check_unsealed(session, verdict)
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


def _check_head(session: Session, key: bytes, verdict: ChainReport, walked: ChainHead, known: ChainHead | None) -> None:
    note, _ = _stored_head(session)
    verdict.head = replace(walked, ordered=_is_ordered(key, note))
    if fault := _head_fault(key, note, walked):
        verdict.halted = True
        verdict.add_fault(fault)
    if known is not None and known.position > walked.position:
        verdict.add_fault(f"Rantai berakhir di urutan {walked.position}, padahal pernah sampai {known.position}.")


def _check_unsealed(session: Session, verdict: ChainReport) -> None:
    verdict.inserted = session.exec(
        select(func.count()).select_from(_inserted_below(session, verdict.head).subquery())
    ).one()
    if verdict.inserted:
        verdict.add_fault(
            f"{verdict.inserted} peristiwa tanpa segel terletak di antara yang sudah disegel: disisipkan belakangan."
        )
    unsealed = _unsealed_after(session, verdict.head).subquery()
    verdict.unsealed, verdict.waiting_since = session.exec(
        select(func.count(), func.min(AuditEvent.at)).where(col(AuditEvent.id).in_(select(unsealed.c.id)))
    ).one()
