"""100,000 rows of every kind of import, on SQLite and PostgreSQL: read, validated, applied (at most 20 s, with bounded memory).

Run as `python -m benchmarks.imports [sqlite|postgres] [email|pegawai|riwayat|referensi] [rows]`. Every row changes something, which is
the dearest case: an address also writes the audit log, ends sessions and notifies both addresses. Each import runs in a process of its own,
whose peak memory beyond its start is measured.
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
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, migrations
from mysapk_web.platform.database import Database

ROWS = 100_000
PORTS = range(12_600, 12_700)


def measure(
    rows: int = ROWS, databases: tuple[str, ...] = ("sqlite", "postgres"), kinds: tuple[str, ...] = ()
) -> dict[str, float]:
    """Import a file of each kind once on each database; PostgreSQL is left out where no server is installed."""
    found: dict[str, float] = {}
    for kind in kinds or KINDS:
        with tempfile.TemporaryDirectory(prefix="mysapk-bench-") as name:
            folder = Path(name)
            file = folder / "data.csv"
            heading, line = KINDS[kind]
            file.write_text(heading + "\n" + "".join(line(n) + "\n" for n in range(rows)))
            for database in databases:
                with database_of(database, folder) as url:
                    if url is None:
                        continue
                    _fill(url, rows if kind in ("email", "riwayat") else 1)
                    figures = _in_a_process(url, kind, file, rows)
                for figure, value in zip(("s", "peak_mb", "reading_s", "cpu_s"), figures, strict=True):
                    found[f"{kind}_import_{database}_{figure}"] = round(value, 2)
    return found


def _email(n: int) -> str:
    return f"{_nip(n)};baru.{n}@dinas{n % 40}.contoh.example.go.id"


def _person(n: int) -> str:
    return f"{_nip(n)};Pegawai {n};PNS;X1;U{n % 500};Unit {n % 500};p.{n}@contoh.example.go.id"


def _record(n: int) -> str:
    return f"{_nip(n)};1;T;Pelatihan nomor {n};Lembaga Contoh;ST-{n};12-03-2015;14-03-2015;2015;24"


def _code(n: int) -> str:
    return f"P{n:06d};Pelaksana nomor {n}"


KINDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "email": ("nip;email", _email),
    "pegawai": ("nip;nama;jenis;instansi;unor;unor_nama;email", _person),
    "riwayat": (
        "nip;jenis_diklat;jenis_kursus;nama_kursus;penyelenggara;nomor_sertifikat;tanggal_mulai;tanggal_selesai;tahun;jumlah_jam",
        _record,
    ),
    "referensi": ("kode;label", _code),
}
"""Heading and lines of the file."""
KEYS = {"email": "email", "pegawai": "pegawai", "riwayat": "riwayat:kursus", "referensi": "referensi:jabatan_pelaksana"}


def _nip(number: int) -> str:
    """A number of the right form that does not end in 000."""
    high, low = divmod(number, 999)
    return f"19850315{2008 + high // 12:04d}{1 + high % 12:02d}1{low + 1:03d}"


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


def _in_a_process(url: str, kind: str, file: Path, rows: int) -> tuple[float, ...]:
    mine, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_import, args=(url, KEYS[kind], file, theirs))
    process.start()
    *figures, applied = mine.recv()
    process.join()
    if applied != rows:
        raise RuntimeError(f"{applied} rows of {rows} were applied")
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


def _import(url: str, key: str, file: Path, result: Connection) -> None:
    from sqlmodel import select

    from mysapk_web.administration.imports.kinds import KINDS
    from mysapk_web.platform import gc_tuning
    from mysapk_web.platform.imports.command import import_file
    from mysapk_web.platform.imports.tables import ImportRun

    gc_tuning.freeze_gc()  # as the command does
    database = Database(url)
    database.check()
    memory = _Peak()
    memory.start()
    started, cpu, reading = time.perf_counter(), time.process_time(), 0.0
    for number, _ in enumerate(import_file(database, KINDS[key], file)):
        if not number:
            reading = time.perf_counter() - started
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = memory.most - memory.before
    with database.read() as session:
        applied = session.exec(select(ImportRun.applied)).one()
    result.send((took, peak, reading, cpu, applied))
    database.dispose()


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    databases = tuple(word for word in words if word in ("sqlite", "postgres")) or ("sqlite", "postgres")
    kinds = tuple(word for word in words if word in KINDS) or tuple(KINDS)
    for chosen in kinds:
        for name, value in measure(numbers[0] if numbers else ROWS, databases, (chosen,)).items():
            print(f"{name}: {value}", flush=True)
