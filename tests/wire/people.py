"""Sessions of the persons of the demo, written straight into the database, and what the database looks like."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect, text, update
from sqlmodel import select

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.accounts.tables import UserSession
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database

SESSION = "mysapk-sesi"
VOLATILE = frozenset(
    {
        "penghitung",
        "jejak_audit",
        "jejak_segel",
        "proses_latar",
        "permintaan_reset",
        "permintaan_reset_peramban",
        "klaim_masuk",
        "surat_keluar",
        "permintaan_email",
        "hitungan",
        "hitungan_langkah",
        "hitungan_harian",
        "pdm_tersentuh",
        "pdm_pegawai",
        "pdm_sejak",
        "antrean",
        "antrean_langkah",
        "pekerjaan_latar",
    }
)
"""Tables that a visitor may make grow: counters, the trail, requests, claims and the mails they cause; and the counts of people that the
portal gathers by itself."""


@dataclass
class People:
    """Opens and ends sessions as the database would have them after a login."""

    db: Database
    accounts: dict[str, DemoAccount]

    def account_id(self, key: str) -> int:
        with self.db.read() as session:
            found = session.exec(
                select(Account.id)
                .join(Pegawai, Pegawai.id == Account.pegawai_id)
                .where(Pegawai.nip == self.accounts[key].nip)
            ).one()
        assert found is not None
        return found

    def name(self, key: str) -> str:
        with self.db.read() as session:
            return session.exec(select(Pegawai.name).where(Pegawai.nip == self.accounts[key].nip)).one()

    def cookies(self, key: str, **fields: Any) -> dict[str, str]:
        """Cookies of a new session; persons with a role have shown their second factor."""
        cookie, now = secrets.token_urlsafe(32), clock.now()
        values = {
            "created_at": now,
            "seen_at": now,
            "expires_at": now + timedelta(hours=8),
            "second_factor_at": now if self.accounts[key].totp_secret else None,
            "reauthenticated_at": now,
            **fields,
        }
        account_id = self.account_id(key)
        with self.db.begin() as session:
            account = session.get(Account, account_id)
            assert account is not None
            session.add(
                UserSession(ref=hash_secret(cookie), account_id=account_id, account_version=account.version, **values)
            )
        return {SESSION: cookie}

    def change_session(self, cookies: dict[str, str], **values: Any) -> None:
        """Change the row of a session, e.g. `ended_at`."""
        with self.db.begin() as session:
            session.execute(
                update(UserSession).where(UserSession.ref == hash_secret(cookies[SESSION])).values(**values)
            )

    def change_account(self, key: str, **values: Any) -> None:
        """Change the row of an account, e.g. `disabled_at`."""
        account_id = self.account_id(key)
        with self.db.begin() as session:
            session.execute(update(Account).where(Account.id == account_id).values(**values))


def fingerprint(db: Database) -> dict[str, str]:
    """A digest of every table that a stranger must not change, without the moment a session was last seen."""
    digests = {}
    with db.read() as session:
        connection = session.connection()
        for table in sorted(set(inspect(connection).get_table_names()) - VOLATILE):
            columns = [column["name"] for column in inspect(connection).get_columns(table)]
            wanted = ", ".join(f'"{name}"' for name in columns if (table, name) != ("sesi", "seen_at"))
            rows = connection.execute(text(f'SELECT {wanted} FROM "{table}"')).all()
            lines = sorted(repr(tuple(row)) for row in rows)
            digests[table] = f"{len(rows)}:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
    return digests
