"""Tasks that only one process does at a time, over a row of their own that is the lock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.models import Job
from mysapk_web.services import clock

COUNTS = "hitungan"
SEALS = "segel"
PERIODS = "periode"


def hold(session: Session, name: str) -> None:
    """Wait for a task and keep it until the transaction ends.

    Args:
        session: Any transaction.
        name: Of this module.
    """
    session.execute(update(Job).where(col(Job.name) == name).values(at=clock.now()))


def read(session: Session, name: str) -> Job:
    """The row of a task as it is now.

    Args:
        session: Any transaction.
        name: Of this module.
    """
    return session.exec(select(Job).where(Job.name == name).execution_options(populate_existing=True)).one()


def write(session: Session, name: str, *, asked: bool | None = None, note: dict[str, Any] | None = None) -> None:
    """Change the row of a task that is held.

    Args:
        session: The transaction that holds it.
        name: Of this module.
        asked: Whether more than the usual is still to do; None leaves it.
        note: What is kept for the next time; None leaves it.
    """
    values = {key: value for key, value in (("asked", asked), ("note", note)) if value is not None}
    session.execute(update(Job).where(col(Job.name) == name).values(**values))
