"""The trail is searched by person, actor, act and time, and only within the scope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.search import AuditEntry, AuditFilter
from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation import audit
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.audit_samples import sample
from tests.support.demo_actors import NIPS, acting


def happened(
    db: Database, tag: AuditTag, *, by: str | None = None, to: str | None = None, at: str | None = None
) -> None:
    with db.begin() as s:
        instansi = s.exec(select(Instansi.id).where(Instansi.name == at)).one() if at else None
        audit.record(
            s,
            sample(tag),
            actor_id=acting(db, by).account_id if by else None,
            subject_id=acting(db, to).account_id if to else None,
            instansi_id=instansi,
            client_address="203.0.113.7",
        )


def found(db: Database, who: str, narrowed: AuditFilter | None = None) -> list[AuditEntry]:
    with db.read() as s:
        return search.search_events(s, acting(db, who), narrowed or AuditFilter()).items


@pytest.fixture
def busy(demo_db: Database) -> Database:
    happened(demo_db, AuditTag.LOGIN, by="pegawai", to="pegawai", at=KABUPATEN)
    happened(demo_db, AuditTag.LOGIN, by="pegawai_lain", to="pegawai_lain", at=KOTA)
    happened(demo_db, AuditTag.RESET_STARTED_BY_ADMIN, by="admin_instansi", to="pegawai", at=KABUPATEN)
    happened(demo_db, AuditTag.ACCOUNT_DISABLED, by="admin_bkn", to="pegawai_lain")
    happened(demo_db, AuditTag.EXPORTED, by="admin_instansi_lain", at=KOTA)
    happened(demo_db, AuditTag.LOGIN_FAILED, to="pegawai", at=KABUPATEN)
    return demo_db


def test_each_agency_reads_its_own(busy: Database) -> None:
    mine = found(busy, "admin_instansi")
    other = found(busy, "admin_instansi_lain")
    assert [row.tag for row in mine] == [
        AuditTag.LOGIN_FAILED.label,
        AuditTag.RESET_STARTED_BY_ADMIN.label,
        AuditTag.LOGIN.label,
    ]
    assert [row.tag for row in other] == [
        AuditTag.EXPORTED.label,
        AuditTag.ACCOUNT_DISABLED.label,
        AuditTag.LOGIN.label,
    ]
    assert not {row.id for row in mine} & {row.id for row in other}
    assert {row.id for row in found(busy, "admin_bkn")} > {row.id for row in [*mine, *other]}


def test_who_acted_from_outside_stays_unnamed(busy: Database) -> None:
    rows = {row.tag: row.actor for row in found(busy, "admin_instansi_lain")}
    assert rows[AuditTag.ACCOUNT_DISABLED.label] == search.OUTSIDE_SCOPE
    assert NIPS["admin_instansi_lain"] in rows[AuditTag.EXPORTED.label]
    assert {row.actor for row in found(busy, "admin_instansi") if row.tag == AuditTag.LOGIN_FAILED.label} == {
        search.SYSTEM
    }
    told = repr(found(busy, "admin_instansi_lain"))
    assert NIPS["admin_bkn"] not in told
    assert NIPS["pegawai"] not in told


def test_filters(busy: Database) -> None:
    assert len(found(busy, "admin_instansi", AuditFilter(person=NIPS["pegawai"]))) == 3
    assert len(found(busy, "admin_instansi", AuditFilter(actor=NIPS["admin_instansi"]))) == 1
    assert len(found(busy, "admin_instansi", AuditFilter(tag=AuditTag.LOGIN))) == 1
    now = clock.now()
    assert found(busy, "admin_instansi", AuditFilter(until=now - timedelta(hours=1))) == []
    assert len(found(busy, "admin_instansi", AuditFilter(since=now - timedelta(hours=1)))) == 3


@pytest.mark.parametrize("field", ["person", "actor"])
@pytest.mark.parametrize("nip", [NIPS["pegawai_lain"], "198001012005011009", "123", "' OR 1=1 --"])
def test_a_nip_outside_the_scope_is_as_unknown_as_one_that_is_nobodys(busy: Database, field: str, nip: str) -> None:
    with pytest.raises(UserError):
        found(busy, "admin_instansi", AuditFilter(**{field: nip}))


def test_an_act_that_is_none_is_refused(busy: Database) -> None:
    with pytest.raises(UserError):
        found(busy, "admin_instansi", AuditFilter(tag="tidak:ada"))


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver", "admin_satker"])
def test_who_has_no_permission_reads_nothing(busy: Database, who: str) -> None:
    with pytest.raises(PermissionDenied):
        found(busy, who)


def test_a_role_without_second_factor_reads_nothing(busy: Database) -> None:
    with busy.read() as s, pytest.raises(PermissionDenied):
        search.search_events(s, acting(busy, "admin_instansi", second_factor=False), AuditFilter())
