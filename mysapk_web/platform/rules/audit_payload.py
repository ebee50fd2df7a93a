"""What an event of the audit log carries: one frozen payload a tag, and beside each key the words that pages show for it.

The payloads stand in `audit_events.py` of their context. A key means one thing in all of them
(`tests/unit/administration/audit/test_payloads.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, StrEnum
from types import NoneType
from typing import Annotated, Any, ClassVar, Final, dataclass_transform, get_args, get_origin, get_type_hints

from mysapk_web.platform.rules.audit import AuditTag


class ShownAs(StrEnum):
    """How the value of a key is shown."""

    TEXT = "text"
    """As it is, or by its label in `AuditKey.codes`."""
    MOMENT = "moment"
    """ISO 8601 with an offset."""
    UNIT = "unit"
    """Id of a unit."""
    ORG_NODE = "org-node"
    """Key of a unit ("u34"), an agency ("i5") or the country ("nasional")."""
    COUNTS = "counts"
    """How many of each code."""


@dataclass(frozen=True, slots=True)
class AuditKey:
    """A key of a payload, in words."""

    label: str
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Label of each value that is a code; a value that isn't here is shown as it is."""
    shown: ShownAs = ShownAs.TEXT
    payload: type[AuditPayload] | None = None
    """Of a value that is a payload itself."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class AuditPayload:
    """Base of all payloads. A subclass with a tag is the only way to write an event with that tag.

    Fields are `Annotated` with their `AuditKey`. Values are plain JSON or a `StrEnum`, never a secret. None is not stored.
    """

    tag: ClassVar[AuditTag]
    keys: ClassVar[Mapping[str, AuditKey]]

    def __init_subclass__(cls, *, tag: AuditTag | None = None) -> None:
        """Make the class a frozen dataclass.

        Raises:
            TypeError: A field without its `AuditKey`.
        """
        super().__init_subclass__()
        dataclass(frozen=True, kw_only=True)(cls)
        if tag is not None:
            cls.tag = tag
        cls.keys = dict(_keys(cls))

    def stored(self) -> dict[str, Any]:
        """The keys and values as JSON."""
        values = ((key, getattr(self, key)) for key in self.keys)
        return {key: _plain(value) for key, value in values if value is not None}


_SCALARS: Final = (str, int, float, bool, NoneType)


def _plain(value: Any) -> Any:
    if isinstance(value, AuditPayload):
        return value.stored()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if not isinstance(value, _SCALARS):
        raise TypeError(f"{type(value).__name__} is no plain value for the audit log")
    return value


def _keys(payload: type[AuditPayload]) -> Iterator[tuple[str, AuditKey]]:
    hints = get_type_hints(payload, include_extras=True)
    for each in fields(payload):  # type: ignore[arg-type]
        found = [key for key in _metadata(hints[each.name]) if isinstance(key, AuditKey)]
        if len(found) != 1:
            raise TypeError(f"{payload.__name__}.{each.name} needs its AuditKey")
        yield each.name, found[0]


def _metadata(hint: Any) -> Iterator[Any]:
    """Also of `Annotated[...] | None`."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
    else:
        for each in get_args(hint):
            yield from _metadata(each)


# Rows written before the keys had one language ---------------------------------------------------

FORMER_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "aksi": ("action",),
    "alasan": ("reason_code",),
    "baris": ("row_count",),
    "batas": ("limit",),
    "bentuk": ("file_format",),
    "bukti": ("proof_number",),
    "count": ("session_count",),
    "created": ("people_created",),
    "daftar": ("listing",),
    "dari": ("since",),
    "dasar": ("legal_source",),
    "dicari": ("incomplete_kind",),
    "document": ("document_id",),
    "domain_sebelum": ("domains_before",),
    "domain_sesudah": ("domains_after",),
    "field": ("fields",),
    "fits": ("email_matches",),
    "grup": ("group",),
    "impor": ("import_id",),
    "isi": ("text",),
    "isi_sebelum": ("text_before",),
    "jam_layanan": ("service_hours",),
    "jenis": ("period_kind", "record_kind", "letter", "employee_kind"),
    "judul": ("title",),
    "judul_sebelum": ("title_before",),
    "jumlah": ("people_count",),
    "kelompok": ("group",),
    "keluhan_url": ("complaint_url",),
    "keterangan": ("cause",),
    "label": ("token_name",),
    "laporan": ("import_report",),
    "left": ("codes_left",),
    "mulai": ("starts_at",),
    "nama": ("name",),
    "note": ("recorded_position",),
    "penangan": ("handler",),
    "pengumuman": ("announcement_id",),
    "percobaan": ("tries",),
    "periode": ("period_id",),
    "pernyataan": ("declaration",),
    "proposal": ("proposal_id",),
    "rows": ("verdicts", "row_count"),
    "rule": ("document_code",),
    "sampai": ("until",),
    "sampai_sebelum": ("until_before",),
    "saringan": ("filters",),
    "sebab": ("error",),
    "sebelum": ("policy_before",),
    "selesai": ("ends_at",),
    "sesudah": ("policy_after",),
    "situs": ("website",),
    "state": ("eligibility",),
    "status": ("proposal_state",),
    "surat": ("mail_id",),
    "tahap": ("phase",),
    "taken": ("email_taken",),
    "telepon": ("phone",),
    "tempat": ("org_node",),
    "tindakan": ("event_tag",),
    "token": ("token_id",),
    "usulan": ("proposal_id",),
    "within": ("within_limit",),
}
"""Former key -> the keys it may stand for; the payload of the tag tells which. Stored rows are never rewritten (decision 0012)."""


def present_key(payload: type[AuditPayload], key: str) -> str:
    """What a key of a stored row is called now; one that nobody knows stays as it is."""
    if key in payload.keys:
        return key
    return next((each for each in FORMER_KEYS.get(key, ()) if each in payload.keys), key)


def former_keys(key: str) -> tuple[str, ...]:
    """What a key may be called in older rows."""
    return tuple(former for former, present in FORMER_KEYS.items() if key in present)
