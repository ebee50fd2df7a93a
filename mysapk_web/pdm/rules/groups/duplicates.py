"""Which records of a person are the same or similar, compared by the keys of their kind however they were typed."""

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
"""Two records agree if they have one of these in common."""

_APOSTROPHES: Final = frozenset("'`\u00b4\u02bb\u02bc\u2018\u2019")
_DROPPED: Final = dict.fromkeys(map(ord, INVISIBLE | _APOSTROPHES))
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
_ACCENTS: Final = range(0x0300, 0x0370)
_WHOLE: Final = -1
"""In place of the position of a key in the declaration, before all values of a record."""


def normal_form(field: Field, value: Value) -> str:
    """The form in which a value is compared; empty if it says nothing.

    For text, words count: case, accents, apostrophes, invisible and full-width characters don't, and any separator
    equals any other, so `823/114/2022` is `823 - 114 - 2022`. Text without a letter or digit, such as a dash for
    "none", is empty.
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
    """What a record is compared by."""

    whole: tuple[str, ...]
    """All values: records that have it in common are equal in every field."""
    identity: Keys
    """The complete keys, and `whole` for a record that lacks a part of each. Empty for an empty record."""
    similar: Keys
    """The complete keys that make another record worth a look."""

    def same(self, other: "RecordKeys") -> bool:
        return not self.identity.isdisjoint(other.identity)

    def alike(self, other: "RecordKeys") -> bool:
        """The same, or similar."""
        return self.same(other) or not self.similar.isdisjoint(other.similar)


def keys_of(kind: RecordKind, payload: Mapping[str, Value]) -> RecordKeys:
    forms = {field.name: normal_form(field, payload.get(field.name)) for field in kind.fields}
    whole = tuple(forms.values())
    identity: Keys = frozenset()
    if any(whole):
        identity = _complete(kind.identity, forms) | {(_WHOLE, *whole)}
    return RecordKeys(whole, identity, _complete(kind.similar, forms))


def is_same(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    return keys_of(kind, one).same(keys_of(kind, other))


def becomes_same(before: RecordKeys | None, after: RecordKeys, other: RecordKeys) -> bool:
    """Whether a proposal makes a record the same as another one.

    False if the two were the same before: that pair is on file, and rejecting every change would keep it there for
    good.

    Args:
        before: Of the record that is changed; None if one is added.
    """
    return after.same(other) and (before is None or not before.same(other))


def agreed_field(kind: RecordKind, one: RecordKeys, other: RecordKeys) -> str:
    """Where a form shows that two records are the same: the last field of the key they agree on; empty for none."""
    agreed = {key[0] for key in one.identity & other.identity}
    fields = (key.fields for place, key in enumerate(kind.identity) if place in agreed and key.fields)
    return next(fields, ("",))[-1]


def differing_fields(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> frozenset[str]:
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
    # Folded twice: some letters decompose only after their case is folded.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_DROPPED)).casefold())
    kept = (
        character if character.isalnum() or unicodedata.category(character).startswith("M") else " "
        for character in folded
        if ord(character) not in _ACCENTS
    )
    return " ".join("".join(kept).split())
