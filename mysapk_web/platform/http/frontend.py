"""The compiled front end: built only when its sources changed, served without Node."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / ".web" / "build" / "client"
POLICY = ROOT / ".web" / "build" / "policy.json"
STAMP = ROOT / ".web" / "build" / "sources.sha256"
LOCK = ROOT / "reflex.lock"
_SOURCES = ("mysapk_web", "assets", "reflex.lock", "rxconfig.py", "requirements/build.txt")


class FrontendBuildError(Exception):
    pass


def sources_digest() -> str:
    digest = hashlib.sha256()
    for source in _SOURCES:
        path = ROOT / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts and file.parts[-2:-1] != ("external",):
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current() -> bool:
    return STAMP.exists() and POLICY.exists() and STAMP.read_text().strip() == sources_digest()


def build() -> None:
    """Build with the Node of this environment and the locked packages. Raises FrontendBuildError with the builder's last lines."""
    digest = sources_digest()
    lock_before = {path.name: path.read_bytes() for path in LOCK.glob("*")}
    done = subprocess.run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or not POLICY.exists():
        raise FrontendBuildError("\n".join((done.stdout + done.stderr).splitlines()[-25:]))
    drifted = [name for name, content in lock_before.items() if (LOCK / name).read_bytes() != content]
    if drifted:
        raise FrontendBuildError(
            f"reflex.lock has drifted ({', '.join(drifted)}); look at the change and commit it if it is meant."
        )
    STAMP.write_text(digest + "\n")


def _environment() -> dict[str, str]:
    """Our Node first, and no registry address written into the lock."""
    own = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([own, os.environ.get("PATH", "")]),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "npm_config_omit_lockfile_registry_resolved": "true",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
    }
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise FrontendBuildError("npm was not found; install requirements/build.txt (make setup).")
    asked = subprocess.run(  # noqa: S603  a fixed command
        [npm, "config", "get", "registry"], capture_output=True, text=True, check=False, env=environment
    )
    registry = asked.stdout.strip()
    if registry.startswith("http"):
        # Otherwise Reflex picks the faster of two registries, maybe a mirror.
        environment["NPM_CONFIG_REGISTRY"] = registry
    return environment
