"""The parts of the documents that repeat what the code says: settings, commands, roles, demo accounts.

`python -m tools.docs` writes them anew; `tests/unit/test_docs.py` fails while they say something else than the code. In a Markdown
file a part stands between `<!-- generated: NAME -->` and `<!-- end -->`; `.env.example` is written as a whole.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.main import get_command

from mysapk_web.cli.command import app
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation.rules.roles import GRANTABLE, Role, matrix_markdown
from mysapk_web.settings import Settings, describe

ROOT = Path(__file__).resolve().parents[1]
ENV_EXAMPLE = ROOT / ".env.example"

_PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

DEFAULTS_IN_WORDS = {
    "MYSAPK_SECRET_KEY": "none; made in demo mode",
    "MYSAPK_PUBLIC_URL": "`http://localhost:<port>`",
    "MYSAPK_REDIS_URL": "none",
    "MYSAPK_OFFICE_NETWORKS": "none",
    "MYSAPK_SMTP_HOST": "none",
    "MYSAPK_SMTP_USERNAME": "none",
    "MYSAPK_SMTP_PASSWORD": "none",
}
"""Where an empty default says too little."""

WHAT_FOR = {
    "pegawai": "A PNS with an active account",
    "belum_aktif": "A PNS who has not activated yet: start at Lupa Password",
    "cpns_menunggu": "A CPNS whose agency has not approved yet: gets an e-mail saying so instead of a token",
    "pppk": "A PPPK with an active account",
    "ppt_non_asn": "A PPT Non-ASN with an internal number",
    "email_spasi": "The stored address has a trailing blank; activation works anyway",
    "email_gratis": "A free-mail address; the agency warns but accepts it",
    "verifikator": "Verifier of Dinas Pendidikan",
    "approver": "Approver of the whole agency",
    "admin_satker": "Admin of Dinas Pendidikan",
    "admin_instansi": "Admin of the agency",
    "admin_bkn": "Admin of BKN",
    "pegawai_lain": "A PNS of another agency, in another time zone",
    "admin_instansi_lain": "Admin of that other agency",
}
"""Key of a demo account -> what it is for."""


def settings_table() -> str:
    """Every variable with its default and its help."""
    rows = [
        (f"`{name}`", DEFAULTS_IN_WORDS.get(name) or f"`{default}`", _meaning(name, text))
        for name, default, text in describe()
    ]
    return _table(("Variable", "Default", "Meaning"), rows)


def _meaning(name: str, text: str) -> str:
    """The help of a variable on one line, with the values it takes where they are few."""
    annotation = Settings.model_fields[name.removeprefix("MYSAPK_").lower()].annotation
    values = ", ".join(f"`{value}`" for value in get_args(annotation)) if get_origin(annotation) is Literal else ""
    words = " ".join(text.split())
    return words if not values or values.split(", ")[0] in words else f"{words} One of {values}."


def commands_table() -> str:
    """Every command with its arguments and the first sentence of its help."""
    rows = []
    for name, command in sorted(get_command(app).commands.items()):  # type: ignore[attr-defined]
        usage = " ".join(["mysapk", name, *map(_usage, command.params)])
        rows.append((f"`{usage}`", str(command.help).split("\n\n")[0].replace("\n", " ")))
    return _table(("Command", "What it does"), rows)


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper()
    option = parameter.opts[0]
    return f"[{option}]" if parameter.is_flag else f"[{option} ...]"


def roles_table() -> str:
    """Who may give which role."""
    rows = [(role.label, ", ".join(wanted.label for wanted in Role if wanted in GRANTABLE[role])) for role in Role]
    return _table(("Peran", "Dapat memberikan"), [(giver, given or "-") for giver, given in rows])


def accounts_table() -> str:
    """The accounts of `mysapk demo --accounts`."""
    settings = Settings(_env_file=None, demo=True, secret_key="only-to-list-the-demo-accounts-0123456789")
    rows = [
        (
            f"`{account.key}`",
            f"`{account.nip}`",
            f"`{account.password}`" if account.password else "not activated",
            f"`{account.totp_secret}`" if account.totp_secret else "",
            WHAT_FOR[account.key],
        )
        for account in demo_accounts(settings)
    ]
    return _table(("Key", "NIP", "Password", "Authenticator secret", "What for"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def env_example() -> str:
    """A `.env` in which nothing is set: every variable with its help and its default."""
    parts = [
        "# Copy to .env and set what you need; `mysapk check` shows what is in force. Meaning: docs/operations.md.\n"
    ]
    for name, default, text in describe():
        words = textwrap.fill(_meaning(name, text), 100, initial_indent="# ", subsequent_indent="# ")
        parts.append(f"{words}\n#{name}={default}\n")
    return "\n".join(parts)


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings_table,
    "commands": commands_table,
    "roles-matrix": matrix_markdown,
    "roles-grantable": roles_table,
    "demo-accounts": accounts_table,
}


def markdown_files() -> list[Path]:
    """Every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def renewed(text: str) -> str:
    """A document with its generated parts as they should be.

    Raises:
        KeyError: A part that nothing here makes.
    """
    return _PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}{found[3]}", text)


def main() -> None:
    """Write what has changed, and say what that was."""
    wanted = {path: renewed(path.read_text()) for path in markdown_files()} | {ENV_EXAMPLE: env_example()}
    for path, text in wanted.items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            sys.stdout.write(f"{path.relative_to(ROOT)} was written.\n")


if __name__ == "__main__":
    main()
