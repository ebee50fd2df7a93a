"""The inbox is narrowed to an agency and to a unit, which are searched for and stand in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named
from tests.browser.test_verification import AWARD, row_of, send

Accounts = dict[str, DemoAccount]
SCHOOL = "SMP Negeri 1 Sukamaju"


def suggested(page: Page, text: str) -> str:
    """What is suggested for what is typed."""
    page.get_by_label("Unor verifikasi").press_sequentially(text, delay=20)
    found = page.locator("#saran-unor option").first
    expect(found).to_have_attribute("value", re.compile(SCHOOL))
    return found.get_attribute("value") or ""


@pytest.fixture
def sent(new_page: NewPage, server_db: Database, accounts: Accounts) -> int:
    """The only proposal of the school."""
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    with server_db.begin() as session:
        session.execute(update(Proposal).values(instansi_id=None))
    return send(new_page, server_db, accounts)


def test_a_school_is_searched_for_and_stands_in_the_address(
    new_page: NewPage, server_db: Database, sent: int, looks: Looks
) -> None:
    page = new_page(DESK, "verifikator")
    page.goto("/verifikasi")
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()
    expect(page.get_by_label("Instansi")).to_have_count(0)
    chosen = suggested(page, "smp negeri 1 suka")
    page.get_by_label("Unor verifikasi").fill(chosen)
    button_named(page, "Tampilkan").click()
    page.wait_for_url(re.compile(r"unit=\d+"))
    expect(row_of(page, "Dewi Rahayu").first).to_contain_text(SCHOOL)
    expect(page.get_by_label("Unor verifikasi")).to_have_value(chosen)
    looks.fine(page, "verifikasi-unor")

    # A link to it shows the same to a colleague, and stays with the next filter.
    colleague = new_page(DESK, "admin_instansi")
    colleague.goto(page.url)
    expect(colleague.get_by_label("Unor verifikasi")).to_have_value(chosen)
    colleague.get_by_label("Urutan").select_option("baru")
    button_named(colleague, "Tampilkan").click()
    colleague.wait_for_url(re.compile(r"unit=\d+&urut=baru"))
    expect(colleague.get_by_text("1 usulan", exact=True)).to_be_visible()
    colleague.get_by_label("Unor verifikasi").fill("")
    button_named(colleague, "Tampilkan").click()
    colleague.wait_for_url(re.compile(r"/verifikasi\?urut=baru$"))

    # The unit that was asked for before stays the one that is shown, when another one is not known.
    page.get_by_label("Unor verifikasi").fill("Unit yang tidak ada")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Unit tidak dikenal di wilayah Anda")
    expect(row_of(page, "Dewi Rahayu").first).to_contain_text(SCHOOL)
    looks.fine(page, "verifikasi-unor-kesalahan")
    assert sent


def test_a_unit_of_another_agency_is_not_named(new_page: NewPage, server_db: Database, sent: int) -> None:
    with server_db.read() as session:
        unit = session.exec(select(Unor.id).where(Unor.name == SCHOOL)).one()
    page = new_page(DESK, "admin_instansi_lain")
    page.goto(f"/verifikasi?status=semua&unit={unit}")
    expect(page.get_by_text("Tidak ada usulan yang cocok")).to_be_visible()
    expect(page.get_by_label("Unor verifikasi")).to_have_value("")
    assert SCHOOL not in page.content()
    assert sent


def test_bkn_sees_which_agency_it_is_and_narrows_to_it(new_page: NewPage, server_db: Database, looks: Looks) -> None:
    with server_db.begin() as session:
        home, other = session.exec(select(Instansi).order_by(col(Instansi.id)).limit(2)).all()
        numbers = session.exec(
            select(Proposal.id).where(Proposal.state == ProposalState.VALIDASI_BKN, Proposal.instansi_id == home.id)
        ).all()
        root = session.exec(select(Unor.id).where(Unor.instansi_id == other.id, col(Unor.parent_id).is_(None))).one()
        # One of them was sent in the other agency.
        moved = update(Proposal).where(col(Proposal.id) == numbers[0])
        session.execute(moved.values(instansi_id=other.id, unor_id=root))
        names = home.name, other.name
        code = other.code
    page = new_page(DESK, "admin_bkn")
    page.goto("/verifikasi")
    for name in names:
        expect(page.get_by_role("cell").filter(has_text=name).first).to_be_visible()
    expect(page.get_by_label("Unor verifikasi")).to_have_count(0)
    looks.fine(page, "verifikasi-bkn")

    page.get_by_label("Instansi (nama atau kode)").fill(names[0].lower())
    button_named(page, "Tampilkan").click()
    page.wait_for_url("**instansi=**")
    expect(page.get_by_text(f"{len(numbers) - 1} usulan", exact=True)).to_be_visible()
    expect(page.get_by_role("cell").filter(has_text=names[1])).to_have_count(0)
    expect(page.get_by_label("Instansi (nama atau kode)")).to_have_value(names[0].lower())
    chosen = suggested(page, "smp negeri 1 suka")
    looks.fine(page, "verifikasi-bkn-instansi")

    # With another agency a unit of the one before is none any more.
    page.get_by_label("Unor verifikasi").fill(chosen)
    button_named(page, "Tampilkan").click()
    page.wait_for_url(re.compile(r"unit=\d+"))
    expect(page.get_by_label("Unor verifikasi")).to_have_value(chosen)
    page.get_by_label("Instansi (nama atau kode)").fill(code)
    button_named(page, "Tampilkan").click()
    page.wait_for_url(re.compile(rf"/verifikasi\?instansi={code}$"))
    expect(page.get_by_text("1 usulan", exact=True)).to_be_visible()

    page.get_by_label("Instansi (nama atau kode)").fill("tidak ada instansi ini")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Tidak ada usulan yang cocok")).to_be_visible()
