"""The same portal as several processes: PostgreSQL, Redis, two workers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.demo import seed
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from mysapk_web.ui.state import STORE_DOWN
from tests.wire.client import Browser, Tab, merged, redirects, ticket_of
from tests.wire.flows import KONFIRMASI, LUPA, MASUK, log_in, token_for
from tests.wire.flows import ROOT as APP
from tests.wire.hostile import all_of
from tests.wire.matrix import admits, attack
from tests.wire.people import SESSION, People, fingerprint
from tests.wire.registry import Handler
from tests.wire.server import SECRET, Server

pytestmark = [
    pytest.mark.wire,
    pytest.mark.postgres,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed"),
]

ROOT = "reflex___state____state"
BERANDA = f"{APP}.mysapk_web___home___pages___beranda____beranda_state"
PORTS = range(12600, 12700)


def run(work: Any) -> Any:
    return asyncio.run(work)


class Relay:
    """A TCP relay before the database server, which can be cut like a cable."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.up = True
        self.pairs: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.up:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.up = False
        for end in self.pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.pairs = []

    def mend(self) -> None:
        self.up = True


class Cluster:
    """Two workers, their Redis and the cable to their database."""

    def __init__(self, server: Server, store: redis.Redis, relay: Relay, people: People) -> None:
        self.server, self.store, self.relay, self.people = server, store, relay, people
        self._hosts = iter(range(1, 250))

    def browser(self) -> Browser:
        return Browser(self.server.base, address=f"198.18.7.{next(self._hosts)}")

    def dump(self) -> bytes:
        """Everything Redis holds, keys and values."""
        found = b""
        for key in self.store.scan_iter():
            plain = self.store.type(key) == b"string"
            found += key + b"\n" + ((self.store.get(key) if plain else self.store.dump(key)) or b"") + b"\n"
        return found


