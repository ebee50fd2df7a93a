from __future__ import annotations

import re
from typing import Final

from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.tables.outbox import OutboxState

MAIL_TONES: Final = {
    OutboxState.PENDING: "plain",
    OutboxState.SENDING: "plain",
    OutboxState.SENT: "good",
    OutboxState.FAILED: "bad",
    OutboxState.OBSOLETE: "warn",
}
CONFIRMATION: Final = "Saya menyatakan bahwa data dan dokumen yang saya kirim benar dan sesuai dengan aslinya."
NOT_CONFIRMED: Final = "Beri tanda pada pernyataan bahwa data dan dokumen Anda benar, lalu kirim."

_ANDROID_WEB_VIEW: Final = re.compile(r"Android.*(; wv\)|Version/\d+\.\d+ Chrome/)")
_APPLE_WEB_VIEW: Final = re.compile(r"\((iPhone|iPad|iPod)(?!.*\bSafari/).*AppleWebKit/")


def is_app_view(agent: str) -> bool:
    """Whether a User-Agent is a web view inside an app, where the period banner does not belong.

    Android sends `; wv)` (developer.chrome.com, WebView user agent), before version 5 `Version/4.0 Chrome/`; Apple's web view
    lacks the `Safari/` of the browser. The header is only a hint: the period itself is enforced elsewhere.
    """
    return bool(_ANDROID_WEB_VIEW.search(agent) or _APPLE_WEB_VIEW.search(agent))


def path_segment(path: str, position: int) -> str:
    """One segment of a page's path, e.g. the group of `/pdm/golongan`. It comes from the browser: anything may be there."""
    parts = [part for part in path.split("/") if part]
    return parts[position] if position < len(parts) else ""


def form_unit(form: object) -> int | None:
    """The chosen unor verifikasi; None for the default, 0 (which no unit has) for anything invalid."""
    given = form.get("unor") if isinstance(form, dict) else None
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return parse_row_id(given)
