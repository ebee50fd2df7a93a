"""The `mysapk` command, as whoever runs the portal sees it: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from sqlmodel import col, func, select
from typer.testing import CliRunner, Result

from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.cli.command import app
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform import clock, migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.document_store import MARKER, Marker, write_marker
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.tables.job import BackgroundRun
from mysapk_web.settings import get_settings
from tests.support.maintenance import run_to_completion

SECRET = "a-secret-that-nobody-may-see-0123456789"
ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """A folder to run commands in, with settings in the environment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        self.set(DEMO="1", SECRET_KEY=SECRET, BCRYPT_COST="4", DATABASE_URL=url)

    def set(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(f"MYSAPK_{name}", value)
        get_settings.cache_clear()

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def people(self) -> int:
        database = Database(self.url)
        with database.read() as session:
            count = session.exec(select(func.count()).select_from(Pegawai)).one()
        database.dispose()
        return count


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str) -> Iterator[Shell]:
    yield Shell(monkeypatch, tmp_path, sqlite_url)
    get_settings.cache_clear()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shell]:
    yield Shell(monkeypatch, tmp_path, f"sqlite:///{tmp_path}/new/fresh.db")
    get_settings.cache_clear()


ROLLS = (
    "nip,nama,jenis,instansi,instansi_nama,unor,unor_nama,email\n"
    "198503152010012001,Dewi Rahayu,PNS,K1,Kab Satu,D1,Dinas Satu,dewi@example.go.id\n"
    "19850315,Rusak,PNS,K1,,D1,,\n"
)


