from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from mysapk_web.accounts import login_failures
from mysapk_web.administration import email_requests
from mysapk_web.organisation import hash_chain
from mysapk_web.organisation.hash_chain import ChainHead
from mysapk_web.organisation.rules.nip import NipError, parse_typed_nip
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import document_check, document_cleanup
from mysapk_web.platform import background, clock, migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.settings import Settings


def parse_head(text: str) -> ChainHead | None:
    """Raises UserError unless the text has the form a check prints."""
    position, _, chained = text.strip().partition(":")
    if not text:
        return None
    if not position.isdigit() or len(chained) != len(ChainHead().hash):
        raise UserError("--head: give it as `mysapk check` has printed it, position:hash.")
    return ChainHead(int(position), chained)


def first(text: str | None) -> str:
    """The first line of a help text."""
    return (text or "").split("\n")[0]


def display_value(name: str, value: Any) -> str:
    """Of a secret only whether there is one."""
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(empty)"
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    return "(empty)" if value in (None, "") else str(value)


def database_fault(settings: Settings) -> str:
    database = Database(settings.database_url)
    try:
        at, wanted = migrations.current_revision(database), migrations.head_revision()
    except DBAPIError as error:
        return f"MYSAPK_DATABASE_URL: {str(error.orig).splitlines()[0]}"
    finally:
        database.dispose()
    return (
        ""
        if at == wanted
        else f"The database is at {at or 'nothing'}, this release needs {wanted}: run `mysapk migrate`."
    )


def mail_fault(settings: Settings) -> str:
    if settings.mail_backend != "file":
        return ""
    try:
        settings.mail_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"MYSAPK_MAIL_DIR: {error.strerror}."
    return ""


def mail_in_words(settings: Settings) -> str:
    """Where mail goes."""
    return {
        "smtp": f"to {settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})",
        "file": f"as files in {settings.mail_dir}",
        "console": "on the console",
    }[settings.mail_backend]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What one part of a check found."""

    lines: list[str]
    faults: list[str]


def content_report(
    db: Database, settings: Settings, known: ChainHead | None, *, documents: bool, sample: int | None
) -> CheckReport:
    with db.snapshot() as session:
        parts = [
            audit_report(session, settings, known),
            request_report(session),
            login_report(session, settings),
            number_report(session),
            store_report(session, settings),
            background_report(session),
        ]
    if documents:
        parts.append(document_report(db, settings, sample))
    return CheckReport(
        [line for part in parts for line in part.lines], [line for part in parts for line in part.faults]
    )


def audit_report(session: Session, settings: Settings, known: ChainHead | None) -> CheckReport:
    found = hash_chain.verify(session, settings, known=known)
    oldest = f", the oldest for {format_age(clock.now() - found.waiting_since)}" if found.waiting_since else ""
    line = f"Trail:    {found.events} events sealed, {found.unsealed} waiting{oldest}; head {found.head.text}"
    if not found.fault_count:
        return CheckReport([line], [])
    advice = []
    if found.halted:
        advice = ["Nothing is sealed any more. Find out why, then: mysapk continue-trail --reason ..."]
    elif found.inserted:
        advice = ["Find out where they come from; then seal them, with the reason: mysapk continue-trail --reason ..."]
    return CheckReport([line], [f"The trail is not whole ({found.fault_count} faults):", *found.faults, *advice])


def request_report(session: Session) -> CheckReport:
    """Requests nobody may decide on the pages."""
    count = email_requests.count_orphaned(session)
    line = (
        f"Requests: {count} for another address from people above whom nobody stands in the portal: make sure who asked, "
        "and use import-email"
    )
    return CheckReport([line] if count else [], [])


def number_report(session: Session) -> CheckReport:
    """Internal numbers of an older release that look like an impossible NIP: the login form refuses them."""
    today = clock.now().date()
    numbers = session.exec(select(Pegawai.nip).where(Pegawai.jenis == JenisPegawai.PPT_NON_ASN)).all()
    count = sum(not _can_be_typed(number, today) for number in numbers)
    fault = f"Rolls: {count} PPT Non-ASN have an internal number that the login form takes for a wrong NIP: give them another"
    return CheckReport([], [fault] if count else [])


def _can_be_typed(number: str, today: date) -> bool:
    try:
        parse_typed_nip(number, today=today)
    except NipError:
        return False
    return True


def login_report(session: Session, settings: Settings) -> CheckReport:
    """Many failures from many networks are one password tried on everybody."""
    found = login_failures.recent_failures(session)
    figures = (
        f"{found.failures} failed in the last 10 min, from {found.networks} networks, on {found.accounts} accounts"
    )
    alarm = settings.alarm_failed_logins
    faults = [f"Logins: {figures}; the alarm is {alarm} (MYSAPK_ALARM_FAILED_LOGINS)"] if found.failures > alarm else []
    return CheckReport([f"Logins:   {figures}"], faults)


def store_report(session: Session, settings: Settings) -> CheckReport:
    """Whether the database is as new as the document folder."""
    fault = document_cleanup.database_fault(session, settings.document_dir)
    return CheckReport([], [f"Documents: {fault}"] if fault else [])


def document_report(db: Database, settings: Settings, sample: int | None) -> CheckReport:
    found = document_check.check_documents(db, settings.document_dir, sample=sample)
    lines = [f"Documents: {found.rows} looked up, {found.files} files read"]
    for what, finding in (
        ("in the trash, put back when read", found.trashed),
        ("files without a document", found.unnamed),
    ):
        if finding.count:
            lines += [f"Documents: {finding.count} {what}:", *(f"  {words}" for words in finding.named)]
    faults = []
    for what, finding in (
        ("without a file", found.missing),
        ("files whose content is not what was stored", found.damaged),
    ):
        if finding.count:
            faults += [f"Documents: {finding.count} {what}:", *(f"  {words}" for words in finding.named)]
    return CheckReport(lines, faults)


def background_report(session: Session) -> CheckReport:
    found = background.task_states(session)
    stale = [state for state in found if state.is_stale]
    faults = [
        f"Background: {state.task.name} has not succeeded for {format_age(clock.now() - state.last)}"
        + (f"; last failure: {state.error}" if state.error else "")
        for state in stale
        if state.last
    ]
    if faults:
        faults.append("Is the portal running? Then look for background.failed in its log, and restart it.")
    lines = [
        f"{'Background:' if number == 0 else '':<11} {state.task.name:<12} "
        + (
            f"last succeeded {format_age(clock.now() - state.succeeded_at)} ago"
            if state.succeeded_at
            else "never succeeded"
        )
        + (f"; failed since: {state.error}" if state.error else "")
        for number, state in enumerate(found)
    ]
    return CheckReport(lines, faults)


def format_age(age: timedelta) -> str:
    """Such as "3 min"."""
    seconds = max(0, int(age.total_seconds()))
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
