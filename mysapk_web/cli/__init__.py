"""The `mysapk` command: thin words around use cases. Nothing here imports Reflex before a server or a build needs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from mysapk_web.administration.email_imports.cli import import_email
from mysapk_web.administration.employee_import.people import import_pegawai
from mysapk_web.administration.people.bootstrap import create_admin, remove_second_factor_of
from mysapk_web.cli.checks import (
    Findings,
    content_report,
    database_fault,
    first,
    head_of,
    mail_fault,
    mail_in_words,
    shown,
)
from mysapk_web.demo import fill
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation import hash_chain
from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.pdm.code_table_import import import_reference
from mysapk_web.pdm.records.duplicates import report_duplicates
from mysapk_web.pdm.records.export import export_records
from mysapk_web.pdm.records.imports import import_records
from mysapk_web.platform import gc_tuning, migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import Refused
from mysapk_web.platform.row_report import RowReport, Summary, Verdict, write_report
from mysapk_web.platform.rules.row_id import HIGHEST
from mysapk_web.platform.spreadsheet_reader import UnreadableFile
from mysapk_web.progress import backlog, headcount
from mysapk_web.settings import Settings, SettingsError, field_names, load, read

UNUSABLE: Final = 2
"""Exit code when nothing could be done: settings, file or address can't be used."""
FAILED: Final = 1
"""Exit code when something was tried and didn't work."""
_PROGRESS_ROWS: Final = 1000
_SHOWN: Final = 20
"""Differences that are told one by one."""

app = typer.Typer(
    help="MySAPK Web: serve it, look after its database, and get people in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@contextlib.contextmanager
def _told_in_lines() -> Iterator[None]:
    """End with lines on stderr, not with a traceback, for everything that whoever runs the command can put right."""
    try:
        yield
    except SettingsError as error:
        _stop(UNUSABLE, *error.faults)
    except (Refused, UnreadableFile, CommandError) as error:
        _stop(UNUSABLE, str(error))
    except DBAPIError as error:
        # The first line only: drivers append the statement. Parameters are hidden by the engine.
        _stop(FAILED, f"MYSAPK_DATABASE_URL: {str(error.orig).splitlines()[0]}")


def _stop(code: int, *lines: str) -> None:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def _database(*, migrated: bool = True) -> Iterator[tuple[Database, Settings]]:
    """The database of the settings, closed afterwards.

    Raises:
        SettingsError: The tables are not those of this release.
    """
    settings = load()
    database = Database(settings.database_url)
    try:
        if migrated and migrations.current(database) != migrations.head():
            raise SettingsError(["The database is not at the tables of this release; run `mysapk migrate`."])
        yield database, settings
    finally:
        database.dispose()


@app.command()
def serve() -> None:
    """Serve the portal until stopped."""
    with _told_in_lines():
        from mysapk_web.platform.http.server import serve as start

        start(load())


@app.command()
def build() -> None:
    """Build the front end when its sources have changed."""
    from mysapk_web.platform.http.frontend import BuildFailed, is_current
    from mysapk_web.platform.http.server import build as make

    if is_current():
        typer.echo("The front end is up to date.")
        return
    try:
        make()
    except BuildFailed as error:
        _stop(FAILED, str(error))
    typer.echo("The front end was built.")


@app.command()
def worker() -> None:
    """Send the mails of the outbox, alone, until stopped."""
    with _told_in_lines(), _database() as (database, settings):
        from mysapk_web.app.dispatcher import Dispatcher
        from mysapk_web.platform.log import configure
        from mysapk_web.platform.mail.transports import make_transport

        configure(settings)
        asyncio.run(_until_stopped(Dispatcher(database, settings, make_transport(settings)).serve))


async def _until_stopped(serve: Callable[[asyncio.Event], Any]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(stop)


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="Revision to migrate forward to.")] = "head",
) -> None:
    """Bring the database to the tables of this release."""
    with _told_in_lines(), _database(migrated=False) as (database, _settings):
        before = migrations.current(database)
        migrations.upgrade(database, to)
        after = migrations.current(database)
    typer.echo(
        f"Database at {after}." if before == after else f"Database migrated from {before or 'nothing'} to {after}."
    )


@app.command("demo")
def demo_agency(
    accounts: Annotated[bool, typer.Option("--accounts", help="Only print the demo accounts, as JSON.")] = False,
) -> None:
    """Fill an empty database with the synthetic agency, and print its accounts and where mail goes."""
    with _told_in_lines():
        if accounts:
            _print_accounts(read({"demo": True}))
            return
        with _database() as (database, settings):
            filled = fill.fill(database, settings)
    typer.echo("Filled the demo agency." if filled else "The database is filled already; nothing was changed.")
    typer.echo(f"\nAddress: {settings.public_url}\nMail:    {mail_in_words(settings)}\n\nDemo accounts:")
    for account in demo_accounts(settings):
        typer.echo(f"  {account.key:<20} {account.nip}  {account.password or '(belum aktif)':<18} {account.email}")
        typer.echo(f"  {'':<20} {account.note}")
        if account.totp_secret:
            typer.echo(f"  {'':<20} authenticator: {account.totp_secret}")


