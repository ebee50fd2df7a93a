"""`/admin/peran`: who holds which role, and giving and taking roles."""

from mysapk_web.administration.pages.peran.state import PeranState
from mysapk_web.administration.pages.peran.view import peran

__all__ = ["PeranState", "peran"]
