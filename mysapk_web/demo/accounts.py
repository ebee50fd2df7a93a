"""The people of the demo whom guides and tests call by name. Public on purpose, and only in demo mode."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from mysapk_web.organisation.rules.email import normalise_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.settings import Settings

KABUPATEN = "Pemerintah Kabupaten Contoh"
KOTA = "Pemerintah Kota Misal"
BKN = "Badan Kepegawaian Negara"
KABUPATEN_DOMAIN = "contohkab.example.go.id"
KOTA_DOMAIN = "misalkota.example.go.id"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account as guides and tests use it; None where there is none."""

    key: str
    nip: str
    email: str
    password: str | None = field(repr=False)
    totp_secret: str | None = field(repr=False)
    roles: list[str]
    note: str


@dataclass(frozen=True, slots=True)
class Persona:
    """A person of the demo with a role in guides and tests.

    `unit` is the end of the path of unit names, `email` as imported, blanks included, `scope` the unit that the role is limited to.
    """

    key: str
    nip: str
    name: str
    unit: str
    email: str
    note: str
    password: str | None = field(default=None, repr=False)
    jenis: JenisPegawai = JenisPegawai.PNS
    gender: str = "L"
    titles: tuple[str, str] = ("", "")
    role: Role | None = None
    scope: str = ""
    instansi: str = KABUPATEN

    @property
    def totp_secret(self) -> str | None:
        """The authenticator secret of a person with a role, the same at every start."""
        if self.role is None:
            return None
        return base64.b32encode(hashlib.sha256(f"mysapk demo {self.key}".encode()).digest()[:20]).decode()


def _personas() -> Iterator[Persona]:
    text = (files("mysapk_web.demo") / "data" / "personas.json").read_text(encoding="utf-8")
    for row in json.loads(text):
        chosen = {"jenis": JenisPegawai, "role": Role, "titles": tuple}
        yield Persona(**{name: chosen.get(name, str)(value) for name, value in row.items()})


PERSONAS = tuple(_personas())
"""The free mailbox has a hyphen on purpose: Gmail hands out no such address, so it belongs to nobody."""


def demo_accounts(settings: Settings) -> list[DemoAccount]:
    """The demo accounts (`mysapk demo --accounts`); none outside demo mode."""
    if not settings.demo:
        return []
    return [
        DemoAccount(
            persona.key,
            persona.nip,
            normalise_email(persona.email),
            persona.password,
            persona.totp_secret,
            [persona.role.value.lower()] if persona.role else [],
            persona.note,
        )
        for persona in PERSONAS
    ]
