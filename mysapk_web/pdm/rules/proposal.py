"""The life cycle of a proposal (usulan): states, actions, the table of transitions, and the state of a group.

A record on file changes with APPLY and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.rules.groups.base import Approval


class ProposalState(StrEnum):
    """`code` and `label` are those of SIASN."""

    DRAF = "DRAF"
    INPUT_BERKAS = "INPUT_BERKAS"
    PERBAIKAN_MYSAPK = "PERBAIKAN_MYSAPK"
    INPUT_BERKAS_PERBAIKAN = "INPUT_BERKAS_PERBAIKAN"
    TERVERIFIKASI = "TERVERIFIKASI"
    PERBAIKAN_APPROVAL = "PERBAIKAN_APPROVAL"
    DISETUJUI = "DISETUJUI"
    VALIDASI_BKN = "VALIDASI_BKN"
    PERBAIKAN_BKN = "PERBAIKAN_BKN"
    DISETUJUI_BKN = "DISETUJUI_BKN"
    TELAH_UPDATE = "TELAH_UPDATE"
    TMS = "TMS"
    TMS_BKN = "TMS_BKN"
    DIHAPUS = "DIHAPUS"

    @property
    def code(self) -> int | None:
        """None for a draft, which SIASN does not know."""
        return _STATE_WORDS[self][0]

    @property
    def label(self) -> str:
        """SIASN's wording, but for one spelling of MySAPK."""
        return _STATE_WORDS[self][1]

    @property
    def meaning(self) -> str:
        """Where it is and what to do, for its owner."""
        return _STATE_WORDS[self][2]


_STATE_WORDS: Final[Mapping[ProposalState, tuple[int | None, str, str]]] = MappingProxyType(
    {
        ProposalState.DRAF: (None, "Draf", "Belum dikirim. Lengkapi, lalu kirim."),
        ProposalState.INPUT_BERKAS: (1, "Input Berkas", "Menunggu diperiksa verifikator."),
        ProposalState.PERBAIKAN_MYSAPK: (
            50,
            "Perbaikan Dokumen - MySAPK",
            "Dikembalikan kepada Anda. Perbaiki, lalu kirim kembali.",
        ),
        ProposalState.INPUT_BERKAS_PERBAIKAN: (
            51,
            "Input Berkas - Perbaikan MySAPK",
            "Perbaikan terkirim, menunggu diperiksa verifikator.",
        ),
        ProposalState.TERVERIFIKASI: (
            2,
            "Berkas Disimpan (Terverifikasi)",
            "Sudah diverifikasi, menunggu persetujuan instansi.",
        ),
        ProposalState.PERBAIKAN_APPROVAL: (
            52,
            "Perbaikan Dokumen - Approval",
            "Diperiksa kembali oleh verifikator. Anda tidak perlu melakukan apa pun.",
        ),
        ProposalState.DISETUJUI: (16, "Berkas Disetujui", "Disetujui instansi."),
        ProposalState.VALIDASI_BKN: (12, "Terima Usulan", "Sedang divalidasi BKN."),
        ProposalState.PERBAIKAN_BKN: (
            14,
            "Validasi Usulan - Perbaikan Dokumen",
            "Dikembalikan BKN kepada verifikator. Anda tidak perlu melakukan apa pun.",
        ),
        ProposalState.DISETUJUI_BKN: (15, "Validasi Usulan - Disetujui", "Disetujui BKN."),
        ProposalState.TELAH_UPDATE: (31, "Telah Update di Profile PNS", "Data Anda sudah diperbarui."),
        ProposalState.TMS: (6, "Tidak Memenuhi Syarat", "Ditolak. Baca alasannya; data Anda tidak berubah."),
        ProposalState.TMS_BKN: (13, "Validasi Usulan - TMS", "Ditolak BKN. Baca alasannya; data Anda tidak berubah."),
        ProposalState.DIHAPUS: (99, "Usulan Dihapus", "Ditarik. Data Anda tidak berubah."),
    }
)


class ProposalAction(StrEnum):
    SAVE_DRAFT = "SAVE_DRAFT"
    SEND = "SEND"
    RESEND = "RESEND"
    WITHDRAW = "WITHDRAW"
    CORRECT = "CORRECT"
    VERIFY = "VERIFY"
    RETURN = "RETURN"
    REJECT = "REJECT"
    APPROVE = "APPROVE"
    RETURN_TO_VERIFIER = "RETURN_TO_VERIFIER"
    FORWARD_BKN = "FORWARD_BKN"
    BKN_APPROVE = "BKN_APPROVE"
    BKN_RETURN = "BKN_RETURN"
    BKN_REJECT = "BKN_REJECT"
    APPLY = "APPLY"

    @property
    def label(self) -> str:
        return _ACT_LABELS[self]


