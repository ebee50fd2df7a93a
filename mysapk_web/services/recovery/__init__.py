"""Activation and forgotten password: asking for a token, and using it (DESIGN 4)."""

from mysapk_web.services.recovery.asking import (
    RecoveryView,
    account_eligibility,
    bind,
    dead_after,
    request_token,
    resend_token,
    view,
)
from mysapk_web.services.recovery.confirming import confirm, judge

__all__ = [
    "RecoveryView",
    "account_eligibility",
    "bind",
    "confirm",
    "dead_after",
    "judge",
    "request_token",
    "resend_token",
    "view",
]
