"""What `mysapk check` says of the installation: the settings without their secrets, and whether database and mail can be used."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from mysapk_web.models import Database, migration
from mysapk_web.settings import Settings


def shown(name: str, value: Any) -> str:
    """A setting as it may be printed.

    Args:
        name: Of the setting, without its prefix.
        value: Of the setting.
    """
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(empty)"
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    return "(empty)" if value in (None, "") else str(value)


def database_fault(settings: Settings) -> str:
    """What is wrong with the database; empty when it is reachable and of this release.

    Args:
        settings: Of the installation.
    """
    database = Database(settings.database_url)
    try:
        at, wanted = migration.current(database), migration.head()
    except DBAPIError as error:
        return f"MYSAPK_DATABASE_URL: {str(error.orig).splitlines()[0]}"
    finally:
        database.dispose()
    if at == wanted:
        return ""
    return f"The database is at {at or 'nothing'}, this release needs {wanted}: run `mysapk migrate`."


def mail_fault(settings: Settings) -> str:
    """What is wrong with the folder of the mails; empty when it can be used, or mail goes elsewhere.

    Args:
        settings: Of the installation.
    """
    if settings.mail_backend != "file":
        return ""
    try:
        settings.mail_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"MYSAPK_MAIL_DIR: {error.strerror}."
    return ""


def mail_in_words(settings: Settings) -> str:
    """Where mail goes.

    Args:
        settings: Of the installation.
    """
    return {
        "smtp": f"to {settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})",
        "file": f"as files in {settings.mail_dir}",
        "console": "on the console",
    }[settings.mail_backend]
