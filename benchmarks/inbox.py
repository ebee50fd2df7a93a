"""The inbox of reviewers, with many proposals: p95 of what each office requests (budget: 100 ms).

Run as `python -m benchmarks.inbox [--proposals N] [--database URL]`. The database is empty; a SQLite file by default. A quarter of the
people and of the proposals belongs to one ministry, the rest to regencies, and most proposals are decided already, as after some weeks.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import Proposal, ProposalEvent
from mysapk_web.platform import bulk, gc_tuning, migrations
from mysapk_web.platform.database import Database
from mysapk_web.verification import inbox
from mysapk_web.verification.filters import NEWEST, OPEN, Filters
from mysapk_web.verification.inbox import next_in_queue
from mysapk_web.verification.rules.separation_of_duties import BKN_KINDS

PROPOSALS = 200_000
PEOPLE_EACH = 2
"""Proposals per person, so there are half as many people."""
REGENCIES = 40
UNITS = {"ministry": 2_000, "regency": 150}
ROUNDS = 25
CHUNK = 20_000
STATES = (
    *[ProposalState.TELAH_UPDATE] * 58,
    *[ProposalState.INPUT_BERKAS] * 20,
    *[ProposalState.TERVERIFIKASI] * 9,
    *[ProposalState.PERBAIKAN_MYSAPK] * 5,
    *[ProposalState.INPUT_BERKAS_PERBAIKAN] * 3,
    *[ProposalState.TMS] * 3,
    *[ProposalState.DRAF] * 2,
)
NAMES = ("Dewi", "Budi", "Siti", "Agus", "Rina", "Joko", "Maria", "Hendra", "Putri", "Yusuf", "Lina", "Made")
NOW = datetime(2026, 9, 10, tzinfo=UTC)
KINDS = [(group.key, kind.key) for group in GROUPS if group.verified for kind in group.kinds]


def _agencies(db: Database) -> list[list[int]]:
    """One ministry and the regencies; gives the units of each, the root first."""
    found = []
    with db.begin() as session:
        for number in range(REGENCIES + 1):
            instansi = Instansi(code=f"{1000 + number}", name=f"Instansi {number}")
            session.add(instansi)
            session.flush()
            root = Unor(instansi_id=instansi.pk, code="0", name=f"Instansi {number}", path="")
            session.add(root)
            session.flush()
            root.path = f"{root.id}/"
            below = [
                Unor(instansi_id=instansi.pk, parent_id=root.id, code=str(unit), name=f"Unit {unit}", path="")
                for unit in range(1, UNITS["regency" if number else "ministry"])
            ]
            session.add_all(below)
            session.flush()
            for unit in below:
                unit.path = f"{root.path}{unit.id}/"
            found.append([root.pk, *(unit.pk for unit in below)])
    return found


def _people(count: int, units: list[list[int]], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        agency = 0 if number % 4 == 0 else chance.randrange(1, len(units))
        yield {
            "id": number,
            "nip": f"{1970 + number % 30}0101{number:010d}",
            "name": f"{chance.choice(NAMES)} {chance.choice(NAMES)} {number}",
            "title_prefix": "",
            "title_suffix": "",
            "jenis": JenisPegawai.PNS,
            "gender": "",
            "birth_date": date(1985, 1, 1),
            "instansi_id": agency + 1,
            "unor_id": chance.choice(units[agency]),
        }


def _proposals(people: list[tuple[int, int, int]], chance: random.Random) -> Iterator[dict[str, Any]]:
    number = 0
    for owner, instansi, unit in people:
        for _ in range(PEOPLE_EACH):
            number += 1
            group, kind = chance.choice(KINDS)
            state = chance.choice(STATES)
            if state is ProposalState.TERVERIFIKASI and kind in BKN_KINDS and chance.random() < 0.5:
                state = ProposalState.VALIDASI_BKN
            sent = NOW - timedelta(minutes=chance.randrange(40 * 24 * 60))
            yield {
                "id": number,
                "pegawai_id": owner,
                "group": group,
                "kind": kind,
                "action": RecordAction.ADD,
                "record_version": 0,
                "slot": f"{kind}#{number}",
                "payload": {"nomor_sk": f"823/{number}/2022"},
                "state": state,
                "version": 3,
                "unor_id": unit,
                "instansi_id": None if state is ProposalState.DRAF else instansi,
                "created_at": sent,
                "changed_at": sent,
                "sent_at": None if state is ProposalState.DRAF else sent,
            }


def _fill(db: Database, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == CHUNK:
            with db.begin() as session:
                bulk.insert_many(session, model, batch)
            batch = []
    with db.begin() as session:
        bulk.insert_many(session, model, batch)


def prepare(db: Database, proposals: int) -> list[list[int]]:
    """Fill an empty database; gives the units of each agency, the ministry first."""
    chance = random.Random(20260910)
    units = _agencies(db)
    places: list[tuple[int, int, int]] = []

    def people() -> Iterator[dict[str, Any]]:
        for row in _people(max(1, proposals // PEOPLE_EACH), units, chance):
            places.append((row["id"], row["instansi_id"], row["unor_id"]))
            yield row

    _fill(db, Pegawai, people())
    verified: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for row in _proposals(places, chance):
            if row["state"] is ProposalState.TERVERIFIKASI:
                verified.append(row["id"])
            yield row

    _fill(db, Proposal, rows())
    steps = (
        {
            "proposal_id": number,
            "at": NOW,
            "actor_id": 7,
            "act": ProposalAction.VERIFY,
            "before": ProposalState.INPUT_BERKAS,
            "after": ProposalState.TERVERIFIKASI,
            "reason": "",
            "note": "",
            "changes": [],
        }
        for number in verified
    )
    _fill(db, ProposalEvent, steps)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE"))
    return units


def _actor(role: Role, instansi: int | None, path: str | None = None) -> Actor:
    return Actor(
        account_id=0,
        pegawai_id=0,
        instansi_id=instansi or 1,
        session_ref="",
        session_expires_at=NOW + timedelta(hours=1),
        version=1,
        seen_at=NOW,
        grants=(Grant(role, instansi, path),),
        second_factor=True,
    )


def _cases(units: list[list[int]]) -> dict[str, Callable[[Any], object]]:
    """What is measured, by name."""
    regency = 2
    path = f"{units[1][0]}/{units[1][7]}/"
    unit = _actor(Role.VERIFIKATOR, regency, path)
    whole = _actor(Role.VERIFIKATOR, regency)
    ministry = _actor(Role.VERIFIKATOR, 1)
    small = _actor(Role.VERIFIKATOR, 1, f"{units[0][0]}/{units[0][9]}/")
    approver = _actor(Role.APPROVER, 1)
    bkn = _actor(Role.ADMIN_BKN, None)

    def listed(actor: Actor, page: int = 1, **filters: Any) -> Callable[[Any], object]:
        return lambda session: inbox.inbox_page(session, actor, Filters(**filters), page)

    return {
        "unit": listed(unit),
        "regency": listed(whole),
        "regency_all": listed(whole, status=OPEN),
        "ministry": listed(ministry),
        "ministry_unit": listed(small),
        "ministry_all_newest": listed(ministry, status=OPEN, order=NEWEST),
        "ministry_last_page": listed(ministry, 40),
        "ministry_group": listed(ministry, group="skp"),
        "ministry_applied": listed(ministry, status=ProposalState.TELAH_UPDATE.value),
        "ministry_days": listed(ministry, since=date(2026, 9, 1), until=date(2026, 9, 3)),
        "ministry_nip": listed(ministry, status=OPEN, nip="19850101000000121"),
        "ministry_name": listed(ministry, status=OPEN, name="putri yusuf 12"),
        "ministry_unit_chosen": listed(ministry, unit=units[0][30]),
        "approver": listed(approver),
        "bkn": listed(bkn),
        "bkn_name": listed(bkn, name="putri yusuf 12"),
        "bkn_agency": listed(bkn, instansi="1000"),
        "bkn_agencies_all": listed(bkn, status=OPEN, instansi="nsi 4"),
        "admin": listed(_actor(Role.ADMIN_INSTANSI, 1)),
        "next": lambda session: next_in_queue(session, ministry, Filters(), 100),
    }


def measure(proposals: int = PROPOSALS, url: str | None = None, rounds: int = ROUNDS) -> dict[str, float]:
    """p95 in milliseconds by case, and the worst as `inbox_p95_ms`, on the empty database of `url` or a temporary SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(url or f"sqlite:///{Path(folder) / 'inbox.db'}")
        try:
            migrations.upgrade(db)
            units = prepare(db, proposals)
            gc_tuning.freeze_gc()  # as the server does: what was made here is not looked through again and again
            found = {name: _p95(db, ask, rounds) for name, ask in _cases(units).items()}
        finally:
            db.dispose()
    return {**found, "inbox_p95_ms": max(found.values())}


def _p95(db: Database, ask: Callable[[Any], object], rounds: int) -> float:
    taken = []
    for number in range(rounds + 2):
        start = time.perf_counter()
        with db.read() as session:
            ask(session)
        if number >= 2:  # the first ones fill caches
            taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--proposals", type=int, default=PROPOSALS)
    parser.add_argument("--database")
    given = parser.parse_args()
    for figure, value in measure(given.proposals, given.database).items():
        print(f"{figure:24} {value:9.1f} ms")
