"""`/demo/surat`: the emails of a demo portal, from its mail folder. The routes exist in demo mode only."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from email.message import EmailMessage
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.rules.timezones import Zone, format_moment_compact
from mysapk_web.settings import get_settings

SHOWN = 50
_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}\.eml")


async def mailbox(_request: Request) -> Response:
    """`GET /demo/surat`: the newest emails."""
    if get_settings().mail_backend != "file":
        return html_page(
            "Surat demo", "<p>Surat tidak ditulis ke folder: MYSAPK_MAIL_BACKEND bukan <code>file</code>.</p>"
        )
    mails = await asyncio.to_thread(_newest, get_settings().mail_dir)
    if not mails:
        return html_page(
            "Surat demo", "<p>Belum ada surat. Minta token lewat <a href='/lupa-password'>Lupa Password</a>.</p>"
        )
    rows = "".join(
        f"<tr><td><a href='/demo/surat/{escape(name)}'>{escape(str(mail['subject']))}</a></td>"
        f"<td>{escape(str(mail['to']))}</td><td>{escape(_sent(mail))}</td></tr>"
        for name, mail in mails
    )
    return html_page(
        "Surat demo",
        "<p>Surat terbaru dari portal demo ini. Muat ulang halaman untuk melihat yang baru.</p>"
        f"<table><thead><tr><th>Perihal</th><th>Kepada</th><th>Waktu</th></tr></thead><tbody>{rows}</tbody></table>",
    )


async def message(request: Request) -> Response:
    """`GET /demo/surat/{name}`: the text of one email."""
    name = request.path_params["name"]
    path = get_settings().mail_dir / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return html_page("Surat tidak ditemukan", "<p><a href='/demo/surat'>Semua surat</a></p>", 404)
    mail = await asyncio.to_thread(_read, path)
    part = mail.get_body(("plain",))
    text = part.get_content() if part is not None else ""
    return html_page(
        str(mail["subject"]),
        f"<p>Kepada: {escape(str(mail['to']))}<br>Dari: {escape(str(mail['from']))}</p>"
        f"<pre class='kotak' style='white-space:pre-wrap'>{_linked(text)}</pre>"
        "<p><a href='/demo/surat'>Semua surat</a></p>",
    )


def _sent(mail: EmailMessage) -> str:
    """When the mail was made, in the zone of the demo agency."""
    header = mail["date"]
    return format_moment_compact(header.datetime, Zone.WIB) if header is not None else "-"


def _linked(text: str) -> str:
    """Links of the email into this portal can be followed, as in a real mailbox."""
    origin = re.escape(escape(get_settings().public_url))
    return re.sub(rf"({origin}/[^\s&<>]+)", r"<a href='\1'>\1</a>", escape(text))


def _newest(folder: Path) -> list[tuple[str, EmailMessage]]:
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]
    return [(path.name, _read(path)) for path in paths if _NAME.fullmatch(path.name)]


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as handle:
        found = email.message_from_binary_file(handle, policy=email.policy.default)
    assert isinstance(found, EmailMessage)  # noqa: S101  what the default policy makes
    return found
