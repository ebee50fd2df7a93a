"""Lists of the PDM that are longer than a page: nothing is left out without a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import Proposal, ProposalEvent
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import Looks
from tests.browser.records import give_back, person_id, put_on_file
from tests.browser.steps import button_named
from tests.support.records import GOOD

Accounts = dict[str, DemoAccount]
MANY = 30


@pytest.fixture(autouse=True)
def _fresh(server_db: Database, accounts: Accounts) -> None:
    put_on_file(server_db, accounts["pegawai"].nip)


def propose_children(db: Database, nip: str, *, sent: bool = False) -> list[int]:
    """Thirty new records of one kind, drafted or sent."""
    owner, now = person_id(db, nip), clock.now() - timedelta(minutes=5)
    with db.begin() as session:
        person = session.get_one(Pegawai, owner)
        rows = [
            Proposal(
                pegawai_id=owner,
                group="keluarga",
                kind="anak",
                action=RecordAction.ADD,
                payload=GOOD["anak"] | {"nama": f"Anak Contoh {number:02}"},
                state=ProposalState.INPUT_BERKAS if sent else ProposalState.DRAF,
                unor_id=person.unor_id,
                instansi_id=person.instansi_id if sent else None,
                created_at=now,
                changed_at=now,
                sent_at=now if sent else None,
            )
            for number in range(MANY)
        ]
        session.add_all(rows)
        session.flush()
        for row in rows:
            session.add(
                ProposalEvent(
                    proposal_id=row.id or 0,
                    at=now,
                    act=ProposalAction.SEND if sent else ProposalAction.SAVE_DRAFT,
                    before=ProposalState.DRAF,
                    after=row.state,
                )
            )
        return [row.id or 0 for row in rows]


def test_what_is_to_be_checked_comes_in_pages(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    propose_children(server_db, accounts["pegawai"].nip)
    page = new_page(person="pegawai")
    page.goto("/pdm/kirim")
    expect(page.get_by_text("30 usulan dalam 3 halaman. Periksa semua halaman sebelum mengirim.")).to_be_visible()
    items = page.get_by_role("heading", level=3)
    seen: set[str] = set()
    for number in (1, 2, 3):
        expect(page.get_by_text(f"Halaman {number} dari 3", exact=True)).to_be_visible()
        if number > 1:
            expect(page.get_by_text(f"Menampilkan halaman {number} dari 3.")).to_be_focused()
        expect(items).to_have_count(10)
        seen |= set(items.all_inner_texts())
        if number == 1:
            looks.fine(page, "pdm-kirim-halaman")
        if number < 3:
            button_named(page, "Berikutnya").click()
    assert len(seen) == MANY
    button_named(page, "Sebelumnya").click()
    expect(page.get_by_text("Menampilkan halaman 2 dari 3.")).to_be_focused()


def test_a_group_says_how_many_proposals_it_does_not_show_yet(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    propose_children(server_db, accounts["pegawai"].nip)
    page = new_page(person="pegawai")
    page.goto("/pdm/keluarga")
    proposed = page.get_by_role("strong").filter(has_text="Anak Contoh")
    expect(proposed).to_have_count(10)
    looks.fine(page, "pdm-grup-banyak")
    for left in (20, 10):
        page.get_by_role("button", name=f"Tampilkan 10 berikutnya (masih {left})").click()
        expect(proposed).to_have_count(MANY - left + 10)
    expect(page.get_by_role("button", name="Tampilkan 10 berikutnya")).to_have_count(0)


def test_what_came_back_is_counted_where_only_the_first_are_shown(
    new_page: NewPage, server_db: Database, accounts: Accounts, looks: Looks
) -> None:
    for number in propose_children(server_db, accounts["pegawai"].nip, sent=True)[:7]:
        give_back(server_db, number, reason="BTS-02", note="Akta kelahiran belum diunggah.")
    page = new_page(person="pegawai")
    page.goto("/beranda")
    expect(page.get_by_role("link", name="Lihat 4 lainnya di Usulan")).to_be_visible()
    looks.fine(page, "beranda-banyak-dikembalikan")
    page.goto("/pdm")
    page.get_by_role("link", name="Lihat 2 lainnya di Usulan").click()
    page.get_by_label("Status").select_option("Dikembalikan kepada Anda")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("7 usulan", exact=True)).to_be_visible()
