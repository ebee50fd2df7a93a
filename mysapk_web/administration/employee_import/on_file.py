"""People as they are on file, as far as an import of the rolls needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.administration.employee_import.org_lookup import AgencyRef
from mysapk_web.administration.managed_account import roles_by_account
from mysapk_web.organisation.import_scope import ImportScope
from mysapk_web.organisation.rules.pegawai import Eligibility, JenisPegawai, eligibility
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk


@dataclass(frozen=True, slots=True)
class PersonOnFile:
    """A person on file."""

    pegawai_id: int
    account_id: int | None
    disabled: bool
    agency: AgencyRef
    within: bool
    roles: frozenset[Role]
    email: str | None = field(repr=False)
    email_key: str | None = field(repr=False)
    values: dict[str, Any] = field(repr=False)
    """By attribute of `Pegawai`."""

    @property
    def jenis(self) -> JenisPegawai:
        """The kind of employment."""
        return JenisPegawai(self.values["jenis"])

    def eligibility_with(self, values: dict[str, Any]) -> Eligibility:
        """Whether the account may be activated once these columns have changed."""
        now = {**self.values, **values}
        return eligibility(
            jenis=JenisPegawai(now["jenis"]),
            approved=now["approved_at"] is not None,
            disabled=self.account_id is not None and self.disabled,
            has_email=True,
        )


def people_on_file(session: Session, nips: Sequence[str], scope: ImportScope) -> dict[str, PersonOnFile]:
    """The people with these numbers, at most some thousands; whether each is within the scope is found by the query."""
    rows = session.execute(
        select(  # type: ignore[call-overload]  # more columns than the overloads know
            Pegawai.nip,
            Pegawai.id,
            col(Account.id).label("account_id"),
            Account.disabled_at,
            scope.within.label("within"),
            Instansi,
            Pegawai.email,
            Pegawai.email_key,
            col(Pegawai.name).label("name"),
            col(Pegawai.title_prefix).label("title_prefix"),
            col(Pegawai.title_suffix).label("title_suffix"),
            col(Pegawai.jenis).label("jenis"),
            col(Pegawai.birth_date).label("birth_date"),
            col(Pegawai.gender).label("gender"),
            col(Pegawai.instansi_id).label("instansi_id"),
            col(Pegawai.unor_id).label("unor_id"),
            col(Pegawai.approved_at).label("approved_at"),
        )
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id, isouter=True)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(bulk.one_of(session, col(Pegawai.nip), nips))
    ).all()
    roles = roles_by_account(session, [row.account_id for row in rows if row.account_id is not None])
    return {
        row.nip: PersonOnFile(
            pegawai_id=row.id,
            account_id=row.account_id,
            disabled=row.disabled_at is not None,
            agency=AgencyRef.of(row.Instansi),
            within=bool(row.within),
            roles=roles.get(row.account_id, frozenset()),
            email=row.email,
            email_key=row.email_key,
            values={name: row._mapping[name] for name in _VALUES},
        )
        for row in rows
    }


_VALUES = (
    "name",
    "title_prefix",
    "title_suffix",
    "jenis",
    "birth_date",
    "gender",
    "instansi_id",
    "unor_id",
    "approved_at",
)
