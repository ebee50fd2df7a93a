"""The persons of the demo as actors, for tests of what admins do and see."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.demo.accounts import PERSONAS
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database

NIPS = {persona.key: persona.nip for persona in PERSONAS}


def acting(db: Database, key: str, *, second_factor: bool = True, step_up: bool = True) -> Actor:
    """A person of the demo, logged in just now."""
    now = clock.now()
    with db.read() as s:
        account, pegawai = s.exec(
            select(Account, Pegawai)
            .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
            .where(Pegawai.nip == NIPS[key])
        ).one()
        granted = s.exec(
            select(RoleGrant, Unor.path)
            .outerjoin(Unor, col(Unor.id) == RoleGrant.unor_id)
            .where(RoleGrant.account_id == account.id, col(RoleGrant.revoked_at).is_(None))
        ).all()
        return Actor(
            account_id=account.id or 0,
            pegawai_id=pegawai.id or 0,
            instansi_id=pegawai.instansi_id,
            session_ref=f"sesi-{key}",
            session_expires_at=now + timedelta(hours=8),
            version=account.version,
            seen_at=now,
            client=ClientContext(client_address="203.0.113.9"),
            grants=tuple(Grant(grant.role, grant.instansi_id, path) for grant, path in granted),
            second_factor=second_factor,
            has_second_factor=True,
            reauthenticated_at=now if step_up else None,
        )


def place(db: Database, nama: str) -> str:
    """Key of an agency or a unit by its name."""
    with db.read() as s:
        agency = s.exec(select(Instansi.id).where(Instansi.name == nama)).first()
        return f"i{agency}" if agency else f"u{s.exec(select(Unor.id).where(Unor.name == nama)).first()}"


def end_activation(db: Database, *, of: str | None = None) -> None:
    """The period of activation has ended; of one agency with `of`, which gets a row of its own."""
    now = clock.now()
    with db.begin() as s:
        if of is None:
            s.execute(
                update(Period).where(col(Period.kind) == PeriodKind.AKTIVASI).values(ends_at=now - timedelta(days=1))
            )
        else:
            instansi = s.exec(select(Instansi.id).where(Instansi.name == of)).one()
            s.add(
                Period(
                    kind=PeriodKind.AKTIVASI,
                    instansi_id=instansi,
                    starts_at=now - timedelta(days=50),
                    ends_at=now - timedelta(days=2),
                )
            )
