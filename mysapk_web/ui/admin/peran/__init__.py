"""`/admin/peran`: who holds which role, and giving and taking roles."""

from mysapk_web.ui.admin.peran.state import PeranState
from mysapk_web.ui.admin.peran.view import peran

__all__ = ["PeranState", "peran"]
