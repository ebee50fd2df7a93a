"""`POST /admin/unduh` as everybody: who may, gets the list of the own scope and no other; who may not, gets nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import select

from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from tests.wire.client import Browser
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

MAY = {"belum-aktif": ("admin_satker", "admin_instansi", "admin_instansi_lain", "admin_bkn")}
MAY |= dict.fromkeys(("sanksi", "belum-pdm", "sanksi-pdm"), MAY["belum-aktif"])
MAY["audit"] = ("admin_instansi", "admin_instansi_lain", "admin_bkn")
EVERYBODY = ("pegawai", "pegawai_lain", "verifikator", "approver", *MAY["belum-aktif"])


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.body.decode("utf-8-sig"))))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def post(server: Server, cookies: dict[str, str], origin: str | None = None, **fields: str) -> Answer:
    request = urllib.request.Request(
        f"{server.base}/admin/unduh",
        data=urllib.parse.urlencode(fields).encode(),
        headers={
            "Origin": origin or server.base,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        },
    )
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


@pytest.fixture(autouse=True)
def _uncounted(server_db: Database) -> None:
    with server_db.begin() as session:
        session.execute(text("DELETE FROM penghitung"))


@pytest.mark.parametrize("report", list(MAY))
@pytest.mark.parametrize("caller", EVERYBODY)
def test_every_role_and_every_list(server: Server, people: People, caller: str, report: str) -> None:
    answer = post(server, people.cookies(caller), daftar=report, bentuk="csv")
    if caller in MAY[report]:
        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert int(answer.headers["content-length"]) == len(answer.body)
    else:
        assert answer.status == 403
        assert "content-disposition" not in answer.headers


def test_two_agencies_share_no_line(server: Server, people: People) -> None:
    one, other = (
        {row[0] for row in post(server, people.cookies(who), daftar="belum-aktif", bentuk="csv").rows[1:]}
        for who in ("admin_instansi", "admin_instansi_lain")
    )
    everybody = {
        row[0] for row in post(server, people.cookies("admin_bkn"), daftar="belum-aktif", bentuk="csv").rows[1:]
    }
    assert one
    assert other
    assert not one & other
    assert everybody == one | other


def test_a_place_outside_the_scope_is_refused(server: Server, server_db: Database, people: People) -> None:
    with server_db.read() as session:
        other = session.execute(text("SELECT id FROM instansi WHERE kode = '9902'")).scalar_one()
    for key in (f"i{other}", "nasional", "u999999", "x"):
        answer = post(server, people.cookies("admin_instansi"), daftar="belum-aktif", bentuk="csv", tempat=key)
        assert answer.status == 404, key


def test_a_filter_that_no_page_offers_gives_nothing_rather_than_more(server: Server, people: People) -> None:
    admin = people.cookies("admin_instansi")
    for fields in (
        {"daftar": "semua", "bentuk": "csv"},
        {"daftar": "belum-aktif", "bentuk": "pdf"},
        {"daftar": "belum-aktif", "bentuk": "csv", "jenis": "X"},
        {"daftar": "belum-pdm", "bentuk": "csv", "kelompok": "X"},
        {"daftar": "belum-pdm", "bentuk": "csv", "dicari": "X"},
        {"daftar": "belum-aktif", "bentuk": "csv", "keterangan": "X"},
        {"daftar": "audit", "bentuk": "csv", "dari": "kemarin"},
        {"daftar": "audit", "bentuk": "csv", "dari": "0001-01-01"},
        {"daftar": "audit", "bentuk": "csv", "sampai": "9999-12-31"},
        {"x": "y" * 9_000},
        {},
    ):
        assert post(server, admin, **fields).status == 400, fields
    for fields in ({"tindakan": "tidak:ada"}, {"nip": "12"}, {"pelaku": "198909232012032001"}):
        assert post(server, admin, daftar="audit", bentuk="csv", **fields).status == 422, fields


def test_no_other_site_and_no_visitor(server: Server, people: People, new_browser: Callable[[], Browser]) -> None:
    admin = people.cookies("admin_instansi")
    assert post(server, admin, origin="https://jahat.example", daftar="belum-aktif", bentuk="csv").status == 403
    visitor = post(server, {}, daftar="belum-aktif", bentuk="csv")
    assert (visitor.status, visitor.headers["location"]) == (303, "/masuk?sesi=berakhir")
    status, _, _ = asyncio.run(new_browser().request("GET", "/admin/unduh"))
    assert status in {404, 405}


def test_an_ended_session_and_a_role_without_second_factor_get_nothing(server: Server, people: People) -> None:
    ended = people.cookies("admin_instansi")
    with people.db.begin() as session:
        session.execute(text("UPDATE sesi SET ended_at = created_at"))
    assert post(server, ended, daftar="belum-aktif", bentuk="csv").status == 303
    half = people.cookies("admin_instansi", second_factor_at=None)
    assert post(server, half, daftar="belum-aktif", bentuk="csv").status == 403


def test_every_file_is_in_the_trail(server: Server, server_db: Database, people: People) -> None:
    with server_db.read() as session:
        before = len(session.exec(select(AuditEvent.id).where(AuditEvent.tag == AuditTag.EXPORTED)).all())
    answer = post(server, people.cookies("admin_satker"), daftar="belum-aktif", bentuk="xlsx", jenis="PPPK")
    assert answer.body[:2] == b"PK"
    with server_db.read() as session:
        told = session.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.EXPORTED)).all()
    assert len(told) == before + 1
    assert (told[-1]["file_format"], told[-1]["filters"]) == ("xlsx", {"employee_kind": "PPPK"})
