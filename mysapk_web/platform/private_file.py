"""Files of personal data: mode 0600, and in place only when complete."""

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
    """Refuse a link, a folder or a device. Raises UserError: it is one."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UserError(NO_FILE)


@contextmanager
def write_private(path: Path) -> Iterator[TextIO]:
    """A text file (UTF-8 with BOM) written beside its target and moved there at the end; an error changes nothing."""
    descriptor, name = tempfile.mkstemp(
        prefix=f".{path.name[:40]}-", dir=path.parent
    )  # 0600, and an unpredictable name
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as handle:
            yield handle
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
