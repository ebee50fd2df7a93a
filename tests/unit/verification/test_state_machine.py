"""Owner, two verifikators, two approvers and BKN, in any order: the table, the record on file and the two pairs of hands always hold."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import col

from mysapk_web.organisation.rules.roles import MATRIX, Role
from mysapk_web.pdm import submit
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import AT_VERIFIER, TRANSITIONS, ProposalAction, ProposalState
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, ProposalEvent
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.settings import Settings
from mysapk_web.verification import claims
from tests.support.portal import settle
from tests.support.proposals import ANAK, GOLONGAN, open_pdm
from tests.support.reviewers import Office, Official

A, S = ProposalAction, ProposalState
PEOPLE = ("budi", "dewi", "citra", "ani")
ROLES = (Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_INSTANSI, Role.ADMIN_BKN)
OFFICIAL = [A.VERIFY, A.RETURN, A.REJECT, A.APPROVE, A.RETURN_TO_VERIFIER, A.BKN_APPROVE, A.BKN_RETURN, A.BKN_REJECT]
ONWARD = {
    **dict.fromkeys(AT_VERIFIER, (Role.VERIFIKATOR, A.VERIFY)),
    S.TERVERIFIKASI: (Role.APPROVER, A.APPROVE),
    S.VALIDASI_BKN: (Role.ADMIN_BKN, A.BKN_APPROVE),
}
"""What brings it nearer to its end, so that ends are reached."""
REASONS = {A.REJECT: "TMS-01", A.BKN_REJECT: "TMS-01"}
_number = itertools.count()


class Hall(RuleBasedStateMachine):
    """One proposal of Ani, and everybody who could want something of it."""

    template: ClassVar[Path]
    configured: ClassVar[Settings]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mysapk-hall-"))
        path = self.folder / f"{next(_number)}.db"
        shutil.copy(self.template, path)
        self.db = Database(f"sqlite:///{path}")
        self.office = Office(open_pdm(settle(self.db, self.configured)))
        self.child = self.office.desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17"})
        self.on_file = self.office.desk.record(self.child).payload
        self.number = 0

    def teardown(self) -> None:
        self.db.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def state(self) -> ProposalState:
        return self.office.desk.where(self.number)

    def someone(self, person: str, role: Role) -> Official:
        official = self.office.someone(self.office.desk.portal.people[person], role)
        home = self.office.desk.portal.ani.instansi_id
        grants = [
            (grant if grant.instansi_id is None else grant.__class__(role, home, None))
            for grant in official.actor.grants
        ]
        return official.but(grants=tuple(grants))

    # The owner ---------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.number == 0)
    @rule(bkn=st.booleans())
    def propose(self, bkn: bool) -> None:
        desk = self.office.desk
        if bkn:
            self.number = desk.draft("golongan", GOLONGAN)
        else:
            self.number = desk.draft(
                "keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=self.child
            )

    @precondition(lambda self: self.number)
    @rule()
    def send(self) -> None:
        try:
            self.office.desk.send(self.number)
        except UserError:
            assert self.state is not S.DRAF

    @precondition(lambda self: self.number)
    @rule()
    def withdraw(self) -> None:
        before = self.state
        try:
            self.office.desk.do(submit.withdraw_proposal, self.number, self.office.version(self.number))
        except UserError:
            assert (before, A.WITHDRAW) not in TRANSITIONS

    # The offices -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.number)
    @rule(
        person=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES), act=st.sampled_from(OFFICIAL), stale=st.booleans()
    )
    def decide(self, person: str, role: Role, act: ProposalAction, stale: bool) -> None:
        before = self.office.desk.proposal(self.number)
        steps = len(self.office.desk.trail(self.number))
        version = before.version - (1 if stale and before.version > 1 else 0)
        try:
            self.someone(person, role).decide(
                self.number, act, version=version, reason=REASONS.get(act, "BTS-01"), note="Catatan"
            )
        except (UserError, PermissionDenied):
            assert self.office.desk.proposal(self.number) == before
            assert len(self.office.desk.trail(self.number)) == steps
            return
        assert person != "ani"
        assert version == before.version
        assert TRANSITIONS[before.state, act].permissions <= MATRIX[role]

    @precondition(lambda self: self.number and self.state in ONWARD)
    @rule(person=st.sampled_from(PEOPLE))
    def go_on(self, person: str) -> None:
        role, act = ONWARD[self.state]
        self.decide(person, role, act, stale=False)

    @precondition(lambda self: self.number)
    @rule(person=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES), value=st.sampled_from(["A/1", "B/2", "C/3"]))
    def correct(self, person: str, role: Role, value: str) -> None:
        before = self.office.desk.proposal(self.number)
        field = "nomor_sk" if before.kind == "golongan" else "akta_kelahiran"
        try:
            self.someone(person, role).correct(self.number, field, value)
        except (UserError, PermissionDenied):
            assert self.office.desk.proposal(self.number) == before
            return
        assert person != "ani"
        assert self.office.desk.trail(self.number)[-1].changes[0]["before"] == before.payload[field]

    @precondition(lambda self: self.number)
    @rule(person=st.sampled_from(PEOPLE), role=st.sampled_from(ROLES))
    def claim_and_release(self, person: str, role: Role) -> None:
        official = self.someone(person, role)
        try:
            official.do(claims.claim, self.number)
            official.do(claims.release, self.number)
        except PermissionDenied:
            assert person == "ani" or role is Role.ADMIN_BKN or self.state in (S.DRAF, S.DIHAPUS)

    # What always holds ---------------------------------------------------------------------------------------------------

    @invariant()
    def only_steps_of_the_table(self) -> None:
        if not self.number:
            return
        proposal = self.office.desk.proposal(self.number)
        approval: Approval = kind_of(proposal).approval
        trail = self.office.desk.trail(self.number)[1:]
        at = S.DRAF
        for step in trail:
            assert step.before is at
            row = TRANSITIONS[step.before, step.act]
            assert approval in row.approvals
            assert step.after is row.to
            at = step.after
        assert proposal.state is at

    @invariant()
    def two_pairs_of_hands(self) -> None:
        if not self.number:
            return
        steps = self.office.desk.trail(self.number)
        verified = {step.actor_id for step in steps if step.act in (A.VERIFY, A.CORRECT)}
        approved = {step.actor_id for step in steps if step.act is A.APPROVE}
        validated = {step.actor_id for step in steps if step.act is A.BKN_APPROVE}
        assert not verified & approved
        assert not (verified | approved) & validated
        assert self.office.desk.person.account_id not in verified | approved | validated

    @invariant()
    def the_record_changes_by_applying_alone(self) -> None:
        records = self.office.desk.rows(PersonnelRecord)
        former = self.office.desk.rows(FormerValue)
        applied = self.number and self.office.desk.rows(
            ProposalEvent, col(ProposalEvent.proposal_id) == self.number, col(ProposalEvent.act) == A.APPLY
        )
        if not applied:
            assert [(row.id, row.payload) for row in records] == [(self.child, self.on_file)]
            assert former == []
            return
        assert len(applied) == 1
        assert self.state is S.TELAH_UPDATE
        proposal = self.office.desk.proposal(self.number)
        changed = next(row for row in records if row.id == proposal.record_id)
        assert {**changed.payload, **proposal.payload} == changed.payload
        assert len(former) == (1 if proposal.kind == "anak" else 0)


@pytest.fixture
def prepared(sqlite_template: Path, portal_settings: Settings) -> None:
    Hall.template, Hall.configured = sqlite_template, portal_settings


def test_any_order(prepared: Any) -> None:
    run_state_machine_as_test(
        Hall,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
