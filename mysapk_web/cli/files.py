from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.administration.imports.kinds import find_kind
from mysapk_web.cli.command import UNUSABLE, app, exit_with, open_database, report_failures
from mysapk_web.pdm.code_table_kind import code_table_import
from mysapk_web.pdm.records.duplicates import report_duplicates
from mysapk_web.pdm.records.export import export_records
from mysapk_web.pdm.records.import_kind import record_import
from mysapk_web.platform import gc_tuning
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.row_report import RowReport, Summary, Verdict, write_report

_File = Annotated[Path, typer.Argument(help="CSV or XLSX file.")]
_Agency = Annotated[str, typer.Option(help="Code of one agency; all without it.")]
_Report = Annotated[Path | None, typer.Option(help="Write each row with what was found to this CSV file.")]
_PROGRESS_ROWS: Final = 1000


@app.command("import")
def import_command(
    kind: Annotated[str, typer.Argument(help="email, pegawai, riwayat:KIND or referensi:TABLE.")],
    file: _File,
    report: _Report = None,
) -> None:
    """Import a file: addresses, people, records or a code table. Cut off, the server goes on with it."""
    _import(lambda: find_kind(kind), file, report)


@app.command("import-pegawai")
def import_pegawai_command(file: _File, report: _Report = None) -> None:
    """Same as `import pegawai`: columns nip, nama, jenis, instansi, and as many of the others as there are."""
    _import(lambda: EMPLOYEE_IMPORT, file, report)


@app.command("import-email")
def import_email_command(file: _File, report: _Report = None) -> None:
    """Same as `import email`: columns nip and email."""
    _import(lambda: EMAIL_IMPORT, file, report)


@app.command("import-reference")
def import_reference_command(
    table: Annotated[str, typer.Argument(help="Name of a code table, such as jabatan_pelaksana.")],
    file: _File,
    report: _Report = None,
) -> None:
    """Same as `import referensi:TABLE`: columns kode and label, and as far as there are induk and aktif."""
    _import(partial(code_table_import, table), file, report)


@app.command("import-riwayat")
def import_records_command(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as golongan or anak.")],
    file: _File,
    report: _Report = None,
) -> None:
    """Same as `import riwayat:KIND`: column nip and those of the declaration. Nothing that is there changes."""
    _import(partial(record_import, kind), file, report)


@app.command("export-riwayat")
def export_records_command(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as golongan or anak.")],
    file: Annotated[Path, typer.Argument(help="CSV to write; it holds personal data.")],
    instansi: _Agency = "",
) -> None:
    """Export the records of a kind as CSV, in the form that import-riwayat reads."""
    with report_failures(), open_database() as (database, _settings):
        try:
            count = export_records(database, file, key=kind, instansi=instansi)
        except OSError as error:
            exit_with(UNUSABLE, f"{file}: {error.strerror}.")
        typer.echo(f"{count} rows")


@app.command()
def duplicates(instansi: _Agency = "", report: _Report = None) -> None:
    """Count records on file twice or proposed again; the report says what to do about each. Changes nothing."""
    with report_failures(), open_database() as (database, _settings):
        counts = report_duplicates(database, instansi=instansi, report=report)
    for key, count in sorted(counts.items()):
        typer.echo(f"{key:<24}{count:>9}")
    typer.echo(f"{counts.total()} found." + (" Use --report FILE to see them." if counts and report is None else ""))


def _import(find: Callable[[], ImportKind], file: Path, report: Path | None) -> None:
    if report is not None and report.resolve() == file.resolve():
        exit_with(UNUSABLE, "The report would overwrite the file that is imported.")
    summary = Summary()
    gc_tuning.freeze_gc()
    with report_failures(), open_database() as (database, _settings):
        kind = find()
        rows = _with_progress(summary.counting(import_file(database, kind, file)))
        if report is None:
            for _ in rows:
                pass
        else:
            _write(report, rows, kind.key_label)
    for verdict in Verdict:
        typer.echo(f"{verdict.value:<24}{summary.counts[verdict]:>9}")
    if report is None and summary.counts[Verdict.DITOLAK]:
        typer.echo("Use --report FILE to see why rows were refused.", err=True)


def _write(report: Path, rows: Iterator[RowReport], about: str) -> None:
    try:
        write_report(report, rows, about=about)
    except OSError as error:
        exit_with(UNUSABLE, f"{report}: {error.strerror}.")


def _with_progress(rows: Iterator[RowReport]) -> Iterator[RowReport]:
    """On stderr: in place on a terminal, else a line now and then."""
    number = 0
    step, end = (_PROGRESS_ROWS, "\r") if sys.stderr.isatty() else (_PROGRESS_ROWS * 10, "\n")
    for number, row in enumerate(rows, start=1):
        if number % step == 0:
            typer.echo(f"{number} rows{end}", err=True, nl=False)
        yield row
    typer.echo(f"{number} rows, done.", err=True)
