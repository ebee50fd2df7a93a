"""Activation and forgotten password: asking for a token, and using it (DESIGN 4)."""

from mysapk_web.services.recovery.asking import (
    RecoveryView,
    dead_after,
    request_token,
    resend_token,
    view,
)
from mysapk_web.services.recovery.browsers import bind_by_mail
from mysapk_web.services.recovery.confirming import confirm, judge
from mysapk_web.services.recovery.finding import account_eligibility
from mysapk_web.services.recovery.starting import cancel_tokens, has_token, send_token

__all__ = [
    "RecoveryView",
    "account_eligibility",
    "bind_by_mail",
    "cancel_tokens",
    "confirm",
    "dead_after",
    "has_token",
    "judge",
    "request_token",
    "resend_token",
    "send_token",
    "view",
]
