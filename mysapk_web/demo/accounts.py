"""The people of the demo whom guides and tests call by name. Public on purpose, and only in demo mode."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from mysapk_web.organisation.rules.email import normalise_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.settings import Settings

KABUPATEN = "Pemerintah Kabupaten Contoh"
KOTA = "Pemerintah Kota Misal"
BKN = "Badan Kepegawaian Negara"
KABUPATEN_DOMAIN = "contohkab.example.go.id"
KOTA_DOMAIN = "misalkota.example.go.id"

_PENDIDIKAN = "Dinas Pendidikan"
_BKPSDM = "Badan Kepegawaian dan Pengembangan SDM"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account as guides and tests use it; None where there is none."""

    key: str
    nip: str
    email: str
    password: str | None = field(repr=False)
    totp_secret: str | None = field(repr=False)
    roles: list[str]
    note: str


@dataclass(frozen=True, slots=True)
class Persona:
    """A person of the demo with a role in guides and tests.

    `unit` is the end of the path of unit names, `email` as imported, blanks included, `scope` the unit that the role is limited to.
    """

    key: str
    nip: str
    name: str
    unit: str
    email: str
    note: str
    password: str | None = field(default=None, repr=False)
    jenis: JenisPegawai = JenisPegawai.PNS
    gender: str = "L"
    titles: tuple[str, str] = ("", "")
    role: Role | None = None
    scope: str = ""
    instansi: str = KABUPATEN

    @property
    def totp_secret(self) -> str | None:
        """The authenticator secret of a person with a role, the same at every start."""
        if self.role is None:
            return None
        return base64.b32encode(hashlib.sha256(f"mysapk demo {self.key}".encode()).digest()[:20]).decode()


