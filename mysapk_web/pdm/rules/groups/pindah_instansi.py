"""Pindah instansi."""

from mysapk_web.pdm.rules.groups.base import (
    NO_DELETE,
    PNS_ONLY,
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    RuleInput,
    by,
)
from mysapk_web.pdm.rules.groups.common_rules import not_before, working_age
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind

_OLD, _NEW = "Instansi asal", "Instansi tujuan"


def _letter(name: str, label: str, *, required: bool) -> tuple[Field, Field]:
    return (
        Field(f"nomor_{name}", f"Nomor {label}", section="Surat keputusan", required=required, max_length=100),
        Field(f"tanggal_{name}", f"Tanggal {label}", FieldKind.DATE, section="Surat keputusan", required=required),
    )


def _place(when: str, words: str, section: str) -> tuple[Field, ...]:
    return (
        Field(
            f"instansi_induk_{when}",
            f"Instansi induk {words}",
            FieldKind.CODE,
            section=section,
            required=True,
            table="instansi",
        ),
        Field(f"instansi_kerja_{when}", f"Instansi kerja {words}", FieldKind.CODE, section=section, table="instansi"),
        Field(f"satuan_kerja_{when}", f"Satuan kerja {words}", section=section),
        Field(f"unor_{when}", f"Unit organisasi {words}", section=section, required=True),
        Field(f"lokasi_kerja_{when}", f"Lokasi kerja {words}", FieldKind.CODE, section=section, table="kabupaten"),
        Field(
            f"jenis_jabatan_{when}", f"Jenis jabatan {words}", FieldKind.CODE, section=section, table="jenis_jabatan"
        ),
        Field(f"nama_jabatan_{when}", f"Nama jabatan {words}", section=section),
    )


def _nowhere(view: RuleInput) -> bool:
    return bool(view.text("instansi_induk_baru")) and view.text("instansi_induk_baru") == view.text(
        "instansi_induk_lama"
    )


PINDAH_INSTANSI = RecordKind(
    key="pindah-instansi",
    label="Pindah instansi",
    siasn_id=18,
    fields=(
        Field("jenis_pindah", "Jenis pindah", FieldKind.CODE, required=True, table="jenis_pindah_instansi"),
        Field("jenis_pegawai", "Jenis pegawai", FieldKind.CODE, table="jenis_pegawai"),
        Field("tmt_pindah", "TMT pindah", FieldKind.DATE, required=True, future=True),
        *_place("lama", "lama", _OLD),
        *_place("baru", "baru", _NEW),
        Field("kpkn_baru", "Kantor bayar (KPPN) baru", FieldKind.CODE, section=_NEW, table="kpkn"),
        *_letter("usul", "SK usul", required=False),
        *_letter("sk_bkn", "SK BKN", required=True),
        *_letter("sk_asal", "SK instansi asal", required=True),
        *_letter("sk_asal_provinsi", "SK provinsi asal", required=False),
        *_letter("sk_tujuan", "SK instansi tujuan", required=True),
    ),
    documents=(
        DocumentRule("X-SK-PI", "SK pindah instansi"),
        DocumentRule("X-SPMT-PI", "SPMT instansi tujuan"),
        DocumentRule("X-PERTEK-PI", "Pertimbangan teknis pindah instansi", required=False),
    ),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.BKN,
    rules=(
        working_age("tmt_pindah", "TMT pindah"),
        RecordRule(
            "instansi_induk_baru", _nowhere, "Instansi tujuan sama dengan instansi asal. Pilih instansi yang benar."
        ),
        not_before(
            "tmt_pindah", "tanggal_sk_bkn", "TMT pindah sebelum tanggal SK BKN. Periksa kembali keduanya.", warning=True
        ),
    ),
    title_fields=("instansi_induk_baru",),
    subtitle_fields=("instansi_induk_lama", "tmt_pindah"),
    identity=(by("instansi_induk_baru", "tmt_pindah"), by("nomor_sk_bkn", "tanggal_sk_bkn")),
    similar=(
        by("tmt_pindah"),
        by("instansi_induk_lama", "instansi_induk_baru"),
        by("nomor_sk_bkn"),
        by("nomor_sk_tujuan"),
    ),
    latest_by="tmt_pindah",
    actions=NO_DELETE,
)

GROUP = Group(
    key="pindah-instansi",
    label="Pindah instansi",
    description="Perpindahan terakhir Anda dari instansi lain.",
    kinds=(PINDAH_INSTANSI,),
    requirement=Requirement.IF_ANY,
    may_have_none=True,
    none_hint="Pilih ini bila Anda tidak pernah pindah instansi.",
    applies_to=PNS_ONLY,
)
