"""What a group of the PDM is made of: its kinds of record, their rules, who decides on them (domain 5.5, 6, 7)."""

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
    """How many records of a kind a person may propose in one PDM (domain 0.3, 6)."""

    SINGLE = "SINGLE"
    """The person has one such record at all."""
    LATEST_ONLY = "LATEST_ONLY"
    """One proposal, for the latest record."""
    TWO_YEARS = "TWO_YEARS"
    """One proposal for each of the last two years."""
    SEVERAL = "SEVERAL"


class Requirement(StrEnum):
    """Whether the group has to be handled (domain 6)."""

    REQUIRED = "REQUIRED"
    IF_ANY = "IF_ANY"
    OPTIONAL = "OPTIONAL"


class Approval(StrEnum):
    """Last level that decides on a proposal (domain 5.5)."""

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
        """The word on buttons and in lists."""
        return {"ADD": "Tambah", "CHANGE": "Ubah", "DELETE": "Hapus"}[self.value]


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What a rule looks at: the values that could be read, the person, the day.

    Attributes:
        values: canonical values; a field with a fault is missing.
    """

    values: Mapping[str, Value]
    person: PersonFacts
    today: date

    def day(self, name: str) -> date | None:
        """Read a date; None where it is empty or faulty."""
        value = self.values.get(name)
        return date.fromisoformat(value) if isinstance(value, str) and value else None

    def number(self, name: str) -> int | None:
        """Read a whole number; None where it is empty or faulty."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, name: str) -> str:
        """Read a text or a code; empty where it is empty or faulty."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A rule that several fields make together.

    Attributes:
        broken: tells whether the record breaks the rule; what is missing breaks nothing.
        warning: the record may be sent all the same.
    """

    field: str
    broken: Callable[[RuleInput], bool]
    sentence: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """Fields that two records are compared by. It counts where all of `fields` are filled.

    Attributes:
        also: the same in both, or empty in both: fields that are not asked of everybody.
    """

    fields: tuple[str, ...]
    also: tuple[str, ...] = ()


def by(*fields: str, also: tuple[str, ...] = ()) -> Key:
    """Write a key in a declaration; see `Key`."""
    return Key(fields, also)


ONE_AT_ALL: Final = (Key(()),)
"""Identity of a kind that a person has one record of: whatever it says, a second one is the same."""

EVERY_ACTION: Final = frozenset(RecordAction)
NO_DELETE: Final = frozenset({RecordAction.ADD, RecordAction.CHANGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """A kind of record.

    Attributes:
        siasn_id: official id of the riwayat (domain 7.2); None where SIASN has none.
        title_fields: fields whose words name a record in a list; those that are empty are left out.
        latest_by: field that tells which record is the latest; empty where the order does not matter.
        identity: two records of a person that agree on one of these keys are the same, whatever else they say.
        similar: two that agree on one of these may be the same: the person and the desk look at both.
    """

    key: str
    label: str
    siasn_id: int | None
    fields: tuple[Field, ...]
    documents: tuple[DocumentRule, ...] = ()
    cardinality: Cardinality
    approval: Approval
    rules: tuple[RecordRule, ...] = ()
    title_fields: tuple[str, ...]
    subtitle_fields: tuple[str, ...] = ()
    identity: tuple[Key, ...]
    similar: tuple[Key, ...]
    latest_by: str = ""
    actions: frozenset[RecordAction] = EVERY_ACTION

    def field(self, name: str) -> Field:
        """Find a field.

        Raises:
            KeyError: there is none of this name.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def editable(self) -> tuple[Field, ...]:
        """The fields that a person may propose."""
        return tuple(field for field in self.fields if not field.read_only)

    def title(self, payload: Mapping[str, Value], codes: Codes) -> str:
        """Name a record in a list.

        Returns:
            Words of the title fields, or the label of the kind where all are empty.
        """
        return self._words(self.title_fields, payload, codes) or self.label

    def subtitle(self, payload: Mapping[str, Value], codes: Codes) -> str:
        """Say more of a record in a list; may be empty. Arguments as for `title`."""
        return self._words(self.subtitle_fields, payload, codes)

    def required_documents(self, payload: Mapping[str, Value], person: PersonFacts) -> tuple[DocumentRule, ...]:
        """List the documents without which this record cannot be sent."""
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
    """One of the twelve groups.

    Attributes:
        kinds: kinds of record in it, one tab each.
        none_hint: when to declare it; empty where it needs no explanation.
    """

    key: str
    label: str
    description: str
    kinds: tuple[RecordKind, ...]
    requirement: Requirement
    may_have_none: bool = False
    none_hint: str = ""
    sesuai_allowed: bool = True
    verified: bool = True
    applies_to: frozenset[JenisPegawai] = ALL
