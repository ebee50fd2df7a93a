"""Creating, extending and removing periods, for the country and for an agency (page `/admin/periode`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.period import ZONES, PeriodKind, Phase
from mysapk_web.domain.roles import MATRIX, Permission
from mysapk_web.models import Instansi, Period
from mysapk_web.services import audit, clock, jobs, periods
from mysapk_web.services.actor import Actor, InputRefused, NotAllowed, Refused
from mysapk_web.services.periods import BannerView, moment
from mysapk_web.services.progress import places, reading
from mysapk_web.services.security import require_recent

NATIONAL: Final = "nasional"
MOST_YEARS: Final = 3
"""A period that lasts longer is a slip of the keyboard."""
FIRST_YEAR: Final = 2021
"""The year of Keputusan Kepala BKN 87/2021."""
LAST_YEAR: Final = 2100
MAX_SOURCE: Final = 300
_LAST_MOMENT: Final = timedelta(microseconds=1)

KIND_LABELS: Final = {
    PeriodKind.AKTIVASI: "Aktivasi akun",
    PeriodKind.PDM: "Pemutakhiran data (PDM)",
    PeriodKind.VERIFIKASI: "Verifikasi data",
}


class Act(StrEnum):
    """What is done."""

    CREATE = "buat"
    EXTEND = "perpanjang"


@dataclass(frozen=True, slots=True)
class Draft:
    """A period as typed.

    Attributes:
        act: Create one, or extend the one that counts now.
        kind: Which kind.
        place: "nasional" or "i<id>" of an agency.
        first: First day; not asked for when extending.
        last: Last day, which still belongs to it.
        source: The decision behind it.
    """

    act: Act
    kind: PeriodKind
    place: str
    first: date | None
    last: date | None
    source: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One row as it stands.

    Attributes:
        place: In words.
        phase: Where now stands in it.
        removable: It has not begun, and the actor may.
        extendable: It is the last of its kind and place, and the actor may.
    """

    id: int
    kind: PeriodKind
    place_key: str
    place: str
    dates: str
    source: str
    extends: bool
    phase: Phase
    removable: bool
    extendable: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would do.

    Attributes:
        dates: First and last moment with the zone.
        people: Whom it concerns: all on the rolls of the place, without agencies that have rows of their own.
        agencies: How many agencies.
        own_rows: Agencies that keep their own period and are not touched.
        banner: As people of the actor's own agency (or of the agency concerned) would see it.
        banner_of: Whose.
    """

    dates: str
    people: int
    agencies: int
    own_rows: int
    banner: BannerView | None
    banner_of: str


def choices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Places whose periods the actor may set: key and name.

    Args:
        session: Any transaction.
        actor: Who acts.

    Raises:
        NotAllowed: None.
    """
    actor.require(Permission.PERIOD_AGENCY)
    agencies = session.exec(select(Instansi).order_by(col(Instansi.nama))).all()
    own = [(f"i{row.id}", row.nama) for row in agencies if _may_agency(actor, row.id)]
    return [(NATIONAL, "Nasional (semua instansi)"), *own] if actor.may(Permission.PERIOD_NATIONAL) else own


def listed(session: Session, actor: Actor) -> list[PeriodRow]:
    """The national periods and those of the agencies within the scope, by kind, the newest first.

    Args:
        session: Any transaction.
        actor: Who looks.

    Raises:
        NotAllowed: No permission.
    """
    actor.require(Permission.PERIOD_AGENCY)
    names = {row.id: row for row in session.exec(select(Instansi)) if _may_agency(actor, row.id)}
    rows = [row for row in _all(session) if row.instansi_id is None or row.instansi_id in names]
    last: dict[tuple[PeriodKind, int | None], int] = {}
    for row in sorted(rows, key=lambda row: row.ends_at):
        last[row.kind, row.instansi_id] = row.id or 0
    rows.sort(key=lambda row: (list(PeriodKind).index(row.kind), row.instansi_id is not None, row.instansi_id or 0))
    return [_shown(row, names.get(row.instansi_id), actor, last) for row in rows]


def preview(session: Session, actor: Actor, draft: Draft) -> Preview:
    """What a draft would do, with all that stands against it.

    Args:
        session: Any transaction; nothing is written.
        actor: Who acts.
        draft: As typed.

    Raises:
        NotAllowed: No permission for that place.
        InputRefused: A field is not as it has to be.
        Refused: It would contradict another period.
    """
    agency = _place(session, actor, draft)
    made = _made(session, actor, draft, agency)
    rows = [*_all(session), made]
    shown = agency or session.get_one(Instansi, actor.instansi_id)
    changed = [row for row in rows if row.instansi_id in (None, shown.id)]
    people, agencies, own = _concerned(session, draft, agency)
    return Preview(
        _dates(made, shown.zona), people, agencies, own, periods.banner(session, shown, changed=changed), shown.nama
    )


