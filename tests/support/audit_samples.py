"""An event of any tag, for tests that don't mind what it carries."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from mysapk_web.administration.audit.payloads import PAYLOADS
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditPayload


def sample(tag: AuditTag, **given: Any) -> AuditPayload:
    """A payload of a tag, every key filled."""
    return _filled(PAYLOADS[tag], given)


def _filled(payload: type[AuditPayload], given: Mapping[str, Any]) -> AuditPayload:
    hints = get_type_hints(payload)
    return payload(**{key: given.get(key, _value(payload, key, hints[key])) for key in payload.keys})


def _value(payload: type[AuditPayload], key: str, hint: Any) -> Any:
    if NoneType in get_args(hint):
        return _value(payload, key, next(each for each in get_args(hint) if each is not NoneType))
    codes = payload.keys[key].codes
    text = next(iter(codes), "contoh")
    if get_origin(hint) is dict:
        return {text: 2}
    if get_origin(hint) is list:
        return [text]
    if isinstance(hint, type) and issubclass(hint, AuditPayload):
        return _filled(hint, {})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return {str: text, int: 3, bool: True}[hint]
