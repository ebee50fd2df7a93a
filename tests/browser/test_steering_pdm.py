"""How far the PDM is: what admins see, do and take away, at all sizes, light and dark."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.pdm.tables import GroupDeclaration
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.browser.conftest import NewPage
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.steps import button_named

KOTA = "Pemerintah Kota Misal"


def some_people(s: Session, agency: str, count: int) -> list[int]:
    return [
        id_
        for id_ in s.exec(
            select(Pegawai.id)
            .join(Account, col(Account.pegawai_id) == Pegawai.id)
            .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
            .where(Instansi.name == agency, col(Account.activated_at).is_not(None), Pegawai.jenis == "PNS")
            .order_by(col(Pegawai.id).desc())
            .limit(count)
        )
        if id_ is not None
    ]


@pytest.fixture
def finished(server_db: Database) -> Iterator[list[int]]:
    """Three people of the smaller agency have handled every group."""
    with server_db.begin() as s:
        ids = some_people(s, KOTA, 3)
        for id_ in ids:
            s.execute(delete(GroupDeclaration).where(col(GroupDeclaration.pegawai_id) == id_))
            for group in GROUPS:
                s.add(GroupDeclaration(pegawai_id=id_, group=group.key, declaration=Declaration.SESUAI, at=clock.now()))
    yield ids
    with server_db.begin() as s:
        s.execute(delete(GroupDeclaration).where(col(GroupDeclaration.pegawai_id).in_(ids)))


@pytest.fixture
def pdm_over(server_db: Database) -> None:
    """The PDM has ended, in every agency."""
    now = clock.now()
    with server_db.begin() as s:
        s.execute(
            update(Period)
            .where(col(Period.kind) == PeriodKind.PDM)
            .values(starts_at=now - timedelta(days=30), ends_at=now - timedelta(hours=1))
        )


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_progress_of_the_pdm(
    new_page: NewPage, looks: Looks, finished: list[int], size: dict[str, int], name: str
) -> None:
    page = new_page(size, "admin_instansi")
    page.goto("/admin")
    page.get_by_role("navigation", name="Yang dilihat").get_by_role("link", name="Pemutakhiran data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kemajuan pemutakhiran data")
    expect(page.get_by_role("table", name="Pemutakhiran menurut kelompok data").get_by_role("row")).to_have_count(13)
    expect(page.get_by_role("heading", name="Antrean verifikasi")).to_be_visible()
    looks.fine(page, f"pdm-kemajuan-{name}")


def test_what_is_finished_shows_without_a_reload(new_page: NewPage, server_db: Database) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.clock.install()
    page.goto("/admin/pdm")
    share = page.locator(".card strong.figure + span").first
    expect(share).to_contain_text("0 dari 180 pegawai")
    with server_db.begin() as s:
        one = some_people(s, KOTA, 1)[0]
        for group in GROUPS:
            s.add(GroupDeclaration(pegawai_id=one, group=group.key, declaration=Declaration.SESUAI, at=clock.now()))
    try:
        page.wait_for_timeout(4_000)
        page.clock.run_for(11_000)
        expect(share).to_contain_text("1 dari 180 pegawai")
        page.get_by_text("Tampilkan sebagai tabel").click()
        expect(page.locator("details table").get_by_role("row").nth(1)).to_contain_text("0,56 %")
    finally:
        with server_db.begin() as s:
            s.execute(delete(GroupDeclaration).where(col(GroupDeclaration.pegawai_id) == one))


def test_drill_down_to_a_unit_and_to_who_is_missing(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_bkn")
    page.goto("/admin/pdm")
    looks.fine(page, "pdm-nasional")
    page.get_by_role("link", name="Pemerintah Kabupaten Contoh").click()
    page.get_by_role("link", name="Dinas Pendidikan", exact=True).click()
    expect(page.get_by_role("navigation", name="Jalur unit")).to_contain_text("Seluruh instansi")
    page.get_by_role("link", name="SKP", exact=False).first.click()
    page.wait_for_url("**/admin/belum-pdm?**kelompok=skp**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Belum selesai pemutakhiran")
    looks.fine(page, "pdm-belum-skp")


def test_who_is_not_finished_is_reminded_once(new_page: NewPage, server_db: Database, looks: Looks) -> None:
    page = new_page(DESK, "admin_satker")
    page.goto("/admin/belum-pdm?jenis=PNS")
    page.get_by_role("checkbox").nth(0).check()
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.locator(".done")).to_contain_text("Pengingat dikirim kepada 1 pegawai.")
    looks.fine(page, "pdm-belum-diingatkan")
    page.get_by_role("checkbox").nth(0).check()
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.locator(".done")).to_contain_text("Tidak ada pengingat yang dikirim")
    with server_db.read() as s:
        found = s.exec(select(OutboxMail.id).where(OutboxMail.template == MailKind.PDM_REMINDER)).all()
    assert len(found) == 1
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih paling sedikit satu pegawai.")


def test_the_list_comes_down_as_a_file(new_page: NewPage, tmp_path: Path) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/belum-pdm?jenis=PPPK")
    with page.expect_download() as coming:
        button_named(page, "Unduh CSV").click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    assert re.fullmatch(r"belum-pdm-\d{8}\.csv", path.name)
    with path.open(encoding="utf-8-sig") as handle:
        rows = list(csv.reader(handle))
    assert {row[2] for row in rows[1:]} == {"PPPK"}
    assert {row[4] for row in rows[1:]} == {KOTA}


def test_sanctions_after_the_pdm(new_page: NewPage, looks: Looks, pdm_over: None, finished: list[int]) -> None:
    page = new_page(PHONE, "admin_instansi")
    page.goto("/admin/sanksi")
    page.get_by_role("link", name="Pemutakhiran data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Daftar sanksi pemutakhiran")
    expect(page.get_by_text("lampiran huruf L ayat 1").first).to_be_visible()
    expect(page.get_by_text("periode pemutakhiran berakhir").first).to_be_visible()
    looks.fine(page, "pdm-sanksi")


def test_no_sanctions_while_the_pdm_runs(new_page: NewPage, looks: Looks) -> None:
    page = new_page(PHONE, "admin_instansi_lain")
    page.goto("/admin/sanksi-pdm")
    expect(page.get_by_text("Daftar ini terbentuk setelah periode pemutakhiran berakhir.")).to_be_visible()
    undone = page.get_by_role("link", name="yang belum menyelesaikan pemutakhiran data")
    expect(undone).to_have_attribute("href", re.compile("^/admin/belum-pdm"))
    looks.fine(page, "pdm-sanksi-belum")
