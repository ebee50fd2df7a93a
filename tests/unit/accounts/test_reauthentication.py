"""Before a grave act password or code are asked again, unless they were shown within ten minutes."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path

import pytest

import mysapk_web
from mysapk_web.accounts.security.change_email import request_email_change
from mysapk_web.accounts.security.reauthentication import (
    reauthenticate,
    recently_authenticated,
    require_reauthentication,
)
from mysapk_web.pdm.profile import view
from mysapk_web.platform.errors import CommittingUserError, FormError, ReauthenticationRequired
from mysapk_web.rate_limits import ACCOUNT_FAILURES, PASSWORD_CONFIRM_PER_ACCOUNT
from tests.support.authenticators import Phone
from tests.support.portal import WRONG, Browser, Portal, after, minutes

SOURCE = Path(mysapk_web.__file__).parent


def show(browser: Browser, proof: str) -> None:
    reauthenticate(browser.portal.db, browser.actor, proof=proof)


@pytest.fixture
def budi(portal: Portal) -> tuple[Browser, Phone]:
    """Budi has logged in with password and code."""
    phone = Phone(portal.give_authenticator(portal.budi))
    return portal.browser().enter(portal.budi, code=phone.code()), phone


def test_a_login_is_good_for_ten_minutes(budi: tuple[Browser, Phone]) -> None:
    browser, _ = budi
    require_reauthentication(browser.actor)
    with after(10 * minutes - 1):
        require_reauthentication(browser.actor)
    with after(10 * minutes), pytest.raises(ReauthenticationRequired) as refused:
        require_reauthentication(browser.actor)
    assert refused.value.field == "konfirmasi"


@pytest.mark.parametrize(("age", "recent"), [(10 * minutes - 1, True), (10 * minutes, False)])
def test_a_new_address_asks_at_the_very_moment_at_which_every_other_act_does(
    portal: Portal, age: int, *, recent: bool
) -> None:
    browser = portal.browser().enter(portal.ani)
    with after(age):
        assert recently_authenticated(browser.actor) is recent
        with portal.db.read() as s:
            assert view.load_profile(s, browser.actor).address.needs_password is not recent
        with nullcontext() if recent else pytest.raises(FormError, match="Isi password"):
            request_email_change(portal.db, browser.actor, email="baru@contoh.example.go.id")


def test_nothing_else_decides_what_is_recent() -> None:
    """The column is compared in one module; others write it or hand it on."""
    compared = re.compile(r"reauthenticated_at\s*(?:[-+<>]|is\b)|[-+<>]=?\s*[\w.]*reauthenticated_at")
    deciding = {path.name for path in SOURCE.rglob("*.py") if compared.search(path.read_text(encoding="utf-8"))}
    assert deciding == {"reauthentication.py"}


@pytest.mark.parametrize("proof", ["password", "code", "code with a blank"])
def test_password_or_code_open_the_next_ten_minutes(budi: tuple[Browser, Phone], proof: str, portal: Portal) -> None:
    browser, phone = budi
    with after(15 * minutes):
        code = phone.code()
        show(browser, {"password": portal.budi.password or "", "code": code}.get(proof, f"{code[:3]} {code[3:]} "))
        require_reauthentication(browser.actor)
    with after(24 * minutes):
        require_reauthentication(browser.actor)
    with after(25 * minutes):
        assert not recently_authenticated(browser.actor)


def test_it_opens_this_session_only(budi: tuple[Browser, Phone], portal: Portal) -> None:
    browser, phone = budi
    with after(1 * minutes):
        other = portal.browser().enter(portal.budi, code=phone.code())
    with after(15 * minutes):
        show(browser, phone.code())
        assert recently_authenticated(browser.actor)
        assert not recently_authenticated(other.actor)


@pytest.mark.parametrize("kind", ["password", "code", "recovery code"])
def test_wrong_proofs_open_nothing_and_are_counted(budi: tuple[Browser, Phone], kind: str) -> None:
    browser, phone = budi
    wrong = {"password": WRONG, "code": phone.wrong(), "recovery code": "ABCDE-FGHJK-MNPQ"}[kind]
    tries = ACCOUNT_FAILURES.free + 1 if kind == "code" else PASSWORD_CONFIRM_PER_ACCOUNT.count
    with after(20 * minutes):
        for _ in range(tries):
            with pytest.raises(CommittingUserError, match="tidak cocok") as refused:
                show(browser, wrong)
            assert refused.value.field == "konfirmasi"
        with pytest.raises(CommittingUserError, match="Terlalu banyak"):
            show(browser, phone.code() if kind == "code" else browser.portal.budi.password or "")
        assert not recently_authenticated(browser.actor)


def test_a_code_works_once_here_too(budi: tuple[Browser, Phone]) -> None:
    browser, phone = budi
    with after(20 * minutes):
        show(browser, phone.code())
        with pytest.raises(CommittingUserError):
            show(browser, phone.code())


def test_who_has_no_authenticator_shows_the_password(portal: Portal) -> None:
    browser = portal.browser().enter(portal.ani)
    with after(20 * minutes):
        with pytest.raises(CommittingUserError):
            show(browser, "123456")
        show(browser, portal.ani.password or "")
        assert recently_authenticated(browser.actor)


@pytest.mark.parametrize("proof", ["", "   "])
def test_something_has_to_be_typed(budi: tuple[Browser, Phone], proof: str) -> None:
    with pytest.raises(FormError) as refused:
        show(budi[0], proof)
    assert list(refused.value.faults) == ["konfirmasi"]
