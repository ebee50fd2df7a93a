"""Documents over HTTP, as every role and none: sent, read, removed, with bodies, names and addresses of all kinds."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from sqlmodel import select

from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from tests.support import pdfs
from tests.wire.people import SESSION, People, fingerprint
from tests.wire.server import Server

pytestmark = pytest.mark.wire

RULE, SECOND_RULE = (rule.code for rule in get_kind("golongan").documents)
ROLES = (
    "pegawai_lain", "verifikator", "approver", "admin_satker", "admin_instansi", "admin_bkn", "admin_instansi_lain",
)  # fmt: skip
OUTSIDERS = ("anonymous", "forged", "ended", "idle", "expired")
_addresses = itertools.count(1)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> dict[str, Any]:
        import json

        found: dict[str, Any] = json.loads(self.content)
        assert set(found) == {"ok", "sentence", "document"}
        assert found["ok"] is (self.status == 200)
        return found

    @property
    def sentence(self) -> str:
        return str(self.json["sentence"])


@dataclass
class Caller:
    """Somebody with cookies, at a network address of their own."""

    server: Server
    cookies: dict[str, str]
    address: str = field(default_factory=lambda: f"198.51.100.{next(_addresses)}")

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return asyncio.run(self.asked(method, path, body, **headers))

    async def asked(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"X-Forwarded-For": self.address, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if method not in {"GET", "HEAD"}:
            sent["Origin"] = self.server.base
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in sent.items() if value}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(method, self.server.base + path, data=body, headers=sent, allow_redirects=False) as answer,
        ):
            content = await answer.read()
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)

    def upload(self, proposal: int, body: Any = None, *, rule: str = RULE, **headers: str) -> Answer:
        content = pdfs.ordinary() if body is None else body
        return self.request("POST", f"/dokumen/{proposal}/{rule}", content, **headers)


@dataclass
class Desk:
    server: Server
    db: Database
    people: People

    def caller(self, key: str) -> Caller:
        now = clock.now()
        if key == "anonymous":
            return Caller(self.server, {})
        if key == "forged":
            return Caller(self.server, {SESSION: "F" * 43})
        if key == "ended":
            return Caller(self.server, self.people.cookies("pegawai", ended_at=now))
        if key == "idle":
            return Caller(self.server, self.people.cookies("pegawai", seen_at=now - timedelta(hours=2)))
        if key == "expired":
            return Caller(self.server, self.people.cookies("pegawai", expires_at=now - timedelta(seconds=1)))
        return Caller(self.server, self.people.cookies(key))

    def propose(self, key: str = "pegawai") -> int:
        now = clock.now()
        with self.db.begin() as s:
            account = s.get_one(Account, self.people.account_id(key))
            person = s.get_one(Pegawai, account.pegawai_id)
            row = Proposal(
                pegawai_id=person.id or 0,
                group="golongan",
                kind="golongan",
                action=RecordAction.ADD,
                unor_id=person.unor_id,
                created_at=now,
                changed_at=now,
            )
            s.add(row)
            s.flush()
            return row.id or 0

    def live(self, proposal: int) -> list[Document]:
        with self.db.read() as s:
            rows = list(s.exec(select(Document).where(Document.proposal_id == proposal)).all())
            s.expunge_all()
        return [row for row in rows if row.removed_at is None]

    @property
    def inbox(self) -> list[Path]:
        return list((self.server.folder / "documents" / "masuk").glob("*"))

    def inbox_empties(self) -> bool:
        deadline = time.monotonic() + 5
        while self.inbox and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.inbox


@pytest.fixture(scope="module")
def desk(server: Server, server_db: Database, people: People) -> Desk:
    return Desk(server, server_db, people)


@pytest.fixture(scope="module")
def owner(desk: Desk) -> Caller:
    return desk.caller("pegawai")


@pytest.fixture(autouse=True)
def _an_hour_of_uploads(server_db: Database) -> None:
    """Every test has the uploads of an hour."""
    from sqlalchemy import delete
    from sqlmodel import col

    from mysapk_web.platform.tables.counter import Counter

    with server_db.begin() as s:
        s.execute(delete(Counter).where(col(Counter.key).startswith("document:")))


# The way it is meant --------------------------------------------------------------------------------------------------


def test_sent_read_replaced_removed(desk: Desk, owner: Caller) -> None:
    proposal = desk.propose()
    sent = owner.upload(proposal, X_Nama_Berkas=quote("SK Kenaikan Pangkat.pdf"), Content_Type="application/pdf")
    assert sent.status == 200
    shown = sent.json["document"]
    assert (shown["name"], shown["rule"], shown["pages"]) == ("SK Kenaikan Pangkat.pdf", RULE, 1)

    read = owner.request("GET", shown["href"])
    assert read.status == 200
    assert read.content.startswith(b"%PDF-")
    assert len(read.content) == shown["size"]

    again = owner.upload(proposal, pdfs.ordinary(2)).json["document"]
    assert owner.request("GET", shown["href"]).status == 404
    assert [row.id for row in desk.live(proposal)] == [again["id"]]

    gone = owner.request("POST", f"/dokumen/{again['id']}/hapus")
    assert gone.json["sentence"] == "Dokumen dihapus."
    assert owner.request("GET", again["href"]).status == 404
    assert owner.request("POST", f"/dokumen/{again['id']}/hapus").status == 409
    assert desk.inbox_empties()


def test_headers_of_a_download(desk: Desk, owner: Caller) -> None:
    shown = owner.upload(desk.propose(), X_Nama_Berkas=quote("SK\u202efdp.exe São.pdf")).json["document"]
    read = owner.request("GET", shown["href"])
    assert read.headers["content-type"] == "application/pdf"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["cache-control"] == "no-store"
    assert read.headers["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert read.headers["x-frame-options"] == "DENY"
    assert read.headers["cross-origin-resource-policy"] == "same-origin"
    assert read.headers["content-disposition"] == (
        "attachment; filename=\"SKfdp.exe Sao.pdf\"; filename*=UTF-8''SKfdp.exe%20S%C3%A3o.pdf"
    )
    assert not [name for name in read.headers if name.startswith("access-control") or name in {"etag", "last-modified"}]


def test_headers_of_a_document_in_the_page(desk: Desk, owner: Caller) -> None:
    shown = owner.upload(desk.propose()).json["document"]
    read = owner.request("GET", shown["href"] + "/lihat")
    assert read.status == 200
    assert read.headers["content-disposition"].startswith("inline;")
    assert read.headers["x-frame-options"] == "SAMEORIGIN"
    policy = read.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["cache-control"] == "no-store"
    # Nothing else of ours may be framed, so that "frame-src 'self'" of the pages means documents only.
    for path in ("/masuk", "/beranda", "/sehat", "/keamanan/kunci", shown["href"]):
        assert owner.request("GET", path).headers["x-frame-options"] == "DENY"
    assert "frame-src 'self'" in owner.request("GET", "/masuk", Accept="text/html").headers["content-security-policy"]


def test_head_and_ranges(desk: Desk, owner: Caller) -> None:
    shown = owner.upload(desk.propose()).json["document"]
    for path in (shown["href"], shown["href"] + "/lihat"):
        head = owner.request("HEAD", path)
        assert (head.status, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == shown["size"]
        for wanted in ("bytes=0-4", "bytes=-1", "bytes=999999-", "bytes=0-0,1-1", "x=1"):
            part = owner.request("GET", path, Range=wanted)
            assert part.status == 200
            assert len(part.content) == shown["size"]


# Who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDERS])
def test_nobody_but_the_owner(desk: Desk, owner: Caller, who: str) -> None:
    proposal = desk.propose()
    shown = owner.upload(proposal, X_Nama_Berkas="rahasia.pdf").json["document"]
    other = desk.caller(who)
    wanted = 401 if who in OUTSIDERS else 404
    before = fingerprint(desk.db)

    for path in (shown["href"], f"{shown['href']}/lihat"):
        for method in ("GET", "HEAD"):
            read = other.request(method, path)
            assert read.status == wanted
            assert b"%PDF" not in read.content
            assert b"rahasia" not in read.content
    assert other.upload(proposal, pdfs.ordinary(2)).status == wanted
    assert other.request("POST", f"/dokumen/{shown['id']}/hapus").status == wanted
    assert fingerprint(desk.db) == before
    assert desk.inbox_empties()


def test_another_s_document_looks_like_none(desk: Desk, owner: Caller) -> None:
    shown = owner.upload(desk.propose()).json["document"]
    stranger = desk.caller("pegawai_lain")
    for one, two in (
        (shown["href"], "/dokumen/987654321"),
        (f"{shown['href']}/lihat", "/dokumen/987654321/lihat"),
    ):
        first, second = stranger.request("GET", one), stranger.request("GET", two)
        assert (first.status, first.content) == (second.status, second.content)
    first = stranger.request("POST", f"/dokumen/{shown['id']}/hapus")
    second = stranger.request("POST", "/dokumen/987654321/hapus")
    assert (first.status, first.content) == (second.status, second.content)


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://localhost"])
def test_another_site_sends_and_removes_nothing(desk: Desk, owner: Caller, origin: str) -> None:
    proposal = desk.propose()
    shown = owner.upload(proposal).json["document"]
    assert owner.upload(proposal, pdfs.ordinary(2), Origin=origin).status == 403
    assert owner.request("POST", f"/dokumen/{shown['id']}/hapus", Origin=origin).status == 403
    assert owner.upload(proposal, Sec_Fetch_Site="cross-site").status == 403
    assert [row.id for row in desk.live(proposal)] == [shown["id"]]


def test_reading_changes_nothing_and_other_methods_do_nothing(desk: Desk, owner: Caller) -> None:
    proposal = desk.propose()
    shown = owner.upload(proposal).json["document"]
    before = fingerprint(desk.db)
    for method in ("GET", "HEAD"):
        for path in (shown["href"], f"{shown['href']}/lihat", f"{shown['href']}/hapus", f"/dokumen/{proposal}/{RULE}"):
            assert owner.request(method, path).status in {200, 404, 405}
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in (shown["href"], f"{shown['href']}/lihat", f"{shown['href']}/hapus", f"/dokumen/{proposal}/{RULE}"):
            assert owner.request(method, path).status in {400, 403, 404, 405}
    assert fingerprint(desk.db) == before


def test_a_session_that_ends_during_the_upload_still_stores_nothing_for_the_next(desk: Desk) -> None:
    cookies = desk.people.cookies("pegawai")
    caller, proposal = Caller(desk.server, cookies), desk.propose()
    assert caller.upload(proposal).status == 200
    desk.people.change_session(cookies, ended_at=clock.now())
    answer = caller.upload(proposal, pdfs.ordinary(2))
    assert (answer.status, answer.sentence) == (401, "Sesi Anda sudah berakhir. Masuk kembali, lalu ulangi.")
    assert len(desk.live(proposal)) == 1


# Bodies ---------------------------------------------------------------------------------------------------------------


async def pieces(size: int, start: bytes = b"%PDF-1.7\n") -> AsyncIterator[bytes]:
    """A body of unknown length."""
    yield start
    for _ in range(size // 50_000):
        yield b"x" * 50_000


@pytest.mark.parametrize("how", ["announced", "chunked", "lied", "enormous"])
def test_a_body_over_the_limit_is_refused_in_words(desk: Desk, owner: Caller, how: str) -> None:
    proposal = desk.propose()
    body = {
        "announced": b"%PDF-" + b"x" * 1_100_000,
        "chunked": pieces(1_200_000),
        "lied": pieces(3_000_000),
        "enormous": b"%PDF-" + b"x" * 6_000_000,
    }[how]
    answer = owner.upload(proposal, body)
    assert answer.status == 413
    assert "1 MB" in answer.sentence
    assert desk.live(proposal) == []
    assert desk.inbox_empties()


def test_a_body_of_a_gigabyte_is_not_read_to_its_end(desk: Desk, owner: Caller) -> None:
    proposal, started = desk.propose(), time.monotonic()
    with contextlib.suppress(aiohttp.ClientError, ConnectionError):
        assert owner.upload(proposal, pieces(1_000_000_000)).status == 413
    assert time.monotonic() - started < 20
    assert desk.inbox_empties()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"x", 422),
        (b"%PDF-1.7", 422),
        (pdfs.HTML + pdfs.ordinary(), 422),
        (pdfs.with_file_inside(), 422),
        (pdfs.encrypted("", "x"), 422),
        (gzip.compress(pdfs.ordinary()), 422),
        (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + pdfs.ordinary() + b"\r\n--x--", 422),
    ],
)
def test_other_bodies_are_refused_in_words(desk: Desk, owner: Caller, body: bytes, status: int) -> None:
    proposal = desk.propose()
    for kind_ in ("application/pdf", "text/html", "multipart/form-data; boundary=x", "image/png"):
        answer = owner.upload(proposal, body, Content_Type=kind_)
        assert answer.status == status
        assert "unggah" in answer.sentence or "Pilih berkas" in answer.sentence
    assert desk.live(proposal) == []
    assert desk.inbox_empties()


def test_the_declared_type_is_not_believed_either_way(desk: Desk, owner: Caller) -> None:
    assert owner.upload(desk.propose(), Content_Type="text/html").status == 200


def test_a_body_in_tiny_pieces_arrives(desk: Desk, owner: Caller) -> None:
    async def crumbs() -> AsyncIterator[bytes]:
        content = pdfs.ordinary()
        for start in range(0, len(content), 7):
            yield content[start : start + 7]

    assert owner.upload(desk.propose(), crumbs()).status == 200


def begun(desk: Desk, caller: Caller, proposal: int, *, length: int = 500_000) -> socket.socket:
    """An upload that was begun and stands still."""
    cookie = "; ".join(f"{name}={value}" for name, value in caller.cookies.items())
    line = socket.create_connection(("localhost", desk.server.port))
    head = (
        f"POST /dokumen/{proposal}/{RULE} HTTP/1.1\r\nHost: localhost:{desk.server.port}\r\n"
        f"Origin: {desk.server.base}\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n"
        f"X-Forwarded-For: {caller.address}\r\n\r\n"
    )
    line.sendall(head.encode() + b"%PDF-1.7\n")
    return line


def test_uploads_that_stand_still_hold_nobody_up_and_leave_nothing(desk: Desk) -> None:
    slow, quick = desk.caller("pppk"), desk.caller("pegawai")
    proposal = desk.propose("pppk")
    lines = [begun(desk, slow, proposal) for _ in range(4)]
    try:
        deadline = time.monotonic() + 5
        while len(desk.inbox) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(desk.inbox) == 4
        # One account can't begin more; everybody else can.
        refused = slow.upload(proposal)
        assert (refused.status, refused.sentence) == (
            503,
            "Sistem sedang sibuk. Tunggu sebentar, lalu unggah lagi.",
        )
        assert quick.upload(desk.propose()).status == 200
        assert quick.request("GET", "/sehat").status == 200
    finally:
        for line in lines:
            line.close()
    assert desk.inbox_empties()
    assert slow.upload(proposal).status == 200


def test_a_connection_that_breaks_off_leaves_nothing(desk: Desk, owner: Caller) -> None:
    proposal = desk.propose()
    line = begun(desk, owner, proposal)
    line.sendall(b"x" * 100_000)
    time.sleep(0.2)
    line.close()
    assert desk.inbox_empties()
    assert desk.live(proposal) == []


def test_parallel_uploads_leave_one_document(desk: Desk, owner: Caller) -> None:
    proposal = desk.propose()

    async def together() -> list[Answer]:
        return await asyncio.gather(
            *(owner.asked("POST", f"/dokumen/{proposal}/{RULE}", pdfs.ordinary(1, f"SK {n}")) for n in range(4))
        )

    assert [answer.status for answer in asyncio.run(together())] == [200] * 4
    assert len(desk.live(proposal)) == 1


def test_too_many_in_an_hour(desk: Desk) -> None:
    caller, proposal = desk.caller("pppk"), desk.propose("pppk")

    async def flood() -> list[Answer]:
        return [await caller.asked("POST", f"/dokumen/{proposal}/{RULE}", b"x") for _ in range(62)]

    statuses = [answer.status for answer in asyncio.run(flood())]
    assert statuses == [422] * 60 + [429] * 2
    assert "satu jam" in caller.upload(proposal).sentence


# Addresses and names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "01", "1.0", "1e3", "0x1", "%31%00", "\u0663", "9" * 19, "9" * 400, "null", "1;2", "1%0d%0aX:1", "..%2f1", "1'--"],
)  # fmt: skip
def test_only_a_number_is_a_number(desk: Desk, owner: Caller, number: str) -> None:
    before = fingerprint(desk.db)
    for path in (f"/dokumen/{number}", f"/dokumen/{number}/lihat"):
        read = owner.request("GET", path)
        assert read.status in {404, 405}
        assert b"%PDF" not in read.content
        assert "x" not in read.headers
    for path in (f"/dokumen/{number}/hapus", f"/dokumen/{number}/{RULE}"):
        assert owner.request("POST", path, pdfs.ordinary()).status in {404, 405}
    assert fingerprint(desk.db) == before


@pytest.mark.parametrize(
    "rule", ["", "0", "999", "..", "%2e%2e%2f%2e%2e", "858%00", "858/..", "lihat", quote("858' OR 1=1"), "x" * 2000]
)
def test_only_a_document_that_the_record_asks_for(desk: Desk, owner: Caller, rule: str) -> None:
    proposal = desk.propose()
    assert owner.upload(proposal, rule=rule).status in {404, 405}
    assert desk.live(proposal) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("..\\..\\sk.pdf", "sk.pdf"),
        ("sk%00.exe.pdf", "sk .exe.pdf"),
        ("sk\r\nSet-Cookie: a=b.pdf", "sk Set-Cookie a=b.pdf"),
        ("<script>alert(1)</script>.pdf", "script.pdf"),
        ("x" * 3000, "x" * 96 + ".pdf"),
        ("\u202egpj.pdf", "gpj.pdf"),
        ("%ff%fe.pdf", "\ufffd\ufffd.pdf"),
        ("", "dokumen.pdf"),
    ],
)
def test_names_of_all_kinds(desk: Desk, owner: Caller, name: str, kept: str) -> None:
    sent = name if "%" in name else quote(name)
    answer = owner.upload(desk.propose(), X_Nama_Berkas=sent)
    assert answer.status == 200
    shown = answer.json["document"]
    assert shown["name"] == kept
    read = owner.request("GET", shown["href"])
    assert "set-cookie" not in read.headers
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9 ._()-]+\"; filename\*=UTF-8''\S+", read.headers["content-disposition"]
    )


@pytest.mark.parametrize("name", ["sk.exe", "sk.pdf.exe", "sk.pdf%00.exe", "sk.pdf%20.js", "foto.jpg", "sk.html"])
def test_names_of_other_kinds_of_file_are_refused(desk: Desk, owner: Caller, name: str) -> None:
    proposal = desk.propose()
    answer = owner.upload(proposal, X_Nama_Berkas=name)
    assert (answer.status, desk.live(proposal)) == (409, [])
    assert "berakhiran .pdf" in answer.sentence


def test_the_log_names_no_file_and_no_trace(desk: Desk, owner: Caller) -> None:
    owner.upload(desk.propose(), X_Nama_Berkas="nama-yang-rahasia.pdf")
    owner.upload(desk.propose(), pdfs.HTML, X_Nama_Berkas="nama-yang-rahasia.pdf")
    log = desk.server.log
    for word in ("nama-yang-rahasia", "Traceback", "alert("):
        assert word not in log


def test_a_document_that_is_broken_on_disk_is_told(desk: Desk, owner: Caller) -> None:
    shown = owner.upload(desk.propose(), pdfs.ordinary(1, "SK yang akan rusak")).json["document"]
    (row,) = [row for row in _all(desk.db) if row.id == shown["id"]]
    path = desk.server.folder / "documents" / row.sha256[:2] / row.sha256[2:4] / f"{row.sha256}.pdf"
    path.write_bytes(b"%PDF-1.7 lain %%EOF")
    read = owner.request("GET", shown["href"])
    assert read.status == 500
    assert "Unggah ulang" in read.content.decode()
    assert b"%PDF" not in read.content


@pytest.mark.parametrize("who", ["pegawai", "verifikator"])
@pytest.mark.parametrize("where", ["", "/lihat"])
def test_a_document_whose_file_is_gone_is_told_and_logged_without_its_path(
    desk: Desk, owner: Caller, where: str, who: str
) -> None:
    proposal = desk.propose()
    shown = owner.upload(proposal, pdfs.ordinary(1, f"SK yang akan hilang {where} {who}")).json["document"]
    with desk.db.begin() as s:
        sent = s.get_one(Proposal, proposal)
        sent.state, sent.instansi_id = ProposalState.INPUT_BERKAS, s.get_one(Pegawai, sent.pegawai_id).instansi_id
    (row,) = [row for row in _all(desk.db) if row.id == shown["id"]]
    (desk.server.folder / "documents" / row.sha256[:2] / row.sha256[2:4] / f"{row.sha256}.pdf").unlink()

    read = desk.caller(who).request("GET", shown["href"] + where)
    assert read.status == 404
    words = read.content.decode()
    for part in ("tidak ditemukan", "unggah ulang", "hubungi helpdesk"):
        assert part in words
    frameable = "frame-ancestors 'self'" in read.headers["content-security-policy"]
    assert frameable is bool(where)
    line = next(line for line in desk.server.log.splitlines()[::-1] if "document missing in storage" in line)
    assert str(shown["id"]) in line
    assert row.sha256 not in desk.server.log
    with desk.db.read() as s:
        read_events = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.DOCUMENT_READ)).all()
    assert shown["id"] not in [detail.get("document_id") for detail in read_events]


def _all(db: Database) -> list[Document]:
    with db.read() as s:
        rows = list(s.exec(select(Document)).all())
        s.expunge_all()
    return rows


def test_callers_are_what_they_seem(desk: Desk) -> None:
    """Each role of the list can do something with a session: the refusals above are not those of a broken cookie."""
    for who in ROLES:
        caller: Callable[..., Answer] = desk.caller(who).request
        assert caller("POST", "/dokumen/987654321/hapus").status == 404
