"""Second step, its early end, and the way back: chunk by chunk, each one transaction that says how far it is. Killed, it goes on there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Row, bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import LETTER_GAP, EmailReplacement, replace_emails
from mysapk_web.administration.audit_events import EmailImported, EmailImportStopped, EmailImportUndone
from mysapk_web.administration.email_imports.leases import fail, hold, leave, record
from mysapk_web.administration.email_imports.scope import Reach, ReachLost, reach_of
from mysapk_web.administration.email_imports.validate import PERSON_COLUMNS, Memory, Person, by_policy, person_of, whom
from mysapk_web.administration.employee_import.validation import holders_of
from mysapk_web.administration.managed_account import roles_by_account
from mysapk_web.administration.rules.email_import import GOOD, RowVerdict, RunState
from mysapk_web.administration.tables.email_import import EmailImport, EmailImportRow
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database

CHUNK: Final = 2000
REASON: Final = "impor alamat email"
UNDO_REASON: Final = "impor alamat email dibatalkan"
_TRIES: Final = 5
"""A chunk meets so many who take one of its addresses at that very moment."""

T = TypeVar("T")


def work_chunk(db: Database, run_id: int, worker: str, memory: Memory) -> bool:
    """Apply, stop or undo the next good rows of a run.

    Raises:
        LeaseLost: Somebody else works on it now.
    """
    with db.begin() as session:
        run = hold(session, run_id, worker)
        step, end = _STEPS[run.state]
        try:
            position = _unless_taken(session, lambda: step(session, run, memory))
        except ReachLost as lost:
            fail(session, run, str(lost))
            return False
        if position is None:
            end(session, run)
            return False
        run.position, run.attempts = position, 0
        return True


def _unless_taken(session: Session, step: Callable[[], T]) -> T:
    """Do a step; when somebody takes one of its addresses between the look and the write, look again: it is taken now."""
    for _ in range(_TRIES - 1):
        try:
            with session.begin_nested():
                return step()
        except IntegrityError:
            continue
    with session.begin_nested():
        return step()


def _rows(
    session: Session, run: EmailImport, reach: Reach, where: Any, *, last_first: bool = False
) -> Sequence[Row[Any]]:
    """Good rows with the people they are about, as they are now and as far as they are within reach."""
    # Chosen first: a table that was just filled has no statistics yet, and PostgreSQL would read everybody for each chunk.
    chosen = (
        select(EmailImportRow)
        .where(EmailImportRow.run_id == run.id, col(EmailImportRow.verdict).in_(GOOD), where)
        .order_by(_ordered(EmailImportRow, last_first))
        .limit(CHUNK)
        .subquery()
    )
    row = aliased(EmailImportRow, chosen)
    statement = (
        select(  # type: ignore[call-overload]  # more columns than the overloads know
            *PERSON_COLUMNS,
            reach.within.label("within"),
            row.position,
            col(row.email).label("wanted"),
            col(row.email_key).label("wanted_key"),
            row.old_email,
            row.old_key,
        )
        .select_from(row)
        .join(Pegawai, col(Pegawai.id) == row.pegawai_id, isouter=True)
        .join(Account, col(Account.pegawai_id) == Pegawai.id, isouter=True)
        .join(Unor, col(Unor.id) == Pegawai.unor_id, isouter=True)
        .order_by(_ordered(row, last_first))
    )
    found: Sequence[Row[Any]] = session.execute(statement).all()
    return found


def _ordered(row: Any, last_first: bool) -> Any:
    return row.position.desc() if last_first else row.position


def _people(session: Session, rows: Sequence[Row[Any]]) -> list[Person | None]:
    roles = roles_by_account(session, [row.account_id for row in rows if row.account_id is not None])
    return [person_of(row, roles) if row.account_id is not None else None for row in rows]


def _apply_next(session: Session, run: EmailImport, memory: Memory) -> int | None:
    """Write the next good rows, each judged once more by how things are now."""
    reach = reach_of(session, run)
    rows = _rows(session, run, reach, col(EmailImportRow.position) > run.position)
    holders = holders_of(session, [row.wanted_key for row in rows])
    changes: list[EmailReplacement] = []
    spellings: list[dict[str, Any]] = []
    overtaken: dict[int, RowVerdict] = {}
    for row, person in zip(rows, _people(session, rows), strict=True):
        verdict = _stands(session, row, person, reach, holders, memory)
        if verdict is not None or person is None:
            overtaken[row.position] = verdict or RowVerdict.NIP_UNKNOWN
        elif row.wanted_key == person.key:
            spellings.append({"id": person.pegawai_id, "email": row.wanted})
        else:
            changes.append(_change(person, row.wanted, row.wanted_key))
            # Changes are written in this order, so an address given up here is free for a later row.
            holders[row.wanted_key] = person.pegawai_id
            if person.key is not None and holders.get(person.key) == person.pegawai_id:
                del holders[person.key]
    _write(session, run, changes, spellings, REASON, done=run.applied)
    run.applied += len(changes) + len(spellings)
    _judge_anew(session, run, overtaken)
    run.applied_to = rows[-1].position if rows else run.applied_to
    return rows[-1].position if rows else None


def _stands(
    session: Session, row: Row[Any], person: Person | None, reach: Reach, holders: dict[str, int], memory: Memory
) -> RowVerdict | None:
    """Why a row that was good can't be applied any more; None: it can."""
    refusal = whom(person, reach)
    if refusal is not None or person is None:
        return refusal
    if (person.email, person.key) != (row.old_email, row.old_key):
        return RowVerdict.OVERTAKEN
    if holders.get(row.wanted_key, person.pegawai_id) != person.pegawai_id:
        return RowVerdict.TAKEN
    policy = by_policy(row.wanted_key, memory.agency(session, person.instansi_id))
    return policy if policy is RowVerdict.DOMAIN_REFUSED else None


