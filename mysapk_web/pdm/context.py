"""Where a person stands: who they are to the rules, what day it is at their agency, and which periods are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.periods import moment
from mysapk_web.organisation.rules.period import Period as Window
from mysapk_web.organisation.rules.period import PeriodKind, PeriodStatus, Phase, effective_period, period_status
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import groups_for
from mysapk_web.pdm.rules.groups.base import Approval, Group
from mysapk_web.pdm.rules.groups.fields import PersonFacts
from mysapk_web.pdm.rules.proposal import TRANSITIONS, UsulanAct, UsulanState
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.errors import NotAllowed, Refused
from mysapk_web.platform.rules.timezones import ZONES

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(2999, 1, 1, tzinfo=UTC)
_LAST_MOMENT: Final = timedelta(microseconds=1)
_KINDS: Final = (PeriodKind.PDM, PeriodKind.VERIFIKASI)

CLOSED: Final = "Periode Pemutakhiran Data Mandiri tidak sedang dibuka."
CHANGED: Final = "Usulan ini sudah berubah di tempat lain. Muat ulang halaman ini untuk melihat keadaannya sekarang."


@dataclass(frozen=True, slots=True)
class Times:
    """The day at an agency and its periods.

    Attributes:
        now: The present moment.
        today: Day in the zone of the agency.
        zona: Name of that zone.
        pdm: Period of entry.
        verification: Period of verification.
        since: Start of the PDM that runs or ran last; what is older belongs to an earlier one.
        until: Its exclusive end; what is done later belongs to none.
    """

    now: datetime
    today: date
    zona: str
    pdm: PeriodStatus
    verification: PeriodStatus
    since: datetime
    until: datetime

    def is_open(self, kinds: Iterable[PeriodKind]) -> bool:
        """Whether one of these periods is open."""
        states = {PeriodKind.PDM: self.pdm, PeriodKind.VERIFIKASI: self.verification}
        return any(states[kind].is_open for kind in kinds)

    def allows(self, state: UsulanState, act: UsulanAct, approval: Approval) -> bool:
        """Whether the table of transitions has this act, and a period that it needs is open.

        Args:
            state: Where the proposal stands.
            act: What somebody wants to do.
            approval: Last level that decides on the kind of record.
        """
        row = TRANSITIONS.get((state, act))
        return row is not None and approval in row.approvals and (not row.periods or self.is_open(row.periods))

    def require(self, state: UsulanState, act: UsulanAct, approval: Approval) -> None:
        """Refuse an act that the table or the periods don't allow.

        Raises:
            Refused: In words that say why.
        """
        if self.allows(state, act, approval):
            return
        row = TRANSITIONS.get((state, act))
        if row is None or approval not in row.approvals:
            raise Refused(f"Tindakan ini tidak dapat dilakukan: status usulan sekarang {state.label}.")
        raise Refused(self.closed_sentence(returned=PeriodKind.VERIFIKASI in row.periods))

    def closed_sentence(self, *, returned: bool = False) -> str:
        """Why nothing can be written, and what becomes of what was typed; empty while it can.

        Args:
            returned: Asked for a proposal that came back, which may be repaired until verification closes.
        """
        if self.pdm.is_open or (returned and self.verification.is_open):
            return ""
        repair = self.verification.is_open and not returned and self.verification.period
        until = f" sampai {moment(repair.ends_at - _LAST_MOMENT, self.zona)}" if repair else ""
        more = f" Usulan yang dikembalikan masih dapat diperbaiki{until}." if repair else ""
        return f"{self._entry_sentence()} Draf Anda tetap tersimpan dan dapat dibaca.{more}"

    def _entry_sentence(self) -> str:
        period = self.pdm.period
        if period is None:
            return CLOSED
        if self.pdm.phase is Phase.NOT_OPEN:
            return f"Pemutakhiran Data Mandiri belum dibuka. Dibuka {moment(period.starts_at, self.zona)}."
        return f"Pemutakhiran Data Mandiri sudah ditutup pada {moment(period.ends_at - _LAST_MOMENT, self.zona)}."


@dataclass(frozen=True, slots=True)
class Standing:
    """A person in the PDM.

    Attributes:
        account_id: Account of the person, told of what happens.
        pegawai_id: Whose data.
        instansi_id: Agency.
        unor_id: Unit; proposals go to its verifikator unless the person picks another, see `routing`.
        nama: Name with titles.
        instansi: Name of the agency.
        kode: Code of the agency.
        unit: Name of the unit.
        facts: What the rules of records need.
        times: The day and the periods.
    """

    account_id: int
    pegawai_id: int
    instansi_id: int
    unor_id: int
    nama: str
    instansi: str
    kode: str
    unit: str
    facts: PersonFacts
    times: Times

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups that concern the person."""
        return groups_for(self.facts.jenis)

    def group(self, key: str) -> Group:
        """Find one of them.

        Raises:
            NotAllowed: There is none for this person.
        """
        for group in self.groups:
            if group.key == key:
                return group
        raise NotAllowed("no such group for this person")


