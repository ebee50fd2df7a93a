"""The proof of a finished PDM: what a person declared and sent, with a number and a public check."""

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
from mysapk_web.pdm.context import PersonContext, load_context
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
"""Version of `Proof.content`, so that old proofs can be printed again as they were."""
CHECK_PAGE: Final = "/cek-bukti"
TOO_MANY_CHECKS: Final = (
    "Terlalu banyak pemeriksaan bukti dari jaringan ini. Tunggu satu menit, lalu muat ulang halaman ini."
)
_RANDOM: Final = 8
_OWN: Final = frozenset({"number", "at", "check"})
"""Keys that differ between proofs of the same content."""


@dataclass(frozen=True, slots=True)
class ProofRow:
    """The result of one group."""

    label: str
    result: str
    records: int
    proposals: int


@dataclass(frozen=True, slots=True)
class ProofView:
    number: str
    """Printed on it; can't be guessed."""
    at: datetime
    timezone: str
    name: str
    nip: str
    instansi: str
    unit: str
    check_url: str
    """Public check, encoded in the QR code."""
    rows: list[ProofRow]
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProofPage:
    proof: ProofView | None
    may_make: bool
    why_not: list[str]
    """Groups that still have to be handled, a sentence each."""
    stale: bool
    """Something was declared, sent or decided since: a new proof can be made."""


@dataclass(frozen=True, slots=True)
class PublicProof:
    """What anyone who holds a proof may learn: nothing that is not printed on it."""

    number: str
    at: datetime
    timezone: str
    name: str
    instansi: str
    newest: bool


def load_proof_page(session: Session, actor: Actor) -> ProofPage:
    dossier = _load(session, load_context(session, actor.pegawai_id))
    row, missing = _newest(session, actor.pegawai_id), pending_groups(dossier, required_only=True)
    stale = row is not None and _proven(row.content) != _proven(_content(dossier, "", ""))
    return ProofPage(
        proof=_view(row) if row else None,
        may_make=not missing and (row is None or stale),
        why_not=[f"{group.label}: {in_sentence(dossier.state(group).label)}." for group in missing],
        stale=stale,
    )


def make_proof(session: Session, actor: Actor) -> ProofView:
    """While nothing changes, the newest proof is returned again.

    Raises:
        UserError: A required group is still red.
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
    """Records the download in the audit log.

    Raises:
        PermissionDenied: There is no such proof of this person.
    """
    actor.require(Permission.PROOF_DOWNLOAD)
    row = session.exec(select(Proof).where(Proof.number == number, Proof.pegawai_id == actor.pegawai_id)).one_or_none()
    if row is None:
        raise NotFoundError("no such proof of this person")
    audit.record_own(session, actor, ProofDownloaded(proof_number=number))
    return _view(row)


def verify_proof(session: Session, *, client: ClientContext, token: str) -> PublicProof | None:
    """Open to everyone; None if the token belongs to no proof. Each check counts, refused ones too.

    Raises:
        CommittingUserError: Too many checks from this network.
    """
    if not rate_limiting.allow_network(session, PROOF_CHECKS_PER_NETWORK, client):
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
    """Agency, date and eight random characters (40 bits): reveals neither a count nor a person."""
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
