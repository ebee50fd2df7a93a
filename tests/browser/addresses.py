"""What tests of `/admin/email` begin with: the page opened by an admin, and runs and requests as somebody else has left them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from tests.browser.conftest import NewPage


def opened(new_page: NewPage, part: str, person: str = "admin_instansi") -> Page:
    page = new_page(person=person)
    page.goto(f"/admin/email?bagian={part}")
    expect(page.get_by_role("navigation", name="Bagian halaman")).to_be_visible()
    return page


def email_of(db: Database, nip: str) -> str | None:
    with db.read() as session:
        return session.exec(select(Pegawai.email_key).where(Pegawai.nip == nip)).one()


def a_run(db: Database, *rows: tuple[str, str, EmailRowVerdict], **given: Any) -> None:
    """A run of the first agency, its number 1, that somebody else works on; rows are NIP, address in the file and verdict."""
    now = clock.now()
    values = {
        "state": RunState.APPLYING,
        "file_name": "simpeg.csv",
        "total": len(rows),
        "counts": dict(Counter(verdict.value for _, _, verdict in rows)),
        "claimed_by": "lain",
        "claimed_until": now + timedelta(hours=1),
        **given,
    }
    with db.begin() as session:
        instansi_id = session.exec(select(Instansi.id).order_by(col(Instansi.id)).limit(1)).one()
        session.add(
            ImportRun(
                id=1, source=RunSource.API, instansi_id=instansi_id, file_hash="", created_at=now, step_at=now, **values
            )
        )
        for position, (nip, email, verdict) in enumerate(rows, start=1):
            person = session.exec(select(Pegawai).where(Pegawai.nip == nip)).one_or_none()
            session.add(
                ImportRow(
                    run_id=1,
                    position=position,
                    line=position + 1,
                    nip=nip,
                    email=email,
                    email_key=email,
                    verdict=verdict,
                    pegawai_id=person.id if person else None,
                    old_email=person.email if person else None,
                    old_key=person.email_key if person else None,
                )
            )


def a_request(db: Database, nip: str, new_email: str) -> None:
    """A request from `/bantuan` in the name of somebody."""
    with db.begin() as session:
        person = session.exec(select(Pegawai).where(Pegawai.nip == nip)).one()
        session.add(
            EmailRequest(
                pegawai_id=person.id,
                nip=nip,
                name=person.name,
                old_email=person.email_key or "",
                new_email=new_email,
                created_at=clock.now(),
            )
        )
