"""Taking turns where a limit is counted and then written: of two at one moment the second one counts what the first has written."""

from __future__ import annotations

from sqlmodel import Session, col, select

from mysapk_web.organisation.tables.agency import Instansi


def lock_agency(session: Session, instansi_id: int | None) -> None:
    """Wait until nobody else writes for an agency, and keep the turn until the transaction ends. SQLite has one writer anyway.

    Args:
        session: Any transaction; what is counted has to be read after this.
        instansi_id: Which agency; None for the whole country, which has no row and takes turns at that of its first agency.
    """
    wanted = select(Instansi.id).order_by(col(Instansi.id)).limit(1)
    if instansi_id is not None:
        wanted = select(Instansi.id).where(Instansi.id == instansi_id)
    # Not the key: whoever only refers to the agency need not wait.
    session.exec(wanted.with_for_update(key_share=True)).all()
