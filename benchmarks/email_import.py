"""100,000 email addresses from a file, on SQLite and PostgreSQL: read, validated, applied, at most 20 s with bounded memory.

Run as `python -m benchmarks.email_import [sqlite|postgres] [rows]`. Every row changes an address, which is the most expensive case: each
also writes the audit log, ends sessions and notifies both addresses. Each import runs in its own process, whose peak memory beyond the
start is reported.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.outbox import OutboxMail

ROWS = 100_000
PORTS = range(12_600, 12_700)


def measure(rows: int = ROWS, kinds: tuple[str, ...] = ("sqlite", "postgres")) -> dict[str, float]:
    """Import once on each database."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as name:
        folder = Path(name)
        file = folder / "alamat.csv"
        file.write_text(
            "nip;email\n" + "".join(f"{_nip(n)};baru.{n}@dinas{n % 40}.contoh.example.go.id\n" for n in range(rows))
        )
        for kind in kinds:
            with database_of(kind, folder) as url:
                if url is None:
                    continue
                _fill(url, rows)
                seconds, megabytes, reading, cpu = _in_a_process(url, file, rows)
                found[f"email_import_{kind}_s"] = round(seconds, 2)
                found[f"email_import_{kind}_reading_s"] = round(reading, 2)
                found[f"email_import_{kind}_cpu_s"] = round(cpu, 2)
                found[f"email_import_{kind}_peak_mb"] = round(megabytes, 1)
    return found


def _nip(number: int) -> str:
    """A number of the right form that does not end in 000."""
    high, low = divmod(number, 999)
    return f"19850315{1990 + high // 12:04d}{1 + high % 12:02d}1{low + 1:03d}"


@contextlib.contextmanager
def database_of(kind: str, folder: Path) -> Iterator[str | None]:
    """An empty database of "sqlite" or "postgres" for as long as the context lasts: its URL, or None without a PostgreSQL server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/import.db"
        return
    initdb = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if initdb is None:
        yield None
        return
    tools, data = Path(initdb).parent, Path(tempfile.mkdtemp(prefix="mysapk-pg-"))
    owner = _owner(data)
    port = _free_port()
    try:
        _call(*owner, tools / "initdb", "-D", data / "d", "-U", "bench", "-A", "trust", "-N")
        options = f"-p {port} -h 127.0.0.1 -k {data} -c synchronous_commit=on -c shared_buffers=1GB -c max_wal_size=8GB"
        _call(*owner, tools / "pg_ctl", "-D", data / "d", "-l", data / "log", "-w", "-o", options, "start")
        yield f"postgresql+psycopg://bench@127.0.0.1:{port}/postgres"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _call(*owner, tools / "pg_ctl", "-D", data / "d", "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)


def _owner(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        with contextlib.suppress(LookupError):
            shutil.chown(folder, name)
            return ["setpriv", f"--reuid={name}", "--clear-groups", "--"]
    raise RuntimeError("no account found that PostgreSQL could run under")


def _call(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


def _fill(url: str, rows: int) -> None:
    database = Database(url)
    migrations.upgrade(database)
    with database.begin() as session:
        agency = Instansi(code="X1", name="Pemerintah Kabupaten Contoh")
        session.add(agency)
        session.flush()
        unit = Unor(instansi_id=agency.pk, code="1", name="Dinas Contoh", path="1/")
        session.add(unit)
        session.flush()
        people: list[dict[str, Any]] = [
            {
                "id": n + 1,
                "nip": _nip(n),
                "name": f"Pegawai {n}",
                "title_prefix": "",
                "title_suffix": "",
                "jenis": JenisPegawai.PNS,
                "gender": "L",
                "instansi_id": agency.id,
                "unor_id": unit.id,
                "email": f"lama.{n}@contoh.example.go.id",
                "email_key": f"lama.{n}@contoh.example.go.id",
            }
            for n in range(rows)
        ]
        bulk.insert_many(session, Pegawai, people)
        accounts = [
            {"id": n + 1, "pegawai_id": n + 1, "disabled_reason": "", "version": 1, "totp_last_step": 0}
            for n in range(rows)
        ]
        bulk.insert_many(session, Account, accounts)
    database.dispose()


def _in_a_process(url: str, file: Path, rows: int) -> tuple[float, ...]:
    mine, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_import, args=(url, file, theirs))
    process.start()
    *figures, letters = mine.recv()
    process.join()
    if letters != 2 * rows:
        raise RuntimeError(f"{letters} letters of {2 * rows} were written")
    return tuple(figures)


def _held() -> float:
    """Private memory of this process, MB; file pages that SQLite maps belong to the system, which takes them back."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


class _Peak(threading.Thread):
    """Samples every hundredth of a second for as long as the process lives."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.before = self.most = _held()

    def run(self) -> None:
        while True:
            self.most = max(self.most, _held())
            time.sleep(0.01)


def _import(url: str, file: Path, result: Connection) -> None:
    from sqlmodel import func, select

    from mysapk_web.administration.email_imports.cli import import_email
    from mysapk_web.platform import gc_tuning

    gc_tuning.freeze_gc()  # as the command does
    database = Database(url)
    database.check()
    memory = _Peak()
    memory.start()
    started, cpu, reading = time.perf_counter(), time.process_time(), 0.0
    for number, _ in enumerate(import_email(database, file)):
        if not number:
            reading = time.perf_counter() - started
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = memory.most - memory.before
    with database.read() as session:
        letters = session.exec(select(func.count()).select_from(OutboxMail)).one()
    result.send((took, peak, reading, cpu, letters))
    database.dispose()


if __name__ == "__main__":
    kinds = tuple(word for word in sys.argv[1:] if not word.isdigit()) or ("sqlite", "postgres")
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    for name, value in measure(numbers[0] if numbers else ROWS, kinds).items():
        print(f"{name}: {value}")
