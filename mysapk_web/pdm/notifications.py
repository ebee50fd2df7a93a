"""What the owner of a proposal is told at each step."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.notices import notify, wants_mail
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import Standing
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import readable
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import REASONS, UsulanAct, UsulanState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.mail.queue import Letter, enqueue

TITLES: Final = MappingProxyType(
    {
        UsulanAct.SEND: "Usulan terkirim",
        UsulanAct.RESEND: "Perbaikan usulan terkirim",
        UsulanAct.WITHDRAW: "Usulan ditarik",
        UsulanAct.CORRECT: "Usulan disesuaikan verifikator",
        UsulanAct.VERIFY: "Usulan terverifikasi",
        UsulanAct.RETURN: "Usulan dikembalikan untuk diperbaiki",
        UsulanAct.REJECT: "Usulan ditolak",
        UsulanAct.APPROVE: "Usulan disetujui instansi",
        UsulanAct.RETURN_TO_VERIFIER: "Usulan diperiksa kembali",
        UsulanAct.FORWARD_BKN: "Usulan diteruskan ke BKN",
        UsulanAct.BKN_APPROVE: "Usulan disetujui BKN",
        UsulanAct.BKN_RETURN: "Usulan diperiksa kembali",
        UsulanAct.BKN_REJECT: "Usulan ditolak BKN",
        UsulanAct.APPLY: "Data Anda sudah diperbarui",
    }
)
_ASKING: Final = frozenset({UsulanAct.RETURN, UsulanAct.REJECT, UsulanAct.BKN_REJECT})
"""The person has to do something: correct it, or look at the group again."""
_BY_OWNER: Final = frozenset({UsulanAct.SEND, UsulanAct.RESEND, UsulanAct.WITHDRAW})
"""The person knows of it; what was sent gets a receipt."""
_BEFORE: Final = MappingProxyType({Approval.AGENCY: "Disetujui instansi.", Approval.BKN: "Disetujui BKN."})
"""Who approved in the moment before a record was changed, which is not told separately."""
_LABELS: Final = {reason.code: reason.label for reason in REASONS}


def name_of(session: Session, proposal: Proposal) -> str:
    """What people call a proposal, such as "Ubah Golongan: III/c Penata"; sensitive values are no part of it.

    Args:
        session: Any transaction.
        proposal: Any.
    """
    declared = kind_of(proposal)
    title = declared.title(readable(declared, proposal.payload), codes(session))
    head = f"{proposal.action.label} {declared.label}"
    return head if title == declared.label else f"{head}: {title}"


def tell(
    session: Session, here: Standing, proposal: Proposal, act: UsulanAct, *, reason: str = "", note: str = ""
) -> None:
    """Tell the owner of one step; what is done to a draft needs no telling.

    Args:
        session: The transaction of the step.
        here: The owner.
        proposal: In its new state.
        act: What was done.
        reason: Code of the reason.
        note: Words beside it.
    """
    if act not in TITLES or (act is UsulanAct.WITHDRAW and proposal.sent_at is None):
        return
    why = ": ".join(part for part in (_LABELS.get(reason, ""), note) if part)
    told = f"Alasan: {why}." if why and reason else f"Catatan: {why}." if why else ""
    words = [f"{name_of(session, proposal)}.", _approved(proposal, act), told, proposal.state.meaning]
    notify(
        session,
        here.account_id,
        title=TITLES[act],
        text=" ".join(word for word in words if word),
        path=f"/pdm/{proposal.group}" if act in _ASKING else "/usulan",
        asks_action=act in _ASKING,
        by_mail=act not in _BY_OWNER,
    )


def _approved(proposal: Proposal, act: UsulanAct) -> str:
    """What the approval said that went before in the same moment."""
    if act is UsulanAct.FORWARD_BKN:
        return _BEFORE[Approval.AGENCY]
    return _BEFORE[kind_of(proposal).approval] if act is UsulanAct.APPLY else ""


def tell_sent(session: Session, here: Standing, proposals: list[Proposal]) -> None:
    """Tell the owner of everything that was sent at once, in one notice and one mail: the receipt.

    Args:
        session: The transaction of sending.
        here: The owner.
        proposals: What was sent, at least one.
    """
    names = [name_of(session, proposal) for proposal in proposals]
    title = f"{len(proposals)} usulan terkirim"
    if len(proposals) == 1:
        again = proposals[0].state is UsulanState.INPUT_BERKAS_PERBAIKAN
        title = TITLES[UsulanAct.RESEND if again else UsulanAct.SEND]
    notify(
        session,
        here.account_id,
        title=title,
        text=f"{'; '.join(names)}. Menunggu diperiksa verifikator.",
        path="/usulan",
        by_mail=False,
    )
    if wants_mail(session, here.account_id, asks_action=False):
        enqueue(session, Letter.RECEIPT, account_id=here.account_id, items=names, unit=here.unit)
