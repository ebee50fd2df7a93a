"""Whether verification is open, and in which words it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation import periods
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import moment
from mysapk_web.organisation.rules.period import PeriodKind, PeriodStatus, Phase
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.pdm.context import Times
from mysapk_web.pdm.rules.proposal import AFTER_PERIOD, UsulanAct
from mysapk_web.pdm.tables import Proposal
from mysapk_web.verification.scope import reaches

STILL_POSSIBLE: Final = (
    "Sebagai admin instansi Anda masih dapat menyelesaikan usulan yang tersisa, "
    "tetapi tidak mengembalikannya kepada pegawai."
)
NOBODY_REPAIRS: Final = (
    "Verifikasi sudah ditutup, jadi pegawai tidak dapat lagi memperbaiki usulan ini. "
    "Perbaiki isiannya, tolak usulan ini, atau perpanjang periode verifikasi."
)
_LAST_MOMENT: Final = timedelta(microseconds=1)


def why_closed(state: PeriodStatus, zona: str) -> str:
    """Why nothing can be verified or approved now; empty while it can.

    Args:
        state: Of the period of verification of the agency.
        zona: Zone of the agency.
    """
    if state.is_open:
        return ""
    if state.period is None:
        return "Periode verifikasi belum ditetapkan, jadi usulan belum dapat diputuskan."
    if state.phase is Phase.NOT_OPEN:
        return f"Verifikasi belum dibuka. Dibuka {moment(state.period.starts_at, zona)}."
    end = moment(state.period.ends_at - _LAST_MOMENT, zona)
    return (
        f"Verifikasi sudah ditutup pada {end}. Usulan tetap dapat dibaca; untuk memutuskan, periode harus diperpanjang."
    )


def why_not_now(session: Session, actor: Actor, proposal: Proposal, times: Times, act: UsulanAct | None = None) -> str:
    """Why the actor can't decide on a proposal now, as far as the period is concerned; empty while that is possible.

    Args:
        session: Any transaction.
        actor: Who would decide.
        proposal: One that the actor may see.
        times: Of the agency of its owner.
        act: What would be done; None for anything at all.
    """
    closed = why_closed(times.verification, times.zona)
    if not closed or times.verification.phase is not Phase.CLOSED or not actor.may(Permission.DECIDE_LATE):
        return closed
    if not reaches(session, actor, proposal, Permission.DECIDE_LATE):
        return closed
    return "" if act is None or act in AFTER_PERIOD else NOBODY_REPAIRS


def closed_sentence(session: Session, actor: Actor) -> str:
    """The same for the agency of the actor. The validation of BKN knows no period.

    Args:
        session: Any transaction.
        actor: Who looks.
    """
    if not (actor.may(Permission.VERIFY) or actor.may(Permission.APPROVE)):
        return ""
    instansi = session.get_one(Instansi, actor.instansi_id)
    state = periods.status(session, instansi, PeriodKind.VERIFIKASI)
    closed = why_closed(state, instansi.zona)
    late = closed and state.phase is Phase.CLOSED and actor.may(Permission.DECIDE_LATE)
    return f"{closed.split('. ')[0]}. {STILL_POSSIBLE}" if late else closed
