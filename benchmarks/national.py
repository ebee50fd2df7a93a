"""Administration pages over the whole country: p95 of dashboards, lists, and what a page requests again (budget: 100 ms).

Run as `python -m benchmarks national [N]`; N is 5600000 for the whole country. `python -m benchmarks.national --people N --database URL`
uses an existing database, empty or filled by an earlier run. Also reports how long generating the data and a recount take, and what an
activation costs with the counts it updates.
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

from benchmarks.imports import database_of
from benchmarks.national_data import fill, filled
from mysapk_web.administration import mail_log
from mysapk_web.administration.audit.search import AuditFilter, search_events
from mysapk_web.administration.people import search as people_search
from mysapk_web.administration.people.search import AccountState, PdmProgress, PeopleFilter
from mysapk_web.administration.people.search import PeopleOrder as By
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import clock, gc_tuning, migrations
from mysapk_web.platform.database import Database
from mysapk_web.progress import backlog, headcount, not_activated, pdm_incomplete, report
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.verification import inbox as verification_inbox
from mysapk_web.verification.filters import OPEN, Filters

PEOPLE = 100_000
"""As part of `make bench`; generating the whole country takes a quarter of an hour."""
CHECKED = 1_000_000
"""Up to this many people the counts are verified with a recount at the end."""
ROUNDS = 40
_LISTS = ("missing_", "sanctions", "unfinished_", "mails", "trail")


# Requests --------------------------------------------------------------------------------------------


def _actor(*grants: Grant) -> Actor:
    now = clock.now()
    return Actor(
        1, 1, 1, "s", now + timedelta(hours=8), 1, now, grants=grants, second_factor=True, has_second_factor=True
    )


def _p95(db: Database, asks: list[Callable[[Session], Any]]) -> float:
    """Milliseconds; every request is repeated until there are enough of them. The first of each fills caches and does not count."""
    taken = []
    for number in range(max(ROUNDS, len(asks)) + len(asks)):
        with db.read() as session:
            start = time.perf_counter()
            asks[number % len(asks)](session)
            if number >= len(asks):
                taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def ask(db: Database, made: list[tuple[int, list[int], int]]) -> dict[str, float]:
    """Measure what pages request."""
    bkn = _actor(Grant(Role.ADMIN_BKN))
    some = [made[place] for place in (0, 1, 5, 20, len(made) // 2, len(made) - 1) if place < len(made)]
    admins = [_actor(Grant(Role.ADMIN_INSTANSI, instansi_id)) for instansi_id, _, _ in some]
    with db.read() as session:
        offices = list(
            session.execute(
                select(Unor.id, Unor.instansi_id, Unor.path).where(col(Unor.parent_id) == some[0][1][0]).limit(6)
            )
        )
    satker = [_actor(Grant(Role.ADMIN_SATKER, instansi_id, path)) for _, instansi_id, path in offices] or admins
    verifiers = [_actor(Grant(Role.VERIFIKATOR, instansi_id)) for instansi_id, _, _ in some]
    in_unit = [_actor(Grant(Role.VERIFIKATOR, instansi_id, path)) for _, instansi_id, path in offices] or verifiers
    approvers = [_actor(Grant(Role.APPROVER, instansi_id)) for instansi_id, _, _ in some]
    chosen = next((unit for unit, *_ in offices), some[0][1][0])
    anything = not_activated.NotActivatedFilter()

    def each(who: list[Actor], act: Callable[..., Any], *args: Any, **more: Any) -> list[Callable[[Session], Any]]:
        return [lambda session, actor=actor: act(session, actor, *args, **more) for actor in who]  # type: ignore[misc]

    found = {
        "progress_country": each([bkn], report.read_report, report.ACTIVATION, order=ChildOrder.SHARE),
        "progress_agency": each(admins, report.read_report, report.ACTIVATION, order=ChildOrder.MISSING),
        "progress_unit": each(satker, report.read_report, report.ACTIVATION),
        "pdm_country": each([bkn], report.read_report, report.PDM, order=ChildOrder.SHARE),
        "pdm_agency": each(admins, report.read_report, report.PDM, order=ChildOrder.MISSING),
        "pdm_unit": each(satker, report.read_report, report.PDM),
        "pdm_again": each([bkn, *admins, *satker], report.read_snapshot, report.PDM),
        "figures_again": each([bkn, *admins, *satker], report.read_snapshot, report.ACTIVATION),
        "missing_country": each([bkn], not_activated.LIST.page, anything),
        "missing_agency": each(admins, not_activated.LIST.page, anything),
        "missing_unit": each(satker, not_activated.LIST.page, anything),
        "missing_deepest": each([bkn, *admins], not_activated.LIST.page, anything, 40),
        "sanctions": each([bkn, *admins], not_activated.LIST.sanction_page, anything),
        "unfinished_country": each([bkn], pdm_incomplete.LIST.page, pdm_incomplete.PdmIncompleteFilter()),
        "unfinished_agency": each(admins, pdm_incomplete.LIST.page, pdm_incomplete.PdmIncompleteFilter()),
        "unfinished_unit": each(satker, pdm_incomplete.LIST.page, pdm_incomplete.PdmIncompleteFilter()),
        "unfinished_group": each(
            [bkn, *admins], pdm_incomplete.LIST.page, pdm_incomplete.PdmIncompleteFilter(group="skp")
        ),
        "unfinished_unsent": each(
            [bkn, *admins],
            pdm_incomplete.LIST.page,
            pdm_incomplete.PdmIncompleteFilter(kind=pdm_incomplete.IncompleteKind.UNSENT),
        ),
        "unfinished_unsent_group": each(
            [bkn, *admins],
            pdm_incomplete.LIST.page,
            pdm_incomplete.PdmIncompleteFilter(kind=pdm_incomplete.IncompleteKind.UNSENT, group="skp"),
        ),
        "unfinished_sanctions": each(
            [bkn, *admins], pdm_incomplete.LIST.sanction_page, pdm_incomplete.PdmIncompleteFilter()
        ),
        "search_all": each([*admins, *satker], people_search.list_people, PeopleFilter()),
        "search_nip": each([bkn, *admins], people_search.list_people, PeopleFilter(text="0000000000001")),
        "search_name": each([bkn, *admins, *satker], people_search.list_people, PeopleFilter(text="dewi rahayu")),
        "search_unit": each(admins, people_search.list_people, PeopleFilter(unit="Unit 00003")),
        "search_pdm": each(admins, people_search.list_people, PeopleFilter(pdm=PdmProgress.DONE)),
        "search_state": each(admins, people_search.list_people, PeopleFilter(state=AccountState.INACTIVE)),
        "search_switched_off": each(admins, people_search.list_people, PeopleFilter(state=AccountState.DISABLED)),
        "search_kind": each(
            [*admins, *satker], people_search.list_people, PeopleFilter(jenis=JenisPegawai.PPT_NON_ASN)
        ),
        "search_by_nip": each([*admins, *satker], people_search.list_people, PeopleFilter(order=By.NIP)),
        "search_by_unit": each([*admins, *satker], people_search.list_people, PeopleFilter(order=By.UNIT)),
        "search_state_by_unit": each(
            admins, people_search.list_people, PeopleFilter(state=AccountState.INACTIVE, order=By.UNIT)
        ),
        "inbox_verifier": each(verifiers, verification_inbox.inbox_page, Filters(), 1),
        "inbox_verifier_unit": each(in_unit, verification_inbox.inbox_page, Filters(), 1),
        "inbox_approver": each(approvers, verification_inbox.inbox_page, Filters(), 1),
        "inbox_bkn": each([bkn], verification_inbox.inbox_page, Filters(), 1),
        "inbox_bkn_agency": each([bkn], verification_inbox.inbox_page, Filters(status=OPEN, instansi="Instansi 00"), 1),
        "inbox_unit_chosen": each(admins[:1], verification_inbox.inbox_page, Filters(unit=chosen), 1),
        "inbox_name": each(verifiers, verification_inbox.inbox_page, Filters(status=OPEN, name="dewi putri rahayu"), 1),
        "mails": each([bkn, *admins], mail_log.list_mail, mail_log.MailFilter()),
        "trail": each([bkn, *admins], search_events, AuditFilter()),
    }
    return {f"{name}_p95_ms": _p95(db, asks) for name, asks in found.items()}


def _activation(db: Database) -> float:
    """What one activation costs, with the delta it writes: milliseconds, median."""
    taken = []
    with db.read() as session:
        ids = list(session.exec(select(Account.id).where(col(Account.activated_at).is_(None)).limit(ROUNDS)))
    for account_id in ids:
        start = time.perf_counter()
        with db.begin() as session:
            session.execute(update(Account).where(col(Account.id) == account_id).values(activated_at=clock.now()))
        taken.append((time.perf_counter() - start) * 1000)
    with db.begin() as session:
        headcount.fold_deltas(session)
    return statistics.median(taken)


def measure(people: int = PEOPLE, url: str | None = None) -> dict[str, float]:
    """Generate the data and measure: milliseconds and seconds by name, and `national_*_p95_ms`, the worst of their kind.

    Without `url` of an empty or earlier filled database it starts a PostgreSQL server, or uses SQLite where none is installed.
    """
    # A search looks up lockouts, under keyed names.
    os.environ.setdefault("MYSAPK_SECRET_KEY", "national-0123456789-abcdefghijklmnop")
    with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url = url or stack.enter_context(database_of("postgres", folder)) or f"sqlite:///{folder}/bench.db"
        return _measure(Database(url), people)


def _measure(db: Database, people: int) -> dict[str, float]:
    try:
        migrations.upgrade(db)
        start = time.perf_counter()
        made = filled(db) or fill(db, people)
        took = time.perf_counter() - start
        gc_tuning.freeze_gc()  # as the server does: what was made here is not looked through again and again
        found = ask(db, made)
        found["activation_ms"] = _activation(db)
        start = time.perf_counter()
        headcount.rebuild(db)
        recounted = time.perf_counter() - start
        if people <= CHECKED and (headcount.verify(db) or backlog.verify(db)):
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
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many")
    parser.add_argument("--database", help="URL of a database, empty or filled by an earlier run")
    given = parser.parse_args()
    for name, value in measure(given.people, given.database).items():
        print(f"{name:24} {value:12.2f}")


if __name__ == "__main__":
    main()
