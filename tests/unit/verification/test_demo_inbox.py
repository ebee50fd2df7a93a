"""The demo agency's proposals lie on the desks of its verifikators from the first start."""

from __future__ import annotations

from sqlmodel import col, select

from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database


def test_what_was_sent_lies_in_the_inbox_of_its_agency(demo_db: Database) -> None:
    with demo_db.read() as session:
        rows = session.exec(
            select(Proposal.sent_at, Proposal.instansi_id, Unor.instansi_id).join(
                Unor, col(Unor.id) == Proposal.unor_id
            )
        ).all()
    assert sum(sent is not None for sent, _, _ in rows) > 100
    assert all((agency == own) if sent is not None else agency is None for sent, agency, own in rows)