def save(session: Session, actor: Actor, draft: Draft) -> Period:
    """Create or extend a period. A grave act: password or code were shown lately.

    Args:
        session: Any transaction.
        actor: Who acts.
        draft: As typed.

    Raises:
        NotAllowed: No permission for that place.
        StepUpNeeded: Password or code have to be shown again.
        InputRefused: A field is not as it has to be.
        Refused: It would contradict another period.
    """
    agency = _place(session, actor, draft)
    require_recent(actor)
    jobs.hold(session, jobs.PERIODS)
    made = _made(session, actor, draft, agency)
    session.add(made)
    session.flush()
    tag = AuditTag.PERIOD_EXTENDED if draft.act is Act.EXTEND else AuditTag.PERIOD_CREATED
    _note(session, tag, actor, made)
    return made


def remove(session: Session, actor: Actor, *, period_id: int) -> None:
    """Take a period back that has not begun. A grave act.

    Args:
        session: Any transaction.
        actor: Who acts.
        period_id: Which.

    Raises:
        NotAllowed: No permission for it.
        StepUpNeeded: Password or code have to be shown again.
        Refused: It has begun: what people have relied on stays.
    """
    actor.require(Permission.PERIOD_AGENCY)
    jobs.hold(session, jobs.PERIODS)
    row = session.get(Period, period_id)
    if row is None or not _may(actor, row.instansi_id):
        raise NotAllowed(f"{Permission.PERIOD_AGENCY.value}: period outside the scope")
    require_recent(actor)
    if row.starts_at <= clock.now():
        raise Refused("Periode yang sudah dimulai tidak dapat dihapus. Perpanjang, atau biarkan berakhir.")
    _note(session, AuditTag.PERIOD_REMOVED, actor, row)
    session.delete(row)


# Rules -------------------------------------------------------------------------------------------


def _may(actor: Actor, instansi_id: int | None) -> bool:
    return actor.may(Permission.PERIOD_NATIONAL) if instansi_id is None else _may_agency(actor, instansi_id)


def _may_agency(actor: Actor, instansi_id: int | None) -> bool:
    return any(
        Permission.PERIOD_AGENCY in MATRIX[grant.role]
        and grant.unor_path is None
        and grant.instansi_id in (None, instansi_id)
        for grant in actor.acting_grants
    )


def _place(session: Session, actor: Actor, draft: Draft) -> Instansi | None:
    actor.require(Permission.PERIOD_AGENCY)
    if draft.place == NATIONAL:
        actor.require(Permission.PERIOD_NATIONAL)
        return None
    known = {key for key, _ in choices(session, actor)}
    if draft.place not in known:
        raise NotAllowed(f"{Permission.PERIOD_AGENCY.value}: agency outside the scope")
    return session.get_one(Instansi, int(draft.place[1:]))


def _made(session: Session, actor: Actor, draft: Draft, agency: Instansi | None) -> Period:
    """The row that a draft means, if nothing stands against it."""
    zone = ZONES.get(agency.zona if agency else "WIB", ZONES["WIB"])
    same = [
        row for row in _all(session) if row.kind is draft.kind and row.instansi_id == (agency.id if agency else None)
    ]
    extended = max(same, key=lambda row: row.ends_at, default=None)
    _judge_fields(draft, extended)
    last = _midnight(draft.last or date.min, zone) + timedelta(days=1)
    if draft.act is Act.EXTEND and extended is not None:
        starts_at = extended.ends_at
        if last <= starts_at or last <= clock.now():
            raise InputRefused(
                {"selesai": "Hari terakhir yang baru harus sesudah hari terakhir sekarang dan hari ini."}
            )
    else:
        starts_at = _midnight(draft.first or date.min, zone)
        _judge_length(starts_at, last)
        _judge_new(starts_at, last, same, agency)
    _judge_length(starts_at, last)
    if agency is not None and not actor.may(Permission.PERIOD_NATIONAL):
        _judge_limits(session, draft.kind, starts_at, last, extending=draft.act is Act.EXTEND)
    return Period(
        kind=draft.kind,
        instansi_id=agency.id if agency else None,
        starts_at=starts_at,
        ends_at=last,
        extends=draft.act is Act.EXTEND,
        legal_source=" ".join(draft.source.split()),
    )


