"""Finding people by NIP, the beginning of one, or words of a name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.nip import NIP_LENGTH
from mysapk_web.organisation.tables.name_index import words_begin
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk
from mysapk_web.platform.errors import UserError

MIN_LENGTH: Final = 3
"""Minimum letters of a name, or digits of a NIP, for a search across all agencies."""
MAX_IDS: Final = 5_000
"""Ids passed on to the outer query. If more people match, fall back to an index scan with the other filters (decision 0017)."""
_WORDS: Final = 6


def matches_name(text: str, *, everywhere: bool) -> ColumnElement[bool]:
    """Condition over `pegawai`: the NIP begins with the typed digits, or the name contains the typed words.

    Across all agencies the name must begin with the text, because only that has an index over millions; too short a text
    raises UserError.
    """
    digits = _digits(text)
    if digits is not None:
        if everywhere and len(digits) < MIN_LENGTH:
            raise UserError(f"Isi sedikitnya {MIN_LENGTH} angka NIP.", "cari")
        if len(digits) > NIP_LENGTH:
            return false()
        return col(Pegawai.nip).between(digits.ljust(NIP_LENGTH, "0"), digits.ljust(NIP_LENGTH, "9"))
    words = _words(text)
    if everywhere:
        if len("".join(words)) < MIN_LENGTH:
            raise UserError(f"Isi sedikitnya {MIN_LENGTH} huruf pertama nama.", "cari")
        return _begins_with(" ".join(words))
    name = func.lower(Pegawai.name)
    return and_(
        *(or_(name.startswith(word, autoescape=True), name.contains(f" {word}", autoescape=True)) for word in words),
    )


def search_people(
    session: Session, text: str, agencies: Collection[int] | None, *, first: int | None = None
) -> ColumnElement[bool]:
    """Condition over `pegawai` in some agencies, or in all (None). Raises as `matches_name`."""
    if agencies is None:
        return matches_name(text, everywhere=True)
    return search_in_agencies(session, text, agencies, first=first)


def search_in_agencies(
    session: Session, text: str, agencies: Collection[int], *, first: int | None = None
) -> ColumnElement[bool]:
    """The same within some agencies: ids are found first, through the name index alone; with `first` only so many, by name."""
    inside, named = col(Pegawai.instansi_id).in_(agencies), matches_name(text, everywhere=False)
    indexed = words_begin(session, agencies, _words(text)) if _digits(text) is None and agencies else None
    found = select(Pegawai.id).where(and_(inside, named) if indexed is None else indexed)
    if first is not None:
        found = found.order_by(col(Pegawai.name), col(Pegawai.id))
    ids = session.exec(found.limit(MAX_IDS + 1 if first is None else first)).all()
    return bulk.one_of(session, col(Pegawai.id), ids) if first or len(ids) <= MAX_IDS else and_(inside, named)


def _digits(text: str) -> str | None:
    """The typed NIP or its beginning; None for a name."""
    digits = "".join(character for character in text if character not in " ./-")
    return digits if digits.isascii() and digits.isdigit() else None


def _words(text: str) -> list[str]:
    return text.casefold().split()[:_WORDS]


def _begins_with(beginning: str) -> ColumnElement[bool]:
    """Index ranges for the usual capitalisations of a name; the comparison makes them exact."""
    name = col(Pegawai.name)
    ranges = []
    for written in {beginning.title(), beginning.upper()}:
        end = _behind(written)
        ranges.append(and_(name >= written, name < end) if end else name >= written)
    return and_(or_(*ranges), func.lower(Pegawai.name).startswith(beginning, autoescape=True))


def _behind(beginning: str) -> str:
    """The smallest text greater than all that begin so; empty when there is none."""
    kept = beginning.rstrip("\U0010ffff")
    if not kept:
        return ""
    # Between U+D7FF and U+E000 lie surrogates, which no database takes.
    return kept[:-1] + ("\ue000" if kept[-1] == "\ud7ff" else chr(ord(kept[-1]) + 1))
