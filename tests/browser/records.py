"""Records on file and proposals of the persons of the demo, written straight into the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, update
from sqlmodel import select

from mysapk_web.organisation.notices import notify
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import (
    Document,
    FormerValue,
    GroupDeclaration,
    PersonnelRecord,
    Proof,
    Proposal,
    ProposalClaim,
    ProposalEvent,
)
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database

ON_FILE: Final[dict[str, list[dict[str, Any]]]] = {
    "golongan": [
        {
            "golongan": "33",
            "tmt_golongan": "2022-04-01",
            "nomor_sk": "823.3/114/BKD/2022",
            "tanggal_sk": "2022-03-14",
            "jenis_kp": "101",
            "masa_kerja_tahun": 12,
            "masa_kerja_bulan": 3,
        }
    ],
    "pendidikan": [
        {
            "tingkat_pendidikan": "40",
            "pendidikan": "PS40001",
            "nama_sekolah": "Universitas Nusantara Contoh",
            "nomor_ijazah": "UNC-2008-01177",
            "tanggal_lulus": "2008-08-20",
            "tahun_lulus": 2008,
            "pendidikan_pertama": True,
            "gelar_belakang": "S.E.",
        }
    ],
    "penghargaan": [
        {"jenis_penghargaan": "101", "tahun": 2021, "nomor_sk": "66/TK/2021", "tanggal_sk": "2021-08-10"},
    ],
    "pasangan": [
        {
            "pasangan_ke": 1,
            "status_pernikahan": "1",
            "tanggal_menikah": "2012-05-05",
            "akta_menikah": "112/05/V/2012",
            "nama": "Lestari Widodo",
            "tempat_lahir": "Kota Misal",
            "tanggal_lahir": "1987-02-11",
            "agama": "1",
            "status_pekerjaan": "NON",
            "status_hidup": "1",
        }
    ],
    "anak": [
        {
            "nama": f"{name} Pratama",
            "jenis_kelamin": "L",
            "jenis_anak": "1",
            "pasangan_ke": 1,
            "tempat_lahir": "Kota Misal",
            "tanggal_lahir": born,
            "agama": "1",
            "akta_kelahiran": f"3404-LT-{born[:4]}",
            "status_hidup": "1",
        }
        for name, born in (("Bagas", "2013-09-02"), ("Kirana", "2016-01-30"))
    ],
}


def person_id(db: Database, nip: str) -> int:
    """The person of a NIP."""
    with db.read() as session:
        found = session.exec(select(Pegawai.id).where(Pegawai.nip == nip)).one()
    assert found is not None
    return found


def put_on_file(db: Database, nip: str, records: dict[str, list[dict[str, Any]]] | None = None) -> None:
    """Give a person records, and nothing proposed or declared beside them."""
    owner, now = person_id(db, nip), clock.now()
    with db.begin() as session:
        own = select(Proposal.id).where(Proposal.pegawai_id == owner)
        for table in (Document, ProposalEvent, ProposalClaim):
            session.execute(delete(table).where(table.proposal_id.in_(own)))
        session.execute(update(FormerValue).where(FormerValue.proposal_id.in_(own)).values(proposal_id=None))  # type: ignore[union-attr]
        mine = select(PersonnelRecord.id).where(PersonnelRecord.pegawai_id == owner)
        session.execute(delete(FormerValue).where(FormerValue.record_id.in_(mine)))  # type: ignore[attr-defined]
        session.execute(delete(Proposal).where(Proposal.pegawai_id == owner))
        session.execute(delete(Proof).where(Proof.pegawai_id == owner))
        session.execute(delete(GroupDeclaration).where(GroupDeclaration.pegawai_id == owner))
        records_of_owner = select(PersonnelRecord.id).where(PersonnelRecord.pegawai_id == owner)
        session.execute(delete(FormerValue).where(FormerValue.record_id.in_(records_of_owner)))
        session.execute(delete(PersonnelRecord).where(PersonnelRecord.pegawai_id == owner))
        account = select(Account.id).where(Account.pegawai_id == owner)
        session.execute(delete(Notice).where(Notice.account_id.in_(account)))
        for kind, payloads in (ON_FILE if records is None else records).items():
            for payload in payloads:
                session.add(
                    PersonnelRecord(pegawai_id=owner, kind=kind, payload=payload, created_at=now, changed_at=now)
                )


def give_back(db: Database, proposal_id: int, *, reason: str, note: str) -> None:
    """A verifikator returns a proposal that was sent."""
    now = clock.now()
    with db.begin() as session:
        proposal = session.get(Proposal, proposal_id)
        assert proposal is not None
        before, proposal.state = proposal.state, ProposalState.PERBAIKAN_MYSAPK
        proposal.version += 1
        proposal.changed_at = now
        session.add(
            ProposalEvent(
                proposal_id=proposal_id,
                at=now + timedelta(seconds=1),
                act=ProposalAction.RETURN,
                before=before,
                after=ProposalState.PERBAIKAN_MYSAPK,
                reason=reason,
                note=note,
            )
        )
        account = session.exec(select(Account.id).where(Account.pegawai_id == proposal.pegawai_id)).one()
        notify(
            session,
            account or 0,
            title="Usulan dikembalikan",
            text=note,
            path=f"/pdm/{proposal.group}",
            asks_action=True,
        )


def newest_proposal(db: Database, nip: str) -> int:
    """The proposal that a person started last."""
    owner = person_id(db, nip)
    with db.read() as session:
        found = session.exec(
            select(Proposal.id).where(Proposal.pegawai_id == owner).order_by(Proposal.id.desc())  # type: ignore[union-attr]
        ).first()
    assert found is not None
    return found
