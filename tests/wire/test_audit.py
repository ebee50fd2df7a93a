"""What is refused on the wire, in the trail: by the wall, by a service, by a route, by the gate; and what is not written there."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, delete, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import EVENTS_PER_SOCKET, HANDSHAKES_PER_NETWORK
from tests.wire.client import Browser, Refused, Tab, merged
from tests.wire.flows import ROOT as APP
from tests.wire.hostile import MARK
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

PERIODE = f"{APP}.mysapk_web___administration___pages___periode___state____periode_state"
NEVER = f"{APP}.mysapk_web___administration___pages___periode___state____periode_state.setvar"


class Office:
    """A server of these tests' own, because each account is written down once a minute."""

    def __init__(self, server: Server, db: Database, accounts: dict[str, DemoAccount]) -> None:
        self.server, self.db, self.people = server, db, People(db, accounts)

    def browser(self, key: str = "", address: str = "198.18.5.1") -> Browser:
        browser = Browser(self.server.base, address=address)
        browser.cookies = self.people.cookies(key) if key else {}
        return browser

    def events(self, tag: AuditTag) -> list[tuple[int | None, str, dict[str, Any]]]:
        with self.db.read() as session:
            found = session.exec(select(AuditEvent).where(AuditEvent.tag == tag).order_by(col(AuditEvent.id))).all()
            return [(row.actor_id, row.address, row.detail) for row in found]

    def refused(self, key: str) -> list[str]:
        """Handlers that an account was refused by."""
        who = self.people.account_id(key)
        return [detail["handler"] for actor, _, detail in self.events(AuditTag.ACCESS_REFUSED) if actor == who]


@pytest.fixture(scope="module")
def office(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, DemoAccount]
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("trail")
    shutil.copy(demo_template, folder / "trail.db")
    server = Server(folder, f"sqlite:///{folder}/trail.db", MYSAPK_TRUSTED_PROXIES="1").start()
    db = Database(server.env["MYSAPK_DATABASE_URL"])
    yield Office(server, db, accounts)
    server.stop()
    db.dispose()


def run(work: Any) -> Any:
    return asyncio.run(work)


async def call(browser: Browser, path: str, *calls: tuple[str, Any]) -> list[dict[str, Any]]:
    async with browser.tab(path) as tab:
        for name, payload in calls:
            await tab.call(name, payload, quiet=0.02)
        return tab.updates


def test_the_wall_writes_a_refusal_once_and_only_its_name(office: Office) -> None:
    form = {"form": {"jenis": MARK, "dasar": f"{MARK}-Sandi1"}}
    calls = [(f"{PERIODE}.save", form)] * 8 + [(f"{PERIODE}.remove", form), (NEVER, {"var_name": MARK, "value": MARK})]
    updates = run(call(office.browser("pegawai"), "/beranda", *calls))
    assert "Anda tidak berwenang melakukan tindakan ini." in repr(updates)
    assert office.refused("pegawai") == ["PeriodeState.save"]
    assert office.events(AuditTag.ACCESS_REFUSED)[0][1] == "198.18.5.0/24"


def test_a_service_that_refuses_is_written_by_the_handler_that_asked_it(office: Office) -> None:
    with office.db.read() as session:
        other = session.exec(select(Instansi.id).where(Instansi.code == "9902")).one()
    updates = run(call(office.browser("admin_instansi"), f"/admin?tempat=i{other}"))
    assert merged(updates, "app_state")["faults"][""].startswith("Yang Anda minta tidak ditemukan.")
    assert office.refused("admin_instansi") == ["KemajuanState.load"]


def test_a_page_that_says_not_found_is_written_all_the_same(office: Office, accounts: dict[str, DemoAccount]) -> None:
    with office.db.read() as session:
        foreign = session.exec(
            select(Proposal.id)
            .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
            .where(Pegawai.nip != accounts["pegawai_lain"].nip)
            .limit(1)
        ).one()
    updates = run(call(office.browser("pegawai_lain"), f"/pdm/usulan/{foreign}"))
    assert merged(updates, "isian_state")["unknown"]
    assert office.refused("pegawai_lain") == ["IsianState.load"]


@pytest.mark.parametrize(
    ("who", "method", "path", "form", "status", "name"),
    [
        ("pppk", "GET", "/dokumen/1", None, 404, "dokumen:download"),
        ("pppk", "POST", "/dokumen/1/hapus", None, 404, "dokumen:remove"),
        ("pppk", "GET", "/pdm/bukti/BPDM-2026-000001.pdf", None, 404, "bukti"),
        ("pppk", "POST", "/admin/email/unggah", None, 404, "impor-email:upload"),
        ("pppk", "POST", "/admin/email/laporan", {"impor": "1", "bentuk": "csv"}, 404, "impor-email:report"),
        ("ppt_non_asn", "POST", "/keamanan/kode-pemulihan", None, 303, "kode-pemulihan"),
    ],
)
def test_a_route_that_refuses(
    office: Office, who: str, method: str, path: str, form: dict[str, str] | None, status: int, name: str
) -> None:
    with office.db.begin() as session:
        session.execute(delete(Counter).where(col(Counter.key).startswith("refused:account:")))
    before = len(office.refused(who))
    browser = office.browser(who)
    for _ in range(3):
        assert run(browser.request(method, path, form))[0] == status
    assert office.refused(who)[before:] == [name]


def test_a_list_that_is_not_the_actors(office: Office) -> None:
    asked = office.browser("verifikator").request(
        "POST", "/admin/unduh", {"daftar": "audit", "bentuk": "csv", "nip": MARK}
    )
    assert run(asked)[0] == 403
    assert office.refused("verifikator") == ["unduh"]


def test_a_visitor_is_nobody_to_write_down(office: Office) -> None:
    before = len(office.events(AuditTag.ACCESS_REFUSED))
    run(call(office.browser(), "/masuk", (f"{PERIODE}.save", {"form": {}})))
    run(office.browser().request("GET", "/dokumen/1"))
    assert len(office.events(AuditTag.ACCESS_REFUSED)) == before


def test_the_limits_of_the_gate(office: Office) -> None:
    async def flood(key: str) -> None:
        browser = office.browser(key, address="198.18.6.1")
        for _ in range(2):
            tab = Tab(browser.base, browser.cookies, address=browser.address)
            await tab.open()
            for number in range(EVENTS_PER_SOCKET.count + 30):
                if tab.closed.is_set():
                    break
                await tab.send("reflex___state____state.set_is_hydrated", {"value": bool(number % 2)})
            await asyncio.wait_for(tab.closed.wait(), 5)
            await tab.close()

    async def knock() -> None:
        for _ in range(HANDSHAKES_PER_NETWORK.count + 10):
            tab = Tab(office.server.base, {}, address="198.18.7.1")
            try:
                await tab.open()
                await tab.close()
            except Refused:
                continue

    run(flood("approver"))
    run(knock())
    assert office.events(AuditTag.LIMIT_EXCEEDED) == [
        (office.people.account_id("approver"), "198.18.6.0/24", {"limit": "socket:event"}),
        (None, "198.18.7.0/24", {"limit": "socket:handshake"}),
    ]


def test_nothing_of_what_was_sent_is_in_the_trail(office: Office) -> None:
    """Of all that the tests before it have sent."""
    found = office.events(AuditTag.ACCESS_REFUSED) + office.events(AuditTag.LIMIT_EXCEEDED)
    assert found
    assert MARK not in repr(found)
    assert "failed" not in office.server.log
