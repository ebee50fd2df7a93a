"""Inspection of an uploaded PDF, and the sentences that say what is wrong with it.

The library that parses the file never runs inside the portal: every file is inspected in a process of its own
(`pdf_worker.py`) with limits on memory and time and an empty environment. Few run at a time, behind a bounded queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from mysapk_web.platform.bounded_pool import BoundedPool
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import database
from mysapk_web.rate_limits import PDF_CHECKS_QUEUED

P = ParamSpec("P")
T = TypeVar("T")

MAGIC: Final = b"%PDF-"
MAX_PAGES: Final = 100
"""The worker's limit, for the sentence."""
TIME_LIMIT: Final = 30.0
"""Seconds. The worker ends itself earlier, so this is reached only if the machine hangs."""

WORKER: Final = Path(__file__).with_name("pdf_worker.py")
_END_WITHIN: Final = 1024
"""Bytes at the end of an intact file that contain the end mark (ISO 32000-1, annex H 3.4.4)."""
_AGAIN: Final = "Buka dokumen itu, pilih Cetak lalu Simpan sebagai PDF, dan unggah hasilnya."

SENTENCES: Final = MappingProxyType(
    {
        "not-pdf": "Berkas ini bukan PDF. Pindai atau simpan dokumen sebagai PDF, lalu unggah lagi.",
        "damaged": "Berkas PDF ini rusak atau terpotong. Pindai atau simpan ulang dokumennya, lalu unggah lagi.",
        "empty": "PDF ini tidak punya halaman. Pindai atau simpan ulang dokumennya, lalu unggah lagi.",
        "encrypted": f"PDF ini dikunci dengan sandi atau pembatasan. {_AGAIN}",
        "pages": f"PDF ini lebih dari {MAX_PAGES} halaman. Unggah hanya halaman yang diminta.",
        "heavy": "Isi PDF ini terlalu besar setelah dibuka. Pindai ulang dengan resolusi 200 sampai 300 dpi, lalu unggah lagi.",
        "script": f"PDF ini memuat skrip, dan itu tidak diterima. {_AGAIN}",
        "automatic": f"PDF ini menjalankan sesuatu secara otomatis saat dibuka, dan itu tidak diterima. {_AGAIN}",
        "launch": f"PDF ini dapat menjalankan program lain, dan itu tidak diterima. {_AGAIN}",
        "attachment": f"PDF ini memuat berkas lain di dalamnya, dan itu tidak diterima. {_AGAIN}",
        "media": f"PDF ini memuat suara, video, atau objek 3D, dan itu tidak diterima. {_AGAIN}",
        "form": f"PDF ini memakai formulir XFA, yang tidak dapat dibaca semua program. {_AGAIN}",
        "external": f"PDF ini mengambil isi dari berkas atau situs lain, dan itu tidak diterima. {_AGAIN}",
        "signature": (
            "PDF bertanda tangan elektronik ini berubah atau rusak setelah ditandatangani. Unduh ulang dokumen aslinya, "
            "lalu unggah tanpa mengubahnya."
        ),
        "too-slow": f"PDF ini terlalu rumit untuk diperiksa. {_AGAIN}",
    }
)
"""By the worker's code."""


class PdfRefusedError(UserError):
    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES.get(code, SENTENCES["damaged"]))
        self.code = code


@dataclass(frozen=True, slots=True)
class PdfInspection:
    pages: int
    signed: bool
    """Electronically signed (not verified here) and kept byte for byte."""


def inspect_pdf(source: Path, target: Path) -> PdfInspection:
    """Inspect a PDF and write the copy that may be stored.

    Args:
        target: Must not exist; if the file is rejected, nothing is left there.

    Raises:
        PdfRefusedError: The file is rejected.
    """
    _check_frame(source)
    try:
        return _ask_worker(source, target)
    except PdfRefusedError:
        target.unlink(missing_ok=True)
        raise


def _ask_worker(source: Path, target: Path) -> PdfInspection:
    verdict = _verdict_of_worker(source, target)
    if verdict["fault"]:
        raise PdfRefusedError(verdict["fault"])
    return PdfInspection(verdict["pages"], verdict["signed"])


def _check_frame(source: Path) -> None:
    """Checks first and last bytes before a process is spent; nothing may precede the start (polyglots)."""
    with source.open("rb") as handle:
        if handle.read(len(MAGIC)) != MAGIC:
            raise PdfRefusedError("not-pdf")
        handle.seek(max(0, source.stat().st_size - _END_WITHIN))
        if b"%%EOF" not in handle.read():
            raise PdfRefusedError("damaged")


def _verdict_of_worker(source: Path, target: Path) -> dict[str, Any]:
    worker: _Worker | None = getattr(_of_thread, "worker", None)
    if worker is None or not worker.usable:
        worker = _of_thread.worker = _Worker()
    return worker.ask(source, target)


class _Worker:
    """A running `pdf_worker.py`, used by one thread."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  a fixed program
            [sys.executable, "-I", "-B", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )

    @property
    def usable(self) -> bool:
        return self.process.poll() is None

    def ask(self, source: Path, target: Path) -> dict[str, Any]:
        """A worker that gives no answer, or a wrong one, is killed with its children.

        Raises:
            PdfRefusedError: No answer in time.
        """
        number = secrets.token_hex(8)
        question = {"id": number, "source": str(source.resolve()), "target": str(target.resolve())}
        try:
            answer = self._answer(json.dumps(question).encode() + b"\n")
            if answer.get("id") == number:
                return answer
        except (OSError, ValueError):
            pass
        self._give_up()
        raise PdfRefusedError("too-slow")

    def _answer(self, line: bytes) -> dict[str, Any]:
        """The next line of output.

        Raises:
            OSError: The worker is gone.
            ValueError: No line in time, or not JSON.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("no pipes")
        self.process.stdin.write(line)
        ready, _, _ = select.select([self.process.stdout], [], [], TIME_LIMIT)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline() if ready else b"")
        return answer

    def _give_up(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


_of_thread = threading.local()


@lru_cache(maxsize=1)
def _pool() -> BoundedPool:
    return BoundedPool(max(1, os.cpu_count() or 1), "documents", queued=PDF_CHECKS_QUEUED)


async def run_inspection(use_case: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case that inspects a document, in a bounded pool; it opens its own transactions.

    Raises:
        ServerBusyError: Immediately, if the queue is full.
    """
    return await asyncio.wrap_future(_pool().submit(lambda: use_case(database(), *args, **kwargs)))
