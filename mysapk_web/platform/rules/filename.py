"""The display name of an uploaded file: cleaned on the way in, encoded on the way out. It is never a path."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from mysapk_web.platform.rules.text import INVISIBLE, fold_full_width

MAX_LENGTH: Final = 100
"""Characters, `.pdf` included."""
MAX_INPUT: Final = 1000
NAMELESS: Final = "dokumen"

_SUFFIX: Final = re.compile(r"\.([a-z][a-z0-9]{1,4})\Z", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z", re.IGNORECASE)
"""Reserved by Windows, with any extension."""
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class FilenameError(ValueError):
    """Not a PDF name. `str()` is a sentence for the user."""


def clean_pdf_name(raw: str) -> str:
    """A name that is safe to show and to save under, at most 100 characters, ending in `.pdf`. Raises FilenameError.

    Folders, control characters and bidirectional overrides are dropped. A missing extension is added (phones often send
    none); any other is refused, also behind a NUL.
    """
    last = re.split(r"[/\\]", fold_full_width(unicodedata.normalize("NFC", raw[:MAX_INPUT])))[-1]
    allowed = _FORBIDDEN.sub(" ", last)
    shown = "".join(c for c in allowed if c not in INVISIBLE and unicodedata.category(c) not in _UNSAFE)
    name = " ".join(shown.split())
    suffix = _SUFFIX.search(name)
    if suffix and suffix[1].lower() != "pdf":
        raise FilenameError("Pilih berkas PDF, yaitu berkas yang namanya berakhiran .pdf.")
    stem = (name[: suffix.start()] if suffix else name).strip(" .-~'")
    stem = stem[: MAX_LENGTH - 4].rstrip(" .") or NAMELESS
    return f"{NAMELESS}-{stem}.pdf" if _DEVICES.match(stem.split(".")[0]) else f"{stem}.pdf"


def content_disposition(kind: str, name: str) -> str:
    """RFC 6266, RFC 8187; ASVS 5.4.1, 5.4.2."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain)
    return f"{kind}; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
