"""Uploaded documents on disk: content-addressed, mode 0600, written whole or not at all.

A file is always put in place again before the row that refers to it commits, even if an equal one exists. So a file older
than `GRACE` without a row is needed by nobody. Nothing is deleted at once: unneeded files go to a trash folder per day,
from which a read restores them.
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
"""Longer than any upload needs between storing its file and committing its row."""

MARKER: Final = "newest.json"
"""The newest document the folder has seen."""
_INBOX: Final = "masuk"
_TRASH: Final = "trash"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_PAIR: Final = re.compile(r"[0-9a-f]{2}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class DocumentDamagedError(Exception):
    """The content stored under a hash does not match it."""


class DocumentMissingError(DocumentDamagedError):
    pass


class MarkerError(Exception):
    """The marker is unreadable, so nothing is known about what the folder has seen."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The newest document the folder has seen; its database must know it."""

    document_id: int
    sha256: str
    uploaded_at: datetime


def new_inbox_path(folder: Path) -> Path:
    inbox = folder / _INBOX
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    inbox.mkdir(mode=0o700, exist_ok=True)
    return inbox / f"{secrets.token_hex(16)}.tmp"


def open_new(path: Path) -> int:
    """A descriptor for a new file of mode 0600; follows no link."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def store(folder: Path, source: Path, now: datetime) -> str:
    """Move a finished file to its content address, synced to disk; it is safe from clearing for `GRACE` from `now` on."""
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
    """Content by hash, restored from the trash if need be. Raises DocumentMissingError or DocumentDamagedError."""
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
    return _path(folder, sha256).is_file()


def is_intact(folder: Path, sha256: str) -> bool:
    """Whether the content matches its name. Raises FileNotFoundError: it is gone."""
    try:
        return digest(_path(folder, sha256)) == sha256
    except FileNotFoundError:
        raise
    except OSError:
        return False


def is_settled(folder: Path, sha256: str, now: datetime) -> bool:
    return _changed(_path(folder, sha256)) < (now - GRACE).timestamp()


def iterate_groups(folder: Path, after: str) -> Iterator[tuple[str, list[str]]]:
    """Folders such as "ab/cd" in order, each with the hashes in it."""
    for upper in _pairs(folder):
        if upper < after[:2]:
            continue
        for lower in _pairs(folder / upper):
            if (name := f"{upper}/{lower}") > after:
                yield name, hashes_in(folder, name)


def hashes_in(folder: Path, name: str) -> list[str]:
    paths = (folder / name).glob("*.pdf")
    return [path.stem for path in paths if _HASH.fullmatch(path.stem) and path == _path(folder, path.stem)]


def _pairs(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if _PAIR.fullmatch(entry.name) and entry.is_dir())
    except FileNotFoundError:
        return []


# Trash -------------------------------------------------------------------------------------------


def move_to_trash(folder: Path, sha256: str, now: datetime) -> bool:
    """Move an unneeded file to the trash of the day, unless somebody has put it in place again meanwhile."""
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
    return _trashed(folder, sha256) is not None


def restore(folder: Path, sha256: str) -> bool:
    """Copy a file back from the trash; gives whether it is in place now."""
    found, path = _trashed(folder, sha256), _path(folder, sha256)
    if found is None:
        return path.is_file()
    _make_parents(path)
    with contextlib.suppress(FileExistsError):
        os.link(found, path)
    _sync(path.parent)
    return True


def trashed_before(folder: Path, day: date) -> Iterator[Path]:
    """Also removes empty days."""
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
    try:
        stored = json.loads((folder / MARKER).read_bytes())
        return Marker(int(stored["document"]), str(stored["sha256"]), datetime.fromisoformat(stored["uploaded_at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MarkerError from error


def write_marker(folder: Path, marker: Marker) -> None:
    stored = {"document": marker.document_id, "sha256": marker.sha256, "uploaded_at": marker.uploaded_at.isoformat()}
    path = new_inbox_path(folder)
    with os.fdopen(open_new(path), "w") as handle:
        json.dump(stored, handle)
        handle.flush()
        os.fsync(handle.fileno())
    path.replace(folder / MARKER)
    _sync(folder)


# Inbox -------------------------------------------------------------------------------------------


def clear_inbox(folder: Path, now: datetime) -> int:
    """Remove what interrupted uploads left behind; gives the number of files."""
    before, count = (now - GRACE).timestamp(), 0
    for path in (folder / _INBOX).glob("*.tmp"):
        if _changed(path) < before:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _path(folder: Path, sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):  # from the database, but never build a path from anything else
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
