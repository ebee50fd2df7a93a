"""Every kind of import, and who may start which."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.pdm.code_table_kind import CODE_TABLE_IMPORTS
from mysapk_web.pdm.records.import_kind import RECORD_IMPORTS
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.imports.kind import ImportKind, Kinds

KINDS: Final[Kinds] = MappingProxyType(
    {kind.key: kind for kind in (EMAIL_IMPORT, EMPLOYEE_IMPORT, *RECORD_IMPORTS, *CODE_TABLE_IMPORTS)}
)


def find_kind(key: str) -> ImportKind:
    """The kind with this key.

    Raises:
        UserError: There is none; all that exist are named.
    """
    if key not in KINDS:
        raise UserError(f"Jenis impor tidak dikenal. Pilih salah satu: {', '.join(KINDS)}.")
    return KINDS[key]


def importing_grants(actor: Actor, kind: ImportKind) -> list[Grant]:
    """The grants in force that let an actor import this kind."""
    return [
        grant
        for grant in actor.effective_grants
        if Permission(kind.permission) in MATRIX[grant.role] and not (kind.national and grant.instansi_id is not None)
    ]


def may_import(actor: Actor, kind: ImportKind) -> bool:
    """Whether an actor may import this kind at all; what of it is asked for each row."""
    return bool(importing_grants(actor, kind))


def require(actor: Actor, kind: ImportKind) -> None:
    """Refuse who may not import this kind.

    Raises:
        PermissionDenied: The actor may not.
    """
    if not may_import(actor, kind):
        raise PermissionDenied(f"import:{kind.key}")


def importable(actor: Actor) -> list[ImportKind]:
    """The kinds that an actor may import, in their order."""
    return [kind for kind in KINDS.values() if may_import(actor, kind)]