def _print_accounts(settings: Settings) -> None:
    found = [asdict(account) for account in demo_accounts(settings)]
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@app.command("create-admin")
def create_admin_command(
    nip: Annotated[str, typer.Argument(help="NIP of a person on the rolls.")],
    role: Annotated[
        str, typer.Option(help="verifikator, approver, admin_satker, admin_instansi or admin_bkn.")
    ] = "admin_bkn",
    instansi: Annotated[str | None, typer.Option(help="Code of the agency; the person's own by default.")] = None,
    unor: Annotated[str | None, typer.Option(help="Code of the unit the role is limited to.")] = None,
) -> None:
    """Give a role to a person on the rolls. The account is activated by its owner, over "Lupa Password"."""
    with _told_in_lines(), _database() as (database, _settings):
        wanted = Role.__members__.get(role.upper())
        if wanted is None:
            raise Refused(
                "Peran tidak dikenal. Pilih verifikator, approver, admin_satker, admin_instansi, atau admin_bkn."
            )
        with database.begin() as session:
            new = create_admin(session, nip=nip, role=wanted, instansi_kode=instansi, unor_kode=unor)
    typer.echo(f"{wanted.label}: " + ("granted." if new else "was granted already."))


@app.command("remove-second-factor")
def remove_second_factor_command(
    nip: Annotated[str, typer.Argument(help="NIP of a person who has lost phone and recovery codes.")],
    reason: Annotated[str, typer.Option(help="How the person was recognised, for the trail.")],
) -> None:
    """Take a lost second factor away, of an Admin BKN too; all sessions end and the person is written to."""
    with _told_in_lines(), _database() as (database, _settings), database.begin() as session:
        had = remove_second_factor_of(session, nip=nip, reason=reason)
    typer.echo("Removed." if had else "There is none.")


_File = Annotated[Path, typer.Argument(help="CSV or XLSX file.")]
_Agency = Annotated[str, typer.Option(help="Code of one agency; all without it.")]
_Report = Annotated[Path | None, typer.Option(help="Write each row with what was found to this CSV file.")]


@app.command("import-pegawai")
def import_pegawai_command(file: _File, report: _Report = None) -> None:
    """Take over the rolls of an agency: columns nip, nama, jenis, instansi, and as many of the others as there are."""
    _import(import_pegawai, file, report)


@app.command("import-email")
def import_email_command(file: _File, report: _Report = None) -> None:
    """Take over e-mail addresses: columns nip and email."""
    _import(import_email, file, report)


@app.command("import-reference")
def import_reference_command(
    table: Annotated[str, typer.Argument(help="Name of a code table, such as jabatan_pelaksana.")],
    file: _File,
    report: _Report = None,
) -> None:
    """Put an official list in the place of a code table: columns kode and label, and as far as there are induk and aktif."""
    _import(partial(import_reference, table=table), file, report, about="kode")


@app.command("import-riwayat")
def import_records_command(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as golongan or anak.")],
    file: _File,
    report: _Report = None,
) -> None:
    """Add records that are not on file yet: column nip and those of the declaration. Nothing that is there changes."""
    _import(partial(import_records, key=kind), file, report)


@app.command("export-riwayat")
def export_records_command(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as golongan or anak.")],
    file: Annotated[Path, typer.Argument(help="CSV to write; it holds personal data.")],
    instansi: _Agency = "",
) -> None:
    """Write the records on file of a kind as CSV, in the form that import-riwayat reads."""
    with _told_in_lines(), _database() as (database, _settings):
        try:
            count = export_records(database, file, key=kind, instansi=instansi)
        except OSError as error:
            _stop(UNUSABLE, f"{file}: {error.strerror}.")
        typer.echo(f"{count} rows")


@app.command()
def duplicates(instansi: _Agency = "", report: _Report = None) -> None:
    """Count what is on file twice or proposed again; the report says what to do about each. Nothing is changed."""
    with _told_in_lines(), _database() as (database, _settings):
        counts = report_duplicates(database, instansi=instansi, report=report)
    for key, count in sorted(counts.items()):
        typer.echo(f"{key:<24}{count:>9}")
    typer.echo(f"{counts.total()} found." + (" Use --report FILE to see them." if counts and report is None else ""))


def _import(
    run: Callable[[Database, Path], Iterator[RowReport]], file: Path, report: Path | None, *, about: str = "nip"
) -> None:
    if report is not None and report.resolve() == file.resolve():
        _stop(UNUSABLE, "The report would overwrite the file that is imported.")
    summary = Summary()
    gc_tuning.settle()
    with _told_in_lines(), _database() as (database, _settings):
        rows = _with_progress(summary.counting(run(database, file)))
        if report is None:
            for _ in rows:
                pass
        else:
            _write(report, rows, about)
    for verdict in Verdict:
        typer.echo(f"{verdict.value:<24}{summary.counts[verdict]:>9}")
    if report is None and summary.counts[Verdict.DITOLAK]:
        typer.echo("Use --report FILE to see why rows were refused.", err=True)


