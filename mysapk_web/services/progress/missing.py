"""Who has not activated: the list for those who remind them, and the list of those whose services are not processed (lampiran L)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import PeriodKind
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Account, Pegawai
from mysapk_web.services.actor import Actor
from mysapk_web.services.listing import Listing
from mysapk_web.services.progress import listed, reading
from mysapk_web.services.progress.agencies import all_closed
from mysapk_web.services.progress.listed import Found, ListedPerson, ListFilter

NOT_TAKEN_PART: Final = "Tidak melakukan aktivasi akun sampai periode aktivasi berakhir."
"""Why somebody stands on the list of sanctions."""


class Cause(StrEnum):
    """What stands between a person and the activation; the first that applies."""

    DISABLED = "nonaktif"
    NO_EMAIL = "tanpa-email"
    WAITING = "menunggu"
    """A CPNS whom the agency has not approved."""
    OPEN = "belum"
    """Nothing: the person only has to do it."""

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS: Final = {
    Cause.DISABLED: "Akun dinonaktifkan",
    Cause.NO_EMAIL: "Tidak ada alamat email",
    Cause.WAITING: "CPNS menunggu persetujuan",
    Cause.OPEN: "Belum mengaktifkan",
}


@dataclass(frozen=True, slots=True)
class Filter(ListFilter):
    """What a list is narrowed to.

    Attributes:
        cause: None for all.
    """

    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPerson(ListedPerson):
    """One person who has not activated."""

    cause: Cause


def missing(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[MissingPerson]:
    """Who has not activated, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    found = _found(session, actor, Permission.PROGRESS_READ, narrowed)
    known = _known_count(session, actor, narrowed)
    return listed.page_of(session, found, page, _person, known=known)


def _known_count(session: Session, actor: Actor, narrowed: Filter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.cause is not None:
        return None
    total = 0
    for place in listed.counted_at(session, actor, narrowed):
        tally, kinds = reading.tally_of(session, place)
        total += tally.missing if narrowed.jenis is None else dict(kinds).get(narrowed.jenis, reading.Tally()).missing
    return total


def sanctioned(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[MissingPerson]:
    """Who had not activated when the period of the agency ended, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    found = _sanctioned(session, actor, Permission.PROGRESS_READ, narrowed)
    # Where every agency within reach is closed, the list is that of everybody without activation.
    known = _known_count(session, actor, narrowed) if all_closed(session, actor, PeriodKind.AKTIVASI) else None
    return listed.page_of(session, found, page, _person, known=known)


def stream(session: Session, actor: Actor, narrowed: Filter, *, sanctions: bool) -> Iterator[MissingPerson]:
    """The whole of one of the two lists, for an export.

    Args:
        session: Any transaction; it stays open while rows are taken.
        actor: Who exports.
        narrowed: To what.
        sanctions: Which list.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    make = _sanctioned if sanctions else _found
    return listed.stream(session, make(session, actor, Permission.PROGRESS_EXPORT, narrowed), _person)


# The query ---------------------------------------------------------------------------------------


def cause_of() -> Any:
    """Expression over `pegawai` and `akun`: the value of a `Cause`."""
    waiting = (col(Pegawai.jenis) == JenisPegawai.CPNS) & col(Pegawai.approved_at).is_(None)
    return case(
        (col(Account.disabled_at).is_not(None), Cause.DISABLED.value),
        (col(Pegawai.email_key).is_(None), Cause.NO_EMAIL.value),
        (waiting, Cause.WAITING.value),
        else_=Cause.OPEN.value,
    )


def conditions(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> list[ColumnElement[bool]]:
    """Conditions over `listed.source()`: not activated, in scope, and as narrowed.

    Args:
        session: Any transaction.
        actor: Who asks.
        permission: What for.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    wanted = [*listed.within(session, actor, permission, narrowed), col(Account.activated_at).is_(None)]
    if narrowed.cause is not None:
        wanted.append(cause_of() == narrowed.cause.value)
    return wanted


def _found(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Found:
    wanted = conditions(session, actor, permission, narrowed)
    return listed.query(listed.source(), cause_of().label("cause"), asked=listed.source(), where=wanted)


def _sanctioned(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Found:
    found = _found(session, actor, permission, narrowed)
    return listed.of_closed(session, actor, permission, PeriodKind.AKTIVASI, found)


def _person(row: Any) -> MissingPerson:
    *person, cause = row
    return MissingPerson(*person, cause=Cause(cause))
