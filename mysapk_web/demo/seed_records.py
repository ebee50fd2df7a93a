"""Bulk inserts of the records and proposals of the demo, in the transaction of `seed`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from fpdf import FPDF
from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel, col, select

from mysapk_web.demo.people import DemoPerson
from mysapk_web.demo.proposals import DecidingAccounts, DemoDossier, DemoProposal, declarations, proposals
from mysapk_web.demo.records import records
from mysapk_web.demo.units import DemoUnit
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.pdm.notifications import TITLES
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.pdm.tables import Document, GroupDeclaration, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.platform import document_store
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.settings import Settings

SAMPLE: Final = "dokumen-contoh.pdf"
_FILED_BEFORE: Final = timedelta(days=400)
_ASKING: Final = frozenset({ProposalAction.RETURN, ProposalAction.REJECT})


def write_records(
    session: Session,
    settings: Settings,
    crowd: Sequence[DemoPerson],
    tree: Sequence[DemoUnit],
    ids: Sequence[tuple[int, int, int]],
    open_agency: str,
    now: datetime,
) -> None:
    """Write what is on file about everybody, and what some of them have proposed.

    Args:
        ids: Ids of person, account and unit, in the order of the crowd.
    """
    today = now.astimezone(Zone.WIB.info).date()
    rows: list[dict[str, Any]] = []
    places: list[tuple[int, str]] = []
    for index, person in enumerate(crowd):
        unit = tree[person.unit]
        for kind, payload in records(person, unit.name, unit.instansi, today, full=person.persona is not None):
            rows.append(_record(ids[index][0], kind, payload, now))
            places.append((index, kind))
    made = _insert(session, PersonnelRecord, rows)
    newest: list[dict[str, tuple[int, dict[str, Any]]]] = [{} for _ in crowd]
    for (index, kind), row, number in zip(places, rows, made, strict=True):
        newest[index][kind] = (number, row["payload"])
    filed = [
        DemoDossier(person, *ids[index], tree[person.unit].instansi == open_agency, newest[index])
        for index, person in enumerate(crowd)
    ]
    drawn = proposals(filed, _offices(filed), now)
    _write(session, settings, drawn, now)
    session.execute(insert(GroupDeclaration), list(declarations(filed, drawn, now)))


def _record(pegawai_id: int, kind: str, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
    filed = now - _FILED_BEFORE
    return {"pegawai_id": pegawai_id, "kind": kind, "payload": payload, "created_at": filed, "changed_at": filed}


def _offices(filed: Iterable[DemoDossier]) -> DecidingAccounts:
    accounts = {each.person.persona.key: each.account_id for each in filed if each.person.persona}
    return DecidingAccounts(accounts["verifikator"], accounts["approver"], accounts["admin_bkn"])


def _write(session: Session, settings: Settings, drawn: Sequence[DemoProposal], now: datetime) -> None:
    applied = [each for each in drawn if each.applied]
    new = _insert(
        session,
        PersonnelRecord,
        [
            {**_record(each.filed.pegawai_id, each.kind, each.payload, now), "created_at": each.steps[-1].at}
            for each in applied
        ],
    )
    record_of = dict(zip([id(each) for each in applied], new, strict=True))
    rows = [{**each.row(), **({"record_id": record_of[id(each)]} if each.applied else {})} for each in drawn]
    numbers = _insert(session, Proposal, rows)
    agency = select(Unor.instansi_id).where(Unor.id == Proposal.unor_id).scalar_subquery()
    session.execute(update(Proposal).where(col(Proposal.sent_at).is_not(None)).values(instansi_id=agency))
    pairs = list(zip(drawn, numbers, strict=True))
    session.execute(insert(ProposalEvent), [row for each, number in pairs for row in each.trail(number)])
    sample = _sample(settings, now)
    documents = [row for each, number in pairs for row in _documents(each, number, sample)]
    session.execute(insert(Document), documents)
    session.execute(insert(Notice), [row for each in drawn for row in _notices(each)])


def _documents(drawn: DemoProposal, number: int, sample: tuple[str, int]) -> Iterator[dict[str, Any]]:
    for rule in drawn.rules:
        yield {
            "proposal_id": number,
            "rule": rule,
            "sha256": sample[0],
            "size": sample[1],
            "pages": 1,
            "name": SAMPLE,
            "uploaded_at": drawn.steps[0].at,
        }


def _notices(drawn: DemoProposal) -> Iterator[dict[str, Any]]:
    for step in drawn.steps:
        if step.act in TITLES:
            yield {
                "account_id": drawn.filed.account_id,
                "at": step.at,
                "title": TITLES[step.act],
                "text": step.after.meaning,
                "path": f"/pdm/{drawn.row()['group']}" if step.act in _ASKING else "/usulan",
                "asks_action": step.act in _ASKING,
            }


def _sample(settings: Settings, now: datetime) -> tuple[str, int]:
    """The one document that all proposals of the demo carry: it says that it is an example."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime(2021, 8, 15, tzinfo=Zone.WIB.info))
    pdf.add_page()
    pdf.set_font("helvetica", "B", 20)
    pdf.cell(0, 40, "Dokumen contoh", align="C")
    pdf.ln(30)
    pdf.set_font("helvetica", "", 12)
    pdf.multi_cell(0, 7, "Dokumen ini dibuat untuk mode demo. Isinya tidak berasal dari siapa pun dan tidak berlaku.")
    content = bytes(pdf.output())
    path = document_store.new_inbox_path(settings.document_dir)
    with os.fdopen(document_store.open_new(path), "wb") as file:
        file.write(content)
    return document_store.store(settings.document_dir, path, now), len(content)


def _insert(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)  # type: ignore[attr-defined]
    return list(session.execute(statement, list(rows)).scalars())