def test_migrate_and_migrate_again(fresh: Shell) -> None:
    assert fresh.run("demo").exit_code == 2
    first, second = fresh.run("migrate"), fresh.run("migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"from nothing to {migrations.head_revision()}" in first.stdout
    assert f"at {migrations.head_revision()}" in second.stdout
    assert fresh.people() == 0


def test_migrate_to_an_unknown_revision(fresh: Shell) -> None:
    result = fresh.run("migrate", "--to", "4711")
    assert (result.exit_code, "4711" in result.stderr, "Traceback" in result.output) == (2, True, False)


def test_demo_fills_once_and_prints_the_way_in(shell: Shell) -> None:
    first, second = shell.run("demo"), shell.run("demo")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert shell.people() == 3923 + 180 + 1
    for result in (first, second):
        assert "http://localhost:8000" in result.stdout
        assert "var/mail" in result.stdout
        assert "198503152010012001" in result.stdout
    assert "nothing was changed" in second.stdout


def test_demo_accounts_are_json_and_nothing_else(shell: Shell) -> None:
    result = shell.run("demo", "--accounts")
    accounts = {account["key"]: account for account in json.loads(result.stdout)}
    assert len(accounts) == 14
    assert set(accounts["pegawai"]) == {"key", "nip", "email", "password", "totp_secret", "roles", "note"}
    assert accounts["belum_aktif"]["password"] is None
    assert accounts["verifikator"]["roles"] == ["verifikator"]
    assert accounts["pegawai"]["totp_secret"] is None
    assert shell.people() == 0


def test_demo_prints_the_code_that_an_authenticator_would_show(shell: Shell) -> None:
    accounts = {account["key"]: account for account in json.loads(shell.run("demo", "--accounts").stdout)}
    shown = shell.run("demo", "--code", "verifikator")
    assert shown.exit_code == 0
    assert pyotp.TOTP(accounts["verifikator"]["totp_secret"]).verify(shown.stdout.strip(), valid_window=1)
    assert shell.people() == 0
    refused = shell.run("demo", "--code", "pegawai")
    assert (refused.exit_code, "verifikator" in refused.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [("demo",)])
def test_no_demo_on_a_real_portal(shell: Shell, arguments: tuple[str, ...]) -> None:
    shell.set(DEMO="0", BCRYPT_COST="12")
    result = shell.run(*arguments)
    assert (result.exit_code, "MYSAPK_DEMO" in result.stderr) == (2, True)
    assert shell.people() == 0


def test_settings_that_cannot_be_used_are_one_line_each(shell: Shell) -> None:
    shell.set(DEMO="0", SECRET_KEY="short", BCRYPT_COST="12", MAIL_BACKEND="smtp")
    for command in ("check", "migrate", "serve", "worker"):
        result = shell.run(command)
        assert result.exit_code == 2
        named = {line.split(":")[0] for line in result.stderr.splitlines()}
        assert named == {"MYSAPK_SECRET_KEY", "MYSAPK_SMTP_HOST"}


def test_serve_refuses_a_database_that_is_not_migrated(fresh: Shell) -> None:
    result = fresh.run("serve")
    assert (result.exit_code, "mysapk migrate" in result.stderr) == (2, True)


def test_check_shows_everything_but_secrets(shell: Shell) -> None:
    shell.set(SMTP_PASSWORD="rahasia-smtp", REDIS_URL="redis://:rahasia-redis@localhost")
    result = shell.run("check")
    assert result.exit_code == 0
    assert "reachable" in result.stdout
    for name in ("MYSAPK_SECRET_KEY", "MYSAPK_TOKEN_MINUTES", "MYSAPK_DATABASE_URL", "MYSAPK_TRUSTED_PROXIES"):
        assert name in result.stdout
    for secret in (SECRET, "rahasia-smtp", "rahasia-redis"):
        assert secret not in result.output


def test_check_tells_of_background_loops_that_have_stopped(shell: Shell) -> None:
    database = Database(shell.url)
    fresh = shell.run("check")
    assert (fresh.exit_code, "seals        never succeeded" in fresh.stdout) == (0, True)
    with database.begin() as session:
        for name, age, error in (("seals", 61, "ValueError x.py:1"), ("mail", 0, ""), ("retention", 61, "")):
            at = clock.now() - timedelta(minutes=age)
            session.add(BackgroundRun(name=name, since=at, succeeded_at=at, failed_at=clock.now(), error=error))
    result = shell.run("check")
    assert result.exit_code == 1
    assert "Background: seals has not succeeded for 61 min; last failure: ValueError x.py:1" in result.stderr
    assert "mail         last succeeded 0 s ago" in result.stdout
    assert all(name not in result.stderr for name in ("mail", "retention", "counts"))
    database.dispose()


def test_check_compares_documents_with_their_files(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    whole, sample = shell.run("check", "--documents"), shell.run("check", "--documents", "--sample", "10")
    assert (whole.exit_code, sample.exit_code) == (0, 0)
    assert "Documents: 10 looked up, 1 files read" in sample.stdout
    (file,) = (shell.folder / "var" / "documents").glob("??/??/*.pdf")
    file.write_bytes(b"lain")
    damaged = shell.run("check", "--documents")
    assert (damaged.exit_code, "1 files whose content" in damaged.stderr, file.name in damaged.stderr) == (
        1,
        True,
        True,
    )
    file.unlink()
    missing = shell.run("check", "--documents")
    assert (missing.exit_code, "without a file" in missing.stderr) == (1, True)
    assert missing.stderr.count(file.name) == 20
    assert shell.run("check").exit_code == 0
    for count in ("0", "9" * 20):
        assert shell.run("check", "--documents", "--sample", count).exit_code == 2
    alone = shell.run("check", "--sample", "10")
    assert (alone.exit_code, "--documents" in alone.stderr) == (2, True)


def test_check_tells_that_the_database_is_older_than_the_documents(shell: Shell) -> None:
    folder = shell.folder / "var" / "documents"
    folder.mkdir(parents=True)
    write_marker(folder, Marker(4711, "0" * 64, clock.now()))
    result = shell.run("check")
    assert (result.exit_code, "The database is older than the documents" in result.stderr) == (1, True)
    (folder / MARKER).unlink()
    assert shell.run("check").exit_code == 0


def test_check_tells_what_is_wrong(fresh: Shell) -> None:
    unmigrated = fresh.run("check")
    assert (unmigrated.exit_code, "mysapk migrate" in unmigrated.stderr) == (1, True)
    fresh.set(DATABASE_URL="postgresql+psycopg://u:rahasia-pg@127.0.0.1:15499/none")
    unreachable = fresh.run("check")
    assert (unreachable.exit_code, "MYSAPK_DATABASE_URL" in unreachable.stderr) == (1, True)
    assert "rahasia-pg" not in unreachable.output


def test_import_with_report(shell: Shell) -> None:
    result = shell.run("import-pegawai", shell.file("rolls.csv", ROLLS), "--report", str(shell.folder / "report.csv"))
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["BARU", "1"],
        ["DIPERBARUI", "0"],
        ["TIDAK_BERUBAH", "0"],
        ["DITERIMA_DENGAN_CATATAN", "0"],
        ["DITOLAK", "1"],
    ]
    assert "2 rows" in result.stderr
    report = (shell.folder / "report.csv").read_text(encoding="utf-8-sig").splitlines()
    assert report[0] == "baris,nip,hasil,keterangan"
    assert report[1].startswith("2,198503152010012001,BARU,")
    assert report[2].startswith("3,19850315,DITOLAK,")


def test_import_of_addresses(shell: Shell) -> None:
    shell.run("import-pegawai", shell.file("rolls.csv", ROLLS))
    result = shell.run("import-email", shell.file("email.csv", "nip;email\n198503152010012001;baru@example.go.id\n"))
    assert (result.exit_code, result.stdout.split()[2:4]) == (0, ["DIPERBARUI", "1"])
    database = Database(shell.url)
    with database.read() as session:
        assert session.exec(select(Pegawai.email_key)).all() == ["baru@example.go.id"]
    database.dispose()


@pytest.mark.parametrize("command", ["import-pegawai", "import-email"])
def test_files_that_cannot_be_read(shell: Shell, command: str) -> None:
    for name in (shell.file("empty.csv", ""), shell.file("other.csv", "a,b\n1,2\n"), "none.csv"):
        result = shell.run(command, name)
        assert (result.exit_code, "Traceback" in result.output) == (2, False)
        assert result.stderr.strip()


def test_a_report_never_overwrites_what_is_imported(shell: Shell) -> None:
    path = shell.file("rolls.csv", ROLLS)
    assert shell.run("import-pegawai", path, "--report", path).exit_code == 2
    assert Path(path).read_text() == ROLLS
    assert shell.run("import-pegawai", path, "--report", str(shell.folder / "no" / "report.csv")).exit_code == 2


def test_create_admin(shell: Shell) -> None:
    shell.run("import-pegawai", shell.file("rolls.csv", ROLLS))
    first = shell.run("create-admin", "198503152010012001", "--role", "admin_instansi")
    again = shell.run("create-admin", "198503152010012001", "--role", "admin_instansi", "--instansi", "K1")
    assert (first.exit_code, again.exit_code, "already" in again.stdout) == (0, 0, True)
    for wrong in (("1",), ("198503152010012001", "--role", "raja"), ("198503152010012001", "--unor", "D1")):
        assert shell.run("create-admin", *wrong).exit_code == 2
    database = Database(shell.url)
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(RoleGrant)).one() == 1
    database.dispose()


