"""The proof of a finished PDM: what a person declared and sent, with a number, and a public check of it (domain 13.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.rules.token import ALPHABET
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.period import format_dates
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.audit_events import PdmSubmitted, ProofDownloaded
from mysapk_web.pdm.context import PersonContext, load_context, load_own_context
from mysapk_web.pdm.dossier import Dossier, load_dossier, load_unit_names
from mysapk_web.pdm.overview import pending_groups
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proof
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, UserError
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.signed_links import read_proof, sign_proof
from mysapk_web.rate_limits import PROOF_CHECKS_PER_NETWORK
from mysapk_web.settings import get_settings

FORMAT: Final = 1
"""Format of `Proof.content`: old proofs are made again as they were."""
CHECK_PAGE: Final = "/cek-bukti"
TOO_MANY_CHECKS: Final = (
    "Terlalu banyak pemeriksaan bukti dari jaringan ini. Tunggu satu menit, lalu muat ulang halaman ini."
)
_RANDOM: Final = 8
_OWN: Final = frozenset({"number", "at", "check"})
"""What tells one proof from the next, beside what they prove."""


@dataclass(frozen=True, slots=True)
class ProofRow:
    """The result of one group: its words, records on file, proposals of this PDM."""

    label: str
    result: str
    records: int
    proposals: int


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof, as its owner sees it.

    Attributes:
        number: Printed on it; nobody can guess another one.
        check_url: Address of the public check, which the QR code holds.
    """

    number: str
    at: datetime
    timezone: str
    name: str
    nip: str
    instansi: str
    unit: str
    check_url: str
    rows: list[ProofRow]
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProofPage:
    """What `/pdm/bukti` shows.

    Attributes:
        why_not: Groups that still have to be handled, one sentence each.
        stale: Something was declared, sent or decided since the newest proof: a new one can be made.
    """

    proof: ProofView | None
    may_make: bool
    why_not: list[str]
    stale: bool


@dataclass(frozen=True, slots=True)
class PublicProof:
    """What everybody who holds a proof may know: nothing that is not printed on it."""

    number: str
    at: datetime
    timezone: str
    name: str
    instansi: str
    newest: bool


def load_proof_page(session: Session, actor: Actor) -> ProofPage:
    """Read the newest proof of the actor, and whether another one can be made."""
    dossier = _load(session, load_own_context(session, actor))
    row, missing = _newest(session, actor.pegawai_id), pending_groups(dossier, required_only=True)
    stale = row is not None and _proven(row.content) != _proven(_content(dossier, "", ""))
    return ProofPage(
        proof=_view(row) if row else None,
        may_make=not missing and (row is None or stale),
        why_not=[f"{group.label}: {in_sentence(dossier.state(group).label)}." for group in missing],
        stale=stale,
    )


def make_proof(session: Session, actor: Actor) -> ProofView:
    """Make a proof of what the actor declared and sent. While nothing changes it stays the same one.

    Raises:
        UserError: A group that has to be handled is still red.
    """
    actor.require(Permission.PROOF_DOWNLOAD)
    person = load_context(session, actor.pegawai_id, lock=True)
    dossier = _load(session, person)
    missing = pending_groups(dossier, required_only=True)
    if missing:
        labels = ", ".join(group.label for group in missing)
        raise UserError(f"Bukti dapat diunduh sesudah semua grup selesai diperiksa. Yang belum: {labels}.")
    row, number = _newest(session, actor.pegawai_id), _number(person)
    content = _content(dossier, number, f"{get_settings().public_url}{CHECK_PAGE}/{sign_proof(get_settings(), number)}")
    if row is not None and _proven(row.content) == _proven(content):
        return _view(row)
    row = Proof(pegawai_id=person.pegawai_id, number=number, at=person.times.now, content=content)
    session.add(row)
    audit.record_by(
        session, actor, PdmSubmitted(proof_number=number), subject_id=actor.account_id, instansi_id=person.instansi_id
    )
    return _view(row)


