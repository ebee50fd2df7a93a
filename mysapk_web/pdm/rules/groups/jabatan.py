"""Riwayat jabatan."""

from mysapk_web.pdm.rules.groups.base import Approval, Cardinality, Group, RecordKind, Requirement, by
from mysapk_web.pdm.rules.groups.common_rules import decree_before_effect, not_before, working_age
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.groups.fields import Condition, Field, FieldKind

STRUKTURAL, FUNGSIONAL, RANGKAP, PELAKSANA = "1", "2", "3", "4"
_WITH_ESELON = Condition("jenis_jabatan", (STRUKTURAL, RANGKAP))
_WITH_JF = Condition("jenis_jabatan", (FUNGSIONAL, RANGKAP))
_PLACE = "Tempat kerja"
_POST = ("nama_jabatan", "jabatan_fungsional", "jabatan_pelaksana")

JABATAN = RecordKind(
    key="jabatan",
    label="Jabatan",
    siasn_id=8,
    fields=(
        Field("jenis_jabatan", "Jenis jabatan", FieldKind.CODE, required=True, table="jenis_jabatan"),
        Field("nama_jabatan", "Nama jabatan", required=True, shown_when=_WITH_ESELON),
        Field("eselon", "Eselon", FieldKind.CODE, required=True, table="eselon", shown_when=_WITH_ESELON),
        Field(
            "jabatan_fungsional",
            "Jabatan fungsional",
            FieldKind.CODE,
            required=True,
            table="jabatan_fungsional",
            shown_when=_WITH_JF,
        ),
        Field("sub_jabatan", "Sub jabatan", help="Misalnya mata pelajaran atau spesialisasi.", shown_when=_WITH_JF),
        Field(
            "jabatan_pelaksana",
            "Jabatan pelaksana",
            FieldKind.CODE,
            required=True,
            table="jabatan_pelaksana",
            shown_when=Condition("jenis_jabatan", (PELAKSANA,)),
        ),
        Field("instansi_kerja", "Instansi kerja", FieldKind.CODE, section=_PLACE, table="instansi"),
        Field("satuan_kerja", "Satuan kerja", section=_PLACE),
        Field("unor", "Unit organisasi", section=_PLACE, required=True),
        Field("nomor_sk", "Nomor SK", section="SK jabatan", required=True, max_length=100),
        Field("tanggal_sk", "Tanggal SK", FieldKind.DATE, section="SK jabatan", required=True),
        Field("tmt_jabatan", "TMT jabatan", FieldKind.DATE, section="SK jabatan", required=True, future=True),
        Field("tmt_pelantikan", "TMT pelantikan", FieldKind.DATE, section="SK jabatan", future=True),
        Field("jenis_mutasi", "Jenis mutasi", FieldKind.CODE, section="Penugasan", table="jenis_mutasi"),
        Field(
            "tmt_mutasi",
            "TMT mutasi",
            FieldKind.DATE,
            section="Penugasan",
            future=True,
            shown_when=Condition("jenis_mutasi", ("MJ", "MU")),
        ),
        Field("jenis_penugasan", "Jenis penugasan", FieldKind.CODE, section="Penugasan", table="jenis_penugasan"),
    ),
    documents=(
        DocumentRule("872", "SK jabatan"),
        DocumentRule("873", "Surat pernyataan pelantikan", required=False),
    ),
    cardinality=Cardinality.LATEST_ONLY,
    approval=Approval.AGENCY,
    rules=(
        working_age("tmt_jabatan", "TMT jabatan"),
        decree_before_effect("tanggal_sk", "tmt_jabatan"),
        not_before("tmt_pelantikan", "tanggal_sk", "TMT pelantikan tidak boleh sebelum tanggal SK jabatan."),
    ),
    title_fields=("nama_jabatan", "jabatan_fungsional", "jabatan_pelaksana"),
    subtitle_fields=("unor", "tmt_jabatan"),
    identity=(by("jenis_jabatan", "unor", "tmt_jabatan", also=_POST),),
    similar=(by("tmt_jabatan"), by("nomor_sk"), by("jenis_jabatan", "unor", also=_POST)),
    latest_by="tmt_jabatan",
)

GROUP = Group(
    key="jabatan",
    label="Jabatan",
    description="Jabatan terakhir Anda beserta SK jabatan.",
    kinds=(JABATAN,),
    requirement=Requirement.REQUIRED,
)
