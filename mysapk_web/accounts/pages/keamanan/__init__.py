"""`/keamanan`: password, sessions, logins, second factor."""

from mysapk_web.accounts.pages.keamanan.state import KeamananState
from mysapk_web.accounts.pages.keamanan.view import keamanan

__all__ = ["KeamananState", "keamanan"]
