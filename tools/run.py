"""What `make run` does once everything is installed: three timed steps, the server, and a box with what to know."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.settings import Settings, SettingsError, read_settings
from tools import reset

MYSAPK: Final = str(Path(sys.executable).with_name("mysapk"))
STEPS: Final = (("Front end", "build"), ("Database", "migrate"), ("Demo agency", "demo"))
READY_SECONDS: Final = 60.0


def step(number: int, label: str, command: str) -> None:
    """Run one command and print its outcome and duration in one line.

    Raises:
        SystemExit: It failed; its output has been printed.
    """
    print(f"{number}/{len(STEPS)}  {label:<12}", end="", flush=True)
    begun = time.monotonic()
    done = subprocess.run([MYSAPK, command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(f"failed\n{done.stdout}")
        raise SystemExit(done.returncode)
    outcome = done.stdout.splitlines()[0] if done.stdout else "Done."
    print(f"{outcome}  ({time.monotonic() - begun:.1f} s)", flush=True)


def box(settings: Settings) -> str:
    """Address, mailbox, accounts, how to stop and how to start anew, in a frame."""
    lines = [f"Portal   {settings.public_url}"]
    if settings.demo:
        mailbox = f"{settings.public_url}/demo/surat" if settings.mail_backend == "file" else settings.mail_backend
        lines += [f"Mailbox  {mailbox}", ""]
        lines += [
            f"{account.key:<20} {account.nip}  {account.password or 'not activated: Lupa Password'}"
            for account in demo_accounts(settings)
        ]
        lines += ["", "Six-digit code of an authenticator:  .venv/bin/mysapk demo --code verifikator"]
    lines += ["", "Stop: Ctrl+C.   Start anew, without what was changed: make reset, then make run."]
    width = max(map(len, lines))
    frame = f"+{'-' * (width + 2)}+"
    return "\n".join([frame, *(f"| {line:<{width}} |" for line in lines), frame])


def wait_until_ready(settings: Settings, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers before it ends or a minute is over."""
    url, deadline = f"http://127.0.0.1:{settings.port}/siap", time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def serve(settings: Settings) -> int:
    """Serve until stopped; gives the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the server as well
    server = subprocess.Popen([MYSAPK, "serve"], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    if wait_until_ready(settings, server):
        time.sleep(0.5)  # the last log lines of the start come first
        print(f"\n{box(settings)}", flush=True)
    return server.wait()


def main() -> int:
    """Everything; gives the exit code."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(textwrap.dedent(str(error)), file=sys.stderr)
        return 2
    if settings.demo:
        reset.remember(settings)
    for number, (label, command) in enumerate(STEPS, start=1):
        if command == "demo" and not settings.demo:
            print(f"{number}/{len(STEPS)}  {label:<12}Skipped: MYSAPK_DEMO is off.")
        else:
            step(number, label, command)
    return serve(settings)


if __name__ == "__main__":
    os.environ.setdefault("MYSAPK_DEMO", "1")
    raise SystemExit(main())