def test_a_lost_second_factor(shell: Shell) -> None:
    shell.run("import-pegawai", shell.file("rolls.csv", ROLLS))
    database = Database(shell.url)
    with database.begin() as session:
        session.execute(text("UPDATE akun SET totp_secret = 'x', totp_confirmed_at = '2026-01-01 00:00:00'"))
    command = ("remove-second-factor", "198503152010012001")
    without = shell.run(*command)
    unknown = shell.run("remove-second-factor", "198503152010012009", "--reason", "KTP")
    first, again = (shell.run(*command, "--reason", "Datang sendiri, KTP diperiksa") for _ in range(2))
    assert (without.exit_code, unknown.exit_code, first.exit_code, again.exit_code) == (2, 2, 0, 0)
    assert ("Removed" in first.stdout, "none" in again.stdout) == (True, True)
    with database.read() as session:
        assert session.exec(select(Account.totp_secret)).all() == [None]
    database.dispose()


def test_test_mail(shell: Shell) -> None:
    result = shell.run("send-test-mail", " Uji@Example.com ")
    assert (result.exit_code, "var/mail" in result.stdout) == (0, True)
    (letter,) = (shell.folder / "var" / "mail").glob("*.eml")
    assert "To: uji@example.com" in letter.read_text()
    assert shell.run("send-test-mail", "bukan-alamat").exit_code == 2
    shell.set(MAIL_BACKEND="smtp", SMTP_HOST="127.0.0.1", SMTP_PORT="15498", SMTP_SECURITY="none")
    refused = shell.run("send-test-mail", "uji@example.com")
    assert (refused.exit_code, "Not sent" in refused.stderr) == (1, True)


