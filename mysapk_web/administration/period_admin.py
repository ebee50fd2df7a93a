"""Create, extend and remove periods of the country or an agency (page `/admin/periode`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, or_, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.agency_scopes import covers, find_scope, list_scopes, scope_key
from mysapk_web.administration.period_input import PeriodAction, PeriodInput, all_periods, build_period
from mysapk_web.organisation import audit, periods, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.audit_events import PeriodCreated, PeriodExtended, PeriodPayload, PeriodRemoved
from mysapk_web.organisation.periods import BannerView
from mysapk_web.organisation.revisions import NATIONAL
from mysapk_web.organisation.rules.period import PeriodKind, Phase, format_dates
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform import clock, jobs
from mysapk_web.platform.errors import StaleRevisionError, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone, format_moment_compact
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress import org_nodes
from mysapk_web.progress.breakdown import count_people

GONE: Final = "Periode tidak ditemukan. Mungkin sudah dihapus; daftar di bawah menampilkan jadwal yang ada sekarang."
SCOPE_NOT_FOUND: Final = "Instansi itu tidak ditemukan di wilayah Anda. Pilih dari daftar."

KIND_LABELS: Final = {
    PeriodKind.AKTIVASI: "Aktivasi akun",
    PeriodKind.PDM: "Pemutakhiran data (PDM)",
    PeriodKind.VERIFIKASI: "Verifikasi data",
}


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """`extendable`: last of its kind and scope, and the actor may extend it."""

    id: int
    kind: PeriodKind
    scope_key: str
    scope_name: str
    dates: str
    source: str
    extends: bool
    phase: Phase
    removable: bool
    extendable: bool
    revision: int


@dataclass(frozen=True, slots=True)
class ReplacedPeriod:
    """The national period that ends for an agency when it gets its own; `closed_until` is empty if nothing closes."""

    running: bool
    dates: str
    closed_until: str


@dataclass(frozen=True, slots=True)
class PeriodPreview:
    """Agencies that keep their own period are unaffected; `banner` is what people of `banner_agency` would see."""

    dates: str
    people: int
    agencies: int
    unaffected_agencies: int
    banner: BannerView | None
    banner_agency: str
    replaced: ReplacedPeriod | None
    revision: int


def period_scopes(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Key and name of each agency, or the country, whose periods the actor may set."""
    return list_scopes(session, actor, Permission.PERIOD_AGENCY, Permission.PERIOD_NATIONAL)


def list_periods(session: Session, actor: Actor) -> list[PeriodRow]:
    """National periods and those of agencies in scope, by kind, newest first."""
    actor.require(Permission.PERIOD_AGENCY)
    names = {row.id: row for row in session.exec(select(Instansi)) if covers(actor, Permission.PERIOD_AGENCY, row.id)}
    rows = [row for row in all_periods(session) if row.instansi_id is None or row.instansi_id in names]
    last: dict[tuple[PeriodKind, int | None], int] = {}
    for row in sorted(rows, key=lambda row: row.ends_at):
        last[row.kind, row.instansi_id] = row.pk
    rows.sort(key=lambda row: (list(PeriodKind).index(row.kind), row.instansi_id is not None, row.instansi_id or 0))
    newest = revisions.revisions_by_period(session)
    return [
        _row(row, names.get(row.instansi_id), actor, last, newest.get((row.instansi_id, row.kind.value), 0))
        for row in rows
    ]


def preview_period(session: Session, actor: Actor, given: PeriodInput) -> PeriodPreview:
    """Writes nothing."""
    agency = _agency(session, actor, given)
    period = build_period(session, actor, given, agency)
    rows = [*all_periods(session), period]
    shown = agency or session.get_one(Instansi, actor.instansi_id)
    changed = [row for row in rows if row.instansi_id in (None, shown.id)]
    people, agencies, own = _affected(session, given, agency)
    return PeriodPreview(
        format_dates(period.starts_at, period.ends_at, shown.timezone),
        people,
        agencies,
        own,
        periods.banner(session, shown, changed=changed),
        shown.name,
        _replaced(session, shown, given.kind, changed) if agency else None,
        revisions.current_revision(session, _changes(given, agency)),
    )


def save_period(session: Session, actor: Actor, given: PeriodInput, *, seen: int = 0) -> Period:
    agency = _agency(session, actor, given)
    require_reauthentication(actor)
    jobs.acquire_job_lock(session, jobs.PERIODS)
    revisions.require_current(session, actor, _changes(given, agency), seen)
    period = build_period(session, actor, given, agency)
    session.add(period)
    session.flush()
    _audit(session, PeriodExtended if given.action is PeriodAction.EXTEND else PeriodCreated, actor, period)
    return period


