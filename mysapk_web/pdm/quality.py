"""The page "Periksa data saya": BKN's data quality checks on what is on file about one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.code_tables import StoredCodes, search_codes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import latest_first
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.reference.builtin import fold
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.proposal import SENT_STATES
from mysapk_web.pdm.rules.quality import QualityFinding, check_person
from mysapk_web.pdm.rules.quality_data import PersonData
from mysapk_web.pdm.tables import PersonnelRecord, Proposal

_KINDS: Final = ("profil", "golongan", "jabatan", "pendidikan", "skp", "cpns-pns", "cltn")
_FUNCTIONAL, _PELAKSANA = "jabatan_fungsional", "jabatan_pelaksana"

Records = Mapping[str, list[dict[str, Value]]]
"""By kind, the latest first."""


@dataclass(frozen=True, slots=True)
class FindingView:
    key: str
    dimension: str
    sentence: str
    remedy: str
    href: str
    link: str
    pending: bool
    """A proposal of that group is on its way and may settle it."""


def check_own_data(session: Session, actor: Actor) -> list[FindingView]:
    """The most serious first."""
    actor.require(Permission.SEE_OWN_PROFILE)
    person = load_context(session, actor.pegawai_id)
    found = check_person(_person(session, person))
    sent = set(
        session.exec(
            select(Proposal.group).where(
                Proposal.pegawai_id == person.pegawai_id, col(Proposal.state).in_(sorted(SENT_STATES))
            )
        )
    )
    by_gravity = sorted(found, key=lambda each: each.weight * each.dimension.share, reverse=True)
    return [_view(each, person, sent) for each in by_gravity]


def _view(found: QualityFinding, person: PersonContext, sent: set[str]) -> FindingView:
    group = next((each for each in person.groups if each.key == found.group), None)
    if group is None:
        href, link = "/bantuan", "Kontak admin instansi"
    else:
        href, link = ("/profil" if group.key == "profil" else f"/pdm/{group.key}"), group.label
    return FindingView(
        key=found.key,
        dimension=found.dimension.label,
        sentence=found.sentence,
        remedy=found.remedy,
        href=href,
        link=link,
        pending=found.group in sent,
    )


def _person(session: Session, person: PersonContext) -> PersonData:
    pegawai = session.get_one(Pegawai, person.pegawai_id)
    records, table = _records(session, person.pegawai_id), StoredCodes(session)
    profil, post = _latest(records, "profil"), _latest(records, "jabatan")
    appointed, functional = _latest(records, "cpns-pns"), _text(post, _FUNCTIONAL)
    agency = session.get_one(Instansi, pegawai.instansi_id).code
    return PersonData(
        jenis=pegawai.jenis,
        today=person.times.today,
        nip=pegawai.nip,
        birth_date=pegawai.birth_date,
        gender=pegawai.gender,
        tmt_cpns=_day(appointed, "tmt_cpns"),
        tmt_pns=_day(appointed, "tmt_pns"),
        jenis_jabatan=_text(post, "jenis_jabatan"),
        jabatan=functional or _text(post, _PELAKSANA),
        jenjang=table.parent(_FUNCTIONAL, functional),
        named_as_functional=_named_as_functional(session, table, _text(post, _PELAKSANA)),
        eselon=_text(post, "eselon"),
        golongan=_text(_latest(records, "golongan"), "golongan"),
        tingkat_pendidikan=_text(_latest(records, "pendidikan"), "tingkat_pendidikan"),
        gelar=pegawai.title_prefix + pegawai.title_suffix,
        skp_years=frozenset(year for row in records["skp"] if isinstance(year := row["tahun"], int)),
        email=pegawai.email_key or "",
        nomor_hp=_text(profil, "nomor_hp"),
        nik=_text(profil, "nik"),
        kedudukan_hukum=_text(profil, "kedudukan_hukum"),
        bup=bup if isinstance(bup := profil.get("bup"), int) else None,
        cltn_until=_day(_latest(records, "cltn"), "tanggal_selesai"),
        jenis_pegawai=_text(profil, "jenis_pegawai"),
        # Comparable only if the agency uses its code of the table.
        instansi_induk=agency if table.exists("instansi", agency) else "",
        instansi_kerja=_text(post, "instansi_kerja"),
    )


def _records(session: Session, pegawai_id: int) -> Records:
    rows = session.exec(
        select(PersonnelRecord).where(
            PersonnelRecord.pegawai_id == pegawai_id,
            col(PersonnelRecord.kind).in_(_KINDS),
            col(PersonnelRecord.removed_at).is_(None),
        )
    ).all()
    return {
        key: [
            decode_payload(declared, row.payload)
            for row in latest_first(declared, (row for row in rows if row.kind == declared.key))
        ]
        for key, declared in ((key, get_kind(key)) for key in _KINDS)
    }


def _latest(records: Records, key: str) -> dict[str, Value]:
    return records[key][0] if records[key] else {}


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _day(values: Mapping[str, Value], name: str) -> date | None:
    try:
        return date.fromisoformat(_text(values, name))
    except ValueError:
        return None


def _named_as_functional(session: Session, table: StoredCodes, code: str) -> bool:
    """Whether a pelaksana post has the name of a functional one."""
    name = table.label(_PELAKSANA, code) if code else None
    if not name:
        return False
    return any(fold(entry.label) == fold(name) for entry in search_codes(session, _FUNCTIONAL, name))
