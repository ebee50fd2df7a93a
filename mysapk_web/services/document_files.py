"""Uploaded documents on disk: under their hash, readable by this account only, written whole or not at all.

A file is always put in place anew before the row that refers to it is committed, also when an equal one lies there already. So a file
whose time of change is older than `GRACE` and that no row refers to is needed by nobody, whatever happens at this moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

GRACE: Final = timedelta(hours=1)
"""No upload takes so long between putting its file in place and the commit of its row."""

_INBOX: Final = "masuk"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class DocumentDamaged(Exception):  # noqa: N818  a state of the storage
    """What lies under a hash is not what was stored."""


class DocumentMissing(DocumentDamaged):
    """Nothing lies under a hash."""


def new_inbox_path(folder: Path) -> Path:
    """A path for something that is being received or written; nothing is there yet.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
    """
    inbox = folder / _INBOX
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    inbox.mkdir(mode=0o700, exist_ok=True)
    return inbox / f"{secrets.token_hex(16)}.tmp"


def open_new(path: Path) -> int:
    """Open a new file for writing, readable by this account only; a link that lies in the way is not followed.

    Args:
        path: From `new_inbox_path`.

    Returns:
        A file descriptor.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal.

    Args:
        path: Any file.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def place(folder: Path, source: Path, now: datetime) -> str:
    """Move a finished file to where its content belongs, and see it through to the disk.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
        source: In the inbox; gone afterwards.
        now: The present moment, from which the file is safe from clearing for `GRACE`.

    Returns:
        SHA-256 of the content.
    """
    name = digest(source)
    target = _path(folder, name)
    for parent in (target.parent.parent, target.parent):  # `parents=True` would leave the upper one open to all
        parent.mkdir(mode=0o700, exist_ok=True)
    source.chmod(0o600)
    descriptor = os.open(source, os.O_RDONLY)
    try:
        os.utime(source, (now.timestamp(), now.timestamp()))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    source.replace(target)
    _sync(target.parent)
    return name


def read(folder: Path, sha256: str) -> bytes:
    """The content stored under a hash.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
        sha256: From `place`.

    Raises:
        DocumentMissing: Nothing lies there.
        DocumentDamaged: Something else lies there, or it can't be read.
    """
    try:
        content = _path(folder, sha256).read_bytes()
    except FileNotFoundError:
        raise DocumentMissing(sha256) from None
    except OSError:
        raise DocumentDamaged(sha256) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentDamaged(sha256)
    return content


def old_files(folder: Path, now: datetime) -> Iterator[str]:
    """Hashes of the files that were put in place longer than `GRACE` ago.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
        now: The present moment.
    """
    before = (now - GRACE).timestamp()
    for path in folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.pdf"):
        if _HASH.fullmatch(path.stem) and _changed(path) < before:
            yield path.stem


def discard(folder: Path, sha256: str, now: datetime) -> bool:
    """Take a file away that nobody needs, unless somebody has put it in place again meanwhile.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
        sha256: From `old_files`, and referred to by no row after that.
        now: The present moment.

    Returns:
        Whether it was taken away.
    """
    path, aside = _path(folder, sha256), new_inbox_path(folder)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _changed(aside) < (now - GRACE).timestamp():
        aside.unlink()
        return True
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    return False


def clear_inbox(folder: Path, now: datetime) -> int:
    """Take away what uploads that were cut off have left behind.

    Args:
        folder: `MYSAPK_DOCUMENT_DIR`.
        now: The present moment.

    Returns:
        Files removed.
    """
    before, count = (now - GRACE).timestamp(), 0
    for path in (folder / _INBOX).glob("*.tmp"):
        if _changed(path) < before:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _path(folder: Path, sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):  # from the database, but a path is never built from anything else
        raise DocumentDamaged(sha256)
    return folder / sha256[:2] / sha256[2:4] / f"{sha256}.pdf"


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
