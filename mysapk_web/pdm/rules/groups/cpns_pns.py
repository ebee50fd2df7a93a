"""Pengangkatan CPNS dan PNS."""

from mysapk_web.pdm.rules.groups.base import (
    NO_DELETE,
    ONE_AT_ALL,
    PNS_CPNS,
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    RuleInput,
)
from mysapk_web.pdm.rules.groups.common_rules import decree_before_effect, not_before, working_age, years_later
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import JENIS, Condition, Field, FieldKind

_CPNS, _PNS, _DUTY, _HEALTH = "CPNS", "PNS", "Mulai bertugas dan pelatihan", "Surat dan kartu"
_IS_PNS = Condition(JENIS, ("PNS",))


def _not_as_in_nip(view: RuleInput) -> bool:
    start, nip = view.day("tmt_cpns"), view.person.nip
    return start is not None and len(nip) == 18 and f"{start:%Y%m}" != nip[8:14]


def _shorter_than_a_year(view: RuleInput) -> bool:
    cpns, pns = view.day("tmt_cpns"), view.day("tmt_pns")
    return cpns is not None and pns is not None and cpns <= pns < years_later(cpns, 1)


CPNS_PNS = RecordKind(
    key="cpns-pns",
    label="CPNS dan PNS",
    siasn_id=4,
    fields=(
        Field("jenis_pengadaan", "Jenis pengadaan", FieldKind.CODE, section=_CPNS, table="jenis_pengadaan"),
        Field("nomor_sk_cpns", "Nomor SK CPNS", section=_CPNS, required=True, max_length=100),
        Field("tanggal_sk_cpns", "Tanggal SK CPNS", FieldKind.DATE, section=_CPNS, required=True),
        Field("tmt_cpns", "TMT CPNS", FieldKind.DATE, section=_CPNS, required=True),
        Field("pejabat_pengangkat", "Jabatan yang mengangkat", section=_CPNS),
        Field("nomor_sk_pns", "Nomor SK PNS", section=_PNS, required=True, max_length=100, shown_when=_IS_PNS),
        Field("tanggal_sk_pns", "Tanggal SK PNS", FieldKind.DATE, section=_PNS, required=True, shown_when=_IS_PNS),
        Field("tmt_pns", "TMT PNS", FieldKind.DATE, section=_PNS, required=True, shown_when=_IS_PNS),
        Field("nomor_spmt", "Nomor SPMT", section=_DUTY, required=True, max_length=100),
        Field("tanggal_spmt", "Tanggal SPMT", FieldKind.DATE, section=_DUTY, required=True),
        Field("nomor_sttpl", "Nomor STTPL", section=_DUTY, max_length=100, shown_when=_IS_PNS),
        Field("tanggal_sttpl", "Tanggal STTPL", FieldKind.DATE, section=_DUTY, shown_when=_IS_PNS),
        Field("nomor_surat_dokter", "Nomor surat dokter", section=_HEALTH, max_length=100, shown_when=_IS_PNS),
        Field("tanggal_surat_dokter", "Tanggal surat dokter", FieldKind.DATE, section=_HEALTH, shown_when=_IS_PNS),
        Field("nomor_pertek_c2th", "Nomor Pertek C2TH", section=_HEALTH, max_length=100, shown_when=_IS_PNS),
        Field("tanggal_pertek_c2th", "Tanggal Pertek C2TH", FieldKind.DATE, section=_HEALTH, shown_when=_IS_PNS),
        Field("kartu_pegawai", "Nomor kartu pegawai", section=_HEALTH, max_length=30, shown_when=_IS_PNS),
    ),
    documents=(
        DocumentRule("889", "SK CPNS"),
        DocumentRule("887", "SK PNS", required=_IS_PNS),
        DocumentRule("888", "SPMT"),
    ),
    cardinality=Cardinality.SINGLE,
    approval=Approval.BKN,
    rules=(
        working_age("tmt_cpns", "TMT CPNS"),
        decree_before_effect("tanggal_sk_pns", "tmt_pns"),
        not_before("tmt_pns", "tmt_cpns", "TMT PNS tidak boleh sebelum TMT CPNS."),
        not_before("tanggal_sk_pns", "tanggal_sk_cpns", "Tanggal SK PNS tidak boleh sebelum tanggal SK CPNS."),
        not_before("tanggal_spmt", "tmt_cpns", "Tanggal SPMT sebelum TMT CPNS. Periksa keduanya.", warning=True),
        RecordRule(
            "tmt_cpns",
            _not_as_in_nip,
            "TMT CPNS tidak sama dengan tahun dan bulan dalam NIP Anda (angka 9 sampai 14). Periksa SK CPNS.",
            warning=True,
        ),
        RecordRule(
            "tmt_pns",
            _shorter_than_a_year,
            "Masa percobaan CPNS biasanya paling singkat satu tahun. Periksa TMT CPNS dan TMT PNS.",
            warning=True,
        ),
    ),
    title_fields=("nomor_sk_pns", "nomor_sk_cpns"),
    subtitle_fields=("tmt_cpns", "tmt_pns"),
    identity=ONE_AT_ALL,
    similar=(),
    actions=NO_DELETE,
)

GROUP = Group(
    key="cpns-pns",
    label="CPNS dan PNS",
    description="SK pengangkatan Anda sebagai CPNS dan PNS.",
    kinds=(CPNS_PNS,),
    requirement=Requirement.REQUIRED,
    applies_to=PNS_CPNS,
)
