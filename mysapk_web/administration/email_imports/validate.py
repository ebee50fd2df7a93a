"""The verdict on each row of a file: first by itself, then against the file as a whole and the people on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import MAX_RAW
from mysapk_web.administration.email_imports.scope import Reach
from mysapk_web.administration.employee_import.org_lookup import Agency
from mysapk_web.administration.employee_import.validation import holders_of
from mysapk_web.administration.managed_account import roles_by_account
from mysapk_web.administration.rules.email_import import DAMAGED_NIP, RowVerdict
from mysapk_web.organisation.rules.email import DomainVerdict, EmailError, domain_verdict, normalise_email
from mysapk_web.organisation.rules.nip import NipError, NipFault, normalise_nip
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk
from mysapk_web.platform.rules.text import INVISIBLE, is_blank
from mysapk_web.platform.spreadsheet_reader import Row

_NIP_SHOWN: Final = 64
_MARK_BITS: Final = 64


@dataclass(slots=True)
class Judged:
    """A row with its verdict.

    Attributes:
        nip: 18 digits, or as it stands in the file.
        person: Whom it is about, where that is somebody within reach.
    """

    line: int
    nip: str
    email: str = field(repr=False)
    key: str | None = field(repr=False)
    verdict: RowVerdict
    note: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person on file, as far as an import needs to know."""

    pegawai_id: int
    account_id: int
    instansi_id: int
    email: str | None = field(repr=False)
    key: str | None = field(repr=False)
    within: bool
    roles: frozenset[Role] = frozenset()


@dataclass(slots=True)
class Survey:
    """What a file as a whole says of each number: read through before any row is judged, so that no verdict hangs on their order.

    A row counts as soon as its number and its address can be read, whoever the person is.
    """

    rows: int = 0
    repeated: dict[int, int] = field(default_factory=dict)
    """NIP -> its first line, where it stands there more than once."""
    contested: dict[int, tuple[int, int]] = field(default_factory=dict)
    """NIP -> two of its lines that name different addresses."""


def survey(rows: Iterable[Row]) -> Survey:
    """Read a file through.

    Args:
        rows: All of them. Of each, a hundred bytes are held meanwhile, and no address in clear.
    """
    found = Survey()
    seen: dict[int, int] = {}  # NIP -> the first line with it, and behind that a mark of the address there
    for row in rows:
        found.rows += 1
        judged = _by_itself(row)
        if judged.key is None:
            continue
        number, here = int(judged.nip), row.line << _MARK_BITS | hash(judged.key) % (1 << _MARK_BITS)
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
class Memory:
    """What is remembered over the chunks of one file: some hundred bytes a row, no address in clear."""

    survey: Survey = field(default_factory=Survey)
    taken: dict[int, int] = field(default_factory=dict)
    freed: set[int] = field(default_factory=set)
    agencies: dict[int, Agency] = field(default_factory=dict)

    def agency(self, session: Session, instansi_id: int) -> Agency:
        """The agency with its policy, read once."""
        known = self.agencies.get(instansi_id)
        if known is None:
            row = session.get_one(Instansi, instansi_id)
            known = Agency(instansi_id, row.name, row.domain_policy, tuple(row.email_domains))
            self.agencies[instansi_id] = known
        return known


def judge(session: Session, rows: Iterable[Row], reach: Reach, memory: Memory) -> list[Judged]:
    """Judge one chunk.

    Returns:
        One for each row, in their order.
    """
    judged = [_by_itself(row) for row in rows]
    for row in judged:
        if row.verdict.good:
            _against_file(row, memory.survey)
    open_ = [row for row in judged if row.verdict.good]
    people = people_of(session, [row.nip for row in open_], reach)
    holders = holders_of(session, [row.key for row in open_ if row.key])
    for row in open_:
        _against_people(session, row, people.get(row.nip), reach, holders, memory)
    return judged


def _by_itself(row: Row) -> Judged:
    raw = row.cells.get("email", "")
    found = Judged(row.line, row.text("nip")[:_NIP_SHOWN], raw[:MAX_RAW], None, RowVerdict.READY)
    if "nip" in row.numbers:
        found.verdict, found.note = RowVerdict.NIP_DAMAGED, DAMAGED_NIP
        return found
    try:
        found.nip = normalise_nip(found.nip)
    except NipError as error:
        damaged = error.code is NipFault.SPREADSHEET
        found.verdict = RowVerdict.NIP_DAMAGED if damaged else RowVerdict.NIP_MALFORMED
        found.note = str(error)
        return found
    _address(found, raw)
    return found


