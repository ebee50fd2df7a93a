"""Riwayat pendidikan, diklat struktural, kursus: one tile with three tabs."""

from mysapk_web.pdm.rules.groups.base import (
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    RuleInput,
    by,
)
from mysapk_web.pdm.rules.groups.common_rules import after_birth, not_before, year_of, years_later
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind

_DIPLOMA_3 = 30
_MIN_AGE_GRADUATE = 10
_WITH_DEGREE = Condition("tingkat_pendidikan", ("20", "25", "30", "35", "40", "42", "45", "47", "49", "50"))


def _lacks_title(view: RuleInput) -> bool:
    level = view.text("tingkat_pendidikan")
    titled = view.text("gelar_depan") or view.text("gelar_belakang")
    return level.isdecimal() and int(level) >= _DIPLOMA_3 and not titled


def _too_young(view: RuleInput) -> bool:
    born, graduated = view.person.birth_date, view.day("tanggal_lulus")
    return born is not None and graduated is not None and graduated < years_later(born, _MIN_AGE_GRADUATE)


PENDIDIKAN = RecordKind(
    key="pendidikan",
    label="Pendidikan",
    siasn_id=7,
    fields=(
        Field("tingkat_pendidikan", "Tingkat pendidikan", FieldKind.CODE, required=True, table="tingkat_pendidikan"),
        Field(
            "pendidikan",
            "Jurusan atau program studi",
            FieldKind.CODE,
            required=True,
            table="pendidikan",
            parent="tingkat_pendidikan",
        ),
        Field("nama_sekolah", "Nama sekolah atau perguruan tinggi", required=True),
        Field("nomor_ijazah", "Nomor ijazah", required=True, max_length=100),
        Field("tanggal_lulus", "Tanggal lulus", FieldKind.DATE, required=True),
        Field("tahun_lulus", "Tahun lulus", FieldKind.YEAR, required=True),
        Field("pendidikan_pertama", "Pendidikan saat pertama diangkat", FieldKind.BOOLEAN),
        Field("gelar_depan", "Gelar depan", section="Gelar", max_length=40, shown_when=_WITH_DEGREE),
        Field("gelar_belakang", "Gelar belakang", section="Gelar", max_length=80, shown_when=_WITH_DEGREE),
    ),
    documents=(
        DocumentRule("1173", "Ijazah"),
        DocumentRule("1174", "Transkrip nilai"),
        DocumentRule("867", "SK pencantuman gelar", required=False),
    ),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.BKN,
    rules=(
        year_of("tahun_lulus", "tanggal_lulus", "Tahun lulus tidak sama dengan tahun pada tanggal lulus."),
        RecordRule(
            "tanggal_lulus", _too_young, "Tanggal lulus terlalu dekat dengan tanggal lahir Anda. Periksa tahunnya."
        ),
        RecordRule(
            "gelar_belakang",
            _lacks_title,
            "Gelar belum diisi, padahal tingkat pendidikan ini biasanya bergelar. Periksa ijazah Anda.",
            warning=True,
        ),
    ),
    title_fields=("tingkat_pendidikan", "pendidikan"),
    subtitle_fields=("nama_sekolah", "tahun_lulus"),
    identity=(
        by("tingkat_pendidikan", "pendidikan", "tahun_lulus"),
        by("tingkat_pendidikan", "nomor_ijazah", "tahun_lulus"),
    ),
    similar=(
        by("tingkat_pendidikan", "pendidikan"),
        by("tingkat_pendidikan", "tahun_lulus"),
        by("nomor_ijazah"),
    ),
    latest_by="tanggal_lulus",
)

_COURSE_FIELDS = (
    Field("tanggal_mulai", "Tanggal mulai", FieldKind.DATE, required=True),
    Field("tanggal_selesai", "Tanggal selesai", FieldKind.DATE, required=True),
    Field("tahun", "Tahun", FieldKind.YEAR, required=True),
    Field("jumlah_jam", "Jumlah jam pelajaran", FieldKind.INTEGER, required=True, minimum=1, maximum=5000),
)
_COURSE_RULES = (
    after_birth("tanggal_mulai", "Tanggal mulai"),
    not_before("tanggal_selesai", "tanggal_mulai", "Tanggal selesai tidak boleh sebelum tanggal mulai."),
    year_of("tahun", "tanggal_selesai", "Tahun tidak sama dengan tahun pada tanggal selesai."),
)

DIKLAT = RecordKind(
    key="diklat",
    label="Diklat struktural",
    siasn_id=9,
    fields=(
        Field(
            "latihan_struktural", "Jenis diklat struktural", FieldKind.CODE, required=True, table="latihan_struktural"
        ),
        Field("penyelenggara", "Institusi penyelenggara", required=True),
        Field("nomor", "Nomor sertifikat", required=True, max_length=100),
        *_COURSE_FIELDS,
    ),
    documents=(DocumentRule("874", "Sertifikat diklat"),),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.AGENCY,
    rules=_COURSE_RULES,
    title_fields=("latihan_struktural",),
    subtitle_fields=("penyelenggara", "tahun"),
    identity=(by("latihan_struktural", "tanggal_mulai"), by("latihan_struktural", "nomor")),
    similar=(by("latihan_struktural", "tahun"), by("nomor"), by("tanggal_mulai", "tanggal_selesai")),
    latest_by="tanggal_selesai",
)

KURSUS = RecordKind(
    key="kursus",
    label="Kursus",
    siasn_id=13,
    fields=(
        Field("jenis_diklat", "Jenis diklat", FieldKind.CODE, required=True, table="jenis_diklat"),
        Field("nama_kursus", "Nama kursus", required=True),
        Field("jenis_kursus", "Bidang kursus", FieldKind.CODE, required=True, table="jenis_kursus"),
        Field("penyelenggara", "Institusi penyelenggara", required=True),
        Field("nomor_sertifikat", "Nomor sertifikat", required=True, max_length=100),
        *_COURSE_FIELDS,
    ),
    documents=(DocumentRule("881", "Sertifikat kursus"),),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.AGENCY,
    rules=_COURSE_RULES,
    title_fields=("nama_kursus",),
    subtitle_fields=("penyelenggara", "tahun"),
    identity=(by("nama_kursus", "tanggal_mulai"), by("nama_kursus", "nomor_sertifikat")),
    similar=(by("nama_kursus", "tahun"), by("nomor_sertifikat"), by("tanggal_mulai", "tanggal_selesai")),
    latest_by="tanggal_selesai",
)

GROUP = Group(
    key="pendidikan",
    label="Pendidikan dan diklat",
    description="Pendidikan terakhir Anda beserta ijazah, serta diklat dan kursus yang pernah diikuti.",
    kinds=(PENDIDIKAN, DIKLAT, KURSUS),
    requirement=Requirement.REQUIRED,
)
