from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.notices import notify, wants_mail
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PersonContext
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import REASONS, ProposalAction, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.mail.queue import MailKind, enqueue

TITLES: Final = MappingProxyType(
    {
        ProposalAction.SEND: "Usulan terkirim",
        ProposalAction.RESEND: "Perbaikan usulan terkirim",
        ProposalAction.WITHDRAW: "Usulan ditarik",
        ProposalAction.CORRECT: "Usulan disesuaikan verifikator",
        ProposalAction.VERIFY: "Usulan terverifikasi",
        ProposalAction.RETURN: "Usulan dikembalikan untuk diperbaiki",
        ProposalAction.REJECT: "Usulan ditolak",
        ProposalAction.APPROVE: "Usulan disetujui instansi",
        ProposalAction.RETURN_TO_VERIFIER: "Usulan diperiksa kembali",
        ProposalAction.FORWARD_BKN: "Usulan diteruskan ke BKN",
        ProposalAction.BKN_APPROVE: "Usulan disetujui BKN",
        ProposalAction.BKN_RETURN: "Usulan diperiksa kembali",
        ProposalAction.BKN_REJECT: "Usulan ditolak BKN",
        ProposalAction.APPLY: "Data Anda sudah diperbarui",
    }
)
_ASKING: Final = frozenset({ProposalAction.RETURN, ProposalAction.REJECT, ProposalAction.BKN_REJECT})
"""The person has to act: correct the proposal, or check the group again."""
_BY_OWNER: Final = frozenset({ProposalAction.SEND, ProposalAction.RESEND, ProposalAction.WITHDRAW})
"""The person did it; sending gets a receipt instead."""
_BEFORE: Final = MappingProxyType({Approval.AGENCY: "Disetujui instansi.", Approval.BKN: "Disetujui BKN."})
"""Who approved just before the record was changed; that step has no notice of its own."""
_LABELS: Final = {reason.code: reason.label for reason in REASONS}


def proposal_title(session: Session, proposal: Proposal) -> str:
    """Such as "Ubah Golongan: III/c Penata"; never contains sensitive values."""
    declared = kind_of(proposal)
    title = declared.title(decode_payload(declared, proposal.payload), StoredCodes(session))
    head = f"{proposal.action.label} {declared.label}"
    return head if title == declared.label else f"{head}: {title}"


def notify_owner(
    session: Session,
    person: PersonContext,
    proposal: Proposal,
    act: ProposalAction,
    *,
    reason: str = "",
    note: str = "",
) -> None:
    """Nothing is sent about drafts."""
    if act not in TITLES or (act is ProposalAction.WITHDRAW and proposal.sent_at is None):
        return
    why = ": ".join(part for part in (_LABELS.get(reason, ""), note) if part)
    reason_text = f"Alasan: {why}." if why and reason else f"Catatan: {why}." if why else ""
    words = [f"{proposal_title(session, proposal)}.", _approved(proposal, act), reason_text, proposal.state.meaning]
    notify(
        session,
        person.account_id,
        title=TITLES[act],
        text=" ".join(word for word in words if word),
        path=f"/pdm/{proposal.group}" if act in _ASKING else "/usulan",
        asks_action=act in _ASKING,
        by_mail=act not in _BY_OWNER,
    )


def _approved(proposal: Proposal, act: ProposalAction) -> str:
    if act is ProposalAction.FORWARD_BKN:
        return _BEFORE[Approval.AGENCY]
    return _BEFORE[kind_of(proposal).approval] if act is ProposalAction.APPLY else ""


def send_receipt(session: Session, person: PersonContext, proposals: list[Proposal]) -> None:
    """One notice and one mail for everything that was sent at once."""
    names = [proposal_title(session, proposal) for proposal in proposals]
    title = f"{len(proposals)} usulan terkirim"
    if len(proposals) == 1:
        again = proposals[0].state is ProposalState.INPUT_BERKAS_PERBAIKAN
        title = TITLES[ProposalAction.RESEND if again else ProposalAction.SEND]
    notify(
        session,
        person.account_id,
        title=title,
        text=f"{'; '.join(names)}. Menunggu diperiksa verifikator.",
        path="/usulan",
        by_mail=False,
    )
    if wants_mail(session, person.account_id, asks_action=False):
        enqueue(session, MailKind.RECEIPT, account_id=person.account_id, items=names, unit=person.unit)
