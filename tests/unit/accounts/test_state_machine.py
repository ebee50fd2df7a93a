"""Whatever people do in whatever order: one living token, the password that was set last, no session for who is disabled."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col

from mysapk_web.accounts import login
from mysapk_web.accounts.one_time_tokens import fault_of
from mysapk_web.accounts.passwords import verify_password
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.rate_limits import ACCOUNT_FAILURES
from mysapk_web.settings import Settings
from tests.support.attempts import refusal_of
from tests.support.portal import START, WRONG, Browser, settle

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
STEPS = [1, 29, 30, 60, 61, 119, 15 * 60, 30 * 60, 86400]


@dataclass
class Failures:
    """Failed logins in a row, the end of their wait, and when they are forgotten."""

    count: int = 0
    free_at: datetime = START
    forgotten_at: datetime = START


class Account(RuleBasedStateMachine):
    """Ani's account, three browsers of hers and what they may do; the model beside it is a handful of plain values."""

    template: Path
    folder: Path
    portal_settings: Settings
    _numbers = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.now = START
        clock._source = lambda: self.now
        path = self.folder / f"{next(self._numbers)}.db"
        shutil.copy(self.template, path)
        self.path = path
        self.portal = settle(Database(f"sqlite:///{path}"), self.portal_settings)
        self.ani = self.portal.ani
        self.email = self.ani.email
        self.password = self.ani.password or ""
        self.used: list[str] = [WRONG]
        self.disabled = False
        self.everywhere, self.owners = Failures(), Failures()
        self.reset_at: dict[int, datetime] = {}
        self.browsers = [self.portal.browser() for _ in range(3)]
        self.counter = itertools.count()

    def teardown(self) -> None:
        if hasattr(self, "portal"):
            self.portal.db.dispose()
            self.path.unlink()
        clock._source = lambda: START

    browser = st.integers(0, 2)

    def at(self, number: int) -> Browser:
        """A browser in a network that nobody used yet: the limits of addresses have tests of their own."""
        browser = self.browsers[number]
        network = next(self.counter)
        browser.address = f"10.{network // 250}.{network % 250}.1"
        return browser

    def fresh(self) -> str:
        number = next(self.counter)
        return f"Kx7-{LETTERS[number % 24]}{number}-pqwv"

    @rule(browser=browser, rightly=st.booleans())
    def request(self, browser: int, *, rightly: bool) -> None:
        self.at(browser).ask(self.ani, self.email if rightly else "lain@elsewhere.example.com")
        assert self.at(browser).view() is not None

    @rule(browser=browser)
    def resend(self, browser: int) -> None:
        view = self.at(browser).view()
        refused = refusal_of(self.at(browser).resend)
        assert (refused is not None) == (view is None or view.resend_in > 0)

    @precondition(lambda self: MailKind.TOKEN in self.portal.letters(self.ani))
    @rule(browser=browser, follow=st.booleans())
    def confirm_rightly(self, browser: int, *, follow: bool) -> None:
        """With the newest token there is; by the link of the mail, or with whatever the browser is bound to."""
        mail = [mail for mail in self.portal.mails(self.ani) if mail.template == MailKind.TOKEN][-1]
        request = next(row for row in self.portal.requests(self.ani) if row.id == mail.params["request"])
        before = self.portal.account(self.ani)
        alive = self.is_alive(request, before.version)
        here = self.at(browser)
        if follow:
            here.follow(request.id)
        new = self.fresh()
        if refusal_of(here.confirm, self.portal.token_of(request.id), new):
            assert not (alive and follow), "a living token in a browser bound to it works"
            assert self.portal.account(self.ani).password_hash == before.password_hash
        else:
            assert alive
            self.was_set(new)
            self.everywhere, self.owners = Failures(), Failures()
            self.reset_at[browser] = self.now

    @rule(browser=browser)
    def confirm_wrongly(self, browser: int) -> None:
        assert refusal_of(self.at(browser).confirm, "2222222", self.fresh())

    @rule(browser=browser)
    def change_password(self, browser: int) -> None:
        here = self.at(browser)
        if not here.inside:
            return
        new = self.fresh()
        refused = refusal_of(here.change_password, self.password, new)
        if refused:
            assert "Tunggu 15 menit" in refused.sentence
        else:
            self.was_set(new)  # only a reset clears the waits of the login
            assert here.take() is not None

    def was_set(self, new: str) -> None:
        self.used.append(self.password)
        self.password = new

    def failures_of(self, browser: int) -> Failures:
        """What the next login in a browser is counted with: apart where it can only be Ani's."""
        reset = self.reset_at.get(browser)
        is_owner = bool(self.browsers[browser].cookie) or (reset is not None and self.now - reset < login.AFTER_RESET)
        return self.owners if is_owner else self.everywhere

    @rule(browser=browser, rightly=st.booleans(), takes=st.booleans())
    def log_in(self, browser: int, *, rightly: bool, takes: bool) -> None:
        failures = self.failures_of(browser)
        if self.now >= failures.forgotten_at:
            failures.count = 0
        waits = self.now < failures.free_at
        here = self.at(browser)
        typed = self.password if rightly else self.used[-1]
        refused = refusal_of(here.login, self.ani, typed)
        assert (refused is None) == (rightly and not waits and not self.disabled)
        if refused is None:
            self.everywhere, self.owners = Failures(), Failures()
            assert not takes or here.take() is not None
        elif waits:
            assert refused.sentence != login.WRONG_CREDENTIALS
        else:
            assert refused.sentence == login.WRONG_CREDENTIALS
            failures.count += 1
            failures.free_at = self.now + ACCOUNT_FAILURES.wait_after(failures.count)
            failures.forgotten_at = self.now + timedelta(days=1)

    @rule(browser=browser)
    def enter(self, browser: int) -> None:
        self.log_in(browser, rightly=True, takes=True)

    @rule(browser=browser)
    def reset(self, browser: int) -> None:
        self.request(browser, rightly=True)
        if MailKind.TOKEN in self.portal.letters(self.ani):
            self.confirm_rightly(browser, follow=True)

    @rule(browser=browser)
    def take(self, browser: int) -> None:
        opened = self.at(browser).take()
        assert opened is None or not self.disabled

    @rule(browser=browser)
    def log_out(self, browser: int) -> None:
        here = self.at(browser)
        inside = here.inside
        here.log_out()
        assert not here.inside
        # Without a session a pending login stays: the pre-session cookie alone must not keep somebody else from theirs.
        assert not inside or here.take() is None

    @rule()
    def change_email(self) -> None:
        self.email = f"ani.{next(self.counter)}@contoh.example.go.id"
        self.portal.change_email(self.ani, self.email)
        assert not any(browser.inside for browser in self.browsers)

    @rule()
    def disable(self) -> None:
        self.portal.disable(self.ani)
        self.disabled = True

    @rule()
    def enable(self) -> None:
        self.portal.enable(self.ani)
        self.disabled = False

    @rule(step=st.sampled_from(STEPS))
    def time_passes(self, step: int) -> None:
        self.now += timedelta(seconds=step)

    def is_alive(self, request: ResetRequest, version: int) -> bool:
        return not self.disabled and request.account_version == version and not fault_of(request)

    @invariant()
    def one_living_token_at_most(self) -> None:
        version = self.portal.account(self.ani).version
        mine = self.portal.rows(ResetRequest, col(ResetRequest.account_id) == self.ani.account_id)
        assert len([row for row in mine if self.is_alive(row, version)]) <= 1

    @invariant()
    def the_password_that_was_set_last_and_no_other(self) -> None:
        stored = self.portal.account(self.ani).password_hash
        assert verify_password(self.password, stored, self.portal_settings)
        assert not verify_password(self.used[-1], stored, self.portal_settings)

    @invariant()
    def nobody_is_inside_a_disabled_account(self) -> None:
        assert not (self.disabled and any(browser.inside for browser in self.browsers))


def test_any_order_of_acts(sqlite_template: Path, tmp_path: Path, portal_settings: Settings) -> None:
    machine = type(
        "Case", (Account,), {"template": sqlite_template, "folder": tmp_path, "portal_settings": portal_settings}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.reuse, Phase.generate, Phase.shrink),
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
