"""Roles are given inside the own scope only, never upwards, never to oneself, and an agency keeps its last admin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select, update

from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.audit import search
from mysapk_web.administration.people import grant_list
from mysapk_web.administration.people.grant_list import RoleCandidate, find_candidates, get_candidate, list_grants
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.organisation import units
from mysapk_web.organisation.rules.roles import GRANTABLE, Permission, Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.agencies import ROLLS, Office, actor_of, give, move, take


def test_a_role_is_given_with_all_that_follows(both_offices: Office) -> None:
    office = both_offices
    office.open_session("ani", "r1")
    version = office.account("ani").version
    assert give(office, "taufik", "ani", Role.VERIFIKATOR, "D1") is True
    assert office.grants("ani") == [(Role.VERIFIKATOR, "D1")]
    assert office.account("ani").version == version + 1
    with office.db.read() as session:
        assert session.get_one(UserSession, "r1").ended_at is not None
        granted = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["ani"])).one()
        assert granted.granted_by == office.ids["taufik"]
    assert [mail.params for mail in office.mails("ani")] == [{"roles": "Verifikator"}]
    (event,) = office.events(AuditTag.ROLE_GRANTED)
    assert (event.actor_id, event.subject_id, event.detail["role"]) == (
        office.ids["taufik"],
        office.ids["ani"],
        "VERIFIKATOR",
    )
    assert give(office, "taufik", "ani", Role.VERIFIKATOR, "D1") is False
    assert office.letters("ani") == [MailKind.ROLE_CHANGED]


def test_a_role_is_taken_with_all_that_follows(both_offices: Office) -> None:
    office = both_offices
    office.open_session("budi", "r1")
    assert take(office, "taufik", "budi", Role.VERIFIKATOR) is Role.VERIFIKATOR
    assert office.grants("budi") == []
    with office.db.read() as session:
        assert session.get_one(UserSession, "r1").ended_at is not None
    assert [mail.params for mail in office.mails("budi")] == [{"roles": ""}]
    assert office.events(AuditTag.ROLE_REVOKED)[0].actor_id == office.ids["taufik"]


def test_a_role_is_taken_once(office: Office) -> None:
    number = office.grant_id("budi", Role.VERIFIKATOR)
    take(office, "taufik", "budi", Role.VERIFIKATOR)
    with pytest.raises(UserError, match="sudah dicabut"):
        office.do(revoke_role, office.actor("taufik"), grant_id=number)


@pytest.mark.parametrize(
    ("role", "unit", "field"),
    [
        ("VERIFIKATOR", "", "unit"),
        ("ADMIN_SATKER", " ", "unit"),
        ("VERIFIKATOR", "D9", "unit"),
        ("VERIFIKATOR", "SMP", "unit"),
        ("APPROVER", "tidak ada", "unit"),
        ("ADMIN_INSTANSI", "", "peran"),
        ("ADMIN_BKN", "", "peran"),
        ("PEGAWAI", "", "peran"),
        ("", "", "peran"),
        ("admin", "", "peran"),
    ],
)
def test_what_the_admin_of_an_agency_cannot_give(office: Office, role: str, unit: str, field: str) -> None:
    with pytest.raises(UserError) as refused:
        give(office, "taufik", "ani", role, unit)
    assert refused.value.field == field
    assert office.grants("ani") == []


@pytest.mark.parametrize("unit", ["D1.1", "smp negeri 1", "D1.1 · SMP Negeri 1 (Dinas Pendidikan)", " D1.1 "])
def test_a_unit_by_code_name_or_suggestion(office: Office, unit: str) -> None:
    assert give(office, "taufik", "ani", Role.APPROVER, unit)
    assert office.grants("ani") == [(Role.APPROVER, "D1.1")]


def test_two_units_of_one_name_are_told_apart_by_their_code(office: Office) -> None:
    with office.db.begin() as session:
        session.execute(update(Unor).where(col(Unor.code) == "D2").values(name="Dinas Pendidikan"))
    with pytest.raises(UserError, match="beberapa unit"):
        give(office, "taufik", "ani", Role.VERIFIKATOR, "dinas pendidikan")


def test_suggestions_stay_inside_the_agency(office: Office) -> None:
    def suggested(who: str, text: str, agency: str = "K1") -> list[str]:
        return office.see(
            units.suggest_units, office.actor(who), Permission.ROLE_GRANT, text, instansi_id=office.ids[agency]
        )

    assert suggested("taufik", "dinas") == [
        "D1 · Dinas Pendidikan (Sekretariat Daerah)",
        "D2 · Dinas Kesehatan (Sekretariat Daerah)",
    ]
    assert suggested("taufik", "D1.") == ["D1.1 · SMP Negeri 1 (Dinas Pendidikan)"]
    assert suggested("taufik", "%") == []
    assert suggested("taufik", "dinas", "K2") == []
    assert suggested("sari", "dinas") == []


@pytest.mark.parametrize(
    ("who", "whom"), [("taufik", "citra"), ("yusuf", "ani"), ("taufik", "surya"), ("taufik", "taufik")]
)
def test_people_of_others_and_oneself_are_out_of_reach(office: Office, who: str, whom: str) -> None:
    with pytest.raises(PermissionDenied):
        give(office, who, whom, Role.APPROVER)


@pytest.mark.parametrize("who", ["ani", "budi", "sari"])
def test_who_gives_no_roles(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        give(office, who, "eko", Role.APPROVER)
    with pytest.raises(PermissionDenied):
        take(office, who, "lina", Role.ADMIN_INSTANSI)
    with pytest.raises(PermissionDenied):
        office.see(list_grants, office.actor(who), role=None, text="", agency="", page=1)
    with pytest.raises(PermissionDenied):
        office.see(find_candidates, office.actor(who), text="ani")


def test_without_second_factor_or_recent_proof_nothing_is_given(office: Office) -> None:
    account_id = office.ids["eko"]
    with pytest.raises(PermissionDenied):
        office.do(
            grant_role,
            office.actor("taufik", second_factor=False),
            account_id=account_id,
            role="APPROVER",
            unit="",
        )
    old = office.actor("taufik", step_up=clock.now() - timedelta(minutes=11))
    with pytest.raises(ReauthenticationRequired):
        office.do(grant_role, old, account_id=account_id, role="APPROVER", unit="")
    with pytest.raises(ReauthenticationRequired):
        office.do(revoke_role, old, grant_id=office.grant_id("budi", Role.VERIFIKATOR))
    assert (office.grants("eko"), office.grants("budi")) == ([], [(Role.VERIFIKATOR, "D1")])


def test_bkn_appoints_admins_of_agencies_and_nothing_else(office: Office) -> None:
    assert give(office, "surya", "citra", Role.ADMIN_INSTANSI)
    for role in (Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_SATKER, Role.ADMIN_BKN):
        with pytest.raises(UserError):
            give(office, "surya", "ani", role, "" if role in {Role.APPROVER, Role.ADMIN_BKN} else "D1")
    with pytest.raises(UserError):
        take(office, "surya", "budi", Role.VERIFIKATOR)


def test_a_verifikator_can_be_appointed_admin(office: Office) -> None:
    assert give(office, "surya", "budi", Role.ADMIN_INSTANSI)


def test_a_peer_is_not_given_roles_nor_loses_them(office: Office) -> None:
    with pytest.raises(UserError):
        give(office, "taufik", "lina", Role.APPROVER)
    with pytest.raises(UserError):
        take(office, "taufik", "lina", Role.ADMIN_INSTANSI)


def test_a_peer_keeps_the_lower_roles_until_somebody_above_has_taken_the_higher_one(office: Office) -> None:
    give(office, "taufik", "ani", Role.VERIFIKATOR, "D1")
    give(office, "surya", "ani", Role.ADMIN_INSTANSI)

    def revocable(who: str) -> dict[Role, bool]:
        lines = office.see(list_grants, office.actor(who), role=None, text="ani", agency="K1", page=1).items
        return {line.role: line.revocable for line in lines if line.name == "Ani Lestari"}

    assert revocable("taufik") == {Role.VERIFIKATOR: False, Role.ADMIN_INSTANSI: False}
    assert revocable("surya") == {Role.VERIFIKATOR: False, Role.ADMIN_INSTANSI: True}
    with pytest.raises(UserError, match="tidak dapat Anda atur"):
        take(office, "taufik", "ani", Role.VERIFIKATOR)
    take(office, "surya", "ani", Role.ADMIN_INSTANSI)
    assert revocable("taufik") == {Role.VERIFIKATOR: True}
    assert take(office, "taufik", "ani", Role.VERIFIKATOR)


def test_nobody_takes_the_own_role(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        take(office, "taufik", "taufik", Role.ADMIN_INSTANSI)


def test_a_disabled_account_gets_no_role(office: Office) -> None:
    office.change("eko", disabled_at=clock.now())
    with pytest.raises(UserError, match="dinonaktifkan"):
        give(office, "taufik", "eko", Role.APPROVER)


def test_the_last_admin_of_an_agency_stays(office: Office) -> None:
    take(office, "surya", "lina", Role.ADMIN_INSTANSI)
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "taufik", Role.ADMIN_INSTANSI)
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "yusuf", Role.ADMIN_INSTANSI)
    give(office, "surya", "citra", Role.ADMIN_INSTANSI)
    office.change("citra", totp_confirmed_at=clock.now())
    assert take(office, "surya", "yusuf", Role.ADMIN_INSTANSI)


def test_an_admin_who_is_switched_off_does_not_count(office: Office) -> None:
    office.change("lina", disabled_at=clock.now())
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "taufik", Role.ADMIN_INSTANSI)
    assert take(office, "surya", "lina", Role.ADMIN_INSTANSI)


def test_two_at_once_leave_an_admin(both_offices: Office) -> None:
    office = both_offices
    numbers = [office.grant_id(key, Role.ADMIN_INSTANSI) for key in ("taufik", "lina")]
    actor, told = office.actor("surya"), []

    def remove(number: int) -> None:
        try:
            office.do(revoke_role, actor, grant_id=number)
        except UserError as refusal:
            told.append(refusal.sentence)

    threads = [threading.Thread(target=remove, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert len(office.grants("taufik") + office.grants("lina")) == 1


# Moving ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["budi", "taufik"])
def test_who_moves_to_another_agency_loses_the_roles(both_offices: Office, tmp_path: Path, key: str) -> None:
    office = both_offices
    office.open_session(key, "r1")
    move(office, tmp_path, key, "K2")
    assert office.grants(key) == []
    with office.db.read() as session:
        assert session.get_one(UserSession, "r1").ended_at is not None
    assert office.events(AuditTag.ROLE_REVOKED)[0].detail["reason"] == "pindah instansi"
    assert office.letters(key) == [MailKind.ROLE_CHANGED]


def test_bkn_loses_its_role_when_it_moves_away(office: Office, tmp_path: Path) -> None:
    move(office, tmp_path, "surya", "K1")
    assert office.grants("surya") == []


def test_who_stays_keeps_the_role(office: Office, tmp_path: Path) -> None:
    move(office, tmp_path, "budi", "K1")
    assert office.grants("budi") == [(Role.VERIFIKATOR, "D1")]
    assert office.letters("budi") == []


# Lists -------------------------------------------------------------------------------------------


def holders(office: Office, who: str, role: Role | None = None, text: str = "", agency: str = "") -> list[str]:
    found = office.see(list_grants, office.actor(who), role=role, text=text, agency=agency, page=1)
    assert found.total == len(found.items)
    of_nip = {row["nip"]: key for key, row in ROLLS.items()}
    return [of_nip[line.nip] for line in found.items]


def test_each_admin_sees_the_roles_of_the_own_scope(both_offices: Office) -> None:
    office = both_offices
    assert holders(office, "taufik") == ["budi", "lina", "sari", "taufik"]
    assert holders(office, "yusuf") == ["yusuf"]
    assert holders(office, "surya") == ["budi", "lina", "sari", "surya", "taufik", "yusuf"]
    assert holders(office, "surya", Role.ADMIN_INSTANSI) == ["lina", "taufik", "yusuf"]
    assert holders(office, "surya", agency="Kota") == ["yusuf"]
    assert holders(office, "taufik", agency="K2") == []
    assert holders(office, "surya", text="hakim") == ["yusuf"]
    assert holders(office, "taufik", text="hakim") == []


def test_a_role_that_was_taken_is_listed_no_more(office: Office) -> None:
    take(office, "taufik", "budi", Role.VERIFIKATOR)
    assert holders(office, "taufik", Role.VERIFIKATOR) == []


def test_a_line_says_where_a_role_counts_whether_it_is_in_use_and_if_it_can_be_taken(office: Office) -> None:
    office.change("budi", totp_confirmed_at=None)
    lines = {
        line.name: line
        for line in office.see(list_grants, office.actor("taufik"), role=None, text="", agency="", page=1).items
    }
    budi, lina = lines["Budi Hartono"], lines["Lina Purnama"]
    assert (budi.scope, budi.in_use, budi.revocable) == ("Dinas Pendidikan dan unit di bawahnya", False, True)
    assert (lina.scope, lina.in_use, lina.revocable) == ("Seluruh instansi", True, False)
    assert not lines["Taufik Gunawan"].revocable


def test_who_gave_a_role_is_named_to_the_own_agency_only(office: Office) -> None:
    give(office, "taufik", "ani", Role.APPROVER)
    give(office, "surya", "eko", Role.ADMIN_INSTANSI)

    def givers(who: str) -> dict[str, str]:
        found = office.see(list_grants, office.actor(who), role=None, text="", agency="", page=1)
        return {line.name: line.granted_by for line in found.items}

    assert givers("taufik")["Ani Lestari"] == "Taufik Gunawan"
    assert givers("taufik")["Eko Wahyudi"] == search.OUTSIDE_SCOPE
    assert givers("surya")["Eko Wahyudi"] == "Surya Mahendra"
    assert givers("taufik")["Lina Purnama"] == ""


@pytest.mark.parametrize(
    ("who", "text", "found"),
    [
        ("taufik", "ani", ["ani"]),
        ("taufik", "citra", []),
        ("yusuf", "cit", ["citra"]),
        ("surya", "cit", ["citra"]),
        ("surya", "1979", ["budi"]),
    ],
)
def test_candidates_come_from_the_own_scope(office: Office, who: str, text: str, found: list[str]) -> None:
    of_nip = {row["nip"]: key for key, row in ROLLS.items()}
    seen = office.see(find_candidates, office.actor(who), text=text)
    assert [of_nip[one.nip] for one in seen.people] == found
    assert not seen.more


@pytest.mark.parametrize(("shown", "more"), [(6, True), (7, False), (8, False)])
def test_a_search_that_shows_not_everybody_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch, shown: int, more: bool
) -> None:
    monkeypatch.setattr(grant_list, "MAX_CANDIDATES", shown)
    seen = office.see(find_candidates, office.actor("taufik"), text="19")
    assert (len(seen.people), seen.more) == (min(shown, 7), more)


def test_a_candidate_says_what_could_be_given_and_why_not(office: Office) -> None:
    def seen(who: str, whom: str) -> RoleCandidate | None:
        return office.see(get_candidate, office.actor(who), office.ids[whom])

    budi = seen("taufik", "budi")
    assert budi is not None
    assert (budi.roles, budi.grantable, budi.blocker) == (
        ["Verifikator"],
        [Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_SATKER],
        "",
    )
    for who, whom in (("taufik", "lina"), ("taufik", "taufik")):
        one = seen(who, whom)
        assert one is not None
        assert one.blocker
    assert seen("taufik", "citra") is None


# No way up ---------------------------------------------------------------------------------------


@contextmanager
def undone(office: Office) -> Iterator[Session]:
    """A transaction that leaves nothing behind."""
    with Session(office.db.engine, expire_on_commit=False) as session:
        try:
            yield session
        finally:
            session.rollback()


STEP = st.tuples(
    st.sampled_from([*sorted(ROLLS), *["taufik", "yusuf"] * 3, *["surya"] * 8]),
    st.sampled_from(["give", "take"]),
    st.sampled_from([*sorted(ROLLS), *["taufik", "lina", "yusuf"] * 3]),
    st.sampled_from([*Role, "tidak ada"]),
    st.sampled_from(["", "00", "D1", "D1.1", "D2", "D9"]),
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(STEP, max_size=14))
def test_no_sequence_of_grants_leads_up_or_out(office: Office, steps: list[tuple[str, str, str, str, str]]) -> None:
    with undone(office) as session:
        for who, act, whom, role, unit in steps:
            before = in_force(session)
            try:
                with session.begin_nested():
                    one_step(session, office, who, act, whom, role, unit)
            except (UserError, PermissionDenied):
                pass
            session.expire_all()
            after = in_force(session)
            held = {grant.role for grant in before.values() if grant.account_id == office.ids[who]}
            for key in before.keys() ^ after.keys():
                changed = after.get(key) or before[key]
                assert changed.account_id != office.ids[who], "somebody changed the own roles"
                assert any(changed.role in GRANTABLE[mine] for mine in held), "a role from nowhere"
                givers = [
                    g for g in before.values() if g.account_id == office.ids[who] and changed.role in GRANTABLE[g.role]
                ]
                assert any(g.instansi_id in (None, changed.instansi_id) for g in givers), "outside the own scope"
            for grant in after.values():
                fits(session, office, grant)
            can_act = {office.ids[key] for key, row in ROLLS.items() if "role" in row}
            admins = {
                grant.instansi_id
                for grant in after.values()
                if grant.role is Role.ADMIN_INSTANSI and grant.account_id in can_act
            }
            assert {office.ids["K1"], office.ids["K2"]} <= admins, "an agency without an admin who can act"
        assert {g.account_id for g in in_force(session).values() if g.role is Role.ADMIN_BKN} == {office.ids["surya"]}


def one_step(session: Session, office: Office, who: str, act: str, whom: str, role: str, unit: str) -> None:
    actor = actor_of(session, office.ids[who], step_up_at=clock.now())
    if act == "give":
        grant_role(session, actor, account_id=office.ids[whom], role=str(role), unit=unit)
        return
    held = session.exec(
        select(RoleGrant.id).where(RoleGrant.account_id == office.ids[whom], col(RoleGrant.revoked_at).is_(None))
    ).first()
    revoke_role(session, actor, grant_id=held or 0)


def in_force(session: Session) -> dict[int, RoleGrant]:
    return {
        grant.id or 0: grant for grant in session.exec(select(RoleGrant).where(col(RoleGrant.revoked_at).is_(None)))
    }


def fits(session: Session, office: Office, grant: RoleGrant) -> None:
    """The scope of a role lies in the agency of who holds it."""
    home = session.exec(
        select(Pegawai.instansi_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Account.id == grant.account_id)
    ).one()
    assert grant.instansi_id == (None if grant.role is Role.ADMIN_BKN else home)
    if grant.unor_id is not None:
        assert session.get_one(Unor, grant.unor_id).instansi_id == session.get_one(Instansi, home).id
