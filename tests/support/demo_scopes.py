"""The demo with one of everything in either agency, and once more in a unit beside: what tests of scopes look through.

Whatever an answer holds is searched for NIPs, so what has no NIP of its own (a unit, a period, an announcement, a file) is named by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.progress import headcount
from mysapk_web.progress.tables import Announcement
from tests.support.audit_samples import sample
from tests.support.demo_actors import NIPS, end_activation
from tests.support.proposals import DOCUMENTS, ON_FILE

NIP = re.compile(r"(?<!\d)\d{18}(?!\d)")
PAIRS = {"admin_instansi": "pegawai", "admin_instansi_lain": "pegawai_lain"}
"""The admin of each agency, and one of the people there."""
BESIDE = "email_gratis"
"""Works in the first agency, beside the unit of its admin_satker and verifikator."""


def fill(db: Database) -> None:
    """Write all of it; the activation is over."""
    end_activation(db)
    with db.begin() as s:
        for admin, person in PAIRS.items():
            _of_agency(s, account_of(s, admin), person_named(s, person))
        for key in (*PAIRS.values(), BESIDE):
            pegawai = person_named(s, key)
            _of_person(s, pegawai, account_of(s, key))
            for number in s.exec(select(Unor.path).where(Unor.id == pegawai.unor_id)).one().split("/")[1:-1]:
                unit = s.get_one(Unor, int(number))
                unit.name = f"{unit.name} {pegawai.nip}"
                s.add(unit)
    gather(db)


def account_of(s: Session, key: str) -> int:
    """Account of a person of the demo."""
    wanted = select(Account.id).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.nip == NIPS[key])
    return s.exec(wanted).one() or 0


def person_named(s: Session, key: str) -> Pegawai:
    """A person of the demo."""
    return s.exec(select(Pegawai).where(Pegawai.nip == NIPS[key])).one()


def everybody(s: Session, whom: str) -> list[str]:
    """The NIPs of the agency of somebody."""
    own = select(Pegawai.instansi_id).where(Pegawai.nip == NIPS[whom]).scalar_subquery()
    return list(s.exec(select(Pegawai.nip).where(Pegawai.instansi_id == own)))


def within_units(s: Session, actor: Actor) -> set[str]:
    """The NIPs of the units that the roles of somebody are limited to."""
    below = (col(Unor.path).startswith(grant.unor_path or "-") for grant in actor.grants)
    return set(s.exec(select(Pegawai.nip).join(Unor, col(Unor.id) == Pegawai.unor_id).where(or_(*below))))


def _of_agency(s: Session, boss: int, pegawai: Pegawai) -> None:
    now, nip, agency = clock.now(), pegawai.nip, pegawai.instansi_id
    run = ImportRun(
        source=RunSource.PAGE,
        state=RunState.READY,
        instansi_id=agency,
        started_by=boss,
        file_name=f"{nip} .csv",
        file_hash="0" * 64,
        created_at=now,
    )
    s.add(run)
    s.flush()
    row = {
        "email": f"baru-{nip[:8]}@example.com",
        "verdict": EmailRowVerdict.READY,
        "old_email": f"lama@d{nip}.example.com",
    }
    s.add(ImportRow(run_id=run.id or 0, position=1, line=2, nip=nip, pegawai_id=pegawai.id, **row))
    s.add(
        ImportToken(
            instansi_id=agency,
            label=f"Sistem {nip}",
            token_hash=nip,
            hint="abcd",
            created_by=boss,
            created_at=now,
            expires_at=now.replace(year=now.year + 1),
        )
    )
    s.add(
        Announcement(
            instansi_id=agency,
            title=f"Layanan {nip}",
            body="Kantor tutup.",
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=1),
            created_by=boss,
            created_at=now,
        )
    )
    # Beside the national period, and as long.
    national = s.exec(select(Period).where(Period.kind == PeriodKind.PDM, col(Period.instansi_id).is_(None))).first()
    assert national is not None
    given = national.model_dump(exclude={"id", "instansi_id", "legal_source"})
    s.add(Period(**given, instansi_id=agency, legal_source=f"SK {nip}"))
    instansi = s.get_one(Instansi, agency)
    instansi.email_domains = [f"d{nip}.example.go.id"]
    s.add(instansi)


def _of_person(s: Session, pegawai: Pegawai, account_id: int) -> None:
    now, agency = clock.now(), pegawai.instansi_id
    like = s.exec(
        select(Proposal).where(Proposal.state == ProposalState.INPUT_BERKAS).order_by(col(Proposal.id))
    ).first()
    assert like is not None
    given = {"pegawai_id": pegawai.id, "unor_id": pegawai.unor_id, "instansi_id": agency}
    s.add(Proposal(**{**like.model_dump(exclude={"id", "slot", "record_id"}), **given}))
    _unchanged(s, given)
    s.add(
        EmailRequest(
            pegawai_id=pegawai.id,
            nip=pegawai.nip,
            name=pegawai.name,
            old_email="lama@example.com",
            new_email=f"baru-{pegawai.nip[:8]}@example.com",
            created_at=now,
        )
    )
    enqueue(s, MailKind.ACTIVATED, account_id=account_id)
    audit.record(s, sample(AuditTag.LOGIN), actor_id=account_id, subject_id=account_id, instansi_id=agency)


def _unchanged(s: Session, given: dict[str, Any]) -> None:
    """A proposal that says the same as the record on file: it can be verified together with others."""
    sent = clock.now() - timedelta(days=40)
    # The latest one and of a kind that the person has none of: an older or a similar one would be warned of.
    payload = ON_FILE["penghargaan"] | {
        "jenis_penghargaan": "101",
        "nomor_sk": "1/TK/2021",
        "tanggal_sk": "2021-08-10",
        "tahun": 2021,
    }
    record = PersonnelRecord(
        pegawai_id=given["pegawai_id"], kind="penghargaan", payload=payload, created_at=sent, changed_at=sent
    )
    s.add(record)
    s.flush()
    proposal = Proposal(
        group="penghargaan",
        kind="penghargaan",
        action=RecordAction.CHANGE,
        record_id=record.id,
        record_version=1,
        payload=payload,
        state=ProposalState.INPUT_BERKAS,
        created_at=sent,
        changed_at=sent,
        sent_at=sent,
        **given,
    )
    s.add(proposal)
    s.flush()
    for rule in DOCUMENTS["penghargaan"]:
        s.add(
            Document(
                proposal_id=proposal.id or 0,
                rule=rule,
                sha256="0" * 64,
                size=1000,
                pages=1,
                name="sk.pdf",
                uploaded_at=sent,
            )
        )


def gather(db: Database) -> None:
    """What has changed is counted."""
    done = 1
    while done:
        with db.begin() as s:
            done = headcount.fold_deltas(s)


def end_pdm(db: Database) -> None:
    """The PDM has ended, in every agency."""
    now = clock.now()
    over = {"starts_at": now - timedelta(days=60), "ends_at": now - timedelta(days=1)}
    with db.begin() as s:
        s.execute(update(Period).where(col(Period.kind) == PeriodKind.PDM).values(**over))


def told(found: Any) -> str:
    """An answer as text, with everything it holds."""
    if is_dataclass(found) and not isinstance(found, type):
        return told(asdict(found))
    if isinstance(found, dict):
        return " ".join(told(value) for pair in found.items() for value in pair)
    if isinstance(found, list | tuple | set | frozenset | Iterator):
        return " ".join(told(each) for each in found)
    return str(found)
