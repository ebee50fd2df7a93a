"""`/keamanan`: password, sessions, logins, second factor."""

from mysapk_web.ui.keamanan.state import KeamananState
from mysapk_web.ui.keamanan.view import keamanan

__all__ = ["KeamananState", "keamanan"]
