"""Cuti di luar tanggungan negara."""

from mysapk_web.pdm.rules.groups.base import PNS_ONLY, Approval, Cardinality, Group, RecordKind, Requirement, by
from mysapk_web.pdm.rules.groups.common_rules import not_before, working_age
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind

_LETTER = "Surat BKN"

CLTN = RecordKind(
    key="cltn",
    label="CLTN",
    siasn_id=19,
    fields=(
        Field("jenis_cltn", "Jenis", FieldKind.CODE, required=True, table="cltn"),
        Field("nomor_sk", "Nomor SK", required=True, max_length=100),
        Field("tanggal_sk", "Tanggal SK", FieldKind.DATE, required=True),
        Field("tanggal_mulai", "Tanggal mulai", FieldKind.DATE, required=True, future=True),
        Field("tanggal_selesai", "Tanggal selesai", FieldKind.DATE, required=True, future=True),
        Field("tanggal_aktif", "Tanggal aktif kembali", FieldKind.DATE, future=True),
        Field("nomor_surat_bkn", "Nomor surat BKN", section=_LETTER, max_length=100),
        Field("tanggal_surat_bkn", "Tanggal surat BKN", FieldKind.DATE, section=_LETTER),
    ),
    documents=(DocumentRule("884", "SK CLTN"), DocumentRule("885", "Pertimbangan teknis CLTN")),
    cardinality=Cardinality.SEVERAL,
    approval=Approval.BKN,
    rules=(
        working_age("tanggal_mulai", "Tanggal mulai"),
        not_before("tanggal_selesai", "tanggal_mulai", "Tanggal selesai tidak boleh sebelum tanggal mulai."),
        not_before("tanggal_aktif", "tanggal_mulai", "Tanggal aktif kembali tidak boleh sebelum tanggal mulai."),
    ),
    title_fields=("jenis_cltn",),
    subtitle_fields=("tanggal_mulai", "tanggal_selesai"),
    identity=(by("jenis_cltn", "tanggal_mulai"), by("jenis_cltn", "nomor_sk")),
    similar=(by("tanggal_mulai"), by("nomor_sk")),
    latest_by="tanggal_mulai",
)

GROUP = Group(
    key="cltn",
    label="CLTN",
    description="Cuti di luar tanggungan negara yang pernah Anda jalani.",
    kinds=(CLTN,),
    requirement=Requirement.IF_ANY,
    may_have_none=True,
    none_hint="Pilih ini bila Anda tidak pernah menjalani CLTN.",
    applies_to=PNS_ONLY,
)