def test_worker_sends_the_outbox_and_ends_when_told(shell: Shell) -> None:
    database = Database(shell.url)
    with database.begin() as session:
        enqueue(session, MailKind.TEST, account_id=None, recipient="uji@example.com", due_at=clock.now())
    process = subprocess.Popen(
        [sys.executable, "-c", "from mysapk_web.cli import app; app()", "worker"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=shell.folder,
    )
    try:
        deadline = time.monotonic() + 20
        while not list((shell.folder / "var" / "mail").glob("*.eml")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)
    database.dispose()
    assert code == 0


def test_the_command_starts_without_reflex() -> None:
    program = "import sys, mysapk_web.cli; sys.exit('reflex' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_an_official_list_is_taken_over_and_reported(shell: Shell) -> None:
    listed = shell.file("daftar.csv", "kode;nama\nP01;Pengelola\n;tanpa kode\n")
    done = shell.run("import-reference", "jabatan_pelaksana", listed, "--report", "laporan.csv")
    assert done.exit_code == 0
    assert re.search(r"BARU\s+1\n", done.stdout)
    assert re.search(r"DITOLAK\s+1\n", done.stdout)
    report = (shell.folder / "laporan.csv").read_text(encoding="utf-8-sig")
    assert report.splitlines()[0] == "baris,kode,hasil,keterangan"
    assert "2,P01,BARU" in report

    unknown = shell.run("import-reference", "tabel_lain", listed)
    assert unknown.exit_code == 2
    assert "Tabel tidak dikenal" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_records_go_out_and_in_again(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    out = shell.run("export-riwayat", "anak", "anak.csv")
    assert out.exit_code == 0
    count = int(out.stdout.split()[0])
    assert count > 0
    again = shell.run("import-riwayat", "anak", str(shell.folder / "anak.csv"))
    assert again.exit_code == 0
    assert re.search(rf"TIDAK_BERUBAH\s+{count}\n", again.stdout)

    for unknown in (("export-riwayat", "lain", "x.csv"), ("export-riwayat", "anak", "tidak/ada/x.csv")):
        done = shell.run(*unknown)
        assert (done.exit_code, "Traceback" in done.output) == (2, False)


def test_what_is_on_file_twice_is_counted_and_listed(shell: Shell, tmp_path: Path) -> None:
    shell.run("migrate")
    people = "nip,nama,jenis,instansi,instansi_nama\n198503122010012001,Ani Contoh,PNS,K1,Pemerintah Kabupaten Contoh\n"
    assert shell.run("import-pegawai", shell.file("pegawai.csv", people)).exit_code == 0
    assert "0 found." in shell.run("duplicates").output
    database = Database(shell.url)
    with database.begin() as session:
        person = session.exec(select(Pegawai.id)).one()
        for _ in range(2):
            now = clock.now()
            session.add(
                PersonnelRecord(
                    pegawai_id=person or 0, kind="golongan", payload={"golongan": "31"}, created_at=now, changed_at=now
                )
            )
    database.dispose()
    counted = shell.run("duplicates")
    assert counted.exit_code == 0
    assert re.search(r"golongan +1\n1 found. Use --report", counted.output)
    listed = shell.run("duplicates", "--instansi", "K1", "--report", str(tmp_path / "ganda.csv"))
    assert "1 found." in listed.output
    assert "198503122010012001,golongan,berkas 2,berkas 1" in (tmp_path / "ganda.csv").read_text(encoding="utf-8-sig")
    assert shell.run("duplicates", "--instansi", "TIDAK ADA").exit_code == 2


def test_aggregates_are_checked_and_made_anew(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    assert shell.run("aggregates").exit_code == 0
    database = Database(shell.url)
    with database.begin() as session:
        session.execute(text("UPDATE hitungan SET count = count + 1 WHERE unor_id = 0 AND measure = 'aktif'"))
        session.execute(text("UPDATE hitungan SET count = count + 1 WHERE unor_id = 0 AND measure = 'pdm-ikut'"))
        session.execute(text("UPDATE antrean SET count = count + 1 WHERE unor_id = 0"))

    broken = shell.run("aggregates")
    assert broken.exit_code == 1
    for told in ("unor 0, PNS, aktif", "unor 0, PNS, pdm-ikut", "unor 0, waiting for"):
        assert told in broken.output
    assert shell.run("aggregates", "--rebuild", "--history").exit_code == 0
    assert shell.run("aggregates").exit_code == 0
    database.dispose()


def test_check_tells_of_requests_that_nobody_in_the_portal_may_decide(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    assert "Requests: " not in shell.run("check").output
    database = Database(shell.url)
    with database.begin() as session:
        top = session.exec(
            select(Pegawai)
            .join(Account, col(Account.pegawai_id) == Pegawai.id)
            .join(RoleGrant, col(RoleGrant.account_id) == Account.id)
            .where(RoleGrant.role == Role.ADMIN_BKN)
        ).first()
        assert top is not None
        asked = EmailRequest(
            pegawai_id=top.id, nip=top.nip, name="x", old_email="", new_email="y@example.com", created_at=clock.now()
        )
        session.add(asked)
    result = shell.run("check")
    assert (result.exit_code, "Requests: 1 " in result.output, "import-email" in result.output) == (0, True, True)
    assert top.nip not in result.output
    database.dispose()


def test_check_walks_along_the_trail(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    database = Database(shell.url)
    run_to_completion(database, get_settings())
    first = shell.run("check")
    head = re.search(r"head (\d+:[0-9a-f]{64})", first.output)
    assert first.exit_code == 0
    assert head is not None
    assert shell.run("check", "--head", head[1]).exit_code == 0
    assert shell.run("check", "--head", "12").exit_code == 2

    with database.begin() as session:
        session.execute(text("DROP TRIGGER jejak_audit_no_update"))
        session.execute(text("UPDATE jejak_audit SET actor_id = 1"))
    broken = shell.run("check")
    assert (broken.exit_code, "The trail is not whole" in broken.output) == (1, True)
    assert "continue-trail" not in broken.output
    database.dispose()


def test_a_trail_that_is_sealed_no_more_is_told_and_goes_on_when_the_operator_says_so(shell: Shell) -> None:
    assert shell.run("demo").exit_code == 0
    database = Database(shell.url)
    run_to_completion(database, get_settings())
    assert "is whole" in shell.run("continue-trail", "--reason", "coba").output
    with database.begin() as session:
        session.execute(text("UPDATE pekerjaan_latar SET note = '{\"position\": 1}' WHERE name = 'segel'"))

    halted = shell.run("check")
    assert (halted.exit_code, "continue-trail" in halted.output) == (1, True)
    assert shell.run("continue-trail", "--reason", " ").exit_code == 2
    assert "Kepala rantai diubah." in shell.run("continue-trail", "--reason", "Sudah diperiksa").output
    run_to_completion(database, get_settings())
    assert shell.run("check").exit_code == 0
    database.dispose()
