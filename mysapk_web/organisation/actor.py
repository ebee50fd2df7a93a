"""The acting person of a use case, with role and scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mysapk_web.organisation.rules.roles import Permission, Role, may
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied

NOT_FOUND: Final = "Yang Anda minta tidak ditemukan. Mungkin sudah dihapus atau dipindahkan, atau di luar wilayah Anda."


class NotFoundError(PermissionDenied):
    """Missing or out of scope: one sentence for both, so that it reveals neither."""

    def __init__(self, detail: str, sentence: str = NOT_FOUND) -> None:
        super().__init__(detail)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    instansi_id: int | None = None
    """None: every agency (admin_bkn)."""
    unor_path: str | None = None
    """Prefix of `Unor.path` the grant is limited to; None: the whole agency."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-in person, read again from the database at every event."""

    account_id: int
    pegawai_id: int
    instansi_id: int
    session_ref: str
    session_expires_at: datetime
    version: int
    seen_at: datetime
    client: ClientContext = field(default_factory=ClientContext, repr=False)
    grants: tuple[Grant, ...] = ()
    """All grants in force."""
    second_factor: bool = False
    """Whether this session passed the second factor: without it the grants give nothing."""
    has_second_factor: bool = False
    """Whether the account has an authenticator at all."""
    reauthenticated_at: datetime | None = None

    @property
    def effective_grants(self) -> tuple[Grant, ...]:
        return self.grants if self.second_factor else ()

    @property
    def roles(self) -> frozenset[Role]:
        """Roles in force; everybody is pegawai for their own data."""
        return frozenset({Role.PEGAWAI, *(grant.role for grant in self.effective_grants)})

    def may(self, permission: Permission) -> bool:
        """Whether any role in force gives the permission; the query checks its scope."""
        return may(self.roles, permission)

    def require(self, permission: Permission) -> None:
        """Raises `PermissionDenied` unless a role in force gives the permission."""
        if not self.may(permission):
            raise PermissionDenied(permission.value)
