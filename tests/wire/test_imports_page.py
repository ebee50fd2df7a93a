"""Routes of `/admin/impor`: who may send a file of which kind, take a template or a report; everybody else changes nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlmodel import func, select

from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun
from tests.wire.client import merged
from tests.wire.flows import ROOT
from tests.wire.people import People
from tests.wire.test_email_page import Accounts, NewBrowser, as_, count, post, rested, send

pytestmark = pytest.mark.wire

UPLOAD, TEMPLATE, REPORT = "/admin/impor/unggah", "/admin/impor/templat", "/admin/impor/laporan"
STATE = f"{ROOT}.mysapk_web___administration___pages___components___imports_state____impor_state"
NEW = "199001012015011009"


def body(accounts: Accounts) -> bytes:
    return f"nip;nama;jenis;instansi\n{NEW};Sri Wahyuni;PNS;\n{accounts['pegawai_lain'].nip};Lain;PNS;\n".encode()


def test_people_are_sent_read_and_applied(
    new_browser: NewBrowser, people: People, accounts: Accounts, server_db: Database
) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    sent = body(accounts).replace(b"PNS;\n", b"PNS;9901\n", 1)
    status, text = asyncio.run(post(admin, f"{UPLOAD}?jenis=pegawai", sent, X_Nama_Berkas="pegawai.csv"))
    assert status == 202, text
    run = rested(server_db, json.loads(text)["run"])
    assert (run.kind, run.state, run.counts) == ("pegawai", RunState.READY, {"dengan-catatan": 1, "luar-wewenang": 1})

    async def walk() -> None:
        async with admin.tab(f"/admin/impor?berkas={run.id}") as tab:
            assert merged(tab.updates, "impor_state")["run"]["kind"] == "Data pegawai"
            await tab.call(f"{STATE}.apply", {"form": {"impor": str(run.id)}})

    asyncio.run(walk())
    assert rested(server_db, run.id or 0).applied == 1
    with server_db.read() as session:
        assert session.exec(select(Pegawai.name).where(Pegawai.nip == NEW)).one() == "Sri Wahyuni"

    status, report, headers = asyncio.run(send(admin, REPORT, f"impor={run.id}&bentuk=csv".encode()))
    assert (status, accounts["pegawai_lain"].nip in report) == (200, True)
    assert headers["content-disposition"].startswith("attachment")
    other = as_(new_browser, people, "admin_instansi_lain")
    assert asyncio.run(post(other, REPORT, f"impor={run.id}&bentuk=csv".encode()))[0] == 404


@pytest.mark.parametrize("who", ["", "pegawai", "verifikator", "admin_satker"])
def test_nobody_else_sends_people(
    new_browser: NewBrowser, people: People, accounts: Accounts, server_db: Database, who: str
) -> None:
    browser = as_(new_browser, people, who) if who else new_browser()
    before = count(server_db, ImportRun)
    assert asyncio.run(post(browser, f"{UPLOAD}?jenis=pegawai", body(accounts)))[0] == (404 if who else 401)
    assert asyncio.run(post(browser, TEMPLATE, b"jenis=pegawai&bentuk=csv"))[0] == (404 if who else 303)
    assert count(server_db, ImportRun) == before


@pytest.mark.parametrize("kind", ["", "x", "riwayat:", "referensi:agama", "riwayat:golongan.x", "__class__"])
def test_a_kind_that_is_not_there_or_not_for_an_agency(
    new_browser: NewBrowser, people: People, server_db: Database, kind: str
) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    with server_db.read() as session:
        before = session.exec(select(func.count()).select_from(ImportRun)).one()
    assert asyncio.run(post(admin, f"{UPLOAD}?jenis={kind}", b"kode;label\n1;x\n"))[0] == 404
    assert asyncio.run(post(admin, TEMPLATE, f"jenis={kind}&bentuk=csv".encode()))[0] == 404
    assert count(server_db, ImportRun) == before


def test_a_template_is_for_who_may_import_the_kind(new_browser: NewBrowser, people: People) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    status, text, headers = asyncio.run(send(admin, TEMPLATE, b"jenis=riwayat:diklat&bentuk=csv"))
    assert (status, text.lstrip("\ufeff").split(",")[0]) == (200, "nip")
    assert 'filename="templat-riwayat-diklat.csv"' in headers["content-disposition"]
    assert asyncio.run(post(admin, TEMPLATE, b"jenis=pegawai&bentuk=exe"))[0] == 404
    assert asyncio.run(post(admin, TEMPLATE, b"jenis=pegawai&bentuk=csv", Origin="https://evil.example"))[0] == 403