_ACT_LABELS: Final = {
    ProposalAction.SAVE_DRAFT: "Simpan draf",
    ProposalAction.SEND: "Kirim pengajuan",
    ProposalAction.RESEND: "Kirim perbaikan",
    ProposalAction.WITHDRAW: "Tarik usulan",
    ProposalAction.CORRECT: "Perbaiki rincian",
    ProposalAction.VERIFY: "Verifikasi",
    ProposalAction.RETURN: "Kembalikan untuk diperbaiki",
    ProposalAction.REJECT: "Tolak",
    ProposalAction.APPROVE: "Setujui",
    ProposalAction.RETURN_TO_VERIFIER: "Kembalikan ke verifikator",
    ProposalAction.FORWARD_BKN: "Teruskan ke BKN",
    ProposalAction.BKN_APPROVE: "Setujui validasi",
    ProposalAction.BKN_RETURN: "Kembalikan ke instansi",
    ProposalAction.BKN_REJECT: "Tolak validasi",
    ProposalAction.APPLY: "Perbarui data",
}


class Office(StrEnum):
    """Who acts.

    That nobody decides on their own data, and that verifikator and approver are two people, is checked elsewhere.
    """

    OWNER = "OWNER"
    VERIFIER = "VERIFIER"
    APPROVER = "APPROVER"
    BKN = "BKN"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Transition:
    to: ProposalState
    office: Office
    permissions: frozenset[Permission] = frozenset()
    """All are needed; empty for what the system does."""
    periods: frozenset[PeriodKind] = frozenset()
    """One of them has to be open; empty for none. After they end: `AFTER_PERIOD`."""
    reason: bool = False
    """A coded reason and a note are required."""
    approvals: frozenset[Approval] = frozenset({Approval.AGENCY, Approval.BKN})
    """Levels of approval that have this transition."""


class TransitionError(ValueError):
    """Not possible from this state. `str()` is a sentence for the user."""


_S, _A, _P = ProposalState, ProposalAction, Permission
_ENTRY: Final = frozenset({PeriodKind.PDM})
_CHECKING: Final = frozenset({PeriodKind.VERIFIKASI})
# A returned proposal may be corrected until verification closes, even after entry has closed.
_REPAIR: Final = _ENTRY | _CHECKING


