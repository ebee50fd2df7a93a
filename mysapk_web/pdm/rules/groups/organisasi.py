"""Riwayat organisasi. Known from a prototype of SIASN only."""

from mysapk_web.pdm.rules.groups.base import Approval, Cardinality, Group, RecordKind, Requirement, by
from mysapk_web.pdm.rules.groups.common_rules import after_birth, not_before
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind

ORGANISASI = RecordKind(
    key="organisasi",
    label="Organisasi",
    siasn_id=None,
    fields=(
        Field("jenis_organisasi", "Jenis organisasi", FieldKind.CODE, required=True, table="kepanitiaan"),
        Field("nama_organisasi", "Nama organisasi", required=True),
        Field("jabatan", "Jabatan dalam organisasi", required=True),
        Field("pengalaman", "Uraian pengalaman", FieldKind.LONG_TEXT, max_length=1000),
        Field("tanggal_mulai", "Tanggal mulai", FieldKind.DATE, required=True),
        Field(
            "tanggal_selesai",
            "Tanggal selesai",
            FieldKind.DATE,
            future=True,
            help="Kosongkan bila masih berjalan.",
        ),
    ),
    documents=(DocumentRule("X-SK-ORGANISASI", "SK organisasi"),),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.AGENCY,
    rules=(
        after_birth("tanggal_mulai", "Tanggal mulai"),
        not_before("tanggal_selesai", "tanggal_mulai", "Tanggal selesai tidak boleh sebelum tanggal mulai."),
    ),
    title_fields=("nama_organisasi",),
    subtitle_fields=("jabatan", "tanggal_mulai"),
    identity=(by("nama_organisasi", "jabatan", "tanggal_mulai"),),
    similar=(by("nama_organisasi", "jabatan"), by("nama_organisasi", "tanggal_mulai")),
    latest_by="tanggal_mulai",
)

GROUP = Group(
    key="organisasi",
    label="Organisasi",
    description="Organisasi terakhir yang Anda ikuti.",
    kinds=(ORGANISASI,),
    requirement=Requirement.IF_ANY,
    may_have_none=True,
    none_hint="Pilih ini bila Anda tidak mengikuti organisasi.",
)
