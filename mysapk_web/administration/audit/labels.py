"""What the trail tells beside an act, in words: every key that `audit.record` is given has its label here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web import rate_limits
from mysapk_web.administration.rules.email_import import RowVerdict
from mysapk_web.organisation.periods import moment
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.pegawai import Eligibility, JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups import get_group as group_named
from mysapk_web.pdm.rules.groups import get_kind as kind_named
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import REASONS, Declaration, ProposalState
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.progress.not_activated import NotActivatedReason
from mysapk_web.progress.pdm_incomplete import IncompleteKind

DETAIL_LABELS: Final = {
    "agent": "Peramban",
    "aksi": "Usulan",
    "alasan": "Alasan",
    "applied": "Diterapkan",
    "baris": "Baris",
    "batas": "Batas",
    "bentuk": "Bentuk berkas",
    "bukti": "Nomor bukti",
    "count": "Jumlah sesi",
    "created": "Pegawai dibuat",
    "daftar": "Daftar",
    "dasar": "Dasar hukum",
    "document": "Nomor dokumen",
    "domain_sebelum": "Domain sebelumnya",
    "domain_sesudah": "Domain sekarang",
    "email": "Email",
    "fault": "Kerusakan",
    "field": "Isian",
    "fields": "Isian",
    "fits": "Email cocok",
    "grup": "Kelompok data",
    "impor": "Nomor impor",
    "isi": "Isi",
    "isi_sebelum": "Isi sebelumnya",
    "jam_layanan": "Jam layanan",
    "jenis": "Jenis",
    "judul": "Judul",
    "judul_sebelum": "Judul sebelumnya",
    "jumlah": "Pegawai",
    "keluhan_url": "Alamat pengaduan",
    "label": "Nama token",
    "laporan": "Laporan",
    "left": "Kode yang tersisa",
    "mask_new": "Email baru",
    "mask_old": "Email lama",
    "mulai": "Mulai",
    "nama": "Nama",
    "note": "Tempat menurut catatan",
    "pengumuman": "Nomor pengumuman",
    "percobaan": "Percobaan",
    "periode": "Nomor periode",
    "pernyataan": "Pernyataan",
    "position": "Tempat segel terakhir",
    "proposal": "Nomor usulan",
    "reason": "Alasan",
    "replaced": "Mengganti dokumen sebelumnya",
    "role": "Peran",
    "rows": "Baris",
    "rule": "Dokumen",
    "sampai": "Sampai",
    "sampai_sebelum": "Sampai, sebelumnya",
    "saringan": "Saringan",
    "sebab": "Sebab",
    "penangan": "Tindakan",
    "sebelum": "Sebelumnya",
    "second_factor": "Verifikasi dua langkah",
    "selesai": "Selesai",
    "sesudah": "Sekarang",
    "sha256": "Sidik berkas (SHA-256)",
    "situs": "Situs",
    "source": "Sumber",
    "state": "Keadaan akun",
    "status": "Status",
    "surat": "Nomor surat",
    "table": "Tabel",
    "tahap": "Tahap",
    "taken": "Email dipakai akun lain",
    "telepon": "Telepon",
    "tempat": "Tempat",
    "token": "Nomor token",
    "tries": "Percobaan",
    "undone": "Dibatalkan",
    "unor_id": "Unit kerja",
    "usulan": "Nomor usulan",
    "within": "Dalam batas permintaan",
}
"""By the key under which it is stored."""

_FILTERS: Final = {
    "tindakan": "Tindakan",
    "dari": "Dari",
    "sampai": "Sampai",
    "tempat": "Tempat",
    "jenis": "Jenis pegawai",
    "dicari": "Yang dicari",
    "kelompok": "Kelompok data",
    "keterangan": "Keterangan",
}
"""Of a list that was taken as a file."""

_COUNTED: Final[Mapping[str, str]] = {
    **{verdict.value: verdict.label for verdict in RowVerdict},
    "BARU": "Baru",
    "DIPERBARUI": "Diperbarui",
    "TIDAK_BERUBAH": "Tidak berubah",
    "DITERIMA_DENGAN_CATATAN": "Diterima dengan catatan",
    "DITOLAK": "Ditolak",
}
"""What became of the rows of a file."""

_PERIODS: Final = {
    PeriodKind.AKTIVASI.value: "Aktivasi akun",
    PeriodKind.PDM.value: "Pemutakhiran data (PDM)",
    PeriodKind.VERIFIKASI.value: "Verifikasi",
}
_LIMITS: Final = {
    rate_limits.RECOVERY_PER_NIP.name: "permintaan token untuk satu NIP",
    rate_limits.RECOVERY_BEYOND.name: "token sesudah batas sehari",
    rate_limits.RECOVERY_RESEND.name: "kirim ulang token",
    rate_limits.RECOVERY_PER_NETWORK.name: "permintaan token dari satu jaringan",
    rate_limits.TOKEN_CHECKS_PER_NETWORK.name: "percobaan token dari satu jaringan",
    rate_limits.TOKEN_BROWSERS_PER_PAIR.name: "peramban yang mencoba satu token",
    rate_limits.TOKEN_BROWSERS_PER_NETWORK.name: "peramban yang mencoba satu token dari satu jaringan",
    rate_limits.FAILED_LOGINS.name: "gagal masuk dari semua jaringan",
    rate_limits.LOGINS_PER_NETWORK.name: "percobaan masuk dari satu jaringan",
    rate_limits.SECOND_FACTOR_TRIES.name: "kode autentikator",
    rate_limits.PASSWORD_CONFIRM_PER_ACCOUNT.name: "konfirmasi password atau kode",
    rate_limits.HANDSHAKES_PER_NETWORK.name: "sambungan dari satu jaringan",
    rate_limits.EVENTS_PER_SOCKET.name: "tindakan lewat satu sambungan",
    rate_limits.UPLOADS_PER_ACCOUNT.name: "unggahan dokumen",
    rate_limits.REVEALS_PER_ACCOUNT.name: "nomor pribadi yang dilihat",
    rate_limits.EMAIL_CHANGES_PER_ACCOUNT.name: "penggantian alamat email",
    rate_limits.EMAIL_CHANGES_PER_TARGET.name: "penggantian ke satu alamat email",
    rate_limits.EXPORTS_PER_ACCOUNT.name: "unduhan daftar",
    rate_limits.PROOF_CHECKS_PER_NETWORK.name: "pemeriksaan bukti dari satu jaringan",
    rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NETWORK.name: "permintaan perbaikan email dari satu jaringan",
    rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NIP_AND_NETWORK.name: "permintaan perbaikan email satu NIP dari satu jaringan",
    rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NIP.name: "permintaan perbaikan email untuk satu NIP",
    rate_limits.EMAIL_CORRECTION_MAILS_PER_NIP.name: "surat tentang perbaikan email untuk satu NIP",
    rate_limits.HELP_SEARCHES_PER_NETWORK.name: "pencarian helpdesk dari satu jaringan",
    rate_limits.IMPORTS_PER_ACCOUNT.name: "daftar alamat yang dikirim",
    rate_limits.IMPORTS_PER_TOKEN.name: "daftar alamat yang dikirim dengan satu token",
    rate_limits.API_CALLS_PER_TOKEN.name: "panggilan API dengan satu token",
    rate_limits.API_FAILURES_PER_NETWORK.name: "token API salah dari satu jaringan",
    rate_limits.DENIALS_LOGGED_PER_ACCOUNT.name: "penolakan yang dicatat",
}
_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "aksi": {action.value: action.label for action in RecordAction},
    "alasan": {reason.code: reason.label for reason in REASONS},
    "batas": _LIMITS,
    "bentuk": {"csv": "CSV", "xlsx": "XLSX"},
    "daftar": {
        "belum-aktif": "Belum mengaktifkan akun",
        "sanksi": "Daftar sanksi",
        "belum-pdm": "Belum menyelesaikan pemutakhiran",
        "sanksi-pdm": "Daftar sanksi pemutakhiran",
        "audit": "Jejak audit",
    },
    "grup": {group.key: group.label for group in GROUPS},
    "laporan": {"impor-email": "Laporan impor email"},
    "pernyataan": {
        Declaration.SESUAI.value: "Data sudah sesuai",
        Declaration.TIDAK_ADA.value: "Tidak ada riwayat",
        "": "Dibatalkan",
    },
    "role": {role.value: role.label for role in Role},
    "source": {"demo": "Data contoh"},
    "state": {
        Eligibility.ELIGIBLE.value: "Boleh meminta token",
        Eligibility.NO_EMAIL.value: "Tidak ada alamat email",
        Eligibility.WAITING_APPROVAL.value: "CPNS menunggu persetujuan",
        Eligibility.DISABLED.value: "Dinonaktifkan",
    },
    "status": {state.value: state.label for state in ProposalState},
    "tahap": {"mulai": "Dimulai"},
}
_POLICIES: Final = {
    DomainPolicy.ALLOW.value: "Semua alamat email",
    DomainPolicy.WARN_FREE_MAIL.value: "Semua alamat, dengan saran memakai email dinas",
    DomainPolicy.AGENCY_ONLY.value: "Hanya email dinas",
}
_MOMENTS: Final = frozenset({"mulai", "selesai", "sampai", "sampai_sebelum", "dari"})


class ScopeNames:
    """Names of the units and agencies that details speak of, each read once."""

    def __init__(self, session: Session) -> None:
        """Know nothing yet."""
        self._session = session
        self._known: dict[str, str] = {"nasional": "Seluruh instansi"}

    def load(self, details: Iterable[Mapping[str, Any]]) -> None:
        """Read the names of what some details speak of."""
        wanted = {key for detail in details for key in _places(detail)} - self._known.keys()
        for letter, table in (("u", Unor), ("i", Instansi)):
            ids = [int(key[1:]) for key in wanted if key[0] == letter]
            if ids:
                rows = self._session.exec(select(table.id, table.name).where(col(table.id).in_(ids)))
                self._known.update({f"{letter}{id_}": nama for id_, nama in rows})

    def name_of(self, key: str) -> str:
        """Name of a unit ("u34"), an agency ("i5"), or the country."""
        return self._known.get(key, "Unit yang sudah dihapus")


def _places(detail: Mapping[str, Any]) -> Iterator[str]:
    filters = detail.get("saringan")
    for key in (
        f"u{detail.get('unor_id')}",
        detail.get("tempat"),
        filters.get("tempat") if isinstance(filters, dict) else "",
    ):
        if isinstance(key, str) and key[:1] in ("u", "i") and key[1:].isdecimal() and len(key) < 11:
            yield key


def format_detail(tag: str, detail: Mapping[str, Any], names: ScopeNames, zona: str) -> str:
    """What is told beside an act."""
    told = [
        (DETAIL_LABELS.get(key, key), _value(tag, key, value, names, zona))
        for key, value in detail.items()
        if value is not None
        and value != {}
        and value != []
        and (value != "" or (key in _VALUES and "" in _VALUES[key]))
    ]
    return "; ".join(f"{label}: {words}" for label, words in told if words)


def _value(tag: str, key: str, value: Any, names: ScopeNames, zona: str) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if key == "unor_id":
        return names.name_of(f"u{value}")
    if isinstance(value, dict):
        if key == "saringan":
            return _listed(_filters(value, names, zona))
        return _listed((_COUNTED.get(str(name), str(name)), _plain(count)) for name, count in value.items())
    if isinstance(value, list):
        return ", ".join(_field(key, str(each)) for each in value)
    return _text(tag, key, value, names, zona) if isinstance(value, str) else _plain(value)


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{label} {words}" for label, words in pairs)


def _text(tag: str, key: str, value: str, names: ScopeNames, zona: str) -> str:
    if key in _MOMENTS:
        return _moment(value, zona)
    if key == "tempat":
        return names.name_of(value)
    if key in ("sebelum", "sesudah"):
        return _POLICIES.get(value, value)
    if key == "jenis":
        return _jenis(tag, value)
    if key in ("field", "rule"):
        return _field(key, value)
    return _VALUES.get(key, {}).get(value, value)


def _jenis(tag: str, value: str) -> str:
    """A letter, a kind of period or a kind of record, by what the act is about."""
    if tag in (AuditTag.MAIL_FAILED, AuditTag.MAIL_RESENT):
        return MailKind(value).label if value in set(MailKind) else value
    if value in _PERIODS:
        return _PERIODS[value]
    return _found(lambda: kind_named(value).label, value)


def _filters(filters: Mapping[str, Any], names: ScopeNames, zona: str) -> Iterator[tuple[str, str]]:
    for name, value in filters.items():
        text = str(value)
        said = {
            "tempat": lambda text=text: names.name_of(text),
            "jenis": lambda text=text: JenisPegawai(text).label,
            "dicari": lambda text=text: IncompleteKind(text).label,
            "keterangan": lambda text=text: NotActivatedReason(text).label,
            "tindakan": lambda text=text: AuditTag(text).label,
            "kelompok": lambda text=text: group_named(text).label,
        }.get(name, lambda text=text: _moment(text, zona))
        yield _FILTERS.get(name, name), _found(said, text)


def _field(key: str, value: str) -> str:
    """Label of a field of the profile, or of a document."""
    if key == "rule":
        return _RULES.get(value, value)
    return _PROFILE.get(value, value)


_RULES: Final = {rule.code: rule.label for group in GROUPS for kind in group.kinds for rule in kind.documents}
_PROFILE: Final = {
    field.name: field.label for group in GROUPS if not group.verified for kind in group.kinds for field in kind.fields
}


def _moment(value: str, zona: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment(at, zona) if at.tzinfo else value


def _plain(value: Any) -> str:
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def _found(said: Callable[[], str], otherwise: str) -> str:
    """What a code is called; a code that exists no more stays what it is: the trail outlives what it tells of."""
    try:
        return said()
    except (KeyError, ValueError):
        return otherwise