def _all(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


AT_VERIFIER: Final = (_S.INPUT_BERKAS, _S.INPUT_BERKAS_PERBAIKAN, _S.PERBAIKAN_APPROVAL, _S.PERBAIKAN_BKN)
"""The verifikator has the proposal."""

_VERIFIER_ROWS: Final = {
    (state, act): transition
    for state in AT_VERIFIER
    for act, transition in {
        _A.CORRECT: Transition(state, Office.VERIFIER, _all(_P.VERIFY, _P.CORRECT), _CHECKING),
        _A.VERIFY: Transition(_S.TERVERIFIKASI, Office.VERIFIER, _all(_P.VERIFY), _CHECKING),
        _A.RETURN: Transition(_S.PERBAIKAN_MYSAPK, Office.VERIFIER, _all(_P.VERIFY, _P.RETURN), _CHECKING, reason=True),
        _A.REJECT: Transition(_S.TMS, Office.VERIFIER, _all(_P.VERIFY, _P.REJECT), _CHECKING, reason=True),
    }.items()
}

TRANSITIONS: Final[Mapping[tuple[ProposalState, ProposalAction], Transition]] = MappingProxyType(
    {
        (_S.DRAF, _A.SAVE_DRAFT): Transition(_S.DRAF, Office.OWNER, _all(_P.PROPOSE), _ENTRY),
        (_S.DRAF, _A.SEND): Transition(_S.INPUT_BERKAS, Office.OWNER, _all(_P.PROPOSE), _ENTRY),
        (_S.DRAF, _A.WITHDRAW): Transition(_S.DIHAPUS, Office.OWNER, _all(_P.WITHDRAW)),
        (_S.INPUT_BERKAS, _A.WITHDRAW): Transition(_S.DIHAPUS, Office.OWNER, _all(_P.WITHDRAW), _REPAIR),
        (_S.INPUT_BERKAS_PERBAIKAN, _A.WITHDRAW): Transition(_S.DIHAPUS, Office.OWNER, _all(_P.WITHDRAW), _REPAIR),
        (_S.PERBAIKAN_MYSAPK, _A.WITHDRAW): Transition(_S.DIHAPUS, Office.OWNER, _all(_P.WITHDRAW), _REPAIR),
        (_S.PERBAIKAN_MYSAPK, _A.SAVE_DRAFT): Transition(_S.PERBAIKAN_MYSAPK, Office.OWNER, _all(_P.PROPOSE), _REPAIR),
        (_S.PERBAIKAN_MYSAPK, _A.RESEND): Transition(
            _S.INPUT_BERKAS_PERBAIKAN, Office.OWNER, _all(_P.PROPOSE), _REPAIR
        ),
        **_VERIFIER_ROWS,
        (_S.TERVERIFIKASI, _A.APPROVE): Transition(_S.DISETUJUI, Office.APPROVER, _all(_P.APPROVE), _CHECKING),
        (_S.TERVERIFIKASI, _A.RETURN_TO_VERIFIER): Transition(
            _S.PERBAIKAN_APPROVAL, Office.APPROVER, _all(_P.APPROVE, _P.RETURN), _CHECKING, reason=True
        ),
        (_S.TERVERIFIKASI, _A.REJECT): Transition(
            _S.TMS, Office.APPROVER, _all(_P.APPROVE, _P.REJECT), _CHECKING, reason=True
        ),
        (_S.DISETUJUI, _A.APPLY): Transition(_S.TELAH_UPDATE, Office.SYSTEM, approvals=frozenset({Approval.AGENCY})),
        (_S.DISETUJUI, _A.FORWARD_BKN): Transition(_S.VALIDASI_BKN, Office.SYSTEM, approvals=frozenset({Approval.BKN})),
        (_S.VALIDASI_BKN, _A.BKN_APPROVE): Transition(_S.DISETUJUI_BKN, Office.BKN, _all(_P.BKN_APPROVE)),
        (_S.VALIDASI_BKN, _A.BKN_RETURN): Transition(
            _S.PERBAIKAN_BKN, Office.BKN, _all(_P.BKN_APPROVE, _P.RETURN), reason=True
        ),
        (_S.VALIDASI_BKN, _A.BKN_REJECT): Transition(
            _S.TMS_BKN, Office.BKN, _all(_P.BKN_APPROVE, _P.REJECT), reason=True
        ),
        (_S.DISETUJUI_BKN, _A.APPLY): Transition(_S.TELAH_UPDATE, Office.SYSTEM, approvals=frozenset({Approval.BKN})),
    }
)
"""Every way out of every state; anything else is refused."""

AFTER_PERIOD: Final = frozenset({_A.CORRECT, _A.VERIFY, _A.REJECT, _A.APPROVE, _A.RETURN_TO_VERIFIER})
"""What `Permission.DECIDE_LATE` allows after verification has ended. Not returning to the owner, who could no longer
correct anything."""

FINAL_STATES: Final = frozenset({_S.TELAH_UPDATE, _S.TMS, _S.TMS_BKN, _S.DIHAPUS})
REJECTED_STATES: Final = frozenset({_S.TMS, _S.TMS_BKN})
OPEN_STATES: Final = frozenset(ProposalState) - FINAL_STATES
"""Not decided yet, drafts included."""
SENT_STATES: Final = OPEN_STATES - {_S.DRAF}
"""Sent and not decided yet."""
EVER_SENT_STATES: Final = SENT_STATES | REJECTED_STATES | {_S.TELAH_UPDATE}
"""Sent, and not withdrawn."""
EDITABLE_STATES: Final = frozenset(state for state, act in TRANSITIONS if act is _A.SAVE_DRAFT)
"""The owner may change the values."""


def find_transition(state: ProposalState, act: ProposalAction, approval: Approval) -> Transition:
    """Raises TransitionError if the state or the level of approval has none."""
    row = TRANSITIONS.get((state, act))
    if row is None or approval not in row.approvals:
        raise TransitionError(f"Tindakan ini tidak dapat dilakukan: status usulan sekarang {state.label}.")
    return row


def next_state(state: ProposalState, act: ProposalAction, approval: Approval) -> ProposalState:
    return find_transition(state, act, approval).to


def available_actions(state: ProposalState, approval: Approval, office: Office) -> tuple[ProposalAction, ...]:
    """In the order of buttons."""
    return tuple(
        act
        for act in ProposalAction
        if (row := TRANSITIONS.get((state, act))) is not None and row.office is office and approval in row.approvals
    )


class ReasonKind(StrEnum):
    """BTS: data or document don't match and can be corrected. TMS: requirements not met, final."""

    BTS = "BTS"
    TMS = "TMS"


@dataclass(frozen=True, slots=True)
class Reason:
    """BKN's list of reasons for peremajaan is not published; these are our own."""

    code: str
    kind: ReasonKind
    label: str


REASONS: Final = (
    Reason("BTS-01", ReasonKind.BTS, "Dokumen tidak terbaca atau terpotong"),
    Reason("BTS-02", ReasonKind.BTS, "Dokumen belum lengkap"),
    Reason("BTS-03", ReasonKind.BTS, "Dokumen bukan dokumen yang diminta"),
    Reason("BTS-04", ReasonKind.BTS, "Dokumen milik orang lain"),
    Reason("BTS-05", ReasonKind.BTS, "Data tidak sesuai dengan dokumen"),
    Reason("BTS-06", ReasonKind.BTS, "Nomor atau tanggal SK tidak sesuai"),
    Reason("BTS-07", ReasonKind.BTS, "TMT tidak sesuai"),
    Reason("BTS-08", ReasonKind.BTS, "Bukan riwayat terakhir"),
    Reason("BTS-99", ReasonKind.BTS, "Perlu perbaikan lain"),
    Reason("TMS-01", ReasonKind.TMS, "Riwayat sudah tercatat"),
    Reason("TMS-02", ReasonKind.TMS, "Dokumen tidak sah"),
    Reason("TMS-03", ReasonKind.TMS, "Tidak memenuhi ketentuan yang berlaku"),
    Reason("TMS-99", ReasonKind.TMS, "Tidak memenuhi syarat karena hal lain"),
)
_REASON_KINDS: Final = {
    _A.RETURN: ReasonKind.BTS,
    _A.RETURN_TO_VERIFIER: ReasonKind.BTS,
    _A.BKN_RETURN: ReasonKind.BTS,
    _A.REJECT: ReasonKind.TMS,
    _A.BKN_REJECT: ReasonKind.TMS,
}


def reasons_for(act: ProposalAction) -> tuple[Reason, ...]:
    return tuple(reason for reason in REASONS if reason.kind is _REASON_KINDS.get(act))


class Declaration(StrEnum):
    """A person's statement about a whole group."""

    SESUAI = "SESUAI"
    TIDAK_ADA = "TIDAK_ADA"


class GroupState(StrEnum):
    BELUM_DIPERIKSA = "BELUM_DIPERIKSA"
    SESUAI = "SESUAI"
    TIDAK_ADA = "TIDAK_ADA"
    ADA_USULAN = "ADA_USULAN"
    PERLU_PERBAIKAN = "PERLU_PERBAIKAN"
    SELESAI = "SELESAI"

    @property
    def label(self) -> str:
        return _GROUP_LABELS[self]

    @property
    def handled(self) -> bool:
        """Green: the person has done their part."""
        return self not in (GroupState.BELUM_DIPERIKSA, GroupState.PERLU_PERBAIKAN)


_GROUP_LABELS: Final = {
    GroupState.BELUM_DIPERIKSA: "Belum diperiksa",
    GroupState.SESUAI: "Data sudah sesuai",
    GroupState.TIDAK_ADA: "Tidak ada riwayat",
    GroupState.ADA_USULAN: "Usulan terkirim",
    GroupState.PERLU_PERBAIKAN: "Perlu perbaikan",
    GroupState.SELESAI: "Selesai",
}


def group_state(declaration: Declaration | None, proposals: Iterable[ProposalState]) -> GroupState:
    """What the tile of a group shows, from declaration and proposals of the current PDM.

    What waits for the person comes first, then what is on its way, then the outcome. Drafts and withdrawn proposals
    don't count. If all proposals were rejected, the person has to look again, unless they declared the data correct.
    """
    states = set(proposals)
    if ProposalState.PERBAIKAN_MYSAPK in states:
        return GroupState.PERLU_PERBAIKAN
    if states & SENT_STATES:
        return GroupState.ADA_USULAN
    if ProposalState.TELAH_UPDATE in states:
        return GroupState.SELESAI
    if declaration is not None:
        return GroupState(declaration.value)
    return GroupState.PERLU_PERBAIKAN if states & REJECTED_STATES else GroupState.BELUM_DIPERIKSA
