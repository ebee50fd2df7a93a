"""The server's clock decides at every write, in each zone, to the second; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from mysapk_web.organisation.rules.period import PeriodKind, PeriodWindow, Phase
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.pdm import new_proposal, review
from mysapk_web.pdm.context import period_context
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.timezones import zone_of
from tests.support.portal import START, Portal
from tests.support.proposals import CLOSED, GOLONGAN, OPENED, PENGHARGAAN, VERIFIED, Desk, publish

SECOND = timedelta(seconds=1)


def at(moment: datetime) -> object:
    return clock.shifted(moment - START)


def in_zone(portal: Portal, zona: str) -> Desk:
    """An agency in a zone, whose PDM opens and closes at its own midnight."""
    with portal.db.begin() as session:
        session.execute(update(Instansi).where(col(Instansi.id) == portal.ani.instansi_id).values(timezone=zona))
    publish(
        portal,
        (PeriodKind.PDM, midnight(zona, 8, 15), midnight(zona, 9, 15)),
        (PeriodKind.VERIFIKASI, midnight(zona, 8, 15), midnight(zona, 12, 1)),
        instansi_id=portal.ani.instansi_id,
    )
    return Desk(portal, portal.ani)


def midnight(zona: str, month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=zone_of(zona).info)


@pytest.mark.parametrize("zona", ["WIB", "WITA", "WIT"])
def test_the_edges_of_the_period_are_those_of_the_agency(portal: Portal, zona: str) -> None:
    desk = in_zone(portal, zona)
    opened, closed = midnight(zona, 8, 15), midnight(zona, 9, 15)

    with at(opened - SECOND), pytest.raises(UserError, match=rf"belum dibuka. Dibuka 15 Agustus 2026 00.00 {zona}"):
        desk.start()
    with at(opened):
        number = desk.draft("golongan", GOLONGAN)
    with at(closed - SECOND):
        desk.save(number, {"nomor_sk": "detik terakhir"})
        assert desk.board().may_write
    with at(closed), pytest.raises(UserError, match=rf"ditutup pada 14 September 2026 23.59 {zona}") as refused:
        desk.save(number, {"nomor_sk": "terlambat"})
    assert "Draf Anda tetap tersimpan" in refused.value.sentence
    assert desk.proposal(number).payload["nomor_sk"] == "detik terakhir"


def test_the_same_moment_is_open_in_the_west_and_closed_in_the_east(portal: Portal) -> None:
    desk = in_zone(portal, "WIT")
    publish(portal, (PeriodKind.PDM, OPENED, CLOSED))
    number, other = desk.start(), desk.of(portal.citra)  # Citra's agency is in WIB and follows the national row
    with at(midnight("WIT", 9, 15)):
        with pytest.raises(UserError):
            desk.save(number, {"nomor_sk": "x"})
        assert other.start()


WRITES: dict[str, Callable[[Desk, int], object]] = {
    "start": lambda desk, _: desk.start("penghargaan"),
    "save": lambda desk, number: desk.save(number, {"nomor_sk": "x"}),
    "send": lambda desk, number: desk.send(number),
    "send all": lambda desk, _: desk.send(),
    "state": lambda desk, _: desk.state("cltn", "TIDAK_ADA"),
    "take back": lambda desk, _: desk.state("cltn", None),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("moment", [OPENED - SECOND, CLOSED, VERIFIED])
def test_nothing_is_written_outside_and_the_draft_can_be_read(desk: Desk, write: str, moment: datetime) -> None:
    number = desk.draft("golongan", GOLONGAN)
    before = desk.portal.everything()
    with at(moment):
        with pytest.raises(UserError):
            WRITES[write](desk, number)
        assert desk.portal.everything() == before
        form = desk.form(number)
        assert (form.may_write, form.proposal.may_send) == (False, False)
        assert form.closed_sentence
        assert next(field.value for field in form.fields if field.name == "nomor_sk") == GOLONGAN["nomor_sk"]
        board = desk.board()
        assert (board.may_write, bool(board.closed_sentence)) == (False, True)
        assert desk.see(review.load_review).ready == []
    with at(START):
        WRITES["save"](desk, number)


def test_a_draft_goes_on_where_it_was_when_the_period_is_extended(desk: Desk) -> None:
    number = desk.draft("golongan", GOLONGAN)
    with at(CLOSED + timedelta(days=2)):
        with pytest.raises(UserError):
            desk.send(number)
        publish(desk.portal, (PeriodKind.PDM, CLOSED + timedelta(days=1), CLOSED + timedelta(days=20)))
        desk.send(number)
    assert desk.where(number) is ProposalState.INPUT_BERKAS


def test_what_was_returned_is_repaired_until_verification_closes(desk: Desk) -> None:
    number, lost = desk.sent(), desk.sent("penghargaan", PENGHARGAAN)
    with at(CLOSED + timedelta(days=10)):
        desk.give_back(number)
        desk.give_back(lost)
        board = desk.board()
        assert (board.may_write, board.phase) == (False, Phase.CLOSED)
        assert "masih dapat diperbaiki sampai 30 November 2026 23.59 WIB" in board.closed_sentence
        assert board.next_step.title.startswith("Perbaiki usulan")
        assert desk.form(number).may_write
        assert desk.form(number).closed_sentence == ""
    with at(VERIFIED - SECOND):
        desk.save(number, {"nomor_sk": "823/115/2022"})
        desk.send(number)
        assert desk.where(number) is ProposalState.INPUT_BERKAS_PERBAIKAN
    with at(VERIFIED):
        for late in (lambda: desk.save(lost, {"nomor_sk": "x"}), lambda: desk.send(lost), lambda: desk.withdraw(lost)):
            with pytest.raises(UserError):
                late()
        assert not desk.form(lost).may_write
    assert desk.where(lost) is ProposalState.PERBAIKAN_MYSAPK


def test_a_draft_is_thrown_away_at_any_time(desk: Desk) -> None:
    number = desk.start()
    with at(VERIFIED):
        desk.do(new_proposal.discard_draft, number)
    assert desk.where(number) is ProposalState.DIHAPUS


def test_a_sent_one_is_taken_back_while_verification_runs(desk: Desk) -> None:
    number = desk.sent()
    with at(CLOSED + timedelta(days=1)):
        desk.withdraw(number)
    assert desk.where(number) is ProposalState.DIHAPUS


def test_without_a_period_nothing_begins(portal: Portal) -> None:
    desk = Desk(portal, portal.ani)
    with pytest.raises(UserError, match="tidak sedang dibuka"):
        desk.start()
    assert desk.board().phase == Phase.NONE


def test_the_agencys_own_row_wins(desk: Desk) -> None:
    later = CLOSED + timedelta(days=30)
    publish(desk.portal, (PeriodKind.PDM, CLOSED, later), instansi_id=desk.person.instansi_id)
    with pytest.raises(UserError, match="belum dibuka"):
        desk.start()
    assert desk.board().days_left == 22
    with at(later - SECOND):
        desk.start()


MOMENTS = st.integers(0, 400).map(lambda hours: OPENED + timedelta(hours=6 * hours))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(MOMENTS, st.integers(1, 200), st.sampled_from([None, 1]), st.booleans()), max_size=5),
    now=MOMENTS,
)
def test_a_pdm_that_is_open_has_begun(portal_settings: object, rows: list, now: datetime) -> None:
    windows = [
        PeriodWindow(PeriodKind.PDM, start, start + timedelta(hours=6 * length), scope, extends)
        for start, length, scope, extends in rows
    ]
    with at(now):
        times = period_context(windows, "WIB")
    assert times.since <= now
    if times.pdm.is_open and times.pdm.period is not None:
        assert times.since == times.pdm.period.starts_at
