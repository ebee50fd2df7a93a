"""The detail of an event in words, as the payload of its tag declares them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.administration.audit.payloads import PAYLOADS
from mysapk_web.organisation.revisions import NATIONAL
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload, ShownAs, present_key
from mysapk_web.platform.rules.timezones import format_moment_compact

_UNKNOWN_UNIT: Final = "Unit yang sudah dihapus"


class OrgNames:
    """Names of the units and agencies that details mention, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str] = {NATIONAL: "Seluruh instansi"}

    def load(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Read the names for some events, each given as tag and detail."""
        nodes = {node for tag, detail in events for node in _org_nodes(PAYLOADS.get(tag), detail)}
        for letter, table in (("u", Unor), ("i", Instansi)):
            ids = [int(node[1:]) for node in nodes - self._names.keys() if node[0] == letter]
            if ids:
                rows = self._session.exec(select(table.id, table.name).where(col(table.id).in_(ids)))
                self._names.update({f"{letter}{id_}": name for id_, name in rows})

    def name_of(self, node: str) -> str:
        """Name of a unit ("u34"), an agency ("i5") or the country."""
        return self._names.get(node, _UNKNOWN_UNIT)


def describe(tag: str, detail: Mapping[str, Any], names: OrgNames, timezone: str) -> str:
    """The detail of an event in words, whichever release has written it."""
    return "; ".join(f"{label}: {words}" for label, words in _pairs(PAYLOADS.get(tag), detail, names, timezone))


Payload = type[AuditPayload] | None
"""None for a tag that no release has known: its keys are shown as they are."""


def _declared(payload: Payload, detail: Mapping[str, Any]) -> Iterator[tuple[AuditKey, Any]]:
    for name, value in detail.items():
        key = payload.keys.get(present_key(payload, name)) if payload else None
        yield key or AuditKey(name), value


def _pairs(payload: Payload, detail: Mapping[str, Any], names: OrgNames, timezone: str) -> Iterator[tuple[str, str]]:
    for key, value in _declared(payload, detail):
        words = "" if value is None else _words(key, value, names, timezone)
        if words:
            yield key.label, words


def _words(key: AuditKey, value: Any, names: OrgNames, timezone: str) -> str:
    if isinstance(value, dict):
        pairs = (
            _pairs(key.payload, value, names, timezone)
            if key.payload
            else ((key.codes.get(code, code), _plain(count)) for code, count in value.items())
        )
        return ", ".join(f"{label} {words}" for label, words in pairs)
    if isinstance(value, list):
        return ", ".join(key.codes.get(str(each), str(each)) for each in value)
    if key.shown is ShownAs.UNIT:
        return names.name_of(f"u{value}")
    if not isinstance(value, str):
        return _plain(value)
    if key.shown is ShownAs.ORG_NODE:
        return names.name_of(value) if value else ""
    return _moment(value, timezone) if key.shown is ShownAs.MOMENT else key.codes.get(value, value)


def _org_nodes(payload: Payload, detail: Mapping[str, Any]) -> Iterator[str]:
    for key, value in _declared(payload, detail):
        if key.payload and isinstance(value, dict):
            yield from _org_nodes(key.payload, value)
        elif key.shown in (ShownAs.UNIT, ShownAs.ORG_NODE):
            node = f"u{value}" if key.shown is ShownAs.UNIT else str(value)
            if node[:1] in ("u", "i") and node[1:].isdecimal() and len(node) < 11:
                yield node


def _moment(value: str, timezone: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return format_moment_compact(at, timezone) if at.tzinfo else value


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)
