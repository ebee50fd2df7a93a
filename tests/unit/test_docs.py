"""The documents say what is true: links lead somewhere, named files and tests exist, lists are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from benchmarks.__main__ import BUDGETS
from mysapk_web.cli.command import app
from mysapk_web.demo.accounts import PERSONAS
from mysapk_web.organisation.rules.roles import matrix_markdown
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.settings import describe
from tools import docs

ROOT = docs.ROOT
FILES = docs.markdown_files()
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
OPERATIONS = ROOT / "docs" / "operations.md"
EVIDENCE = ROOT / "docs" / "evidence.md"

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED = re.compile(
    r"(?:mysapk_web|tests|docs|tools|alembic|benchmarks|assets|requirements|platform|organisation|ui|accounts|pdm|verification|progress|administration|home|demo|app|cli)"
    r"/[\w./-]*|[\w-]+\.(?:py|md|toml|ini|jsx)|Makefile|LICENSE|\.env\.example"
)
"""What is taken for the name of a file or folder of this project, from its root or from the package."""


def outside_fences(path: Path) -> str:
    return FENCE.sub("", path.read_text())


def slug(heading: str) -> str:
    """The anchor that a heading gets on the usual hosts."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_relative_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    for found in LINK.finditer(outside_fences(path)):
        target = found[1] or found[2]
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in {slug(heading) for heading in HEADING.findall(outside_fences(there))}, f"{name}: {target}"


@pytest.mark.parametrize("name", NAMES)
def test_named_files_and_tests_exist(name: str) -> None:
    for quoted in CODE.findall(outside_fences(ROOT / name)):
        file, _, test = quoted.partition("::")
        if not NAMED.fullmatch(file):
            continue
        places = [ROOT / file, ROOT / "mysapk_web" / file]
        there = next((place for place in places if place.exists()), None)
        assert there is not None, f"{name}: {quoted}"
        if test:
            assert re.search(rf"^(?:async )?def {test}\(", there.read_text(), re.MULTILINE), f"{name}: {quoted}"


def test_the_glossary_names_what_is_in_the_code() -> None:
    package = ROOT / "mysapk_web"
    known = {path.stem for path in package.rglob("*") if path.is_dir() or path.suffix == ".py"}
    for path in package.rglob("*.py"):
        known |= set(re.findall(r"^\s*(?:class |def |async def )?([A-Za-z_]\w*)", path.read_text(), re.MULTILINE))
    rows = [
        line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line.count("|") == 4
    ]
    named = {name for row in rows for name in CODE.findall(row[3])}
    assert len(named) > 50
    assert {name for name in named if not known.issuperset(name.split("."))} == set()


IDENTIFIER = re.compile(r"([A-Za-z_][\w.]*)(?:\(.*\))?")
GUIDES = ("CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md")


@pytest.mark.parametrize("name", GUIDES)
def test_named_identifiers_are_in_the_code(name: str) -> None:
    files = [*(ROOT / "assets").glob("*.jsx"), *(ROOT / "mysapk_web").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    sources = "".join(path.read_text() for path in files)
    known = set(re.findall(r"\w+", sources))
    quoted = [found for text in CODE.findall(outside_fences(ROOT / name)) if (found := IDENTIFIER.fullmatch(text))]
    named = [found[1] for found in quoted if re.search(r"[a-z]_[a-z]|[a-z][A-Z]|\(", found[0])]
    assert [one for one in named if not set(one.split(".")) <= known] == []
    assert named


@pytest.mark.parametrize("name", NAMES)
def test_generated_parts_are_those_of_the_code(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text == docs.renewed(text), "run: python -m tools.docs"


def test_every_generated_part_stands_somewhere() -> None:
    everything = "".join(path.read_text() for path in FILES)
    assert [part for part in docs.PARTS if f"<!-- generated: {part} -->" not in everything] == []


def test_env_example_lists_every_variable_and_sets_none() -> None:
    text = docs.ENV_EXAMPLE.read_text()
    assert text == docs.env_example(), "run: python -m tools.docs"
    assert re.findall(r"^#(MYSAPK_\w+)=", text, re.MULTILINE) == [name for name, _, _ in describe()]
    assert all(line.startswith("#") or not line for line in text.splitlines())


def test_every_variable_is_in_the_operations_manual() -> None:
    named = set(re.findall(r"MYSAPK_[A-Z_]+[A-Z]", OPERATIONS.read_text()))
    assert {name for name, _, _ in describe()} <= named


@pytest.mark.parametrize("name", NAMES)
def test_no_document_names_a_variable_that_does_not_exist(name: str) -> None:
    known = {variable for variable, _, _ in describe()} | {"MYSAPK_SHOTS"}
    assert set(re.findall(r"MYSAPK_[A-Z_]+[A-Z]", (ROOT / name).read_text())) <= known


def test_every_command_is_in_the_operations_manual_and_no_other() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    manual = OPERATIONS.read_text()
    assert {command for command in commands if f"mysapk {command}" not in manual} == set()
    for path in FILES:
        assert set(re.findall(r"(?:bin/|`|\$ )mysapk ([a-z][a-z-]*)", path.read_text())) <= commands, path.name


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in FILES:
        assert set(re.findall(r"`make ([a-z]+)", path.read_text())) <= targets, path.name


def test_the_matrix_of_roles_is_printed() -> None:
    assert matrix_markdown() in (ROOT / "docs" / "roles.md").read_text()


def test_the_changelog_counts_the_letters() -> None:
    assert f"- {len(MailKind)} letters in Indonesian" in (ROOT / "CHANGELOG.md").read_text()


def test_every_demo_account_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for persona in PERSONAS:
        assert f"`{persona.nip}`" in readme
        assert persona.password is None or f"`{persona.password}`" in readme
        assert persona.totp_secret is None or f"`{persona.totp_secret}`" in readme


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    everything = "".join(path.read_text() for path in FILES)
    for picture in pictures:
        assert picture.suffix == ".png"
        assert picture.stat().st_size <= 150 * 1024, picture.name
        assert f"pictures/{picture.name}" in everything, picture.name
    assert pictures


def test_every_budget_has_its_row() -> None:
    evidence = EVIDENCE.read_text()
    for name, (sign, budget) in BUDGETS.items():
        assert re.search(rf"^\| `{name}`[^|]*\| {sign} {budget:g} \|", evidence, re.MULTILINE), name


def test_measured_figures_are_filled_in() -> None:
    """Fails until the figures of a quiet run stand in docs/evidence.md: `make bench`, then replace each @@name@@ by its value."""
    left = re.findall(r"@@(\w+)@@", EVIDENCE.read_text())
    assert left == [], "run `make bench` on a quiet machine and fill in the table of docs/evidence.md"
