"""What the process beside the server leaves in the log when something ends it: kind and place, and nothing of a row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunState
from tests.conftest import SECRET
from tests.support.address_lists import Lists

ADDRESS = "rahasia.pribadi@k1.example.go.id"


def work(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MYSAPK_")}
    env |= {
        "MYSAPK_DEMO": "1",
        "MYSAPK_SECRET_KEY": SECRET,
        "MYSAPK_DATABASE_URL": url,
        "MYSAPK_DOCUMENT_DIR": str(folder),
        "MYSAPK_LOG_FORMAT": "json",
    }
    return subprocess.run(
        [sys.executable, "-m", "mysapk_web.administration.imports.worker", "w1"],
        cwd=Path(__file__).parents[4],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refuse_every_change(db: Database) -> None:
    """The database refuses in words that quote what was to be written, as it does with a value that is there already."""
    with db.begin() as session:
        if db.is_sqlite:
            session.execute(
                text(
                    "CREATE TRIGGER rewel BEFORE UPDATE ON pegawai "
                    f"BEGIN SELECT RAISE(ABORT, 'Key (email_key)=({ADDRESS}) is odd'); END"
                )
            )
            return
        session.execute(
            text(
                "CREATE FUNCTION rewel() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'Key (email_key)=(%) is odd', NEW.email_key; END $$"
            )
        )
        session.execute(text("CREATE TRIGGER rewel BEFORE UPDATE ON pegawai FOR EACH ROW EXECUTE FUNCTION rewel()"))


def test_what_ends_a_worker_is_told_by_kind_and_place(lists: Lists, db_url: str) -> None:
    run_id = lists.begin("lina", ("ani", ADDRESS))
    lists.office.do(actions.apply, lists.office.actor("lina"), run_id)
    refuse_every_change(lists.office.db)

    done = work(db_url, lists.folder)
    assert done.returncode == 1
    (line,) = [json.loads(each) for each in done.stderr.splitlines()]
    assert (line["event"], line["level"]) == ("import.worker_failed", "error")
    assert line["kind"].endswith("Error")
    assert "kind.py:" in line["at"]
    assert "rahasia" not in done.stderr + done.stdout


def test_a_database_that_can_not_be_opened_is_told_alike(tmp_path: Path) -> None:
    done = work("sqlite:///" + str(tmp_path / "tidak" / "ada" / "x.db"), tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "import.worker_failed" in done.stderr


def test_a_worker_that_has_done_its_work_says_nothing(lists: Lists, db_url: str) -> None:
    office = lists.office
    run_id = office.do(create.begin, office.actor("lina"), EMAIL_IMPORT, lists.upload(("ani", ADDRESS)))
    done = work(db_url, lists.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert lists.state(run_id) is RunState.READY


@pytest.mark.parametrize("kind", ["zero", "cell"])
def test_a_value_that_no_database_takes_is_no_address_in_the_log(lists: Lists, db_url: str, kind: str) -> None:
    office, email = lists.office, {"zero": f"a\x00{ADDRESS}", "cell": "x" * 400 + ADDRESS}[kind]
    run_id = office.do(create.begin, office.actor("lina"), EMAIL_IMPORT, lists.upload(("ani", email)))
    done = work(db_url, lists.folder)
    assert "rahasia" not in done.stderr
    assert not lists.state(run_id).busy
