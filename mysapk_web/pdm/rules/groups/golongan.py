"""Riwayat golongan/pangkat. One proposal only, required even if the data is correct."""

from mysapk_web.organisation.rules.nip import MIN_AGE
from mysapk_web.pdm.rules.groups.base import (
    ASN,
    NO_DELETE,
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    by,
)
from mysapk_web.pdm.rules.groups.common_rules import decree_before_effect, not_before, working_age
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import JENIS, RUMPUN, Condition, Field, FieldKind

_NOT_PPPK = Condition(JENIS, ("PNS", "CPNS"))
_PERTEK = "Pertimbangan teknis BKN"

GOLONGAN = RecordKind(
    key="golongan",
    label="Golongan",
    siasn_id=5,
    fields=(
        Field("golongan", "Golongan", FieldKind.CODE, required=True, table="golongan", parent=RUMPUN),
        Field("tmt_golongan", "TMT golongan", FieldKind.DATE, required=True, future=True),
        Field("nomor_sk", "Nomor SK", required=True, max_length=100),
        Field("tanggal_sk", "Tanggal SK", FieldKind.DATE, required=True),
        Field(
            "jenis_kp",
            "Jenis kenaikan pangkat",
            FieldKind.CODE,
            required=True,
            table="jenis_kenaikan_pangkat",
            shown_when=_NOT_PPPK,
        ),
        Field(
            "masa_kerja_tahun", "Masa kerja golongan (tahun)", FieldKind.INTEGER, required=True, minimum=0, maximum=50
        ),
        Field(
            "masa_kerja_bulan", "Masa kerja golongan (bulan)", FieldKind.INTEGER, required=True, minimum=0, maximum=11
        ),
        Field("nomor_pertek", "Nomor Pertek BKN", section=_PERTEK, max_length=100, shown_when=_NOT_PPPK),
        Field("tanggal_pertek", "Tanggal Pertek BKN", FieldKind.DATE, section=_PERTEK, shown_when=_NOT_PPPK),
        Field(
            "kredit_utama",
            "Jumlah angka kredit utama",
            FieldKind.DECIMAL,
            section="Angka kredit",
            minimum=0,
            maximum=10_000,
            decimals=3,
            help="Isi bila Anda pejabat fungsional.",
            shown_when=_NOT_PPPK,
        ),
        Field(
            "kredit_tambahan",
            "Jumlah angka kredit tambahan",
            FieldKind.DECIMAL,
            section="Angka kredit",
            minimum=0,
            maximum=10_000,
            decimals=3,
            shown_when=_NOT_PPPK,
        ),
    ),
    documents=(
        DocumentRule("858", "SK kenaikan pangkat atau SK golongan terakhir"),
        DocumentRule("X-PERTEK-KP", "Pertimbangan teknis kenaikan pangkat", required=False),
    ),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.BKN,
    rules=(
        working_age("tmt_golongan", "TMT golongan"),
        decree_before_effect("tanggal_sk", "tmt_golongan"),
        not_before(
            "tanggal_sk", "tanggal_pertek", "Tanggal SK sebelum tanggal Pertek BKN. Periksa keduanya.", warning=True
        ),
        RecordRule(
            "masa_kerja_tahun",
            lambda view: (
                (years := view.number("masa_kerja_tahun")) is not None
                and (start := view.day("tmt_golongan")) is not None
                and (born := view.person.birth_date) is not None
                and years > start.year - born.year - MIN_AGE
            ),
            "Masa kerja golongan lebih lama daripada yang mungkin menurut tanggal lahir Anda. Periksa SK.",
        ),
    ),
    title_fields=("golongan",),
    subtitle_fields=("tmt_golongan", "nomor_sk"),
    identity=(by("golongan", "tmt_golongan"),),
    similar=(by("tmt_golongan"), by("nomor_sk"), by("golongan", also=("jenis_kp",))),
    latest_by="tmt_golongan",
    actions=NO_DELETE,
)

GROUP = Group(
    key="golongan",
    label="Golongan",
    description="Golongan dan pangkat terakhir Anda beserta SK-nya. Usulan hanya dapat dikirim satu kali: isi dengan "
    "teliti, juga bila datanya sudah benar.",
    kinds=(GOLONGAN,),
    requirement=Requirement.REQUIRED,
    sesuai_allowed=False,
    applies_to=ASN,
)
