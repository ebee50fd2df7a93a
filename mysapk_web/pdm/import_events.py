"""What the audit log says of imports of people, records and code tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mysapk_web.pdm.audit_events import ImportDiscarded, ImportStopped, ImportUndone, OtherImportPayload
from mysapk_web.platform.imports.kind import ImportKind, RunEvent
from mysapk_web.platform.imports.tables import ImportRun

_OTHER_EVENTS: Final[Mapping[RunEvent, type[OtherImportPayload]]] = MappingProxyType(
    {RunEvent.DISCARDED: ImportDiscarded, RunEvent.STOPPED: ImportStopped, RunEvent.UNDONE: ImportUndone}
)


def run_facts(kind: ImportKind, run: ImportRun) -> dict[str, Any]:
    """Fields of `ImportPayload`."""
    rows = Counter[str]()
    for value, count in run.counts.items():
        rows[kind.verdicts(value).report.value] += count
    return {
        "rows": dict(rows),
        "import_id": run.id,
        "sha256": run.file_hash,
        "applied": run.applied,
        "undone": run.undone,
    }


def other_event(kind: ImportKind, run: ImportRun, event: RunEvent) -> OtherImportPayload:
    """The event of a run that was not applied to its end."""
    return _OTHER_EVENTS[event](import_kind=kind.key, **run_facts(kind, run))
