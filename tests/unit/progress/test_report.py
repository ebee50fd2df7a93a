"""The figures of a place: right, live, and only of what the actor may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, func, select

from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.rules.formatting import percent
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.progress.report import ACTIVATION, ProgressReport, read_report, read_snapshot
from mysapk_web.progress.rollups import today
from mysapk_web.progress.rules import Measure
from mysapk_web.settings import Settings
from tests.support.demo_actors import NIPS, acting
from tests.support.maintenance import run_to_completion


def look(db: Database, who: str, key: str = "", **more: object) -> ProgressReport:
    with db.read() as s:
        return read_report(s, acting(db, who), ACTIVATION, key=key, **more)  # type: ignore[arg-type]


def agency(db: Database, nama: str) -> str:
    with db.read() as s:
        return f"i{s.exec(select(Instansi.id).where(Instansi.name == nama)).one()}"


def unit(db: Database, nama: str) -> str:
    with db.read() as s:
        return f"u{s.exec(select(Unor.id).where(Unor.name == nama)).first()}"


def activate(db: Database, *keys: str) -> None:
    with db.begin() as s:
        people = select(Pegawai.id).where(col(Pegawai.nip).in_([NIPS[key] for key in keys]))
        s.execute(update(Account).where(col(Account.pegawai_id).in_(people)).values(activated_at=clock.now()))


def test_the_published_figures_of_an_agency(demo_db: Database) -> None:
    seen = look(demo_db, "admin_instansi")

    assert seen.node.name == KABUPATEN
    assert (seen.snapshot.tally.people, seen.snapshot.tally[Measure.ACTIVE]) == (3923, 2829)
    assert percent(seen.snapshot.tally[Measure.ACTIVE], seen.snapshot.tally.people) == "72,11 %"
    assert sum(tally.people for _, tally in seen.snapshot.kinds) == 3923
    assert {jenis for jenis, _ in seen.snapshot.kinds} == set(JenisPegawai)


def test_below_and_direct_make_the_whole(demo_db: Database) -> None:
    for key in ("", unit(demo_db, "Dinas Pendidikan")):
        first = look(demo_db, "admin_instansi", key)
        rows = [
            row
            for number in range(1, first.snapshot.children.pages + 1)
            for row in look(demo_db, "admin_instansi", key, page=number).snapshot.children.items
        ]
        assert len({row.key for row in rows}) == len(rows) == first.snapshot.children.total
        assert sum(row.tally.people for row in rows) + first.snapshot.direct.people == first.snapshot.tally.people
        assert (
            sum(row.tally[Measure.ACTIVE] for row in rows) + first.snapshot.direct[Measure.ACTIVE]
            == first.snapshot.tally[Measure.ACTIVE]
        )


def test_figures_of_a_unit_are_those_of_its_people(demo_db: Database) -> None:
    place = unit(demo_db, "Dinas Pendidikan")
    seen = look(demo_db, "admin_satker")
    with demo_db.read() as s:
        jalur = s.exec(select(Unor.path).where(Unor.id == int(place[1:]))).one()
        people, active = s.exec(
            select(func.count(), func.count(col(Account.activated_at)))
            .select_from(Pegawai)
            .join(Account, col(Account.pegawai_id) == Pegawai.id)
            .join(Unor, col(Unor.id) == Pegawai.unor_id)
            .where(col(Unor.path).startswith(jalur))
        ).one()
    assert (seen.node.key, seen.snapshot.tally.people, seen.snapshot.tally[Measure.ACTIVE]) == (place, people, active)
    assert [crumb.key for crumb in seen.breadcrumbs] == [place]


def test_an_activation_shows_before_and_after_it_is_gathered(demo_db: Database, settings: Settings) -> None:
    place = unit(demo_db, "Dinas Pendidikan")
    before = look(demo_db, "admin_instansi")
    activate(demo_db, "belum_aktif", "email_gratis")
    waiting = look(demo_db, "admin_instansi")
    run_to_completion(demo_db, settings)
    gathered = look(demo_db, "admin_instansi")

    assert waiting.snapshot == gathered.snapshot
    assert gathered.snapshot.tally[Measure.ACTIVE] == before.snapshot.tally[Measure.ACTIVE] + 2
    rows = [{row.key: row.tally[Measure.ACTIVE] for row in seen.snapshot.children.items} for seen in (before, waiting)]
    assert rows[1][place] == rows[0][place] + 1


@pytest.mark.parametrize("order", list(ChildOrder))
def test_orders(demo_db: Database, order: ChildOrder) -> None:
    rows = look(demo_db, "admin_instansi", order=order).snapshot.children.items
    key = {
        ChildOrder.NAME: lambda row: row.name,
        ChildOrder.SHARE: lambda row: row.tally[Measure.ACTIVE] / row.tally.people if row.tally.people else 2,
        ChildOrder.MISSING: lambda row: row.tally[Measure.ACTIVE] - row.tally.people,
    }[order]
    assert rows == sorted(rows, key=key)
    assert len(rows) > 3


def test_the_country_shows_agencies(demo_db: Database) -> None:
    seen = look(demo_db, "admin_bkn")
    assert seen.node.key == "nasional"
    assert seen.snapshot.tally.people == 3923 + 180 + 1
    assert {row.name: row.tally.people for row in seen.snapshot.children.items}[KOTA] == 180
    deeper = look(demo_db, "admin_bkn", agency(demo_db, KOTA))
    assert deeper.snapshot.tally.people == 180
    assert [crumb.key for crumb in deeper.breadcrumbs] == ["nasional", agency(demo_db, KOTA)]
    leaf = look(demo_db, "admin_bkn", unit(demo_db, "SMP Negeri 1 Misal"))
    assert [crumb.name for crumb in leaf.breadcrumbs][:2] == ["Seluruh instansi", KOTA]
    assert leaf.breadcrumbs[-1].name == "SMP Negeri 1 Misal"


@pytest.mark.parametrize("who", ["admin_instansi", "admin_satker", "admin_instansi_lain"])
def test_nobody_sees_beyond_the_own_scope(demo_db: Database, who: str) -> None:
    foreign = {
        "admin_instansi": [agency(demo_db, KOTA), unit(demo_db, "SMP Negeri 1 Misal")],
        "admin_satker": [agency(demo_db, KABUPATEN), unit(demo_db, KABUPATEN), unit(demo_db, "Kecamatan Sukamaju")],
        "admin_instansi_lain": [agency(demo_db, KABUPATEN), unit(demo_db, "Dinas Pendidikan")],
    }[who]
    for key in [*foreign, "nasional", "u999999", "i0", "x", "u1' OR 1=1"]:
        with pytest.raises(PermissionDenied):
            look(demo_db, who, key)
        with demo_db.read() as s, pytest.raises(PermissionDenied):
            read_snapshot(s, acting(demo_db, who), ACTIVATION, key=key)


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver"])
def test_who_has_no_such_permission_sees_nothing(demo_db: Database, who: str) -> None:
    with pytest.raises(PermissionDenied):
        look(demo_db, who)


def test_a_role_without_second_factor_sees_nothing(demo_db: Database) -> None:
    with demo_db.read() as s, pytest.raises(PermissionDenied):
        read_report(s, acting(demo_db, "admin_instansi", second_factor=False), ACTIVATION)


def test_the_way_rises_to_what_is_now(demo_db: Database) -> None:
    seen = look(demo_db, "admin_instansi")
    shares = [day.tally[Measure.ACTIVE] for day in seen.history]
    assert len(seen.history) == 30
    assert shares == sorted(shares)
    assert (seen.history[-1].tally.people, seen.history[-1].tally[Measure.ACTIVE]) == (3923, 2829)
    assert seen.history[0].tally[Measure.ACTIVE] < 2829


def test_the_way_of_a_later_day_keeps_days_without_change(demo_db: Database) -> None:
    before = look(demo_db, "admin_instansi").history[-1]
    with clock.shifted(timedelta(days=3)):
        days = look(demo_db, "admin_instansi").history
        assert [day.tally[Measure.ACTIVE] for day in days[-4:]] == [before.tally[Measure.ACTIVE]] * 4
        assert days[-1].day == today()
