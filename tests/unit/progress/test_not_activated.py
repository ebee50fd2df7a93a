"""Who has not activated, who is reminded, and who stands on the list of sanctions: within the scope, nobody twice."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

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
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress.closed_periods import closed_agencies
from mysapk_web.progress.not_activated import (
    LIST,
    NotActivatedFilter,
    NotActivatedPerson,
    NotActivatedReason,
)
from mysapk_web.progress.reminders import remind_activation
from tests.support.demo_actors import NIPS, acting, end_activation, place


def listed(
    db: Database, who: str, narrowed: NotActivatedFilter | None = None, page: int = 1
) -> Page[NotActivatedPerson]:
    with db.read() as s:
        return LIST.page(s, acting(db, who), narrowed or NotActivatedFilter(), page)


def all_of(db: Database, who: str, narrowed: NotActivatedFilter | None = None) -> list[NotActivatedPerson]:
    first = listed(db, who, narrowed)
    return [row for page in range(1, first.pages + 1) for row in listed(db, who, narrowed, page).items]


def test_everybody_without_activation_is_listed_once_by_name(demo_db: Database) -> None:
    people = all_of(demo_db, "admin_instansi", NotActivatedFilter(jenis=JenisPegawai.PNS))
    people += all_of(demo_db, "admin_instansi", NotActivatedFilter(jenis=JenisPegawai.PPPK))
    assert len(people) == len({row.account_id for row in people})
    assert listed(demo_db, "admin_instansi").total == 3923 - 2829
    people = all_of(demo_db, "admin_instansi")
    assert [row.name for row in people] == sorted(row.name for row in people)
    assert {row.instansi for row in people} == {KABUPATEN}


def test_scopes_of_two_agencies_and_of_a_unit(demo_db: Database) -> None:
    assert listed(demo_db, "admin_instansi_lain").total == 180 - 117
    assert listed(demo_db, "admin_bkn").total == 3923 - 2829 + 180 - 117
    units = {row.unit for row in all_of(demo_db, "admin_satker")}
    assert NIPS["cpns_menunggu"] not in {row.nip for row in all_of(demo_db, "admin_satker")}
    assert any(unit.startswith("SD Negeri") for unit in units)
    assert not {unit for unit in units if unit.startswith(("Puskesmas", "Kecamatan"))}


@pytest.mark.parametrize("who", ["admin_instansi", "admin_satker"])
def test_a_place_outside_the_scope_is_refused(demo_db: Database, who: str) -> None:
    with pytest.raises(PermissionDenied):
        listed(demo_db, who, NotActivatedFilter(key=place(demo_db, KOTA)))
    with demo_db.read() as s, pytest.raises(PermissionDenied):
        LIST.sanction_page(s, acting(demo_db, who), NotActivatedFilter(key=place(demo_db, "SMP Negeri 1 Misal")))
    with demo_db.begin() as s, pytest.raises(PermissionDenied):
        remind_activation(s, acting(demo_db, who), NotActivatedFilter(key=place(demo_db, KOTA)))


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver"])
def test_who_has_no_permission_lists_and_reminds_nobody(demo_db: Database, who: str) -> None:
    with demo_db.begin() as s:
        for act in (LIST.page, LIST.sanction_page, remind_activation):
            with pytest.raises(PermissionDenied):
                act(s, acting(demo_db, who), NotActivatedFilter())
        with pytest.raises(PermissionDenied):
            closed_agencies(s, acting(demo_db, who))


def test_filters(demo_db: Database) -> None:
    cpns = all_of(demo_db, "admin_instansi", NotActivatedFilter(jenis=JenisPegawai.CPNS))
    assert cpns
    assert {row.jenis for row in cpns} == {JenisPegawai.CPNS}
    without = all_of(demo_db, "admin_instansi", NotActivatedFilter(reason=NotActivatedReason.NO_EMAIL))
    assert without
    assert {row.reason for row in without} == {NotActivatedReason.NO_EMAIL}
    waiting = all_of(demo_db, "admin_instansi", NotActivatedFilter(reason=NotActivatedReason.WAITING))
    assert [row.nip for row in waiting] == [NIPS["cpns_menunggu"]]
    here = all_of(demo_db, "admin_instansi", NotActivatedFilter(key=place(demo_db, "Dinas Pendidikan")))
    assert [row.nip for row in here] == [row.nip for row in all_of(demo_db, "admin_satker")]


def test_a_long_list_is_counted_to_its_limit_and_pages_stay_in_reach(
    demo_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mysapk_web.platform.pagination.MAX_ROWS", 100)
    found = listed(demo_db, "admin_instansi", page=99_999)
    assert (found.total, found.has_more, found.pages, found.number, len(found.items)) == (3923 - 2829, True, 4, 4, 25)
    counted = listed(demo_db, "admin_instansi", NotActivatedFilter(reason=NotActivatedReason.OPEN))
    assert (counted.total, counted.has_more, counted.pages) == (100, True, 4)
    assert listed(demo_db, "admin_instansi", page=-3).number == 1


# Reminding ---------------------------------------------------------------------------------------


def reminders(db: Database) -> list[int | None]:
    with db.read() as s:
        return list(s.exec(select(OutboxMail.account_id).where(OutboxMail.template == MailKind.ACTIVATION_REMINDER)))


def test_a_reminder_goes_once_a_day_to_everybody_who_could_activate(demo_db: Database) -> None:
    open_ = {
        row.account_id for row in all_of(demo_db, "admin_instansi", NotActivatedFilter(reason=NotActivatedReason.OPEN))
    }
    with demo_db.begin() as s:
        assert remind_activation(s, acting(demo_db, "admin_instansi"), NotActivatedFilter()).count == len(open_)
    assert set(reminders(demo_db)) == open_
    with demo_db.begin() as s:
        assert (
            remind_activation(s, acting(demo_db, "admin_bkn"), NotActivatedFilter(key=place(demo_db, KABUPATEN))).count
            == 0
        )
    with clock.shifted(timedelta(days=1)), demo_db.begin() as s:
        assert remind_activation(s, acting(demo_db, "admin_instansi"), NotActivatedFilter()).count == len(open_)
    assert len(reminders(demo_db)) == 2 * len(open_)
    assert (
        all_of(demo_db, "admin_instansi", NotActivatedFilter(reason=NotActivatedReason.OPEN))[0].reminded_at is not None
    )


def test_a_selection_reaches_only_those_in_the_list(demo_db: Database) -> None:
    mine = [
        row.account_id
        for row in listed(demo_db, "admin_satker", NotActivatedFilter(reason=NotActivatedReason.OPEN)).items[:3]
    ]
    foreign = [
        row.account_id
        for row in listed(demo_db, "admin_instansi_lain", NotActivatedFilter(reason=NotActivatedReason.OPEN)).items[:3]
    ]
    with demo_db.begin() as s:
        assert (
            remind_activation(
                s, acting(demo_db, "admin_satker"), NotActivatedFilter(), account_ids=[*mine, *foreign]
            ).count
            == 3
        )
        with pytest.raises(UserError):
            remind_activation(s, acting(demo_db, "admin_satker"), NotActivatedFilter(), account_ids=[])
    assert sorted(filter(None, reminders(demo_db))) == sorted(mine)
    with demo_db.read() as s:
        event = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.REMINDED)).one()
    assert event["people_count"] == 3


def test_two_admins_at_one_moment_remind_nobody_twice(demo_db: Database) -> None:
    start, counts = threading.Barrier(2), []

    def act(who: str) -> None:
        actor = acting(demo_db, who)
        start.wait()
        with demo_db.begin() as s:
            counts.append(remind_activation(s, actor, NotActivatedFilter(key=place(demo_db, KABUPATEN))).count)

    threads = [threading.Thread(target=act, args=(who,)) for who in ("admin_instansi", "admin_bkn")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert min(counts) == 0
    assert len(reminders(demo_db)) == len(set(reminders(demo_db))) == max(counts)


def test_a_reminder_that_comes_too_late_is_not_sent(demo_db: Database) -> None:
    with demo_db.begin() as s:
        row = LIST.page(s, acting(demo_db, "admin_instansi"), NotActivatedFilter(reason=NotActivatedReason.OPEN)).items[
            0
        ]
        remind_activation(s, acting(demo_db, "admin_instansi"), NotActivatedFilter(), account_ids=[row.account_id])
    with demo_db.begin() as s:
        mail = s.exec(select(OutboxMail).where(OutboxMail.template == MailKind.ACTIVATION_REMINDER)).one()
        assert isinstance(mail_context_reader.read_context(s, MailKind.ACTIVATION_REMINDER, mail), MailContext)
        s.execute(update(Account).where(col(Account.id) == row.account_id).values(activated_at=clock.now()))
    with demo_db.read() as s:
        found = mail_context_reader.read_context(s, MailKind.ACTIVATION_REMINDER, s.get_one(OutboxMail, mail.id))
    assert isinstance(found, mail_context_reader.SkippedMail)
    assert found.state is OutboxState.OBSOLETE


# Sanctions ---------------------------------------------------------------------------------------


def test_nobody_is_sanctioned_while_the_period_runs(demo_db: Database) -> None:
    with demo_db.read() as s:
        assert closed_agencies(s, acting(demo_db, "admin_bkn")) == []
        assert LIST.sanction_page(s, acting(demo_db, "admin_bkn"), NotActivatedFilter()).total == 0


def test_after_the_end_everybody_without_activation_is(demo_db: Database) -> None:
    end_activation(demo_db)
    with demo_db.read() as s:
        assert LIST.sanction_page(s, acting(demo_db, "admin_instansi"), NotActivatedFilter()).total == 3923 - 2829
        assert [agency.name for agency in closed_agencies(s, acting(demo_db, "admin_instansi"))] == [KABUPATEN]


def test_the_period_of_the_agency_decides(demo_db: Database) -> None:
    end_activation(demo_db, of=KOTA)
    with demo_db.read() as s:
        assert {
            row.instansi for row in LIST.sanction_page(s, acting(demo_db, "admin_bkn"), NotActivatedFilter()).items
        } == {KOTA}
        assert LIST.sanction_page(s, acting(demo_db, "admin_instansi"), NotActivatedFilter()).total == 0


def activate(db: Database, account_id: int, at: datetime) -> None:
    with db.begin() as s:
        s.execute(update(Account).where(col(Account.id) == account_id).values(activated_at=at))


def on_sanctions(db: Database, who: str, narrowed: NotActivatedFilter | None = None) -> Page[NotActivatedPerson]:
    with db.read() as s:
        return LIST.sanction_page(s, acting(db, who), narrowed or NotActivatedFilter())


def test_who_activates_after_the_end_stays_on_the_list_and_it_says_so(demo_db: Database) -> None:
    end_activation(demo_db)
    ended = clock.now() - timedelta(days=1)
    early, late = (row.account_id for row in on_sanctions(demo_db, "admin_instansi_lain").items[:2])
    activate(demo_db, early, ended - timedelta(minutes=1))
    activate(demo_db, late, ended + timedelta(minutes=1))
    for who, before in (("admin_instansi_lain", 180 - 117), ("admin_bkn", 3923 - 2829 + 180 - 117)):
        found = on_sanctions(demo_db, who)
        assert (found.total, found.has_more) == (before - 1, before > 1_000)
    [row] = on_sanctions(demo_db, "admin_instansi_lain", NotActivatedFilter(reason=NotActivatedReason.LATE)).items
    assert (row.account_id, row.reason, row.activated_at) == (
        late,
        NotActivatedReason.LATE,
        ended + timedelta(minutes=1),
    )
    assert early not in {row.account_id for row in on_sanctions(demo_db, "admin_instansi_lain").items}
    assert late not in {row.account_id for row in all_of(demo_db, "admin_instansi_lain")}
    with demo_db.read() as s:
        written = LIST.stream(s, acting(demo_db, "admin_instansi_lain"), NotActivatedFilter(), sanctions=True)
        assert len(list(written)) == 180 - 117 - 1


def test_many_who_were_late_are_counted_by_the_query(demo_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    end_activation(demo_db)
    monkeypatch.setattr("mysapk_web.platform.pagination.MAX_ROWS", 3)
    people = on_sanctions(demo_db, "admin_instansi_lain").items[:4]
    for row in people[:3]:
        activate(demo_db, row.account_id, clock.now())
    assert on_sanctions(demo_db, "admin_instansi_lain").total == 180 - 117
    activate(demo_db, people[3].account_id, clock.now())
    found = on_sanctions(demo_db, "admin_instansi_lain")
    assert (found.total, found.has_more) == (3, True)


def join(db: Database, account_id: int, at: datetime | None) -> None:
    with db.begin() as s:
        whose = s.get_one(Account, account_id).pegawai_id
        s.execute(update(Pegawai).where(col(Pegawai.id) == whose).values(joined_at=at))


@pytest.mark.parametrize("own", [False, True])
def test_who_came_to_the_rolls_after_the_end_is_not_on_the_list(demo_db: Database, own: bool) -> None:
    end_activation(demo_db)
    if own:
        end_activation(demo_db, of=KOTA)
    ended = clock.now() - timedelta(days=2 if own else 1)
    before, new, late = (row.account_id for row in on_sanctions(demo_db, "admin_instansi_lain").items[:3])
    counts = {who: on_sanctions(demo_db, who).total for who in ("admin_instansi_lain", "admin_bkn", "admin_instansi")}
    join(demo_db, before, ended - timedelta(minutes=1))
    join(demo_db, new, ended + timedelta(minutes=1))
    join(demo_db, late, ended)
    activate(demo_db, late, ended + timedelta(hours=1))
    for who, gone in (("admin_instansi_lain", 2), ("admin_bkn", 2), ("admin_instansi", 0)):
        found = on_sanctions(demo_db, who)
        assert found.total == counts[who] - gone or found.has_more
    mine = on_sanctions(demo_db, "admin_instansi_lain")
    listed_ = {row.account_id for n in range(1, mine.pages + 1) for row in page_of_sanctions(demo_db, n).items}
    assert len(listed_) == mine.total
    assert (before in listed_, new in listed_, late in listed_) == (True, False, False)
    too_late = on_sanctions(demo_db, "admin_instansi_lain", NotActivatedFilter(reason=NotActivatedReason.LATE)).items
    assert late not in {row.account_id for row in too_late}
    with demo_db.read() as s:
        written = list(LIST.stream(s, acting(demo_db, "admin_instansi_lain"), NotActivatedFilter(), sanctions=True))
    assert {row.account_id for row in written} == listed_
    assert new in {row.account_id for row in all_of(demo_db, "admin_instansi_lain")}


def page_of_sanctions(db: Database, number: int) -> Page[NotActivatedPerson]:
    with db.read() as s:
        return LIST.sanction_page(s, acting(db, "admin_instansi_lain"), NotActivatedFilter(), number)


def test_many_who_came_later_are_counted_by_the_query(demo_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    end_activation(demo_db)
    people = on_sanctions(demo_db, "admin_instansi_lain").items[:4]
    monkeypatch.setattr("mysapk_web.platform.pagination.MAX_ROWS", 3)
    for row in people[:3]:
        join(demo_db, row.account_id, clock.now())
    assert on_sanctions(demo_db, "admin_instansi_lain").total == 180 - 117 - 3
    join(demo_db, people[3].account_id, clock.now())
    found = on_sanctions(demo_db, "admin_instansi_lain")
    assert (found.total, found.has_more) == (3, True)


@pytest.mark.parametrize("days", [-3, 30])
@pytest.mark.parametrize("own", [False, True])
def test_another_period_takes_nobody_off_the_list(demo_db: Database, days: int, own: bool) -> None:
    end_activation(demo_db)
    if own:
        end_activation(demo_db, of=KOTA)
    counts = [on_sanctions(demo_db, who).total for who in ("admin_instansi_lain", "admin_bkn")]
    assert counts[0] >= 180 - 117
    now = clock.now()
    start = now + timedelta(days=days) if days > 0 else now - timedelta(hours=1)
    with demo_db.begin() as s:
        agency = s.exec(select(Instansi.id).where(Instansi.name == KOTA)).one() if own else None
        s.add(Period(kind=PeriodKind.AKTIVASI, instansi_id=agency, starts_at=start, ends_at=start + timedelta(days=20)))
    assert [on_sanctions(demo_db, who).total for who in ("admin_instansi_lain", "admin_bkn")] == counts


def test_agencies_are_those_of_the_place(demo_db: Database) -> None:
    end_activation(demo_db)
    with demo_db.read() as s:
        everywhere = closed_agencies(s, acting(demo_db, "admin_bkn"))
        assert {agency.name for agency in everywhere} >= {KABUPATEN, KOTA}
        for key in (KOTA, "SMP Negeri 1 Misal"):
            [agency] = closed_agencies(s, acting(demo_db, "admin_bkn"), key=place(demo_db, key))
            assert agency.name == KOTA
        with pytest.raises(PermissionDenied):
            closed_agencies(s, acting(demo_db, "admin_instansi"), key=place(demo_db, KOTA))


def test_an_agency_without_any_period_sanctions_nobody(demo_db: Database) -> None:
    with demo_db.begin() as s:
        s.execute(delete(Period))
    with demo_db.read() as s:
        assert LIST.sanction_page(s, acting(demo_db, "admin_instansi"), NotActivatedFilter()).total == 0
        assert s.exec(select(func.count()).select_from(Pegawai)).one() == 4104
