"""Which records of a person are the same, and which may be: compared by the keys of their kind, blind to how they were typed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from mysapk_web.domain.groups.base import Key, RecordKind
from mysapk_web.domain.groups.fields import Field, FieldKind, Value
from mysapk_web.domain.text import INVISIBLE

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

    Args:
        field: whose value it is.
        value: as stored.

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


def identity_keys(kind: RecordKind, payload: Mapping[str, Value]) -> Keys:
    """What a record is recognised by; two records of one person are the same when they have one of these in common.

    Args:
        kind: declares the keys.
        payload: stored values.

    Returns:
        The complete keys, and all values together, which stand for a record that lacks a part of each key. None of a record that says
        nothing.
    """
    forms = _forms(kind, payload)
    if not any(forms.values()):
        return frozenset()
    return _complete(kind.identity, forms) | {(_WHOLE, *forms.values())}


def whole_key(kind: RecordKind, payload: Mapping[str, Value]) -> tuple[str, ...]:
    """All values of a record: two that have it in common say the same in every field."""
    return tuple(_forms(kind, payload).values())


def similar_keys(kind: RecordKind, payload: Mapping[str, Value]) -> Keys:
    """What makes another record of the person worth a look; as `identity_keys`."""
    return _complete(kind.similar, _forms(kind, payload))


def is_same(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Tell whether two records of one person are the same."""
    return not identity_keys(kind, one).isdisjoint(identity_keys(kind, other))


def is_similar(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Tell whether two records of one person may be the same, or are."""
    return is_same(kind, one, other) or not similar_keys(kind, one).isdisjoint(similar_keys(kind, other))


def becomes_same(
    kind: RecordKind, before: Mapping[str, Value] | None, after: Mapping[str, Value], other: Mapping[str, Value]
) -> bool:
    """Tell whether a proposal makes a record the same as another one.

    Args:
        kind: declares the keys.
        before: the record on file that is changed; None when one is added.
        after: the record as proposed.
        other: another record of the person.

    Returns:
        False where the two were the same already: such a pair is on file, and refusing every change would leave it there for good.
    """
    return is_same(kind, after, other) and (before is None or not is_same(kind, before, other))


def agreed_field(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> str:
    """Name the field where a form says that two records are the same: the last one of the key they agree on; empty for none."""
    for key in kind.identity:
        if key.fields and not _complete((key,), _forms(kind, one)).isdisjoint(_complete((key,), _forms(kind, other))):
            return key.fields[-1]
    return ""


def differing_fields(kind: RecordKind, one: Mapping[str, Value], other: Mapping[str, Value]) -> frozenset[str]:
    """Name the fields in which two records do not say the same."""
    return frozenset(
        field.name
        for field in kind.fields
        if normal_form(field, one.get(field.name)) != normal_form(field, other.get(field.name))
    )


def _forms(kind: RecordKind, payload: Mapping[str, Value]) -> dict[str, str]:
    return {field.name: normal_form(field, payload.get(field.name)) for field in kind.fields}


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
