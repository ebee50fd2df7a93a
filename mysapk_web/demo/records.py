"""Records on file of the synthetic people: plausible, the same at every start, and of nobody who exists.

Numbers are of kinds that are given to nobody: NIK and KK of a regency that does not exist (33.99), mobile numbers that begin like
toll-free ones, an NPWP that begins with 99.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from stdnum import luhn

from mysapk_web.demo.people import DemoPerson
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups.common_rules import years_later

Record = tuple[str, dict[str, Any]]
"""Kind and payload."""

_PLACE: Final = "339901"
_SMA, _D3, _S1, _S2 = "15", "30", "40", "45"
_LADDER: Final = ("21", "22", "23", "24", "31", "32", "33", "34", "41", "42")
_ENTRY: Final = {_SMA: "21", _D3: "23", _S1: "31", _S2: "32"}
_CEILING: Final = {_SMA: "32", _D3: "33", _S1: "34", _S2: "41"}
"""First and last golongan of an education."""
_PPPK: Final = {_SMA: "V", _D3: "VII", _S1: "IX", _S2: "X"}
_YEARS_PER_STEP: Final = 4
_STUDIES: Final = {
    _SMA: ("PS15001", "PS15002", "PS15003"),
    _D3: ("PS30001", "PS30002", "PS30006", "PS30008"),
    _S1: ("PS40001", "PS40004", "PS40005", "PS40037", "PS40039", "PS40041"),
    _S2: ("PS45001", "PS45002", "PS45011"),
}
_SCHOOLS: Final = {
    _SMA: "SMA Negeri 1 Contoh",
    _D3: "Politeknik Contoh",
    _S1: "Universitas Contoh",
    _S2: "Universitas Misal",
}
_AGE: Final = {_SMA: 18, _D3: 21, _S1: 23, _S2: 26}
_PELAKSANA: Final = {
    _SMA: ("JP0001", "JP0004", "JP0005", "JP0047", "JP0055", "JP0056"),
    _D3: ("JP0006", "JP0007", "JP0009", "JP0046"),
    _S1: ("JP0021", "JP0023", "JP0025", "JP0026", "JP0045"),
    _S2: ("JP0023", "JP0027", "JP0045"),
}
_STREETS: Final = ("Jalan Melati", "Jalan Kenanga", "Jalan Merdeka", "Jalan Contoh Raya", "Jalan Pemuda")
_AGAMA: Final = ("1", "1", "1", "1", "1", "1", "2", "3", "4", "5")
_MALE: Final = ("Bagas", "Raka", "Dimas", "Farel", "Gilang")
_FEMALE: Final = ("Alya", "Nabila", "Kirana", "Salsa", "Tiara")


@dataclass(slots=True)
class _Life:
    """What the records of one person are derived from."""

    person: DemoPerson
    unit: str
    agency: str
    today: date
    dice: random.Random = field(init=False)
    education: str = field(init=False)
    born: date = field(init=False)
    start: date = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.person.nip)  # noqa: S311  wanted predictable
        self.education = _education(self.person.titles)
        self.born = self.person.born or date(1970, 1, 1)
        self.start = _start(self.person, self.born)

    def letter(self, office: str, year: int) -> str:
        return f"{office}/{self.dice.randint(1, 999)}/{year}"


def records(person: DemoPerson, unit: str, agency: str, today: date, *, full: bool = False) -> Iterator[Record]:
    """The records on file of one person: kind and payload. `full` adds family, awards and courses, for the personas."""
    life = _Life(person, unit, agency, today)
    jenis = person.jenis
    yield "profil", _profile(life)
    yield "pendidikan", _education_record(life)
    yield "jabatan", _post(life)
    if jenis is not JenisPegawai.PPT_NON_ASN:
        yield from (("golongan", payload) for payload in _ranks(life, full=full))
        yield from (("skp", payload) for payload in _assessments(life, full=full))
    if jenis in (JenisPegawai.PNS, JenisPegawai.CPNS):
        yield "cpns-pns", _appointment(life)
    if full:
        yield from _family(life)
        yield from _courses(life)


def _education(titles: tuple[str, str]) -> str:
    behind = titles[1]
    if behind.startswith("M.") or " M." in behind:
        return _S2
    if behind.startswith("A."):
        return _D3
    return _S1 if behind else _SMA


def _start(person: DemoPerson, born: date) -> date:
    """First day at work, as in the NIP."""
    if person.jenis is JenisPegawai.PPT_NON_ASN:
        return years_later(born, 45).replace(month=1, day=1)
    year = int(person.nip[8:12])
    return date(year, 3 if person.jenis is JenisPegawai.PPPK else int(person.nip[12:14]), 1)


def _profile(life: _Life) -> dict[str, Any]:
    person, dice, born = life.person, life.dice, life.born
    day = born.day + (40 if person.gender == "P" else 0)
    tail = f"{int(person.nip[-3:]) % 900 + 100:04d}"
    retires = 60 if "Guru" in life.unit or "Negeri" in life.unit else 58
    last = years_later(born, retires)
    pns = person.jenis in (JenisPegawai.PNS, JenisPegawai.CPNS)
    stem = f"99{dice.randint(100_000, 999_999)}"
    return {
        "tempat_lahir": "Kabupaten Contoh",
        "agama": dice.choice(_AGAMA),
        "status_kawin": dice.choice("1114"),
        "jenis_pegawai": "15" if pns else None,
        "kedudukan_hukum": "71" if person.jenis is JenisPegawai.PPPK else "01" if pns else None,
        "bup": retires if pns else None,
        "tmt_pensiun": _next_month(last).isoformat() if pns else None,
        "nik": f"{_PLACE}{day:02d}{born:%m%y}{tail}" if person.born else f"{_PLACE}0101700017",
        "nama_ktp": person.name.upper(),
        "nomor_kk": f"{_PLACE}{dice.randint(10**9, 10**10 - 1)}",
        "alamat": f"{dice.choice(_STREETS)} Nomor {dice.randint(1, 120)}, RT 0{dice.randint(1, 9)} RW 0{dice.randint(1, 9)}",
        "kabupaten": "33.22",
        "kode_pos": f"{dice.randint(50500, 50599)}",
        "nomor_hp": f"08000{dice.randint(1_000_000, 9_999_999)}",
        "nomor_bpjs": f"000999{dice.randint(1_000_000, 9_999_999)}",
        "npwp_nomor": f"{stem}{luhn.calc_check_digit(stem)}508000",
        "taspen_nomor": f"TSP-{person.nip[:6]}-{tail}" if pns else None,
        "taspen_cabang": "03" if pns else None,
    }


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _education_record(life: _Life) -> dict[str, Any]:
    graduated = date(life.born.year + _AGE[life.education], 8, life.dice.randint(1, 28))
    graduated = min(graduated, life.start - timedelta(days=60))
    titled = life.education in (_D3, _S1, _S2)
    return {
        "tingkat_pendidikan": life.education,
        "pendidikan": life.dice.choice(_STUDIES[life.education]),
        "nama_sekolah": _SCHOOLS[life.education],
        "nomor_ijazah": life.letter("IJZ", graduated.year),
        "tanggal_lulus": graduated.isoformat(),
        "tahun_lulus": graduated.year,
        "gelar_depan": life.person.titles[0] or None if titled else None,
        "gelar_belakang": life.person.titles[1] or None if titled else None,
        "pendidikan_pertama": True,
    }


def _post(life: _Life) -> dict[str, Any]:
    since = life.start
    payload: dict[str, Any] = {
        "unor": life.unit,
        "satuan_kerja": life.unit,
        "nomor_sk": life.letter("821", since.year),
        "tanggal_sk": (since - timedelta(days=14)).isoformat(),
        "tmt_jabatan": since.isoformat(),
        "jenis_penugasan": "D",
    }
    if life.person.jenis is JenisPegawai.PPT_NON_ASN:
        return payload | {"jenis_jabatan": "1", "nama_jabatan": f"Kepala {life.unit}", "eselon": "22"}
    functional = _functional(life)
    if functional:
        return payload | {"jenis_jabatan": "2", "jabatan_fungsional": functional}
    return payload | {"jenis_jabatan": "4", "jabatan_pelaksana": life.dice.choice(_PELAKSANA[life.education])}


def _functional(life: _Life) -> str:
    years = life.today.year - life.start.year
    if "Negeri" in life.unit and life.education in (_S1, _S2):
        return ("JF0001", "JF0002", "JF0003")[min(years // 8, 2)]
    if any(word in life.unit for word in ("Puskesmas", "Instalasi")) and life.education in (_D3, _S1):
        steps = ("JF0050", "JF0051", "JF0052") if life.education == _D3 else ("JF0009", "JF0010", "JF0011")
        return steps[min(years // 8, 2)]
    return ""


def _ranks(life: _Life, *, full: bool) -> Iterator[dict[str, Any]]:
    jenis, start = life.person.jenis, life.start
    if jenis is JenisPegawai.PPPK:
        yield _rank(life, _PPPK[life.education], start, "")
        return
    first, last = _LADDER.index(_ENTRY[life.education]), _LADDER.index(_CEILING[life.education])
    if jenis is JenisPegawai.CPNS:
        yield _rank(life, _LADDER[first], start, "211")
        return
    steps = min((life.today.year - start.year - 1) // _YEARS_PER_STEP, last - first)
    for step in range(0 if full else max(steps, 0), max(steps, 0) + 1):
        since = start if step == 0 else date(start.year + step * _YEARS_PER_STEP, 4, 1)
        yield _rank(life, _LADDER[first + step], since, "101" if step else "211")


def _rank(life: _Life, golongan: str, since: date, how: str) -> dict[str, Any]:
    signed = since - timedelta(days=20)
    months = (since.year - life.start.year) * 12 + since.month - life.start.month
    return {
        "golongan": golongan,
        "tmt_golongan": since.isoformat(),
        "nomor_sk": life.letter("823", signed.year),
        "tanggal_sk": signed.isoformat(),
        "jenis_kp": how or None,
        "masa_kerja_tahun": max(months, 0) // 12,
        "masa_kerja_bulan": max(months, 0) % 12,
    }


def _assessments(life: _Life, *, full: bool) -> Iterator[dict[str, Any]]:
    """Of the last two years; some people lack one, which their page points out."""
    for back in (2, 1):
        year = life.today.year - back
        missing = back == 1 if full else life.dice.random() < 0.2
        if year <= life.start.year or missing:
            continue
        yield {
            "tahun": year,
            "hasil_kinerja": life.dice.choice("122"),
            "perilaku_kerja": "2",
            "kuadran_kinerja": life.dice.choice("122"),
            "penilai_status": "ASN",
            "penilai_nama": "Pejabat Penilai Contoh",
            "penilai_jabatan": f"Kepala {life.unit}",
            "penilai_unor": life.unit,
        }


def _appointment(life: _Life) -> dict[str, Any]:
    start = life.start
    signed = start - timedelta(days=30)
    payload: dict[str, Any] = {
        "jenis_pengadaan": "1",
        "nomor_sk_cpns": life.letter("813", signed.year),
        "tanggal_sk_cpns": signed.isoformat(),
        "tmt_cpns": start.isoformat(),
        "pejabat_pengangkat": "Bupati Contoh",
        "nomor_spmt": life.letter("800", start.year),
        "tanggal_spmt": start.isoformat(),
    }
    if life.person.jenis is JenisPegawai.CPNS:
        return payload
    appointed = years_later(start, 1)
    return payload | {
        "nomor_sk_pns": life.letter("821.13", appointed.year),
        "tanggal_sk_pns": (appointed - timedelta(days=20)).isoformat(),
        "tmt_pns": appointed.isoformat(),
        "kartu_pegawai": f"C {life.dice.randint(100_000, 999_999)}",
    }


def _family(life: _Life) -> Iterator[Record]:
    person, dice, born = life.person, life.dice, life.born
    last, agama = person.name.rsplit(" ", 1)[-1], "1"
    married = years_later(born, 27)
    if married < life.today:
        other = "L" if person.gender == "P" else "P"
        name = dice.choice(_MALE if other == "L" else _FEMALE)
        wed = date(born.year - dice.randint(0, 3), 5, dice.randint(1, 28))
        yield (
            "pasangan",
            {
                "pasangan_ke": 1,
                "status_pernikahan": "1",
                "tanggal_menikah": married.isoformat(),
                "akta_menikah": life.letter("AN", married.year),
                "nama": f"{name} {last}",
                "tempat_lahir": "Kabupaten Contoh",
                "tanggal_lahir": wed.isoformat(),
                "agama": agama,
                "status_pekerjaan": "NON_ASN",
                "jenis_identitas": "1",
                "nik": f"{_PLACE}{wed.day + (40 if other == 'P' else 0):02d}{wed:%m%y}0101",
                "status_hidup": "1",
            },
        )
    for number in range(2):
        child = years_later(born, 29 + 3 * number)
        if child < life.today:
            yield "anak", _child(life, child, number, last)
    for code, label, years in (("1", "Bapak", 29), ("2", "Ibu", 26)):
        day = date(born.year - years, 6, 15)
        yield (
            "orang-tua",
            {
                "hubungan": code,
                "nama": f"{label} {last}",
                "tempat_lahir": "Kabupaten Contoh",
                "tanggal_lahir": day.isoformat(),
                "agama": agama,
                "status_hidup": "1",
                "alamat": "Jalan Contoh Raya Nomor 1",
            },
        )


def _child(life: _Life, born: date, number: int, last: str) -> dict[str, Any]:
    gender = "LP"[number % 2]
    return {
        "nama": f"{(_MALE if gender == 'L' else _FEMALE)[number + 1]} {last}",
        "jenis_kelamin": gender,
        "jenis_anak": "1",
        "pasangan_ke": 1,
        "tempat_lahir": "Kabupaten Contoh",
        "tanggal_lahir": born.isoformat(),
        "agama": "1",
        "akta_kelahiran": life.letter("AL", born.year),
        "jenis_identitas": "1",
        "nik": f"{_PLACE}{born.day + (40 if gender == 'P' else 0):02d}{born:%m%y}020{number + 1}",
        "status_hidup": "1",
    }


def _courses(life: _Life) -> Iterator[Record]:
    year = max(life.today.year - 3, life.start.year)
    yield (
        "kursus",
        {
            "jenis_diklat": "3",
            "nama_kursus": "Pelayanan Publik Digital",
            "jenis_kursus": "T",
            "penyelenggara": "Badan Kepegawaian dan Pengembangan SDM",
            "nomor_sertifikat": life.letter("SERT", year),
            "tanggal_mulai": f"{year}-03-11",
            "tanggal_selesai": f"{year}-03-15",
            "tahun": year,
            "jumlah_jam": 40,
        },
    )
