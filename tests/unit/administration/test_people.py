"""Admins act on the accounts of their own people only, and the person hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.people.accounts import approve_cpns, disable_account, enable_account
from mysapk_web.administration.people.bootstrap import create_admin
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail

PERSON, CPNS, ELSEWHERE, BOSS = (f"19850315201001200{number}" for number in range(1, 5))


@dataclass
class Agency:
    """Two agencies; the first has a unit D1 with a unit D1.1 below it, where everybody but `WAITING_ELSEWHERE` works."""

    db: Database
    ids: dict[str, int]

    def account(self, nip: str) -> Account:
        with self.db.begin() as session:
            return session.exec(
                select(Account).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.nip == nip)
            ).one()

    def id_of(self, nip: str) -> int:
        return self.account(nip).id or 0

    def actor(self, role: Role, *, second_factor: bool = True, path: str | None = None, nip: str = BOSS) -> Actor:
        everywhere = role is Role.ADMIN_BKN
        now = clock.now()
        return Actor(
            account_id=self.id_of(nip),
            pegawai_id=0,
            instansi_id=self.ids["K1"],
            session_ref="s",
            session_expires_at=now,
            version=1,
            seen_at=now,
            grants=(Grant(role, None if everywhere else self.ids["K1"], path),),
            second_factor=second_factor,
        )

    def letters(self) -> list[str]:
        with self.db.read() as session:
            return list(session.exec(select(OutboxMail.template).order_by(col(OutboxMail.id))))

    def trail(self) -> list[AuditTag]:
        with self.db.read() as session:
            return list(session.exec(select(AuditEvent.tag).order_by(col(AuditEvent.id))))

    def logged_in(self, nip: str) -> bool:
        with self.db.read() as session:
            return session.get_one(UserSession, nip).ended_at is None

    def disable(self, nip: str, actor: Actor | None, reason: str = "Cuti panjang") -> bool:
        with self.db.begin() as session:
            return disable_account(session, **self._now(session, nip), actor=actor, reason=reason)

    def enable(self, nip: str, actor: Actor | None, reason: str = "Kembali bertugas") -> bool:
        with self.db.begin() as session:
            return enable_account(session, **self._now(session, nip), actor=actor, reason=reason)

    def approve(self, nip: str, actor: Actor | None) -> bool:
        with self.db.begin() as session:
            return approve_cpns(session, **self._now(session, nip), actor=actor)

    def _now(self, session: Session, nip: str) -> dict[str, int]:
        """Whose account, and its revision as a page would show it that was loaded just now."""
        account_id = self.id_of(nip)
        return {"account_id": account_id, "seen": revisions.current_revision(session, revisions.of_account(account_id))}

    def make(self, nip: str, role: Role, instansi: str | None = None, unor: str | None = None) -> bool:
        with self.db.begin() as session:
            return create_admin(session, nip=nip, role=role, instansi_code=instansi, unor_code=unor)


@pytest.fixture
def agency(db: Database) -> Agency:
    now = clock.now()
    ids: dict[str, int] = {}
    with db.begin() as session:
        for kode in ("K1", "K2"):
            instansi = Instansi(code=kode, name=kode)
            session.add(instansi)
            session.flush()
            ids[kode] = instansi.id or 0
            above: Unor | None = None
            for unit in ("00", "D1", "D1.1"):
                unor = Unor(instansi_id=ids[kode], code=unit, name=unit, path="", parent_id=above.id if above else None)
                session.add(unor)
                session.flush()
                unor.path = f"{above.path if above else ''}{unor.id}/"
                ids[f"{kode}/{unit}"], above = unor.id or 0, unor
        for nip in (PERSON, CPNS, ELSEWHERE, BOSS):
            kode = "K2" if nip == ELSEWHERE else "K1"
            email = f"p{nip}@example.go.id"
            pegawai = Pegawai(
                nip=nip,
                name="x",
                jenis=JenisPegawai.CPNS if nip == CPNS else JenisPegawai.PNS,
                instansi_id=ids[kode],
                unor_id=ids[f"{kode}/D1.1"],
                email=email,
                email_key=email,
            )
            session.add(pegawai)
            session.flush()
            account = Account(pegawai_id=pegawai.id or 0)
            session.add(account)
            session.flush()
            session.add(
                UserSession(
                    ref=nip,
                    account_id=account.id or 0,
                    account_version=1,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
    return Agency(db, ids)


def path(agency: Agency, unit: str) -> str:
    with agency.db.read() as session:
        return session.get_one(Unor, agency.ids[unit]).path


def test_disable_and_enable(agency: Agency) -> None:
    admin = agency.actor(Role.ADMIN_INSTANSI)
    assert agency.disable(PERSON, admin)
    disabled = agency.account(PERSON)
    assert (disabled.disabled_at is not None, disabled.disabled_reason, disabled.version) == (True, "Cuti panjang", 2)
    assert not agency.logged_in(PERSON)
    assert agency.logged_in(BOSS)
    assert not agency.disable(PERSON, admin)
    with pytest.raises(UserError) as refused:
        agency.enable(PERSON, admin, "  ")
    assert refused.value.field == "alasan"
    assert agency.enable(PERSON, admin)
    enabled = agency.account(PERSON)
    assert (enabled.disabled_at, enabled.disabled_reason, enabled.version) == (None, "", 3)
    assert agency.letters() == ["akun-dinonaktifkan", "akun-diaktifkan-kembali"]
    assert agency.trail() == [AuditTag.ACCOUNT_DISABLED, AuditTag.ACCOUNT_ENABLED]
    with agency.db.read() as session:
        detail = session.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.ACCOUNT_ENABLED)).one()
    assert detail["reason"] == "Kembali bertugas"


def test_approve_cpns(agency: Agency) -> None:
    admin = agency.actor(Role.ADMIN_INSTANSI)
    assert agency.approve(CPNS, admin)
    assert not agency.approve(CPNS, admin)
    assert agency.account(CPNS).version == 2
    assert agency.letters() == ["cpns-disetujui"]
    with agency.db.read() as session:
        assert session.exec(select(Pegawai.approved_at).where(Pegawai.nip == CPNS)).one() is not None
        event = session.exec(select(AuditEvent)).one()
        assert (event.actor_id, event.subject_id) == (admin.account_id, agency.id_of(CPNS))
    with pytest.raises(UserError):
        agency.approve(PERSON, admin)


@pytest.mark.parametrize("role", [Role.PEGAWAI, Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_SATKER])
def test_roles_that_may_not(agency: Agency, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        agency.disable(PERSON, agency.actor(role))
    with pytest.raises(PermissionDenied):
        agency.approve(CPNS, agency.actor(role))
    assert (agency.account(PERSON).version, agency.account(CPNS).version) == (1, 1)


def test_without_second_factor_a_role_gives_nothing(agency: Agency) -> None:
    with pytest.raises(PermissionDenied):
        agency.disable(PERSON, agency.actor(Role.ADMIN_INSTANSI, second_factor=False))


def test_other_agencies_and_units_are_out_of_reach(agency: Agency) -> None:
    with pytest.raises(PermissionDenied):
        agency.disable(ELSEWHERE, agency.actor(Role.ADMIN_INSTANSI))
    with pytest.raises(PermissionDenied):
        agency.disable(PERSON, agency.actor(Role.ADMIN_INSTANSI, path=path(agency, "K2/D1")))
    assert agency.disable(PERSON, agency.actor(Role.ADMIN_INSTANSI, path=path(agency, "K1/D1")))
    assert agency.disable(ELSEWHERE, agency.actor(Role.ADMIN_BKN))


def test_nobody_acts_on_the_own_account(agency: Agency) -> None:
    with pytest.raises(PermissionDenied):
        agency.disable(BOSS, agency.actor(Role.ADMIN_INSTANSI))


def test_an_admin_cannot_switch_off_a_peer_or_somebody_higher(agency: Agency) -> None:
    agency.make(PERSON, Role.ADMIN_INSTANSI)
    with pytest.raises(UserError):
        agency.disable(PERSON, agency.actor(Role.ADMIN_INSTANSI))
    assert agency.disable(PERSON, agency.actor(Role.ADMIN_BKN))


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_reason_is_needed(agency: Agency, reason: str) -> None:
    with pytest.raises(UserError) as refused:
        agency.disable(PERSON, None, reason)
    assert refused.value.field == "alasan"
    assert agency.account(PERSON).disabled_at is None


def test_first_admin_from_the_command_line(agency: Agency) -> None:
    assert agency.make(PERSON, Role.ADMIN_INSTANSI, "K1")
    assert not agency.make(PERSON, Role.ADMIN_INSTANSI)
    assert agency.make(PERSON, Role.VERIFIKATOR, unor="D1")
    with agency.db.read() as session:
        grants = session.exec(select(RoleGrant).order_by(col(RoleGrant.id))).all()
        assert [(grant.role, grant.instansi_id, grant.unor_id, grant.granted_by) for grant in grants] == [
            (Role.ADMIN_INSTANSI, agency.ids["K1"], None, None),
            (Role.VERIFIKATOR, agency.ids["K1"], agency.ids["K1/D1"], None),
        ]
        roles = [mail.params["roles"] for mail in session.exec(select(OutboxMail).order_by(col(OutboxMail.id)))]
    assert roles == ["Admin Instansi", "Admin Instansi, Verifikator"]
    assert agency.account(PERSON).version == 3
    assert not agency.logged_in(PERSON)
    assert agency.trail() == [AuditTag.ROLE_GRANTED] * 2


def test_admin_bkn_reaches_everything(agency: Agency) -> None:
    assert agency.make(f"{PERSON[:8]} {PERSON[8:14]} {PERSON[14]} {PERSON[15:]}", Role.ADMIN_BKN)
    with agency.db.read() as session:
        grant = session.exec(select(RoleGrant)).one()
        assert (grant.instansi_id, grant.unor_id) == (None, None)


@pytest.mark.parametrize(
    ("nip", "role", "instansi", "unor", "field"),
    [
        ("123", Role.APPROVER, None, None, "nip"),
        ("198503152010012999", Role.APPROVER, None, None, "nip"),
        (PERSON, Role.PEGAWAI, None, None, "role"),
        (PERSON, Role.ADMIN_BKN, "K1", None, "instansi"),
        (PERSON, Role.ADMIN_INSTANSI, "K9", None, "instansi"),
        (PERSON, Role.ADMIN_INSTANSI, "K2", None, "instansi"),
        (PERSON, Role.ADMIN_INSTANSI, "K1", "D1", "unor"),
        (PERSON, Role.ADMIN_SATKER, "K1", None, "unor"),
        (PERSON, Role.VERIFIKATOR, "K1", "D9", "unor"),
    ],
)
def test_grants_that_make_no_sense(
    agency: Agency, nip: str, role: Role, instansi: str | None, unor: str | None, field: str
) -> None:
    with pytest.raises(UserError) as refused:
        agency.make(nip, role, instansi, unor)
    assert refused.value.field == field
    with agency.db.read() as session:
        assert session.exec(select(RoleGrant)).all() == []
