"""Peninjauan masa kerja. Government service counts in full, private service by half."""

from mysapk_web.pdm.rules.groups.base import (
    NO_DELETE,
    PNS_CPNS,
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    RuleInput,
    by,
)
from mysapk_web.pdm.rules.groups.common_rules import full_months, not_before, working_age
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind

_PRIVATE = "2"
_PERTEK = "Pertimbangan teknis BKN"


def credited_months(view: RuleInput) -> int | None:
    """Full months of service, halved for private service; None if a date or the kind of service is missing."""
    start, end, service = view.day("tanggal_mulai"), view.day("tanggal_selesai"), view.text("jenis_pmk")
    if start is None or end is None or not service:
        return None
    months = full_months(start, end)
    return months // 2 if service == _PRIVATE else months


def _more_than_served(view: RuleInput) -> bool:
    years, months = view.number("masa_kerja_tahun"), view.number("masa_kerja_bulan")
    limit = credited_months(view)
    return years is not None and months is not None and limit is not None and years * 12 + months > limit


PMK = RecordKind(
    key="pmk",
    label="Peninjauan masa kerja",
    siasn_id=6,
    fields=(
        Field(
            "jenis_pmk",
            "Jenis pengalaman kerja",
            FieldKind.CODE,
            required=True,
            table="jenis_pmk",
            help="Masa kerja pada perusahaan swasta dihitung setengah.",
        ),
        Field("pengalaman", "Instansi atau perusahaan", required=True),
        Field("tanggal_mulai", "Tanggal mulai", FieldKind.DATE, required=True),
        Field("tanggal_selesai", "Tanggal selesai", FieldKind.DATE, required=True),
        Field(
            "masa_kerja_tahun",
            "Masa kerja yang diakui (tahun)",
            FieldKind.INTEGER,
            required=True,
            minimum=0,
            maximum=50,
        ),
        Field(
            "masa_kerja_bulan",
            "Masa kerja yang diakui (bulan)",
            FieldKind.INTEGER,
            required=True,
            minimum=0,
            maximum=11,
        ),
        Field("dinilai", "Masa kerja ini sudah dinilai", FieldKind.BOOLEAN),
        Field("nomor_sk", "Nomor SK PMK", section="SK PMK", required=True, max_length=100),
        Field("tanggal_sk", "Tanggal SK PMK", FieldKind.DATE, section="SK PMK", required=True),
        Field("nomor_bkn", "Nomor Pertek BKN", section=_PERTEK, max_length=100),
        Field("tanggal_bkn", "Tanggal Pertek BKN", FieldKind.DATE, section=_PERTEK),
    ),
    documents=(DocumentRule("1644", "SK PMK"), DocumentRule("1643", "Pertimbangan teknis PMK", required=False)),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.BKN,
    rules=(
        working_age("tanggal_mulai", "Tanggal mulai"),
        not_before("tanggal_selesai", "tanggal_mulai", "Tanggal selesai tidak boleh sebelum tanggal mulai."),
        RecordRule(
            "masa_kerja_tahun",
            _more_than_served,
            "Masa kerja yang diakui lebih lama daripada yang dijalani. Masa kerja swasta dihitung setengah.",
        ),
        not_before("tanggal_sk", "tanggal_selesai", "Tanggal SK PMK tidak boleh sebelum tanggal selesai bekerja."),
    ),
    title_fields=("pengalaman",),
    subtitle_fields=("jenis_pmk", "nomor_sk"),
    identity=(by("pengalaman", "tanggal_mulai"),),
    similar=(by("pengalaman"), by("tanggal_mulai"), by("nomor_sk")),
    latest_by="tanggal_sk",
    actions=NO_DELETE,
)

GROUP = Group(
    key="pmk",
    label="Peninjauan masa kerja",
    description="Masa kerja sebelum diangkat yang diakui dengan SK PMK.",
    kinds=(PMK,),
    requirement=Requirement.IF_ANY,
    may_have_none=True,
    none_hint="Pilih ini bila Anda tidak memiliki SK PMK.",
    applies_to=PNS_CPNS,
)
