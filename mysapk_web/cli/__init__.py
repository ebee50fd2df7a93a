"""The `mysapk` command. Nothing here imports Reflex before a server or a build needs it."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Final

import pyotp
import typer

from mysapk_web.administration.people.bootstrap import create_admin, remove_second_factor_of
from mysapk_web.cli import files as files  # registers its commands
from mysapk_web.cli.checks import (
    CheckReport,
    content_report,
    database_fault,
    display_value,
    first,
    mail_fault,
    mail_in_words,
    parse_head,
)
from mysapk_web.cli.command import FAILED, UNUSABLE, app, exit_with, open_database, report_failures
from mysapk_web.demo import seed
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation import hash_chain
from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.platform import migrations
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.row_id import HIGHEST
from mysapk_web.progress import backlog, headcount
from mysapk_web.settings import Settings, field_names, get_settings, read_settings

_SHOWN: Final = 20
"""Differences listed one by one."""


@app.command()
def serve() -> None:
    """Serve the portal until stopped."""
    with report_failures():
        from mysapk_web.platform.http.server import serve as start

        start(get_settings())


@app.command()
def build() -> None:
    """Build the front end when its sources have changed."""
    from mysapk_web.platform.http.frontend import FrontendBuildError, is_current
    from mysapk_web.platform.http.server import build as make

    if is_current():
        typer.echo("The front end is up to date.")
        return
    try:
        make()
    except FrontendBuildError as error:
        exit_with(FAILED, str(error))
    typer.echo("The front end was built.")


@app.command()
def worker() -> None:
    """Send the e-mails of the outbox, and nothing else, until stopped."""
    with report_failures(), open_database() as (database, settings):
        from mysapk_web.app.mail_dispatcher import MailDispatcher
        from mysapk_web.platform.log import configure
        from mysapk_web.platform.mail.transports import make_transport

        configure(settings)
        asyncio.run(_until_stopped(MailDispatcher(database, settings, make_transport(settings)).serve))


async def _until_stopped(serve: Callable[[asyncio.Event], Any]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(stop)


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="Revision to migrate forward to.")] = "head",
) -> None:
    """Migrate the database to the tables of this release."""
    with report_failures(), open_database(migrated=False) as (database, _settings):
        before = migrations.current_revision(database)
        migrations.upgrade(database, to)
        after = migrations.current_revision(database)
    typer.echo(
        f"Database at {after}." if before == after else f"Database migrated from {before or 'nothing'} to {after}."
    )


@app.command("demo")
def demo_agency(
    accounts: Annotated[bool, typer.Option("--accounts", help="Only print the demo accounts, as JSON.")] = False,
    code: Annotated[
        str, typer.Option(help="Only print the six digits that the authenticator of this account shows now.")
    ] = "",
) -> None:
    """Fill an empty database with the synthetic agency, and print its accounts and where mail goes."""
    with report_failures():
        if code:
            _print_code(read_settings({"demo": True}), code)
            return
        if accounts:
            _print_accounts(read_settings({"demo": True}))
            return
        with open_database() as (database, settings):
            filled = seed.seed_database(database, settings)
    typer.echo("Filled the demo agency." if filled else "The database is filled already; nothing was changed.")
    typer.echo(f"\nAddress: {settings.public_url}\nMail:    {mail_in_words(settings)}\n\nDemo accounts:")
    for account in demo_accounts(settings):
        typer.echo(f"  {account.key:<20} {account.nip}  {account.password or '(belum aktif)':<18} {account.email}")
        typer.echo(f"  {'':<20} {account.note}")
        if account.totp_secret:
            typer.echo(f"  {'':<20} authenticator: {account.totp_secret}")


def _print_code(settings: Settings, key: str) -> None:
    secrets = {account.key: account.totp_secret for account in demo_accounts(settings) if account.totp_secret}
    if key not in secrets:
        exit_with(
            UNUSABLE, f"No demo account with an authenticator is called {key!r}; there are: {', '.join(secrets)}."
        )
    typer.echo(pyotp.TOTP(secrets[key]).now())


def _print_accounts(settings: Settings) -> None:
    found = [asdict(account) for account in demo_accounts(settings)]
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@app.command("create-admin")
def create_admin_command(
    nip: Annotated[str, typer.Argument(help="NIP of an employee.")],
    role: Annotated[
        str, typer.Option(help="verifikator, approver, admin_satker, admin_instansi or admin_bkn.")
    ] = "admin_bkn",
    instansi: Annotated[str | None, typer.Option(help="Code of the agency; the person's own by default.")] = None,
    unor: Annotated[str | None, typer.Option(help="Code of the unit the role is limited to.")] = None,
) -> None:
    """Give a role to an employee, who activates the account through "Lupa Password"."""
    with report_failures(), open_database() as (database, _settings):
        wanted = Role.__members__.get(role.upper())
        if wanted is None:
            raise UserError(
                "Peran tidak dikenal. Pilih verifikator, approver, admin_satker, admin_instansi, atau admin_bkn."
            )
        with database.begin() as session:
            new = create_admin(session, nip=nip, role=wanted, instansi_code=instansi, unor_code=unor)
    typer.echo(f"{wanted.label}: " + ("granted." if new else "was granted already."))


@app.command("remove-second-factor")
def remove_second_factor_command(
    nip: Annotated[str, typer.Argument(help="NIP of a person who has lost phone and recovery codes.")],
    reason: Annotated[str, typer.Option(help="How the person was recognised, for the trail.")],
) -> None:
    """Remove a lost second factor, also of an Admin BKN; all sessions end and the person is notified."""
    with report_failures(), open_database() as (database, _settings), database.begin() as session:
        had = remove_second_factor_of(session, nip=nip, reason=reason)
    typer.echo("Removed." if had else "There is none.")


@app.command("send-test-mail")
def send_test_mail(address: Annotated[str, typer.Argument(help="Where to.")]) -> None:
    """Send one e-mail at once, past the outbox, and print the server's answer."""
    from mysapk_web.app.mail_registry import render
    from mysapk_web.platform.mail.context import MailContext
    from mysapk_web.platform.mail.errors import MailError
    from mysapk_web.platform.mail.queue import MailKind
    from mysapk_web.platform.mail.transports import send_now

    with report_failures():
        settings = get_settings()
        try:
            recipient = normalise_email(address)
            send_now(settings, render(MailKind.TEST, MailContext(recipient=recipient), settings), recipient)
        except EmailError as error:
            exit_with(UNUSABLE, str(error))
        except (MailError, OSError) as error:
            exit_with(FAILED, f"Not sent: {error}")
    typer.echo(f"Sent: {mail_in_words(settings)}.")


