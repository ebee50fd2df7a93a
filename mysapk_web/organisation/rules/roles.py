"""Roles, permissions and who may grant what. Use cases check scope and "never on own data"."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """Everybody is a PEGAWAI without a grant."""

    PEGAWAI = "PEGAWAI"
    VERIFIKATOR = "VERIFIKATOR"
    APPROVER = "APPROVER"
    ADMIN_SATKER = "ADMIN_SATKER"
    ADMIN_INSTANSI = "ADMIN_INSTANSI"
    ADMIN_BKN = "ADMIN_BKN"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]


_ROLE_LABELS: Final = {
    Role.PEGAWAI: "Pegawai",
    Role.VERIFIKATOR: "Verifikator",
    Role.APPROVER: "Approver",
    Role.ADMIN_SATKER: "Admin Satker",
    Role.ADMIN_INSTANSI: "Admin Instansi",
    Role.ADMIN_BKN: "Admin BKN",
}


class Permission(StrEnum):
    # Own data
    SEE_OWN_PROFILE = "SEE_OWN_PROFILE"
    CHANGE_OWN_PROFILE = "CHANGE_OWN_PROFILE"
    DECLARE_OWN_DATA = "DECLARE_OWN_DATA"
    PROPOSE = "PROPOSE"
    SUBMIT_PDM = "SUBMIT_PDM"
    WITHDRAW = "WITHDRAW"
    PROOF_DOWNLOAD = "PROOF_DOWNLOAD"
    CARD_SEE = "CARD_SEE"
    NOTICES_READ = "NOTICES_READ"
    SECURITY_MANAGE = "SECURITY_MANAGE"
    HELP_REQUEST = "HELP_REQUEST"
    # Verification and approval
    INBOX_READ = "INBOX_READ"
    DOCUMENT_READ = "DOCUMENT_READ"
    CORRECT = "CORRECT"
    VERIFY = "VERIFY"
    APPROVE = "APPROVE"
    BKN_APPROVE = "BKN_APPROVE"
    RETURN = "RETURN"
    REJECT = "REJECT"
    DECIDE_LATE = "DECIDE_LATE"
    # People and accounts
    PEOPLE_READ = "PEOPLE_READ"
    PEOPLE_IMPORT = "PEOPLE_IMPORT"
    EMAIL_REPAIR = "EMAIL_REPAIR"
    EMAIL_IMPORT = "EMAIL_IMPORT"
    EMAIL_POLICY = "EMAIL_POLICY"
    EMAIL_TOKEN = "EMAIL_TOKEN"
    RESET_START = "RESET_START"
    ACCOUNT_UNLOCK = "ACCOUNT_UNLOCK"
    CPNS_APPROVE = "CPNS_APPROVE"
    ACCOUNT_DISABLE = "ACCOUNT_DISABLE"
    SESSIONS_END = "SESSIONS_END"
    SECOND_FACTOR_REMOVE = "SECOND_FACTOR_REMOVE"
    # Running the PDM
    PROGRESS_READ = "PROGRESS_READ"
    PROGRESS_EXPORT = "PROGRESS_EXPORT"
    PERIOD_AGENCY = "PERIOD_AGENCY"
    PERIOD_NATIONAL = "PERIOD_NATIONAL"
    ROLE_GRANT = "ROLE_GRANT"
    OUTBOX_READ = "OUTBOX_READ"
    AUDIT_READ = "AUDIT_READ"
    ANNOUNCE = "ANNOUNCE"

    @property
    def label(self) -> str:
        """For the printed matrix."""
        return _PERMISSION_LABELS[self]


_PERMISSION_LABELS: Final = {
    Permission.SEE_OWN_PROFILE: "Melihat profil sendiri",
    Permission.CHANGE_OWN_PROFILE: "Mengubah data profil sendiri",
    Permission.DECLARE_OWN_DATA: "Menyatakan data sudah sesuai atau tidak ada riwayat",
    Permission.PROPOSE: "Membuat usulan perubahan data sendiri",
    Permission.SUBMIT_PDM: "Mengirim pengajuan PDM",
    Permission.WITHDRAW: "Menarik usulan yang belum diverifikasi",
    Permission.PROOF_DOWNLOAD: "Mengunduh bukti PDM",
    Permission.CARD_SEE: "Melihat KPE virtual",
    Permission.NOTICES_READ: "Membaca notifikasi",
    Permission.SECURITY_MANAGE: "Mengatur password, sesi, dan verifikasi dua langkah sendiri",
    Permission.HELP_REQUEST: "Mengajukan bantuan",
    Permission.INBOX_READ: "Melihat usulan masuk",
    Permission.DOCUMENT_READ: "Membuka dokumen usulan",
    Permission.CORRECT: "Memperbaiki rincian usulan",
    Permission.VERIFY: "Memverifikasi usulan",
    Permission.APPROVE: "Menyetujui usulan di instansi",
    Permission.BKN_APPROVE: "Memvalidasi usulan kewenangan BKN",
    Permission.RETURN: "Mengembalikan usulan untuk diperbaiki",
    Permission.REJECT: "Menolak usulan",
    Permission.DECIDE_LATE: "Memutuskan usulan setelah periode verifikasi berakhir",
    Permission.PEOPLE_READ: "Melihat daftar pegawai",
    Permission.PEOPLE_IMPORT: "Mengimpor data pegawai",
    Permission.EMAIL_REPAIR: "Memperbaiki alamat email pegawai",
    Permission.EMAIL_IMPORT: "Mengimpor alamat email",
    Permission.EMAIL_POLICY: "Mengatur domain email yang diterima",
    Permission.EMAIL_TOKEN: "Membuat dan mencabut token impor email",
    Permission.RESET_START: "Mengirim atau membatalkan token reset pegawai",
    Permission.ACCOUNT_UNLOCK: "Membuka akun yang terkunci karena salah password",
    Permission.CPNS_APPROVE: "Menyetujui akun CPNS",
    Permission.ACCOUNT_DISABLE: "Menonaktifkan dan mengaktifkan kembali akun",
    Permission.SESSIONS_END: "Mengakhiri sesi pegawai",
    Permission.SECOND_FACTOR_REMOVE: "Menghapus verifikasi dua langkah pegawai yang kehilangan ponsel",
    Permission.PROGRESS_READ: "Melihat kemajuan aktivasi dan PDM",
    Permission.PROGRESS_EXPORT: "Mengunduh laporan kemajuan",
    Permission.PERIOD_AGENCY: "Mengatur periode instansi",
    Permission.PERIOD_NATIONAL: "Mengatur periode nasional",
    Permission.ROLE_GRANT: "Memberikan dan mencabut peran",
    Permission.OUTBOX_READ: "Melihat status surat keluar",
    Permission.AUDIT_READ: "Membaca catatan audit",
    Permission.ANNOUNCE: "Mengirim pengumuman",
}

_OWN: Final = frozenset(
    {
        Permission.SEE_OWN_PROFILE,
        Permission.CHANGE_OWN_PROFILE,
        Permission.DECLARE_OWN_DATA,
        Permission.PROPOSE,
        Permission.SUBMIT_PDM,
        Permission.WITHDRAW,
        Permission.PROOF_DOWNLOAD,
        Permission.CARD_SEE,
        Permission.NOTICES_READ,
        Permission.SECURITY_MANAGE,
        Permission.HELP_REQUEST,
    }
)
_DESK: Final = frozenset({Permission.INBOX_READ, Permission.DOCUMENT_READ, Permission.RETURN, Permission.REJECT})
_VERIFIKATOR: Final = _DESK | {Permission.VERIFY, Permission.CORRECT}
_APPROVER: Final = _DESK | {Permission.APPROVE}
_PEOPLE: Final = frozenset(
    {
        Permission.PEOPLE_READ,
        Permission.EMAIL_REPAIR,
        Permission.EMAIL_IMPORT,
        Permission.RESET_START,
        Permission.ACCOUNT_UNLOCK,
        Permission.PROGRESS_READ,
        Permission.PROGRESS_EXPORT,
        Permission.OUTBOX_READ,
    }
)
_ACCOUNTS: Final = frozenset(
    {
        Permission.ACCOUNT_DISABLE,
        Permission.SESSIONS_END,
        Permission.SECOND_FACTOR_REMOVE,
        Permission.PEOPLE_IMPORT,
        Permission.ROLE_GRANT,
        Permission.PERIOD_AGENCY,
        Permission.AUDIT_READ,
        Permission.ANNOUNCE,
    }
)

MATRIX: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        # Everybody with a role is a pegawai too, so each row contains the first.
        Role.PEGAWAI: _OWN,
        Role.VERIFIKATOR: _OWN | _VERIFIKATOR,
        Role.APPROVER: _OWN | _APPROVER,
        Role.ADMIN_SATKER: _OWN | _PEOPLE,
        # The agency's admin may do everything within the agency, and decide what is left when its verification period is over.
        # Appointing a verifikator for a unit makes it an unor verifikasi: there is no separate permission for that.
        Role.ADMIN_INSTANSI: _OWN
        | _VERIFIKATOR
        | _APPROVER
        | _PEOPLE
        | _ACCOUNTS
        | {Permission.DECIDE_LATE, Permission.CPNS_APPROVE, Permission.EMAIL_POLICY, Permission.EMAIL_TOKEN},
        # BKN validates within its authority and helps; it does not verify on the agency's behalf.
        Role.ADMIN_BKN: _OWN | _DESK | _PEOPLE | _ACCOUNTS | {Permission.BKN_APPROVE, Permission.PERIOD_NATIONAL},
    }
)
"""What each role may do within its scope."""

_NOBODY: Final[frozenset[Role]] = frozenset()

GRANTABLE: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        Role.PEGAWAI: _NOBODY,
        Role.VERIFIKATOR: _NOBODY,
        Role.APPROVER: _NOBODY,
        Role.ADMIN_SATKER: _NOBODY,
        Role.ADMIN_INSTANSI: frozenset({Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_SATKER}),
        Role.ADMIN_BKN: frozenset({Role.ADMIN_INSTANSI}),
    }
)
"""Who may grant which role, within their scope. Nobody grants their own role or a higher one; an ADMIN_BKN is
created on the command line only."""


def may(roles: Iterable[Role], permission: Permission) -> bool:
    return any(permission in MATRIX[role] for role in roles)


def roles_below(roles: Iterable[Role]) -> frozenset[Role]:
    """Roles strictly below: those they grant, and those granted by whom they appoint."""
    found: set[Role] = set()
    front = set(roles)
    while front:
        front = {role for giver in front for role in GRANTABLE[giver]} - found
        found |= front
    return frozenset(found)


def may_manage(roles: Iterable[Role], held: Iterable[Role]) -> bool:
    """Whether every role held by an account is below one of the actor's, so that peers and superiors are off limits.

    Permission and scope are checked separately; PEGAWAI counts for nothing.
    """
    return set(held) - {Role.PEGAWAI} <= roles_below(roles)


def matrix_markdown() -> str:
    header = ["Tindakan", *(role.label for role in Role)]
    lines = [header, ["---", *(":-:" for _ in Role)]]
    lines += [
        [permission.label, *("✓" if permission in MATRIX[role] else "" for role in Role)] for permission in Permission
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
