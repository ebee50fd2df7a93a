"""A field of a record: its kind, its limits, and when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from mysapk_web.organisation.rules.pegawai import JenisPegawai

Value: TypeAlias = str | int | bool | None
"""Dates are ISO text, decimals text with a point."""

JENIS: Final = "@jenis"
"""The person's kind of employment, in place of a field's name."""
RUMPUN: Final = "@rumpun"
"""The person's family of ranks ("PNS" or "PPPK"), in place of a field's name."""


class FieldKind(StrEnum):
    """How a value is typed, checked, stored and shown."""

    TEXT = "TEXT"
    LONG_TEXT = "LONG_TEXT"
    DATE = "DATE"
    YEAR = "YEAR"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    CODE = "CODE"
    BOOLEAN = "BOOLEAN"
    EMAIL = "EMAIL"
    NIK = "NIK"
    KK = "KK"
    NPWP = "NPWP"
    BPJS = "BPJS"
    PHONE = "PHONE"
    TELEPHONE = "TELEPHONE"
    POSTCODE = "POSTCODE"


class Codes(Protocol):
    """The code tables."""

    def label(self, table: str, code: str) -> str | None:
        """None if table or code is unknown."""
        ...

    def exists(self, table: str, code: str) -> bool:
        """Whether the code may be chosen today."""
        ...

    def parent(self, table: str, code: str) -> str:
        """Code that this one belongs to, such as the level of a study programme; empty if none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the rules need to know of the person."""

    jenis: JenisPegawai
    nip: str = ""
    birth_date: date | None = None
    gender: str = ""
    """"L" or "P"; empty if unknown."""
    tmt_cpns: date | None = None

    @property
    def rumpun(self) -> str:
        """PPPK have ranks of their own (golongan I to XVII)."""
        return "PPPK" if self.jenis is JenisPegawai.PPPK else "PNS"


def value_or_fact(name: str, values: Mapping[str, Value], person: PersonFacts) -> Value:
    """A field of the record, or a fact of the person if the name is `@jenis` or `@rumpun`."""
    if name == JENIS:
        return person.jenis.value
    if name == RUMPUN:
        return person.rumpun
    return values.get(name)


@dataclass(frozen=True, slots=True)
class Condition:
    """The field has one of these values, or a number within these bounds."""

    field: str
    """Of an earlier field of the record, or `@jenis`."""
    values: tuple[str | int | bool, ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    def met(self, values: Mapping[str, Value], person: PersonFacts) -> bool:
        """False if the field is empty or hidden."""
        value = value_or_fact(self.field, values, person)
        if self.at_least is None and self.at_most is None:
            return value is not None and value in self.values
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    help: str = ""
    section: str = ""
    """Heading; empty for the first."""
    required: bool = False
    read_only: bool = False
    """Maintained by the agency: shown but never proposed."""
    table: str = ""
    """Code table of a CODE."""
    parent: str = ""
    """Field (or `@rumpun`) that the parent of the code has to match."""
    max_length: int = 200
    """Of TEXT and LONG_TEXT, characters."""
    minimum: int | None = None
    maximum: int | None = None
    """Of INTEGER, DECIMAL and YEAR; a YEAR without one ends with this year."""
    decimals: int = 0
    """Digits after the comma of a DECIMAL."""
    future: bool = False
    """A DATE may be up to ten years ahead."""
    shown_when: Condition | None = None
    """Asked for only then, and cleared otherwise."""
    sensitive: bool = False
    """Masked unless revealed."""

    def shown(self, values: Mapping[str, Value], person: PersonFacts) -> bool:
        return self.shown_when is None or self.shown_when.met(values, person)
