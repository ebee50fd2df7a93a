"""The whole way of a person through the portal: from the rolls to a changed record, with the figures of the agency moving along."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.records import newest_proposal, person_id
from tests.browser.steps import at_home, button_named, fill, mailed_token, open_login, ready
from tests.browser.test_pdm_walk import SAVED, draft_line, open_form, upload
from tests.browser.test_verification import decide
from tests.wire.server import ROOT, Server

Accounts = dict[str, DemoAccount]
NIP = "199303152019031007"
EMAIL = "surya.atmaja@contohkab.example.go.id"
PASSWORD = "Perahu-Kenanga-58"


def import_person(server: Server, db: Database) -> None:
    """`mysapk import-pegawai` with one person, into the unit of a school."""
    with db.read() as session:
        agency, unit = session.exec(
            select(Instansi.code, Unor.code)
            .join(Unor, col(Unor.instansi_id) == Instansi.id)
            .where(Unor.name == "SMP Negeri 1 Sukamaju")
        ).one()
        assert session.exec(select(Pegawai.id).where(Pegawai.nip == NIP)).first() is None
    path = Path(server.folder) / "pegawai.csv"
    path.write_text(f"nip,nama,jenis,instansi,unor,email\n{NIP},Surya Atmaja,PNS,{agency},{unit},{EMAIL}\n")
    code = "from mysapk_web.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "import-pegawai", str(path)],
        cwd=ROOT,
        env=server.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def figures(page: Page, words: str) -> None:
    """The page of progress says so, without being loaded again."""
    page.clock.run_for(11_000)
    expect(page.get_by_text(words)).to_be_visible()


def of_pdm(page: Page) -> dict[str, int]:
    """What the page of the PDM says of awards and of the queue."""
    rows = page.get_by_role("row")
    lines = {"sudah": "Penghargaan", "verifikator": "Verifikator", "approver": "Approver"}
    texts = {
        name: rows.filter(has_text=line).first.get_by_role("cell").nth(1).inner_text() for name, line in lines.items()
    }
    texts["menunggu"] = page.get_by_text(re.compile(r"^[\d.]+ usulan$")).first.inner_text()
    return {name: int("".join(sign for sign in text if sign.isdigit())) for name, text in texts.items()}


def pdm_moves(page: Page, before: dict[str, int], **steps: int) -> None:
    """The page of the PDM says so, without being loaded again; what people have done is counted within some seconds."""
    wanted = {name: count + steps.get(name, 0) for name, count in before.items()}
    for _ in range(20):
        page.clock.run_for(11_000)
        page.wait_for_timeout(500)
        if of_pdm(page) == wanted:
            return
    assert of_pdm(page) == wanted


def activate(page: Page) -> None:
    """From Lupa Password to the first login."""
    open_login(page)
    page.get_by_role("link", name="Lupa Password").click()
    ready(page, "Lanjutkan")
    fill(page, NIP=NIP, Email=EMAIL)
    button_named(page, "Lanjutkan").click()
    page.wait_for_url("**/konfirmasi-reset")
    fill(page, Password=PASSWORD, Token=mailed_token(page.context, EMAIL))
    button_named(page, "Reset Password").click()
    button_named(page.get_by_role("dialog", name="Password baru berhasil diperbarui"), "OK").click()
    page.wait_for_url("**/masuk*")
    fill(page, NIP=NIP, Password=PASSWORD)
    button_named(page, "Masuk").click()
    at_home(page)


def propose(page: Page) -> None:
    """Write a new award with its document, and send it to the verifikator of the service above the school."""
    open_form(page, "penghargaan", "Tambah penghargaan")
    kind = page.get_by_role("combobox", name="Jenis penghargaan")
    kind.fill("bintang")
    expect(page.get_by_role("option").first).to_be_visible()
    kind.press("ArrowDown")
    kind.press("Enter")
    page.get_by_label("Nomor SK").fill("12/SATYA/2024")
    page.get_by_label("Tanggal SK").fill("17-08-2024")
    page.get_by_label("Tahun").fill("2024")
    expect(draft_line(page)).to_have_text(SAVED)
    upload(page, "Sertifikat atau SK penghargaan")
    button_named(page, "Kirim usulan ini").click()
    sending = page.get_by_role("dialog", name="Kirim usulan ini?")
    sending.get_by_label("Unor verifikasi").select_option(label="Dinas Pendidikan")
    sending.get_by_label("Saya menyatakan bahwa data").check()
    button_named(sending, "Kirim usulan").click()
    expect(page.get_by_role("heading", level=1, name="Usulan terkirim")).to_be_visible()
    expect(page.get_by_text("menunggu diperiksa verifikator Dinas Pendidikan")).to_be_visible()


def awards(db: Database) -> list[str]:
    """Numbers of the awards on file."""
    owner = person_id(db, NIP)
    with db.read() as session:
        return [
            str(payload["nomor_sk"])
            for payload in session.exec(
                select(PersonnelRecord.payload).where(
                    PersonnelRecord.pegawai_id == owner, PersonnelRecord.kind == "penghargaan"
                )
            )
        ]


def test_from_the_rolls_to_a_changed_record(
    new_page: NewPage, server: Server, server_db: Database, looks: Looks
) -> None:
    steering = new_page(DESK, "admin_instansi")
    steering.clock.install()
    steering.goto("/admin")
    expect(steering.get_by_text("2.829 dari 3.923 pegawai")).to_be_visible()
    import_person(server, server_db)
    figures(steering, "2.829 dari 3.924 pegawai")

    page = new_page(PHONE)
    activate(page)
    figures(steering, "2.830 dari 3.924 pegawai")
    pdm = new_page(DESK, "admin_instansi")
    pdm.clock.install()
    pdm.goto("/admin/pdm")
    expect(pdm.get_by_role("table", name="Antrean menurut pemutus")).to_be_visible()
    before = of_pdm(pdm)
    propose(page)
    pdm_moves(pdm, before, sudah=1, menunggu=1, verifikator=1)
    looks.fine(page, "perjalanan-terkirim")
    assert awards(server_db) == []
    number = newest_proposal(server_db, NIP)

    verifikator = new_page(DESK, "verifikator")
    verifikator.goto("/verifikasi?urut=baru")
    verifikator.get_by_role("link", name="Surya Atmaja").click()
    verifikator.wait_for_url(re.compile(rf"/verifikasi/{number}\b"))
    expect(verifikator.get_by_text("Unor verifikasi: Dinas Pendidikan")).to_be_visible()
    decide(verifikator, "Verifikasi", "Verifikasi usulan ini?")
    expect(verifikator.get_by_text("Usulan diverifikasi dan diteruskan kepada approver.")).to_be_visible()
    assert awards(server_db) == []
    pdm_moves(pdm, before, sudah=1, menunggu=1, approver=1)

    approver = new_page(DESK, "approver")
    approver.goto(f"/verifikasi/{number}")
    decide(approver, "Setujui", "Setujui usulan ini?")
    expect(approver.get_by_text("Usulan disetujui dan data pegawai sudah diperbarui.")).to_be_visible()
    assert awards(server_db) == ["12/SATYA/2024"]
    pdm_moves(pdm, before, sudah=1)
    with server_db.read() as session:
        assert session.get_one(Proposal, number).state is ProposalState.TELAH_UPDATE

    page.goto("/pdm/penghargaan")
    expect(page.get_by_text("12/SATYA/2024").first).to_be_visible()
    page.goto("/notifikasi")
    expect(page.get_by_role("heading", name="Data Anda sudah diperbarui")).to_be_visible()
    page.goto("/beranda")
    expect(page.get_by_text("1 dari 12 kelompok data selesai")).to_be_visible()
    expect(steering.get_by_text("2.830 dari 3.924 pegawai")).to_be_visible()
