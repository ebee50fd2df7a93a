"""The synthetic people of the demo: random with a fixed seed, so that they are the same at every start."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files

from mysapk_web.demo.accounts import BKN, KABUPATEN, KABUPATEN_DOMAIN, KOTA, KOTA_DOMAIN, PERSONAS, Persona
from mysapk_web.demo.units import DemoUnit
from mysapk_web.organisation.rules.email import normalise_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai

PEOPLE = {KABUPATEN: 3923, KOTA: 180, BKN: 1}
"""People of each agency; the first is the size of a regency that published its activation in July 2021."""
ACTIVATED = {KABUPATEN: 2829, KOTA: 117, BKN: 1}
"""Of these activated: 2,829 of 3,923 are the 72.11 % that it published."""
DOMAINS = {KABUPATEN: KABUPATEN_DOMAIN, KOTA: KOTA_DOMAIN}

_SEED = 870_2021
_WITHOUT_EMAIL = 0.06
_MALFORMED_EMAIL = 0.012
"""Shares of those not activated, for the admin to repair."""
_KINDS = ((JenisPegawai.PNS, 80), (JenisPegawai.PPPK, 17), (JenisPegawai.CPNS, 3))
_TITLES = {
    "Negeri": ("S.Pd.", "S.Pd.", "S.Pd.", "M.Pd.", "A.Ma."),
    "Puskesmas": ("A.Md.Kep.", "S.Kep.", "A.Md.Keb.", "S.K.M.", "S.Farm."),
    "Instalasi": ("A.Md.Kep.", "S.Kep., Ns.", "S.Farm., Apt.", "A.Md.A.K."),
}
_OTHER_TITLES = ("", "", "S.E.", "S.Sos.", "S.H.", "S.Kom.", "A.Md.", "S.T.", "M.Si.")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person before the database gives ids; `unit` is an index into the list of units, `email_key` None without a usable email."""

    nip: str
    name: str
    titles: tuple[str, str]
    jenis: JenisPegawai
    born: date | None
    gender: str
    unit: int
    email: str | None
    email_key: str | None
    days_active: int | None
    persona: Persona | None = None


@dataclass(slots=True)
class _Maker:
    units: list[DemoUnit]
    dice: random.Random = field(default_factory=lambda: random.Random(_SEED))  # noqa: S311  wanted predictable
    numbers: Counter[str] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=lambda: dict(_name_lists()))

    def people(self) -> Iterator[DemoPerson]:
        for persona in PERSONAS:
            self.numbers[persona.nip[:15]] = max(self.numbers[persona.nip[:15]], int(persona.nip[15:]))
            self.addresses[normalise_email(persona.email).split("@")[0]] += 1
        for instansi, count in PEOPLE.items():
            yield from self._agency(instansi, count)

    def _agency(self, instansi: str, count: int) -> Iterator[DemoPerson]:
        cast = [persona for persona in PERSONAS if persona.instansi == instansi]
        crowd = count - len(cast)
        active = ACTIVATED[instansi] - sum(persona.password is not None for persona in cast)
        chosen = frozenset(self.dice.sample(range(crowd), active))
        for persona in cast:
            yield self._named(persona)
        for number, unit in enumerate(self._places(instansi, crowd)):
            yield self._somebody(unit, DOMAINS[instansi], active=number in chosen)

    def _places(self, instansi: str, count: int) -> list[int]:
        """Units for so many people: one each first, the rest by their shares."""
        own = [index for index, unit in enumerate(self.units) if unit.instansi == instansi]
        shares = [self.units[index].share for index in own]
        return (own + self.dice.choices(own, shares, k=max(0, count - len(own))))[:count]

    def _named(self, persona: Persona) -> DemoPerson:
        decomposed = persona.jenis is not JenisPegawai.PPT_NON_ASN
        born = date(int(persona.nip[:4]), int(persona.nip[4:6]), int(persona.nip[6:8])) if decomposed else None
        return DemoPerson(
            persona.nip,
            persona.name,
            persona.titles,
            persona.jenis,
            born,
            persona.gender,
            self._unit_of(persona),
            persona.email,
            normalise_email(persona.email),
            30 if persona.password else None,
            persona,
        )

    def _unit_of(self, persona: Persona) -> int:
        names = persona.unit.split("/")
        for index, unit in enumerate(self.units):
            parent = self.units[unit.parent].name if unit.parent is not None else ""
            if unit.instansi == persona.instansi and [parent, unit.name][-len(names) :] == names:
                return index
        raise LookupError(persona.unit)

    def _somebody(self, unit: int, domain: str, *, active: bool) -> DemoPerson:
        dice = self.dice
        gender = dice.choice("LP")
        jenis = dice.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
        born = date(dice.randint(1969, 1999), dice.randint(1, 12), dice.randint(1, 28))
        given = dice.sample(self.names["laki" if gender == "L" else "perempuan"], k=dice.randint(1, 2))
        nama = " ".join([*given, dice.choice(self.names["belakang"])])
        place = self.units[unit].name
        behind = next((titles for word, titles in _TITLES.items() if word in place), _OTHER_TITLES)
        email, key = self._email(nama, domain, active=active)
        return DemoPerson(
            self._nip(jenis, born, gender),
            nama,
            ("", dice.choice(behind)),
            jenis,
            born,
            gender,
            unit,
            email,
            key,
            dice.randint(1, 59) if active else None,
        )

    def _nip(self, jenis: JenisPegawai, born: date, gender: str) -> str:
        dice = self.dice
        sex = "1" if gender == "L" else "2"
        if jenis is JenisPegawai.PPPK:
            stem = f"{born:%Y%m%d}{dice.randint(2021, 2024)}2{dice.randint(1, 2)}{sex}"
        elif jenis is JenisPegawai.CPNS:
            stem = f"{born:%Y%m%d}2025{dice.choice(('03', '04', '05'))}{sex}"
        else:
            year = min(born.year + dice.randint(21, 33), 2023)
            stem = f"{born:%Y%m%d}{year}{dice.choice(('01', '03', '04', '12'))}{sex}"
        self.numbers[stem] += 1
        return f"{stem}{self.numbers[stem]:03d}"

    def _email(self, nama: str, domain: str, *, active: bool) -> tuple[str | None, str | None]:
        words = nama.lower().split()
        local = f"{words[0]}.{words[-1]}"
        self.addresses[local] += 1
        local += str(self.addresses[local]) if self.addresses[local] > 1 else ""
        luck = 1.0 if active else self.dice.random()
        if luck < _WITHOUT_EMAIL:
            return None, None
        if luck < _WITHOUT_EMAIL + _MALFORMED_EMAIL:
            return f"{local}@", None
        return f"{local}@{domain}", f"{local}@{domain}"


def people(units: list[DemoUnit]) -> list[DemoPerson]:
    """All people of the demo agencies."""
    return list(_Maker(units).people())


def _name_lists() -> Iterator[tuple[str, list[str]]]:
    text = (files("mysapk_web.demo") / "data" / "names.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            title, _, names = line.partition(":")
            yield title, names.split()
