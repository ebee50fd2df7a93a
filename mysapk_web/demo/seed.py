"""Putting the demo agencies into an empty database, with bulk inserts in one transaction."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel, select

from mysapk_web.accounts.passwords import encrypt_totp, hash_password
from mysapk_web.administration.audit_events import PeopleImported
from mysapk_web.demo.accounts import BKN, KABUPATEN, KABUPATEN_DOMAIN, KOTA, KOTA_DOMAIN, PERSONAS
from mysapk_web.demo.people import DemoPerson, people
from mysapk_web.demo.seed_records import write_records
from mysapk_web.demo.units import DemoUnit, units
from mysapk_web.organisation import audit
from mysapk_web.organisation.help import NATIONAL_CONTACT
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import HelpContact, Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.progress import headcount
from mysapk_web.settings import Settings, SettingsError

LEGAL_SOURCE = "Keputusan Kepala BKN Nomor 87 Tahun 2021"

_AGENCIES: tuple[dict[str, Any], ...] = (
    {
        "code": "9901",
        "name": KABUPATEN,
        "timezone": Zone.WIB.value,
        "domain_policy": DomainPolicy.WARN_FREE_MAIL,
        "email_domains": [KABUPATEN_DOMAIN],
    },
    {
        "code": "9902",
        "name": KOTA,
        "timezone": Zone.WITA.value,
        "domain_policy": DomainPolicy.AGENCY_ONLY,
        "email_domains": [KOTA_DOMAIN],
    },
    {
        "code": "9900",
        "name": BKN,
        "timezone": Zone.WIB.value,
        "domain_policy": DomainPolicy.ALLOW,
        "email_domains": ["bkn.example.go.id"],
    },
)

_WINDOWS: tuple[tuple[str, PeriodKind, int, int], ...] = (
    ("", PeriodKind.AKTIVASI, -60, 45),
    ("", PeriodKind.PDM, -10, 21),
    ("", PeriodKind.VERIFIKASI, -5, 110),
    # The second agency has its wave later: its own row wins over the national one.
    (KOTA, PeriodKind.PDM, 12, 42),
)
"""Agency ("" for the country), kind, first and last day counted from today."""


@dataclass(frozen=True, slots=True)
class _Hashes:
    """Password hashes of the personas by key, and the one that everybody else shares."""

    by_key: dict[str, str]
    crowd: str


def seed_database(database: Database, settings: Settings) -> bool:
    """Fill an empty database with the demo agencies; gives False for one that has people.

    Raises:
        SettingsError: Demo mode is off.
    """
    if not settings.demo:
        raise SettingsError(["MYSAPK_DEMO: the demo agency is filled in demo mode only."])
    with database.read() as session:
        if _inhabited(session):
            return False
    # Hashing comes before the transaction: it would hold the write lock for seconds.
    hashes = _hashes(settings)
    with database.begin() as session:
        if _inhabited(session):
            return False
        _fill(session, settings, hashes)
    return True


def _inhabited(session: Session) -> bool:
    return session.exec(select(Pegawai.id).limit(1)).first() is not None


def _hashes(settings: Settings) -> _Hashes:
    """Hash the passwords of the personas, and for all others one random secret that is forgotten at once."""
    keys = [persona.key for persona in PERSONAS if persona.password]
    secret = [persona.password for persona in PERSONAS if persona.password]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda text: hash_password(text, settings), [*secret, secrets.token_urlsafe(32)]))
    return _Hashes(dict(zip(keys, made[:-1], strict=True)), made[-1])


def _fill(session: Session, settings: Settings, hashes: _Hashes) -> None:
    now = clock.now()
    instansi = {row["name"]: id_ for row, id_ in zip(_AGENCIES, _insert(session, Instansi, _AGENCIES), strict=True)}
    tree = units()
    unor = _insert_units(session, tree, instansi)
    crowd = people(tree)
    pegawai = _insert(session, Pegawai, [_pegawai(person, tree, instansi, unor, now) for person in crowd])
    accounts = _insert(
        session,
        Account,
        [_account(person, id_, settings, hashes, now) for person, id_ in zip(crowd, pegawai, strict=True)],
    )
    write_records(
        session,
        settings,
        crowd,
        tree,
        [(id_, account, unor[person.unit]) for person, id_, account in zip(crowd, pegawai, accounts, strict=True)],
        KABUPATEN,
        now,
    )
    personas = {
        person.persona.key: id_ for person, id_ in zip(crowd, accounts, strict=True) if person.persona is not None
    }
    names = {(unit.instansi, unit.name): unor[index] for index, unit in reversed(list(enumerate(tree)))}
    _insert(session, RoleGrant, list(_grants(personas, names, instansi, now)))
    _insert(session, Period, list(_periods(instansi, now)))
    _insert(session, HelpContact, list(_contacts(instansi)))
    audit.record(session, PeopleImported(source="demo", people_created=len(crowd)))
    headcount.rebuild_in(session)
    headcount.write_history(session)


def _insert(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> list[int]:
    """Insert rows in bulk and give their ids, in the order of the rows."""
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)  # type: ignore[attr-defined]
    return list(session.execute(statement, list(rows)).scalars())


def _insert_units(session: Session, tree: list[DemoUnit], instansi: dict[str, int]) -> list[int]:
    """Insert the units level by level, since a unit needs its parent, then write the paths; gives their ids in order."""
    ids: dict[int, int] = {}
    for _, level in itertools.groupby(sorted(enumerate(tree), key=lambda pair: pair[1].level), lambda p: p[1].level):
        places = list(level)
        rows = [
            {
                "instansi_id": instansi[unit.instansi],
                "parent_id": ids[unit.parent] if unit.parent is not None else None,
                "code": unit.code,
                "name": unit.name,
                "path": "",
                "is_satker": unit.is_satker,
            }
            for _, unit in places
        ]
        ids.update(zip((place for place, _ in places), _insert(session, Unor, rows), strict=True))
    paths: list[str] = []
    for place, unit in enumerate(tree):
        paths.append((paths[unit.parent] if unit.parent is not None else "") + f"{ids[place]}/")
    session.execute(update(Unor), [{"id": ids[place], "path": path} for place, path in enumerate(paths)])
    return [ids[place] for place in range(len(tree))]


def _pegawai(
    person: DemoPerson, tree: list[DemoUnit], instansi: dict[str, int], unor: list[int], now: datetime
) -> dict[str, Any]:
    waits = person.persona is not None and person.persona.key == "cpns_menunggu"
    approved = person.jenis is JenisPegawai.CPNS and not waits
    return {
        "nip": person.nip,
        "name": person.name,
        "title_prefix": person.titles[0],
        "title_suffix": person.titles[1],
        "jenis": person.jenis,
        "birth_date": person.born,
        "gender": person.gender,
        "instansi_id": instansi[tree[person.unit].instansi],
        "unor_id": unor[person.unit],
        "email": person.email,
        "email_key": person.email_key,
        "approved_at": now - timedelta(days=60) if approved else None,
    }


def _account(person: DemoPerson, pegawai_id: int, settings: Settings, hashes: _Hashes, now: datetime) -> dict[str, Any]:
    persona = person.persona
    active = now - timedelta(days=person.days_active) if person.days_active is not None else None
    hashed = hashes.by_key[persona.key] if persona and persona.password else hashes.crowd
    secret = persona.totp_secret if persona else None
    return {
        "pegawai_id": pegawai_id,
        "password_hash": hashed if active else None,
        "activated_at": active,
        "last_login_at": active,
        "totp_secret": encrypt_totp(secret, settings) if secret else None,
        "totp_confirmed_at": active if secret else None,
    }


def _grants(
    personas: dict[str, int], names: dict[tuple[str, str], int], instansi: dict[str, int], now: datetime
) -> Iterable[dict[str, Any]]:
    for persona in PERSONAS:
        if persona.role is None:
            continue
        everywhere = persona.role is Role.ADMIN_BKN
        yield {
            "account_id": personas[persona.key],
            "role": persona.role,
            "instansi_id": None if everywhere else instansi[persona.instansi],
            "unor_id": names[persona.instansi, persona.scope] if persona.scope else None,
            "granted_at": now - timedelta(days=30),
        }


def _periods(instansi: dict[str, int], now: datetime) -> Iterable[dict[str, Any]]:
    for name, kind, first, last in _WINDOWS:
        zone = (Zone.WITA if name == KOTA else Zone.WIB).info
        today = datetime.combine(now.astimezone(zone), time(), zone)
        yield {
            "kind": kind,
            "instansi_id": instansi[name] if name else None,
            "starts_at": today + timedelta(days=first),
            "ends_at": today + timedelta(days=last + 1),
            "legal_source": LEGAL_SOURCE,
        }


def _contacts(instansi: dict[str, int]) -> Iterable[dict[str, Any]]:
    # Not BKN's real helpdesk address: demo mail must never reach it.
    yield {
        "name": NATIONAL_CONTACT.name,
        "phone": NATIONAL_CONTACT.phone,
        "email": "helpdesk@bkn.example.go.id",
        "website": NATIONAL_CONTACT.website,
        "complaint_url": NATIONAL_CONTACT.complaint_url,
        "service_hours": NATIONAL_CONTACT.service_hours,
        "instansi_id": None,
    }
    yield {
        "name": "Helpdesk BKPSDM Kabupaten Contoh",
        "phone": "0700-555-0101",
        "email": f"helpdesk.bkpsdm@{KABUPATEN_DOMAIN}",
        "website": f"https://bkpsdm.{KABUPATEN_DOMAIN}",
        "complaint_url": "",
        "service_hours": "Senin sampai Jumat, 08.00-15.30 WIB",
        "instansi_id": instansi[KABUPATEN],
    }
    yield {
        "name": "Helpdesk BKPSDM Kota Misal",
        "phone": "0700-555-0102",
        "email": f"helpdesk@{KOTA_DOMAIN}",
        "website": f"https://bkpsdm.{KOTA_DOMAIN}",
        "complaint_url": "",
        "service_hours": "Senin sampai Jumat, 08.00-15.30 WITA",
        "instansi_id": instansi[KOTA],
    }
