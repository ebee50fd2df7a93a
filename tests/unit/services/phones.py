"""The authenticator app on the phone of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from mysapk_web.services import clock, security
from mysapk_web.services.database import in_transaction
from tests.unit.services.people import Browser

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
    return in_transaction(browser.portal.db, security.recovery_codes, browser.actor)
