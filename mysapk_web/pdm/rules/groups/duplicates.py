"""Which records of a person are the same, and which may be: compared by the keys of their kind, blind to how they were typed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from mysapk_web.pdm.rules.groups.base import Key, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value
from mysapk_web.platform.rules.text import INVISIBLE

Keys: TypeAlias = frozenset[tuple[str | int, ...]]
"""Values by which records are compared: two agree when they have one in common."""

_APOSTROPHES: Final = frozenset("'`\u00b4\u02bb\u02bc\u2018\u2019")
_DROPPED: Final = dict.fromkeys(map(ord, INVISIBLE | _APOSTROPHES))
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
_ACCENTS: Final = range(0x0300, 0x0370)
_WHOLE: Final = -1
"""Stands in front of all values of a record, where other keys have their place in the declaration."""


def normal_form(field: Field, value: Value) -> str:
    """Bring a value into the form in which it is compared.

    Of a text the words count: case, accents, apostrophes, invisible and full-width characters don't, and any blanks or marks between
    two words are as good as any others, so `823/114/2022` is `823 - 114 - 2022`. What has no letter and no
    digit, such as a dash for "none", is empty.

    Returns:
        Empty where the record says nothing; an empty tick is as good as none.
    """
    if value is None or value is False:
        return ""
    text = str(value)
    if field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return _words(text)
    if field.kind is FieldKind.DECIMAL:
        try:
            return format(Decimal(text).normalize(), "f")
        except InvalidOperation:
            return text.strip()
    return text.strip()


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """What a record is compared by.

    Attributes:
        whole: all that it says; two that have it in common say the same in every field.
        identity: the complete keys of its kind, and `whole`, which stands for a record that lacks a part of each. None of a record that
            says nothing.
        similar: the complete keys that make another record worth a look.
    """

    whole: tuple[str, ...]
    identity: Keys
    similar: Keys

    def same(self, other: "RecordKeys") -> bool:
        """Tell whether two records of one person are the same."""
        return not self.identity.isdisjoint(other.identity)

    def alike(self, other: "RecordKeys") -> bool:
        """Tell whether two records of one person may be the same, or are."""
        return self.same(other) or not self.similar.isdisjoint(other.similar)


def keys_of(kind: RecordKind, payload: Mapping[str, Value]) -> RecordKeys:
    """Read from a record what it is compared by."""
    forms = {field.name: normal_form(field, payload.get(field.name)) for field in kind.fields}
    whole = tuple(forms.values())
    identity: Keys = frozenset()
    if any(whole):
        identity = _complete(kind.identity, forms) | {(_WHOLE, *whole)}
    return RecordKeys(whole, identity, _complete(kind.similar, forms))


def is_same(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Tell whether two records of one person are the same."""
    return keys_of(kind, one).same(keys_of(kind, other))


def becomes_same(before: RecordKeys | None, after: RecordKeys, other: RecordKeys) -> bool:
    """Tell whether a proposal makes a record the same as another one.

    Args:
        before: of the record on file that is changed; None when one is added.

    Returns:
        False where the two were the same already: such a pair is on file, and refusing every change would leave it there for good.
    """
    return after.same(other) and (before is None or not before.same(other))


def agreed_field(kind: RecordKind, one: RecordKeys, other: RecordKeys) -> str:
    """Name the field where a form says that two records are the same: the last one of the key they agree on; empty for none."""
    agreed = {key[0] for key in one.identity & other.identity}
    fields = (key.fields for place, key in enumerate(kind.identity) if place in agreed and key.fields)
    return next(fields, ("",))[-1]


def differing_fields(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> frozenset[str]:
    """Name the fields in which two records do not say the same."""
    return frozenset(
        field.name
        for field in kind.fields
        if normal_form(field, one.get(field.name)) != normal_form(field, other.get(field.name))
    )


def _complete(keys: Iterable[Key], forms: Mapping[str, str]) -> Keys:
    return frozenset(
        (place, *(forms[name] for name in (*key.fields, *key.also)))
        for place, key in enumerate(keys)
        if all(forms[name] for name in key.fields)
    )


def _words(text: str) -> str:
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.translate(_DROPPED).lower()))
    # Folded twice: some letters fall apart only when their case is gone.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_DROPPED)).casefold())
    kept = (
        character if character.isalnum() or unicodedata.category(character).startswith("M") else " "
        for character in folded
        if ord(character) not in _ACCENTS
    )
    return " ".join("".join(kept).split())
