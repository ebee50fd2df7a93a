"""Whether an address of a file may be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.administration.employee_import.org_lookup import AgencyRef
from mysapk_web.administration.employee_import.row import Email
from mysapk_web.organisation.rules.email import DomainVerdict, domain_verdict
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk

TAKEN_NOTE: Final = "Alamat email dipakai pegawai lain, jadi tidak disimpan; minta alamat yang lain."
NOT_AGENCY_NOTE: Final = (
    "Domain alamat email tidak termasuk domain instansi, jadi tidak disimpan; minta alamat email instansi."
)
FREE_MAIL_NOTE: Final = "Alamat email memakai layanan gratis; instansi menyarankan alamat email instansi."
TRIMMED_NOTE: Final = "Spasi di sekitar alamat email diabaikan."


@dataclass(frozen=True, slots=True)
class EmailAnswer:
    """Whether an address is taken over, and what to say of it."""

    accepted: bool
    notes: tuple[str, ...] = ()


def email_verdict(email: Email, agency: AgencyRef, holders: Mapping[str, int], owner: int) -> EmailAnswer:
    """Decide on an address that is new for a person; `owner` is the id under which they stand in `holders`."""
    if holders.get(email.key, owner) != owner:
        return EmailAnswer(accepted=False, notes=(TAKEN_NOTE,))
    verdict = domain_verdict(email.key, agency.policy, agency.domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return EmailAnswer(accepted=False, notes=(NOT_AGENCY_NOTE,))
    notes: tuple[str, ...] = (TRIMMED_NOTE,) if email.trimmed else ()
    if verdict is DomainVerdict.FREE_MAIL_WARNING:
        notes += (FREE_MAIL_NOTE,)
    return EmailAnswer(accepted=True, notes=notes)


def holders_of(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Ids of the people who have these normalised addresses, of which there are at most some thousands."""
    rows = session.exec(
        select(Pegawai.email_key, Pegawai.id).where(bulk.one_of(session, col(Pegawai.email_key), list(keys)))
    )
    return {key: id_ for key, id_ in rows if key is not None and id_ is not None}
