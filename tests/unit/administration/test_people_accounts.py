"""Admins help with accounts of their own people: unlock, send a token, end sessions, take a lost second factor away."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from mysapk_web.accounts import lockouts, login
from mysapk_web.accounts.one_time_tokens import TokenFault, fault_of
from mysapk_web.accounts.recovery import confirm
from mysapk_web.accounts.recovery.browsers import attach_browser_by_mail
from mysapk_web.accounts.recovery.request import request_token
from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.accounts.tables import LoginTicket, ResetRequest, UserSession
from mysapk_web.administration.people import accounts
from mysapk_web.administration.people.accounts import approve_cpns, disable_account, remove_second_factor
from mysapk_web.administration.people.detail import AccountAction, account_detail
from mysapk_web.app import mail_context_reader
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.rate_limits import RECOVERY_PER_NIP
from mysapk_web.settings import get_settings
from tests.support.agencies import ROLLS, Office
from tests.support.portal import after, days, minutes

VISITOR = ClientContext("peramban", "", "203.0.113.9")


ABOVE_PEGAWAI = frozenset(Role) - {Role.PEGAWAI}


def unlock(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(accounts.unlock_account, account_id=office.ids[key], actor=actor)


def start_reset(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(accounts.send_reset_token, account_id=office.ids[key], actor=actor)


def cancel_reset(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(accounts.cancel_reset_tokens, account_id=office.ids[key], actor=actor)


def end_sessions(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(accounts.revoke_account_sessions, account_id=office.ids[key], actor=actor)


def remove_factor(office: Office, actor: Actor, key: str, reason: str = "Datang sendiri dengan KTP") -> object:
    return office.do(remove_second_factor, account_id=office.ids[key], actor=actor, reason=reason)


def disable(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(disable_account, account_id=office.ids[key], actor=actor, reason="Cuti panjang")


def approve(office: Office, actor: Actor | None, key: str) -> object:
    return office.do(approve_cpns, account_id=office.ids[key], actor=actor)


Do = Callable[[Office, Actor, str], object]
ALL: list[Do] = [unlock, start_reset, cancel_reset, end_sessions, remove_factor, disable, approve]


def hold(office: Office, key: str, *roles: Role) -> None:
    """Somebody holds further roles, for the whole agency or, of BKN, everywhere."""
    with office.db.begin() as session:
        for role in roles:
            home = None if role is Role.ADMIN_BKN else office.pegawai(key).instansi_id
            session.add(RoleGrant(account_id=office.ids[key], role=role, instansi_id=home, granted_at=clock.now()))


def lock(office: Office, key: str, times: int = 6) -> None:
    for _ in range(times):
        with pytest.raises(CommittingUserError):
            login.login(office.db, client=VISITOR, nip=ROLLS[key]["nip"], password="Salah1Sekali")


# Scope and separation ----------------------------------------------------------------------------


@pytest.mark.parametrize("act", ALL)
@pytest.mark.parametrize(
    ("who", "whom"), [("taufik", "citra"), ("yusuf", "ani"), ("taufik", "surya"), ("taufik", "taufik")]
)
def test_other_agencies_and_the_own_account_are_out_of_reach(office: Office, act: Do, who: str, whom: str) -> None:
    with pytest.raises(PermissionDenied):
        act(office, office.actor(who), whom)


@pytest.mark.parametrize("act", [unlock, start_reset, cancel_reset])
def test_an_admin_of_a_unit_reaches_the_unit_only(office: Office, act: Do) -> None:
    with pytest.raises(PermissionDenied):
        act(office, office.actor("sari"), "eko")
    act(office, office.actor("sari"), "ani")


@pytest.mark.parametrize("act", [end_sessions, remove_factor, disable, approve])
def test_an_admin_of_a_unit_does_no_more(office: Office, act: Do) -> None:
    with pytest.raises(PermissionDenied):
        act(office, office.actor("sari"), "ani")


@pytest.mark.parametrize("act", ALL)
@pytest.mark.parametrize("who", ["ani", "budi"])
def test_who_is_no_admin_does_nothing(office: Office, act: Do, who: str) -> None:
    with pytest.raises(PermissionDenied):
        act(office, office.actor(who), "eko")


@pytest.mark.parametrize("act", ALL)
def test_without_second_factor_an_admin_does_nothing(office: Office, act: Do) -> None:
    with pytest.raises(PermissionDenied):
        act(office, office.actor("taufik", second_factor=False), "eko")


@pytest.mark.parametrize("act", [unlock, start_reset, end_sessions, remove_factor, disable])
@pytest.mark.parametrize("more", [None, Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_SATKER])
def test_a_peer_is_left_alone(office: Office, act: Do, more: Role | None) -> None:
    who, whom = "taufik", "lina"
    if more is not None:
        hold(office, whom, more)
    before = office.account(whom)
    with pytest.raises(UserError, match="tidak dapat Anda atur"):
        act(office, office.actor(who), whom)
    assert office.account(whom) == before
    assert office.letters(whom) == []


@pytest.mark.parametrize("act", [unlock, start_reset, end_sessions, remove_factor, disable])
@pytest.mark.parametrize("whom", ["budi", "sari", "lina"])
def test_bkn_manages_whoever_is_below_also_by_several_steps(office: Office, act: Do, whom: str) -> None:
    hold(office, whom, Role.VERIFIKATOR)
    act(office, office.actor("surya"), whom)


COMBINATIONS = [
    frozenset(held)
    for count in range(len(ABOVE_PEGAWAI) + 1)
    for held in itertools.combinations(sorted(ABOVE_PEGAWAI), count)
]


@pytest.mark.parametrize("held", COMBINATIONS, ids=lambda held: "+".join(sorted(held)) or "-")
def test_every_combination_of_roles_finds_somebody_who_manages_it(office: Office, held: frozenset[Role]) -> None:
    hold(office, "eko", *held)
    hold(office, "lina", Role.VERIFIKATOR, Role.APPROVER)
    not_theirs = {
        "surya": held & {Role.ADMIN_BKN},
        "taufik": held & {Role.ADMIN_BKN, Role.ADMIN_INSTANSI},
        "lina": held & {Role.ADMIN_BKN, Role.ADMIN_INSTANSI},
    }
    for who, higher in not_theirs.items():
        seen = office.see(account_detail, office.actor(who), office.ids["eko"])
        assert seen is not None
        assert bool(seen.blocker) is bool(higher), who
        if higher:
            with pytest.raises(UserError, match="tidak dapat Anda atur"):
                end_sessions(office, office.actor(who), "eko")
        else:
            end_sessions(office, office.actor(who), "eko")
    with pytest.raises(PermissionDenied):
        end_sessions(office, office.actor("yusuf"), "eko")


@pytest.mark.parametrize("act", [unlock, start_reset])
def test_an_admin_of_a_unit_does_not_touch_a_verifikator(office: Office, act: Do) -> None:
    with pytest.raises(UserError):
        act(office, office.actor("sari"), "budi")


# Unlock ------------------------------------------------------------------------------------------


def test_unlock_takes_the_wait_away_and_nothing_else(both_offices: Office) -> None:
    office = both_offices
    lock(office, "ani")
    version = office.account("ani").version
    assert unlock(office, office.actor("taufik"), "ani") is True
    assert office.see(lockouts.active_lockouts, [ROLLS["ani"]["nip"]]) == {}
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        login.login(office.db, client=VISITOR, nip=ROLLS["ani"]["nip"], password="Salah1Sekali")
    assert office.account("ani").version == version
    assert office.letters("ani")[-1] == MailKind.UNLOCKED
    (event,) = office.events(AuditTag.UNLOCKED)
    assert (event.actor_id, event.subject_id, event.instansi_id) == (
        office.ids["taufik"],
        office.ids["ani"],
        office.ids["K1"],
    )


def test_unlock_of_an_open_account_tells_nobody(office: Office) -> None:
    assert unlock(office, office.actor("taufik"), "ani") is False
    assert office.letters("ani") == []
    assert office.events(AuditTag.UNLOCKED) == []


# Reset -------------------------------------------------------------------------------------------


def test_the_token_goes_to_the_stored_address_and_opens_the_account(office: Office) -> None:
    assert start_reset(office, office.actor("taufik"), "eko") == "ek*****@k1.example.go.id"
    (mail,) = office.mails("eko")
    assert (mail.template, mail.recipient, mail.params["by_admin"]) == (MailKind.TOKEN, None, True)
    facts = office.see(mail_context_reader.read_context, MailKind.TOKEN, mail)
    assert isinstance(facts, MailContext)
    assert facts.recipient == "eko@k1.example.go.id"
    (event,) = office.events(AuditTag.RESET_STARTED_BY_ADMIN)
    assert (event.actor_id, event.subject_id) == (office.ids["taufik"], office.ids["eko"])

    assert office.do(attach_browser_by_mail, VISITOR, mail.params["request"])
    token = derive_token(get_settings().key("reset-token"), bytes.fromhex(mail.params["request"]))
    confirm.confirm_reset(office.db, client=VISITOR, token=token, password="Gunung7Merapi-biru")
    assert office.account("eko").activated_at is not None


def test_the_older_token_dies_and_no_session_ends(office: Office) -> None:
    office.open_session("ani", "r1")
    in_transaction(office.db, request_token, client=VISITOR, nip=ROLLS["ani"]["nip"], email="ani@k1.example.go.id")
    with after(2 * minutes):
        start_reset(office, office.actor("taufik"), "ani")
        with office.db.read() as session:
            requests = session.exec(select(ResetRequest).order_by(col(ResetRequest.created_at))).all()
            assert [request.superseded_at is None for request in requests] == [False, True]
            assert session.get_one(UserSession, "r1").ended_at is None


def test_tokens_come_a_minute_apart_and_five_a_day(office: Office) -> None:
    actor = office.actor("taufik")
    start_reset(office, actor, "eko")
    with pytest.raises(UserError, match="baru saja dikirim"):
        start_reset(office, actor, "eko")
    for number in range(1, RECOVERY_PER_NIP.count):
        with after(number * 2 * minutes):
            start_reset(office, actor, "eko")
    with after(20 * minutes):
        with pytest.raises(UserError, match="dalam sehari"):
            start_reset(office, actor, "eko")
        start_reset(office, actor, "ani")
    with after(2 * days):
        start_reset(office, actor, "eko")
    assert len(office.mails("eko")) == RECOVERY_PER_NIP.count + 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no address", "belum punya alamat"),
        ("disabled", "dinonaktifkan"),
        ("cpns", "belum disetujui"),
        ("policy", "email dinas"),
    ],
)
def test_who_may_have_no_token_gets_none_and_the_admin_reads_why(office: Office, fault: str, words: str) -> None:
    key = "dewi" if fault == "cpns" else "eko"
    with office.db.begin() as session:
        if fault == "no address":
            session.execute(update(Pegawai).where(col(Pegawai.nip) == ROLLS[key]["nip"]).values(email_key=None))
        if fault == "policy":
            session.execute(update(Instansi).values(domain_policy=DomainPolicy.AGENCY_ONLY, email_domains=["x.go.id"]))
    if fault == "disabled":
        office.change(key, disabled_at=clock.now())
    with pytest.raises(UserError, match=words):
        start_reset(office, office.actor("taufik"), key)
    assert office.letters(key) == []


def test_a_token_that_was_sent_is_made_worthless(both_offices: Office) -> None:
    office = both_offices
    start_reset(office, office.actor("taufik"), "eko")
    seen = office.see(account_detail, office.actor("taufik"), office.ids["eko"])
    assert seen is not None
    assert AccountAction.CANCEL_RESET in seen.actions
    with office.db.read() as session:
        request = session.exec(select(ResetRequest)).one()
        assert fault_of(request) is None
        number = request.id
    version = office.account("eko").version
    assert cancel_reset(office, office.actor("taufik"), "eko") is True
    with office.db.read() as session:
        assert fault_of(session.get_one(ResetRequest, number)) is TokenFault.SUPERSEDED
    assert office.account("eko").version == version
    (event,) = office.events(AuditTag.RESET_CANCELLED)
    assert (event.actor_id, event.subject_id) == (office.ids["taufik"], office.ids["eko"])
    assert office.letters("eko") == [MailKind.TOKEN, MailKind.RESET_CANCELLED]
    assert cancel_reset(office, office.actor("taufik"), "eko") is False
    assert len(office.events(AuditTag.RESET_CANCELLED)) == 1
    assert office.letters("eko") == [MailKind.TOKEN, MailKind.RESET_CANCELLED]
    seen = office.see(account_detail, office.actor("taufik"), office.ids["eko"])
    assert seen is not None
    assert AccountAction.CANCEL_RESET not in seen.actions


# Sessions ----------------------------------------------------------------------------------------


def test_ending_sessions_logs_out_everywhere_and_forgets_pending_logins(office: Office) -> None:
    for ref in ("r1", "r2"):
        office.open_session("ani", ref)
    office.open_session("eko", "r3")
    with office.db.begin() as session:
        session.add(
            LoginTicket(
                ref="f" * 64,
                browser="b",
                account_id=office.ids["ani"],
                account_version=1,
                expires_at=clock.now() + timedelta(minutes=1),
            )
        )
    assert end_sessions(office, office.actor("taufik"), "ani") == 2
    with office.db.read() as session:
        assert [row.ended_at is None for row in session.exec(select(UserSession).order_by(UserSession.ref))] == [
            False,
            False,
            True,
        ]
        assert session.exec(select(LoginTicket)).all() == []
    assert office.letters("ani") == [MailKind.SESSIONS_ENDED]
    assert office.events(AuditTag.SESSIONS_ENDED)[0].actor_id == office.ids["taufik"]
    assert end_sessions(office, office.actor("taufik"), "ani") == 0
    assert office.letters("ani") == [MailKind.SESSIONS_ENDED]


# One person --------------------------------------------------------------------------------------


def test_the_file_shows_a_masked_address_letters_without_words_and_the_trail(office: Office) -> None:
    lock(office, "ani")
    office.open_session("ani", "r1")
    office.do(enqueue, MailKind.LOCKED, account_id=office.ids["ani"])
    with office.db.begin() as session:
        session.execute(
            update(OutboxMail).values(state=OutboxState.FAILED, attempts=3, last_error="550 mailbox unavailable")
        )
    seen = office.see(account_detail, office.actor("taufik"), office.ids["ani"])
    assert seen is not None
    assert (seen.email, seen.sessions, seen.state.value) == ("an*****@k1.example.go.id", 1, "terkunci")
    assert "ani@k1" not in repr(seen)
    (delivery,) = seen.mails
    assert (delivery.kind, delivery.state, delivery.note) == (
        MailKind.LOCKED.label,
        OutboxState.FAILED,
        "3 kali dicoba. 550 mailbox unavailable",
    )
    assert not hasattr(delivery, "params")
    assert seen.history is not None
    assert [step.tag for step in seen.history] == [AuditTag.LOGIN_FAILED] * 6
    assert seen.actions == {
        AccountAction.EMAIL,
        AccountAction.UNLOCK,
        AccountAction.RESET,
        AccountAction.END_SESSIONS,
        AccountAction.DISABLE,
        AccountAction.GRANT,
    }


@pytest.mark.parametrize(
    ("who", "whom", "acts"),
    [
        ("taufik", "dewi", {AccountAction.EMAIL, AccountAction.APPROVE, AccountAction.DISABLE, AccountAction.GRANT}),
        ("taufik", "eko", {AccountAction.EMAIL, AccountAction.RESET, AccountAction.DISABLE, AccountAction.GRANT}),
        (
            "taufik",
            "budi",
            {
                AccountAction.EMAIL,
                AccountAction.RESET,
                AccountAction.REMOVE_FACTOR,
                AccountAction.DISABLE,
                AccountAction.GRANT,
            },
        ),
        ("sari", "ani", {AccountAction.EMAIL, AccountAction.RESET}),
        ("surya", "dewi", {AccountAction.EMAIL, AccountAction.DISABLE, AccountAction.GRANT}),
        ("taufik", "taufik", set()),
        ("taufik", "lina", set()),
        ("sari", "budi", set()),
    ],
)
def test_the_file_offers_what_would_succeed(office: Office, who: str, whom: str, acts: set[AccountAction]) -> None:
    seen = office.see(account_detail, office.actor(who), office.ids[whom])
    assert seen is not None
    assert seen.actions == acts
    assert bool(seen.blocker) is (not acts)


def test_the_trail_is_for_who_may_read_trails(office: Office) -> None:
    lock(office, "ani", 1)
    seen = office.see(account_detail, office.actor("sari"), office.ids["ani"])
    assert seen is not None
    assert seen.history is None


@pytest.mark.parametrize(("who", "whom"), [("taufik", "citra"), ("yusuf", "ani"), ("sari", "eko")])
def test_people_of_others_have_no_file(office: Office, who: str, whom: str) -> None:
    assert office.see(account_detail, office.actor(who), office.ids[whom]) is None
    assert office.see(account_detail, office.actor(who), 0) is None


@pytest.mark.parametrize("who", ["ani", "budi"])
def test_who_is_no_admin_sees_no_file(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        office.see(account_detail, office.actor(who), office.ids["eko"])


def test_who_acted_is_named_in_the_trail(office: Office) -> None:
    disable(office, office.actor("taufik"), "ani")
    seen = office.see(account_detail, office.actor("lina"), office.ids["ani"])
    assert seen is not None
    assert seen.history is not None
    assert (seen.history[0].actor, seen.history[0].reason) == ("Taufik Gunawan", "Cuti panjang")
    assert (seen.disabled_reason, seen.actions) == ("Cuti panjang", {AccountAction.EMAIL, AccountAction.ENABLE})


def test_an_address_stored_with_blanks_is_pointed_out(office: Office) -> None:
    with office.db.begin() as session:
        session.execute(
            update(Pegawai).where(col(Pegawai.nip) == ROLLS["ani"]["nip"]).values(email="ani@k1.example.go.id ")
        )
    seen = office.see(account_detail, office.actor("taufik"), office.ids["ani"])
    assert seen is not None
    assert "spasi" in seen.email_note