def standing(session: Session, actor: Actor) -> Standing:
    """Read where the actor stands.

    Args:
        session: Any transaction.
        actor: Whose data.
    """
    return standing_of(session, actor.pegawai_id)


def standing_of(session: Session, pegawai_id: int, *, lock: bool = False) -> Standing:
    """Read where a person stands.

    Args:
        session: Any transaction.
        pegawai_id: Whose data.
        lock: Let no other transaction that asks for the lock act on this person's proposals until this one ends.

    Raises:
        NotAllowed: There is no such person.
    """
    if lock:
        # Rows that refer to the person can still be written; SQLite, which has one writer, needs no lock.
        session.exec(select(Pegawai.id).where(Pegawai.id == pegawai_id).with_for_update(key_share=True)).all()
    row = session.exec(
        select(Pegawai, Instansi, Unor.nama, Account.id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Pegawai.id == pegawai_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("no such person")
    pegawai, instansi, unit, account_id = row
    return Standing(
        account_id=account_id or 0,
        pegawai_id=pegawai_id,
        instansi_id=pegawai.instansi_id,
        unor_id=pegawai.unor_id,
        nama=pegawai.full_name,
        instansi=instansi.nama,
        kode=instansi.kode,
        unit=unit,
        facts=_facts(session, pegawai),
        times=_times(session, instansi),
    )


def facts(session: Session, actor: Actor) -> PersonFacts:
    """What the rules of records need to know of the actor.

    Args:
        session: Any transaction.
        actor: Whose data.
    """
    pegawai = session.get(Pegawai, actor.pegawai_id)
    if pegawai is None:
        raise NotFoundError("no such person")
    return _facts(session, pegawai)


def times_of(rows: Iterable[Window], zona: str) -> Times:
    """Put the day and the periods of an agency together.

    Args:
        rows: National rows and those of the agency, of any kind.
        zona: Zone of the agency.
    """
    now, zone = clock.now(), ZONES.get(zona, ZONES["WIB"])
    windows = list(rows)
    since, until = span_of(windows, now)
    return Times(
        now=now,
        today=now.astimezone(zone).date(),
        zona=zona if zona in ZONES else "WIB",
        pdm=period_status(windows, PeriodKind.PDM, now, zone),
        verification=period_status(windows, PeriodKind.VERIFIKASI, now, zone),
        since=since,
        until=until,
    )


def span_of(rows: Iterable[Window], now: datetime) -> tuple[datetime, datetime]:
    """When the PDM that runs or ran last began, and its exclusive end; all time while there was none.

    Args:
        rows: National rows and those of the agency, of any kind.
        now: The present moment.
    """
    begun = effective_period([row for row in rows if row.starts_at <= now], PeriodKind.PDM, now)
    return (begun.starts_at, begun.ends_at) if begun else (_LONG_AGO, _NEVER)


def _times(session: Session, instansi: Instansi) -> Times:
    wanted = or_(col(Period.instansi_id).is_(None), col(Period.instansi_id) == instansi.id)
    rows = session.exec(select(Period).where(wanted, col(Period.kind).in_(_KINDS)))
    return times_of(
        [Window(row.kind, row.starts_at, row.ends_at, row.instansi_id, row.extends) for row in rows], instansi.zona
    )


def _facts(session: Session, pegawai: Pegawai) -> PersonFacts:
    appointed = session.exec(
        select(PersonnelRecord.payload)
        .where(PersonnelRecord.pegawai_id == pegawai.id, PersonnelRecord.kind == "cpns-pns")
        .where(col(PersonnelRecord.removed_at).is_(None))
        .order_by(col(PersonnelRecord.id).desc())
    ).first()
    return PersonFacts(
        jenis=pegawai.jenis,
        nip=pegawai.nip,
        tanggal_lahir=pegawai.tanggal_lahir,
        jenis_kelamin=pegawai.jenis_kelamin,
        tmt_cpns=_day((appointed or {}).get("tmt_cpns")),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