@app.command()
def aggregates(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the counts anew from the people.")] = False,
    history: Annotated[bool, typer.Option("--history", help="With --rebuild: the days before today, too.")] = False,
) -> None:
    """Compare the counts behind the figures of /admin with a recount; exit 1 when they differ."""
    with report_failures(), open_database() as (database, _settings):
        if rebuild:
            typer.echo(f"{headcount.rebuild(database)} counts made anew.")
        if rebuild and history:
            with database.begin() as session:
                headcount.write_history(session)
        differences = [
            *(
                f"unor {unor_id}, {jenis.value}, {measure.value}: {stored}, recount {recounted}"
                for (unor_id, jenis, measure), stored, recounted in headcount.verify(database)
            ),
            *(
                f"unor {unor_id}, waiting for {office.value} since {day}: {stored}, recount {recounted}"
                for (unor_id, office, day), stored, recounted in backlog.verify(database)
            ),
        ]
    for line in differences[:_SHOWN]:
        typer.echo(line, err=True)
    if differences:
        exit_with(FAILED, f"{len(differences)} counts differ from a recount; run `mysapk aggregates --rebuild`.")
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
    """Show the settings and whether database, mail, audit log and background loops are in order."""
    if sample is not None and not documents:
        exit_with(UNUSABLE, "--sample is for --documents.")
    with report_failures():
        settings = get_settings()
        known = parse_head(head)
    for name in field_names():
        help_text = first(Settings.model_fields[name].description)
        typer.echo(f"MYSAPK_{name.upper():<30} {display_value(name, getattr(settings, name)):<44} {help_text}")
    database, mail = database_fault(settings), mail_fault(settings)
    typer.echo(f"\nDatabase: {'can not be used' if database else 'reachable, with the tables of this release'}")
    typer.echo(f"Mail:     {mail_in_words(settings)}")
    inside = CheckReport([], [])
    if not database:
        with report_failures(), open_database() as (opened, _settings):
            inside = content_report(opened, settings, known, documents=documents, sample=sample)
    for line in inside.lines:
        typer.echo(line)
    if database or mail or inside.faults:
        exit_with(FAILED, *filter(None, (database, mail, *inside.faults)))


@app.command("continue-trail")
def continue_trail(
    reason: Annotated[str, typer.Option(help="What was found out, for the trail.")],
) -> None:
    """Seal on after a break of the audit log, once you have investigated it; does nothing to an intact one."""
    with report_failures(), open_database() as (database, settings), database.begin() as session:
        fault = hash_chain.resume_after_break(session, settings, reason=reason)
    typer.echo(
        f"Sealing goes on, and the trail says so. It was: {fault}" if fault else "The end of the trail is whole."
    )
