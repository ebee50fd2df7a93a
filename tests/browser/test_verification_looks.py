"""The pages of verification in the states around their content: on its way, refused, taken by a colleague, asked before a decision."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.records import put_on_file
from tests.browser.steps import button_named
from tests.browser.test_verification import AWARD, row_of, send
from tests.browser.test_verification_states import one_of_demo

Accounts = dict[str, DemoAccount]
PATHS = ("/verifikasi", "/verifikasi/1", "/verifikasi/sesuai")
S = ProposalState


def name_of(path: str) -> str:
    return path[1:].replace("/", "-")


@pytest.mark.parametrize("path", PATHS)
def test_while_it_is_on_its_way(path: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "verifikator")
    Line(page, dead=True)
    page.goto(path)
    expect(page.get_by_text("Memuat data ...")).to_be_attached()
    looks.fine(page, f"{name_of(path)}-memuat")


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_reads_a_sentence_and_waits_for_nothing(path: str, new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "pegawai")
    page.goto(path)
    expect(page.get_by_role("alert")).to_contain_text("Anda tidak berwenang")
    expect(page.get_by_text("Memuat data ...")).to_have_count(0)
    looks.fine(page, f"{name_of(path)}-ditolak")


def test_a_search_that_is_refused_finds_nothing_and_says_nothing_else(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_bkn")
    page.goto("/verifikasi")
    expect(page.get_by_role("heading", name="Menurut status")).to_be_visible()
    page.get_by_label("Nama", exact=True).fill("a")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi sedikitnya 3 huruf pertama nama.")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("a")
    expect(page.get_by_text("Tidak ada usulan yang cocok")).to_have_count(0)
    # What was counted for another question stands here no more.
    expect(page.get_by_role("heading", name="Menurut status")).to_have_count(0)
    looks.fine(page, "verifikasi-pencarian-ditolak")
    page.get_by_label("Nama", exact=True).fill("tidak ada yang bernama begini")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_text("Tidak ada usulan yang cocok")).to_be_visible()


@pytest.fixture
def sent(new_page: NewPage, server_db: Database, accounts: Accounts) -> int:
    """The only proposal there is."""
    put_on_file(server_db, accounts["pegawai"].nip, {"penghargaan": [AWARD]})
    with server_db.begin() as session:
        session.execute(update(Proposal).values(instansi_id=None))
    return send(new_page, server_db, accounts)


def test_a_row_that_somebody_has_open(new_page: NewPage, sent: int, looks: Looks) -> None:
    page = new_page(DESK, "verifikator")
    page.goto(f"/verifikasi/{sent}")
    expect(button_named(page, "Verifikasi")).to_be_visible()
    page.goto("/verifikasi")
    expect(row_of(page, "Dewi Rahayu")).to_contain_text("Anda buka")
    looks.fine(page, "verifikasi-dibuka-sendiri")

    colleague = new_page(DESK, "admin_instansi")
    colleague.goto("/verifikasi")
    expect(row_of(colleague, "Dewi Rahayu")).to_contain_text("Sedang diperiksa Bambang Santosa")
    looks.fine(colleague, "verifikasi-dibuka-rekan")
    colleague.goto(f"/verifikasi/{sent}")
    expect(colleague.get_by_text("sedang diperiksa Bambang Santosa")).to_be_visible()
    looks.fine(colleague, "verifikasi-usulan-dibuka-rekan")


def test_verifying_together_without_a_look_at_the_sample(
    new_page: NewPage, server_db: Database, sent: int, looks: Looks
) -> None:
    with server_db.begin() as session:
        proposal = session.get_one(Proposal, sent)
        proposal.payload = {**proposal.payload, "nomor_sk": AWARD["nomor_sk"]}
    page = new_page(DESK, "verifikator")
    page.goto("/verifikasi/sesuai")
    button_named(page, "Verifikasi semua yang diberi tanda").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("contoh sudah Anda periksa")
    looks.fine(page, "verifikasi-sesuai-kesalahan")
    alert.get_by_role("link").click()
    expect(page.get_by_label("Dokumen pada semua contoh")).to_be_focused()


@pytest.mark.parametrize(
    ("state", "who", "acts"),
    [
        (
            S.INPUT_BERKAS,
            "admin_instansi",
            {
                "Verifikasi": "Verifikasi usulan ini?",
                "Kembalikan untuk diperbaiki": "Kembalikan untuk diperbaiki?",
                "Tolak": "Tolak usulan ini?",
            },
        ),
        (
            S.TERVERIFIKASI,
            "approver",
            {
                "Setujui": "Setujui usulan ini?",
                "Kembalikan ke verifikator": "Kembalikan ke verifikator?",
                "Tolak": "Tolak usulan ini?",
            },
        ),
        (
            S.VALIDASI_BKN,
            "admin_bkn",
            {
                "Setujui validasi": "Setujui validasi usulan ini?",
                "Kembalikan ke instansi": "Kembalikan ke instansi?",
                "Tolak validasi": "Tolak validasi usulan ini?",
            },
        ),
    ],
)
def test_each_decision_is_asked_about(
    state: ProposalState, who: str, acts: dict[str, str], new_page: NewPage, server_db: Database, looks: Looks
) -> None:
    page = new_page(PHONE, who)
    page.goto(f"/verifikasi/{one_of_demo(server_db, state)}")
    for number, (act, question) in enumerate(acts.items()):
        button_named(page, act).first.click()
        dialog = page.get_by_role("dialog", name=question)
        expect(dialog).to_contain_text("tidak dapat dibatalkan")
        expect(dialog.get_by_text("Kesalahan")).to_have_count(0)
        looks.fine(page, f"verifikasi-tanya-{state.value.lower()}-{number}")
        button_named(dialog, "Batal").click()
        expect(dialog).to_be_hidden()
