"""Riwayat penghargaan, tanda jasa."""

from mysapk_web.pdm.rules.groups.base import Approval, Cardinality, Group, RecordKind, Requirement, by
from mysapk_web.pdm.rules.groups.common_rules import after_birth, year_of
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind

PENGHARGAAN = RecordKind(
    key="penghargaan",
    label="Penghargaan",
    siasn_id=14,
    fields=(
        Field("jenis_penghargaan", "Jenis penghargaan", FieldKind.CODE, required=True, table="penghargaan"),
        Field("nama_penghargaan", "Nama penghargaan", help="Isi bila namanya tidak ada dalam daftar."),
        Field("pemberi", "Pemberi penghargaan"),
        Field("nomor_sk", "Nomor SK", required=True, max_length=100),
        Field("tanggal_sk", "Tanggal SK", FieldKind.DATE, required=True),
        Field("tahun", "Tahun", FieldKind.YEAR, required=True),
    ),
    documents=(DocumentRule("892", "Sertifikat atau SK penghargaan"),),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.AGENCY,
    rules=(
        after_birth("tanggal_sk", "Tanggal SK"),
        year_of("tahun", "tanggal_sk", "Tahun tidak sama dengan tahun pada tanggal SK."),
    ),
    title_fields=("jenis_penghargaan", "nama_penghargaan"),
    subtitle_fields=("nomor_sk", "tahun"),
    identity=(
        by("jenis_penghargaan", "tahun", also=("nama_penghargaan",)),
        by("jenis_penghargaan", "nomor_sk", also=("nama_penghargaan",)),
    ),
    similar=(by("jenis_penghargaan", "tahun"), by("jenis_penghargaan", also=("nama_penghargaan",)), by("nomor_sk")),
    latest_by="tanggal_sk",
)

GROUP = Group(
    key="penghargaan",
    label="Penghargaan",
    description="Tanda jasa atau penghargaan terakhir yang Anda terima.",
    kinds=(PENGHARGAAN,),
    requirement=Requirement.REQUIRED,
    may_have_none=True,
    none_hint="Pilih ini bila Anda belum pernah menerima penghargaan.",
)
