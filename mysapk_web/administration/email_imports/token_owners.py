"""Who stands behind a token: an admin of its agency, who may leave while the token still has months to live."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation.notices import notify
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.mail.queue import MailKind, enqueue

_MAKERS: Final = tuple(role for role in Role if Permission.EMAIL_TOKEN in MATRIX[role])
_PAGE: Final = "/admin/email?bagian=token"


def answered_for() -> ColumnElement[bool]:
    """Condition over `token_impor`: its maker has been an admin of its agency without a break, and the account is in use.

    A role that was taken and given again doesn't wake the tokens of before: whoever took it didn't ask about them.
    """
    return (
        exists()
        .where(
            *_in_office(col(ImportToken.instansi_id)),
            col(Account.id) == col(ImportToken.created_by),
            col(RoleGrant.granted_at) <= col(ImportToken.created_at),
        )
        .correlate(ImportToken)
    )


def tell_admins(session: Session, token: ImportToken, made_by: int) -> None:
    """Write to all admins of the agency, its maker too, that there is a new token: it acts for months and without anybody's look."""
    name = session.exec(
        select(Pegawai.name).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Account.id == made_by)
    ).one()
    admins = session.exec(
        select(Account.id, Pegawai.email_key).where(*_in_office(token.instansi_id)).distinct().order_by(col(Account.id))
    ).all()
    for account_id, address in admins:
        notify(
            session,
            account_id or 0,
            title="Token impor email dibuat",
            text=f"{name} membuat token impor email untuk {token.label}. Bila Anda tidak mengenalnya, cabut token itu.",
            path=_PAGE,
            by_mail=False,
        )
        if address:
            enqueue(session, MailKind.IMPORT_TOKEN_CREATED, account_id=account_id, label=token.label, by=name)


def _in_office(instansi_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Conditions over accounts, people and grants: who may make tokens of an agency now."""
    return (
        col(Pegawai.id) == col(Account.pegawai_id),
        col(RoleGrant.account_id) == col(Account.id),
        col(RoleGrant.role).in_(_MAKERS),
        col(RoleGrant.revoked_at).is_(None),
        col(RoleGrant.instansi_id) == instansi_id,
        col(Pegawai.instansi_id) == instansi_id,
        col(Account.disabled_at).is_(None),
    )
