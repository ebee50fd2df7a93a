"""The authenticator app on the phone of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from mysapk_web.accounts.security.two_factor import create_recovery_codes
from mysapk_web.platform import clock
from mysapk_web.platform.executors import in_transaction
from tests.support.portal import Browser

STEP = 30


@dataclass
class Phone:
    """The authenticator of a person."""

    secret: str

    def code(self, drift: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=drift * STEP))

    def wrong(self) -> str:
        """Six digits that belong to none of the steps around now."""
        near = {self.code(drift) for drift in range(-3, 4)}
        return next(code for code in ("000000", *(f"{number:06}" for number in range(1, 9))) if code not in near)


def codes_of(browser: Browser) -> list[str]:
    return in_transaction(browser.portal.db, create_recovery_codes, browser.actor)
