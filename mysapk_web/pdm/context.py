"""What the rules need to know of a person and their agency: employment, unit, date, open periods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlmodel import Session, col, or_, select

from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.organisation.rules.period import PeriodKind, PeriodStatus, Phase, effective_period, period_status
from mysapk_web.organisation.rules.period import PeriodWindow as Window
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import groups_for
from mysapk_web.pdm.rules.groups.base import Approval, Group
from mysapk_web.pdm.rules.groups.fields import PersonFacts
from mysapk_web.pdm.rules.proposal import TRANSITIONS, ProposalAction, ProposalState, TransitionError, find_transition
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.timezones import format_moment_compact, zone_of

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(2999, 1, 1, tzinfo=UTC)
_KINDS: Final = (PeriodKind.PDM, PeriodKind.VERIFIKASI)

CLOSED: Final = "Periode Pemutakhiran Data Mandiri tidak sedang dibuka."
CHANGED: Final = "Usulan ini sudah berubah di tempat lain. Muat ulang halaman ini untuk melihat keadaannya sekarang."


@dataclass(frozen=True, slots=True)
class PeriodContext:
    now: datetime
    today: date
    """In the time zone of the agency."""
    timezone: str
    pdm: PeriodStatus
    verification: PeriodStatus
    since: datetime
    """Start of the PDM that runs or ran last; anything older belongs to an earlier one."""
    until: datetime
    """Its exclusive end; anything later belongs to none."""

    def is_open(self, kinds: Iterable[PeriodKind]) -> bool:
        states = {PeriodKind.PDM: self.pdm, PeriodKind.VERIFIKASI: self.verification}
        return any(states[kind].is_open for kind in kinds)

    def allows(self, state: ProposalState, act: ProposalAction, approval: Approval) -> bool:
        """Whether the transition exists and a period that it needs is open."""
        row = TRANSITIONS.get((state, act))
        return row is not None and approval in row.approvals and (not row.periods or self.is_open(row.periods))

    def require(self, state: ProposalState, act: ProposalAction, approval: Approval) -> None:
        """Raises UserError if the transition does not exist or its period is closed."""
        try:
            row = find_transition(state, act, approval)
        except TransitionError as error:
            raise UserError(str(error)) from None
        if row.periods and not self.is_open(row.periods):
            raise UserError(self.closed_sentence(returned=PeriodKind.VERIFIKASI in row.periods))

    def closed_sentence(self, *, returned: bool = False) -> str:
        """Why nothing can be written, and what happens to the draft; empty while it can.

        Args:
            returned: For a returned proposal, which may be corrected until verification closes.
        """
        if self.pdm.is_open or (returned and self.verification.is_open):
            return ""
        repair = self.verification.is_open and not returned and self.verification.period
        until = f" sampai {format_moment_compact(repair.last_moment, self.timezone)}" if repair else ""
        more = f" Usulan yang dikembalikan masih dapat diperbaiki{until}." if repair else ""
        return f"{self._entry_sentence()} Draf Anda tetap tersimpan dan dapat dibaca.{more}"

    def _entry_sentence(self) -> str:
        period = self.pdm.period
        if period is None:
            return CLOSED
        if self.pdm.phase is Phase.NOT_OPEN:
            return f"Pemutakhiran Data Mandiri belum dibuka. Dibuka {format_moment_compact(period.starts_at, self.timezone)}."
        return (
            f"Pemutakhiran Data Mandiri sudah ditutup pada {format_moment_compact(period.last_moment, self.timezone)}."
        )


@dataclass(frozen=True, slots=True)
class PersonContext:
    account_id: int
    pegawai_id: int
    instansi_id: int
    unor_id: int
    """Its verifikator gets the proposals unless the person picks another unit (`assignment`)."""
    name: str
    instansi: str
    agency_code: str
    unit: str
    facts: PersonFacts
    times: PeriodContext

    @property
    def groups(self) -> tuple[Group, ...]:
        return groups_for(self.facts.jenis)

    def group(self, key: str) -> Group:
        """Raises PermissionDenied if the group does not exist, or not for this kind of employment."""
        for group in self.groups:
            if group.key == key:
                return group
        raise PermissionDenied("no such group for this person")


def load_context(session: Session, pegawai_id: int, *, lock: bool = False) -> PersonContext:
    """Load what the rules need to know of a person.

    Args:
        lock: Wait for, and keep out, every other transaction that locks this person.
    """
    if lock:
        # Others may still insert rows that refer to the person. SQLite has one writer and needs no lock.
        session.exec(select(Pegawai.id).where(Pegawai.id == pegawai_id).with_for_update(key_share=True)).all()
    row = session.exec(
        select(Pegawai, Instansi, Unor.name, Account.id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Pegawai.id == pegawai_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("no such person")
    pegawai, instansi, unit, account_id = row
    return PersonContext(
        account_id=account_id or 0,
        pegawai_id=pegawai_id,
        instansi_id=pegawai.instansi_id,
        unor_id=pegawai.unor_id,
        name=pegawai.full_name,
        instansi=instansi.name,
        agency_code=instansi.code,
        unit=unit,
        facts=_facts(session, pegawai),
        times=_times(session, instansi),
    )


def period_context(rows: Iterable[Window], timezone: str) -> PeriodContext:
    """From national periods and those of the agency, of any kind."""
    now, zone = clock.now(), zone_of(timezone).info
    windows = list(rows)
    since, until = pdm_span(windows, now)
    return PeriodContext(
        now=now,
        today=now.astimezone(zone).date(),
        timezone=zone_of(timezone).value,
        pdm=period_status(windows, PeriodKind.PDM, now, zone),
        verification=period_status(windows, PeriodKind.VERIFIKASI, now, zone),
        since=since,
        until=until,
    )


def pdm_span(rows: Iterable[Window], now: datetime) -> tuple[datetime, datetime]:
    """Start and exclusive end of the PDM that runs or ran last; all time if there was none."""
    begun = effective_period([row for row in rows if row.starts_at <= now], PeriodKind.PDM, now)
    return (begun.starts_at, begun.ends_at) if begun else (_LONG_AGO, _NEVER)


def _times(session: Session, instansi: Instansi) -> PeriodContext:
    wanted = or_(col(Period.instansi_id).is_(None), col(Period.instansi_id) == instansi.id)
    rows = session.exec(select(Period).where(wanted, col(Period.kind).in_(_KINDS)))
    return period_context(
        [Window(row.kind, row.starts_at, row.ends_at, row.instansi_id, row.extends) for row in rows], instansi.timezone
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
        birth_date=pegawai.birth_date,
        gender=pegawai.gender,
        tmt_cpns=_day((appointed or {}).get("tmt_cpns")),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
