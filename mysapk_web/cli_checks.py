"""What `mysapk check` looks at: whether settings, database and mail can be used, in lines for whoever runs it."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from mysapk_web.models import Database, migration
from mysapk_web.services.actor import Refused
from mysapk_web.services.audit_chain import Head, Verdict
from mysapk_web.settings import Settings


def head_of(text: str) -> Head | None:
    """What `--head` of `mysapk check` says.

    Args:
        text: As given; empty for none.

    Raises:
        Refused: It is not of the form that a check prints.
    """
    position, _, chained = text.strip().partition(":")
    if not text:
        return None
    if not position.isdigit() or len(chained) != len(Head().hash):
        raise Refused("--head: give it as `mysapk check` has printed it, position:hash.")
    return Head(int(position), chained)


def first(text: str | None) -> str:
    """The first line of a help text."""
    return (text or "").split("\n")[0]


def shown(name: str, value: Any) -> str:
    """A setting as it may be shown: of a secret only whether there is one.

    Args:
        name: Of the setting.
        value: Its value.
    """
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(empty)"
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    return "(empty)" if value in (None, "") else str(value)


def database_fault(settings: Settings) -> str:
    """Why the database can't be used; empty when it can."""
    database = Database(settings.database_url)
    try:
        at, wanted = migration.current(database), migration.head()
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
    """Why mail can't be left where it belongs; empty when it can."""
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


def trail_faults(found: Verdict) -> list[str]:
    """What is wrong with the trail, in lines; none when nothing is.

    Args:
        found: Of a walk along it.
    """
    if not found.fault_count:
        return []
    halted = "Nothing is sealed any more. Find out why, then: mysapk continue-trail --reason ..."
    return [
        f"The trail is not whole ({found.fault_count} faults):",
        *found.faults,
        *([halted] if found.halted else []),
    ]
