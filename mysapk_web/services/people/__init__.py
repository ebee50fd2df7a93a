"""People and their accounts as admins see them and act on them, and the roles they hold (pages `/admin/pegawai`, `/admin/peran`)."""

from mysapk_web.services.people.accounts import (
    MAX_REASON,
    approve_cpns,
    cancel_reset,
    disable_account,
    enable_account,
    end_sessions,
    remove_second_factor,
    start_reset,
    unlock,
)
from mysapk_web.services.people.file import SHOWN, Act, HeldRole, PersonFile, person_file
from mysapk_web.services.people.first_admin import create_admin, remove_second_factor_of
from mysapk_web.services.people.grants import (
    LAST_ADMIN,
    Proposed,
    drop_roles_of_moved,
    grant_role,
    grantable_by,
    propose_role,
    revoke_role,
)
from mysapk_web.services.people.roles import Candidate, GrantLine, candidate, find_candidates, list_grants, suggest_for
from mysapk_web.services.people.search import (
    COUNTED,
    AccountState,
    Order,
    PdmStep,
    PersonLine,
    Wanted,
    reaches_all_agencies,
    search,
)
from mysapk_web.services.people.units import suggest

__all__ = [
    "COUNTED",
    "LAST_ADMIN",
    "MAX_REASON",
    "SHOWN",
    "AccountState",
    "Act",
    "Candidate",
    "GrantLine",
    "HeldRole",
    "Order",
    "PdmStep",
    "PersonFile",
    "PersonLine",
    "Proposed",
    "Wanted",
    "approve_cpns",
    "cancel_reset",
    "candidate",
    "create_admin",
    "disable_account",
    "drop_roles_of_moved",
    "enable_account",
    "end_sessions",
    "find_candidates",
    "grant_role",
    "grantable_by",
    "list_grants",
    "person_file",
    "propose_role",
    "reaches_all_agencies",
    "remove_second_factor",
    "remove_second_factor_of",
    "revoke_role",
    "search",
    "start_reset",
    "suggest",
    "suggest_for",
    "unlock",
]
