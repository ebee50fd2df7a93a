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
        jenis: kind of employment.
        nip: 18 digits.
        tanggal_lahir: birth date on file.
        jenis_kelamin: "L" or "P"; empty where the rolls don't say.
        tmt_cpns: first day as CPNS, where known.
    """

    jenis: JenisPegawai
    nip: str = ""
    tanggal_lahir: date | None = None
    jenis_kelamin: str = ""
    tmt_cpns: date | None = None

    @property
    def rumpun(self) -> str:
        """Family of ranks: PPPK have their own (golongan I-XVII)."""
        return "PPPK" if self.jenis is JenisPegawai.PPPK else "PNS"


def lookup(name: str, values: Mapping[str, Value], person: PersonFacts) -> Value:
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
        at_least: lower bound of a number.
        at_most: upper bound of a number.
    """

    field: str
    values: tuple[str | int | bool, ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    def met(self, values: Mapping[str, Value], person: PersonFacts) -> bool:
        """Answer the question; a field that is empty or hidden answers no."""
        value = lookup(self.field, values, person)
        if self.at_least is None and self.at_most is None:
            return value is not None and value in self.values
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes:
        name: key in the stored record.
        label: what stands above the control.
        kind: how it is typed and checked.
        help: a sentence below the label, empty for none.
        section: heading under which fields stand together, empty for the first.
        required: must be filled when it is shown.
        read_only: kept by the agency; the person sees it and cannot propose it.
        table: code table of a CODE.
        parent: field (or `@rumpun`) whose value the code's parent has to match; empty for no such tie.
        max_length: of TEXT and LONG_TEXT, in characters.
        minimum: of INTEGER, DECIMAL and YEAR.
        maximum: of INTEGER, DECIMAL and YEAR; a YEAR without one ends with this year.
        decimals: digits after the comma of a DECIMAL.
        future: a DATE may lie ahead of today, at most ten years.
        shown_when: asked for only then; cleared otherwise.
        sensitive: masked until asked for.
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
