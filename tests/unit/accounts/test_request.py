"""Asking for a token: one answer for everybody, and what the person needs to know at the stored address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import col

from mysapk_web import settings as settings_module
from mysapk_web.accounts.recovery.admin_reset import supersede_reset_tokens
from mysapk_web.accounts.tables import ResetBinding, ResetRequest
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.platform.errors import CommittingUserError, FormError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.support.attempts import statements, together
from tests.support.portal import OTHER, STRONG, Browser, Person, Portal, after, minutes, nobody


def test_activation_is_the_first_successful_reset(portal: Portal) -> None:
    browser = portal.browser()
    assert portal.account(portal.citra).activated_at is None
    browser.reset(portal.citra)
    assert portal.account(portal.citra).activated_at is not None
    assert portal.letters(portal.citra) == [MailKind.TOKEN, MailKind.ACTIVATED]
    assert [event.actor_id for event in portal.events(AuditTag.ACTIVATED)] == [portal.citra.account_id]
    assert browser.enter(portal.citra, STRONG).actor.account_id == portal.citra.account_id


def test_a_later_reset_keeps_the_day_of_the_activation(portal: Portal) -> None:
    before = portal.account(portal.ani).activated_at
    portal.browser().reset(portal.ani)
    assert portal.account(portal.ani).activated_at == before
    assert portal.letters(portal.ani) == [MailKind.TOKEN, MailKind.PASSWORD_CHANGED]
    assert not portal.events(AuditTag.ACTIVATED)
    assert len(portal.events(AuditTag.PASSWORD_RESET)) == 1


@pytest.mark.parametrize(
    "nip",
    [
        "19900105 201503 2 003",
        "19900105.201503.2.003",
        " 199001052015032003\u00a0",
        "１９９００１０５２０１５０３２００３",
    ],
)
@pytest.mark.parametrize(
    "email", ["citra.w@misal.example.go.id", " CITRA.W@Misal.Example.GO.ID ", "\tcitra.w@misal.example.go.id\u200b"]
)
def test_printed_nip_and_any_spelling_of_the_address_fit(portal: Portal, nip: str, email: str) -> None:
    browser = portal.browser()
    browser.ask_typed(nip, email)
    browser.confirm(portal.token(portal.citra))
    browser.enter(portal.citra, STRONG)


def test_login_takes_the_printed_nip_too(portal: Portal) -> None:
    printed = Person(**{**vars(portal.ani), "nip": "19850312 201001.2 001"})
    assert portal.browser().enter(printed).actor.account_id == portal.ani.account_id


def test_mail_goes_to_the_stored_address_never_to_the_typed_one(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani, "ANI.Lestari@contoh.example.go.id")
    browser.ask(portal.ani, "somebody@elsewhere.example.com")
    mails = portal.mails(portal.ani)
    assert [mail.template for mail in mails] == [MailKind.TOKEN, MailKind.OTHER_EMAIL]
    assert [portal.recipient(mail) for mail in mails] == ["ani.lestari@contoh.example.go.id"] * 2
    assert [mail.recipient for mail in mails] == [None, None]
    assert "elsewhere" not in portal.everything()["surat_keluar"]


def ask_unknown(portal: Portal, browser: Browser) -> Person:
    browser.ask(nobody(), "ani.lestari@contoh.example.go.id")
    return nobody()


def ask_wrong_address(portal: Portal, browser: Browser) -> Person:
    browser.ask(portal.citra, "ani.lestari@contoh.example.go.id")
    return portal.citra


def ask_not_approved(portal: Portal, browser: Browser) -> Person:
    browser.ask(portal.dewi)
    return portal.dewi


def ask_disabled(portal: Portal, browser: Browser) -> Person:
    portal.disable(portal.ani)
    browser.ask(portal.ani)
    return portal.ani


def ask_over_the_limit(portal: Portal, browser: Browser) -> Person:
    """The five of the day are gone, and so is the one after them, which an admin has cancelled."""
    for earlier in (100, 90, 80, 70, 60, 25):
        with after(-earlier * minutes):
            portal.elsewhere().ask(portal.ani)
    with portal.db.begin() as s:
        supersede_reset_tokens(s, portal.ani.account_id)
    browser.ask(portal.ani)
    return portal.ani


def ask_not_agency(portal: Portal, browser: Browser) -> Person:
    portal.set_policy(portal.ani, DomainPolicy.AGENCY_ONLY, ["dinas.example.go.id"])
    browser.ask(portal.ani)
    return portal.ani


def ask_rightly(portal: Portal, browser: Browser) -> Person:
    browser.ask(portal.ani)
    return portal.ani


Case = Callable[[Portal, Browser], Person]
REFUSED: list[Case] = [
    ask_unknown,
    ask_wrong_address,
    ask_not_approved,
    ask_disabled,
    ask_over_the_limit,
    ask_not_agency,
]


@pytest.mark.parametrize("case", [ask_rightly, *REFUSED])
def test_one_answer_and_the_same_rows_for_everybody(portal: Portal, case: Case) -> None:
    browser = portal.browser()
    person = case(portal, browser)
    view = browser.view()
    assert view is not None
    assert (view.resend_in, view.minutes, view.mask[3:8]) == (60, 30, "*****")
    newest = portal.requests(person)[-1]
    assert (newest.tries, newest.used_at, newest.superseded_at) == (0, None, None)
    bound = portal.rows(ResetBinding, col(ResetBinding.browser) == browser.visitor.browser_ref)
    assert [row.request_id for row in bound] == [newest.id]
    written = len(portal.rows(ResetRequest))
    asked = [*portal.events(AuditTag.RESET_REQUESTED), *portal.events(AuditTag.RESET_REFUSED)]
    assert len(asked) == written, "each request has exactly one event"
    assert len(portal.events()) - len(asked) == (case is ask_over_the_limit), "and the limit one, when it is passed"
    assert len(portal.rows(OutboxMail)) == written, "and exactly one letter, be it to nobody"


def test_the_same_statements_for_everybody(both: Portal) -> None:
    """Asking, asking again, a wrong token: what the database is asked to do tells nothing."""
    both.disable(both.budi)
    asked = [(both.ani, None), (both.ani, "lain@elsewhere.example.com"), (nobody(), None), (both.dewi, None)]
    done = []
    for person, email in [*asked, (both.budi, None)]:
        browser = both.elsewhere()
        with statements(both.db) as run:
            browser.ask(person, email)
            browser.ask(person, email)
            with pytest.raises(CommittingUserError):
                browser.confirm("2222222")
            with after(61):
                browser.resend()
        done.append(run)
    assert done == [done[0]] * 5


@pytest.mark.parametrize("case", REFUSED)
def test_no_token_of_a_refused_request_works_and_the_page_says_the_same(portal: Portal, case: Case) -> None:
    browser = portal.browser()
    person = case(portal, browser)
    newest = portal.requests(person)[-1]
    assert newest.account_id is None
    said = []
    for _ in range(6):
        with pytest.raises(CommittingUserError) as refusal:
            browser.confirm(portal.token_of(newest.id))
        said.append((refusal.value.field, refusal.value.sentence))
    genuine = portal.browser()
    genuine.ask(portal.budi)
    for field, sentence in said:
        with pytest.raises(CommittingUserError) as refusal:
            genuine.confirm("2222222")
        assert (refusal.value.field, refusal.value.sentence) == (field, sentence)


@pytest.mark.parametrize(
    ("case", "letter"),
    [
        (ask_rightly, MailKind.TOKEN),
        (ask_wrong_address, MailKind.OTHER_EMAIL),
        (ask_not_approved, MailKind.CPNS_WAITING),
        (ask_disabled, MailKind.ACCOUNT_DISABLED),
        (ask_not_agency, MailKind.EMAIL_NOT_ALLOWED),
    ],
)
def test_the_letter_tells_the_person_what_the_page_does_not(portal: Portal, case: Case, letter: MailKind) -> None:
    person = case(portal, portal.browser())
    assert portal.letters(person) == [letter]
    assert portal.recipient(portal.mails(person)[0]) == person.email
    assert len(portal.outbox()) == 1


def test_no_letter_for_an_unknown_nip(portal: Portal) -> None:
    ask_unknown(portal, portal.browser())
    assert portal.outbox() == []


def test_an_account_without_an_address_gets_no_letter(portal: Portal) -> None:
    with portal.db.begin() as s:
        s.connection().exec_driver_sql(f"UPDATE pegawai SET email_key = NULL WHERE id = {portal.ani.pegawai_id}")
    portal.browser().ask(portal.ani)
    assert portal.outbox() == []


def test_an_approved_cpns_gets_a_token(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.dewi)
    portal.approve(portal.dewi)
    with after(61):
        browser.ask(portal.dewi)
        browser.confirm(portal.token(portal.dewi))
        browser.enter(portal.dewi, STRONG)


@pytest.mark.parametrize(
    ("policy", "domains", "letter", "warned"),
    [
        (DomainPolicy.ALLOW, [], MailKind.TOKEN, False),
        (DomainPolicy.WARN_FREE_MAIL, ["contoh.example.go.id"], MailKind.TOKEN, True),
        (DomainPolicy.AGENCY_ONLY, ["contoh.example.go.id"], MailKind.EMAIL_NOT_ALLOWED, False),
        (DomainPolicy.AGENCY_ONLY, ["gmail.com"], MailKind.TOKEN, False),
    ],
)
def test_policy_of_the_agency(
    portal: Portal, policy: DomainPolicy, domains: list[str], letter: MailKind, *, warned: bool
) -> None:
    portal.change_email(portal.ani, "ani-contoh@gmail.com")
    portal.set_policy(portal.ani, policy, domains)
    portal.browser().ask(portal.ani, "ani-contoh@gmail.com")
    mail = portal.mails(portal.ani)[-1]
    assert (mail.template, mail.params["free_mail"]) == (letter, warned)


@pytest.mark.parametrize(
    ("nip", "email", "fields"),
    [
        ("", "", {"nip", "email"}),
        ("12345", "ani@contoh.example.go.id", {"nip"}),
        ("198513122010012001", "ani@contoh.example.go.id", {"nip"}),
        ("198503122010012001", "bukan alamat", {"email"}),
        ("19850312201001200x", "@", {"nip", "email"}),
    ],
)
def test_only_the_form_is_told_at_once(portal: Portal, nip: str, email: str, fields: set[str]) -> None:
    with pytest.raises(FormError) as refusal:
        portal.browser().ask_typed(nip, email)
    assert set(refusal.value.faults) == fields
    assert portal.rows(ResetRequest) == []
    assert portal.counters() == []


def test_without_a_request_there_is_nothing_to_see(portal: Portal) -> None:
    portal.browser().ask(portal.ani)
    assert portal.browser().view() is None


@pytest.mark.parametrize(
    ("case", "field", "word"),
    [
        (ask_unknown, "nip", "NIP tidak ditemukan"),
        (ask_wrong_address, "email", "Email tidak sesuai"),
        (ask_not_approved, "nip", "menunggu persetujuan"),
        (ask_disabled, "nip", "belum dapat diaktifkan"),
        (ask_not_agency, "email", "email dinas"),
    ],
)
def test_explicit_answers_for_agencies_that_want_them(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, case: Case, field: str, word: str
) -> None:
    explicit(monkeypatch)
    browser = portal.browser()
    for _ in range(2):  # a second click is answered like the first
        with pytest.raises(CommittingUserError, match=word) as refusal:
            case(portal, browser)
        assert refusal.value.field == field
    assert len(portal.rows(ResetRequest)) == 1, "the try is kept and counted"


def test_explicit_answers_leave_the_right_pair_alone(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    explicit(monkeypatch)
    browser = portal.browser()
    browser.ask(portal.ani)
    browser.ask(portal.ani)
    browser.confirm(portal.token(portal.ani), OTHER)
    browser.enter(portal.ani, OTHER)


def explicit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSAPK_RECOVERY_ANSWER", "explicit")
    settings_module.get_settings.cache_clear()


def test_a_second_click_or_browser_joins_the_request_of_the_last_minute(portal: Portal) -> None:
    first, second = portal.browser(), portal.browser()
    first.ask(portal.ani)
    with after(59):
        first.ask(portal.ani)
        second.ask(portal.ani)
    assert portal.letters(portal.ani) == [MailKind.TOKEN]
    with after(10 * minutes):
        second.confirm(portal.token(portal.ani))


def test_many_requests_for_one_person_at_the_same_moment_are_one_letter(both: Portal) -> None:
    outcome = together(12, lambda _: both.browser().ask(both.ani))
    assert outcome == [None] * 12
    assert both.letters(both.ani) == [MailKind.TOKEN]
    assert len(both.requests(both.ani)) == 1
