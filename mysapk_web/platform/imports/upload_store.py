"""Uploaded lists of addresses while they wait to be read: outside the web root, readable by this account only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 30 * 1024 * 1024
"""Some six hundred thousand rows of CSV."""

_FOLDER: Final = "impor"
_NAME: Final = re.compile(r"[0-9a-f]{32}\.tmp")


def new_path(folder: Path) -> Path:
    """A path where nothing is yet."""
    inbox = folder / _FOLDER
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    return inbox / f"{secrets.token_hex(16)}.tmp"


def open_new(path: Path) -> int:
    """Open a new file for writing; a link that lies in the way is not followed."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def path_of(folder: Path, name: str) -> Path:
    """Where an upload lies.

    Raises:
        ValueError: Not a name that this module gives.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of an upload")
    return folder / _FOLDER / name


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def clear(folder: Path, before: datetime) -> int:
    """Take away what was left behind."""
    count = 0
    for path in (folder / _FOLDER).glob("*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_mtime < before.timestamp():
                path.unlink()
                count += 1
    return count
