"""The verdict on each row of e-mail addresses: first by itself, then against the file as a whole and the people on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import MAX_RAW
from mysapk_web.administration.employee_import.org_lookup import AgencyRef
from mysapk_web.administration.employee_import.validation import holders_of
from mysapk_web.administration.managed_account import roles_by_account
from mysapk_web.administration.rules.email_row import DAMAGED_NIP, EmailRowVerdict
from mysapk_web.organisation.import_scope import ImportScope
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, domain_verdict, normalise_email
from mysapk_web.organisation.rules.nip import NipError, NipFault, normalise_nip
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk
from mysapk_web.platform.imports.kind import CheckedRow
from mysapk_web.platform.rules.text import INVISIBLE, is_blank
from mysapk_web.platform.spreadsheet_reader import Row

_NIP_SHOWN: Final = 64
_MARK_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class AddressOwner:
    """A person on file, as far as an import of addresses needs to know."""

    pegawai_id: int
    account_id: int
    instansi_id: int
    email: str | None = field(repr=False)
    key: str | None = field(repr=False)
    within: bool
    roles: frozenset[Role] = frozenset()


@dataclass(slots=True)
class Survey:
    """What a file as a whole says of each number: read before any row is validated, so that no verdict hangs on their order.

    A row counts as soon as its number and its address can be read, whoever the person is.
    """

    repeated: dict[int, int] = field(default_factory=dict)
    """NIP -> its first line, where it stands there more than once."""
    contested: dict[int, tuple[int, int]] = field(default_factory=dict)
    """NIP -> two of its lines that name different addresses."""


def survey_file(rows: Iterable[Row]) -> Survey:
    """Read a file through. Of each row a hundred bytes are kept meanwhile, and no address in clear."""
    found = Survey()
    seen: dict[int, int] = {}  # NIP -> the first line with it, and behind that a mark of the address there
    for row in rows:
        checked = _check_alone(row)
        if checked.email_key is None:
            continue
        number, here = int(checked.key), row.line << _MARK_BITS | hash(checked.email_key) % (1 << _MARK_BITS)
        before = seen.setdefault(number, here)
        if before == here:
            continue
        line = before >> _MARK_BITS
        if (before - here) % (1 << _MARK_BITS) == 0:
            found.repeated[number] = line
        else:
            found.contested.setdefault(number, (line, row.line))
    return found


@dataclass(slots=True)
class EmailImportCache:
    """What is remembered over the chunks of one file: some hundred bytes a row, no address in clear."""

    survey: Survey = field(default_factory=Survey)
    taken: dict[int, int] = field(default_factory=dict)
    freed: set[int] = field(default_factory=set)
    agencies: dict[int, AgencyRef] = field(default_factory=dict)

    def agency(self, session: Session, instansi_id: int) -> AgencyRef:
        """The agency with its policy, read once."""
        known = self.agencies.get(instansi_id)
        if known is None:
            row = session.get_one(Instansi, instansi_id)
            known = AgencyRef(instansi_id, row.name, row.domain_policy, tuple(row.email_domains))
            self.agencies[instansi_id] = known
        return known


def validate_rows(
    session: Session, rows: Iterable[Row], scope: ImportScope, memory: EmailImportCache
) -> list[CheckedRow]:
    """One verdict for each row of a chunk, in their order."""
    checked = [_check_alone(row) for row in rows]
    for row in checked:
        if row.verdict.good:
            _check_in_file(row, memory.survey)
    good = [row for row in checked if row.verdict.good]
    owners = owners_by_nip(session, [row.key for row in good], scope)
    holders = holders_of(session, [row.email_key for row in good if row.email_key])
    for row in good:
        _check_owner(session, row, owners.get(row.key), scope, holders, memory)
    return checked


def _check_alone(row: Row) -> CheckedRow:
    raw = row.cells.get("email", "")
    found = CheckedRow(row.line, row.text("nip")[:_NIP_SHOWN], EmailRowVerdict.READY, email=raw[:MAX_RAW])
    if "nip" in row.numbers:
        found.verdict, found.note = EmailRowVerdict.NIP_DAMAGED, DAMAGED_NIP
        return found
    try:
        found.key = normalise_nip(found.key)
    except NipError as error:
        damaged = error.code is NipFault.SPREADSHEET
        found.verdict = EmailRowVerdict.NIP_DAMAGED if damaged else EmailRowVerdict.NIP_MALFORMED
        found.note = str(error)
        return found
    _check_address(found, raw)
    return found


def _check_address(found: CheckedRow, raw: str) -> None:
    try:
        found.email_key = normalise_email(raw)
    except EmailError as error:
        if all(is_blank(character) for character in raw):
            found.verdict = EmailRowVerdict.EMAIL_EMPTY
        else:
            found.verdict, found.note = EmailRowVerdict.EMAIL_MALFORMED, str(error)
        return
    if len(raw) > MAX_RAW:
        found.email = found.email_key
    if is_blank(raw[0]) or is_blank(raw[-1]) or not INVISIBLE.isdisjoint(raw):
        found.verdict = EmailRowVerdict.TRIMMED


def _check_in_file(row: CheckedRow, survey: Survey) -> None:
    number = int(row.key)
    if number in survey.contested:
        one, other = survey.contested[number]
        row.verdict = EmailRowVerdict.DUPLICATE
        row.note = (
            f"NIP ini punya alamat yang berbeda di baris {one} dan baris {other} berkas yang sama, jadi tidak ada yang "
            "diterapkan. Sisakan baris yang benar, lalu unggah lagi."
        )
    elif survey.repeated.get(number, row.line) != row.line:
        row.verdict = EmailRowVerdict.DUPLICATE
        row.note = (
            f"NIP dan alamat ini sudah ada di baris {survey.repeated[number]} berkas yang sama. Baris ini diabaikan."
        )


def _check_owner(
    session: Session,
    row: CheckedRow,
    owner: AddressOwner | None,
    scope: ImportScope,
    holders: Mapping[str, int],
    memory: EmailImportCache,
) -> None:
    refusal = refusal_of(owner, scope)
    if refusal is not None or owner is None or row.email_key is None:
        row.verdict = refusal or EmailRowVerdict.NIP_UNKNOWN
        return
    row.pegawai_id, row.old_email, row.old_key = owner.pegawai_id, owner.email, owner.key
    if (row.email, row.email_key) == (owner.email, owner.key):
        row.verdict = EmailRowVerdict.UNCHANGED
        return
    mark = hash(row.email_key)
    if row.email_key != owner.key:
        other = memory.taken.get(mark)
        if other is not None:
            row.verdict = EmailRowVerdict.TAKEN
            row.note = f"Alamat email ini sudah dipakai baris {other} berkas yang sama."
            return
        if holders.get(row.email_key, owner.pegawai_id) != owner.pegawai_id and mark not in memory.freed:
            row.verdict = EmailRowVerdict.TAKEN
            return
    verdict = policy_verdict(row.email_key, memory.agency(session, owner.instansi_id))
    if verdict is not None and (verdict is EmailRowVerdict.DOMAIN_REFUSED or row.verdict is EmailRowVerdict.READY):
        row.verdict = verdict
    if row.verdict.good and row.email_key != owner.key:
        memory.taken[mark] = row.line
        if owner.key is not None:
            memory.freed.add(hash(owner.key))


def refusal_of(owner: AddressOwner | None, scope: ImportScope) -> EmailRowVerdict | None:
    """Why the address of a person is not for this run to change; None: it is."""
    if owner is None:
        return EmailRowVerdict.NIP_UNKNOWN
    refusal = scope.refusal(account_id=owner.account_id, within=owner.within, roles=owner.roles)
    return None if refusal is None else EmailRowVerdict(refusal.value)


def policy_verdict(key: str, agency: AgencyRef) -> EmailRowVerdict | None:
    """What the domain policy of the agency says of an address; None: nothing."""
    verdict = domain_verdict(key, agency.policy, agency.domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return EmailRowVerdict.DOMAIN_REFUSED
    return EmailRowVerdict.FREE_MAIL if verdict is DomainVerdict.FREE_MAIL_WARNING else None


def owners_by_nip(session: Session, nips: Sequence[str], scope: ImportScope) -> dict[str, AddressOwner]:
    """The people with these numbers, at most some thousands; whether each is within the scope is found by the query."""
    return {row.nip: owner for row, owner in _owners(session, bulk.one_of(session, col(Pegawai.nip), nips), scope)}


def owners_by_id(session: Session, ids: Sequence[int], scope: ImportScope) -> dict[int, AddressOwner]:
    """The same by id, as they are now."""
    found = _owners(session, bulk.one_of(session, col(Pegawai.id), ids), scope)
    return {owner.pegawai_id: owner for _, owner in found}


def _owners(session: Session, condition: Any, scope: ImportScope) -> list[tuple[Any, AddressOwner]]:
    rows = session.execute(
        select(  # type: ignore[call-overload]
            Pegawai.id,
            col(Account.id).label("account_id"),
            Pegawai.instansi_id,
            Pegawai.email,
            Pegawai.email_key,
            scope.within.label("within"),
            Pegawai.nip,
        )
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(condition)
    ).all()
    roles = roles_by_account(session, [row.account_id for row in rows])
    return [
        (
            row,
            AddressOwner(
                row.id,
                row.account_id,
                row.instansi_id,
                row.email,
                row.email_key,
                bool(row.within),
                roles.get(row.account_id, frozenset()),
            ),
        )
        for row in rows
    ]
