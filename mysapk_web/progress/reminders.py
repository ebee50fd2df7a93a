"""Reminders of activation and PDM by email: at most one a day per person, whoever sends it and about what."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, literal
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation import audit, periods
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock, upsert
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress import not_activated, pdm_incomplete
from mysapk_web.progress.audit_events import ActivationReminded, PdmReminded
from mysapk_web.progress.closed_periods import agencies_in_scope
from mysapk_web.progress.not_activated import NotActivatedFilter, NotActivatedReason
from mysapk_web.progress.tables import Reminder

REMINDER_INTERVAL: Final = timedelta(days=1)
"""Between two reminders of one person."""
MAX_REMINDERS: Final = 5_000
"""Reminders of one act; the rest is reminded by the next."""


@dataclass(frozen=True, slots=True)
class ReminderResult:
    """How many emails were written, and whether people are left whom this action did not reach."""

    count: int
    more: bool


def remind_activation(
    session: Session, actor: Actor, narrowed: NotActivatedFilter, *, account_ids: Sequence[int] | None = None
) -> ReminderResult:
    """Remind people who could activate and have not: all of the list, or those of `account_ids`, never the actor.

    People without an email address, disabled, or waiting for approval are left out: they can't do anything about it.

    Raises:
        UserError: Nobody was chosen.
    """
    wanted = not_activated.conditions(session, actor, Permission.PROGRESS_READ, narrowed)
    wanted += [not_activated.reason_expression() == NotActivatedReason.OPEN.value]
    return _remind(session, actor, wanted, account_ids, MailKind.ACTIVATION_REMINDER, narrowed.key)


def remind_pdm(
    session: Session,
    actor: Actor,
    narrowed: pdm_incomplete.PdmIncompleteFilter,
    *,
    account_ids: Sequence[int] | None = None,
) -> ReminderResult:
    """Remind people who lack something in the present PDM and can do it; otherwise as `remind_activation`.

    Left out are people who have not activated, are disabled, have no email address, or whose agency has no open PDM.

    Raises:
        UserError: Nobody was chosen, or no PDM is open.
    """
    wanted = pdm_incomplete.conditions(session, actor, Permission.PROGRESS_READ, narrowed)
    rows = agencies_in_scope(session, actor)
    states = periods.statuses(session, rows, PeriodKind.PDM)
    open_ = [row.id for row, state in zip(rows, states, strict=True) if state.is_open]
    if not open_:
        raise UserError("Pemutakhiran Data Mandiri tidak sedang dibuka, jadi belum ada yang dapat diingatkan.")
    wanted += [pdm_incomplete.can_act(), col(Pegawai.instansi_id).in_(open_)]
    return _remind(session, actor, wanted, account_ids, MailKind.PDM_REMINDER, narrowed.key)


def _remind(
    session: Session,
    actor: Actor,
    wanted: list[ColumnElement[bool]],
    account_ids: Sequence[int] | None,
    letter: MailKind,
    key: str,
) -> ReminderResult:
    if account_ids is not None and not account_ids:
        raise UserError("Pilih paling sedikit satu pegawai.", "pilihan")
    wanted.append(col(Account.id) != actor.account_id)
    if account_ids is not None:
        wanted.append(col(Account.id).in_(account_ids))
    reached = _take_turn(session, wanted)
    now = clock.now()
    letters = [_letter(letter, account_id, now) for account_id in reached]
    if letters:
        session.execute(insert(OutboxMail), letters, execution_options={"render_nulls": True})
    payload = PdmReminded if letter is MailKind.PDM_REMINDER else ActivationReminded
    audit.record_by(session, actor, payload(people_count=len(reached), org_node=key))
    return ReminderResult(len(reached), len(reached) == MAX_REMINDERS)


def _take_turn(session: Session, wanted: list[Any]) -> list[int]:
    """Mark everybody whose last reminder is old enough, in one statement: two admins at once don't remind twice."""
    now = clock.now()
    due = (
        sql_select(col(Account.id), literal(now, Reminder.__table__.c.at.type))  # type: ignore[attr-defined]
        .select_from(pdm_incomplete.progress_tables())
        .outerjoin(Reminder, col(Reminder.account_id) == Account.id)
        .where(*wanted, col(Reminder.at).is_(None) | (col(Reminder.at) <= now - REMINDER_INTERVAL))
        .order_by(col(Pegawai.name), col(Pegawai.id))
        .limit(MAX_REMINDERS)
    )
    statement = upsert.insert(session, Reminder).from_select(["account_id", "at"], due)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id"], set_={"at": now}, where=col(Reminder.at) <= now - REMINDER_INTERVAL
    ).returning(col(Reminder.account_id))
    return list(session.execute(statement, execution_options={"synchronize_session": False}).scalars())


def _letter(letter: MailKind, account_id: int, now: datetime) -> dict[str, Any]:
    return {
        "template": letter.value,
        "account_id": account_id,
        "recipient": None,
        "params": {},
        "state": OutboxState.PENDING,
        "created_at": now,
        "due_at": now,
        "message_id": secrets.token_hex(16),
    }
