"""Post-processing of the exported front end: one build for every host, and a strict CSP.

The result is `policy.json` beside the static files: the SHA-256 of every inline script, read by the gate at start.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

POLICY_FILE = "policy.json"
"""Stands beside (not in) the served folder, so that it is never served."""

_BUILD_ORIGIN = re.compile(r'(["`\'])(https?|wss?)://localhost:8000(/[A-Za-z_/]*)\1')
_WORDS = {
    "A new version of this app is available.": "Versi baru portal ini sudah tersedia.",
    "`Reload`": "`Muat ulang`",
}
"""Reflex' own texts, and their replacements."""

_PRELOAD = '<link rel="modulepreload"'
_START = re.compile(r'(<script type="module" async="">)(import .*?)(</script>)', re.DOTALL)
_IMPORT = re.compile(r'^import ("[^"]+");', re.MULTILINE)
_IMPORT_NAMES = re.compile(r'^import \* as (\w+) from ("[^"]+");', re.MULTILINE)
_PAINTED = "await new Promise((go) => { requestAnimationFrame(() => setTimeout(go)); setTimeout(go, 500); });\n"
_EARLY_INPUT = Path(__file__).with_name("early_input.js")
_COMMENT_OR_INDENT = re.compile(r"^ *(?://.*\n)?| // .*$", re.MULTILINE)
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


class BuildError(Exception):
    """The export doesn't look as this step expects."""


class FrontEnd(Plugin):
    def post_build(self, **context: Any) -> None:
        """Raises BuildError when the exporter's output has changed."""
        static_dir = Path(context["static_dir"])
        scripts = sorted((static_dir / "assets").glob("*.js"))
        if not sum(_follow_page_origin(path) for path in scripts):
            raise BuildError("no back-end address found in the exported scripts")
        if sum(_translate(path) for path in scripts) != len(_WORDS):
            raise BuildError("the words of the new-version banner were not found in the exported scripts")
        for page in static_dir.rglob("*.html"):
            page.write_text(keep_early_input(paint_first(page.read_text())))
        hashes = script_hashes(static_dir)
        if not hashes:
            raise BuildError("no inline script found in the exported pages")
        (static_dir.parent / POLICY_FILE).write_text(json.dumps({"script_hashes": hashes}, indent=1) + "\n")


def _follow_page_origin(path: Path) -> int:
    """Replace the build-time origin by the page's own, so that one build fits any host and port."""

    def expression(match: re.Match[str]) -> str:
        scheme, rest = match[2], match[3]
        origin = "location.origin" if scheme.startswith("http") else 'location.origin.replace(/^http/,"ws")'
        return f'(typeof location==="undefined"?"{scheme}://localhost:8000":{origin}).concat("{rest}")'

    text = path.read_text()
    text, count = _BUILD_ORIGIN.subn(expression, text)
    if count:
        path.write_text(text)
    return count


def paint_first(page: str) -> str:
    """Paint a page before its scripts run, which take a slow phone a second.

    The style sheet is fetched before the scripts, which start after the first paint (or after a moment, in a background tab).
    """
    started = _START.search(page)
    if started is None or _PRELOAD not in page:
        raise BuildError("the start of the scripts was not found in an exported page")
    waiting = _IMPORT_NAMES.sub(r"const \1 = await import(\2);", _IMPORT.sub(r"await import(\1);", started[2]))
    page = page.replace(started[0], f"{started[1]}{_PAINTED}{waiting}{started[3]}")
    return page.replace(_PRELOAD, f'{_PRELOAD} fetchpriority="low"')


def keep_early_input(page: str) -> str:
    """Put the script that keeps early clicks and keys into the head of a page."""
    if "</head>" not in page:
        raise BuildError("an exported page has no head")
    script = _COMMENT_OR_INDENT.sub("", _EARLY_INPUT.read_text())
    return page.replace("</head>", f"<script>{script}</script></head>", 1)


def _translate(path: Path) -> int:
    """Translate Reflex' few texts into Indonesian; gives the number of replacements."""
    text = path.read_text()
    found = [english for english in _WORDS if english in text]
    for english in found:
        text = text.replace(english, _WORDS[english])
    if found:
        path.write_text(text)
    return len(found)


def script_hashes(static_dir: Path) -> list[str]:
    """CSP source expressions of every inline script in the exported pages, sorted."""
    found = set()
    for page in static_dir.rglob("*.html"):
        for script in _INLINE_SCRIPT.findall(page.read_text()):
            digest = hashlib.sha256(script.encode()).digest()
            found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return sorted(found)
