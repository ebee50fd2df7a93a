"""`/api/v1/`: systems with a token import for their agency; nobody else, no browser, and never more than the bounds allow."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from sqlmodel import select
from yarl import URL

from mysapk_web.administration.email_imports.api_tokens import list_tokens, make_token, revoke_token
from mysapk_web.administration.http import openapi
from mysapk_web.administration.imports import actions
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.imports.upload_store import MAX_BYTES
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.rate_limits import EXPORTS_PER_ACCOUNT
from mysapk_web.settings import Settings
from tests.wire.people import People
from tests.wire.server import SECRET, Server

pytestmark = pytest.mark.wire

API = "/api/v1/email-imports"
_addresses = itertools.count(1)
Accounts = dict[str, DemoAccount]


def actor_for(people: People, key: str) -> Actor:
    """The admin of an agency as a request has them, with a fresh proof."""
    account_id, now = people.account_id(key), clock.now()
    with people.db.read() as session:
        pegawai = session.exec(
            select(Pegawai).join(Account, Account.pegawai_id == Pegawai.id).where(Account.id == account_id)
        ).one()
        instansi_id, pegawai_id = pegawai.instansi_id, pegawai.id
    return Actor(
        account_id=account_id,
        pegawai_id=pegawai_id or 0,
        instansi_id=instansi_id,
        session_ref="",
        session_expires_at=now,
        version=1,
        seen_at=now,
        grants=(Grant(Role.ADMIN_INSTANSI, instansi_id),),
        second_factor=True,
        reauthenticated_at=now,
    )


@pytest.fixture
def token(people: People) -> str:
    return in_transaction(people.db, make_token, actor_for(people, "admin_instansi"), label="uji").secret


@pytest.fixture
def other_token(people: People) -> str:
    made = in_transaction(people.db, make_token, actor_for(people, "admin_instansi_lain"), label="uji")
    return made.secret


@pytest.fixture(autouse=True)
def _no_tokens_left(server_db: Database) -> Iterator[None]:
    yield
    with server_db.begin() as session:
        for row in session.exec(select(ImportToken)):
            row.revoked_at = clock.now()


class System:
    """The personnel system of an agency: a token, no cookies, an address of its own."""

    def __init__(self, server: Server, token: str = "") -> None:
        self.base = server.base
        number = next(_addresses)
        self.headers = {"X-Forwarded-For": f"198.19.{number // 250}.{number % 250 + 1}"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes, Any]:
        return asyncio.run(self._call(method, path, data, headers))

    async def _call(
        self, method: str, path: str, data: Any, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes, Any]:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(
                method, URL(self.base + path, encoded=True), data=data, headers=sent, allow_redirects=False
            ) as answer,
        ):
            body = await answer.read()
            is_json = answer.content_type == "application/json"
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                body,
                await answer.json() if is_json else None,
            )

    def finished(self, run_id: int) -> dict[str, Any]:
        """The run once nothing more is to be done on it."""

        async def wait() -> dict[str, Any]:
            for _ in range(120):
                _, _, _, found = await self._call("GET", f"{API}/{run_id}", None, {})
                if found["finished"]:
                    return dict(found)
                await asyncio.sleep(0.25)
            raise AssertionError(f"not finished: {found}")

        return asyncio.run(wait())


def listed(*rows: tuple[str, str]) -> bytes:
    return ("nip;email\n" + "".join(f"{nip};{email}\n" for nip, email in rows)).encode()


def email_of(db: Database, nip: str) -> str | None:
    with db.read() as session:
        return session.exec(select(Pegawai.email_key).where(Pegawai.nip == nip)).one()


# What it does ------------------------------------------------------------------------------------------------------


def test_a_list_is_imported_and_the_rest_reported(
    server: Server, token: str, accounts: Accounts, server_db: Database
) -> None:
    system, mine, theirs = System(server, token), accounts["belum_aktif"], accounts["pegawai_lain"]
    before = email_of(server_db, theirs.nip)
    body = listed((mine.nip, "baru.lewat.api@example.go.id"), (theirs.nip, "x@example.go.id"), ("1985", "=1+1@x"))
    status, headers, _, found = system.call("POST", API, body, X_Nama_Berkas="alamat%20Nov.csv")
    assert (status, headers["location"]) == (202, f"{API}/{found['id']}")
    assert found["file_name"] == "alamat Nov.csv"
    done = system.finished(found["id"])
    assert (done["state"], done["applied"], done["rows"]) == ("selesai", 1, 3)
    assert {entry["verdict"]: entry["rows"] for entry in done["verdicts"]} == {
        "siap": 1,
        "luar-wewenang": 1,
        "nip-salah": 1,
    }
    assert email_of(server_db, mine.nip) == "baru.lewat.api@example.go.id"
    assert email_of(server_db, theirs.nip) == before

    status, headers, body, _ = system.call("GET", f"{API}/{found['id']}/report")
    assert status == 200, body
    assert "attachment" in headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["baris", "3", "4"]
    assert rows[2][2].startswith("'=")
    status, headers, body, _ = system.call("GET", f"{API}/{found['id']}/report?format=xlsx")
    assert (status, body[:2]) == (200, b"PK")

    again = system.finished(system.call("POST", API, listed((mine.nip, "baru.lewat.api@example.go.id")))[3]["id"])
    assert (again["applied"], again["verdicts"][0]["verdict"]) == (0, "tidak-berubah")


def test_a_list_is_only_checked_when_asked_so(
    server: Server, token: str, accounts: Accounts, server_db: Database
) -> None:
    system, person = System(server, token), accounts["belum_aktif"]
    before = email_of(server_db, person.nip)
    _, _, _, found = system.call("POST", f"{API}?mode=check", listed((person.nip, "hanya.periksa@example.go.id")))
    done = system.finished(found["id"])
    assert (done["state"], done["accepted"], done["applied"]) == ("siap", 1, 0)
    assert email_of(server_db, person.nip) == before


def test_a_list_that_an_admin_has_discarded_is_told_so(
    server: Server, token: str, accounts: Accounts, people: People
) -> None:
    system = System(server, token)
    rows = listed((accounts["pegawai"].nip, "rusak"))
    run_id = system.finished(system.call("POST", f"{API}?mode=check", rows)[3]["id"])["id"]
    in_transaction(people.db, actions.discard, actor_for(people, "admin_instansi"), run_id)
    assert system.finished(run_id)["state"] == "dibuang"
    status, _, _, found = system.call("GET", f"{API}/{run_id}/report")
    assert (status, found["error"]["code"]) == (409, "dibuang")


def test_a_run_of_another_token_is_not_found(server: Server, token: str, other_token: str, accounts: Accounts) -> None:
    system, other = System(server, token), System(server, other_token)
    run_id = system.call("POST", f"{API}?mode=check", listed((accounts["pegawai"].nip, "x@example.go.id")))[3]["id"]
    for path in (f"{API}/{run_id}", f"{API}/{run_id}/report"):
        status, _, _, found = other.call("GET", path)
        assert (status, found["error"]["code"]) == (404, "tidak-ditemukan")
    system.finished(run_id)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1" * 20, "9" * 5_000])
def test_a_number_that_no_run_can_have_is_answered_like_one_that_none_has(
    server: Server, token: str, number: str
) -> None:
    for path in (f"{API}/{number}", f"{API}/{number}/report"):
        assert System(server).call("GET", path)[0] == 401
        status, _, _, found = System(server, token).call("GET", path)
        assert (status, found["error"]["code"]) == (404, "tidak-ditemukan"), number[:30]


# Who may not -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["", "mysapk_" + "A" * 43, "x", "Sesi - -", "\xe9"])
@pytest.mark.parametrize(("method", "path"), [("POST", API), ("GET", f"{API}/1"), ("GET", f"{API}/1/report")])
def test_without_a_right_token_nothing_is_told(server: Server, wrong: str, method: str, path: str) -> None:
    status, headers, _, found = System(server, wrong).call(
        method, path, listed(("1", "a@b")) if method == "POST" else None
    )
    assert (status, found["error"]["code"], headers["www-authenticate"]) == (401, "token-salah", "Bearer")


def test_a_revoked_token_is_none(server: Server, token: str, people: People) -> None:
    admin = actor_for(people, "admin_instansi")
    with people.db.read() as session:
        (view, *_) = list_tokens(session, admin)
    in_transaction(people.db, revoke_token, admin, token_id=view.id)
    assert System(server, token).call("GET", f"{API}/1")[0] == 401


def test_a_session_is_worth_nothing_here(server: Server, people: People) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in people.cookies("admin_instansi").items())
    for method in ("GET", "POST"):
        status, headers, _, _ = System(server).call(
            method, f"{API}/1" if method == "GET" else API, None, Cookie=cookies
        )
        assert status == 401
        assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "header", [{"Origin": "ours"}, {"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "same-origin"}]
)
def test_browsers_are_refused_even_with_a_token(server: Server, token: str, header: dict[str, str]) -> None:
    given = {name: value.replace("ours", server.base) for name, value in header.items()}
    for method in ("GET", "POST"):
        status, headers, _, found = System(server, token).call(method, API, None, **given)
        assert (status, found["error"]["code"]) == (403, "peramban")
        assert not [name for name in headers if name.startswith("access-control-")]


def test_a_token_opens_nothing_else(server: Server, token: str) -> None:
    system = System(server, token)
    for method, path in (
        ("POST", "/sesi"),
        ("POST", "/admin/email/unggah"),
        ("POST", "/admin/email/token"),
        ("POST", "/api/v1"),
        ("POST", "/api/v10/email-imports"),
    ):
        assert system.call(method, path, b"x")[0] == 403, path
    for path in ("/api/v1/../../admin/email", "/api/v1/x", "/api/v1/"):
        assert system.call("GET", path)[0] in {404, 200}
        assert system.call("POST", path, b"x")[0] in {403, 404, 405}
    assert system.call("POST", "/admin/email/laporan", b"impor=1&bentuk=csv")[0] == 403


@pytest.mark.parametrize(
    "path", [f"{API}/1%0A", f"{API}/1%0A/report", f"{API}%0Ax", "/api/v1/%0A", "/api/v1/x%0Ay%0D%E2%80%A8"]
)
def test_a_line_break_in_a_path_is_answered_in_json(server: Server, token: str, path: str) -> None:
    for method in ("GET", "POST", "FOO"):
        status, _, _, found = System(server, token).call(method, path)
        assert (status, found["error"]["code"]) == (404, "tidak-ada")


def test_any_method_of_an_unknown_path_is_answered_in_json(server: Server, token: str) -> None:
    for method in ("GET", "PUT", "FOO"):
        status, headers, _, found = System(server, token).call(method, "/api/v1/x")
        assert (status, found["error"]["code"], "allow" in headers) == (404, "tidak-ada", False)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(API, "POST"), (f"{API}/1", "GET, HEAD"), (f"{API}/1/report", "GET, HEAD"), ("/api/v1/openapi.json", "GET, HEAD")],
)
def test_a_method_that_a_path_has_not_is_told_which_it_has(server: Server, token: str, path: str, allowed: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "FOO", "GET" if allowed == "POST" else "POST"):
        status, headers, _, found = System(server, token).call(method, path)
        assert (status, headers["allow"], found["error"]["code"]) == (405, allowed, "metode-salah"), method
        assert allowed in found["error"]["message"]


def test_wrong_tokens_are_counted_by_address(server: Server, server_db: Database) -> None:
    system = System(server, "mysapk_" + "B" * 43)
    statuses = [system.call("GET", f"{API}/1")[0] for _ in range(33)]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert System(server).call("GET", f"{API}/1")[0] == 401
    with server_db.read() as session:
        tags = select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.LIMIT_EXCEEDED)
        assert [found for found in session.exec(tags) if found == {"limit": "api:address"}] == [
            {"limit": "api:address"}
        ]


def test_reports_are_counted_and_one_system_takes_no_more_than_its_share(
    server: Server, token: str, accounts: Accounts
) -> None:
    system = System(server, token)
    run_id = system.call("POST", f"{API}?mode=check", listed((accounts["pegawai"].nip, "rusak")))[3]["id"]
    system.finished(run_id)
    answers = [system.call("GET", f"{API}/{run_id}/report?format=xlsx") for _ in range(EXPORTS_PER_ACCOUNT.count + 1)]
    assert [answer[0] for answer in answers] == [200] * EXPORTS_PER_ACCOUNT.count + [429]
    assert answers[-1][3]["error"]["code"] == "terlalu-sering"


def test_reports_at_one_moment_are_few_and_the_rest_is_told_to_wait(server: Server, token: str) -> None:
    system = System(server, token)
    body = listed(*((str(number), "x") for number in range(20_000)))
    run_id = system.call("POST", f"{API}?mode=check", body)[3]["id"]
    system.finished(run_id)

    async def at_once() -> list[tuple[int, Any]]:
        calls = [system._call("GET", f"{API}/{run_id}/report?format=xlsx", None, {}) for _ in range(8)]
        return [(status, found) for status, _, _, found in await asyncio.gather(*calls)]

    answers = asyncio.run(at_once())
    assert {status for status, _ in answers} == {200, 503}
    assert {found["error"]["code"] for status, found in answers if status == 503} == {"sibuk"}
    assert system.call("GET", f"{API}/{run_id}/report?format=xlsx")[0] == 200


# Bounds ------------------------------------------------------------------------------------------------------------


def test_too_large_a_list_is_refused_by_its_headers_and_by_what_comes(server: Server, token: str) -> None:
    system = System(server, token)
    status, _, _, found = system.call("POST", API, b"x" * (MAX_BYTES + 1))
    assert (status, found["error"]["code"]) == (413, "terlalu-besar")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(31):
            yield b"x" * 1024 * 1024

    status, _, _, found = system.call("POST", API, endless())
    assert (status, found["error"]["code"]) == (413, "terlalu-besar")


def test_a_list_in_pieces_is_a_list(server: Server, token: str, accounts: Accounts) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in listed((accounts["pegawai"].nip, "rusak")):
            yield bytes([byte])

    system = System(server, token)
    status, _, _, found = system.call("POST", f"{API}?mode=check", pieces())
    assert status == 202
    assert system.finished(found["id"])["rows"] == 1


def test_a_sender_that_goes_away_leaves_nothing(server: Server, token: str) -> None:
    async def half() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = f"POST {API} HTTP/1.1\r\nHost: localhost:{server.port}\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n"
        writer.write(head.encode() + b"nip;email\n")
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()
        await asyncio.sleep(0.5)

    asyncio.run(half())
    folder = server.folder / "documents" / "impor"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_one_list_at_a_time_of_one_system(server: Server, token: str, accounts: Accounts) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"nip;email\n"
        await asyncio.sleep(1)
        yield b"1985;x\n"

    async def both() -> tuple[int, int]:
        system = System(server, token)
        first = asyncio.create_task(system._call("POST", f"{API}?mode=check", slow(), {}))
        await asyncio.sleep(0.4)
        second = await system._call("POST", f"{API}?mode=check", b"nip;email\n", {})
        return (await first)[0], second[0]

    assert asyncio.run(both()) == (202, 503)


@pytest.mark.parametrize(
    ("path", "code"), [(f"{API}?mode=force", "mode-salah"), (f"{API}?mode=", "mode-salah"), (API, "kosong")]
)
def test_faults_of_a_request_are_told_in_words(server: Server, token: str, path: str, code: str) -> None:
    status, _, _, found = System(server, token).call("POST", path, b"")
    assert (status, found["error"]["code"]) == (400, code)
    assert found["error"]["message"].endswith(".")


def test_a_file_that_is_no_list_fails_in_words(server: Server, token: str) -> None:
    system = System(server, token)
    for body in (b"\x00\x01\x02" * 100, b"PK\x03\x04 kein Archiv", b"nama;umur\nx;1\n", "nip;email\n".encode("utf-16")):
        done = system.finished(system.call("POST", API, body)[3]["id"])
        assert (done["state"], done["error"].endswith(".")) == ("gagal", True)


# The description ---------------------------------------------------------------------------------------------------


def conforms(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> bool:
    """As much of JSON Schema as the document uses."""
    if "$ref" in schema:
        return conforms(value, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document)
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(type(value) is kinds[kind] for kind in wanted), (value, schema)
    assert value in schema.get("enum", [value])
    if isinstance(value, dict):
        assert set(schema["required"]) <= set(value) <= set(schema["properties"])
        return all(conforms(value[name], schema["properties"][name], document) for name in value)
    return all(conforms(item, schema["items"], document) for item in value) if isinstance(value, list) else True


def test_the_description_is_that_of_the_behaviour(server: Server, token: str, accounts: Accounts) -> None:
    status, _, _, document = System(server).call("GET", "/api/v1/openapi.json", None, Sec_Fetch_Site="same-origin")
    assert status == 200
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET, port=server.port)
    assert document == openapi.document(settings)
    system = System(server, token)
    operation = document["paths"][API]["post"]
    status, _, _, found = system.call("POST", f"{API}?mode=check", listed((accounts["pegawai"].nip, "rusak")))
    assert conforms(found, operation["responses"][str(status)]["content"]["application/json"]["schema"], document)
    done = system.finished(found["id"])
    assert conforms(done, document["components"]["schemas"]["Import"], document)
    for caller, method, path, key in (
        (System(server), "POST", API, API),
        (System(server), "GET", f"{API}/1", f"{API}/{{id}}"),
        (system, "GET", f"{API}/999999", f"{API}/{{id}}"),
        (system, "GET", f"{API}/{found['id']}/report?format=pdf", f"{API}/{{id}}/report"),
        (system, "POST", f"{API}?mode=x", API),
        (system, "POST", API, API),
    ):
        status, _, _, answer = caller.call(method, path)
        described = document["paths"][key][method.lower()]["responses"]
        assert str(status) in described, (path, status)
        assert conforms(answer, described[str(status)]["content"]["application/json"]["schema"], document)


def test_the_log_holds_no_token_and_no_address(server: Server, token: str) -> None:
    assert token not in server.log
    assert not re.search(r"mysapk_[A-Za-z0-9_-]{43}", server.log)
    assert "baru.lewat.api" not in server.log


def test_agencies_of_the_demo_differ(people: People) -> None:
    """What the tests of the scope above rest on."""
    with people.db.read() as session:
        assert len(session.exec(select(Instansi.id)).all()) >= 2
    assert actor_for(people, "admin_instansi").instansi_id != actor_for(people, "admin_instansi_lain").instansi_id
