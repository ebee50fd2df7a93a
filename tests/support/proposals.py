"""Ani's PDM as a test reads it: what she does, what the offices do, what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.agency import Period
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.pdm import apply as pdm_apply
from mysapk_web.pdm import form as pdm_form
from mysapk_web.pdm import new_proposal, overview, submit
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.declarations import declare_group
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.drafts import SavedDraft, save_draft
from mysapk_web.pdm.form import FieldView, FormView
from mysapk_web.pdm.group_page import GroupView, load_group
from mysapk_web.pdm.overview import Board, TileView
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.submit import SendResult
from mysapk_web.pdm.tables import Document, FormerValue, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.pdm.transitions import transition
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.executors import in_transaction
from tests.support.portal import START, Person, Portal

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

OPENED = datetime(2026, 8, 14, 17, 0, tzinfo=UTC)
"""15 August 2026, 00.00 WIB."""
CLOSED = datetime(2026, 9, 14, 17, 0, tzinfo=UTC)
"""15 September 2026, 00.00 WIB: entry is over."""
VERIFIED = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
"""1 December 2026, 00.00 WIB: verification is over."""

GOLONGAN = {
    "golongan": "33",
    "tmt_golongan": "01-04-2022",
    "nomor_sk": "823/114/2022",
    "tanggal_sk": "20-03-2022",
    "jenis_kp": "101",
    "masa_kerja_tahun": "12",
    "masa_kerja_bulan": "3",
}
PENGHARGAAN = {
    "jenis_penghargaan": "201",
    "nomor_sk": "44/TK/2020",
    "tanggal_sk": "10-08-2020",
    "tahun": "2020",
}
ANAK = {
    "nama": "Bagas Lestari",
    "jenis_kelamin": "L",
    "jenis_anak": "1",
    "tempat_lahir": "Semarang",
    "tanggal_lahir": "17-08-2012",
    "agama": "1",
    "akta_kelahiran": "AL-2012-0017",
    "status_hidup": "1",
}
SKP = {
    "tahun": "2025",
    "hasil_kinerja": "2",
    "perilaku_kerja": "2",
    "kuadran_kinerja": "2",
    "penilai_status": "ASN",
    "penilai_nama": "Budi Hartono",
    "penilai_jabatan": "Kepala Bidang",
}
ON_FILE: dict[str, dict[str, Any]] = {
    "golongan": {
        "golongan": "32",
        "tmt_golongan": "2018-04-01",
        "nomor_sk": "823/9/2018",
        "tanggal_sk": "2018-03-15",
        "jenis_kp": "101",
        "masa_kerja_tahun": 8,
        "masa_kerja_bulan": 3,
    },
    "penghargaan": {
        "jenis_penghargaan": "201",
        "nomor_sk": "1/TK/2019",
        "tanggal_sk": "2019-08-10",
        "tahun": 2019,
    },
    "anak": ANAK | {"tanggal_lahir": "2012-08-17"},
    "profil": {"alamat": "Jalan Melati 4", "kabupaten": "33.74", "nomor_hp": "081234567890"},
}
DOCUMENTS = {
    "golongan": ("858",),
    "penghargaan": ("892",),
    "anak": ("X-AKTA-LAHIR",),
    "skp": ("890",),
}
VERIFYING = (ProposalAction.VERIFY, ProposalAction.APPROVE)


@dataclass
class Desk:
    """One person's PDM, with the other people beside it."""

    portal: Portal
    person: Person

    @property
    def actor(self) -> Actor:
        return actor_of(self.person)

    def of(self, person: Person) -> Desk:
        """The same portal, another person."""
        return replace(self, person=person)

    # What the person does ------------------------------------------------------------------------

    def do(self, use_case: Callable[..., T], *args: Any, **given: Any) -> T:
        return in_transaction(self.portal.db, use_case, self.actor, *args, **given)

    def see(self, use_case: Callable[..., T], *args: Any, **given: Any) -> T:
        with self.portal.db.read() as session:
            return use_case(session, self.actor, *args, **given)

    def start(self, group: str = "golongan", kind: str = "", action: str = "ADD", record_id: int | None = None) -> int:
        return self.do(new_proposal.start_proposal, group=group, kind=kind or group, action=action, record_id=record_id)

    def save(self, number: int, values: dict[str, Any], version: int | None = None) -> SavedDraft:
        seen = self.proposal(number).version if version is None else version
        return self.do(save_draft, number, version=seen, values=values)

    def draft(self, group: str, values: dict[str, Any], kind: str = "", **more: Any) -> int:
        """A complete draft with its documents."""
        number = self.start(group, kind or group, **more)
        self.save(number, values)
        self.attach(number)
        return number

    def sent(self, group: str = "golongan", values: dict[str, Any] | None = None, **more: Any) -> int:
        number = self.draft(group, GOLONGAN if values is None else values, **more)
        self.send(number)
        return number

    def send(self, *numbers: int) -> SendResult:
        return self.do(submit.submit_proposals, list(numbers) or None)

    def withdraw(self, number: int) -> None:
        self.do(submit.withdraw_proposal, number, self.proposal(number).version)

    def state(self, group: str, statement: str | None) -> None:
        self.do(declare_group, group, statement)

    def board(self) -> Board:
        return self.see(overview.load_board)

    def tile(self, key: str) -> TileView:
        return next(tile for tile in self.board().tiles if tile.key == key)

    def group(self, key: str) -> GroupView:
        return self.see(load_group, key)

    def form(self, number: int) -> FormView:
        return self.see(pdm_form.load_form, number)

    def field(self, number: int, name: str) -> FieldView:
        return next(field for field in self.form(number).fields if field.name == name)

    # What others do ------------------------------------------------------------------------------

    def attach(self, number: int) -> None:
        """The required documents, as the upload leaves them."""
        with self.portal.db.begin() as session:
            kind = session.exec(select(Proposal.kind).where(Proposal.id == number)).one()
            for rule in DOCUMENTS[kind]:
                session.add(
                    Document(
                        proposal_id=number,
                        rule=rule,
                        sha256="0" * 64,
                        size=1000,
                        pages=1,
                        name="sk.pdf",
                        uploaded_at=START,
                    )
                )

    def office(
        self, number: int, act: ProposalAction, *, reason: str = "", note: str = "", by: Person | None = None
    ) -> None:
        """What a verifikator, an approver or BKN does."""
        with self.portal.db.begin() as session:
            proposal = session.exec(select(Proposal).where(Proposal.id == number)).one()
            here = load_context(session, proposal.pegawai_id, lock=True)
            transition(
                session,
                here,
                proposal,
                act,
                actor_id=(by or self.portal.budi).account_id,
                reason=reason,
                note=note,
            )

    def give_back(self, number: int) -> None:
        self.office(number, ProposalAction.RETURN, reason="BTS-01", note="Halaman dua terpotong")

    def apply(self, number: int, *, by: Person | None = None) -> int:
        return in_transaction(self.portal.db, pdm_apply.apply_proposal, number, (by or self.portal.budi).account_id)

    def decide(self, number: int) -> int:
        """Verified, approved by every level, applied; gives the record."""
        for act in VERIFYING:
            self.office(number, act)
        if kind_of(self.proposal(number)).approval is Approval.BKN:
            self.office(number, ProposalAction.FORWARD_BKN)
            self.office(number, ProposalAction.BKN_APPROVE)
        return self.apply(number)

    # What is stored ------------------------------------------------------------------------------

    def put(self, kind: str, payload: dict[str, Any] | None = None) -> int:
        """A record on file, as the agency keeps it."""
        with self.portal.db.begin() as session:
            record = PersonnelRecord(
                pegawai_id=self.person.pegawai_id,
                kind=kind,
                payload=ON_FILE[kind] if payload is None else payload,
                created_at=START - timedelta(days=900),
                changed_at=START - timedelta(days=900),
            )
            session.add(record)
            session.flush()
            return record.id or 0

    def rows(self, model: type[Row], *where: Any) -> list[Row]:
        return self.portal.rows(model, *where)

    def proposal(self, number: int) -> Proposal:
        return self.rows(Proposal, col(Proposal.id) == number)[0]

    def where(self, number: int) -> ProposalState:
        return self.proposal(number).state

    def record(self, number: int) -> PersonnelRecord:
        return self.rows(PersonnelRecord, col(PersonnelRecord.id) == number)[0]

    def trail(self, number: int) -> list[ProposalEvent]:
        found = self.rows(ProposalEvent, col(ProposalEvent.proposal_id) == number)
        return sorted(found, key=lambda row: row.id or 0)

    def former(self, record_id: int) -> list[FormerValue]:
        return self.rows(FormerValue, col(FormerValue.record_id) == record_id)

    def notices(self) -> list[Notice]:
        found = self.rows(Notice, col(Notice.account_id) == self.person.account_id)
        return sorted(found, key=lambda row: row.id or 0)


def actor_of(person: Person) -> Actor:
    return Actor(
        account_id=person.account_id,
        pegawai_id=person.pegawai_id,
        instansi_id=person.instansi_id,
        session_ref="s",
        session_expires_at=START + timedelta(hours=8),
        version=1,
        seen_at=START,
        client=ClientContext(client_address="203.0.113.7"),
    )


def publish(portal: Portal, *rows: tuple[PeriodKind, datetime, datetime], instansi_id: int | None = None) -> None:
    """Publish periods."""
    with portal.db.begin() as session:
        for kind, starts, ends in rows:
            session.add(Period(kind=kind, instansi_id=instansi_id, starts_at=starts, ends_at=ends))


def open_pdm(portal: Portal) -> Desk:
    """The periods of these tests, and Ani's desk."""
    publish(portal, (PeriodKind.PDM, OPENED, CLOSED), (PeriodKind.VERIFIKASI, OPENED, VERIFIED))
    return Desk(portal, portal.ani)
