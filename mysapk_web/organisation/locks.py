from __future__ import annotations

from sqlmodel import Session, col, select

from mysapk_web.organisation.tables.agency import Instansi


def lock_agency(session: Session, instansi_id: int | None) -> None:
    """Serialise count-then-insert checks of an agency until the transaction ends; None locks the country, by its first agency."""
    wanted = select(Instansi.id).order_by(col(Instansi.id)).limit(1)
    if instansi_id is not None:
        wanted = select(Instansi.id).where(Instansi.id == instansi_id)
    # FOR NO KEY UPDATE: rows that merely refer to the agency need not wait.
    session.exec(wanted.with_for_update(key_share=True)).all()
