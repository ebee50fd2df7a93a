"""People, code tables and records that the tests of the groups share. All of them are made up."""

from datetime import date

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.reference.builtin import CODES
from mysapk_web.pdm.rules.groups.fields import PersonFacts

TODAY = date(2026, 8, 17)
PNS = PersonFacts(
    jenis=JenisPegawai.PNS,
    nip="198501012010011001",
    birth_date=date(1985, 1, 1),
    gender="L",
    tmt_cpns=date(2010, 1, 1),
)
CPNS = PersonFacts(jenis=JenisPegawai.CPNS, nip="200003032025032001", birth_date=date(2000, 3, 3), gender="P")
PPPK = PersonFacts(jenis=JenisPegawai.PPPK, nip="199003152021212002", birth_date=date(1990, 3, 15))
PEOPLE = (PNS, CPNS, PPPK, PersonFacts(jenis=JenisPegawai.PPT_NON_ASN))

__all__ = ["CODES", "CPNS", "GOOD", "PEOPLE", "PNS", "PPPK", "TODAY"]

_SK = {"nomor_sk": "821/12/BKPSDM/2020", "tanggal_sk": "2020-03-20"}
_ASSESSOR = {"penilai_status": "ASN", "penilai_nama": "Siti Contoh", "penilai_jabatan": "Kepala Bidang Contoh"}
_BORN = {"tempat_lahir": "Contoh", "tanggal_lahir": "1987-06-05", "agama": "1"}

GOOD = {
    "profil": {
        "alamat": "Jalan Contoh 1",
        "kabupaten": "15.06",
        "nomor_hp": "081234567890",
    },
    "golongan": {
        "golongan": "31",
        "tmt_golongan": "2020-04-01",
        "jenis_kp": "101",
        "masa_kerja_tahun": 10,
        "masa_kerja_bulan": 3,
        **_SK,
    },
    "jabatan": {
        "jenis_jabatan": "4",
        "jabatan_pelaksana": "JP0001",
        "unor": "Dinas Contoh",
        "tmt_jabatan": "2020-04-01",
    }
    | _SK,
    "pendidikan": {
        "tingkat_pendidikan": "40",
        "pendidikan": "PS40001",
        "nama_sekolah": "Universitas Contoh",
        "nomor_ijazah": "UC-1",
        "tanggal_lulus": "2008-08-20",
        "tahun_lulus": 2008,
        "gelar_belakang": "S.AP.",
    },
    "diklat": {
        "latihan_struktural": "2",
        "penyelenggara": "BPSDM Contoh",
        "nomor": "D-1",
        "tanggal_mulai": "2019-02-01",
        "tanggal_selesai": "2019-05-01",
        "tahun": 2019,
        "jumlah_jam": 300,
    },
    "kursus": {
        "jenis_diklat": "3",
        "nama_kursus": "Arsip Digital",
        "jenis_kursus": "T",
        "penyelenggara": "BPSDM Contoh",
        "nomor_sertifikat": "K-1",
        "tanggal_mulai": "2019-02-01",
        "tanggal_selesai": "2019-02-03",
        "tahun": 2019,
        "jumlah_jam": 24,
    },
    "skp": {"tahun": 2025, "hasil_kinerja": "2", "perilaku_kerja": "1", "kuadran_kinerja": "2"} | _ASSESSOR,
    "penghargaan": {"jenis_penghargaan": "201", "tahun": 2020} | _SK,
    "pasangan": {
        "pasangan_ke": 1,
        "status_pernikahan": "1",
        "tanggal_menikah": "2012-12-12",
        "akta_menikah": "AN-1",
        "nama": "Rina Contoh",
        "status_pekerjaan": "NON_ASN",
        "status_hidup": "1",
    }
    | _BORN,
    "anak": {
        "nama": "Budi Contoh",
        "jenis_kelamin": "L",
        "jenis_anak": "1",
        "tempat_lahir": "Contoh",
        "tanggal_lahir": "2014-02-03",
        "agama": "1",
        "akta_kelahiran": "AL-1",
        "status_hidup": "1",
    },
    "orang-tua": {"hubungan": "1", "nama": "Hasan Contoh", "status_hidup": "1"}
    | _BORN
    | {"tanggal_lahir": "1955-05-05"},
    "pmk": {
        "jenis_pmk": "1",
        "pengalaman": "Dinas Contoh",
        "tanggal_mulai": "2006-01-01",
        "tanggal_selesai": "2009-12-31",
        "masa_kerja_tahun": 4,
        "masa_kerja_bulan": 0,
    }
    | _SK,
    "cpns-pns": {
        "nomor_sk_cpns": "C-1",
        "tanggal_sk_cpns": "2009-12-20",
        "tmt_cpns": "2010-01-01",
        "nomor_sk_pns": "P-1",
        "tanggal_sk_pns": "2011-02-20",
        "tmt_pns": "2011-03-01",
        "nomor_spmt": "S-1",
        "tanggal_spmt": "2010-01-04",
    },
    "pindah-instansi": {
        "jenis_pindah": "1",
        "tmt_pindah": "2022-02-01",
        "instansi_induk_lama": "C002",
        "unor_lama": "Dinas Lama",
        "instansi_induk_baru": "C001",
        "unor_baru": "Dinas Baru",
        "nomor_sk_bkn": "B-1",
        "tanggal_sk_bkn": "2022-01-10",
        "nomor_sk_asal": "A-1",
        "tanggal_sk_asal": "2021-12-10",
        "nomor_sk_tujuan": "T-1",
        "tanggal_sk_tujuan": "2022-01-20",
    },
    "cltn": {"jenis_cltn": "1", "tanggal_mulai": "2020-05-01", "tanggal_selesai": "2023-04-30"} | _SK,
    "organisasi": {
        "jenis_organisasi": "5",
        "nama_organisasi": "Ikatan Contoh",
        "jabatan": "Anggota",
        "tanggal_mulai": "2015-01-01",
    },
}
"""A record of each kind that a PNS could send on 17 August 2026, without a doubt in it."""
