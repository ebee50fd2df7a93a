"""What is done to the exported pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from mysapk_web.app.build import BuildError, keep_early_input, paint_first, script_hashes

PAGE = (
    '<head><link rel="modulepreload" href="/assets/a.js"/><link href="/s.css" rel="stylesheet"/></head><body><h1>Masuk</h1>'
    '<script type="module" async="">import "/assets/manifest.js";\nimport * as route0 from "/assets/root.js";\n'
    'window.routes = {"root":route0};\n\nimport("/assets/entry.js");</script></body>'
)


def test_scripts_give_way_to_the_style_sheet_and_start_after_the_paint() -> None:
    page = paint_first(PAGE)
    assert '<link rel="modulepreload" fetchpriority="low" href="/assets/a.js"/>' in page
    script = page.split("<script")[1]
    assert script.index("requestAnimationFrame") < script.index('await import("/assets/manifest.js");')
    assert 'const route0 = await import("/assets/root.js");\nwindow.routes = {"root":route0};' in script
    assert 'import("/assets/entry.js");</script></body>' in script
    assert "\nimport " not in script  # nothing is loaded before by itself


@pytest.mark.parametrize(
    "page", ["<html></html>", PAGE.replace('type="module"', ""), PAGE.replace("modulepreload", "preload")]
)
def test_an_export_of_another_form_is_not_taken(page: str) -> None:
    with pytest.raises(BuildError):
        paint_first(page)


def test_the_early_script_stands_last_in_the_head_and_is_in_the_policy(tmp_path: Path) -> None:
    page = keep_early_input("<head><script>theirs</script></head><body></body>")
    script = page.split("<script>")[2].split("</script>")[0]
    assert page.startswith("<head><script>theirs</script><script>(() => {")
    assert page.endswith("</script></head><body></body>")
    assert "//" not in script
    (tmp_path / "masuk.html").write_text(page)
    assert len(script_hashes(tmp_path)) == 2


def test_an_export_without_a_head_is_not_taken() -> None:
    with pytest.raises(BuildError):
        keep_early_input("<html><body></body></html>")
