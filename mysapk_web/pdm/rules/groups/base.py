"""What a group is declared with: kinds of record, their rules, and who decides on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Codes, Field, PersonFacts, Value
from mysapk_web.pdm.rules.groups.formatting import format_value


class Cardinality(StrEnum):
    """How many records of a kind a person may propose in one PDM."""

    SINGLE = "SINGLE"
    """A person has one such record."""
    LATEST_ONLY = "LATEST_ONLY"
    """One proposal, for the latest record."""
    TWO_YEARS = "TWO_YEARS"
    """One proposal for each of the last two years."""
    SEVERAL = "SEVERAL"


class Requirement(StrEnum):
    """Whether the group must be handled."""

    REQUIRED = "REQUIRED"
    IF_ANY = "IF_ANY"
    OPTIONAL = "OPTIONAL"


class Approval(StrEnum):
    """Last level that decides on a proposal."""

    NONE = "NONE"
    AGENCY = "AGENCY"
    BKN = "BKN"


class RecordAction(StrEnum):
    """What a proposal does to a record."""

    ADD = "ADD"
    CHANGE = "CHANGE"
    DELETE = "DELETE"

    @property
    def label(self) -> str:
        return {"ADD": "Tambah", "CHANGE": "Ubah", "DELETE": "Hapus"}[self.value]


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What a rule sees; values with an error are missing."""

    values: Mapping[str, Value]
    person: PersonFacts
    today: date

    def day(self, name: str) -> date | None:
        """None if empty or invalid."""
        value = self.values.get(name)
        return date.fromisoformat(value) if isinstance(value, str) and value else None

    def number(self, name: str) -> int | None:
        """None if empty or invalid."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, name: str) -> str:
        """Empty if invalid."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A rule about several fields."""

    field: str
    """Where the sentence is shown."""
    broken: Callable[[RuleInput], bool]
    """Missing values break nothing."""
    sentence: str
    warning: bool = False
    """The record may be sent all the same."""


@dataclass(frozen=True, slots=True)
class Key:
    """Fields that two records are compared by; counts if all of `fields` are filled."""

    fields: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Equal in both, or empty in both: fields that not everyone has to fill."""


def by(*fields: str, also: tuple[str, ...] = ()) -> Key:
    return Key(fields, also)


ONE_AT_ALL: Final = (Key(()),)
"""Identity of a kind that a person has one record of: any second one is the same."""

EVERY_ACTION: Final = frozenset(RecordAction)
NO_DELETE: Final = frozenset({RecordAction.ADD, RecordAction.CHANGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    key: str
    label: str
    siasn_id: int | None
    """Official id of the riwayat; None if SIASN has none."""
    fields: tuple[Field, ...]
    documents: tuple[DocumentRule, ...] = ()
    cardinality: Cardinality
    approval: Approval
    rules: tuple[RecordRule, ...] = ()
    title_fields: tuple[str, ...]
    """Name a record in a list; empty ones are left out."""
    subtitle_fields: tuple[str, ...] = ()
    identity: tuple[Key, ...]
    """Two records of a person that agree on one of these keys are the same, whatever else they say."""
    similar: tuple[Key, ...]
    """Two that agree on one of these may be the same: owner and reviewer look at both."""
    latest_by: str = ""
    """Field that decides which record is the latest; empty if the order does not matter."""
    actions: frozenset[RecordAction] = EVERY_ACTION

    def field(self, name: str) -> Field:
        """Raises KeyError if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def editable(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.read_only)

    def title(self, payload: Mapping[str, Value], codes: Codes) -> str:
        """Words of the title fields, or the label of the kind if all are empty."""
        return self._words(self.title_fields, payload, codes) or self.label

    def subtitle(self, payload: Mapping[str, Value], codes: Codes) -> str:
        return self._words(self.subtitle_fields, payload, codes)

    def required_documents(self, payload: Mapping[str, Value], person: PersonFacts) -> tuple[DocumentRule, ...]:
        return tuple(rule for rule in self.documents if rule.is_required(payload, person))

    def _words(self, names: tuple[str, ...], payload: Mapping[str, Value], codes: Codes) -> str:
        words = (format_value(self.field(name), payload.get(name), codes) for name in names)
        return ", ".join(word for word in words if word)


ALL: Final = frozenset(JenisPegawai)
ASN: Final = ALL - {JenisPegawai.PPT_NON_ASN}
PNS_CPNS: Final = frozenset({JenisPegawai.PNS, JenisPegawai.CPNS})
PNS_ONLY: Final = frozenset({JenisPegawai.PNS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    key: str
    label: str
    description: str
    kinds: tuple[RecordKind, ...]
    """One tab each."""
    requirement: Requirement
    may_have_none: bool = False
    """"Tidak ada riwayat" may be declared."""
    none_hint: str = ""
    """When to declare it."""
    sesuai_allowed: bool = True
    """"Data sudah sesuai" may be declared."""
    verified: bool = True
    """Changes go through a verifikator."""
    applies_to: frozenset[JenisPegawai] = ALL