def _applied(session: Session, run: EmailImport) -> None:
    leave(run, RunState.DONE)
    run.finished_at, run.position = clock.now(), run.total
    record(session, run, EmailImported)


def _stop_next(session: Session, run: EmailImport, memory: Memory) -> int | None:
    """Mark the next good rows that are not to be applied any more: because somebody said so, or because the run can't go on."""
    good = (EmailImportRow.run_id == run.id, col(EmailImportRow.verdict).in_(GOOD))
    rest = session.exec(
        select(EmailImportRow.position)
        .where(*good, col(EmailImportRow.position) > run.position)
        .order_by(col(EmailImportRow.position))
        .limit(CHUNK)
    ).all()
    _judge_anew(session, run, dict.fromkeys(rest, RowVerdict.NOT_APPLIED))
    return rest[-1] if rest else None


def _stopped(session: Session, run: EmailImport) -> None:
    leave(run, RunState.FAILED if run.error else RunState.STOPPED)
    run.finished_at = clock.now()
    record(session, run, EmailImported if run.error else EmailImportStopped)


def _judge_anew(session: Session, run: EmailImport, overtaken: dict[int, RowVerdict]) -> None:
    if not overtaken:
        return
    was = dict(
        session.execute(
            select(EmailImportRow.position, EmailImportRow.verdict).where(
                EmailImportRow.run_id == run.id, col(EmailImportRow.position).in_(overtaken)
            )
        ).all()
    )
    table = EmailImportRow.__table__  # type: ignore[attr-defined]
    session.connection().execute(
        update(table)
        .where(table.c.run_id == run.id, table.c.position == bindparam("at"))
        .values(verdict=bindparam("now"), note=""),
        [{"at": position, "now": verdict} for position, verdict in overtaken.items()],
    )
    counts = Counter(run.counts)
    counts.subtract(Counter(verdict.value for verdict in was.values()))
    counts.update(verdict.value for verdict in overtaken.values())
    run.counts = dict(+counts)


def _undo_next(session: Session, run: EmailImport, memory: Memory) -> int | None:
    """Give the addresses of before back, the last first; only where the address is still the one that was set."""
    reach = reach_of(session, run)
    before = col(EmailImportRow.position) < run.position
    rows = _rows(session, run, reach, before, last_first=True)
    holders = holders_of(session, [row.old_key for row in rows if row.old_key])
    changes: list[EmailReplacement] = []
    spellings: list[dict[str, Any]] = []
    for row, person in zip(rows, _people(session, rows), strict=True):
        if person is None or whom(person, reach) is not None or person.key != row.wanted_key:
            continue
        if row.old_key == person.key:
            if person.email == row.wanted:
                spellings.append({"id": person.pegawai_id, "email": row.old_email})
        elif holders.get(row.old_key, person.pegawai_id) == person.pegawai_id:
            changes.append(_change(person, row.old_email, row.old_key))
            holders.pop(row.wanted_key, None)
            if row.old_key is not None:
                holders[row.old_key] = person.pegawai_id
    _write(session, run, changes, spellings, UNDO_REASON, done=run.undone)
    run.undone += len(changes) + len(spellings)
    return rows[-1].position if rows else None


def _undone(session: Session, run: EmailImport) -> None:
    leave(run, RunState.UNDONE)
    run.undone_at, run.position = clock.now(), 0
    record(session, run, EmailImportUndone)


def _change(person: Person, raw: str | None, key: str | None) -> EmailReplacement:
    return EmailReplacement(person.account_id, person.pegawai_id, person.instansi_id, person.key, raw, key)


def _write(
    session: Session,
    run: EmailImport,
    changes: list[EmailReplacement],
    spellings: list[dict[str, Any]],
    reason: str,
    *,
    done: int,
) -> None:
    bulk.update_many(session, Pegawai, spellings)
    replace_emails(
        session,
        changes,
        actor_id=run.acting,
        reason=reason,
        letters_from=_letters_from(run, done),
        import_id=run.id,
        token_id=run.token_id,
    )


def _letters_from(run: EmailImport, done: int) -> datetime:
    """After the letters of the chunks before: two for each change."""
    now = clock.now()
    return max(now, (run.step_at or now) + 2 * done * LETTER_GAP)


_STEPS: Final = {
    RunState.APPLYING: (_apply_next, _applied),
    RunState.STOPPING: (_stop_next, _stopped),
    RunState.UNDOING: (_undo_next, _undone),
}
"""For each state what is done with the next rows, which says the place of the last of them, and what once none is left."""