def download_proof(session: Session, actor: Actor, number: str) -> ProofView:
    """Read a proof of the actor for its PDF, and note in the trail that it was taken.

    Raises:
        PermissionDenied: There is none of this person.
    """
    actor.require(Permission.PROOF_DOWNLOAD)
    row = session.exec(select(Proof).where(Proof.number == number, Proof.pegawai_id == actor.pegawai_id)).one_or_none()
    if row is None:
        raise NotFoundError("no such proof of this person")
    audit.record_own(session, actor, ProofDownloaded(proof_number=number))
    return _view(row)


def verify_proof(session: Session, *, visitor: ClientContext, token: str) -> PublicProof | None:
    """Look up a proof for whoever holds it. Open to everybody.

    Args:
        session: Any transaction; kept also when it is refused, because each check counts.

    Returns:
        None when no proof was made with this reference.

    Raises:
        CommittingUserError: Too many checks from this network address.
    """
    if not rate_limiting.allow_network(session, PROOF_CHECKS_PER_NETWORK, visitor):
        raise CommittingUserError(TOO_MANY_CHECKS)
    number = read_proof(get_settings(), token)
    row = session.exec(select(Proof).where(Proof.number == number)).one_or_none() if number else None
    if row is None:
        return None
    newest = _newest(session, row.pegawai_id)
    view = _view(row)
    return PublicProof(
        number=view.number,
        at=view.at,
        timezone=view.timezone,
        name=view.name,
        instansi=view.instansi,
        newest=newest is not None and newest.id == row.id,
    )


def _newest(session: Session, pegawai_id: int) -> Proof | None:
    return session.exec(
        select(Proof).where(Proof.pegawai_id == pegawai_id).order_by(col(Proof.id).desc()).limit(1)
    ).first()


def _load(session: Session, person: PersonContext) -> Dossier:
    found = load_dossier(session, person)
    load_unit_names(session, found, found.proposals)
    return found


def _number(person: PersonContext) -> str:
    """Agency, day and eight random characters (40 bits): neither a count nor a person can be read from it."""
    kode = "".join(letter for letter in person.agency_code.upper() if letter.isascii() and letter.isalnum())
    tail = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return f"PDM-{kode}-{person.times.today:%Y%m%d}-{tail}"


def _content(dossier: Dossier, number: str, check: str) -> dict[str, Any]:
    person = dossier.person
    period = person.times.pdm.period
    sent = [each for each in dossier.proposals if each.state is not ProposalState.DRAF]
    return {
        "format": FORMAT,
        "number": number,
        "at": person.times.now.isoformat(),
        "zona": person.times.timezone,
        "nama": person.name,
        "nip": person.facts.nip,
        "jenis": person.facts.jenis.label,
        "instansi": person.instansi,
        "unit": ", ".join(sorted({dossier.units[each.unor_id] for each in sent if each.sent_at})) or person.unit,
        "period": (format_dates(period.starts_at, period.ends_at, person.times.timezone) if period else ""),
        "groups": [
            {
                "label": group.label,
                "result": dossier.state(group).label,
                "records": dossier.count(group),
                "proposals": sum(each.group == group.key for each in sent),
            }
            for group in person.groups
        ],
        "check": check,
    }


def _proven(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _OWN}


def _view(row: Proof) -> ProofView:
    content = row.content
    return ProofView(
        number=row.number,
        at=row.at,
        timezone=str(content.get("zona", Zone.WIB)),
        name=str(content.get("nama", "")),
        nip=str(content.get("nip", "")),
        instansi=str(content.get("instansi", "")),
        unit=str(content.get("unit", "")),
        check_url=str(content.get("check", "")),
        rows=[
            ProofRow(each["label"], each["result"], each["records"], each["proposals"])
            for each in content.get("groups", [])
        ],
        content=dict(content),
    )
