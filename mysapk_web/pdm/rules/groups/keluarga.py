"""Keluarga: pasangan, anak, orang tua. Optional; "data sudah sesuai" turns it green."""

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
from mysapk_web.pdm.rules.groups.common_rules import nik_fits, not_before, years_later
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind

_HIDUP, _MENINGGAL = "1", "0"
_KANDUNG, _ANGKAT = "1", "3"
_CERAI = Condition("status_pernikahan", ("2",))
_DEAD = Condition("status_hidup", (_MENINGGAL,))
_ALIVE = Condition("status_hidup", (_HIDUP,))
_ASN = Condition("status_pekerjaan", ("ASN",))
_SELF, _MARRIAGE = "Data diri", "Pernikahan"
_IDENTITY, _LIFE, _CONTACT = "Identitas", "Status hidup", "Alamat dan kontak"

_NAME = (
    Field("nama", "Nama lengkap tanpa gelar", section=_SELF, required=True),
    Field("gelar_depan", "Gelar depan", section=_SELF, max_length=40),
    Field("gelar_belakang", "Gelar belakang", section=_SELF, max_length=80),
)
_BIRTH = (
    Field("tempat_lahir", "Tempat lahir", section=_SELF, required=True, max_length=100),
    Field("tanggal_lahir", "Tanggal lahir", FieldKind.DATE, section=_SELF, required=True),
    Field("agama", "Agama", FieldKind.CODE, section=_SELF, required=True, table="agama"),
)
_IDENTITY_FIELDS = (
    Field("jenis_identitas", "Jenis identitas", FieldKind.CODE, section=_IDENTITY, table="jenis_identitas"),
    Field(
        "nik",
        "NIK",
        FieldKind.NIK,
        section=_IDENTITY,
        required=True,
        sensitive=True,
        help="16 angka, lihat KTP, KIA, atau Kartu Keluarga.",
        shown_when=Condition("jenis_identitas", ("1",)),
    ),
    Field(
        "nomor_paspor",
        "Nomor paspor",
        section=_IDENTITY,
        required=True,
        max_length=20,
        sensitive=True,
        shown_when=Condition("jenis_identitas", ("2",)),
    ),
)
_CONTACT_FIELDS = (
    Field("alamat", "Alamat", FieldKind.LONG_TEXT, section=_CONTACT, max_length=300, sensitive=True, shown_when=_ALIVE),
    Field("nomor_hp", "Nomor HP", FieldKind.PHONE, section=_CONTACT, sensitive=True, shown_when=_ALIVE),
    Field("email", "Email", FieldKind.EMAIL, section=_CONTACT, sensitive=True, shown_when=_ALIVE),
)
_LIFE_FIELDS = (
    Field("status_hidup", "Status hidup", FieldKind.CODE, section=_LIFE, required=True, table="status_hidup"),
    Field("tanggal_meninggal", "Tanggal meninggal", FieldKind.DATE, section=_LIFE, required=True, shown_when=_DEAD),
    Field("akta_meninggal", "Nomor akta kematian", section=_LIFE, max_length=100, shown_when=_DEAD),
)
_DIED_AFTER_BIRTH = not_before(
    "tanggal_meninggal", "tanggal_lahir", "Tanggal meninggal tidak boleh sebelum tanggal lahir."
)
_SAME_PERSON = (by("nik"), by("nomor_paspor"))
_KK = DocumentRule("X-KK", "Kartu Keluarga", required=False)
_DEATH = DocumentRule("X-AKTA-KEMATIAN", "Akta kematian", required=_DEAD)


def _parent_too_young(view: RuleInput) -> bool:
    """A biological child can't be nearly as old as its parent."""
    born, child = view.person.birth_date, view.day("tanggal_lahir")
    return (
        view.text("jenis_anak") == _KANDUNG and born is not None and child is not None and child < years_later(born, 12)
    )


def _older_than_parent(view: RuleInput) -> bool:
    child, born = view.person.birth_date, view.day("tanggal_lahir")
    return child is not None and born is not None and child < years_later(born, 12)


