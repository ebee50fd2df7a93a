"""What both imports share: chunks, NIPs that come twice, and whether an address may be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.administration.employee_import.org_lookup import Agency
from mysapk_web.administration.employee_import.row import Email
from mysapk_web.organisation.rules.email import DomainVerdict, domain_verdict
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk
from mysapk_web.platform.tabular import RowFault

TAKEN_NOTE: Final = "Alamat email dipakai pegawai lain, jadi tidak disimpan; minta alamat yang lain."
NOT_AGENCY_NOTE: Final = (
    "Domain alamat email tidak termasuk domain instansi, jadi tidak disimpan; minta alamat email instansi."
)
FREE_MAIL_NOTE: Final = "Alamat email memakai layanan gratis; instansi menyarankan alamat email instansi."
TRIMMED_NOTE: Final = "Spasi di sekitar alamat email diabaikan."


@dataclass(slots=True)
class Seen:
    """The NIPs of a file with the line they stood in: some hundred bytes a row."""

    _lines: dict[int, int] = field(default_factory=dict)

    def first_time(self, nip: str, line: int) -> None:
        """Note a NIP.

        Raises:
            RowFault: It came before.
        """
        before = self._lines.setdefault(int(nip), line)
        if before != line:
            raise RowFault(f"NIP ini sudah ada di baris {before} berkas yang sama. Hapus salah satu barisnya.")


@dataclass(frozen=True, slots=True)
class EmailVerdict:
    """Whether an address is taken over, and what to tell of it.

    Attributes:
        accepted: False: the person keeps what is on file.
    """

    accepted: bool
    notes: tuple[str, ...] = ()


def judge_email(email: Email, agency: Agency, holders: Mapping[str, int], owner: int) -> EmailVerdict:
    """Decide on an address that is new for a person."""
    if holders.get(email.key, owner) != owner:
        return EmailVerdict(accepted=False, notes=(TAKEN_NOTE,))
    verdict = domain_verdict(email.key, agency.policy, agency.domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return EmailVerdict(accepted=False, notes=(NOT_AGENCY_NOTE,))
    notes: tuple[str, ...] = (TRIMMED_NOTE,) if email.trimmed else ()
    if verdict is DomainVerdict.FREE_MAIL_WARNING:
        notes += (FREE_MAIL_NOTE,)
    return EmailVerdict(accepted=True, notes=notes)


def holders_of(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Who has these addresses."""
    rows = session.exec(
        select(Pegawai.email_key, Pegawai.id).where(bulk.one_of(session, col(Pegawai.email_key), list(keys)))
    )
    return {key: id_ for key, id_ in rows if key is not None and id_ is not None}
