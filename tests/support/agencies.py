"""Two agencies with units, people and admins, and BKN above them: what tests of administration act in.

Units of both: 00 (all) with D1 (and D1.1 below it) and D2. Everybody below works in the first agency unless told otherwise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session, col, select

from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.support.loaded import newest

P = ParamSpec("P")
T = TypeVar("T")

AGENCIES = {"K1": "Pemerintah Kabupaten Contoh", "K2": "Pemerintah Kota Misal", "BKN": "Badan Kepegawaian Negara"}
UNITS = {
    "00": ("", "Sekretariat Daerah"),
    "D1": ("00", "Dinas Pendidikan"),
    "D1.1": ("D1", "SMP Negeri 1"),
    "D2": ("00", "Dinas Kesehatan"),
}
ROLLS: dict[str, dict[str, Any]] = {
    "ani": {"nama": "Ani Lestari", "nip": "198503122010012001", "unit": "K1/D1.1", "activated": True},
    "eko": {"nama": "Eko Wahyudi", "nip": "198607142010011002", "unit": "K1/D2"},
    "dewi": {"nama": "Dewi Anggraini", "nip": "199911232025062004", "unit": "K1/D2", "jenis": JenisPegawai.CPNS},
    "budi": {
        "nama": "Budi Hartono",
        "nip": "197908172005011002",
        "unit": "K1/D1",
        "activated": True,
        "role": (Role.VERIFIKATOR, "K1", "K1/D1"),
    },
    "sari": {
        "nama": "Sari Utami",
        "nip": "198102022006042001",
        "unit": "K1/D1",
        "activated": True,
        "role": (Role.ADMIN_SATKER, "K1", "K1/D1"),
    },
    "taufik": {
        "nama": "Taufik Gunawan",
        "nip": "198204112006041001",
        "unit": "K1/00",
        "activated": True,
        "role": (Role.ADMIN_INSTANSI, "K1", None),
    },
    "lina": {
        "nama": "Lina Purnama",
        "nip": "198706302009042002",
        "unit": "K1/00",
        "activated": True,
        "role": (Role.ADMIN_INSTANSI, "K1", None),
    },
    "citra": {"nama": "Citra Wulandari", "nip": "199001052015032003", "unit": "K2/D1", "activated": True},
    "yusuf": {
        "nama": "Yusuf Hakim",
        "nip": "198305172007011001",
        "unit": "K2/00",
        "activated": True,
        "role": (Role.ADMIN_INSTANSI, "K2", None),
    },
    "surya": {
        "nama": "Surya Mahendra",
        "nip": "197512012000031001",
        "unit": "BKN/00",
        "activated": True,
        "role": (Role.ADMIN_BKN, None, None),
    },
}
FIRST = frozenset(key for key, row in ROLLS.items() if row["unit"].startswith("K1/"))
"""Who works in the first agency."""


@dataclass
class Office:
    """A database with all of it, and what a test wants to know of it."""

    db: Database
    ids: dict[str, int] = field(default_factory=dict)
    """Agencies ("K1"), units ("K1/D1") and accounts ("ani")."""

    def do(self, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A use case in a transaction of its own, from a page that was loaded just now unless `seen` names another revision."""
        if "seen" in inspect.signature(use_case).parameters and "seen" not in kwargs:
            with self.db.read() as session:
                kwargs["seen"] = newest(session, use_case, args, kwargs)
        return in_transaction(self.db, use_case, *args, **kwargs)

    def see(self, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A use case that only reads."""
        with self.db.read() as session:
            return use_case(session, *args, **kwargs)

    def actor(self, key: str, *, second_factor: bool = True, step_up: datetime | bool | None = True) -> Actor:
        """The person with the grants in force now; `reauthenticate`: when password or code were shown last (True: just now)."""
        now = clock.now()
        with self.db.read() as session:
            return actor_of(
                session,
                self.ids[key],
                second_factor=second_factor,
                step_up_at=now if step_up is True else step_up or None,
            )

    def account(self, key: str) -> Account:
        return self._kept(select(Account).where(Account.id == self.ids[key]))[0]

    def pegawai(self, key: str) -> Pegawai:
        return self._kept(select(Pegawai).where(Pegawai.nip == ROLLS[key]["nip"]))[0]

    def _kept(self, found: Any) -> list[Any]:
        with self.db.read() as session:
            rows = list(session.exec(found).all())
            session.expunge_all()
        return rows

    def grants(self, key: str) -> list[tuple[Role, str | None]]:
        """Roles in force with the code of their unit."""
        with self.db.read() as session:
            return list(
                session.exec(
                    select(RoleGrant.role, Unor.code)
                    .outerjoin(Unor, col(Unor.id) == RoleGrant.unor_id)
                    .where(RoleGrant.account_id == self.ids[key], col(RoleGrant.revoked_at).is_(None))
                    .order_by(col(RoleGrant.id))
                ).all()
            )

    def grant_id(self, key: str, role: Role) -> int:
        with self.db.read() as session:
            return (
                session.exec(
                    select(RoleGrant.id).where(
                        RoleGrant.account_id == self.ids[key],
                        RoleGrant.role == role,
                        col(RoleGrant.revoked_at).is_(None),
                    )
                ).one()
                or 0
            )

    def letters(self, key: str) -> list[str]:
        with self.db.read() as session:
            mails = session.exec(
                select(OutboxMail.template).where(OutboxMail.account_id == self.ids[key]).order_by(col(OutboxMail.id))
            )
            return list(mails)

    def mails(self, key: str) -> list[OutboxMail]:
        return self._kept(select(OutboxMail).where(OutboxMail.account_id == self.ids[key]))

    def events(self, tag: AuditTag) -> list[AuditEvent]:
        return self._kept(select(AuditEvent).where(AuditEvent.tag == tag).order_by(col(AuditEvent.id)))

    def open_session(self, key: str, ref: str) -> None:
        now = clock.now()
        with self.db.begin() as session:
            session.add(
                UserSession(
                    ref=ref,
                    account_id=self.ids[key],
                    account_version=session.get_one(Account, self.ids[key]).version,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=8),
                    second_factor_at=now,
                )
            )

    def change(self, key: str, **values: Any) -> None:
        """Change an account behind the back of everybody."""
        with self.db.begin() as session:
            account = session.get_one(Account, self.ids[key])
            for name, value in values.items():
                setattr(account, name, value)
            session.add(account)


def actor_of(
    session: Session, account_id: int, *, second_factor: bool = True, step_up_at: datetime | None = None
) -> Actor:
    """The person behind an account as an event has them."""
    now = clock.now()
    pegawai = session.exec(
        select(Pegawai).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Account.id == account_id)
    ).one()
    grants = session.exec(
        select(RoleGrant, Unor.path)
        .outerjoin(Unor, col(Unor.id) == RoleGrant.unor_id)
        .where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None))
    ).all()
    return Actor(
        account_id=account_id,
        pegawai_id=pegawai.id or 0,
        instansi_id=pegawai.instansi_id,
        session_ref="s",
        session_expires_at=now + timedelta(hours=8),
        version=session.get_one(Account, account_id).version,
        seen_at=now,
        client=ClientContext(client_address="203.0.113.7"),
        grants=tuple(Grant(grant.role, grant.instansi_id, path) for grant, path in grants),
        second_factor=second_factor,
        has_second_factor=second_factor,
        reauthenticated_at=step_up_at,
    )


def give(office: Office, who: str, whom: str, role: Role | str, unit: str = "") -> bool:
    """Somebody gives a role."""
    return office.do(grant_role, office.actor(who), account_id=office.ids[whom], role=str(role), unit=unit)


def take(office: Office, who: str, whom: str, role: Role) -> Role:
    """Somebody takes a role."""
    return office.do(revoke_role, office.actor(who), grant_id=office.grant_id(whom, role))


def move(office: Office, tmp_path: Path, key: str, agency: str) -> None:
    """Somebody goes to another agency, as the rolls say it."""
    row = ROLLS[key]
    file = tmp_path / "rolls.csv"
    file.write_text(f"nip,nama,jenis,instansi\n{row['nip']},{row['nama']},PNS,{agency}\n")
    assert [report.verdict.value for report in import_file(office.db, EMPLOYEE_IMPORT, file)]


def open_office(db: Database) -> Office:
    """Write all of it into an empty database."""
    office = Office(db)
    now = clock.now()
    with db.begin() as session:
        for kode, nama in AGENCIES.items():
            instansi = Instansi(code=kode, name=nama)
            session.add(instansi)
            session.flush()
            office.ids[kode] = instansi.id or 0
            _units(session, office, kode)
        for key, row in ROLLS.items():
            _person(session, office, key, row, now)
    return office


def _units(session: Session, office: Office, agency: str) -> None:
    paths: dict[str, str] = {"": ""}
    for kode, (above, nama) in UNITS.items():
        unor = Unor(
            instansi_id=office.ids[agency],
            parent_id=office.ids[f"{agency}/{above}"] if above else None,
            code=kode,
            name=nama,
            path="",
        )
        session.add(unor)
        session.flush()
        paths[kode] = unor.path = f"{paths[above]}{unor.id}/"
        office.ids[f"{agency}/{kode}"] = unor.id or 0


def _person(session: Session, office: Office, key: str, row: dict[str, Any], now: datetime) -> None:
    email = f"{key}@{row['unit'].split('/')[0].lower()}.example.go.id"
    pegawai = Pegawai(
        nip=row["nip"],
        name=row["nama"],
        jenis=row.get("jenis", JenisPegawai.PNS),
        instansi_id=office.ids[row["unit"].split("/")[0]],
        unor_id=office.ids[row["unit"]],
        email=email,
        email_key=email,
    )
    session.add(pegawai)
    session.flush()
    role = row.get("role")
    account = Account(
        pegawai_id=pegawai.id or 0,
        activated_at=now - timedelta(days=30) if row.get("activated") else None,
        totp_confirmed_at=now - timedelta(days=20) if role else None,
        totp_secret="x" if role else None,
    )
    session.add(account)
    session.flush()
    office.ids[key] = account.id or 0
    if role:
        kind, agency, unit = role
        session.add(
            RoleGrant(
                account_id=office.ids[key],
                role=kind,
                instansi_id=office.ids[agency] if agency else None,
                unor_id=office.ids[unit] if unit else None,
                granted_at=now - timedelta(days=20),
            )
        )
