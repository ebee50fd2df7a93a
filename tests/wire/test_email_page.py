"""Routes of `/admin/email`: who may send a list, take a report, make a token; everybody else changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlmodel import func, select

from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.imports.upload_store import MAX_BYTES
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from tests.wire.client import Browser, merged
from tests.wire.flows import ROOT
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

EMAIL = f"{ROOT}.mysapk_web___administration___pages___email___state____email_state"
REPORT = "/admin/email/laporan"
NewBrowser = Callable[[], Browser]
Accounts = dict[str, DemoAccount]


async def post(browser: Browser, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    status, text, _ = await send(browser, path, body, **headers)
    return status, text


async def send(browser: Browser, path: str, body: bytes, **headers: str) -> tuple[int, str, dict[str, str]]:
    sent = {
        "Origin": browser.base,
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "X-Forwarded-For": browser.address or "",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.post(browser.base + path, data=body, headers=sent, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text(), {name.lower(): value for name, value in answer.headers.items()}


def asked(run: int | str, kind: str = "csv") -> bytes:
    return f"impor={run}&bentuk={kind}".encode()


def count_exports(db: Database) -> int:
    with db.read() as session:
        return len(session.exec(select(AuditEvent.id).where(AuditEvent.tag == AuditTag.EXPORTED)).all())


def as_(new_browser: NewBrowser, people: People, key: str, **fields: Any) -> Browser:
    browser = new_browser()
    browser.cookies = people.cookies(key, **fields)
    return browser


def upload(browser: Browser, body: bytes, **headers: str) -> tuple[int, str]:
    return asyncio.run(post(browser, "/admin/email/unggah", body, **headers))


def rested(db: Database, run_id: int) -> ImportRun:
    async def wait() -> ImportRun:
        for _ in range(100):
            with db.read() as session:
                run = session.get_one(ImportRun, run_id)
                session.expunge(run)
            if not run.state.busy:
                return run
            await asyncio.sleep(0.2)
        raise AssertionError(run.state)

    return asyncio.run(wait())


def count(db: Database, table: Any) -> int:
    with db.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def email_of(db: Database, nip: str) -> str | None:
    with db.read() as session:
        return session.exec(select(Pegawai.email_key).where(Pegawai.nip == nip)).one()


def test_a_list_is_read_and_its_report_is_for_the_agency_only(
    new_browser: NewBrowser, people: People, accounts: Accounts, server_db: Database, server: Server
) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    body = f"nip;email\n{accounts['pegawai'].nip};baru.halaman@example.go.id\n{accounts['pegawai_lain'].nip};y@example.go.id\n"
    status, text = upload(admin, body.encode(), X_Nama_Berkas="%3Cscript%3E.csv")
    assert status == 202, text
    with server_db.read() as session:
        run_id = session.exec(select(func.max(ImportRun.id))).one()
    run = rested(server_db, run_id)
    assert (run.state, run.file_name, run.counts) == (RunState.READY, "<script>.csv", {"siap": 1, "luar-wewenang": 1})
    assert list((server.folder / "documents" / "impor").iterdir()) == []

    exported = count_exports(server_db)
    status, report, headers = asyncio.run(send(admin, REPORT, asked(run_id)))
    assert (status, accounts["pegawai_lain"].nip in report) == (200, True)
    assert headers["cache-control"] == "no-store"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["content-disposition"].startswith("attachment")
    for other in ("admin_instansi_lain", "admin_satker", "pegawai", "verifikator"):
        assert asyncio.run(post(as_(new_browser, people, other), REPORT, asked(run_id)))[0] == 404, other
    assert asyncio.run(post(new_browser(), REPORT, asked(run_id)))[0] == 303
    for body in (asked(run_id, "exe"), asked(run_id, ""), b"", b"x" * 9000, b"&".join([asked(run_id)] * 20)):
        assert asyncio.run(post(admin, REPORT, body))[0] == 404, body[:40]
    assert count_exports(server_db) == exported + 1


def test_an_address_goes_to_the_person_whom_the_form_was_shown_for(
    new_browser: NewBrowser, people: People, accounts: Accounts, server_db: Database
) -> None:
    """Whatever the page has come to show before the form arrives."""
    form = {"email": "untuk.siapa@example.go.id", "alasan": "Surat OPD 12/2026"}
    meant, shown = accounts["belum_aktif"], accounts["pppk"]

    async def walk() -> None:
        async with as_(new_browser, people, "admin_instansi").tab("/admin/email") as tab:
            seen = {}
            for person in (meant, shown):
                await tab.call(f"{EMAIL}.search", {"form": {"cari": person.nip}})
                found = merged(tab.updates, "email_state")["person"]
                assert found["nip"] == person.nip
                seen[person.nip] = str(found["revision"])
            await tab.call(f"{EMAIL}.repair", {"form": form})
            assert form["email"] not in (email_of(server_db, shown.nip), email_of(server_db, meant.nip))
            account = str(people.account_id("belum_aktif"))
            await tab.call(f"{EMAIL}.repair", {"form": {**form, "akun": account, "versi": seen[meant.nip]}})

    asyncio.run(walk())
    assert email_of(server_db, meant.nip) == form["email"]
    assert email_of(server_db, shown.nip) != form["email"]


def test_a_decision_goes_to_the_request_that_the_form_was_shown_for(
    new_browser: NewBrowser, people: People, accounts: Accounts, server_db: Database
) -> None:
    ids = []
    with server_db.begin() as session:
        for key in ("belum_aktif", "pppk"):
            person = session.exec(select(Pegawai).where(Pegawai.nip == accounts[key].nip)).one()
            request = EmailRequest(
                pegawai_id=person.id,
                nip=person.nip,
                name=person.name,
                old_email="",
                new_email=f"diminta.{person.id}@example.go.id",
                created_at=clock.now(),
            )
            session.add(request)
            session.flush()
            ids.append(request.id)
    form = {"putusan": "tolak", "alasan": "Tidak dapat dipastikan"}

    async def walk() -> None:
        async with as_(new_browser, people, "admin_instansi").tab("/admin/email?bagian=permintaan") as tab:
            seen = {}
            for id_ in ids:
                await tab.call(f"{EMAIL}.open_request", {"request_id": id_})
                shown = merged(tab.updates, "email_state")["request"]
                assert shown["id"] == id_
                seen[id_] = str(shown["revision"])
            await tab.call(f"{EMAIL}.decide", {"form": form})
            await tab.call(f"{EMAIL}.decide", {"form": {**form, "permintaan": str(ids[0]), "versi": seen[ids[0]]}})

    asyncio.run(walk())
    with server_db.begin() as session:
        requests = [session.get_one(EmailRequest, id_) for id_ in ids]
        assert [request.state for request in requests] == [RequestState.REFUSED, RequestState.OPEN]
        for request in requests:
            session.delete(request)


def test_a_report_is_for_no_other_site_and_nothing_comes_of_an_address(
    new_browser: NewBrowser, people: People, server_db: Database
) -> None:
    """What is followed by itself, such as a link or an image of another site, neither fills the trail nor the hour."""
    admin = as_(new_browser, people, "admin_instansi")
    exported = count_exports(server_db)
    for path in (REPORT, f"{REPORT}/1.csv", f"{REPORT}?impor=1&bentuk=csv"):
        assert asyncio.run(admin.request("GET", path))[0] in {404, 405}, path
    assert asyncio.run(post(admin, REPORT, asked(1), Origin="https://evil.example"))[0] == 403
    assert count_exports(server_db) == exported


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 10, "9" * 20, "9" * 5_000, "%00", "%EF%BC%91"])
def test_a_report_of_a_number_that_no_list_can_have_is_not_found(
    new_browser: NewBrowser, people: People, number: str
) -> None:
    status, text = asyncio.run(post(as_(new_browser, people, "admin_instansi"), REPORT, asked(number)))
    assert (status, "Impor ini tidak ditemukan" in text) == (404, True)
    assert asyncio.run(post(new_browser(), REPORT, asked(number)))[0] == 303


@pytest.mark.parametrize("who", ["", "pegawai", "verifikator", "approver"])
def test_nobody_else_sends_lists(new_browser: NewBrowser, people: People, server_db: Database, who: str) -> None:
    before = count(server_db, ImportRun)
    browser = as_(new_browser, people, who) if who else new_browser()
    assert upload(browser, b"nip;email\n")[0] == (404 if who else 401)
    assert count(server_db, ImportRun) == before


def test_a_stale_proof_a_foreign_page_and_a_missing_second_factor_are_refused(
    new_browser: NewBrowser, people: People, server_db: Database
) -> None:
    before = count(server_db, ImportRun), count(server_db, ImportToken)
    stale = as_(new_browser, people, "admin_instansi", reauthenticated_at=clock.now() - timedelta(minutes=11))
    weak = as_(new_browser, people, "admin_instansi", second_factor_at=None)
    good = as_(new_browser, people, "admin_instansi")
    assert upload(stale, b"nip;email\n")[0] == 403
    assert upload(weak, b"nip;email\n")[0] == 404
    assert upload(good, b"nip;email\n", Origin="https://evil.example")[0] == 403
    for browser, status in ((stale, 403), (weak, 404)):
        assert asyncio.run(post(browser, "/admin/email/token", b"label=x"))[0] == status
    assert asyncio.run(post(good, "/admin/email/token", b"label=x", Origin="https://evil.example"))[0] == 403
    assert (count(server_db, ImportRun), count(server_db, ImportToken)) == before


def test_bounds_of_a_list(new_browser: NewBrowser, people: People, server: Server) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    assert upload(admin, b"")[0] == 400
    assert upload(admin, b"x" * (MAX_BYTES + 1))[0] == 413
    folder = server.folder / "documents" / "impor"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_token_is_shown_once_by_a_page_without_script(
    new_browser: NewBrowser, people: People, server_db: Database, server: Server
) -> None:
    admin = as_(new_browser, people, "admin_instansi")
    status, text = asyncio.run(post(admin, "/admin/email/token", b"label=%3Cb%3ESIMPEG"))
    assert status == 200
    assert "&lt;b&gt;SIMPEG" in text
    assert "<script" not in text
    secret = text.split("class='kotak kode'>")[1].split("<")[0]
    assert secret.startswith("mysapk_")
    assert secret not in server.log
    with server_db.read() as session:
        assert all(row.token_hash != secret for row in session.exec(select(ImportToken)))
    for who in ("admin_satker", "admin_bkn", "pegawai"):
        assert asyncio.run(post(as_(new_browser, people, who), "/admin/email/token", b"label=x"))[0] == 404, who
    for body in (
        b"label=",
        b"label=" + b"x" * 5000,
        b"label=" + b"x" * 9000,
        b"label=x&" * 9 + b"label=x",
        b"x=1&" * 40,
    ):
        status, text = asyncio.run(post(admin, "/admin/email/token", body))
        assert status in ({200} if b"&label" in body else {409}), body[:40]
    assert "Isi nama sistem" in text
