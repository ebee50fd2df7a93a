"""Pages of steering over a national roll: p95 of progress, of the lists, and of what a page asks again (DESIGN 7: <= 100 ms).

Run as `python -m benchmarks national [N]`; N is 5600000 for the whole country. `python -m benchmarks.national --people N --database URL`
takes a database that is there, empty or filled by an earlier run. Also says how long the roll takes to be made, counted anew, and what an
activation costs with the counts kept.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from benchmarks.email_import import database_of
from benchmarks.national_roll import fill, filled
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.roles import Role
from mysapk_web.models import (
    Account,
    Database,
    Proposal,
    Unor,
    migration,
)
from mysapk_web.services import clock, collecting, mail_log, people, trail, verification
from mysapk_web.services.actor import Actor, Grant
from mysapk_web.services.people.search import AccountState, PdmStep
from mysapk_web.services.people.search import Order as By
from mysapk_web.services.progress import counting, missing, pdm_reading, queue, reading, unfinished
from mysapk_web.services.progress.lines import Order
from mysapk_web.services.verification import OPEN, Filters

PEOPLE = 100_000
"""As part of `make bench`; the whole country takes a quarter of an hour to make."""
CHECKED = 1_000_000
"""Up to so many people the counts are compared with a recount at the end, too."""
ROUNDS = 40
_LISTS = ("missing_", "sanctions", "unfinished_", "mails", "trail")


# What is asked ---------------------------------------------------------------------------------------


def _actor(*grants: Grant) -> Actor:
    now = clock.now()
    return Actor(
        1, 1, 1, "s", now + timedelta(hours=8), 1, now, grants=grants, second_factor=True, has_second_factor=True
    )


def _p95(db: Database, asks: list[Callable[[Session], Any]]) -> float:
    """Milliseconds; every ask is repeated until there are enough of them. The first of each fills caches and is not counted."""
    taken = []
    for number in range(max(ROUNDS, len(asks)) + len(asks)):
        with db.read() as session:
            start = time.perf_counter()
            asks[number % len(asks)](session)
            if number >= len(asks):
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
    verifiers = [_actor(Grant(Role.VERIFIKATOR, instansi_id)) for instansi_id, _, _ in some]
    in_unit = [_actor(Grant(Role.VERIFIKATOR, instansi_id, path)) for _, instansi_id, path in offices] or verifiers
    approvers = [_actor(Grant(Role.APPROVER, instansi_id)) for instansi_id, _, _ in some]
    chosen = next((unit for unit, *_ in offices), some[0][1][0])
    anything = missing.Filter()

    def each(who: list[Actor], act: Callable[..., Any], *args: Any, **more: Any) -> list[Callable[[Session], Any]]:
        return [lambda session, actor=actor: act(session, actor, *args, **more) for actor in who]  # type: ignore[misc]

    found = {
        "progress_country": each([bkn], reading.progress, order=Order.SHARE),
        "progress_agency": each(admins, reading.progress, order=Order.MISSING),
        "progress_unit": each(satker, reading.progress),
        "pdm_country": each([bkn], pdm_reading.progress, order=Order.SHARE),
        "pdm_agency": each(admins, pdm_reading.progress, order=Order.MISSING),
        "pdm_unit": each(satker, pdm_reading.progress),
        "pdm_again": each([bkn, *admins, *satker], pdm_reading.figures),
        "figures_again": each([bkn, *admins, *satker], reading.figures),
        "missing_country": each([bkn], missing.missing, anything),
        "missing_agency": each(admins, missing.missing, anything),
        "missing_unit": each(satker, missing.missing, anything),
        "missing_deepest": each([bkn, *admins], missing.missing, anything, 40),
        "sanctions": each([bkn, *admins], missing.sanctioned, anything),
        "unfinished_country": each([bkn], unfinished.unfinished, unfinished.Filter()),
        "unfinished_agency": each(admins, unfinished.unfinished, unfinished.Filter()),
        "unfinished_unit": each(satker, unfinished.unfinished, unfinished.Filter()),
        "unfinished_group": each([bkn, *admins], unfinished.unfinished, unfinished.Filter(group="skp")),
        "unfinished_unsent": each(
            [bkn, *admins], unfinished.unfinished, unfinished.Filter(lack=unfinished.Lack.UNSENT)
        ),
        "unfinished_unsent_group": each(
            [bkn, *admins], unfinished.unfinished, unfinished.Filter(lack=unfinished.Lack.UNSENT, group="skp")
        ),
        "unfinished_sanctions": each([bkn, *admins], unfinished.sanctioned, unfinished.Filter()),
        "search_all": each([*admins, *satker], people.search, people.Wanted()),
        "search_nip": each([bkn, *admins], people.search, people.Wanted(text="0000000000001")),
        "search_name": each([bkn, *admins, *satker], people.search, people.Wanted(text="dewi rahayu")),
        "search_unit": each(admins, people.search, people.Wanted(unit="Unit 00003")),
        "search_pdm": each(admins, people.search, people.Wanted(pdm=PdmStep.DONE)),
        "search_state": each(admins, people.search, people.Wanted(state=AccountState.INACTIVE)),
        "search_switched_off": each(admins, people.search, people.Wanted(state=AccountState.DISABLED)),
        "search_kind": each([*admins, *satker], people.search, people.Wanted(jenis=JenisPegawai.PPT_NON_ASN)),
        "search_by_nip": each([*admins, *satker], people.search, people.Wanted(order=By.NIP)),
        "search_by_unit": each([*admins, *satker], people.search, people.Wanted(order=By.UNIT)),
        "search_state_by_unit": each(admins, people.search, people.Wanted(state=AccountState.INACTIVE, order=By.UNIT)),
        "inbox_verifier": each(verifiers, verification.inbox, Filters(), 1),
        "inbox_verifier_unit": each(in_unit, verification.inbox, Filters(), 1),
        "inbox_approver": each(approvers, verification.inbox, Filters(), 1),
        "inbox_bkn": each([bkn], verification.inbox, Filters(), 1),
        "inbox_bkn_agency": each([bkn], verification.inbox, Filters(status=OPEN, instansi="Instansi 00"), 1),
        "inbox_unit_chosen": each(admins[:1], verification.inbox, Filters(unit=chosen), 1),
        "inbox_name": each(verifiers, verification.inbox, Filters(status=OPEN, nama="dewi putri rahayu"), 1),
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
        url: SQLAlchemy URL of a database that is empty, or filled by an earlier run; without it one of an own PostgreSQL server, or
            SQLite where none is installed.

    Returns:
        Milliseconds and seconds by name, and `national_*_p95_ms`, the worst of their kind.
    """
    # A search looks whether somebody waits, under keyed names.
    os.environ.setdefault("MYSAPK_SECRET_KEY", "national-0123456789-abcdefghijklmnop")
    with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url = url or stack.enter_context(database_of("postgres", folder)) or f"sqlite:///{folder}/bench.db"
        return _measure(Database(url), people)


