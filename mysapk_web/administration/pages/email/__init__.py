"""`/admin/email`: repair one address, decide requests, import from another system, tokens for doing so over HTTP."""

from mysapk_web.administration.pages.email.state import EmailState
from mysapk_web.administration.pages.email.view import email

__all__ = ["EmailState", "email"]
