"""A real server process on a database of its own, without the compiled pages."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`mysapk serve` as a process; `log` is everything it wrote."""

    def __init__(
        self, folder: Path, database_url: str, *, front_end: bool = False, port: int | None = None, **env: str
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        self.log_path = folder / f"server-{self.port}.log"
        self.front_end = front_end
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MYSAPK_")},
            "MYSAPK_DEMO": "1",
            "MYSAPK_SECRET_KEY": SECRET,
            "MYSAPK_DATABASE_URL": database_url,
            "MYSAPK_MAIL_DIR": str(folder / "mail"),
            "MYSAPK_DOCUMENT_DIR": str(folder / "documents"),
            "MYSAPK_PORT": str(self.port),
            "MYSAPK_BCRYPT_COST": "4",
            **env,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        code = (
            "from mysapk_web.settings import get_settings; from mysapk_web.platform.http.server import serve; "
            f"serve(get_settings(), front_end={self.front_end})"
        )
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.base}/siap", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        raise RuntimeError(f"the server did not start:\n{self.log[-3000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")
