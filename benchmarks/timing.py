"""Whether response times reveal who exists: `request_token` and `login` for known and unknown people (ASVS 6.3.8).

Run as `python -m benchmarks.timing [--rounds N] [--cost N] [--database URL]`. Every known person is used once, known and unknown
take turns in random order, so that neither caches nor a busy machine favour one side. The database is empty and migrated: a SQLite
file by default.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mysapk_web import settings as settings_module
from mysapk_web.accounts import login, passwords
from mysapk_web.accounts.recovery.request import request_token
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import migrations
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.settings import Settings

ROUNDS = 400
COST = 4
"""Cheap on purpose: both sides hash alike, and a short hash leaves the rest of the work in sight."""
_WARM_UP = 20
_PASSWORD = "Gunung7Merapi-biru"


@contextmanager
def _portal(cost: int, url: str | None) -> Iterator[tuple[Database, Settings]]:
    """A migrated database and the settings of the portal."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            MYSAPK_DEMO="1", MYSAPK_SECRET_KEY="timing-0123456789-abcdefghijklmnopq", MYSAPK_BCRYPT_COST=str(cost)
        )
        settings_module.get_settings.cache_clear()
        database = Database(url or f"sqlite:///{Path(folder) / 'timing.db'}")
        try:
            migrations.upgrade(database)
            yield database, settings_module.get_settings()
        finally:
            database.dispose()
            os.environ.clear()
            os.environ.update(before)
            settings_module.get_settings.cache_clear()


def _email(number: int) -> str:
    return f"pegawai{number}@contoh.example.go.id"


def _settle(database: Database, settings: Settings, people: int) -> None:
    hashed = passwords.hash_password(_PASSWORD, settings)
    with database.begin() as session:
        instansi = Instansi(code="7301", name="Pemerintah Kabupaten Contoh")
        session.add(instansi)
        session.flush()
        unor = Unor(instansi_id=instansi.pk, code="1", name=instansi.name, path="1/")
        session.add(unor)
        session.flush()
        for number in range(people):
            pegawai = Pegawai(
                nip=_known(number),
                name=f"Pegawai Nomor {number}",
                jenis=JenisPegawai.PNS,
                instansi_id=instansi.pk,
                unor_id=unor.pk,
                email=_email(number),
                email_key=_email(number),
            )
            session.add(pegawai)
            session.flush()
            session.add(Account(pegawai_id=pegawai.pk, password_hash=hashed))


def _known(number: int) -> str:
    return f"19850312201001{1_001 + number:04d}"


def _unknown(number: int) -> str:
    return f"19860312201001{1_001 + number:04d}"


def _visitor(number: int) -> ClientContext:
    """A browser in a network of its own, so that no limit of addresses is met."""
    return ClientContext(
        f"{number:064x}", client_address=f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
    )


def _timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _side_by_side(act: Callable[[int, str], object], rounds: int, shuffle: random.Random) -> tuple[float, float]:
    """Medians for known and unknown, milliseconds; one of each per round, in random order."""
    known: list[float] = []
    unknown: list[float] = []
    gc.disable()
    try:
        for number in range(rounds):
            sides = [(known, _known(number)), (unknown, _unknown(number))]
            shuffle.shuffle(sides)
            for taken, nip in sides:
                taken.append(_timed(lambda nip=nip: act(number, nip)))  # type: ignore[misc]  # noqa: B023  called at once
    finally:
        gc.enable()
    return statistics.median(known[_WARM_UP:]), statistics.median(unknown[_WARM_UP:])


def measure(rounds: int = ROUNDS, cost: int = COST, url: str | None = None) -> dict[str, float]:
    """Measure both flows, `rounds` pairs of calls each; the first few don't count.

    Gives milliseconds: `request_known`, `request_unknown`, `request_difference` (known minus unknown), and the same for `login`. `url` is
    that of an empty database; without it a temporary SQLite file.
    """
    shuffle = random.Random(20260824)
    with _portal(cost, url) as (database, settings):
        _settle(database, settings, rounds + _WARM_UP)
        passwords.warm_up(settings)
        visitors = iter(range(1_000_000))

        def request(number: int, nip: str) -> None:
            in_transaction(
                database,
                request_token,
                client=_visitor(next(visitors)),
                nip=nip,
                email=_email(number),
            )

        def log_in(_number: int, nip: str) -> None:
            try:
                login.login(database, client=_visitor(next(visitors)), nip=nip, password="Bukan0Password-itu")
            except UserError:
                return
            raise AssertionError("a wrong password was accepted")

        found: dict[str, float] = {}
        for name, act in (("request", request), ("login", log_in)):
            known, unknown = _side_by_side(act, rounds + _WARM_UP, shuffle)
            found |= {f"{name}_known": known, f"{name}_unknown": unknown, f"{name}_difference": known - unknown}
    return found


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pairs of calls a flow")
    parser.add_argument("--cost", type=int, default=COST, help="bcrypt cost")
    parser.add_argument("--database", help="URL of an empty database")
    given = parser.parse_args()
    found = measure(given.rounds, given.cost, given.database)
    print(f"Median of {given.rounds} calls, milliseconds (bcrypt cost {given.cost}):")
    for name in ("request", "login"):
        known, unknown, difference = (found[f"{name}_{side}"] for side in ("known", "unknown", "difference"))
        print(f"{name:8} known {known:8.3f}   unknown {unknown:8.3f}   difference {difference:+7.3f}")


if __name__ == "__main__":
    main()