def remove_period(session: Session, actor: Actor, *, period_id: int, seen: int = 0) -> None:
    """Only before it begins: afterwards people rely on it."""
    actor.require(Permission.PERIOD_AGENCY)
    jobs.acquire_job_lock(session, jobs.PERIODS)
    row = session.get(Period, period_id)
    if row is None:
        raise _removed(session, actor, period_id)
    if not _may_set(actor, row.instansi_id):
        raise NotFoundError(f"{Permission.PERIOD_AGENCY.value}: period outside the scope", GONE)
    require_reauthentication(actor)
    revisions.require_current(session, actor, revisions.of_period(row.instansi_id, row.kind), seen)
    if row.starts_at <= clock.now():
        raise UserError("Periode yang sudah dimulai tidak dapat dihapus. Perpanjang, atau biarkan berakhir.")
    _audit(session, PeriodRemoved, actor, row)
    session.delete(row)


def _may_set(actor: Actor, instansi_id: int | None) -> bool:
    permission = Permission.PERIOD_NATIONAL if instansi_id is None else Permission.PERIOD_AGENCY
    return covers(actor, permission, instansi_id)


def _changes(given: PeriodInput, agency: Instansi | None) -> revisions.Changes:
    """The revision covers the scope's periods and, for an agency, the national ones."""
    of_country = revisions.of_period(None, given.kind)
    return of_country if agency is None else or_(of_country, revisions.of_period(agency.id, given.kind))


def _replaced(session: Session, agency: Instansi, kind: PeriodKind, changed: list[Period]) -> ReplacedPeriod | None:
    before = periods.status(session, agency, kind)
    if before.period is None or before.period.instansi_id is not None or before.phase is Phase.CLOSED:
        return None
    after = periods.status(session, agency, kind, changed=changed)
    opens = (
        "" if after.period is None or after.is_open else format_moment_compact(after.period.starts_at, agency.timezone)
    )
    return ReplacedPeriod(
        before.is_open,
        format_dates(before.period.starts_at, before.period.ends_at, agency.timezone),
        opens if before.is_open else "",
    )


def _removed(session: Session, actor: Actor, period_id: int) -> NotFoundError | StaleRevisionError:
    """Names who removed it if the actor could have done so too."""
    found = session.exec(
        select(AuditEvent, audit.detail_text("org_node")).where(
            AuditEvent.tag == AuditTag.PERIOD_REMOVED,
            audit.detail_text("period_id") == str(period_id),
        )
    ).first()
    event, org_node = found or (None, "")
    if event is None or not _may_set(actor, None if org_node == NATIONAL else event.instansi_id):
        return NotFoundError(f"{Permission.PERIOD_AGENCY.value}: no such period", GONE)
    return revisions.already_done_error(session, actor, event.tag.label, by=event.actor_id, at=event.at)


def _agency(session: Session, actor: Actor, given: PeriodInput) -> Instansi | None:
    permissions = Permission.PERIOD_AGENCY, Permission.PERIOD_NATIONAL
    return find_scope(session, actor, given.scope, *permissions, missing=SCOPE_NOT_FOUND)


def _row(
    row: Period,
    agency: Instansi | None,
    actor: Actor,
    last: dict[tuple[PeriodKind, int | None], int],
    revision: int,
) -> PeriodRow:
    now = clock.now()
    phase = Phase.NOT_OPEN if now < row.starts_at else Phase.OPEN if now < row.ends_at else Phase.CLOSED
    mine = _may_set(actor, row.instansi_id)
    return PeriodRow(
        id=row.pk,
        kind=row.kind,
        scope_key=scope_key(row.instansi_id),
        scope_name=agency.name if agency else "Nasional",
        dates=format_dates(row.starts_at, row.ends_at, agency.timezone if agency else Zone.WIB),
        source=row.legal_source,
        extends=row.extends,
        phase=phase,
        removable=mine and phase is Phase.NOT_OPEN,
        extendable=mine and last.get((row.kind, row.instansi_id)) == row.id,
        revision=revision,
    )


def _affected(session: Session, given: PeriodInput, agency: Instansi | None) -> tuple[int, int, int]:
    """People, agencies, and agencies that keep their own period."""
    if agency is not None:
        return count_people(session, org_nodes.OrgNode(scope_key(agency.id), agency.name, agency.id)), 1, 0
    own = {row.instansi_id for row in all_periods(session) if row.kind is given.kind and row.instansi_id is not None}
    everybody = count_people(session, org_nodes.COUNTRY_NODE)
    apart = sum(count_people(session, org_nodes.OrgNode(scope_key(id_), "", id_)) for id_ in own if id_ is not None)
    agencies = len(session.exec(select(Instansi.id)).all())
    return everybody - apart, agencies - len(own), len(own)


def _audit(session: Session, payload: type[PeriodPayload], actor: Actor, row: Period) -> None:
    event = payload(
        period_kind=row.kind,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
        legal_source=row.legal_source,
        period_id=str(row.id),
        org_node=revisions.org_node_of(row.instansi_id),
    )
    audit.record_by(session, actor, event, instansi_id=row.instansi_id)
