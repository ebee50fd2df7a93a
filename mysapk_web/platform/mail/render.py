"""Renders a mail as text and HTML: inline styles only, nothing remote, no colours, so it is readable in dark mode, too."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from mysapk_web.platform.rules.text import INVISIBLE

_WIDTH = 74
"""RFC 5322 2.1.1 advises at most 78 characters."""


_BODY = "margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_SHEET = "max-width:36em;margin:0 auto;font-size:16px;line-height:1.5"
_CODE = (
    "margin:16px 0;padding:12px 16px;border:2px solid currentColor;border-radius:6px;text-align:center;"
    "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Courier New',monospace;"
    "font-size:26px;font-weight:bold;line-height:1.3"
)
_LINK = "color:inherit;text-decoration:underline;word-break:break-all"
_FOOT = "margin-top:24px;padding-top:12px;border-top:1px solid currentColor;font-size:14px"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy, alone on its line."""

    text: str


@dataclass(frozen=True, slots=True)
class MailLink:
    """A portal URL with its introduction."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class BulletList:
    items: tuple[str, ...]


Block = Paragraph | Code | MailLink | BulletList


def single_line(value: object, longest: int = 200) -> str:
    """Make foreign text safe inside a sentence: one line, visible characters, no URL scheme for mail programs to linkify."""
    text = "".join(c if c.isprintable() else " " for c in str(value) if c not in INVISIBLE)
    return " ".join(text.replace("://", " ").split())[:longest]


def render_text(blocks: Sequence[Block], foot: Sequence[Block]) -> str:
    parts = [*map(_text, blocks), "-" * 3, *map(_text, foot)]
    return "\n\n".join(parts) + "\n"


def render_html(title: str, blocks: Sequence[Block], foot: Sequence[Block]) -> str:
    head = html.escape(title)
    lines = [
        "<!doctype html>",
        '<html lang="id">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="supported-color-schemes" content="light dark">',
        f"<title>{head}</title></head>",
        f'<body style="{_BODY}">',
        f'<div lang="id" style="{_SHEET}">',
        f'<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{head}</h1>',
        *map(_html, blocks),
        f'<div style="{_FOOT}">',
        *map(_html, foot),
        "</div>",
        "</div></body></html>",
    ]
    return "\n".join(lines) + "\n"


def _fill(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _fill(text)
        case Code(text):
            return text
        case MailLink(words, url):
            return f"{_fill(words)}\n{url}"
        case BulletList(items):
            return "\n".join(_fill(item, "- ", "  ") for item in items)


def _html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_wrapped(text)}</p>"
        case Code(text):
            return f'<p style="{_CODE}">\n{html.escape(text)}\n</p>'
        case MailLink(words, url):
            address = html.escape(url)
            return f'<p>{_wrapped(words)}<br>\n<a href="{address}" style="{_LINK}">{address}</a></p>'
        case BulletList(items):
            rows = "\n".join(f"<li>{_wrapped(item)}</li>" for item in items)
            return f"<ul>\n{rows}\n</ul>"


def _wrapped(text: str) -> str:
    # Short source lines: a long one would force an unreadable transfer encoding.
    return _fill(html.escape(text))
