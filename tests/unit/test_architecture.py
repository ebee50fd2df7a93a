"""Rules of the code that import-linter cannot say: what the parts of a context may import, and where Reflex may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mysapk_web"
CONTEXTS = ("organisation", "accounts", "pdm", "verification", "progress", "administration", "home")
EDGES = ("pages", "http", "mail")
WITH_REFLEX = ("ui", "app", "pages.py", "mysapk_web.py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def part_of(path: Path) -> str:
    """The part of a context that a module belongs to; a use case has no folder of its own kind."""
    inside = path.relative_to(PACKAGE).parts[1]
    name = inside.removesuffix(".py")
    return name if name in {*EDGES, "rules", "tables"} else "use case"


def modules(context: str) -> list[Path]:
    return [
        path
        for path in sorted((PACKAGE / context).rglob("*.py"))
        if path.parent != PACKAGE / context or path.name != "__init__.py"
    ]


def faults_of(path: Path, forbidden: tuple[str, ...]) -> list[str]:
    parts = [f"mysapk_web.{context}.{part}" for context in CONTEXTS for part in forbidden]
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for name in imports(path)
        if any(name == part or name.startswith(f"{part}.") for part in parts)
    ]


def test_use_cases_know_no_edges_and_rules_know_rules_only() -> None:
    forbidden = {
        "use case": ("pages", "http"),
        "tables": EDGES,
        "rules": (*EDGES, "tables"),
        "mail": ("pages", "http"),
        "http": ("pages",),
    }
    found = [
        fault
        for context in CONTEXTS
        for path in modules(context)
        for fault in faults_of(path, forbidden.get(part_of(path), ()))
    ]
    assert found == []


def test_reflex_is_imported_by_pages_and_wiring_only() -> None:
    found = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if any(name.split(".")[0] in {"reflex", "reflex_base", "reflex_components_core"} for name in imports(path))
        and path.relative_to(PACKAGE).parts[0] not in WITH_REFLEX
        and "pages" not in path.relative_to(PACKAGE).parts
    ]
    assert found == []


@pytest.mark.parametrize(
    "tables",
    [
        "organisation.tables.account",
        "accounts.tables",
        "pdm.tables",
        "progress.tables",
        "administration.tables.email_request",
    ],
)
def test_tables_find_the_targets_of_their_foreign_keys(tables: str) -> None:
    """A process that uses one context alone, such as the import worker, can write its rows."""
    code = (
        f"import mysapk_web.{tables}; from sqlmodel import SQLModel; "
        "[key.column for table in SQLModel.metadata.tables.values() for key in table.foreign_keys]"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_module_imports_a_private_module_of_another_package() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for name in imports(path)
        if name.startswith("mysapk_web.")
        and any(part.startswith("_") and not part.startswith("__") for part in name.split(".")[1:])
        and (PACKAGE / Path(*name.split(".")[1:])).with_suffix(".py").exists()
    ]
    assert found == []


def pages() -> list[tuple[str, str]]:
    """Context and name of every registered page: the module or package below `pages/` that its function comes from."""
    parts = [name.split(".") for name in imports(PACKAGE / "pages.py")]
    return sorted({(part[1], part[3]) for part in parts if len(part) > 3 and part[2] == "pages"})


@pytest.mark.parametrize(("context", "page"), pages())
def test_pages_do_not_import_each_other(context: str, page: str) -> None:
    """What pages share is in `components`, or in a module with an English name beside them."""
    others = {f"mysapk_web.{each}.pages.{name}" for each, name in pages()} - {f"mysapk_web.{context}.pages.{page}"}
    place = PACKAGE / context / "pages" / page
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")])
        for name in imports(path)
        if any(name == other or name.startswith(f"{other}.") for other in others)
    ]
    assert found == []


def test_every_table_is_registered_for_alembic_alone() -> None:
    code = "import mysapk_web.app.tables, sqlmodel; print(*sorted(sqlmodel.SQLModel.metadata.tables))"
    alone = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    declared = [
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and any(word.arg == "table" for word in node.keywords)
    ]
    assert len(alone.stdout.split()) == len(declared) > 30


def test_a_class_name_is_declared_once() -> None:
    declared: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                declared.setdefault(node.name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert {name: where for name, where in declared.items() if len(where) > 1} == {}


def test_no_module_is_longer_than_400_lines_and_no_error_has_an_excused_name() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
    assert [name for name, text in texts.items() if text.count("\n") > 400] == []
    assert [name for name, text in texts.items() if "noqa: N818" in text] == []


def test_nothing_cites_a_document_outside_the_repository() -> None:
    cited = re.compile(r"\b(?:DESIGN \d|seed 0\d\d|domain \d+\.\d)")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    texts = {name: (ROOT / name).read_text(errors="ignore") for name in files if name.endswith((".py", ".md", ".csv"))}
    assert [name for name, text in texts.items() if cited.search(text)] == []
