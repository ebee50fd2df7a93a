"""People and their accounts as admins see them and act on them, and the roles they hold (pages `/admin/pegawai`, `/admin/peran`)."""

from mysapk_web.services.people.accounts import (
    MAX_REASON,
    approve_cpns,
    disable_account,
    enable_account,
    end_sessions,
    remove_second_factor,
    start_reset,
    unlock,
)
from mysapk_web.services.people.grants import (
    create_admin,
    drop_roles_of_moved,
    grant_role,
    grantable_by,
    revoke_role,
)
from mysapk_web.services.people.units import suggest

__all__ = [
    "MAX_REASON",
    "approve_cpns",
    "create_admin",
    "disable_account",
    "drop_roles_of_moved",
    "enable_account",
    "end_sessions",
    "grant_role",
    "grantable_by",
    "remove_second_factor",
    "revoke_role",
    "start_reset",
    "suggest",
    "unlock",
]
