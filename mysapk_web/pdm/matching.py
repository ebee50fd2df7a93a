"""What a person already has that a proposal would duplicate, or nearly: on file and among open proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mysapk_web.pdm.dossier import Dossier
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.rules.groups import group_of_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.diff import FieldChange, differences
from mysapk_web.pdm.rules.groups.duplicates import (
    Keys,
    RecordKeys,
    agreed_field,
    becomes_same,
    differing_fields,
    keys_of,
)
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES
from mysapk_web.pdm.tables import PersonnelRecord, Proposal

_ADDED: Final = (
    "{title} sudah ada pada berkas. Jangan ditambahkan lagi; bila isinya keliru, ubah data yang sudah ada itu."
)
_CHANGED: Final = (
    "Dengan perubahan ini data menjadi sama dengan data lain pada berkas: {title}. Periksa kembali isian ini."
)
_PROPOSED: Final = (
    "Usulan lain dengan data yang sama sudah ada: {title}. Lanjutkan usulan itu atau hapus salah satunya."
)
_BEFORE: Final = "Pada berkas memang sudah ada dua data yang sama. Usulan ini tetap dapat dikirim."
_LATER: Final = "Usulan lain dengan data yang sama dibuat sesudah usulan ini. Hapus salah satunya."
_SIMILAR: Final = "Bila keduanya hal yang sama, jangan kirim usulan ini. Bila berbeda, lanjutkan."


@dataclass(frozen=True, slots=True)
class Match:
    """Something the person has that is the same as a proposal, or similar."""

    refused: bool
    """The proposal would duplicate it and can't be sent, verified or applied."""
    same: bool
    """By the identity of their kind; otherwise similar."""
    on_file: bool
    """A record; otherwise another proposal."""
    number: int
    """Id of the record or proposal."""
    field: str
    """Where the form shows it; empty for the whole form."""
    where: str
    """On file or proposed, in words."""
    title: str
    subtitle: str
    href: str
    differences: list[FieldChange]
    """`before` is what it says, `after` what the proposal says."""
    sentence: str
    """What its owner can do."""


@dataclass(frozen=True, slots=True)
class Matches:
    records: int = 0
    """How many it was compared with."""
    proposals: int = 0
    """How many it was compared with."""
    matches: tuple[Match, ...] = ()
    """The same ones first, then similar ones."""

    @property
    def blocking(self) -> list[Match]:
        return [each for each in self.matches if each.refused]

    @property
    def advisory(self) -> list[Match]:
        """Those that have to be looked at but don't prevent sending."""
        return [each for each in self.matches if not each.refused]


def find_matches(
    dossier: Dossier,
    proposal: Proposal,
    declared: RecordKind,
    values: Mapping[str, Value],
    codes: Codes,
    *,
    official: bool = False,
) -> Matches:
    """Compare a proposal, not a deletion, with everything of its kind that the person has.

    Args:
        official: For reviewers: values unmasked; drafts and proposals in other agencies are left out.
    """
    mine = next((each for each in dossier.records.get(proposal.kind, ()) if each.id == proposal.record_id), None)
    before = decode_payload(declared, mine.payload) if mine else {}
    # Fields that only the agency maintains stay when a proposal is applied.
    after = {**before, **values}
    proposed = _Proposed(after, keys_of(declared, after), keys_of(declared, before) if mine else None)
    others = [
        _Other(record.payload, on_file=True, number=record.pk, first=True)
        for record in dossier.records.get(proposal.kind, ())
        if record is not mine
    ]
    records = len(others)
    others += [
        _Other(other.payload, on_file=False, number=other.pk, first=_is_first(other, proposal))
        for other in _under_way(dossier.proposals, proposal)
        if not official or (other.state not in EDITABLE_STATES and other.instansi_id == proposal.instansi_id)
    ]
    found = (_match(declared, proposed, each, codes, reveal=official) for each in others)
    matches = sorted((each for each in found if each), key=lambda each: (not each.refused, not each.same))
    return Matches(records, len(others) - records, tuple(matches))


