"""Pages of steering over a national roll: p95 of progress, of the lists, and of what a page asks again (DESIGN 7: <= 100 ms).

Run as `python -m benchmarks.national [--people N] [--database URL]`; N is 5,600,000 for the whole country. The database is empty; a SQLite
file by default. Agencies are as uneven as the real ones: a few hold a large part of all people. Also says how long the roll takes to be
made, counted anew, and what an activation costs with the counts kept.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text, update
from sqlmodel import Session, col, func, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import PeriodKind
from mysapk_web.domain.progress import COUNTRY, DAILY
from mysapk_web.domain.roles import Role
from mysapk_web.models import (
    Account,
    AuditEvent,
    Database,
    Headcount,
    HeadcountDay,
    Instansi,
    OutboxMail,
    OutboxState,
    Pegawai,
    Period,
    Unor,
    bulk,
    migration,
)
from mysapk_web.services import clock, mail_log, trail
from mysapk_web.services.actor import Actor, Grant
from mysapk_web.services.progress import counting, missing, reading
from mysapk_web.services.progress.lines import Order

PEOPLE = 100_000
"""As part of `make bench`; the whole country takes some minutes to make."""
AGENCIES = 644
PEOPLE_A_UNIT = 40
CHUNK = 50_000
ROUNDS = 40
EVENTS = 200_000
MAILS = 100_000
_GIVEN = (
    "Dewi",
    "Budi",
    "Siti",
    "Agus",
    "Rina",
    "Joko",
    "Maria",
    "Hendra",
    "Putri",
    "Yusuf",
    "Lina",
    "Made",
    "Ketut",
    "Asep",
)
_FAMILY = ("Rahayu", "Santosa", "Wijaya", "Siregar", "Hutapea", "Pratama", "Nugraha", "Lestari", "Hakim", "Gunawan")
_KINDS = (*[JenisPegawai.PNS] * 64, *[JenisPegawai.PPPK] * 33, *[JenisPegawai.CPNS] * 3)
_EPOCH = datetime(2026, 6, 1, tzinfo=UTC)


# The roll ------------------------------------------------------------------------------------------


def _shares(count: int, people: int) -> list[int]:
    """Heads of each agency: the largest has about a tenth of all, the smallest some hundreds (in the real size)."""
    weights = [1 / (place + 6) for place in range(count)]
    whole = sum(weights)
    heads = [max(4, round(people * weight / whole)) for weight in weights]
    heads[0] += people - sum(heads)
    return heads


def _grow(db: Database, people: int) -> list[tuple[int, list[int], int]]:
    """Agencies with trees of units of three floors; gives (agency, units, heads)."""
    made = []
    with db.begin() as session:
        heads = _shares(min(AGENCIES, max(3, people // 50)), people)
        agencies = [
            {"kode": f"{number:05d}", "nama": f"Instansi {number:03d}", "zona": "WIB"} for number in range(len(heads))
        ]
        bulk.insert_many(
            session, Instansi, [{**row, "domain_policy": "ALLOW", "email_domains": []} for row in agencies]
        )
        ids = list(session.exec(select(Instansi.id).order_by(col(Instansi.kode))))
        rows: list[dict[str, Any]] = []
        next_id = 1
        for instansi_id, count in zip(ids, heads, strict=True):
            own: list[tuple[int, str]] = []
            for number in range(max(1, count // PEOPLE_A_UNIT)):
                # The root, then up to 24 offices below it, and all others below those.
                above = None if not own else own[0] if len(own) <= 24 else own[1 + number % 24]
                path = f"{above[1] if above else ''}{next_id}/"
                rows.append(
                    {
                        "id": next_id,
                        "instansi_id": instansi_id,
                        "atasan_id": above[0] if above else None,
                        "kode": str(number),
                        "nama": f"Unit {number:05d}",
                        "jalur": path,
                        "is_satker": len(own) <= 24,
                    }
                )
                own.append((next_id, path))
                next_id += 1
            made.append((instansi_id or 0, [unit for unit, _ in own], count))
        bulk.insert_many(session, Unor, rows)
    return made


def _people(made: list[tuple[int, list[int], int]], dice: random.Random) -> Iterator[dict[str, Any]]:
    number = 0
    for instansi_id, units, count in made:
        for _ in range(count):
            number += 1
            yield {
                "id": number,
                "nip": f"{number:018d}",
                "nama": f"{dice.choice(_GIVEN)} {dice.choice(_GIVEN)} {dice.choice(_FAMILY)}",
                "gelar_depan": "",
                "gelar_belakang": "",
                "jenis": dice.choice(_KINDS),
                "jenis_kelamin": "",
                "instansi_id": instansi_id,
                "unor_id": dice.choice(units),
                "email": None,
                "email_key": f"orang{number}@contoh.example.go.id" if dice.random() > 0.03 else None,
            }


def _account(person: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    active = person["email_key"] is not None and dice.random() < 0.74
    return {
        "id": person["id"],
        "pegawai_id": person["id"],
        "activated_at": _EPOCH + timedelta(minutes=dice.randrange(60 * 24 * 60)) if active else None,
        "disabled_reason": "",
        "version": 1,
        "totp_last_step": 0,
    }


def fill(db: Database, people: int, *, seed: int = 5_600_000) -> list[tuple[int, list[int], int]]:
    """Write a roll into an empty database, and count it.

    Args:
        db: Migrated and empty.
        people: How many.
        seed: The same gives the same roll.

    Returns:
        Id, units and heads of each agency, the largest first.
    """
    dice = random.Random(seed)
    made = _grow(db, people)
    crowd = _people(made, dice)
    while rows := list(islice(crowd, CHUNK)):
        with db.begin() as session:
            bulk.insert_many(session, Pegawai, rows)
            bulk.insert_many(session, Account, [_account(row, dice) for row in rows])
    if not db.is_sqlite:
        with db.begin() as session:
            for table in ("pegawai", "akun", "unor", "instansi"):
                session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    counting.rebuild(db)
    _days_and_trail(db, people, dice)
    return made


def _days_and_trail(db: Database, people: int, dice: random.Random) -> None:
    """Thirty days of the country and the agencies, a closed period, events and mails."""
    now = clock.now()
    events, mails = min(EVENTS, people), min(MAILS, people)
    with db.begin() as session:
        roots = select(Unor.id).where(col(Unor.atasan_id).is_(None))
        sums = session.exec(
            select(Headcount).where(
                col(Headcount.measure).in_(DAILY),
                (col(Headcount.unor_id) == COUNTRY) | col(Headcount.unor_id).in_(roots),
            )
        ).all()
        days = [
            {"unor_id": row.unor_id, "day": counting.today() - timedelta(days=back), "jenis": row.jenis, "measure": row.measure,
             "count": row.count}
            for row in sums
            for back in range(1, 31)
        ]  # fmt: skip
        bulk.insert_many(session, HeadcountDay, days)
        session.add(
            Period(kind=PeriodKind.AKTIVASI, starts_at=now - timedelta(days=90), ends_at=now - timedelta(days=1))
        )
        bulk.insert_many(
            session,
            AuditEvent,
            [
                {"at": now - timedelta(seconds=events - number), "tag": AuditTag.LOGIN, "actor_id": who, "subject_id": who,
                 "instansi_id": None, "address": "203.0.113.0/24", "detail": {}}
                for number in range(events)
                for who in [dice.randint(1, people)]
            ],
        )  # fmt: skip
        bulk.insert_many(
            session,
            OutboxMail,
            [
                {"template": "aktivasi-berhasil", "account_id": dice.randint(1, people), "recipient": None, "params": {},
                 "state": OutboxState.SENT, "created_at": now, "due_at": now, "claimed_by": "", "attempts": 1, "sent_at": now,
                 "last_error": "", "message_id": f"{number:032x}"}
                for number in range(mails)
            ],
        )  # fmt: skip
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


# What is asked ---------------------------------------------------------------------------------------


def _actor(*grants: Grant) -> Actor:
    now = clock.now()
    return Actor(
        1, 1, 1, "s", now + timedelta(hours=8), 1, now, grants=grants, second_factor=True, has_second_factor=True
    )


def _p95(db: Database, asks: list[Callable[[Session], Any]]) -> float:
    """Milliseconds; every ask is repeated until there are enough of them."""
    taken = []
    for number in range(max(ROUNDS, len(asks))):
        with db.read() as session:
            start = time.perf_counter()
            asks[number % len(asks)](session)
            taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def ask(db: Database, made: list[tuple[int, list[int], int]]) -> dict[str, float]:
    """Measure what pages ask.

    Args:
        db: From `fill`.
        made: From `fill`.

    Returns:
        Milliseconds by name.
    """
    bkn = _actor(Grant(Role.ADMIN_BKN))
    some = [made[place] for place in (0, 1, 5, 20, len(made) // 2, len(made) - 1) if place < len(made)]
    admins = [_actor(Grant(Role.ADMIN_INSTANSI, instansi_id)) for instansi_id, _, _ in some]
    with db.read() as session:
        offices = list(
            session.execute(
                select(Unor.id, Unor.instansi_id, Unor.jalur).where(col(Unor.atasan_id) == some[0][1][0]).limit(6)
            )
        )
    satker = [_actor(Grant(Role.ADMIN_SATKER, instansi_id, path)) for _, instansi_id, path in offices] or admins
    anything = missing.Filter()

    def each(who: list[Actor], act: Callable[..., Any], *args: Any, **more: Any) -> list[Callable[[Session], Any]]:
        return [lambda session, actor=actor: act(session, actor, *args, **more) for actor in who]  # type: ignore[misc]

    found = {
        "progress_country": each([bkn], reading.progress, order=Order.SHARE),
        "progress_agency": each(admins, reading.progress, order=Order.MISSING),
        "progress_unit": each(satker, reading.progress),
        "figures_again": each([bkn, *admins, *satker], reading.figures),
        "missing_country": each([bkn], missing.missing, anything),
        "missing_agency": each(admins, missing.missing, anything),
        "missing_unit": each(satker, missing.missing, anything),
        "missing_deepest": each([bkn, *admins], missing.missing, anything, 40),
        "sanctions": each([bkn, *admins], missing.sanctioned, anything),
        "mails": each([bkn, *admins], mail_log.mails, mail_log.Filter()),
        "trail": each([bkn, *admins], trail.events, trail.Filter()),
    }
    return {f"{name}_p95_ms": _p95(db, asks) for name, asks in found.items()}


def _activation(db: Database) -> float:
    """What one activation costs, with its step written: milliseconds, median."""
    taken = []
    with db.read() as session:
        ids = list(session.exec(select(Account.id).where(col(Account.activated_at).is_(None)).limit(ROUNDS)))
    for account_id in ids:
        start = time.perf_counter()
        with db.begin() as session:
            session.execute(update(Account).where(col(Account.id) == account_id).values(activated_at=clock.now()))
        taken.append((time.perf_counter() - start) * 1000)
    with db.begin() as session:
        counting.gather(session)
    return statistics.median(taken)


def measure(people: int = PEOPLE, url: str | None = None) -> dict[str, float]:
    """Make a roll and measure.

    Args:
        people: How many.
        url: SQLAlchemy URL of an empty database; a temporary SQLite file by default.

    Returns:
        Milliseconds and seconds by name, and `progress_p95_ms` and `lists_p95_ms`, the worst of their kind.
    """
    with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as folder:
        db = Database(url or f"sqlite:///{Path(folder)}/bench.db")
        try:
            migration.upgrade(db)
            start = time.perf_counter()
            made = fill(db, people)
            filled = time.perf_counter() - start
            found = ask(db, made)
            found["activation_ms"] = _activation(db)
            start = time.perf_counter()
            counting.rebuild(db)
            recounted = time.perf_counter() - start
            if counting.verify(db):
                raise AssertionError("the counts are not those of a recount")
            with db.read() as session:
                units = session.exec(select(func.count()).select_from(Unor)).one()
        finally:
            db.dispose()
    worst = {
        "progress_p95_ms": max(value for name, value in found.items() if name.startswith(("progress_", "figures_"))),
        "lists_p95_ms": max(
            value for name, value in found.items() if name.startswith(("missing_", "sanctions", "mails", "trail"))
        ),
    }
    return {**found, "fill_s": filled, "recount_s": recounted, "units": float(units), **worst}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="heads of the roll")
    parser.add_argument("--database", help="URL of an empty database")
    given = parser.parse_args()
    for name, value in measure(given.people, given.database).items():
        print(f"{name:24} {value:12.2f}")


if __name__ == "__main__":
    main()
