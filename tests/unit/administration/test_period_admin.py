"""Periods are set within the scope, never contradict each other, and can be looked at before they are made."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col, select

from mysapk_web.administration import period_admin
from mysapk_web.administration.period_admin import (
    list_periods,
    period_scopes,
    preview_period,
    remove_period,
    save_period,
)
from mysapk_web.administration.period_input import PeriodAction, PeriodInput
from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation import periods, revisions
from mysapk_web.organisation.rules.period import PeriodKind, Phase
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import FormError, PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone, format_moment_compact
from mysapk_web.platform.tables.audit import AuditEvent
from tests.support.demo_actors import acting, place

SOURCE = "Surat Kepala BKN Nomor 1 Tahun 2026"


def day(offset: int) -> date:
    return clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=offset)


def draft(
    where: str,
    first: int | None,
    last: int | None,
    kind: PeriodKind = PeriodKind.PDM,
    act: PeriodAction = PeriodAction.CREATE,
) -> PeriodInput:
    return PeriodInput(
        act,
        kind,
        where,
        day(first) if first is not None else None,
        day(last) if last is not None else None,
        SOURCE,
    )


def make(db: Database, who: str, wanted: PeriodInput, **session: bool) -> Period:
    with db.begin() as s:
        actor = acting(db, who, **session)
        row = save_period(s, actor, wanted, seen=preview_period(s, actor, wanted).revision)
        s.expunge(row)
        return row


def take(db: Database, who: str, row: Period, seen: int | None = None) -> None:
    """Remove a period, from a page that was loaded just now unless `seen` names another revision."""
    with db.begin() as s:
        now = revisions.current_revision(s, revisions.of_period(row.instansi_id, row.kind))
        remove_period(s, acting(db, who), period_id=row.id or 0, seen=now if seen is None else seen)


def rows(db: Database, nama: str | None, kind: PeriodKind = PeriodKind.PDM) -> list[Period]:
    with db.read() as s:
        instansi = s.exec(select(Instansi.id).where(Instansi.name == nama)).one() if nama else None
        found = s.exec(select(Period).where(Period.kind == kind).order_by(col(Period.starts_at))).all()
        s.expunge_all()
    return [row for row in found if row.instansi_id == instansi]


@pytest.fixture
def bare(demo_db: Database) -> Database:
    with demo_db.begin() as s:
        s.execute(delete(Period))
    return demo_db


def test_days_are_those_of_the_agency(bare: Database) -> None:
    make(bare, "admin_instansi_lain", draft(place(bare, KOTA), 3, 5))
    row = rows(bare, KOTA)[0]
    zone = Zone.WITA.info
    assert row.starts_at.astimezone(zone).isoformat()[:16] == f"{day(3)}T00:00"
    assert row.ends_at.astimezone(zone).isoformat()[:16] == f"{day(6)}T00:00"
    assert row.legal_source == SOURCE


def test_it_is_in_force_and_in_the_trail(bare: Database) -> None:
    make(bare, "admin_bkn", draft("nasional", -1, 5))
    with bare.read() as s:
        instansi = s.exec(select(Instansi).where(Instansi.name == KABUPATEN)).one()
        assert periods.status(s, instansi, PeriodKind.PDM).is_open
        event = s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.PERIOD_CREATED)).one()
        assert (event.actor_id, event.detail["legal_source"]) == (acting(bare, "admin_bkn").account_id, SOURCE)


def test_an_agency_has_its_own_within_the_national_one(demo_db: Database) -> None:
    where = place(demo_db, KABUPATEN)
    make(demo_db, "admin_instansi", draft(where, -2, 14))
    with pytest.raises(FormError, match="periode nasional"):
        make(demo_db, "admin_instansi", draft(where, 15, 40))
    with pytest.raises(FormError, match="periode nasional"):
        make(demo_db, "admin_instansi", draft(where, 0, 40, act=PeriodAction.EXTEND))
    make(demo_db, "admin_bkn", draft(where, None, 40, act=PeriodAction.EXTEND))
    assert [row.extends for row in rows(demo_db, KABUPATEN)] == [False, True]


def test_an_extension_prolongs_without_a_gap(bare: Database) -> None:
    make(bare, "admin_bkn", draft("nasional", 0, 5))
    make(bare, "admin_bkn", draft("nasional", None, 9, act=PeriodAction.EXTEND))
    first, second = rows(bare, None)
    assert (second.extends, second.starts_at) == (True, first.ends_at)
    with bare.read() as s:
        state = periods.status(s, s.exec(select(Instansi).where(Instansi.name == KABUPATEN)).one(), PeriodKind.PDM)
    assert state.period is not None
    assert (state.period.ends_at, state.period.extends) == (second.ends_at, True)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, 5, "mulai"),
        (0, None, "selesai"),
        (5, 4, "selesai"),
        (-9, -1, "selesai"),
        (0, 4000, "selesai"),
        (3, 9, "mulai"),
    ],
)
def test_nonsense_is_refused_at_its_field(bare: Database, first: int | None, last: int | None, field: str) -> None:
    make(bare, "admin_bkn", draft("nasional", 9, 12))
    with pytest.raises(FormError) as refused:
        make(bare, "admin_bkn", draft("nasional", first, last))
    assert field in refused.value.faults
    assert len(rows(bare, None)) == 1


def test_a_decision_is_needed_and_something_to_extend(bare: Database) -> None:
    with pytest.raises(FormError) as refused:
        make(bare, "admin_bkn", replace(draft("nasional", 0, 5), source="  "))
    assert set(refused.value.faults) == {"dasar"}
    with pytest.raises(UserError, match="Buat periode baru"):
        make(bare, "admin_bkn", draft("nasional", None, 5, act=PeriodAction.EXTEND))


def test_only_one_that_has_not_begun_can_be_removed(bare: Database) -> None:
    running = make(bare, "admin_bkn", draft("nasional", -1, 5))
    coming = make(bare, "admin_bkn", draft("nasional", 9, 12))
    take(bare, "admin_bkn", coming)
    with pytest.raises(UserError, match="sudah dimulai"):
        take(bare, "admin_bkn", running)
    assert [row.id for row in rows(bare, None)] == [running.id]
    with bare.read() as s:
        assert s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.PERIOD_REMOVED)).one()


def test_nobody_sets_a_period_outside_the_scope(bare: Database) -> None:
    foreign = make(bare, "admin_bkn", draft(place(bare, KOTA), 5, 9))
    national = make(bare, "admin_bkn", draft("nasional", 5, 9))
    for where in (place(bare, KOTA), "nasional", "i999", "u1", ""):
        for act in (save_period, preview_period):
            with bare.begin() as s, pytest.raises(PermissionDenied):
                act(s, acting(bare, "admin_instansi"), draft(where, 12, 15))
    for row in (foreign, national):
        with bare.begin() as s, pytest.raises(PermissionDenied):
            remove_period(s, acting(bare, "admin_instansi"), period_id=row.id or 0)
    with bare.read() as s:
        assert [key for key, _ in period_scopes(s, acting(bare, "admin_instansi"))] == [place(bare, KABUPATEN)]
        assert {row.scope_name for row in list_periods(s, acting(bare, "admin_instansi"))} == {"Nasional"}
        assert {row.scope_name for row in list_periods(s, acting(bare, "admin_instansi_lain"))} == {"Nasional", KOTA}


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver", "admin_satker"])
def test_who_has_no_permission_sets_nothing(bare: Database, who: str) -> None:
    for wanted in (draft("nasional", 0, 5), draft(place(bare, KABUPATEN), 0, 5)):
        with pytest.raises(PermissionDenied):
            make(bare, who, wanted)
    with bare.read() as s, pytest.raises(PermissionDenied):
        list_periods(s, acting(bare, who))


def test_a_grave_act_needs_a_recent_proof_a_preview_does_not(bare: Database) -> None:
    coming = make(bare, "admin_bkn", draft("nasional", 9, 12))
    with pytest.raises(ReauthenticationRequired):
        make(bare, "admin_bkn", draft("nasional", 0, 5), step_up=False)
    with bare.begin() as s, pytest.raises(ReauthenticationRequired):
        remove_period(s, acting(bare, "admin_bkn", step_up=False), period_id=coming.id or 0)
    with bare.read() as s:
        assert preview_period(s, acting(bare, "admin_bkn", step_up=False), draft("nasional", 0, 5)).people


def test_the_preview_shows_banner_and_whom_it_concerns_and_writes_nothing(bare: Database) -> None:
    make(bare, "admin_bkn", draft(place(bare, KOTA), 5, 9))
    with bare.begin() as s:
        national = preview_period(s, acting(bare, "admin_bkn"), draft("nasional", 0, 5))
        own = preview_period(s, acting(bare, "admin_instansi"), draft(place(bare, KABUPATEN), -3, 30))
    assert (national.people, national.agencies, national.unaffected_agencies) == (3923 + 1, 2, 1)
    assert (own.people, own.agencies, own.banner_agency) == (3923, 1, KABUPATEN)
    assert own.banner is not None
    assert own.banner.phase == Phase.OPEN
    assert "WIB sampai" in own.dates
    assert rows(bare, None) == []


def test_the_preview_says_that_the_own_period_ends_the_running_national_one(bare: Database) -> None:
    """The rows of an agency win as a whole: from when it has one, the national ones count no more for it, and for it alone."""
    make(bare, "admin_bkn", draft("nasional", -5, 20))

    def seen(who: str, wanted: PeriodInput) -> period_admin.ReplacedPeriod | None:
        with bare.read() as s:
            return preview_period(s, acting(bare, who), wanted).replaced

    own, other = place(bare, KABUPATEN), place(bare, KOTA)
    at_once, later = seen("admin_instansi", draft(own, 0, 9)), seen("admin_instansi", draft(own, 4, 9))
    assert at_once is not None
    assert later is not None
    assert (at_once.running, at_once.closed_until) == (True, "")
    assert (later.running, later.dates) == (True, at_once.dates)
    assert later.closed_until == format_moment_compact(datetime.combine(day(4), time(), Zone.WIB.info), "WIB")
    assert seen("admin_bkn", draft("nasional", 30, 40)) is None
    assert seen("admin_instansi", draft(own, 4, 9, PeriodKind.VERIFIKASI)) is None

    make(bare, "admin_instansi", draft(own, 4, 9))
    with bare.read() as s:
        agencies = {row.name: row for row in s.exec(select(Instansi))}
        assert not periods.status(s, agencies[KABUPATEN], PeriodKind.PDM).is_open
        assert periods.status(s, agencies[KOTA], PeriodKind.PDM).is_open
    # What is ended already is not ended by a second row; another agency still stands in the national one, read in its own zone.
    assert seen("admin_instansi", draft(own, 12, 15)) is None
    elsewhere = seen("admin_instansi_lain", draft(other, 4, 9))
    assert elsewhere is not None
    assert "WITA" in elsewhere.dates


def test_the_preview_says_that_a_national_period_to_come_will_not_count(bare: Database) -> None:
    make(bare, "admin_bkn", draft("nasional", 5, 20))
    with bare.read() as s:
        found = preview_period(s, acting(bare, "admin_instansi"), draft(place(bare, KABUPATEN), 6, 9)).replaced
    assert found is not None
    assert (found.running, found.closed_until) == (False, "")


@given(
    st.lists(
        st.tuples(st.sampled_from(PeriodAction), st.integers(-5, 40), st.integers(0, 15), st.booleans()), max_size=8
    )
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_acts_makes_periods_overlap(
    demo_db: Database, acts: list[tuple[PeriodAction, int, int, bool]]
) -> None:
    with demo_db.begin() as s:
        s.execute(delete(Period))
    for act, first, length, gone in acts:
        try:
            made = make(demo_db, "admin_bkn", draft("nasional", first, first + length, act=act))
            if gone:
                take(demo_db, "admin_bkn", made)
        except UserError:
            continue
    spans = rows(demo_db, None)
    assert all(one.ends_at <= other.starts_at for one, other in itertools.pairwise(spans))
