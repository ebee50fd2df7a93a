"""What a form says besides what is typed is valid HTML: `readonly` does not apply to a hidden control."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mysapk_web.ui.components.forms import hidden

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def test_a_hidden_control_is_not_read_only() -> None:
    shown = repr(hidden("versi", "7").render())
    assert "versi" in shown
    assert "readonly" not in shown.lower()


@pytest.mark.parametrize("path", sorted(ASSETS.rglob("*.jsx")), ids=lambda path: path.name)
def test_nor_is_one_of_our_own_components(path: Path) -> None:
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", path.read_text(encoding="utf-8")):
        assert "readonly" not in tag.lower()
