"""`make reset` deletes the demo that `make run` created, and never anything else."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mysapk_web.demo.accounts import KABUPATEN
from mysapk_web.settings import Settings
from tools.reset import MARKER, ResetError, remember, reset


def never(_question: str) -> bool:
    raise AssertionError("nothing may be asked here")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def settings(port: int, **values: object) -> Settings:
    return Settings(demo=True, secret_key="a-secret-that-nobody-may-see-0123456789", port=port, **values)


def fill(found: Settings, *agencies: str) -> None:
    """What the server of a demo leaves behind."""
    path = Path(found.database_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE instansi (nama TEXT)")
        connection.executemany("INSERT INTO instansi VALUES (?)", [(name,) for name in agencies])
    for part in (found.mail_dir, found.document_dir):
        part.mkdir(parents=True)
        (part / "one").write_text("text")


def test_what_make_run_created_is_deleted(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    remember(demo)
    fill(demo, KABUPATEN)
    (folder / "var" / "own.txt").write_text("mine")
    deleted = reset(demo, never)
    assert {path.relative_to(folder) for path in deleted} == {
        Path("var/mysapk.db"),
        Path("var/mail"),
        Path("var/documents"),
    }
    assert [path.name for path in (folder / "var").iterdir()] == ["own.txt"]


def test_what_was_there_before_make_run_stays(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    demo.mail_dir.mkdir(parents=True)
    (demo.mail_dir / "kept.eml").write_text("text")
    remember(demo)
    fill(demo.model_copy(update={"mail_dir": folder / "elsewhere"}), KABUPATEN)
    reset(demo, never)
    assert (demo.mail_dir / "kept.eml").exists()
    assert not (folder / "var" / "mysapk.db").exists()


def test_a_database_that_make_run_did_not_create_is_refused(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    fill(demo, "Kabupaten Nyata")
    remember(demo)
    with pytest.raises(ResetError, match="not created by `make run`"):
        reset(demo, never)
    assert (folder / "var" / "mysapk.db").exists()
    assert (demo.mail_dir / "one").exists()


def test_another_database_than_the_created_one_is_refused(folder: Path, free_port: int) -> None:
    remember(settings(free_port))
    other = settings(free_port, database_url=f"sqlite:///{folder}/real.db")
    fill(other, "Kabupaten Nyata")
    with pytest.raises(ResetError, match="not created"):
        reset(other, never)
    assert (folder / "real.db").exists()


def test_folders_that_the_settings_no_longer_name_stay(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    remember(demo)
    fill(demo, KABUPATEN)
    reset(settings(free_port, document_dir=folder / "others"), never)
    assert (demo.document_dir / "one").exists()


@pytest.mark.parametrize("answer", [True, False])
def test_other_agencies_in_it_are_asked_about(folder: Path, free_port: int, answer: bool) -> None:
    demo = settings(free_port)
    remember(demo)
    fill(demo, KABUPATEN, "Kabupaten Nyata")
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    if answer:
        reset(demo, ask)
    else:
        with pytest.raises(ResetError):
            reset(demo, ask)
    assert "Kabupaten Nyata" in asked[0]
    assert (folder / "var" / "mysapk.db").exists() is not answer


def test_a_portal_that_runs_is_refused(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    remember(demo)
    fill(demo, KABUPATEN)
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = demo.model_copy(update={"port": server.getsockname()[1]})
        with pytest.raises(ResetError, match="still runs"):
            reset(running, never)
    assert (folder / "var" / "mysapk.db").exists()


def test_a_real_portal_and_another_kind_of_database_are_refused(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    remember(demo)
    fill(demo, KABUPATEN)
    for refused in (
        demo.model_copy(update={"demo": False}),
        demo.model_copy(update={"database_url": "postgresql+psycopg://somebody@localhost/portal"}),
    ):
        with pytest.raises(ResetError):
            reset(refused, never)
    assert (folder / "var" / "mysapk.db").exists()


def test_a_second_start_changes_nothing_of_what_was_noted(folder: Path, free_port: int) -> None:
    demo = settings(free_port)
    remember(demo)
    noted = json.loads((folder / MARKER).read_text())
    fill(demo, KABUPATEN)
    remember(demo)
    assert json.loads((folder / MARKER).read_text()) == noted
