"""What a field of a record is: its kind, its limits, and when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from mysapk_web.organisation.rules.pegawai import JenisPegawai

Value: TypeAlias = str | int | bool | None
"""What a stored record holds in a field. Dates are ISO text, decimals text with a point."""

JENIS: Final = "@jenis"
"""Stands for the kind of employment of the person, where a field's name is expected."""
RUMPUN: Final = "@rumpun"
"""Stands for the family of ranks of the person ("PNS" or "PPPK"), where a field's name is expected."""


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
    """The code tables, handed in from the floor above."""

    def label(self, table: str, code: str) -> str | None:
        """Words of a code; None where table or code is unknown."""
        ...

    def exists(self, table: str, code: str) -> bool:
        """Whether the code may be chosen today."""
        ...

    def parent(self, table: str, code: str) -> str:
        """Code that this one belongs to, for instance the level of a study programme; empty where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the rules need to know of the person whose record it is.

    Attributes:
        jenis_kelamin: "L" or "P"; empty where the rolls don't say.
    """

    jenis: JenisPegawai
    nip: str = ""
    birth_date: date | None = None
    gender: str = ""
    tmt_cpns: date | None = None

    @property
    def rumpun(self) -> str:
        """Family of ranks: PPPK have their own (golongan I-XVII)."""
        return "PPPK" if self.jenis is JenisPegawai.PPPK else "PNS"


def value_or_fact(name: str, values: Mapping[str, Value], person: PersonFacts) -> Value:
    """Read a field of the record, or a fact of the person where the name is `@jenis` or `@rumpun`."""
    if name == JENIS:
        return person.jenis.value
    if name == RUMPUN:
        return person.rumpun
    return values.get(name)


@dataclass(frozen=True, slots=True)
class Condition:
    """A question to the record: has this field one of these values, or a number within these bounds?

    Attributes:
        field: name of a field that stands earlier in the record, or `@jenis`.
        values: any of them will do; empty when bounds are asked.
    """

    field: str
    values: tuple[str | int | bool, ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    def met(self, values: Mapping[str, Value], person: PersonFacts) -> bool:
        """Answer the question; a field that is empty or hidden answers no."""
        value = value_or_fact(self.field, values, person)
        if self.at_least is None and self.at_most is None:
            return value is not None and value in self.values
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes:
        help: a sentence below the label, empty for none.
        section: heading under which fields stand together, empty for the first.
        read_only: kept by the agency; the person sees it and cannot propose it.
        parent: field (or `@rumpun`) whose value the code's parent has to match; empty for no such tie.
        maximum: of INTEGER, DECIMAL and YEAR; a YEAR without one ends with this year.
        future: a DATE may lie ahead of today, at most ten years.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    help: str = ""
    section: str = ""
    required: bool = False
    read_only: bool = False
    table: str = ""
    parent: str = ""
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    decimals: int = 0
    future: bool = False
    shown_when: Condition | None = None
    sensitive: bool = False

    def shown(self, values: Mapping[str, Value], person: PersonFacts) -> bool:
        """Whether the field is asked for, given the values before it."""
        return self.shown_when is None or self.shown_when.met(values, person)
