"""Finding the agency and the unit that a row names, and making those that it describes well enough."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.spreadsheet_reader import Row
from mysapk_web.platform.tabular import RowFault

ROOT_CODE = "00"
"""Code of a root unit that an import has to make."""


@dataclass(frozen=True, slots=True)
class Agency:
    """What an import needs to know of an agency."""

    id: int
    nama: str
    policy: DomainPolicy
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with its path."""

    id: int
    jalur: str


def create_unor(
    session: Session, *, instansi_id: int, kode: str, nama: str, atasan: Place | None, is_satker: bool = False
) -> Place:
    """Make one unit."""
    unor = Unor(
        instansi_id=instansi_id,
        parent_id=atasan.id if atasan else None,
        code=kode,
        name=nama,
        path="",
        is_satker=is_satker,
    )
    session.add(unor)
    session.flush()
    unor.path = f"{atasan.jalur if atasan else ''}{unor.id}/"
    session.flush()
    return Place(unor.id or 0, unor.path)


@dataclass(slots=True)
class Places:
    """Agencies and units met so far in one import; as many as there are units, however long the file."""

    _agencies: dict[str, Agency] = field(default_factory=dict)
    _units: dict[tuple[int, str], Place] = field(default_factory=dict)
    _roots: dict[int, Place] = field(default_factory=dict)

    def agency(self, session: Session, row: Row) -> Agency | None:
        """The agency that a row names by code or name; made when the row gives a new code and a name.

        Raises:
            RowFault: Unknown, and not described well enough to be made.
        """
        wanted, nama = row.text("instansi"), row.text("instansi_nama")
        if not (wanted or nama):
            return None
        key = (wanted or nama).casefold()
        known = self._agencies.get(key) or _find_agency(session, wanted or nama)
        if known is None:
            known = self._new_agency(session, wanted, nama)
        self._agencies[key] = known
        return known

    def unit(self, session: Session, row: Row, agency: Agency) -> Place | None:
        """The unit that a row names by code; made when the row gives its name and, if any, a known unit above.

        Raises:
            RowFault: Unknown, and not described well enough to be made.
        """
        kode = row.text("unor")
        if not kode:
            return None
        known = self._known_unit(session, agency, kode)
        if known is not None:
            return known
        nama, above = row.text("unor_nama"), row.text("unor_atasan")
        if not nama:
            raise RowFault("Unor tidak dikenal. Periksa kodenya, atau isi kolom unor_nama agar unor dibuat.")
        atasan = self._known_unit(session, agency, above) if above else self.root(session, agency)
        if atasan is None:
            raise RowFault("Unor atasan tidak dikenal. Tempatkan baris unor atasan lebih dulu, atau periksa kodenya.")
        made = create_unor(session, instansi_id=agency.id, kode=kode, nama=nama, atasan=atasan)
        self._units[agency.id, kode] = made
        return made

    def root(self, session: Session, agency: Agency) -> Place:
        """The root unit of an agency; made when it has no unit yet."""
        known = self._roots.get(agency.id)
        if known is None:
            found = session.exec(
                select(Unor)
                .where(Unor.instansi_id == agency.id, col(Unor.parent_id).is_(None))
                .order_by(col(Unor.id))
                .limit(1)
            ).first()
            known = Place(found.id or 0, found.path) if found else self._new_root(session, agency)
            self._roots[agency.id] = known
        return known

    def _known_unit(self, session: Session, agency: Agency, kode: str) -> Place | None:
        known = self._units.get((agency.id, kode))
        if known is None:
            unor = session.exec(select(Unor).where(Unor.instansi_id == agency.id, Unor.code == kode)).one_or_none()
            if unor is None:
                return None
            known = Place(unor.id or 0, unor.path)
            self._units[agency.id, kode] = known
        return known

    def _new_agency(self, session: Session, kode: str, nama: str) -> Agency:
        if not kode or not nama or len(kode) > 16:
            raise RowFault(
                "Instansi tidak dikenal. Periksa kode atau namanya, atau isi kolom instansi dengan kode "
                "(paling banyak 16 karakter) dan instansi_nama dengan namanya agar instansi dibuat."
            )
        made = Instansi(code=kode, name=nama)
        session.add(made)
        session.flush()
        return _agency(made)

    def _new_root(self, session: Session, agency: Agency) -> Place:
        return create_unor(session, instansi_id=agency.id, kode=ROOT_CODE, nama=agency.nama, atasan=None)


def _find_agency(session: Session, wanted: str) -> Agency | None:
    by_code = session.exec(select(Instansi).where(Instansi.code == wanted)).one_or_none()
    if by_code is not None:
        return _agency(by_code)
    # Some hundred rows: folding in Python compares all letters, the database only ASCII ones.
    named = [row for row in session.exec(select(Instansi)) if row.name.casefold() == wanted.casefold()]
    return _agency(named[0]) if len(named) == 1 else None


def _agency(row: Instansi) -> Agency:
    return Agency(row.id or 0, row.name, row.domain_policy, tuple(row.email_domains))