def _address(found: Judged, raw: str) -> None:
    try:
        found.key = normalise_email(raw)
    except EmailError as error:
        if all(is_blank(character) for character in raw):
            found.verdict = RowVerdict.EMAIL_EMPTY
        else:
            found.verdict, found.note = RowVerdict.EMAIL_MALFORMED, str(error)
        return
    if len(raw) > MAX_RAW:
        found.email = found.key
    if is_blank(raw[0]) or is_blank(raw[-1]) or not INVISIBLE.isdisjoint(raw):
        found.verdict = RowVerdict.TRIMMED


def _against_file(row: Judged, survey: Survey) -> None:
    number = int(row.nip)
    if number in survey.contested:
        one, other = survey.contested[number]
        row.verdict = RowVerdict.DUPLICATE
        row.note = (
            f"NIP ini punya alamat yang berbeda di baris {one} dan baris {other} berkas yang sama, jadi tidak ada yang "
            "diterapkan. Sisakan baris yang benar, lalu unggah lagi."
        )
    elif survey.repeated.get(number, row.line) != row.line:
        row.verdict = RowVerdict.DUPLICATE
        row.note = (
            f"NIP dan alamat ini sudah ada di baris {survey.repeated[number]} berkas yang sama. Baris ini diabaikan."
        )


def _against_people(
    session: Session,
    row: Judged,
    person: Person | None,
    reach: Reach,
    holders: Mapping[str, int],
    memory: Memory,
) -> None:
    refusal = whom(person, reach)
    if refusal is not None or person is None or row.key is None:
        row.verdict = refusal or RowVerdict.NIP_UNKNOWN
        return
    row.person = person
    if (row.email, row.key) == (person.email, person.key):
        row.verdict = RowVerdict.UNCHANGED
        return
    mark = hash(row.key)
    if row.key != person.key:
        other = memory.taken.get(mark)
        if other is not None:
            row.verdict, row.note = RowVerdict.TAKEN, f"Alamat email ini sudah dipakai baris {other} berkas yang sama."
            return
        if holders.get(row.key, person.pegawai_id) != person.pegawai_id and mark not in memory.freed:
            row.verdict = RowVerdict.TAKEN
            return
    verdict = by_policy(row.key, memory.agency(session, person.instansi_id))
    if verdict is not None and (verdict is RowVerdict.DOMAIN_REFUSED or row.verdict is RowVerdict.READY):
        row.verdict = verdict
    if row.verdict.good and row.key != person.key:
        memory.taken[mark] = row.line
        if person.key is not None:
            memory.freed.add(hash(person.key))


def whom(person: Person | None, reach: Reach) -> RowVerdict | None:
    """Why the address of a person is not for this run to change; None: it is."""
    if person is None:
        return RowVerdict.NIP_UNKNOWN
    if not person.within:
        return RowVerdict.OUT_OF_SCOPE
    if person.account_id == reach.account_id:
        return RowVerdict.OWN_ACCOUNT
    return None if person.roles <= frozenset(reach.roles) else RowVerdict.HIGHER_ROLE


def by_policy(key: str, agency: Agency) -> RowVerdict | None:
    """What the domain policy of the agency says; None: nothing."""
    verdict = domain_verdict(key, agency.policy, agency.domains)
    if verdict is DomainVerdict.NOT_AGENCY:
        return RowVerdict.DOMAIN_REFUSED
    return RowVerdict.FREE_MAIL if verdict is DomainVerdict.FREE_MAIL_WARNING else None


PERSON_COLUMNS: Final[tuple[Any, ...]] = (
    Pegawai.id,
    col(Account.id).label("account_id"),
    Pegawai.instansi_id,
    Pegawai.email,
    Pegawai.email_key,
)


def people_of(session: Session, nips: Sequence[str], reach: Reach) -> dict[str, Person]:
    """The people with these numbers; whether each is within reach is found by the query."""
    rows = session.execute(
        select(*PERSON_COLUMNS, reach.within.label("within"), Pegawai.nip)  # type: ignore[call-overload]
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(bulk.one_of(session, col(Pegawai.nip), nips))
    ).all()
    roles = roles_by_account(session, [row[1] for row in rows])
    return {row.nip: person_of(row, roles) for row in rows}


def person_of(row: Any, roles: Mapping[int, frozenset[Role]]) -> Person:
    """A person out of a row of a query."""
    pegawai_id, account_id, instansi_id, email, key = row[:5]
    return Person(pegawai_id, account_id, instansi_id, email, key, bool(row.within), roles.get(account_id, frozenset()))
