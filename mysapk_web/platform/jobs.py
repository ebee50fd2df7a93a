"""Jobs that one process at a time does; the job's row is the lock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.platform import clock
from mysapk_web.platform.tables.job import Job

COUNTS = "hitungan"
SEALS = "segel"
PERIODS = "periode"
DOCUMENTS = "dokumen"
COMPARISON = "berkas"


def acquire_job_lock(session: Session, name: str) -> None:
    """Wait for the lock; held until the transaction ends."""
    session.execute(update(Job).where(col(Job.name) == name).values(at=clock.now()))


def try_job_lock(session: Session, name: str) -> bool:
    """Take the lock unless another process holds it; a writing transaction on SQLite always holds it."""
    free = select(Job.name).where(Job.name == name).with_for_update(skip_locked=True)
    return session.exec(free).first() is not None


def job_state(session: Session, name: str) -> Job:
    return session.exec(select(Job).where(Job.name == name).execution_options(populate_existing=True)).one()


def save_job_state(
    session: Session, name: str, *, asked: bool | None = None, note: dict[str, Any] | None = None
) -> None:
    """Change the row of a held job; None leaves a value."""
    values = {key: value for key, value in (("asked", asked), ("note", note)) if value is not None}
    session.execute(update(Job).where(col(Job.name) == name).values(**values))
