"""Sasaran Kinerja Pegawai: marks up to 2021 (PP 46/2011), expectations from 2022 (PermenPANRB 6/2022)."""

from decimal import Decimal

from mysapk_web.pdm.rules.groups.base import (
    ASN,
    Approval,
    Cardinality,
    Group,
    RecordKind,
    RecordRule,
    Requirement,
    RuleInput,
    by,
)
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind

FIRST_YEAR_OF_EXPECTATIONS = 2022
_YEARS = 2
_TARGET_SHARE = Decimal("0.6")
"""Weight of the targets; behaviour has the rest (PP 46/2011, article 15)."""
_TOLERANCE = Decimal("0.02")
_OLD = Condition("tahun", at_most=FIRST_YEAR_OF_EXPECTATIONS - 1)
_NEW = Condition("tahun", at_least=FIRST_YEAR_OF_EXPECTATIONS)
_STRUCTURAL = Condition("jenis_jabatan", ("1",))
_MARKS = "Penilaian"
_BEHAVIOUR = (
    ("orientasi_pelayanan", "Orientasi pelayanan"),
    ("integritas", "Integritas"),
    ("komitmen", "Komitmen"),
    ("disiplin", "Disiplin"),
    ("kerja_sama", "Kerja sama"),
)


def _mark(
    name: str, label: str, *, required: bool = True, shown_when: Condition = _OLD, section: str = _MARKS
) -> Field:
    return Field(
        name,
        label,
        FieldKind.DECIMAL,
        section=section,
        required=required,
        minimum=0,
        maximum=120,
        decimals=2,
        shown_when=shown_when,
    )


def _assessor(prefix: str, title: str, *, required: bool, shown_when: Condition | None = None) -> tuple[Field, ...]:
    """The assessor, or the assessor's superior."""
    section = title.capitalize()
    status, of_asn = f"{prefix}_status", Condition(f"{prefix}_status", ("ASN",))
    return (
        Field(
            status,
            f"Status {title}",
            FieldKind.CODE,
            section=section,
            required=required,
            table="status_penilai",
            shown_when=shown_when,
        ),
        Field(f"{prefix}_nip", f"NIP atau NRP {title}", section=section, max_length=30, shown_when=shown_when),
        Field(f"{prefix}_nama", f"Nama {title}", section=section, required=required, shown_when=shown_when),
        Field(f"{prefix}_jabatan", f"Jabatan {title}", section=section, required=required, shown_when=shown_when),
        Field(
            f"{prefix}_golongan",
            f"Golongan {title}",
            FieldKind.CODE,
            section=section,
            table="golongan",
            shown_when=of_asn,
        ),
        Field(f"{prefix}_unor", f"Unit organisasi {title}", section=section, shown_when=shown_when),
    )


def _not_of_last_years(view: RuleInput) -> bool:
    year = view.number("tahun")
    return year is not None and not view.today.year - _YEARS <= year < view.today.year


def _result_differs(view: RuleInput) -> bool:
    parts = [view.text(name) for name in ("nilai_skp", "nilai_perilaku", "nilai_prestasi")]
    if not all(parts):
        return False
    target, behaviour, result = (Decimal(part) for part in parts)
    return abs(_TARGET_SHARE * target + (1 - _TARGET_SHARE) * behaviour - result) > _TOLERANCE


SKP = RecordKind(
    key="skp",
    label="SKP",
    siasn_id=25,
    fields=(
        Field("tahun", "Tahun SKP", FieldKind.YEAR, required=True, minimum=2014, help="Dua tahun terakhir."),
        Field("jenis_jabatan", "Jenis jabatan", FieldKind.CODE, required=True, table="jenis_jabatan", shown_when=_OLD),
        Field(
            "peraturan_kinerja",
            "Dasar penilaian",
            FieldKind.CODE,
            required=True,
            table="peraturan_kinerja",
            shown_when=_OLD,
        ),
        _mark("nilai_skp", "Nilai SKP"),
        *(_mark(name, label) for name, label in _BEHAVIOUR),
        _mark("kepemimpinan", "Kepemimpinan", shown_when=_STRUCTURAL),
        _mark("inisiatif_kerja", "Inisiatif kerja", required=False),
        _mark("nilai_perilaku", "Nilai perilaku kerja"),
        _mark("nilai_prestasi", "Nilai prestasi kerja"),
        Field(
            "hasil_kinerja",
            "Hasil kinerja",
            FieldKind.CODE,
            section=_MARKS,
            required=True,
            table="ekspektasi",
            shown_when=_NEW,
        ),
        Field(
            "perilaku_kerja",
            "Perilaku kerja",
            FieldKind.CODE,
            section=_MARKS,
            required=True,
            table="ekspektasi",
            shown_when=_NEW,
        ),
        Field(
            "kuadran_kinerja",
            "Predikat kinerja",
            FieldKind.CODE,
            section=_MARKS,
            required=True,
            table="kuadran_kinerja",
            shown_when=_NEW,
        ),
        *_assessor("penilai", "pejabat penilai", required=True),
        *_assessor("atasan", "atasan pejabat penilai", required=False, shown_when=_OLD),
    ),
    documents=(
        DocumentRule("891", "Dokumen SKP", required=_OLD),
        DocumentRule("890", "Dokumen evaluasi kinerja", required=_NEW),
    ),
    cardinality=Cardinality.TWO_YEARS,
    approval=Approval.AGENCY,
    rules=(
        RecordRule("tahun", _not_of_last_years, "Yang diminta adalah SKP dua tahun terakhir. Periksa tahunnya."),
        RecordRule(
            "nilai_prestasi",
            _result_differs,
            "Nilai prestasi kerja tidak sama dengan 60 % nilai SKP ditambah 40 % nilai perilaku. Periksa dokumen SKP.",
            warning=True,
        ),
    ),
    title_fields=("tahun",),
    subtitle_fields=("kuadran_kinerja", "nilai_prestasi"),
    # 2021 has two: one under each regulation in force that year.
    identity=(by("tahun", also=("peraturan_kinerja",)),),
    similar=(by("tahun"),),
    latest_by="tahun",
)

GROUP = Group(
    key="skp",
    label="SKP",
    description="Sasaran Kinerja Pegawai dua tahun terakhir beserta dokumennya.",
    kinds=(SKP,),
    requirement=Requirement.REQUIRED,
    may_have_none=True,
    none_hint="Pilih ini hanya bila masa kerja Anda belum genap satu tahun sehingga belum ada SKP.",
    applies_to=ASN,
)