PERSONAS = (
    Persona(
        "pegawai",
        "198503152010012001",
        "Dewi Rahayu",
        "SMP Negeri 1 Sukamaju",
        f"dewi.rahayu@{KABUPATEN_DOMAIN}",
        "PNS yang akunnya sudah aktif.",
        password="Kertas-Sungai-27",
        gender="P",
        titles=("", "S.Pd."),
    ),
    Persona(
        "belum_aktif",
        "199007212015031002",
        "Rizal Firmansyah",
        "SD Negeri 1 Sukamaju",
        f"rizal.firmansyah@{KABUPATEN_DOMAIN}",
        "PNS yang belum mengaktifkan akun; coba lewat Lupa Password.",
        titles=("", "S.Pd."),
    ),
    Persona(
        "cpns_menunggu",
        "199904102025042001",
        "Nadia Permata",
        "Puskesmas Sukamaju",
        f"nadia.permata@{KABUPATEN_DOMAIN}",
        "CPNS yang menunggu persetujuan admin instansi sebelum dapat mengaktifkan akun.",
        jenis=JenisPegawai.CPNS,
        gender="P",
        titles=("", "A.Md.Kep."),
    ),
    Persona(
        "pppk",
        "199208172023211003",
        "Galih Nugraha",
        "SD Negeri 2 Sukamaju",
        f"galih.nugraha@{KABUPATEN_DOMAIN}",
        "PPPK yang akunnya sudah aktif.",
        password="Jendela-Pasir-48",
        jenis=JenisPegawai.PPPK,
        titles=("", "S.Pd."),
    ),
    Persona(
        "ppt_non_asn",
        "990000000000000017",
        "Indra Prasetyo",
        "Badan Perencanaan Pembangunan Daerah",
        f"indra.prasetyo@{KABUPATEN_DOMAIN}",
        "PPT Non-ASN dengan nomor internal 18 angka.",
        password="Lentera-Kapur-35",
        jenis=JenisPegawai.PPT_NON_ASN,
        titles=("Dr.", "M.Si."),
    ),
    Persona(
        "email_spasi",
        "198811052011011001",
        "Hendra Kusuma",
        "SMP Negeri 2 Sukamaju",
        f"hendra.kusuma@{KABUPATEN_DOMAIN} ",
        "Alamat email tersimpan dengan satu spasi di belakang; tetap dapat mengaktifkan akun.",
        titles=("", "S.Pd."),
    ),
    Persona(
        "email_gratis",
        "199102142014032001",
        "Elisa Handayani",
        "Kecamatan Sukamaju",
        "eli-contoh@gmail.com",
        # Gmail hands out no address with a hyphen, so this mailbox can belong to nobody.
        "Memakai alamat email gratis; instansinya memberi peringatan, tetapi menerimanya.",
        gender="P",
        titles=("", "S.E."),
    ),
    Persona(
        "verifikator",
        "198001202005011002",
        "Bambang Santosa",
        f"{_PENDIDIKAN}/Bidang Pembinaan SMP",
        f"bambang.santosa@{KABUPATEN_DOMAIN}",
        "Verifikator untuk Dinas Pendidikan dan unit di bawahnya.",
        password="Rembulan-Jati-62",
        titles=("", "M.Pd."),
        role=Role.VERIFIKATOR,
        scope=_PENDIDIKAN,
    ),
    Persona(
        "approver",
        "197709092003122001",
        "Ratna Wijaya",
        f"{_BKPSDM}/Bidang I",
        f"ratna.wijaya@{KABUPATEN_DOMAIN}",
        "Approver untuk seluruh instansi.",
        password="Payung-Gunung-83",
        gender="P",
        titles=("", "S.Sos., M.A.P."),
        role=Role.APPROVER,
    ),
    Persona(
        "admin_satker",
        "198706302009042002",
        "Lina Purnama",
        f"{_PENDIDIKAN}/Sekretariat Dinas",
        f"lina.purnama@{KABUPATEN_DOMAIN}",
        "Admin satker untuk Dinas Pendidikan dan unit di bawahnya.",
        password="Cangkir-Ombak-51",
        gender="P",
        titles=("", "S.Kom."),
        role=Role.ADMIN_SATKER,
        scope=_PENDIDIKAN,
    ),
    Persona(
        "admin_instansi",
        "198204112006041001",
        "Taufik Gunawan",
        f"{_BKPSDM}/Sekretariat",
        f"taufik.gunawan@{KABUPATEN_DOMAIN}",
        "Admin untuk seluruh Pemerintah Kabupaten Contoh.",
        password="Perahu-Kemiri-94",
        titles=("", "S.STP., M.Si."),
        role=Role.ADMIN_INSTANSI,
    ),
    Persona(
        "admin_bkn",
        "197512012000031001",
        "Surya Mahendra",
        "Deputi Bidang Sistem Informasi Kepegawaian",
        "surya.mahendra@bkn.example.go.id",
        "Admin BKN untuk semua instansi.",
        password="Menara-Cengkih-76",
        titles=("", "S.Kom., M.T.I."),
        role=Role.ADMIN_BKN,
        instansi=BKN,
    ),
    Persona(
        "pegawai_lain",
        "198909232012032001",
        "Sari Siregar",
        "SMP Negeri 1 Misal",
        f"sari.siregar@{KOTA_DOMAIN}",
        "PNS di instansi lain (Pemerintah Kota Misal, zona WITA).",
        password="Tangga-Embun-39",
        gender="P",
        titles=("", "S.Pd."),
        instansi=KOTA,
    ),
    Persona(
        "admin_instansi_lain",
        "198305172007011001",
        "Yusuf Hakim",
        _BKPSDM,
        f"yusuf.hakim@{KOTA_DOMAIN}",
        "Admin untuk seluruh Pemerintah Kota Misal.",
        password="Batu-Layang-Ungu-5",
        titles=("", "S.IP."),
        role=Role.ADMIN_INSTANSI,
        instansi=KOTA,
    ),
)


def demo_accounts(settings: Settings) -> list[DemoAccount]:
    """The demo accounts (`mysapk demo --accounts`); none outside demo mode."""
    if not settings.demo:
        return []
    return [
        DemoAccount(
            persona.key,
            persona.nip,
            normalise_email(persona.email),
            persona.password,
            persona.totp_secret,
            [persona.role.value.lower()] if persona.role else [],
            persona.note,
        )
        for persona in PERSONAS
    ]
