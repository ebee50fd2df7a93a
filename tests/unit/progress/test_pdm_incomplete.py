"""Who has not finished the PDM, who is reminded of it, and who stands on the list of sanctions after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, func, select

from mysapk_web.app import mail_context_reader
from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.pdm.tables import FormerValue, GroupDeclaration, PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress import headcount, report
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.progress.closed_periods import closed_agencies
from mysapk_web.progress.pdm_incomplete import (
    LIST,
    IncompleteKind,
    IncompletePerson,
    PdmIncompleteFilter,
    PdmStage,
)
from mysapk_web.progress.reminders import remind_pdm
from mysapk_web.progress.rules import Measure
from tests.support.demo_actors import acting, place

PEOPLE_OF_KOTA = 180


@pytest.fixture
def quiet_db(demo_db: Database) -> Database:
    """The demo, where nobody has done anything in the PDM yet."""
    with demo_db.begin() as s:
        s.execute(delete(GroupDeclaration))
        s.execute(update(Proposal).values(state="DIHAPUS", ended_at=clock.now()))
        s.execute(delete(Period).where(col(Period.kind) == PeriodKind.PDM))
        s.add(
            Period(
                kind=PeriodKind.PDM,
                starts_at=clock.now() - timedelta(days=10),
                ends_at=clock.now() + timedelta(days=20),
            )
        )
    headcount.rebuild(demo_db)
    return demo_db


def people_of(db: Database, agency: str, count: int, *, jenis: JenisPegawai = JenisPegawai.PNS) -> list[int]:
    """Ids of active people, and of their accounts: they are the same in the demo."""
    with db.read() as s:
        return [
            id_
            for id_ in s.exec(
                select(Pegawai.id)
                .join(Account, col(Account.pegawai_id) == Pegawai.id)
                .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
                .where(Instansi.name == agency, Pegawai.jenis == jenis, col(Account.activated_at).is_not(None))
                .where(col(Pegawai.email_key).is_not(None), col(Account.disabled_at).is_(None))
                .order_by(col(Pegawai.id).desc())
                .limit(count)
            )
            if id_ is not None
        ]


def declare(db: Database, ids: Sequence[int], groups: Sequence[str]) -> None:
    with db.begin() as s:
        for id_ in ids:
            for group in groups:
                s.add(GroupDeclaration(pegawai_id=id_, group=group, declaration=Declaration.SESUAI, at=clock.now()))
    gather(db)


def gather(db: Database) -> None:
    done = 1
    while done:
        with db.begin() as s:
            done = headcount.fold_deltas(s)


def listed(
    db: Database, who: str, narrowed: PdmIncompleteFilter | None = None, page: int = 1
) -> Page[IncompletePerson]:
    with db.read() as s:
        return LIST.page(s, acting(db, who), narrowed or PdmIncompleteFilter(), page)


def all_of(db: Database, who: str, narrowed: PdmIncompleteFilter) -> list[IncompletePerson]:
    first = listed(db, who, narrowed)
    return [row for page in range(1, first.pages + 1) for row in listed(db, who, narrowed, page).items]


def end_pdm(db: Database) -> None:
    with db.begin() as s:
        s.execute(
            update(Period).where(col(Period.kind) == PeriodKind.PDM).values(ends_at=clock.now() - timedelta(hours=1))
        )


EVERY = [group.key for group in GROUPS]


def test_who_has_finished_leaves_the_list_and_moves_the_figures(quiet_db: Database) -> None:
    assert listed(quiet_db, "admin_instansi_lain").total == PEOPLE_OF_KOTA
    ids = people_of(quiet_db, KOTA, 3)
    declare(quiet_db, ids, EVERY)
    assert listed(quiet_db, "admin_instansi_lain").total == PEOPLE_OF_KOTA - 3
    rows = all_of(quiet_db, "admin_instansi_lain", PdmIncompleteFilter())
    assert len(rows) == PEOPLE_OF_KOTA - 3
    assert [row.name for row in rows] == sorted(row.name for row in rows)
    with quiet_db.read() as s:
        seen = report.read_report(s, acting(quiet_db, "admin_instansi_lain"), report.PDM)
    tally = seen.snapshot.tally
    assert (tally.people, tally[Measure.PDM_DONE], tally[Measure.PDM_TAKEN_PART], tally[Measure.PDM_SENT]) == (
        PEOPLE_OF_KOTA,
        3,
        3,
        0,
    )
    assert (seen.history[-1].tally[Measure.PDM_DONE], seen.history[-1].tally.people) == (3, PEOPLE_OF_KOTA)


def test_the_list_of_a_group_counts_only_whom_it_concerns(quiet_db: Database) -> None:
    declare(quiet_db, people_of(quiet_db, KOTA, 2), ["golongan"])
    found = all_of(quiet_db, "admin_instansi_lain", PdmIncompleteFilter(group="golongan"))
    assert all("golongan" in {group.key for group in groups_for(row.jenis)} for row in found)
    assert len(found) == listed(quiet_db, "admin_instansi_lain", PdmIncompleteFilter(group="golongan")).total
    with quiet_db.read() as s:
        seen = report.read_report(s, acting(quiet_db, "admin_instansi_lain"), report.PDM)
    group = next(each for each in seen.snapshot.groups if each.key == "golongan")
    assert (group.handled, group.people) == (2, len(found) + 2)
    unsent = listed(quiet_db, "admin_instansi_lain", PdmIncompleteFilter(group="golongan", kind=IncompleteKind.UNSENT))
    assert unsent.total == len(found)


def test_every_kind_of_lack_and_stage(quiet_db: Database) -> None:
    [some] = people_of(quiet_db, KOTA, 1)
    declare(quiet_db, [some], ["skp", "pmk"])
    stages = {row.account_id: row for row in all_of(quiet_db, "admin_instansi_lain", PdmIncompleteFilter())}
    assert (stages[some].stage, stages[some].handled, stages[some].can_remind) == (PdmStage.PARTLY, 2, True)
    assert {row.stage for row in stages.values()} == {PdmStage.PARTLY, PdmStage.NOT_TAKEN_PART, PdmStage.INACTIVE}
    assert not any(row.can_remind for row in stages.values() if row.stage is PdmStage.INACTIVE)
    absent = listed(quiet_db, "admin_instansi_lain", PdmIncompleteFilter(kind=IncompleteKind.NOT_TAKEN_PART))
    assert absent.total == PEOPLE_OF_KOTA - 1
    assert (
        listed(quiet_db, "admin_instansi_lain", PdmIncompleteFilter(kind=IncompleteKind.UNSENT)).total == PEOPLE_OF_KOTA
    )
    cpns = listed(quiet_db, "admin_instansi", PdmIncompleteFilter(jenis=JenisPegawai.CPNS))
    assert cpns.total == len(all_of(quiet_db, "admin_instansi", PdmIncompleteFilter(jenis=JenisPegawai.CPNS)))


def test_scopes(quiet_db: Database) -> None:
    with pytest.raises(PermissionDenied):
        listed(quiet_db, "admin_instansi", PdmIncompleteFilter(key=place(quiet_db, KOTA)))
    for who in ("pegawai", "verifikator", "approver"):
        with pytest.raises(PermissionDenied):
            listed(quiet_db, who)
        with quiet_db.begin() as s, pytest.raises(PermissionDenied):
            remind_pdm(s, acting(quiet_db, who), PdmIncompleteFilter())
        with quiet_db.read() as s, pytest.raises(PermissionDenied):
            report.read_report(s, acting(quiet_db, who), report.PDM)
    with quiet_db.read() as s, pytest.raises(PermissionDenied):
        report.read_snapshot(s, acting(quiet_db, "admin_satker"), report.PDM, key=place(quiet_db, KABUPATEN))
    own = {row.account_id for row in all_of(quiet_db, "admin_satker", PdmIncompleteFilter())}
    whole = {
        row.account_id
        for row in all_of(quiet_db, "admin_instansi", PdmIncompleteFilter(key=place(quiet_db, "Dinas Pendidikan")))
    }
    assert own == whole
    assert listed(quiet_db, "admin_bkn").total == everybody(quiet_db)


@pytest.mark.parametrize("order", list(ChildOrder))
def test_units_below_in_every_order(quiet_db: Database, order: ChildOrder) -> None:
    declare(quiet_db, people_of(quiet_db, KOTA, 4), EVERY)
    with quiet_db.read() as s:
        seen = report.read_snapshot(s, acting(quiet_db, "admin_instansi_lain"), report.PDM, order=order)
    below = seen.children.items
    assert sum(row.tally[Measure.PDM_DONE] for row in below) == 4
    values = {
        ChildOrder.NAME: [row.name for row in below],
        ChildOrder.SHARE: [row.tally[Measure.PDM_DONE] / row.tally.people for row in below if row.tally.people],
        ChildOrder.MISSING: [row.tally[Measure.PDM_DONE] - row.tally.people for row in below],
    }[order]
    assert values == sorted(values)  # type: ignore[type-var]


# Reminding ---------------------------------------------------------------------------------------


def letters_to(db: Database) -> list[int | None]:
    with db.read() as s:
        return list(s.exec(select(OutboxMail.account_id).where(OutboxMail.template == MailKind.PDM_REMINDER)))


def test_a_reminder_goes_once_a_day_to_everybody_who_can_do_it(quiet_db: Database) -> None:
    ids = people_of(quiet_db, KOTA, 2)
    declare(quiet_db, ids, EVERY)
    open_ = {row.account_id for row in all_of(quiet_db, "admin_instansi_lain", PdmIncompleteFilter()) if row.can_remind}
    me = acting(quiet_db, "admin_instansi_lain")
    with quiet_db.begin() as s:
        assert remind_pdm(s, me, PdmIncompleteFilter()).count == len(open_ - {me.account_id})
        assert remind_pdm(s, me, PdmIncompleteFilter()).count == 0
    assert set(letters_to(quiet_db)) == open_ - {me.account_id}
    with quiet_db.read() as s:
        event = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.PDM_REMINDED)).first()
    assert event is not None
    assert event["people_count"] == len(open_ - {me.account_id})


def test_a_selection_reaches_nobody_outside_the_scope(quiet_db: Database) -> None:
    mine, foreign = people_of(quiet_db, KOTA, 3), people_of(quiet_db, KABUPATEN, 3)
    with quiet_db.begin() as s:
        me = acting(quiet_db, "admin_instansi_lain")
        assert remind_pdm(s, me, PdmIncompleteFilter(), account_ids=[*mine, *foreign]).count == 3
        with pytest.raises(UserError):
            remind_pdm(s, me, PdmIncompleteFilter(), account_ids=[])
    assert sorted(filter(None, letters_to(quiet_db))) == sorted(mine)


def test_nobody_is_reminded_when_no_pdm_is_open(quiet_db: Database) -> None:
    end_pdm(quiet_db)
    with quiet_db.begin() as s, pytest.raises(UserError, match="tidak sedang dibuka"):
        remind_pdm(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter())


def test_a_reminder_that_comes_too_late_is_not_sent(quiet_db: Database) -> None:
    ids = people_of(quiet_db, KOTA, 1)
    with quiet_db.begin() as s:
        remind_pdm(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter(), account_ids=ids)
    with quiet_db.read() as s:
        mail = s.exec(select(OutboxMail).where(OutboxMail.template == MailKind.PDM_REMINDER)).one()
        number = mail.id
        assert isinstance(mail_context_reader.read_context(s, MailKind.PDM_REMINDER, mail), MailContext)
    declare(quiet_db, ids, EVERY)
    with quiet_db.read() as s:
        found = mail_context_reader.read_context(s, MailKind.PDM_REMINDER, s.get_one(OutboxMail, number))
    assert isinstance(found, mail_context_reader.SkippedMail)
    assert found.state is OutboxState.OBSOLETE


# Sanctions ---------------------------------------------------------------------------------------


def test_nobody_is_sanctioned_while_the_pdm_runs(quiet_db: Database) -> None:
    with quiet_db.read() as s:
        assert LIST.sanction_page(s, acting(quiet_db, "admin_bkn"), PdmIncompleteFilter()).total == 0


def test_after_the_pdm_those_who_took_no_part_are(quiet_db: Database) -> None:
    ids = people_of(quiet_db, KOTA, 2)
    declare(quiet_db, ids[:1], ["skp"])
    end_pdm(quiet_db)
    gather(quiet_db)
    with quiet_db.read() as s:
        found = LIST.sanction_page(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter(), 1)
        assert found.total == PEOPLE_OF_KOTA - 1
        assert (
            LIST.sanction_page(s, acting(quiet_db, "admin_bkn"), PdmIncompleteFilter()).total == everybody(quiet_db) - 1
        )


def test_the_list_stands_until_the_next_pdm_has_begun(quiet_db: Database) -> None:
    declare(quiet_db, people_of(quiet_db, KOTA, 2), ["skp"])
    end_pdm(quiet_db)
    start = clock.now() + timedelta(days=10)
    with quiet_db.begin() as s:
        s.add(Period(kind=PeriodKind.PDM, starts_at=start, ends_at=start + timedelta(days=30)))
    gather(quiet_db)
    with quiet_db.read() as s:
        assert (
            LIST.sanction_page(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter()).total
            == PEOPLE_OF_KOTA - 2
        )
    # What was done in the last one is not kept: who took no part in it can no longer be told.
    with clock.shifted(timedelta(days=11)):
        gather(quiet_db)
        with quiet_db.read() as s:
            assert LIST.sanction_page(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter()).total == 0
            assert closed_agencies(s, acting(quiet_db, "admin_bkn"), kind=PeriodKind.PDM) == []


def test_a_profile_changed_after_the_end_takes_nobody_off_the_list(quiet_db: Database) -> None:
    in_time, later = people_of(quiet_db, KOTA, 2)

    def change(pegawai_id: int) -> None:
        with quiet_db.begin() as s:
            mine = select(PersonnelRecord).where(PersonnelRecord.pegawai_id == pegawai_id)
            record = s.exec(mine.where(PersonnelRecord.kind == "profil")).first()
            if record is None:
                at = clock.now()
                record = PersonnelRecord(pegawai_id=pegawai_id, kind="profil", created_at=at, changed_at=at)
                s.add(record)
                s.flush()
            s.add(FormerValue(record_id=record.id or 0, version=record.version, replaced_at=clock.now()))
            record.version, record.changed_at = record.version + 1, clock.now()

    with clock.shifted(timedelta(hours=-2)):
        change(in_time)
    end_pdm(quiet_db)
    change(in_time)
    change(later)
    gather(quiet_db)
    with quiet_db.read() as s:
        found = LIST.sanction_page(s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter())
        assert found.total == PEOPLE_OF_KOTA - 1
        all_ids = {
            row.account_id
            for number in range(1, found.pages + 1)
            for row in LIST.sanction_page(
                s, acting(quiet_db, "admin_instansi_lain"), PdmIncompleteFilter(), number
            ).items
        }
    assert (in_time in all_ids, later in all_ids) == (False, True)


def test_who_came_to_the_rolls_after_the_pdm_is_not_sanctioned(quiet_db: Database) -> None:
    end_pdm(quiet_db)
    gather(quiet_db)
    new, there = people_of(quiet_db, KOTA, 2)
    with quiet_db.begin() as s:
        ended = s.exec(select(Period.ends_at).where(Period.kind == PeriodKind.PDM)).one()
        for id_, at in ((new, ended), (there, ended - timedelta(seconds=1))):
            s.execute(update(Pegawai).where(col(Pegawai.id) == id_).values(joined_at=at))
    with quiet_db.read() as s:
        mine = acting(quiet_db, "admin_instansi_lain")
        assert LIST.sanction_page(s, mine, PdmIncompleteFilter()).total == PEOPLE_OF_KOTA - 1
        assert (
            LIST.sanction_page(s, acting(quiet_db, "admin_bkn"), PdmIncompleteFilter()).total == everybody(quiet_db) - 1
        )
        written = {row.account_id for row in LIST.stream(s, mine, PdmIncompleteFilter(), sanctions=True)}
    assert (new in written, there in written, len(written)) == (False, True, PEOPLE_OF_KOTA - 1)


def everybody(db: Database) -> int:
    with db.read() as s:
        return s.exec(select(func.count()).select_from(Pegawai)).one()
