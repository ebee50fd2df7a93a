"""Uploaded documents on disk: under their hash, readable by this account only, written whole or not at all.

A file is always put in place anew before the row that refers to it is committed, also when an equal one lies there already. So a file
whose time of change is older than `GRACE` and that no row refers to is needed by nobody, whatever happens at this moment. Nothing is
removed at once: what nobody needs goes to a trash by day, and comes back from there when somebody reads it after all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

GRACE: Final = timedelta(hours=1)
"""No upload takes so long between putting its file in place and the commit of its row."""

MARKER: Final = "newest.json"
"""What the folder remembers of the newest document it has seen."""
_INBOX: Final = "masuk"
_TRASH: Final = "trash"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_PAIR: Final = re.compile(r"[0-9a-f]{2}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class DocumentDamagedError(Exception):
    """What lies under a hash is not what was stored."""


class DocumentMissingError(DocumentDamagedError):
    """Nothing lies under a hash."""


class MarkerError(Exception):
    """The marker can't be read, so nothing is known of what the folder has seen."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A document that the database of this folder must know."""

    document_id: int
    sha256: str
    uploaded_at: datetime


def new_inbox_path(folder: Path) -> Path:
    """A path for something that is being received or written; nothing is there yet."""
    inbox = folder / _INBOX
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    inbox.mkdir(mode=0o700, exist_ok=True)
    return inbox / f"{secrets.token_hex(16)}.tmp"


def open_new(path: Path) -> int:
    """Open a new file for writing, readable by this account only; a link that lies in the way is not followed."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def store(folder: Path, source: Path, now: datetime) -> str:
    """Move a finished file to where its content belongs, and see it through to the disk.

    Args:
        now: The present moment, from which the file is safe from clearing for `GRACE`.
    """
    name = digest(source)
    target = _path(folder, name)
    _make_parents(target)
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

    Raises:
        DocumentMissingError: Nothing lies there, nor in the trash.
        DocumentDamagedError: Something else lies there, or it can't be read.
    """
    path = _path(folder, sha256)
    try:
        if not path.exists() and restore(folder, sha256):
            log.warning("document.restored", document=sha256)
        content = path.read_bytes()
    except FileNotFoundError:
        raise DocumentMissingError(sha256) from None
    except OSError:
        raise DocumentDamagedError(sha256) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentDamagedError(sha256)
    return content


def exists(folder: Path, sha256: str) -> bool:
    """Whether a file lies in its place."""
    return _path(folder, sha256).is_file()


def is_intact(folder: Path, sha256: str) -> bool:
    """Whether the content of a file is what its name says; read in pieces.

    Raises:
        FileNotFoundError: Nothing lies there any more.
    """
    try:
        return digest(_path(folder, sha256)) == sha256
    except FileNotFoundError:
        raise
    except OSError:
        return False


def is_settled(folder: Path, sha256: str, now: datetime) -> bool:
    """Whether a file was put in place longer than `GRACE` ago."""
    return _changed(_path(folder, sha256)) < (now - GRACE).timestamp()


def iterate_groups(folder: Path, after: str) -> Iterator[tuple[str, list[str]]]:
    """The folders of files in order, such as "ab/cd", each with the hashes in it."""
    for upper in _pairs(folder):
        if upper < after[:2]:
            continue
        for lower in _pairs(folder / upper):
            if (name := f"{upper}/{lower}") > after:
                yield name, hashes_in(folder, name)


def hashes_in(folder: Path, name: str) -> list[str]:
    """The hashes in one folder of files."""
    paths = (folder / name).glob("*.pdf")
    return [path.stem for path in paths if _HASH.fullmatch(path.stem) and path == _path(folder, path.stem)]


def _pairs(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if _PAIR.fullmatch(entry.name) and entry.is_dir())
    except FileNotFoundError:
        return []


# Trash -------------------------------------------------------------------------------------------


def move_to_trash(folder: Path, sha256: str, now: datetime) -> bool:
    """Move a file that nobody needs to the trash of the day, unless somebody has put it in place again meanwhile."""
    path = _path(folder, sha256)
    if not is_settled(folder, sha256, now):
        return False
    day = folder / _TRASH / f"{now.astimezone(UTC):%Y-%m-%d}"
    for parent in (day.parent, day):
        parent.mkdir(mode=0o700, exist_ok=True)
    aside = day / path.name
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _changed(aside) < (now - GRACE).timestamp():
        return True
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    return False


def is_in_trash(folder: Path, sha256: str) -> bool:
    """Whether a file lies in the trash."""
    return _trashed(folder, sha256) is not None


def restore(folder: Path, sha256: str) -> bool:
    """Put a file from the trash in its place again; it stays in the trash too.

    Returns:
        Whether it lies in its place now.
    """
    found, path = _trashed(folder, sha256), _path(folder, sha256)
    if found is None:
        return path.is_file()
    _make_parents(path)
    with contextlib.suppress(FileExistsError):
        os.link(found, path)
    _sync(path.parent)
    return True


def trashed_before(folder: Path, day: date) -> Iterator[Path]:
    """Files in the trash of days before this one; a day that is empty is removed."""
    for each in _trash_days(folder):
        if each.name < day.isoformat():
            yield from each.glob("*.pdf")
            with contextlib.suppress(OSError):
                each.rmdir()


def _trashed(folder: Path, sha256: str) -> Path | None:
    name = _path(folder, sha256).name
    return next((day / name for day in reversed(_trash_days(folder)) if (day / name).is_file()), None)


def _trash_days(folder: Path) -> list[Path]:
    return sorted(day for day in (folder / _TRASH).glob("*") if _DAY.fullmatch(day.name) and day.is_dir())


# Marker ------------------------------------------------------------------------------------------


def read_marker(folder: Path) -> Marker | None:
    """The newest document that the folder has seen; None when it has seen none.

    Raises:
        MarkerError: There is something else.
    """
    try:
        told = json.loads((folder / MARKER).read_bytes())
        return Marker(int(told["document"]), str(told["sha256"]), datetime.fromisoformat(told["uploaded_at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MarkerError from error


def write_marker(folder: Path, marker: Marker) -> None:
    """Remember the newest document, whole or not at all."""
    told = {"document": marker.document_id, "sha256": marker.sha256, "uploaded_at": marker.uploaded_at.isoformat()}
    path = new_inbox_path(folder)
    with os.fdopen(open_new(path), "w") as handle:
        json.dump(told, handle)
        handle.flush()
        os.fsync(handle.fileno())
    path.replace(folder / MARKER)
    _sync(folder)


# Inbox -------------------------------------------------------------------------------------------


def clear_inbox(folder: Path, now: datetime) -> int:
    """Take away what uploads that were cut off have left behind."""
    before, count = (now - GRACE).timestamp(), 0
    for path in (folder / _INBOX).glob("*.tmp"):
        if _changed(path) < before:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _path(folder: Path, sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):  # from the database, but a path is never built from anything else
        raise DocumentDamagedError(sha256)
    return folder / sha256[:2] / sha256[2:4] / f"{sha256}.pdf"


def _make_parents(target: Path) -> None:
    for parent in (target.parent.parent, target.parent):  # `parents=True` would leave the upper one open to all
        parent.mkdir(mode=0o700, exist_ok=True)


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
