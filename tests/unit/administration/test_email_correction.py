"""One address is repaired by who may, inside the scope, with a reason; and everybody concerned is told."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlmodel import col, select

from mysapk_web.accounts.email_replacement import EMAIL_TAKEN
from mysapk_web.administration import email_correction
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.agencies import ROLLS, Office

NEW = "ani.baru@k1.example.go.id"


def repair(office: Office, who: str, whom: str = "ani", email: str = NEW, reason: str = "Surat OPD 12") -> bool:
    return office.do(
        email_correction.correct_email, office.actor(who), account_id=office.ids[whom], email=email, reason=reason
    )


@pytest.mark.parametrize("who", ["sari", "taufik", "surya"])
def test_who_may_repairs_and_both_addresses_are_told(both_offices: Office, who: str) -> None:
    office = both_offices
    version = office.account("ani").version
    assert repair(office, who)
    assert office.pegawai("ani").email_key == NEW
    assert office.account("ani").version == version + 1
    assert {mail.recipient for mail in office.mails("ani")} == {None, "ani@k1.example.go.id"}
    (event,) = office.events(AuditTag.EMAIL_CHANGED)
    assert (event.actor_id, event.subject_id, event.detail["reason"], event.address) == (
        office.ids[who],
        office.ids["ani"],
        "Surat OPD 12",
        "203.0.113.0/24",
    )


@pytest.mark.parametrize(
    ("who", "whom"),
    [("yusuf", "ani"), ("sari", "eko"), ("sari", "sari"), ("taufik", "taufik"), ("budi", "ani"), ("ani", "eko")],
)
def test_nobody_repairs_outside_the_scope_or_the_own(office: Office, who: str, whom: str) -> None:
    before = office.pegawai(whom).email_key
    with pytest.raises(PermissionDenied):
        repair(office, who, whom)
    assert office.pegawai(whom).email_key == before


@pytest.mark.parametrize(("who", "whom"), [("sari", "budi"), ("taufik", "lina")])
def test_nobody_takes_over_an_account_of_a_peer_or_higher(office: Office, who: str, whom: str) -> None:
    with pytest.raises(UserError):
        repair(office, who, whom)


@pytest.mark.parametrize(("who", "whom"), [("taufik", "budi"), ("surya", "lina"), ("surya", "budi")])
def test_whoever_is_below_is_helped_also_over_several_steps(office: Office, who: str, whom: str) -> None:
    assert repair(office, who, whom)


def test_who_has_the_address_has_the_account_so_it_needs_a_recent_proof(office: Office) -> None:
    before = office.pegawai("ani").email_key
    unproven, given = office.actor("taufik", step_up=False), {"account_id": office.ids["ani"], "email": NEW}
    with pytest.raises(ReauthenticationRequired):
        office.do(email_correction.correct_email, unproven, **given, reason="Surat OPD 12")
    assert office.pegawai("ani").email_key == before != NEW


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_mandatory(office: Office, reason: str) -> None:
    with pytest.raises(UserError) as refused:
        repair(office, "sari", reason=reason)
    assert refused.value.field == "alasan"


@pytest.mark.parametrize("email", ["", "tanpa-tanda", "EKO@k1.example.go.id ", "ani@k1.example.go.id"])
def test_an_address_that_can_not_be_is_refused_while_typing_and_when_sent(office: Office, email: str) -> None:
    with pytest.raises(UserError):
        repair(office, "sari", email=email)
    found = office.see(
        email_correction.validate_new_email, office.actor("sari"), account_id=office.ids["ani"], email=email
    )
    assert found.fault.endswith(".")


def test_the_policy_of_the_agency_warns_or_refuses(office: Office) -> None:
    def check() -> email_correction.EmailCheck:
        given = {"account_id": office.ids["ani"], "email": "ani@gmail.com"}
        return office.see(email_correction.validate_new_email, office.actor("sari"), **given)

    assert check() == email_correction.EmailCheck()
    for policy in (DomainPolicy.WARN_FREE_MAIL, DomainPolicy.AGENCY_ONLY):
        with office.db.begin() as session:
            session.get_one(Instansi, office.ids["K1"]).domain_policy = policy
        found = check()
        assert bool(found.warning) is (policy is DomainPolicy.WARN_FREE_MAIL)
        assert bool(found.fault) is (policy is DomainPolicy.AGENCY_ONLY)
    with pytest.raises(UserError):
        repair(office, "sari", email="ani@gmail.com")


def test_people_are_found_inside_the_scope_only(both_offices: Office) -> None:
    def found(who: str, text: str) -> set[str]:
        people = both_offices.see(email_correction.find_people, both_offices.actor(who), text=text)
        return {person.nip for person in people.items}

    ani, citra = ROLLS["ani"]["nip"], ROLLS["citra"]["nip"]
    assert found("sari", "ani lestari") == {ani}
    assert found("sari", ani) == {ani}
    assert found("sari", citra) == found("taufik", citra) == set()
    assert found("yusuf", citra) == {citra}
    assert found("sari", ROLLS["sari"]["nip"]) == set()
    with pytest.raises(PermissionDenied):
        found("ani", ani)
    for act in (email_correction.get_person, email_correction.validate_new_email):
        more = {"email": NEW} if act is email_correction.validate_new_email else {}
        with pytest.raises(PermissionDenied):
            both_offices.see(act, both_offices.actor("yusuf"), account_id=both_offices.ids["ani"], **more)


def test_a_list_that_is_cut_says_so(office: Office) -> None:
    def hire(count: int) -> None:
        with office.db.begin() as session:
            there = office.pegawai("ani")
            for number in range(count):
                pegawai = Pegawai(
                    nip=f"1985031520100113{number + 10:02d}",
                    name=f"Joko {number}",
                    jenis=there.jenis,
                    instansi_id=there.instansi_id,
                    unor_id=there.unor_id,
                )
                session.add(pegawai)
                session.flush()
                session.add(Account(pegawai_id=pegawai.id or 0))

    def shown(text: str) -> tuple[int, bool]:
        found = office.see(email_correction.find_people, office.actor("taufik"), text=text)
        return len(found.items), found.has_more

    hire(email_correction.MAX_MATCHES + 1)
    assert shown("joko") == (email_correction.MAX_MATCHES, True)
    with office.db.begin() as session:
        session.delete(session.exec(select(Account).order_by(col(Account.id).desc()).limit(1)).one())
    assert shown("joko") == (email_correction.MAX_MATCHES, False)
    assert shown("joko 3") == (1, False)


def test_blanks_around_the_stored_address_are_named(office: Office) -> None:
    with office.db.begin() as session:
        session.merge(office.pegawai("ani")).email = "ani@k1.example.go.id "
    person = office.see(email_correction.get_person, office.actor("sari"), account_id=office.ids["ani"])
    assert (person.email, person.note) == ("ani@k1.example.go.id", email_correction.BLANKS)
    assert not repair(office, "sari", email="ani@k1.example.go.id")
    assert office.pegawai("ani").email == "ani@k1.example.go.id"


@pytest.mark.parametrize(
    ("who", "whom", "seen"),
    [
        ("sari", "ani", "ani@k1.example.go.id"),
        ("taufik", "budi", "budi@k1.example.go.id"),
        ("sari", "budi", "bud*****@k1.example.go.id"),
        ("taufik", "lina", "lin*****@k1.example.go.id"),
    ],
)
def test_the_address_of_somebody_higher_is_masked(office: Office, who: str, whom: str, seen: str) -> None:
    actor, account_id = office.actor(who), office.ids[whom]
    (found,) = office.see(email_correction.find_people, actor, text=ROLLS[whom]["nip"]).items
    assert found == office.see(email_correction.get_person, actor, account_id=account_id)
    assert found.email == seen
    assert ("tidak dapat Anda atur" in found.note) is ("*" in seen)


def test_nobody_finds_out_the_address_of_somebody_higher_by_trying(office: Office) -> None:
    for tried in ("lina@k1.example.go.id", "lain@k1.example.go.id", "ani@k1.example.go.id"):
        judged = office.see(
            email_correction.validate_new_email, office.actor("taufik"), account_id=office.ids["lina"], email=tried
        )
        assert "tidak dapat Anda atur" in judged.fault


def test_of_two_who_give_one_address_at_once_one_is_told_that_it_is_taken(
    both_offices: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, start = both_offices, threading.Barrier(2)
    if office.db.is_sqlite:
        pytest.skip("one writer at a time")
    real, told = email_correction.replace_email, []

    def together(*args: Any, **kwargs: Any) -> bool:
        start.wait(10)
        done = real(*args, **kwargs)
        # The other one waits at the unique index until this transaction ends.
        time.sleep(0.5)
        return done

    monkeypatch.setattr(email_correction, "replace_email", together)

    def go(who: str, whom: str) -> None:
        try:
            told.append(str(repair(office, who, whom, email="sama@k1.example.go.id")))
        except UserError as refusal:
            told.append(refusal.sentence)

    threads = [threading.Thread(target=go, args=pair) for pair in (("lina", "ani"), ("taufik", "eko"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == sorted(["True", EMAIL_TAKEN])
    assert [office.pegawai(who).email_key for who in ("ani", "eko")].count("sama@k1.example.go.id") == 1
