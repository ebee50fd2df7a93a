"""`/admin/email`: repair one address, decide requests, import from another system, tokens for doing so over HTTP."""

from mysapk_web.ui.admin.email.state import EmailState
from mysapk_web.ui.admin.email.view import email

__all__ = ["EmailState", "email"]
