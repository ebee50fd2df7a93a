"""A request for a corrected address tells nobody anything, reaches the admin in scope, and changes nothing by itself."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from mysapk_web.administration import email_requests
from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import (
    CommittingUserError,
    FormError,
    PermissionDenied,
    ReauthenticationRequired,
    StaleRevisionError,
    UserError,
)
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.agencies import ROLLS, Office

NEW = "ani.pribadi@example.com"
UNKNOWN = "198501012010011999"


def ask(office: Office, nip: str = ROLLS["ani"]["nip"], address: str = "203.0.113.7", **given: Any) -> None:
    form = {"name": "Ani Lestari", "old_email": "ani@k1.example.go.id", "new_email": NEW, **given}
    office.do(
        email_requests.submit_request, client=ClientContext(browser_ref="b", client_address=address), nip=nip, **form
    )


def requests(office: Office) -> list[EmailRequest]:
    with office.db.read() as session:
        found = list(session.exec(select(EmailRequest)))
        session.expunge_all()
        return found


def queue(office: Office, who: str) -> list[email_requests.RequestView]:
    return office.see(email_requests.pending_requests, office.actor(who), 1).items


def test_it_reaches_the_admins_in_scope_and_nobody_else(both_offices: Office) -> None:
    office = both_offices
    ask(office)
    assert {who: len(queue(office, who)) for who in ("sari", "taufik", "lina", "surya", "yusuf")} == {
        "sari": 1,
        "taufik": 1,
        "lina": 1,
        "surya": 1,
        "yusuf": 0,
    }
    with pytest.raises(PermissionDenied):
        queue(office, "budi")
    assert office.pegawai("ani").email_key == "ani@k1.example.go.id"


def test_the_admin_sees_what_fits(office: Office) -> None:
    ask(office)
    ask(office, name="Ani Palsu", old_email="lain@example.com", new_email="eko@k1.example.go.id")
    good, bad = queue(office, "sari")
    assert (good.name_matches, good.old_email_matches, good.fault, good.name) == (True, True, "", "Ani Lestari")
    assert (bad.name_matches, bad.old_email_matches, bool(bad.fault)) == (False, False, True)


def test_known_and_unknown_people_leave_the_same_rows(office: Office) -> None:
    ask(office)
    ask(office, UNKNOWN)
    assert [row.pegawai_id is None for row in requests(office)] == [False, True]
    assert len(office.events(AuditTag.EMAIL_CHANGE_REQUESTED)) == 2
    with office.db.read() as session:
        letters = session.exec(select(OutboxMail.recipient, OutboxMail.account_id, OutboxMail.state)).all()
    assert letters == [(None, office.ids["ani"], OutboxState.PENDING), (None, None, OutboxState.OBSOLETE)]


def test_the_letter_goes_to_the_address_on_file_and_names_no_new_one_in_full(office: Office) -> None:
    ask(office)
    (mail,) = office.mails("ani")
    assert (mail.template, mail.recipient) == ("perbaikan-email-diminta", None)
    assert NEW not in repr(mail.params)


@pytest.mark.parametrize("nip", [ROLLS["ani"]["nip"], UNKNOWN])
@pytest.mark.parametrize("network", ["198.51.100.{}", "2001:db8:7:{}::1"])
def test_too_many_for_one_number_from_one_network_write_nothing(office: Office, nip: str, network: str) -> None:
    for number in range(6):
        ask(office, nip, address=network.format(number))
    assert len(requests(office)) == 3


@pytest.mark.parametrize("stranger", ["198.51.100.{}", "2001:db8:7:{}::1"])
def test_a_stranger_does_not_use_up_the_chance_of_a_person(office: Office, stranger: str) -> None:
    for number in range(50):
        ask(office, name="Bukan Dia", old_email="", new_email=f"x{number}@example.com", address=stranger.format(number))
    ask(office, address="203.0.113.77")
    assert [view.typed_name for view in queue(office, "sari")] == ["Bukan Dia"] * 3 + ["Ani Lestari"]


@pytest.mark.parametrize("nip", [ROLLS["ani"]["nip"], UNKNOWN])
def test_letters_are_few_and_the_rows_bounded_whoever_is_meant(office: Office, nip: str) -> None:
    """The mailbox of a person is not flooded from many networks, and neither is the desk of the admin."""
    for network in range(15):
        for host in range(3):
            ask(office, nip, address=f"198.51.{network}.{host}")
    assert len(requests(office)) == 30
    assert len(office.events(AuditTag.EMAIL_CHANGE_REQUESTED)) == 30
    with office.db.read() as session:
        assert len(session.exec(select(OutboxMail)).all()) == 3


def test_too_many_from_one_address_are_told_so_and_write_nothing(office: Office) -> None:
    for number in range(10):
        ask(office, f"1985010120100119{number + 10}")
    said = set()
    for nip in (ROLLS["ani"]["nip"], UNKNOWN):
        with pytest.raises(CommittingUserError, match="jaringan") as refused:
            ask(office, nip)
        said.add(refused.value.sentence)
    assert len(said) == 1, "the network is told, and nothing about a person"
    assert len(requests(office)) == 10
    ask(office, address="203.0.113.77")
    assert len(requests(office)) == 11


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("nip", {"nip": "123"}),
        ("nama", {"name": " "}),
        ("nama", {"name": "x" * 201}),
        ("email_lama", {"old_email": "bukan"}),
        ("email_baru", {"new_email": ""}),
        ("email_baru", {"new_email": "ANI@k1.example.go.id "}),
    ],
)
def test_only_the_form_is_judged_aloud(office: Office, field: str, given: dict[str, str]) -> None:
    with pytest.raises(FormError) as refused:
        ask(office, **given)
    assert set(refused.value.faults) == {field}
    assert requests(office) == []


def test_who_does_not_know_the_old_address_may_ask(office: Office) -> None:
    ask(office, old_email="")
    assert [view.old_email_matches for view in queue(office, "sari")] == [False]


def test_accepted_the_address_changes_with_all_that_follows(both_offices: Office) -> None:
    office = both_offices
    ask(office)
    (view,) = queue(office, "sari")
    office.do(
        email_requests.accept_request, office.actor("sari"), request_id=view.id, reason="Dicek lewat telepon kantor"
    )
    assert office.pegawai("ani").email_key == NEW
    (row,) = requests(office)
    assert (row.state, row.decided_by) == (RequestState.ACCEPTED, office.ids["sari"])
    assert queue(office, "taufik") == []
    (event,) = office.events(AuditTag.EMAIL_CHANGED)
    assert event.address == "203.0.113.0/24"


def test_accepting_needs_a_recent_proof(office: Office) -> None:
    ask(office)
    (view,) = queue(office, "sari")
    admin = office.actor("sari", step_up=False)
    with pytest.raises(ReauthenticationRequired):
        office.do(email_requests.accept_request, admin, request_id=view.id, reason="Dicek lewat telepon kantor")
    assert requests(office)[0].state is RequestState.OPEN


def test_refused_the_address_on_file_alone_is_told(office: Office) -> None:
    ask(office)
    (view,) = queue(office, "sari")
    office.do(email_requests.reject_request, office.actor("sari"), request_id=view.id, reason="Tidak dapat dipastikan")
    assert office.pegawai("ani").email_key == "ani@k1.example.go.id"
    mail = office.mails("ani")[-1]
    assert (mail.template, mail.recipient) == ("perbaikan-email-ditolak", None)
    (event,) = office.events(AuditTag.EMAIL_REQUEST_REFUSED)
    assert event.detail["reason"] == "Tidak dapat dipastikan"


@pytest.mark.parametrize("act", [email_requests.accept_request, email_requests.reject_request])
def test_decided_once_by_who_may(office: Office, act: Any) -> None:
    ask(office)
    (view,) = queue(office, "sari")
    with pytest.raises(NotFoundError):
        office.do(act, office.actor("yusuf"), request_id=view.id, reason="x")
    with pytest.raises(PermissionDenied):
        office.do(act, office.actor("budi"), request_id=view.id, reason="x")
    with pytest.raises(UserError):
        office.do(act, office.actor("sari"), request_id=view.id, reason=" ")
    office.do(act, office.actor("sari"), request_id=view.id, reason="x")
    with pytest.raises(StaleRevisionError, match="oleh Sari Utami pada"):
        office.do(act, office.actor("taufik"), request_id=view.id, reason="x")


def test_a_request_reaches_those_only_who_may_decide_it(both_offices: Office) -> None:
    """Whoever can neither accept nor refuse it is not shown it: it waits for somebody above."""
    office = both_offices
    holders = ("budi", "sari", "taufik", "yusuf", "surya")
    for number, key in enumerate((*holders, "ani")):
        row = ROLLS[key]
        given = {"name": row["nama"], "old_email": "", "new_email": f"{key}@example.com"}
        ask(office, row["nip"], address=f"203.0.113.{number}", **given)
    people = {ROLLS[key]["nip"]: key for key in ROLLS}
    found = {
        who: office.see(email_requests.pending_requests, office.actor(who), 1)
        for who in ("sari", "taufik", "lina", "yusuf", "surya")
    }
    assert {who: {people[view.nip] for view in page.items} for who, page in found.items()} == {
        "sari": {"ani"},
        "taufik": {"ani", "budi", "sari"},
        "lina": {"ani", "budi", "sari"},
        "yusuf": set(),
        "surya": {"ani", "budi", "sari", "taufik", "yusuf"},
    }
    assert {who: page.total for who, page in found.items()} == {who: len(page.items) for who, page in found.items()}
    # Nobody stands above an admin of BKN: whoever runs the portal is told.
    assert office.see(email_requests.count_orphaned) == 1

    of = {people[view.nip]: view.id for view in found["surya"].items}
    for act in (email_requests.accept_request, email_requests.reject_request):
        with pytest.raises(NotFoundError):
            office.do(act, office.actor("sari"), request_id=of["budi"], reason="x")
        with pytest.raises(NotFoundError):
            office.do(act, office.actor("lina"), request_id=of["taufik"], reason="x")
    office.do(email_requests.accept_request, office.actor("taufik"), request_id=of["sari"], reason="Bertemu langsung")
    office.do(email_requests.accept_request, office.actor("surya"), request_id=of["taufik"], reason="Bertemu langsung")
    assert (office.pegawai("sari").email_key, office.pegawai("taufik").email_key) == (
        "sari@example.com",
        "taufik@example.com",
    )


def test_a_role_that_was_taken_away_stands_in_nobodys_way(office: Office) -> None:
    ask(office, ROLLS["budi"]["nip"], name="Budi Hartono", old_email="", new_email="budi@example.com")
    assert queue(office, "sari") == []
    with office.db.begin() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["budi"])).one()
        grant.revoked_at = clock.now()
    assert [view.nip for view in queue(office, "sari")] == [ROLLS["budi"]["nip"]]


def test_where_nobody_stands_above_an_admin_whoever_runs_the_portal_is_told(office: Office) -> None:
    ask(office, ROLLS["taufik"]["nip"], name="Taufik Gunawan", old_email="", new_email="taufik@example.com")
    ask(office, ROLLS["budi"]["nip"], name="Budi Hartono", old_email="", new_email="budi@example.com")
    assert office.see(email_requests.count_orphaned) == 0
    with office.db.begin() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["surya"])).one()
        grant.revoked_at = clock.now()
    assert office.see(email_requests.count_orphaned) == 1


def test_nobody_decides_the_own_request(office: Office) -> None:
    ask(office, ROLLS["sari"]["nip"], name="Sari Utami", old_email="", new_email="sari@example.com")
    assert queue(office, "sari") == []
    (view,) = queue(office, "taufik")
    with pytest.raises(NotFoundError):
        office.do(email_requests.accept_request, office.actor("sari"), request_id=view.id, reason="x")