def _write(report: Path, rows: Iterator[RowReport], about: str) -> None:
    try:
        write_report(report, rows, about=about)
    except OSError as error:
        _stop(UNUSABLE, f"{report}: {error.strerror}.")


def _with_progress(rows: Iterator[RowReport]) -> Iterator[RowReport]:
    """Tell on stderr how far it is: in place on a terminal, else a line now and then."""
    number = 0
    step, end = (_PROGRESS_ROWS, "\r") if sys.stderr.isatty() else (_PROGRESS_ROWS * 10, "\n")
    for number, row in enumerate(rows, start=1):
        if number % step == 0:
            typer.echo(f"{number} rows{end}", err=True, nl=False)
        yield row
    typer.echo(f"{number} rows, done.", err=True)


@app.command("send-test-mail")
def send_test_mail(address: Annotated[str, typer.Argument(help="Where to.")]) -> None:
    """Send one mail at once, past the outbox, and say what the mail server said."""
    from mysapk_web.app.messages import render
    from mysapk_web.platform.mail.context import Facts
    from mysapk_web.platform.mail.errors import Fault
    from mysapk_web.platform.mail.queue import Letter
    from mysapk_web.platform.mail.transports import send_now

    with _told_in_lines():
        settings = load()
        try:
            recipient = normalise_email(address)
            send_now(settings, render(Letter.TEST, Facts(recipient=recipient), settings), recipient)
        except EmailError as error:
            _stop(UNUSABLE, str(error))
        except (Fault, OSError) as error:
            _stop(FAILED, f"Not sent: {error}")
    typer.echo(f"Sent: {mail_in_words(settings)}.")


@app.command()
def aggregates(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the counts anew from the people.")] = False,
    history: Annotated[bool, typer.Option("--history", help="With --rebuild: the days before today, too.")] = False,
) -> None:
    """Compare the counts behind the figures of /admin with a recount; exit 1 when they differ."""
    with _told_in_lines(), _database() as (database, _settings):
        if rebuild:
            typer.echo(f"{headcount.rebuild(database)} counts made anew.")
        if rebuild and history:
            with database.begin() as session:
                headcount.write_history(session)
        differences = [
            *(
                f"unor {row.unor_id}, {row.jenis.value}, {row.measure.value}: {row.kept}, recount {row.found}"
                for row in headcount.verify(database)
            ),
            *(
                f"unor {row.unor_id}, waiting for {row.desk.value} since {row.day}: {row.kept}, recount {row.found}"
                for row in backlog.verify(database)
            ),
        ]
    for line in differences[:_SHOWN]:
        typer.echo(line, err=True)
    if differences:
        _stop(FAILED, f"{len(differences)} counts differ from a recount; run `mysapk aggregates --rebuild`.")
    typer.echo("The counts are those of a recount.")


@app.command()
def check(
    head: Annotated[
        str, typer.Option(help="Head of the trail as an earlier check printed it; the trail must still contain it.")
    ] = "",
    documents: Annotated[bool, typer.Option("--documents", help="Compare documents with their files, too.")] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, max=HIGHEST, help="With --documents: so many, picked at random.")
    ] = None,
) -> None:
    """Show the settings, whether database and mail can be used, the trail is whole and the background loops run."""
    if sample is not None and not documents:
        _stop(UNUSABLE, "--sample is for --documents.")
    with _told_in_lines():
        settings = load()
        known = head_of(head)
    for name in field_names():
        help_text = first(Settings.model_fields[name].description)
        typer.echo(f"MYSAPK_{name.upper():<30} {shown(name, getattr(settings, name)):<44} {help_text}")
    database, mail = database_fault(settings), mail_fault(settings)
    typer.echo(f"\nDatabase: {'can not be used' if database else 'reachable, with the tables of this release'}")
    typer.echo(f"Mail:     {mail_in_words(settings)}")
    inside = Findings([], [])
    if not database:
        with _told_in_lines(), _database() as (opened, _settings):
            inside = content_report(opened, settings, known, documents=documents, sample=sample)
    for line in inside.lines:
        typer.echo(line)
    if database or mail or inside.faults:
        _stop(FAILED, *filter(None, (database, mail, *inside.faults)))


@app.command("continue-trail")
def continue_trail(
    reason: Annotated[str, typer.Option(help="What was found out, for the trail.")],
) -> None:
    """Seal on behind a broken end of the trail, after you have looked into it; does nothing to a whole one."""
    with _told_in_lines(), _database() as (database, settings), database.begin() as session:
        fault = hash_chain.go_on(session, settings, reason=reason)
    typer.echo(
        f"Sealing goes on, and the trail says so. It was: {fault}" if fault else "The end of the trail is whole."
    )
