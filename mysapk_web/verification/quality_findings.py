"""Findings of BKN's index of data quality about a person, before and after a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import dossier as held
from mysapk_web.pdm.dossier import Dossier
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.quality import QualityFinding, check_person
from mysapk_web.pdm.rules.quality_data import PersonData
from mysapk_web.pdm.tables import Proposal

_KINDS: Final = ("profil", "golongan", "jabatan", "pendidikan", "skp", "cpns-pns", "cltn")

Values = Mapping[str, Value]


def quality_findings(
    session: Session, holdings: Dossier, proposal: Proposal
) -> tuple[list[QualityFinding], list[QualityFinding]]:
    """Findings that the group of a proposal can fix: on file, and with the proposal applied."""
    held.load_records(session, holdings, [get_kind(key) for key in _KINDS])
    person = session.get_one(Pegawai, proposal.pegawai_id)
    now = {key: _records(holdings, get_kind(key)) for key in _KINDS}
    then = {key: _with(holdings, get_kind(key), proposal) if key == proposal.kind else now[key] for key in _KINDS}
    before, after = (
        [each for each in check_person(_data(holdings, person, records)) if each.group == proposal.group]
        for records in (now, then)
    )
    return before, after


def _records(holdings: Dossier, declared: RecordKind) -> list[Values]:
    return [decode_payload(declared, record.payload) for record in holdings.records[declared.key]]


def _with(holdings: Dossier, declared: RecordKind, proposal: Proposal) -> list[Values]:
    """The records with the proposed one first: of most kinds only the latest can be proposed."""
    others = [
        decode_payload(declared, record.payload)
        for record in holdings.records[declared.key]
        if record.id != proposal.record_id
    ]
    if proposal.action is RecordAction.DELETE:
        return list(others)
    on_file = next((each.payload for each in holdings.records[declared.key] if each.id == proposal.record_id), {})
    return [decode_payload(declared, {**on_file, **proposal.payload}), *others]


def _data(holdings: Dossier, person: Pegawai, records: Mapping[str, Sequence[Values]]) -> PersonData:
    here = holdings.person
    profil, golongan, jabatan, pendidikan, appointed, leave = (
        records[key][0] if records[key] else {}
        for key in ("profil", "golongan", "jabatan", "pendidikan", "cpns-pns", "cltn")
    )
    years = {each.get("tahun") for each in records["skp"]}
    return PersonData(
        jenis=here.facts.jenis,
        today=here.times.today,
        nip=here.facts.nip,
        birth_date=here.facts.birth_date,
        gender=here.facts.gender,
        tmt_cpns=_day(appointed.get("tmt_cpns")),
        tmt_pns=_day(appointed.get("tmt_pns")),
        jenis_jabatan=_text(jabatan.get("jenis_jabatan")),
        jabatan=_text(jabatan.get("jabatan_fungsional")) or _text(jabatan.get("jabatan_pelaksana")),
        eselon=_text(jabatan.get("eselon")),
        golongan=_text(golongan.get("golongan")),
        tingkat_pendidikan=_text(pendidikan.get("tingkat_pendidikan")),
        gelar=" ".join(
            [
                person.title_prefix,
                person.title_suffix,
                _text(pendidikan.get("gelar_depan")),
                _text(pendidikan.get("gelar_belakang")),
            ]
        ),
        skp_years=frozenset(year for year in years if isinstance(year, int)),
        email=person.email_key or "",
        nomor_hp=_text(profil.get("nomor_hp")),
        nik=_text(profil.get("nik")),
        kedudukan_hukum=_text(profil.get("kedudukan_hukum")),
        cltn_until=_day(leave.get("tanggal_selesai")),
    )


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Value) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
