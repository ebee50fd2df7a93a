"""Databases for the tests, each migrated once and then copied: a SQLite file, and a real PostgreSQL database.

A test asks for `sqlite_db` (fast), for `demo_db` (SQLite with the demo agency), for `db` (runs once on each
database), or for `db_url` / `empty_db_url`.
The PostgreSQL server is a real one, started when the first test asks for it and stopped at the end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mysapk_web.demo import seed
from mysapk_web.platform import migrations
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
PORTS = range(15400, 15500)
_counter = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own MYSAPK_* variables must not decide what a test sees."""
    for name in [name for name in os.environ if name.startswith("MYSAPK_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Demo settings with cheap hashing; files go to the test's own folder."""
    return Settings(
        _env_file=None,
        demo=True,
        secret_key=SECRET,
        bcrypt_cost=4,
        database_url=f"sqlite:///{tmp_path}/test.db",
        mail_dir=tmp_path / "mail",
        document_dir=tmp_path / "documents",
    )


# SQLite ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that every test copies."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a migrated SQLite file of the test's own (the one in `settings`)."""
    path = tmp_path / "test.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database of the test's own."""
    yield from _opened(sqlite_url)


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path) -> Path:
    """A SQLite file with the demo agency; its passwords fit every `settings` of the tests."""
    path = sqlite_template.with_name("demo.db")
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    folder = path.with_name("documents")
    seed.seed_database(
        database, Settings(_env_file=None, demo=True, secret_key=SECRET, bcrypt_cost=4, document_dir=folder)
    )
    database.dispose()
    return path


@pytest.fixture
def demo_db(demo_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The demo agency in a SQLite database of the test's own (the one in `settings`)."""
    path = tmp_path / "test.db"
    shutil.copy(demo_template, path)
    yield from _opened(f"sqlite:///{path}")


# PostgreSQL --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test run; gives the URL of a database on it, up to the name."""
    tools = _postgres_tools()
    if tools is None:
        pytest.skip("no PostgreSQL server is installed (initdb was not found)")
    folder = Path(tempfile.mkdtemp(prefix="mysapk-pg-", dir=_in_memory()))
    as_owner = _drop_root(folder)
    try:
        _call([*as_owner, tools / "initdb", "-D", folder / "data", "-U", "tests", "-A", "trust", "-N"])
        port = _start_postgres(tools, folder, as_owner)
        yield f"postgresql+psycopg://tests@127.0.0.1:{port}/"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _call([*as_owner, tools / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Name of a migrated database that every test copies."""
    name = _new_postgres(postgres_server, template="template0")
    database = Database(postgres_server + name)
    migrations.upgrade(database)
    database.dispose()
    return name


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """URL of a migrated PostgreSQL database of the test's own."""
    name = _new_postgres(postgres_server, template=postgres_template)
    yield postgres_server + name
    _command(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


# Both --------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Runs a test once on each database."""
    return str(request.param)


@pytest.fixture
def db_url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """URL of a migrated database, once of each kind."""
    return str(request.getfixturevalue(f"{engine_name}_url"))


@pytest.fixture
def empty_db_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any table, once of each kind."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server = str(request.getfixturevalue("postgres_server"))
    return server + _new_postgres(server, template="template0")


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """A migrated database, once of each kind."""
    yield from _opened(db_url)


# Helpers -----------------------------------------------------------------------------------------


def _in_memory() -> str | None:
    """Where files need no disk, if there is room: on a slow one a database of its own for every test takes most of the time."""
    roomy = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 2**30
    return "/dev/shm" if roomy else None


def _opened(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=4)
    yield database
    database.dispose()


def _postgres_tools() -> Path | None:
    """Folder of the newest server found: on the path, or where Debian keeps it."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def _drop_root(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: give the folder to an ordinary account and act as that one."""
    if os.geteuid() != 0:
        return []
    for owner in ("postgres", "nobody"):
        with contextlib.suppress(LookupError):
            shutil.chown(folder, owner)
            return ["setpriv", f"--reuid={owner}", "--clear-groups", "--"]
    pytest.skip("running as root and no account found that PostgreSQL could run under")


def _start_postgres(tools: Path, folder: Path, as_owner: list[str]) -> int:
    options = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_connections=60"
    for port in random.sample(PORTS, 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        listen = f"-p {port} -h 127.0.0.1 -k {folder}"
        start = [*as_owner, tools / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-t", "30"]
        try:
            _call([*start, "-o", f"{listen} {options}", "start"])
        except subprocess.CalledProcessError:  # somebody else took the port meanwhile
            continue
        return port
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")


def _call(command: list[str | Path]) -> None:
    # No pipes: the server inherits them and a reader would wait for ever.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _new_postgres(server: str, *, template: str) -> str:
    name = f"t{os.getpid()}_{next(_counter)}"
    _command(server, f'CREATE DATABASE {name} TEMPLATE "{template}"')
    return name


def _command(server: str, statement: str) -> None:
    plain = server.replace("postgresql+psycopg", "postgresql") + "postgres"
    with psycopg.connect(plain, autocommit=True) as connection:
        # From version 15 on copying files, which is far quicker without fsync, has to be asked for.
        copied = statement.startswith("CREATE") and connection.info.server_version >= 150000
        connection.execute(statement + " STRATEGY file_copy" * copied)  # type: ignore[arg-type]
