"""A file of personal data: for this account only, and in its place when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from mysapk_web.platform.errors import UserError

NO_FILE: Final = "Tujuan ini bukan berkas biasa. Sebutkan berkas baru, atau berkas yang boleh diganti."


def require_regular_file(path: Path) -> None:
    """Refuse a target that is a link, a folder or a device.

    Raises:
        UserError: It is something else.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UserError(NO_FILE)


@contextmanager
def write_private(path: Path) -> Iterator[TextIO]:
    """Write a text file (UTF-8 with a mark) beside its place, and put it there at the end; after a fault nothing has changed.

    Raises:
        OSError: The file can't be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)  # 0600, and nobody else's name
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as handle:
            yield handle
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
