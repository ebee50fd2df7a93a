"""`/admin/email` in the states that a page comes into by what others do, or by what goes wrong: each is seen at every size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text
from sqlmodel import select

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun
from tests.browser.addresses import a_run, email_of, opened
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import Looks
from tests.browser.steps import button_named

Accounts = dict[str, DemoAccount]


def test_while_a_list_is_worked_on(new_page: NewPage, looks: Looks, server_db: Database, people: object) -> None:
    a_run(server_db, total=200, counts={"siap": 200}, position=80, applied=80, applied_to=80)
    page = opened(new_page, "impor&berkas=1")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "40")
    looks.fine(page, "email-impor-berjalan")
    with server_db.begin() as session:
        session.execute(text("UPDATE impor_email SET position = 160"))
    expect(bar).to_have_attribute("value", "80")


def test_while_a_list_is_read(new_page: NewPage, looks: Looks, server_db: Database, people: object) -> None:
    a_run(server_db, state=RunState.READING, file_name="simpeg.xlsx")
    page = opened(new_page, "impor&berkas=1")
    bar = page.get_by_role("progressbar")
    # How many rows there are isn't known yet: the bar says so, and no number does.
    expect(bar).not_to_have_attribute("value", re.compile(".*"))
    expect(page.get_by_text("Memeriksa berkas ...", exact=True)).to_be_visible()
    looks.fine(page, "email-impor-membaca")
    with server_db.begin() as session:
        session.execute(text("UPDATE impor_email SET expected = 200, total = 50"))
    expect(bar).to_have_attribute("value", "25")
    looks.fine(page, "email-impor-memeriksa")


@pytest.mark.parametrize("state", [RunState.STOPPING, RunState.UNDOING])
def test_while_a_run_comes_to_its_end(
    new_page: NewPage, looks: Looks, server_db: Database, people: object, state: RunState
) -> None:
    a_run(server_db, state=state, total=200, counts={"siap": 200}, position=100, applied=80, applied_to=80)
    page = opened(new_page, "impor&berkas=1")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    expect(page.get_by_text(f"{state.label} ...", exact=True)).to_be_visible()
    looks.fine(page, f"email-impor-{state.value}")


def test_a_run_that_failed_says_why_and_what_to_do(
    new_page: NewPage, looks: Looks, server_db: Database, people: object
) -> None:
    a_run(
        server_db,
        state=RunState.FAILED,
        error="Berkas XLSX rusak atau terkunci. Simpan ulang tanpa sandi, lalu coba lagi.",
        claimed_by="",
        claimed_until=None,
    )
    page = opened(new_page, "impor&berkas=1")
    expect(page.get_by_text("Gagal", exact=True)).to_be_visible()
    expect(page.get_by_text("Simpan ulang tanpa sandi")).to_be_visible()
    for button in ("Hentikan", "Buang impor ini", "Batalkan impor ini"):
        expect(button_named(page, button)).to_have_count(0)
    looks.fine(page, "email-impor-gagal")


def test_a_list_that_nobody_wants_is_discarded(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database, tmp_path: Path
) -> None:
    person = accounts["belum_aktif"]
    before = email_of(server_db, person.nip)
    path = tmp_path / "salah.csv"
    path.write_text(f"nip;email\n{person.nip};dari.berkas@example.go.id\n")
    page = opened(new_page, "impor")
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(path)
    button_named(page, "Unggah dan periksa").click()
    button_named(page, "Buang impor ini").click(timeout=30_000)
    asked = page.get_by_role("dialog", name="Buang impor ini?")
    expect(asked).to_be_visible()
    looks.fine(page, "email-impor-buang")
    button_named(asked, "Jangan").click()
    expect(button_named(page, "Terapkan 1 baris")).to_be_visible()

    button_named(page, "Buang impor ini").click()
    button_named(asked, "Buang").click()
    expect(page.get_by_text("Dibuang", exact=True)).to_be_visible()
    expect(page.get_by_text("Impor dibuang. Tidak ada alamat yang diganti.")).to_be_visible()
    expect(button_named(page, "Terapkan 1 baris")).to_have_count(0)
    expect(page.get_by_role("heading", name="Hasil pemeriksaan")).to_have_count(0)
    looks.fine(page, "email-impor-dibuang")
    assert email_of(server_db, person.nip) == before


def test_a_run_is_stopped_and_what_it_did_is_undone(
    new_page: NewPage, looks: Looks, accounts: Accounts, server_db: Database, people: object
) -> None:
    done, left = accounts["belum_aktif"].nip, accounts["pppk"].nip
    before = email_of(server_db, done), email_of(server_db, left)
    rows = ((done, "satu@example.go.id"), (left, "dua@example.go.id"))
    a_run(server_db, *((nip, email, EmailRowVerdict.READY) for nip, email in rows), position=1, applied=1, applied_to=1)
    with server_db.begin() as session:
        person = session.exec(select(Pegawai).where(Pegawai.nip == done)).one()
        person.email = person.email_key = "satu@example.go.id"

    page = opened(new_page, "impor&berkas=1")
    button_named(page, "Hentikan").click()
    asked = page.get_by_role("dialog", name="Hentikan impor ini?")
    expect(asked).to_be_visible()
    looks.fine(page, "email-impor-hentikan")
    button_named(asked, "Hentikan impor").click()
    expect(page.get_by_text("Dihentikan", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("row").filter(has_text=done)).to_contain_text("Diterapkan")
    expect(page.get_by_role("row").filter(has_text=left)).to_contain_text("Belum diterapkan")
    looks.fine(page, "email-impor-dihentikan")
    assert (email_of(server_db, done), email_of(server_db, left)) == ("satu@example.go.id", before[1])

    button_named(page, "Batalkan impor ini").click()
    undo = page.get_by_role("dialog", name="Batalkan impor ini?")
    expect(undo).to_be_visible()
    looks.fine(page, "email-impor-batalkan")
    button_named(undo, "Kembalikan alamat").click()
    expect(page.get_by_text("Dibatalkan", exact=True)).to_be_visible(timeout=30_000)
    looks.fine(page, "email-impor-dibatalkan")
    assert (email_of(server_db, done), email_of(server_db, left)) == before
    with server_db.read() as session:
        assert session.get_one(ImportRun, 1).undone == 1


def test_while_the_page_is_on_its_way(new_page: NewPage, looks: Looks) -> None:
    page = new_page(person="admin_instansi")
    Line(page, dead=True)
    page.goto("/admin/email")
    expect(page.get_by_text("Memuat data ...")).to_be_attached()
    looks.fine(page, "email-memuat")


@pytest.mark.parametrize("person", ["pegawai", "verifikator"])
def test_others_find_nothing_here(new_page: NewPage, looks: Looks, person: str) -> None:
    page = new_page(person=person)
    page.goto("/admin/email")
    expect(page.get_by_role("alert")).to_contain_text("tidak berwenang")
    expect(page.get_by_role("link", name="Email", exact=True)).to_have_count(0)
    expect(page.get_by_text("Memuat data ...")).to_have_count(0)
    looks.fine(page, f"email-ditolak-{person}")
