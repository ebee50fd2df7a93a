"""Whose scope counts in a step of an import: read again at every chunk, because a role may be revoked meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Grant
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role, roles_below
from mysapk_web.organisation.scope import people_covered_by
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.platform.imports.kind import ScopeLostError
from mysapk_web.platform.imports.rules import CommonVerdict
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.rules.audit_payload import AuditPayload

LOST: Final = "Peran yang memulai pekerjaan ini sudah tidak berlaku, jadi pekerjaan dihentikan."


@dataclass(frozen=True, slots=True)
class ImportScope:
    """What a step may touch."""

    account_id: int | None
    """Who acts; None for a token and for the command line."""
    within: ColumnElement[bool] = field(repr=False)
    """Condition over pegawai joined with unor."""
    roles: Collection[Role]
    """Roles that somebody else may hold without being out of reach (`organisation.rules.roles.roles_below`)."""
    grants: tuple[Grant, ...] | None = None
    """Grants that give the permission; None for everything."""

    @property
    def is_national(self) -> bool:
        """Whether all agencies are within."""
        return self.grants is None or any(grant.instansi_id is None for grant in self.grants)

    def covers_unit(self, instansi_id: int, path: str) -> bool:
        """Whether a unit is within."""
        return self.is_national or any(
            grant.instansi_id == instansi_id and path.startswith(grant.unor_path or "") for grant in self.grants or ()
        )

    def may(self, permission: Permission) -> bool:
        """Whether the grants give another permission, too."""
        return self.grants is None or any(permission in MATRIX[grant.role] for grant in self.grants)

    def refusal(self, *, account_id: int | None, within: bool, roles: Collection[Role]) -> CommonVerdict | None:
        """Why a person on file is not for this run to change; None: they are."""
        if not within:
            return CommonVerdict.OUT_OF_SCOPE
        if account_id is not None and account_id == self.account_id:
            return CommonVerdict.OWN_ACCOUNT
        return None if frozenset(roles) <= frozenset(self.roles) else CommonVerdict.HIGHER_ROLE


def scope_of(session: Session, run: ImportRun, permission: Permission) -> ImportScope:
    """What the present step of a run may touch, as things are now; the command line reaches everybody.

    Raises:
        ScopeLostError: The role is gone.
    """
    if run.acting is None:
        return ImportScope(None, true(), frozenset(Role))
    account = session.get(Account, run.acting, populate_existing=True)
    rows = session.exec(
        select(RoleGrant.role, RoleGrant.instansi_id, Unor.path)
        .join(Unor, col(Unor.id) == RoleGrant.unor_id, isouter=True)
        .where(RoleGrant.account_id == run.acting, col(RoleGrant.revoked_at).is_(None))
    ).all()
    grants = [Grant(Role(role), instansi_id, jalur) for role, instansi_id, jalur in rows]
    usable = account is not None and account.disabled_at is None and account.totp_confirmed_at is not None
    giving = tuple(grant for grant in grants if permission in MATRIX[grant.role])
    if not usable or not giving:
        raise ScopeLostError(LOST)
    roles = roles_below(grant.role for grant in grants)
    return ImportScope(run.acting, people_covered_by(giving, permission), roles, giving)


def record_run(session: Session, run: ImportRun, event: AuditPayload) -> None:
    """Write into the audit log which end a run came to."""
    audit.record(session, event, actor_id=run.acting, instansi_id=run.instansi_id)