def _measure(db: Database, people: int) -> dict[str, float]:
    try:
        migration.upgrade(db)
        start = time.perf_counter()
        made = filled(db) or fill(db, people)
        took = time.perf_counter() - start
        collecting.settle()  # as the server does: what was made here is not looked through again and again
        found = ask(db, made)
        found["activation_ms"] = _activation(db)
        start = time.perf_counter()
        counting.rebuild(db)
        recounted = time.perf_counter() - start
        if people <= CHECKED and (counting.verify(db) or queue.verify(db)):
            raise AssertionError("the counts are not those of a recount")
        with db.read() as session:
            units = session.exec(select(func.count()).select_from(Unor)).one()
            proposals = session.exec(select(func.count()).select_from(Proposal)).one()
    finally:
        db.dispose()
    search = max(value for name, value in found.items() if name.startswith("search_"))
    inbox = max(value for name, value in found.items() if name.startswith("inbox_"))
    worst = {
        "national_search_p95_ms": search,
        "national_inbox_p95_ms": inbox,
        "national_progress_p95_ms": max(
            value for name, value in found.items() if name.startswith(("progress_", "figures_", "pdm_"))
        ),
        "national_lists_p95_ms": max(value for name, value in found.items() if name.startswith(_LISTS)),
    }
    return {
        **found,
        "fill_s": took,
        "recount_s": recounted,
        "units": float(units),
        "proposals": float(proposals),
        **worst,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="heads of the roll")
    parser.add_argument("--database", help="URL of a database, empty or filled by an earlier run")
    given = parser.parse_args()
    for name, value in measure(given.people, given.database).items():
        print(f"{name:24} {value:12.2f}")


if __name__ == "__main__":
    main()
