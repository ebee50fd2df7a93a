"""Who decides on Ani's proposals, as actors: with the scope a test wants, and a second factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.executors import in_transaction
from mysapk_web.verification import corrections, decisions
from mysapk_web.verification import inbox as verification_inbox
from mysapk_web.verification.decisions import DecisionResult
from mysapk_web.verification.detail import ProposalDetail, open_proposal
from mysapk_web.verification.filters import Filters
from mysapk_web.verification.inbox import Inbox
from tests.support.portal import Person
from tests.support.proposals import PENGHARGAAN, Desk, actor_of

T = TypeVar("T")


@dataclass(frozen=True)
class Official:
    """Somebody with a role, and what they do."""

    desk: Desk
    actor: Actor

    def but(self, **changes: Any) -> Official:
        """The same person, with something about the actor changed."""
        return replace(self, actor=replace(self.actor, **changes))

    def do(self, use_case: Callable[..., T], *args: Any, **given: Any) -> T:
        return in_transaction(self.desk.portal.db, use_case, self.actor, *args, **given)

    def see(self, use_case: Callable[..., T], *args: Any, **given: Any) -> T:
        with self.desk.portal.db.read() as session:
            return use_case(session, self.actor, *args, **given)

    def inbox(self, page: int = 1, **filters: Any) -> Inbox:
        return self.see(verification_inbox.inbox_page, Filters(**filters), page)

    def listed(self, **filters: Any) -> list[int]:
        return [row.id for row in self.inbox(**filters).rows]

    def open(self, number: int) -> ProposalDetail:
        return self.see(open_proposal, number)

    def decide(self, number: int, act: ProposalAction, *, version: int | None = None, **why: str) -> DecisionResult:
        seen = self.desk.proposal(number).version if version is None else version
        return self.do(decisions.decide, number, version=seen, act=act.value, **why)

    def give_back(self, number: int) -> DecisionResult:
        return self.decide(number, ProposalAction.RETURN, reason="BTS-01", note="Halaman dua terpotong")

    def correct(self, number: int, field: str, value: str, note: str = "Sesuai SK.", version: int | None = None) -> Any:
        seen = self.desk.proposal(number).version if version is None else version
        return self.do(corrections.correct, number, version=seen, field=field, value=value, note=note)


@dataclass
class Office:
    """The offices around Ani's desk."""

    desk: Desk

    def someone(self, person: Person, role: Role, path: str | None = None, **more: Any) -> Official:
        instansi = None if role is Role.ADMIN_BKN else person.instansi_id
        grants = (Grant(role, instansi, path),)
        return Official(self.desk, replace(actor_of(person), grants=grants, second_factor=True, **more))

    @property
    def verifier(self) -> Official:
        return self.someone(self.desk.portal.budi, Role.VERIFIKATOR)

    @property
    def approver(self) -> Official:
        return self.someone(self.desk.portal.dewi, Role.APPROVER)

    @property
    def bkn(self) -> Official:
        return self.someone(self.desk.portal.citra, Role.ADMIN_BKN)

    @property
    def stranger(self) -> Official:
        """May do everything, in another agency."""
        return self.someone(self.desk.portal.citra, Role.ADMIN_INSTANSI)

    @property
    def offices(self) -> dict[str, Official]:
        return {"verifier": self.verifier, "approver": self.approver, "bkn": self.bkn}

    def sent(self, values: dict[str, Any] | None = None) -> int:
        """A proposal that only the agency decides on."""
        return self.desk.sent("penghargaan", PENGHARGAAN | (values or {}))

    def unit(self, name: str, *people: Person) -> Unor:
        """A unit right below the agency of Ani, with people in it."""
        with self.desk.portal.db.begin() as session:
            root = session.exec(
                select(Unor).where(Unor.instansi_id == self.desk.portal.ani.instansi_id, col(Unor.parent_id).is_(None))
            ).first()
            assert root is not None
            unit = Unor(instansi_id=root.instansi_id, parent_id=root.id, code=name, name=name, path="")
            session.add(unit)
            session.flush()
            unit.path = f"{root.path}{unit.id}/"
            for person in people:
                session.execute(update(Pegawai).where(col(Pegawai.id) == person.pegawai_id).values(unor_id=unit.id))
            session.flush()
            session.expunge(unit)
        return unit

    def move(self, person: Person, unit: Unor) -> None:
        """Let a person work in a unit."""
        with self.desk.portal.db.begin() as session:
            session.execute(update(Pegawai).where(col(Pegawai.id) == person.pegawai_id).values(unor_id=unit.id))

    def employ(self, person: Person, like: Person) -> None:
        """Let a person work where another one does, in another agency."""
        with self.desk.portal.db.begin() as session:
            at = session.get_one(Pegawai, like.pegawai_id)
            session.execute(
                update(Pegawai)
                .where(col(Pegawai.id) == person.pegawai_id)
                .values(instansi_id=at.instansi_id, unor_id=at.unor_id)
            )

    def version(self, number: int) -> int:
        return self.desk.proposal(number).version

    def everything(self) -> list[Proposal]:
        return self.desk.rows(Proposal)