def has_duplicate(dossier: Dossier, declared: RecordKind, record: PersonnelRecord) -> bool:
    """Whether another record on file is the same, so that this one may go even if it is not the latest."""
    counts = dossier.identities.get(declared.key)
    if counts is None:
        counts = dossier.identities[declared.key] = Counter(
            key for each in dossier.records[declared.key] for key in _identity(declared, each)
        )
    return any(counts[key] > 1 for key in _identity(declared, record))


def _identity(declared: RecordKind, record: PersonnelRecord) -> Keys:
    return keys_of(declared, decode_payload(declared, record.payload)).identity


def find_duplicate(
    declared: RecordKind,
    records: Sequence[PersonnelRecord],
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value],
) -> PersonnelRecord | None:
    """The record on file that a proposal would duplicate.

    Args:
        records: Of the person and kind, without the one that is changed.
        before: Values of the record that is changed; None if one is added.
    """
    old = None if before is None else keys_of(declared, before)
    new = keys_of(declared, after)
    keys = ((each, keys_of(declared, decode_payload(declared, each.payload))) for each in records)
    return next((each for each, theirs in keys if becomes_same(old, new, theirs)), None)


def _under_way(proposals: Sequence[Proposal], proposal: Proposal) -> list[Proposal]:
    return [
        other
        for other in proposals
        if other.kind == proposal.kind
        and other.ended_at is None
        and other.action is not RecordAction.DELETE
        and other.id != proposal.id
    ]


def _is_first(other: Proposal, proposal: Proposal) -> bool:
    """Of two proposals that are the same only the later one is at fault.

    One with the reviewers comes before one that its owner can still change; of two with the reviewers, the one sent
    first; of two with their owner, the one started first.
    """
    theirs, mine = other.state in EDITABLE_STATES, proposal.state in EDITABLE_STATES
    if theirs is not mine:
        return mine
    if not mine and other.sent_at and proposal.sent_at:
        return (other.sent_at, other.pk) < (proposal.sent_at, proposal.pk)
    return other.pk < proposal.pk


@dataclass(frozen=True, slots=True)
class _Proposed:
    """`before` belongs to the record that is changed."""

    values: Mapping[str, Value]
    keys: RecordKeys
    before: RecordKeys | None


@dataclass(frozen=True, slots=True)
class _Other:
    payload: Mapping[str, Any]
    on_file: bool
    number: int
    first: bool
    """It was there before the proposal."""


def _match(declared: RecordKind, proposed: _Proposed, other: _Other, codes: Codes, *, reveal: bool) -> Match | None:
    values = decode_payload(declared, other.payload)
    keys = keys_of(declared, values)
    if not proposed.keys.alike(keys):
        return None
    refused = other.first and becomes_same(proposed.before if other.on_file else None, proposed.keys, keys)
    same, title = proposed.keys.same(keys), declared.title(values, codes)
    differing = differing_fields(declared, values, proposed.values)
    return Match(
        refused=refused,
        same=same,
        on_file=other.on_file,
        number=other.number,
        field=agreed_field(declared, proposed.keys, keys) if refused else "",
        where="data pada berkas" if other.on_file else "usulan lain",
        title=title,
        subtitle=declared.subtitle(values, codes),
        href=_address(declared, other),
        differences=[
            each
            for each in differences(declared, values, proposed.values, codes, reveal=reveal)
            if each.field in differing
        ],
        sentence=_sentence(other, title, adds=proposed.before is None, refused=refused, same=same),
    )


def _address(declared: RecordKind, other: _Other) -> str:
    group = f"/pdm/{group_of_kind(declared.key).key}"
    return f"{group}?riwayat={other.number}#riwayat-{other.number}" if other.on_file else f"{group}/{other.number}"


def _sentence(other: _Other, title: str, *, adds: bool, refused: bool, same: bool) -> str:
    if not same:
        return _SIMILAR
    if not refused:
        return _BEFORE if other.on_file else _LATER
    return (_PROPOSED if not other.on_file else _ADDED if adds else _CHANGED).format(title=title)