PASANGAN = RecordKind(
    key="pasangan",
    label="Pasangan",
    siasn_id=11,
    fields=(
        Field(
            "pasangan_ke", "Pernikahan ke", FieldKind.INTEGER, section=_MARRIAGE, required=True, minimum=1, maximum=10
        ),
        Field(
            "status_pernikahan",
            "Status pernikahan",
            FieldKind.CODE,
            section=_MARRIAGE,
            required=True,
            table="status_pernikahan",
        ),
        Field("tanggal_menikah", "Tanggal menikah", FieldKind.DATE, section=_MARRIAGE, required=True),
        Field("akta_menikah", "Nomor akta nikah", section=_MARRIAGE, required=True, max_length=100),
        Field("tanggal_cerai", "Tanggal cerai", FieldKind.DATE, section=_MARRIAGE, required=True, shown_when=_CERAI),
        Field("akta_cerai", "Nomor akta cerai", section=_MARRIAGE, required=True, max_length=100, shown_when=_CERAI),
        Field("karis_karsu", "Nomor Karis atau Karsu", section=_MARRIAGE, max_length=30),
        *_NAME,
        *_BIRTH,
        Field("status_pekerjaan", "Pekerjaan", FieldKind.CODE, section=_SELF, required=True, table="status_pekerjaan"),
        Field("nip_pasangan", "NIP pasangan", section=_SELF, max_length=18, shown_when=_ASN),
        *_IDENTITY_FIELDS,
        *_LIFE_FIELDS,
        *_CONTACT_FIELDS,
    ),
    documents=(
        DocumentRule("X-AKTA-NIKAH", "Akta nikah"),
        DocumentRule("X-AKTA-CERAI", "Akta cerai", required=_CERAI),
        _DEATH,
        _KK,
    ),
    cardinality=Cardinality.SEVERAL,
    approval=Approval.AGENCY,
    rules=(
        not_before("tanggal_menikah", "tanggal_lahir", "Tanggal menikah tidak boleh sebelum tanggal lahir pasangan."),
        not_before("tanggal_cerai", "tanggal_menikah", "Tanggal cerai tidak boleh sebelum tanggal menikah."),
        _DIED_AFTER_BIRTH,
        not_before("tanggal_meninggal", "tanggal_menikah", "Tanggal meninggal tidak boleh sebelum tanggal menikah."),
        nik_fits("nik", "tanggal_lahir"),
    ),
    title_fields=("nama",),
    subtitle_fields=("status_pernikahan", "tanggal_menikah"),
    identity=(by("pasangan_ke"), by("nama", "tanggal_lahir", "tanggal_menikah"), by("nik", "tanggal_menikah")),
    similar=(by("nama", "tanggal_lahir"), *_SAME_PERSON, by("nip_pasangan"), by("akta_menikah"), by("tanggal_menikah")),
    latest_by="pasangan_ke",
)

ANAK = RecordKind(
    key="anak",
    label="Anak",
    siasn_id=12,
    fields=(
        *_NAME,
        Field("jenis_kelamin", "Jenis kelamin", FieldKind.CODE, section=_SELF, required=True, table="jenis_kelamin"),
        Field("jenis_anak", "Hubungan anak", FieldKind.CODE, section=_SELF, required=True, table="jenis_anak"),
        Field(
            "pasangan_ke",
            "Dari pernikahan ke",
            FieldKind.INTEGER,
            section=_SELF,
            minimum=1,
            maximum=10,
            help="Kosongkan untuk anak angkat.",
        ),
        *_BIRTH,
        Field("akta_kelahiran", "Nomor akta kelahiran", section=_SELF, required=True, max_length=100),
        Field("status_kawin", "Status kawin", FieldKind.CODE, section=_SELF, table="status_kawin"),
        Field("pns", "Anak ini ASN", FieldKind.BOOLEAN, section=_SELF),
        *_IDENTITY_FIELDS,
        *_LIFE_FIELDS,
        *_CONTACT_FIELDS,
    ),
    documents=(
        DocumentRule("X-AKTA-LAHIR", "Akta kelahiran"),
        DocumentRule("X-PENGANGKATAN", "Penetapan pengangkatan anak", required=Condition("jenis_anak", (_ANGKAT,))),
        _DEATH,
        _KK,
    ),
    cardinality=Cardinality.SEVERAL,
    approval=Approval.AGENCY,
    rules=(
        RecordRule(
            "tanggal_lahir", _parent_too_young, "Tanggal lahir anak kandung terlalu dekat dengan tanggal lahir Anda."
        ),
        _DIED_AFTER_BIRTH,
        nik_fits("nik", "tanggal_lahir", "jenis_kelamin"),
    ),
    title_fields=("nama",),
    subtitle_fields=("jenis_anak", "tanggal_lahir"),
    identity=(by("nama", "tanggal_lahir"), *_SAME_PERSON),
    # Twins share a date of birth, so that alone rejects nobody.
    similar=(by("nama"), by("tanggal_lahir"), by("akta_kelahiran")),
    latest_by="tanggal_lahir",
)

ORANG_TUA = RecordKind(
    key="orang-tua",
    label="Orang tua",
    siasn_id=10,
    fields=(
        Field("hubungan", "Hubungan", FieldKind.CODE, section=_SELF, required=True, table="hubungan_orang_tua"),
        *_NAME,
        *_BIRTH,
        *_LIFE_FIELDS,
        Field(
            "alamat", "Alamat", FieldKind.LONG_TEXT, section=_CONTACT, max_length=300, sensitive=True, shown_when=_ALIVE
        ),
    ),
    documents=(_DEATH, _KK),
    cardinality=Cardinality.SEVERAL,
    approval=Approval.AGENCY,
    rules=(
        RecordRule(
            "tanggal_lahir", _older_than_parent, "Tanggal lahir orang tua terlalu dekat dengan tanggal lahir Anda."
        ),
        _DIED_AFTER_BIRTH,
    ),
    title_fields=("nama",),
    identity=(by("hubungan"),),
    similar=(by("nama", "tanggal_lahir"),),
    subtitle_fields=("hubungan", "status_hidup"),
)

GROUP = Group(
    key="keluarga",
    label="Keluarga",
    description="Pasangan, anak, dan orang tua Anda. Bila sudah benar, pilih data sudah sesuai.",
    kinds=(PASANGAN, ANAK, ORANG_TUA),
    requirement=Requirement.OPTIONAL,
    may_have_none=True,
)