@pytest.fixture(scope="module")
def cluster(
    postgres_server: str,
    postgres_template: str,
    accounts: dict[str, DemoAccount],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with psycopg.connect(postgres_server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE wire_cluster TEMPLATE "{postgres_template}"')  # type: ignore[arg-type]
    direct = postgres_server + "wire_cluster"
    db = Database(direct, pool_size=2)
    seed.seed_database(db, Settings(_env_file=None, demo=True, secret_key=SECRET, bcrypt_cost=4))
    relay = Relay(int(re.search(r":(\d+)/", postgres_server)[1]))  # type: ignore[index]
    with redis_server(folder) as store:
        port = store.connection_pool.connection_kwargs["port"]
        server = Server(
            folder,
            re.sub(r":\d+/", f":{relay.port}/", direct),
            MYSAPK_REDIS_URL=f"redis://127.0.0.1:{port}/0",
            MYSAPK_WORKERS="2",
            MYSAPK_TRUSTED_PROXIES="1",
        ).start()
        yield Cluster(server, store, relay, People(db, accounts))
        server.stop()
    relay.listener.close()
    db.dispose()


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[redis.Redis]:
    port = next(p for p in random.sample(PORTS, 50) if socket.socket().connect_ex(("127.0.0.1", p)))
    process = subprocess.Popen(
        [
            "redis-server",
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ],
        stdout=subprocess.DEVNULL,
    )
    store = redis.Redis(port=port)
    try:
        for _ in range(100):
            with contextlib.suppress(redis.ConnectionError):
                store.ping()
                break
            time.sleep(0.05)
        yield store
    finally:
        store.close()
        process.terminate()
        process.wait(10)


def test_activation_and_login_and_nothing_secret_in_redis(cluster: Cluster, accounts: dict[str, DemoAccount]) -> None:
    person, chosen = accounts["belum_aktif"], "Kapal7Layar-Kanari"

    async def walk() -> tuple[str, Browser]:
        browser = cluster.browser()
        await browser.request("GET", "/masuk")
        async with browser.tab("/lupa-password") as tab:
            answer = await tab.call(f"{LUPA}.submit", {"form": {"nip": person.nip, "email": person.email}}, quiet=0.3)
            assert redirects(answer) == ["/konfirmasi-reset"]
        token = await token_for(cluster.server.folder / "mail")
        async with browser.tab("/konfirmasi-reset") as tab:
            await tab.call(f"{KONFIRMASI}.judge", {"password": chosen})
            answer = await tab.call(f"{KONFIRMASI}.submit", {"form": {"token": token, "password": chosen}}, quiet=0.4)
            assert merged(answer, "konfirmasi_state").get("done"), answer
        await log_in(browser, person, chosen)
        async with browser.tab("/beranda") as tab:
            assert cluster.people.name("belum_aktif") in tab.seen()
        # While the state is still there, and after the socket has gone.
        return token, browser

    token, browser = run(walk())
    dump = cluster.dump()
    assert hash_secret(browser.cookies[SESSION]).encode() in dump, "the dump is not readable, so it proves nothing"
    for secret in (*browser.cookies.values(), token, chosen):
        assert secret.encode() not in dump
    assert token not in cluster.server.log
    assert chosen not in cluster.server.log


def test_everybody_everything_on_postgresql_and_redis(cluster: Cluster, handlers: list[Handler]) -> None:
    """The hostile payloads again for a visitor: NUL, lone surrogates and the like meet another database here."""
    shut = [handler for handler in handlers if not admits(handler, "anonymous")]
    open_ones = [handler for handler in handlers if handler.ours and handler.policy == "anyone"]
    browser, before = cluster.browser(), fingerprint(cluster.people.db)
    updates = run(attack(browser, [(h.name, p) for h in (*shut, *open_ones) for p in list(all_of(h))[::3]]))
    assert fingerprint(cluster.people.db) == before
    assert updates
    assert not [key for key, account in cluster.people.accounts.items() if account.nip in repr(updates)]


@pytest.mark.parametrize("odd", ["2147483648", "9" * 12, "9" * 18, "%00", "%ED%A0%80", "%F4%8F%BF%BF"])
def test_odd_addresses_are_not_found_whatever_the_database(cluster: Cluster, odd: str) -> None:
    browser = cluster.browser()
    browser.cookies = cluster.people.cookies("verifikator")
    for path in (f"/dokumen/{odd}", f"/dokumen/{odd}/lihat", f"/pdm/bukti/{odd}.pdf"):
        assert run(browser.request("GET", path))[0] == 404, path


def test_a_stolen_client_token_brings_nothing_on_any_worker(cluster: Cluster) -> None:
    people = cluster.people

    async def once(thief: dict[str, str]) -> None:
        person = cluster.browser()
        person.cookies = people.cookies("pegawai")
        async with person.tab("/beranda") as tab:
            assert people.name("pegawai") in tab.seen()
            stolen = Tab(person.base, thief, tab.token, address="198.18.7.251")
            await stolen.open()
            await stolen.load("/beranda")
            assert people.name("pegawai") not in stolen.seen()
            await stolen.close()
        later = Tab(person.base, thief, tab.token, address="198.18.7.252")
        await later.open()
        later.path = "/beranda"
        for name in (
            f"{BERANDA}.load",
            f"{ROOT}.set_is_hydrated",
            f"{MASUK}.back",
            f"{ROOT}.hydrate",
            f"{BERANDA}.load",
        ):
            await later.call(name, {"value": True} if "set_is" in name else {}, quiet=0.05, limit=1)
        assert people.name("pegawai") not in later.seen()
        await later.close()

    async def walk() -> None:
        for thief in ({}, people.cookies("pegawai_lain"), people.cookies("admin_bkn")) * 3:
            await once(thief)

    run(walk())


def test_the_lock_out_is_one_for_all_workers(cluster: Cluster, accounts: dict[str, DemoAccount]) -> None:
    person = accounts["pegawai_lain"]

    async def walk() -> None:
        heard = []
        for password in [*(f"Salah-Sekali-{number}" for number in range(6)), person.password]:
            browser = cluster.browser()
            async with browser.tab("/masuk") as tab:
                answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": password}})
                heard.append(merged(answer, "app_state")["faults"][""])
                assert not ticket_of(answer)
        assert len(set(heard[:5])) == 1
        assert "Terlalu banyak percobaan" in heard[-1]

    run(walk())


def test_an_ended_session_loses_its_sockets_on_every_worker(cluster: Cluster) -> None:
    async def walk() -> None:
        browser = cluster.browser()
        browser.cookies = cluster.people.cookies("pppk")
        tabs = [Tab(browser.base, browser.cookies, address=browser.address) for _ in range(10)]
        for tab in tabs:
            await tab.open()
            await tab.load("/beranda")
        cluster.people.change_session(browser.cookies, ended_at=clock.now())
        async with asyncio.timeout(5):
            await asyncio.gather(*(tab.closed.wait() for tab in tabs))
        assert all(tab.reloads for tab in tabs)

    run(walk())


def test_a_cut_cable_to_the_database_refuses_in_words_and_heals(cluster: Cluster) -> None:
    people = cluster.people

    async def walk() -> None:
        browser = cluster.browser()
        browser.cookies = people.cookies("pegawai")
        async with browser.tab("/beranda") as tab:
            cluster.relay.cut()
            try:
                answer = await tab.call(f"{BERANDA}.load", quiet=0.3)
                assert merged(answer, "app_state")["faults"] == {"": STORE_DOWN}
                assert (await browser.request("GET", "/siap"))[0] == 503
                assert (await browser.request("GET", "/sehat"))[0] == 200
                status, _, body = await browser.request("POST", "/sesi")
                assert status == 503
                assert "psycopg" not in body
            finally:
                cluster.relay.mend()
            async with asyncio.timeout(10):
                while (await browser.request("GET", "/siap"))[0] != 200:
                    await asyncio.sleep(0.2)
            assert not tab.closed.is_set()
            await tab.call(f"{BERANDA}.load", quiet=0.3)
            assert merged(tab.updates, "app_state")["faults"] == {}

    run(walk())
    assert "tests@127.0.0.1" not in cluster.server.log


def test_redis_that_forgets_everything_costs_nobody_the_session(cluster: Cluster) -> None:
    people = cluster.people

    async def walk() -> None:
        browser = cluster.browser()
        browser.cookies = people.cookies("pegawai")
        async with browser.tab("/beranda") as tab:
            cluster.store.flushall()
            before = len(tab.updates)
            await tab.load("/beranda")
            assert people.name("pegawai") in repr(tab.updates[before:])

    run(walk())
