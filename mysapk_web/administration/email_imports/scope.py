"""Whose scope counts in a step of an import: read again at every chunk, because a role may be revoked meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from mysapk_web.administration.email_imports.token_owners import answered_for
from mysapk_web.administration.tables.email_import import EmailImport, ImportToken
from mysapk_web.organisation.actor import Grant
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role, roles_below
from mysapk_web.organisation.scope import people_covered_by
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock


class ReachLost(Exception):  # noqa: N818  a state of the world, told to whoever started the run
    """Who started the step may no longer do it. `str()` is an Indonesian sentence."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a step may touch.

    Attributes:
        account_id: Who acts; None for a token and for the command line.
        roles: Roles that somebody else may hold without being out of reach (`organisation.rules.roles.roles_below`).
    """

    account_id: int | None
    within: ColumnElement[bool] = field(repr=False)
    roles: Collection[Role]


LOST: Final = "Peran yang memulai pekerjaan ini sudah tidak berlaku, jadi pekerjaan dihentikan."
TOKEN_LOST: Final = "Token yang memulai pekerjaan ini sudah dicabut atau berakhir, jadi pekerjaan dihentikan."
MAKER_LOST: Final = (
    "Pembuat token ini tidak lagi menjadi admin instansi, jadi pekerjaan dihentikan. "
    "Buat token baru untuk sistem itu, lalu kirim lagi berkasnya."
)


def reach_of(session: Session, run: EmailImport) -> Reach:
    """What the present step of a run may touch, as things are now.

    Args:
        run: With `acting`, `token_id`, or neither (the command line, which reaches everybody).

    Raises:
        ReachLost: Role, token or the maker of the token are gone.
    """
    if run.acting is not None:
        return _of_account(session, run.acting)
    if run.token_id is not None:
        return _of_token(session, run.token_id)
    return Reach(None, true(), frozenset(Role))


def _of_account(session: Session, account_id: int) -> Reach:
    account = session.get(Account, account_id, populate_existing=True)
    rows = session.exec(
        select(RoleGrant.role, RoleGrant.instansi_id, Unor.path)
        .join(Unor, col(Unor.id) == RoleGrant.unor_id, isouter=True)
        .where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None))
    ).all()
    grants = [Grant(Role(role), instansi_id, jalur) for role, instansi_id, jalur in rows]
    usable = account is not None and account.disabled_at is None and account.totp_confirmed_at is not None
    if not usable or not any(Permission.EMAIL_IMPORT in MATRIX[grant.role] for grant in grants):
        raise ReachLost(LOST)
    roles = roles_below(grant.role for grant in grants)
    return Reach(account_id, people_covered_by(grants, Permission.EMAIL_IMPORT), roles)


def _of_token(session: Session, token_id: int) -> Reach:
    token = session.get(ImportToken, token_id, populate_existing=True)
    if token is None or token.revoked_at is not None or token.expires_at <= clock.now():
        raise ReachLost(TOKEN_LOST)
    if session.exec(select(ImportToken.id).where(ImportToken.id == token_id, answered_for())).one_or_none() is None:
        raise ReachLost(MAKER_LOST)
    # Nobody looks on, and without a second factor the address is the account: no role is within reach of a token.
    return Reach(None, col(Pegawai.instansi_id) == token.instansi_id, frozenset())
