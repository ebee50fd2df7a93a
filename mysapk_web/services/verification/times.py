"""Whether verification is open, and in which words it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from mysapk_web.domain.period import PeriodKind, PeriodStatus, Phase
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Instansi
from mysapk_web.services import periods
from mysapk_web.services.actor import Actor
from mysapk_web.services.periods import moment

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


def closed_sentence(session: Session, actor: Actor) -> str:
    """The same for the agency of the actor. The validation of BKN knows no period.

    Args:
        session: Any transaction.
        actor: Who looks.
    """
    if not (actor.may(Permission.VERIFY) or actor.may(Permission.APPROVE)):
        return ""
    instansi = session.get_one(Instansi, actor.instansi_id)
    return why_closed(periods.status(session, instansi, PeriodKind.VERIFIKASI), instansi.zona)


def zona_of(session: Session, actor: Actor) -> str:
    """The zone in which the actor reads times.

    Args:
        session: Any transaction.
        actor: Who looks.
    """
    return session.get_one(Instansi, actor.instansi_id).zona
