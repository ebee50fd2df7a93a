"""What tests of `/admin/email` begin with: the page opened by an admin, and runs and requests as somebody else has left them."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlmodel import select

from mysapk_web.models import Database, EmailRequest, Pegawai
from mysapk_web.services import clock
from tests.browser.conftest import NewPage


def opened(new_page: NewPage, part: str, person: str = "admin_instansi") -> Page:
    page = new_page(person=person)
    page.goto(f"/admin/email?bagian={part}")
    expect(page.get_by_role("navigation", name="Bagian halaman")).to_be_visible()
    return page


def email_of(db: Database, nip: str) -> str | None:
    with db.read() as session:
        return session.exec(select(Pegawai.email_key).where(Pegawai.nip == nip)).one()


def a_run(db: Database, **given: str | int) -> None:
    """A run of the first agency that somebody else works on."""
    now = clock.now()
    values = {
        "id": 1,
        "source": "api",
        "auto_apply": 0,
        "file_name": "simpeg.csv",
        "file_hash": "",
        "file_path": "",
        "expected": 0,
        "total": 0,
        "counts": "{}",
        "position": 0,
        "applied": 0,
        "applied_to": 0,
        "undone": 0,
        "error": "",
        "created_at": str(now),
        "claimed_by": "lain",
        "claimed_until": str(now + timedelta(hours=1)),
        "attempts": 0,
        **given,
    }
    with db.begin() as session:
        names = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        session.execute(
            text(f"INSERT INTO impor_email (instansi_id, {names}) SELECT min(id), {places} FROM instansi"), values
        )


def a_request(db: Database, nip: str, new_email: str) -> None:
    """A request from `/bantuan` in the name of somebody."""
    with db.begin() as session:
        person = session.exec(select(Pegawai).where(Pegawai.nip == nip)).one()
        session.add(
            EmailRequest(
                pegawai_id=person.id,
                nip=nip,
                nama=person.nama,
                old_email=person.email_key or "",
                new_email=new_email,
                created_at=clock.now(),
            )
        )