def _judge_fields(draft: Draft, extended: Period | None) -> None:
    faults = {}
    if draft.act is Act.EXTEND and extended is None:
        raise Refused("Belum ada periode sejenis untuk tempat itu. Buat periode baru.", "tindakan")
    if draft.act is Act.CREATE and draft.first is None:
        faults["mulai"] = "Isi hari pertama, misalnya 15-08-2026."
    if draft.last is None:
        faults["selesai"] = "Isi hari terakhir, misalnya 14-09-2026."
    for field, day in (("mulai", draft.first), ("selesai", draft.last)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            faults[field] = "Periksa tahunnya."
    source = " ".join(draft.source.split())
    if not source or len(source) > MAX_SOURCE:
        faults["dasar"] = f"Isi dasar penetapan, misalnya nomor surat; paling banyak {MAX_SOURCE} karakter."
    if faults:
        raise InputRefused(faults)


def _judge_new(starts_at: datetime, last: datetime, same: Sequence[Period], agency: Instansi | None) -> None:
    if last <= starts_at:
        raise InputRefused({"selesai": "Hari terakhir harus sama dengan atau sesudah hari pertama."})
    if last <= clock.now():
        raise InputRefused({"selesai": "Periode ini sudah lewat. Pilih hari terakhir hari ini atau sesudahnya."})
    clash = next((row for row in same if row.starts_at < last and starts_at < row.ends_at), None)
    if clash is not None:
        shown = _dates(clash, agency.zona if agency else "WIB")
        raise InputRefused({"mulai": f"Bertumpukan dengan periode yang ada ({shown}). Perpanjang periode itu."})


def _judge_length(starts_at: datetime, last: datetime) -> None:
    if last - starts_at > timedelta(days=366 * MOST_YEARS):
        raise InputRefused({"selesai": f"Periode paling lama {MOST_YEARS} tahun. Periksa tahunnya."})


def _judge_limits(session: Session, kind: PeriodKind, starts_at: datetime, last: datetime, *, extending: bool) -> None:
    """An agency moves within what BKN has published for the country, where it has (domain 10)."""
    national = [row for row in _all(session) if row.kind is kind and row.instansi_id is None]
    if not national:
        return
    first, end = min(row.starts_at for row in national), max(row.ends_at for row in national)
    slack = timedelta(hours=2)  # the zones of the country lie two hours apart
    if starts_at < first - slack and not extending:
        raise InputRefused({"mulai": f"Tidak boleh sebelum periode nasional dibuka ({moment(first, 'WIB')})."})
    if last > end + slack:
        end_shown = moment(end - _LAST_MOMENT, "WIB")
        raise InputRefused(
            {"selesai": f"Tidak boleh melewati periode nasional ({end_shown}). Mintalah perpanjangan kepada BKN."}
        )


# Small things ------------------------------------------------------------------------------------


def _all(session: Session) -> list[Period]:
    return list(session.exec(select(Period).order_by(col(Period.starts_at).desc())))


def _midnight(day: date, zone: object) -> datetime:
    return datetime.combine(day, time(), zone)  # type: ignore[arg-type]


def _dates(row: Period, zona: str) -> str:
    return f"{moment(row.starts_at, zona)} sampai {moment(row.ends_at - _LAST_MOMENT, zona)}"


def _shown(
    row: Period, agency: Instansi | None, actor: Actor, last: dict[tuple[PeriodKind, int | None], int]
) -> PeriodRow:
    now = clock.now()
    phase = Phase.NOT_OPEN if now < row.starts_at else Phase.OPEN if now < row.ends_at else Phase.CLOSED
    mine = _may(actor, row.instansi_id)
    return PeriodRow(
        id=row.id or 0,
        kind=row.kind,
        place_key=f"i{row.instansi_id}" if row.instansi_id else NATIONAL,
        place=agency.nama if agency else "Nasional",
        dates=_dates(row, agency.zona if agency else "WIB"),
        source=row.legal_source,
        extends=row.extends,
        phase=phase,
        removable=mine and phase is Phase.NOT_OPEN,
        extendable=mine and last.get((row.kind, row.instansi_id)) == row.id,
    )


def _concerned(session: Session, draft: Draft, agency: Instansi | None) -> tuple[int, int, int]:
    """People, agencies, and agencies that have rows of their own and are not touched."""
    if agency is not None:
        tally, _ = reading.tally_of(session, places.Place(f"i{agency.id}", agency.nama, agency.id))
        return tally.people, 1, 0
    own = {row.instansi_id for row in _all(session) if row.kind is draft.kind and row.instansi_id is not None}
    everybody, _ = reading.tally_of(session, places.COUNTRY_PLACE)
    apart = sum(reading.tally_of(session, places.Place(f"i{id_}", "", id_))[0].people for id_ in own if id_ is not None)
    agencies = len(session.exec(select(Instansi.id)).all())
    return everybody.people - apart, agencies - len(own), len(own)


def _note(session: Session, tag: AuditTag, actor: Actor, row: Period) -> None:
    audit.record(
        session,
        tag,
        actor_id=actor.account_id,
        instansi_id=row.instansi_id,
        address=actor.visitor.address,
        jenis=row.kind.value,
        mulai=row.starts_at.isoformat(),
        selesai=row.ends_at.isoformat(),
        dasar=row.legal_source,
    )
