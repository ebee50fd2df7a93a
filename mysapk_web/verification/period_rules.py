"""Whether verification is open, and the sentences that say why not."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session

from mysapk_web.organisation import periods
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind, PeriodStatus, Phase
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.pdm.context import PeriodContext
from mysapk_web.pdm.rules.proposal import AFTER_PERIOD, ProposalAction
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.verification.scope import is_in_scope

STILL_POSSIBLE: Final = (
    "Sebagai admin instansi Anda masih dapat menyelesaikan usulan yang tersisa, "
    "tetapi tidak mengembalikannya kepada pegawai."
)
RETURN_IMPOSSIBLE: Final = (
    "Verifikasi sudah ditutup, jadi pegawai tidak dapat lagi memperbaiki usulan ini. "
    "Perbaiki isiannya, tolak usulan ini, atau perpanjang periode verifikasi."
)


def closed_reason(state: PeriodStatus, timezone: str) -> str:
    """Why nothing can be verified or approved now; empty while it can."""
    if state.is_open:
        return ""
    if state.period is None:
        return "Periode verifikasi belum ditetapkan, jadi usulan belum dapat diputuskan."
    if state.phase is Phase.NOT_OPEN:
        return f"Verifikasi belum dibuka. Dibuka {format_moment_compact(state.period.starts_at, timezone)}."
    end = format_moment_compact(state.period.last_moment, timezone)
    return (
        f"Verifikasi sudah ditutup pada {end}. Usulan tetap dapat dibaca; untuk memutuskan, periode harus diperpanjang."
    )


def period_blocker(
    session: Session, actor: Actor, proposal: Proposal, times: PeriodContext, act: ProposalAction | None = None
) -> str:
    """Why the period prevents the actor from deciding (or from one action); empty while it does not."""
    closed = closed_reason(times.verification, times.timezone)
    if not closed or times.verification.phase is not Phase.CLOSED or not actor.may(Permission.DECIDE_LATE):
        return closed
    if not is_in_scope(session, actor, proposal, Permission.DECIDE_LATE):
        return closed
    return "" if act is None or act in AFTER_PERIOD else RETURN_IMPOSSIBLE


def closed_notice(session: Session, actor: Actor) -> str:
    """The same for the agency of the actor. The validation of BKN has no period."""
    if not (actor.may(Permission.VERIFY) or actor.may(Permission.APPROVE)):
        return ""
    instansi = session.get_one(Instansi, actor.instansi_id)
    state = periods.status(session, instansi, PeriodKind.VERIFIKASI)
    closed = closed_reason(state, instansi.timezone)
    late = closed and state.phase is Phase.CLOSED and actor.may(Permission.DECIDE_LATE)
    return f"{closed.split('. ')[0]}. {STILL_POSSIBLE}" if late else closed
