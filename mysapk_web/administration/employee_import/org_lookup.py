"""Finding the agency and the unit that a row names, and creating those that it describes well enough."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from mysapk_web.organisation.import_scope import ImportScope
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.spreadsheet_reader import Row
from mysapk_web.platform.tabular import RowError

ROOT_CODE = "00"
"""Code of a root unit that an import has to create."""


@dataclass(frozen=True, slots=True)
class AgencyRef:
    """What an import needs to know of an agency."""

    id: int
    nama: str
    policy: DomainPolicy
    domains: tuple[str, ...]

    @classmethod
    def of(cls, row: Instansi) -> AgencyRef:
        """The same of a row."""
        return cls(row.id or 0, row.name, row.domain_policy, tuple(row.email_domains))


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit with its path."""

    id: int
    path: str


class OutOfScopeError(Exception):
    """The row names an agency or a unit that is not for this import to fill."""


@dataclass(slots=True)
class OrgLookup:
    """Agencies and units met so far in one import; as many as there are units, however long the file.

    Simulated, nothing is created: what would be has a negative id.
    """

    simulated: bool = False
    _agencies: dict[str, AgencyRef] = field(default_factory=dict)
    _units: dict[tuple[int, str], UnitRef] = field(default_factory=dict)
    _roots: dict[int, UnitRef] = field(default_factory=dict)
    _simulated: int = 0

    def copy(self) -> OrgLookup:
        """For a chunk: what it creates counts only once its transaction is safe."""
        return replace(self, _agencies=dict(self._agencies), _units=dict(self._units), _roots=dict(self._roots))

    def agency(self, session: Session, row: Row, scope: ImportScope) -> AgencyRef | None:
        """The agency that a row names by code or name; created when the row gives a new code and a name. None when it names none.

        Raises:
            RowError: Unknown, and not described well enough to be created.
            OutOfScopeError: It would have to be created, which only who acts for the whole country may.
        """
        wanted, nama = row.text("instansi"), row.text("instansi_nama")
        if not (wanted or nama):
            return None
        key = (wanted or nama).casefold()
        known = self._agencies.get(key) or _find_agency(session, wanted or nama)
        if known is None:
            known = self._new_agency(session, wanted, nama, scope)
            self._agencies[nama.casefold()] = known
        self._agencies[key] = known
        return known

    def unit(self, session: Session, row: Row, agency: AgencyRef) -> UnitRef | None:
        """The unit that a row names by code; created when the row gives its name and, if any, a known unit above. None when it names none.

        Raises:
            RowError: Unknown, and not described well enough to be created.
        """
        kode = row.text("unor")
        if not kode:
            return None
        known = self._known_unit(session, agency, kode)
        if known is not None:
            return known
        nama, above = row.text("unor_nama"), row.text("unor_atasan")
        if not nama:
            raise RowError("Unor tidak dikenal. Periksa kodenya, atau isi kolom unor_nama agar unor dibuat.")
        parent = self._known_unit(session, agency, above) if above else self.root(session, agency)
        if parent is None:
            raise RowError("Unor atasan tidak dikenal. Tempatkan baris unor atasan lebih dulu, atau periksa kodenya.")
        created = self._new_unit(session, agency, kode, nama, parent)
        self._units[agency.id, kode] = created
        return created

    def root(self, session: Session, agency: AgencyRef) -> UnitRef:
        """The root unit of an agency; created when it has no unit yet."""
        known = self._roots.get(agency.id)
        if known is None:
            found = session.exec(
                select(Unor)
                .where(Unor.instansi_id == agency.id, col(Unor.parent_id).is_(None))
                .order_by(col(Unor.id))
                .limit(1)
            ).first()
            known = (
                UnitRef(found.id or 0, found.path)
                if found
                else self._new_unit(session, agency, ROOT_CODE, agency.nama, None)
            )
            self._roots[agency.id] = known
        return known

    def _known_unit(self, session: Session, agency: AgencyRef, kode: str) -> UnitRef | None:
        known = self._units.get((agency.id, kode))
        if known is None:
            unor = session.exec(select(Unor).where(Unor.instansi_id == agency.id, Unor.code == kode)).one_or_none()
            if unor is None:
                return None
            known = UnitRef(unor.id or 0, unor.path)
            self._units[agency.id, kode] = known
        return known

    def _new_agency(self, session: Session, kode: str, nama: str, scope: ImportScope) -> AgencyRef:
        if not scope.is_national:
            raise OutOfScopeError
        if not kode or not nama or len(kode) > 16:
            raise RowError(
                "Instansi tidak dikenal. Periksa kode atau namanya, atau isi kolom instansi dengan kode "
                "(paling banyak 16 karakter) dan instansi_nama dengan namanya agar instansi dibuat."
            )
        if self.simulated:
            return AgencyRef(self._next_simulated(), nama, DomainPolicy.ALLOW, ())
        row = Instansi(code=kode, name=nama)
        session.add(row)
        session.flush()
        return AgencyRef.of(row)

    def _new_unit(self, session: Session, agency: AgencyRef, kode: str, nama: str, parent: UnitRef | None) -> UnitRef:
        above = parent.path if parent else ""
        if self.simulated:
            number = self._next_simulated()
            return UnitRef(number, f"{above}{number}/")
        row = Unor(instansi_id=agency.id, parent_id=parent.id if parent else None, code=kode, name=nama, path="")
        session.add(row)
        session.flush()
        row.path = f"{above}{row.id}/"
        session.flush()
        return UnitRef(row.id or 0, row.path)

    def _next_simulated(self) -> int:
        self._simulated -= 1
        return self._simulated


def _find_agency(session: Session, wanted: str) -> AgencyRef | None:
    by_code = session.exec(select(Instansi).where(Instansi.code == wanted)).one_or_none()
    if by_code is not None:
        return AgencyRef.of(by_code)
    # Some hundred rows: folding in Python compares all letters, the database only ASCII ones.
    named = [row for row in session.exec(select(Instansi)) if row.name.casefold() == wanted.casefold()]
    return AgencyRef.of(named[0]) if len(named) == 1 else None
