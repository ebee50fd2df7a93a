"""Generated data of the whole country; the same seed gives the same data.

Agencies are as uneven as the real ones (a few have a large part of all people), with trees of units, accounts, what people have done in
the PDM, thirty days of counts, events and emails.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlmodel import col, func, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import FINAL_STATES, Declaration, ProposalState
from mysapk_web.pdm.tables import GroupDeclaration, Proposal
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress import headcount, rollups
from mysapk_web.progress.rules import COUNTRY, DAILY
from mysapk_web.progress.tables import Headcount, HeadcountDay
from mysapk_web.verification.rules.separation_of_duties import BKN_KINDS

AGENCIES = 644
PEOPLE_A_UNIT = 40
CHUNK = 50_000
EVENTS = 200_000
MAILS = 100_000
BUSY = 0.3
"""Share of the active people who have done something in the PDM."""
_GROUPS = [group.key for group in GROUPS]
_OPEN_TO_ALL = [(group.key, kind.key) for group in GROUPS if group.verified for kind in group.kinds]
_STATES = (
    *[ProposalState.TELAH_UPDATE] * 50,
    *[ProposalState.INPUT_BERKAS] * 25,
    *[ProposalState.TERVERIFIKASI] * 8,
    *[ProposalState.VALIDASI_BKN] * 4,
    *[ProposalState.PERBAIKAN_MYSAPK] * 6,
    *[ProposalState.TMS] * 3,
    *[ProposalState.DRAF] * 4,
)
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


# People --------------------------------------------------------------------------------------------


def _shares(count: int, people: int) -> list[int]:
    """People of each agency: the largest has about a tenth of all, the smallest some hundreds (in the real size)."""
    weights = [1 / (place + 6) for place in range(count)]
    whole = sum(weights)
    heads = [max(4, round(people * weight / whole)) for weight in weights]
    heads[0] += people - sum(heads)
    return heads


def _grow(db: Database, people: int) -> list[tuple[int, list[int], int]]:
    """Agencies with trees of units of three levels; gives (agency, units, people)."""
    made = []
    with db.begin() as session:
        heads = _shares(min(AGENCIES, max(3, people // 50)), people)
        agencies = [
            {"code": f"{number:05d}", "name": f"Instansi {number:03d}", "timezone": "WIB"}
            for number in range(len(heads))
        ]
        bulk.insert_many(
            session, Instansi, [{**row, "domain_policy": "ALLOW", "email_domains": []} for row in agencies]
        )
        ids = list(session.exec(select(Instansi.id).order_by(col(Instansi.code))))
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
                        "parent_id": above[0] if above else None,
                        "code": str(number),
                        "name": f"Unit {number:05d}",
                        "path": path,
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
                "name": f"{dice.choice(_GIVEN)} {dice.choice(_GIVEN)} {dice.choice(_FAMILY)}",
                "title_prefix": "",
                "title_suffix": "",
                "jenis": dice.choice(_KINDS),
                "gender": "",
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


def _deeds(
    people: list[dict[str, Any]], accounts: list[dict[str, Any]], dice: random.Random, number: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Declarations and proposals of some people; a few have finished, most have begun."""
    now = clock.now()
    declared: list[dict[str, Any]] = []
    proposed: list[dict[str, Any]] = []
    for person, account in zip(people, accounts, strict=True):
        if account["activated_at"] is None or dice.random() >= BUSY:
            continue
        groups = _GROUPS if dice.random() < 0.2 else dice.sample(_GROUPS, dice.randrange(1, 6))
        at = now - timedelta(minutes=dice.randrange(28 * 24 * 60))
        declared += [
            {"pegawai_id": person["id"], "group": key, "declaration": Declaration.SESUAI, "at": at} for key in groups
        ]
        for group, kind in dice.sample(_OPEN_TO_ALL, dice.choice((0, 1, 1, 2))):
            state = dice.choice(_STATES)
            if state is ProposalState.VALIDASI_BKN and kind not in BKN_KINDS:
                state = ProposalState.TERVERIFIKASI
            number += 1
            sent = None if state is ProposalState.DRAF else at
            proposed.append(
                {"id": number, "pegawai_id": person["id"], "group": group, "kind": kind, "action": RecordAction.ADD,
                 "record_version": 0, "slot": kind, "payload": {}, "state": state, "version": 3,
                 "unor_id": person["unor_id"], "instansi_id": person["instansi_id"] if sent else None,
                 "created_at": at, "changed_at": at, "sent_at": sent, "ended_at": at if state in FINAL_STATES else None}
            )  # fmt: skip
    return declared, proposed


def fill(db: Database, people: int, *, seed: int = 5_600_000) -> list[tuple[int, list[int], int]]:
    """Fill an empty database and count it; gives id, units and people of each agency, the largest first."""
    dice = random.Random(seed)
    made = _grow(db, people)
    crowd = _people(made, dice)
    with db.begin() as session:
        now = clock.now()
        session.add(Period(kind=PeriodKind.PDM, starts_at=now - timedelta(days=30), ends_at=now + timedelta(days=30)))
    proposals = 0
    while rows := list(islice(crowd, CHUNK)):
        accounts = [_account(row, dice) for row in rows]
        declared, proposed = _deeds(rows, accounts, dice, proposals)
        proposals += len(proposed)
        with db.begin() as session:
            bulk.insert_many(session, Pegawai, rows)
            bulk.insert_many(session, Account, accounts)
            bulk.insert_many(session, GroupDeclaration, declared)
            bulk.insert_many(session, Proposal, proposed)
    if not db.is_sqlite:
        with db.begin() as session:
            for table in ("pegawai", "akun", "unor", "instansi", "usulan"):
                session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    _analyse(db)
    headcount.rebuild(db)
    _days_and_trail(db, people, dice)
    return made


def filled(db: Database) -> list[tuple[int, list[int], int]]:
    """What `fill` gave for this database, nothing for an empty one."""
    units: dict[int, list[int]] = {}
    with db.read() as session:
        for instansi_id, unit in session.exec(select(Unor.instansi_id, Unor.id).order_by(col(Unor.id))):
            units.setdefault(instansi_id, []).append(unit or 0)
        heads = dict(
            session.execute(select(Pegawai.instansi_id, func.count()).group_by(col(Pegawai.instansi_id))).all()
        )
    return [(instansi_id, own, heads.get(instansi_id, 0)) for instansi_id, own in sorted(units.items())]


def _days_and_trail(db: Database, people: int, dice: random.Random) -> None:
    """Thirty days of the country and the agencies, a closed period, events and emails."""
    now = clock.now()
    events, mails = min(EVENTS, people), min(MAILS, people)
    with db.begin() as session:
        roots = select(Unor.id).where(col(Unor.parent_id).is_(None))
        sums = session.exec(
            select(Headcount).where(
                col(Headcount.measure).in_(DAILY),
                (col(Headcount.unor_id) == COUNTRY) | col(Headcount.unor_id).in_(roots),
            )
        ).all()
        days = [
            {"unor_id": row.unor_id, "day": rollups.today() - timedelta(days=back), "jenis": row.jenis, "measure": row.measure,
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
    _analyse(db)


def _analyse(db: Database) -> None:
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE")
        )
