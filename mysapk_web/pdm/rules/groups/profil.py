"""Profil: data utama, KTP, BPJS Kesehatan, Taspen. Changed immediately, without verification."""

from mysapk_web.pdm.rules.groups.base import (
    ONE_AT_ALL,
    Approval,
    Cardinality,
    Group,
    RecordAction,
    RecordKind,
    RecordRule,
    Requirement,
)
from mysapk_web.pdm.rules.groups.common_rules import after_birth
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind
from mysapk_web.pdm.rules.identity import nik_warning

_DATA = "Data utama"
_KTP = "Data KTP"
_KONTAK = "Kontak dan alamat"
_KEPEGAWAIAN = "Kepegawaian"
_BPJS = "BPJS Kesehatan"
_PAJAK = "NPWP"
_TASPEN = "Taspen dan Tapera"

_FIELDS = (
    Field("nip", "NIP", section=_DATA, read_only=True),
    Field("nip_lama", "NIP lama", section=_DATA, read_only=True),
    Field("nama", "Nama", section=_DATA, read_only=True),
    Field("gelar_depan", "Gelar depan", section=_DATA, read_only=True),
    Field("gelar_belakang", "Gelar belakang", section=_DATA, read_only=True),
    Field("tempat_lahir", "Tempat lahir", section=_DATA, read_only=True),
    Field("tanggal_lahir", "Tanggal lahir", FieldKind.DATE, section=_DATA, read_only=True),
    Field("jenis_kelamin", "Jenis kelamin", FieldKind.CODE, section=_DATA, read_only=True, table="jenis_kelamin"),
    Field("agama", "Agama", FieldKind.CODE, section=_DATA, read_only=True, table="agama"),
    Field("status_kawin", "Status kawin", FieldKind.CODE, section=_DATA, read_only=True, table="status_kawin"),
    Field(
        "jenis_pegawai", "Jenis pegawai", FieldKind.CODE, section=_KEPEGAWAIAN, read_only=True, table="jenis_pegawai"
    ),
    Field(
        "kedudukan_hukum",
        "Kedudukan hukum",
        FieldKind.CODE,
        section=_KEPEGAWAIAN,
        read_only=True,
        table="kedudukan_hukum",
    ),
    Field("nomor_karpeg", "Nomor seri Karpeg", section=_KEPEGAWAIAN, read_only=True),
    Field("bup", "Batas usia pensiun (tahun)", FieldKind.INTEGER, section=_KEPEGAWAIAN, read_only=True),
    Field("tmt_pensiun", "TMT pensiun", FieldKind.DATE, section=_KEPEGAWAIAN, read_only=True, future=True),
    Field("kpkn", "Kantor bayar (KPPN)", FieldKind.CODE, section=_KEPEGAWAIAN, read_only=True, table="kpkn"),
    Field("nik", "NIK", FieldKind.NIK, section=_KTP, sensitive=True, help="16 angka, seperti pada KTP."),
    Field("nama_ktp", "Nama pada KTP", section=_KTP, read_only=True),
    Field("nomor_kk", "Nomor Kartu Keluarga", FieldKind.KK, section=_KTP, sensitive=True, help="16 angka."),
    Field(
        "alamat",
        "Alamat tempat tinggal",
        FieldKind.LONG_TEXT,
        section=_KONTAK,
        required=True,
        max_length=300,
        sensitive=True,
    ),
    Field("kabupaten", "Kabupaten atau kota", FieldKind.CODE, section=_KONTAK, required=True, table="kabupaten"),
    Field("kode_pos", "Kode pos", FieldKind.POSTCODE, section=_KONTAK, help="5 angka."),
    Field(
        "nomor_hp",
        "Nomor HP",
        FieldKind.PHONE,
        section=_KONTAK,
        required=True,
        sensitive=True,
        help="Diawali 08, misalnya 081234567890.",
    ),
    Field("nomor_telepon", "Nomor telepon rumah", FieldKind.TELEPHONE, section=_KONTAK, sensitive=True),
    Field(
        "email",
        "Email akun",
        FieldKind.EMAIL,
        section=_KONTAK,
        read_only=True,
        sensitive=True,
        help="Token dan pemberitahuan dikirim ke alamat ini.",
    ),
    Field("email_gov", "Email kedinasan", FieldKind.EMAIL, section=_KONTAK),
    Field("nomor_bpjs", "Nomor BPJS Kesehatan", FieldKind.BPJS, section=_BPJS, sensitive=True, help="13 angka."),
    Field("npwp_nomor", "NPWP", FieldKind.NPWP, section=_PAJAK, sensitive=True, help="15 atau 16 angka."),
    Field("npwp_tanggal", "Tanggal NPWP", FieldKind.DATE, section=_PAJAK),
    Field("karis_karsu", "Nomor Karis atau Karsu", section="Karis atau Karsu", max_length=30),
    Field(
        "taspen_nomor",
        "Nomor Taspen",
        section=_TASPEN,
        max_length=30,
        sensitive=True,
        help="Isi bila Taspen sudah menerbitkan nomor untuk Anda.",
    ),
    Field("taspen_tanggal", "Tanggal Taspen", FieldKind.DATE, section=_TASPEN),
    Field("taspen_cabang", "Kantor cabang Taspen", FieldKind.CODE, section=_TASPEN, table="taspen"),
    Field("tapera_nomor", "Nomor Tapera", section=_TASPEN, max_length=30, sensitive=True),
)

_RULES = (
    after_birth("npwp_tanggal", "Tanggal NPWP"),
    after_birth("taspen_tanggal", "Tanggal Taspen"),
    RecordRule(
        "npwp_nomor",
        # A 16-digit NPWP without a leading 0 is the NIK of its holder (since 1 July 2024).
        lambda view: (
            len(number := view.text("npwp_nomor")) == 16
            and not number.startswith("0")
            and nik_warning(number, birth_date=view.person.birth_date, gender=view.person.gender) is not None
        ),
        "NPWP 16 angka sama dengan NIK, tetapi nomor ini tidak cocok dengan tanggal lahir atau jenis kelamin Anda. "
        "Periksa kembali dengan kartu NPWP.",
        warning=True,
    ),
)

PROFIL = RecordKind(
    key="profil",
    label="Profil",
    siasn_id=1,
    fields=_FIELDS,
    cardinality=Cardinality.SINGLE,
    approval=Approval.NONE,
    rules=_RULES,
    title_fields=("nama",),
    subtitle_fields=("nip",),
    identity=ONE_AT_ALL,
    similar=(),
    actions=frozenset({RecordAction.CHANGE}),
)

GROUP = Group(
    key="profil",
    label="Profil",
    description="Data pribadi, alamat, dan nomor-nomor Anda. Perubahan langsung tersimpan tanpa verifikasi.",
    kinds=(PROFIL,),
    requirement=Requirement.REQUIRED,
    verified=False,
)
