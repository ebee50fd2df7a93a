"""A separate demo portal for a benchmark, and sessions to use it with."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
from sqlmodel import col, select

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.accounts.tables import UserSession
from mysapk_web.demo import seed
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import clock, migrations
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from tests.wire.server import SECRET, Server


@contextmanager
def portal(*, cost: int = 12, front_end: bool = False, port: int | None = None) -> Iterator[tuple[Server, Database]]:
    """Start the portal on a fresh demo database, embedded mode, one worker."""
    with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/bench.db"
        database = Database(url)
        migrations.upgrade(database)
        settings = Settings(
            _env_file=None,
            demo=True,
            secret_key=SECRET,
            bcrypt_cost=cost,
            database_url=url,
            document_dir=folder / "documents",
        )
        seed.seed_database(database, settings)
        server = Server(
            folder, url, front_end=front_end, port=port, MYSAPK_BCRYPT_COST=str(cost), MYSAPK_TRUSTED_PROXIES="1"
        ).start()
        try:
            yield server, database
        finally:
            server.stop()
            database.dispose()


def sessions(database: Database, count: int) -> list[str]:
    """Open sessions for as many activated people."""
    now = clock.now()
    cookies = [secrets.token_urlsafe(32) for _ in range(count)]
    with database.begin() as session:
        accounts = session.exec(select(Account).where(col(Account.activated_at).is_not(None)).limit(count)).all()
        for cookie, account in zip(cookies, accounts, strict=True):
            session.add(
                UserSession(
                    ref=hash_secret(cookie),
                    account_id=account.pk,
                    account_version=account.version,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )
    return cookies


def resident_bytes(server: Server) -> int:
    """Private memory of all processes of the server, bytes."""
    if server.process is None:
        return 0
    top = psutil.Process(server.process.pid)
    return sum(process.memory_full_info().uss for process in [top, *top.children(recursive=True)])
