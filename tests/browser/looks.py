"""How a page looks in one state: no axe violation, no sideways scrolling, no number in two lines, at every size, light and dark.

With MYSAPK_SHOTS (a folder) every state is also written there as pictures.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
SMALLEST = {"width": 320, "height": 568}
SIZES = {"phone": PHONE, "desk": DESK}

Scheme = Literal["light", "dark"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOTS = os.environ.get("MYSAPK_SHOTS", "")

RULES: dict[Scheme, dict[str, Any]] = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""All is judged in light; in dark only colours differ, so only the rules that look at colours could say something else."""

_RUN = """async (rules) => {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
    return found.violations.map(v => ({ rule: v.id, impact: v.impact, where: v.nodes.map(n => `${n.target}: ${n.any.concat(n.all)
        .map(c => c.message).join('; ')}`) }));
}"""
_SIDEWAYS = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1)
        .map(e => `${e.tagName}.${e.className}: ${Math.round(e.getBoundingClientRect().right)} px of ${wide}`)
        .concat('scrolls sideways');
}"""


_BROKEN_NUMBERS = """() => [...document.querySelectorAll('.count, .tally-count')].filter(e => {
    const seen = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).flatMap(n => {
        const words = document.createRange();
        words.selectNodeContents(n);
        return [...words.getClientRects()];
    });
    return new Set(seen.map(r => Math.round(r.top))).size > 1;
}).map(e => `${e.innerText} is broken into two lines`)"""


class Looks:
    """Judges pages."""

    def __init__(self, axe_source: str) -> None:
        self._axe = axe_source

    def fine(self, page: Page, name: str) -> None:
        """The page in its present state is fine at all sizes, light and dark; its first size is given back."""
        before = page.viewport_size
        faults: list[Any] = []
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            for scheme, rules in RULES.items():
                page.emulate_media(color_scheme=scheme)
                faults += [(size, scheme, fault) for fault in self._judge(page, rules)]
                _shot(page, f"{name}-{size}-{scheme}")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SMALLEST)
        faults += [("320 px", fault) for fault in self._judge(page, RULES["light"])]
        _shot(page, f"{name}-320-light")
        if before is not None:
            page.set_viewport_size(before)
        told = "\n".join(str(fault) for fault in faults)
        assert not faults, f"{name}:\n{told}"

    def _judge(self, page: Page, rules: dict[str, Any]) -> list[Any]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self._axe)
        return [*page.evaluate(_RUN, rules), *page.evaluate(_SIDEWAYS), *page.evaluate(_BROKEN_NUMBERS)]


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
