"""Whatever is done to proposals in whatever order: records change by applying only, versions go up, the trail has no gap."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col

from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.pdm import new_proposal, submit
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import FINAL_STATES, TRANSITIONS, ProposalAction, ProposalState
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.settings import Settings
from tests.support.portal import START, settle
from tests.support.proposals import ANAK, GOLONGAN, PENGHARGAAN, Desk, open_pdm

VALUES = {"golongan": GOLONGAN, "penghargaan": PENGHARGAAN, "anak": ANAK}
GROUP_OF = {"golongan": "golongan", "penghargaan": "penghargaan", "anak": "keluarga"}
OFFICE = [
    act
    for act in ProposalAction
    if act
    not in (
        ProposalAction.SAVE_DRAFT,
        ProposalAction.SEND,
        ProposalAction.RESEND,
        ProposalAction.WITHDRAW,
        ProposalAction.APPLY,
    )
]
REASON = {ProposalAction.REJECT: "TMS-01", ProposalAction.BKN_REJECT: "TMS-01"}
STEPS = [timedelta(minutes=1)] * 6 + [timedelta(hours=5), timedelta(days=8), timedelta(days=14)]


class Life(RuleBasedStateMachine):
    """Ani and Budi with records on file; the model beside them is what was last seen of each record and proposal."""

    template: Path
    folder: Path
    portal_settings: Settings
    _numbers = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.now = START
        clock._source = lambda: self.now
        self.path = self.folder / f"{next(self._numbers)}.db"
        shutil.copy(self.template, self.path)
        self.desk = open_pdm(settle(Database(f"sqlite:///{self.path}"), self.portal_settings))
        self.desks = [self.desk, self.desk.of(self.desk.portal.budi)]
        for desk in self.desks:
            for kind in VALUES:
                desk.put(kind)
        self.records = self.read(PersonnelRecord)
        self.former: dict[int, Any] = {}
        self.proposals: dict[int, Any] = {}
        for who, kind, action in (
            (0, "golongan", RecordAction.ADD),
            (1, "penghargaan", RecordAction.CHANGE),
            (0, "anak", RecordAction.DELETE),
        ):
            self.propose(who, kind, action, who)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.portal.db.dispose()
            self.path.unlink()
        clock._source = lambda: START

    def read(self, model: Any) -> dict[int, Any]:
        return {row.id: row for row in self.desk.rows(model)}

    def act(self, who: int, do: Callable[[Desk], Any]) -> Any:
        """An act that may be refused; None when it was, and then nothing at all has changed."""
        before = self.desk.portal.everything()
        try:
            return do(self.desks[who])
        except (UserError, PermissionDenied):
            assert self.desk.portal.everything() == before
            return None

    who = st.integers(0, 1)
    kind = st.sampled_from(list(VALUES))
    pick = st.integers(0, 30)

    def chosen(self, pick: int) -> int:
        """A proposal; low numbers are the newest."""
        known = sorted(self.read(Proposal), reverse=True)
        return known[pick % len(known)] if known else 0

    # The owner -----------------------------------------------------------------------------------

    @rule(who=who, kind=kind, action=st.sampled_from(RecordAction), pick=pick)
    def start(self, who: int, kind: str, action: RecordAction, pick: int) -> None:
        records = sorted(number for number, row in self.read(PersonnelRecord).items() if row.kind == kind)
        record = None if action is RecordAction.ADD else records[pick % len(records)]
        self.act(who, lambda desk: desk.start(GROUP_OF[kind], kind, action, record))

    @rule(who=who, kind=kind, action=st.sampled_from(RecordAction), pick=pick)
    def propose(self, who: int, kind: str, action: RecordAction, pick: int) -> None:
        """All that leads to the verifikator's desk."""
        records = [number for number, row in self.records.items() if row.kind == kind]
        record = None if action is RecordAction.ADD else records[pick % len(records)]
        number = self.act(who, lambda desk: desk.start(GROUP_OF[kind], kind, action, record))
        if number and action is not RecordAction.DELETE and self.act(who, lambda desk: desk.save(number, VALUES[kind])):
            self.desk.attach(number)
        if number:
            self.act(who, lambda desk: desk.send(number))

    @rule(who=who, pick=pick, whole=st.booleans())
    def save(self, who: int, pick: int, *, whole: bool) -> None:
        number = self.chosen(pick)
        if number:
            row = self.read(Proposal)[number]
            values = VALUES[row.kind] if whole else {next(iter(VALUES[row.kind])): ""}
            if self.act(who, lambda desk: desk.save(number, values)) and whole:
                self.desk.attach(number)

    @rule(who=who, pick=pick)
    def send(self, who: int, pick: int) -> None:
        number = self.chosen(pick)
        self.act(who, lambda desk: desk.send(number))

    @rule(who=who)
    def send_all(self, who: int) -> None:
        self.act(who, lambda desk: desk.send())

    @rule(who=who, pick=pick, stale=st.booleans())
    def withdraw(self, who: int, pick: int, *, stale: bool) -> None:
        number = self.chosen(pick)
        if number:
            version = self.read(Proposal)[number].version - stale
            done = self.act(who, lambda desk: desk.do(submit.withdraw_proposal, number, version) or True)
            assert not (done and stale)

    @rule(who=who, pick=pick)
    def discard(self, who: int, pick: int) -> None:
        number = self.chosen(pick)
        self.act(who, lambda desk: desk.do(new_proposal.discard_draft, number))

    @rule(
        who=who,
        group=st.sampled_from(list(GROUP_OF.values())),
        statement=st.sampled_from(["SESUAI", "TIDAK_ADA", None]),
    )
    def state(self, who: int, group: str, statement: str | None) -> None:
        self.act(who, lambda desk: desk.state(group, statement))

    # The offices ---------------------------------------------------------------------------------

    @rule(pick=pick, act=st.sampled_from(OFFICE), who=who)
    def decide(self, pick: int, act: ProposalAction, who: int) -> None:
        """By Citra's account, or by somebody whose own proposal it may be."""
        number = self.chosen(pick)
        if number:
            by = self.desk.portal.citra if who else self.desk.person
            reason = REASON.get(act, "BTS-01")
            self.act(0, lambda desk: desk.office(number, act, reason=reason, note="Perbaiki", by=by))

    @rule(pick=pick, levels=st.integers(1, 4), goes_on=st.booleans())
    def up_the_levels(self, pick: int, levels: int, *, goes_on: bool) -> None:
        number = self.chosen(pick)
        for act in (
            ProposalAction.VERIFY,
            ProposalAction.APPROVE,
            ProposalAction.FORWARD_BKN,
            ProposalAction.BKN_APPROVE,
        )[:levels]:
            if number:
                self.act(0, lambda desk, act=act: desk.office(number, act, by=desk.portal.citra))
        if goes_on:
            self.apply(pick)

    @rule(who=who, pick=pick)
    def back_and_forth(self, who: int, pick: int) -> None:
        """Returned, corrected and sent again."""
        self.decide(pick, ProposalAction.RETURN, 1)
        self.save(who, pick, whole=True)
        self.send(who, pick)

    @rule(pick=pick)
    def apply(self, pick: int) -> None:
        number = self.chosen(pick)
        citra = self.desk.portal.citra
        if self.act(0, lambda desk: desk.apply(number, by=citra)):
            self.follow(self.read(Proposal)[number])

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step: timedelta) -> None:
        self.now += step

    def follow(self, proposal: Proposal) -> None:
        """The one record that applying this proposal may have changed."""
        after = self.read(PersonnelRecord)
        record = after[proposal.record_id or 0]
        assert record.pegawai_id == proposal.pegawai_id
        before = self.records.get(proposal.record_id or 0)
        if proposal.action is RecordAction.ADD:
            assert before is None
            assert record.version == 1
        else:
            assert before is not None
            assert before.removed_at is None
            assert record.version == before.version + 1
            kept = [row for row in self.read(FormerValue).values() if row.record_id == record.id]
            assert [(row.version, row.payload) for row in kept][-1] == (before.version, before.payload)
            assert (record.removed_at is not None) == (proposal.action is RecordAction.DELETE)
        if proposal.action is not RecordAction.DELETE:
            assert {name: record.payload[name] for name in proposal.payload} == proposal.payload
        self.records[record.id or 0] = record

    # What always holds ---------------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "desk"):
            return
        now = self.read(Proposal)
        trail: dict[int, list[ProposalEvent]] = {number: [] for number in now}
        for _, step in sorted(self.read(ProposalEvent).items()):
            trail[step.proposal_id].append(step)
        assert self.read(PersonnelRecord) == self.records, "a record changed without a proposal being applied"
        self.old_values_stay()
        self.versions_go_up_and_an_end_is_an_end(now)
        self.the_trail_has_no_gap(now, trail)
        self.one_open_proposal_for_a_record(now)
        self.every_step_is_in_the_audit_and_told(now, trail)
        self.proposals = now

    def old_values_stay(self) -> None:
        now = self.read(FormerValue)
        assert {number: now[number] for number in self.former} == self.former
        self.former = now

    def versions_go_up_and_an_end_is_an_end(self, now: dict[int, Proposal]) -> None:
        for number, old in self.proposals.items():
            new = now[number]
            assert new.version >= old.version
            assert (new == old) == (new.version == old.version)
            assert (old.pegawai_id, old.kind, old.action) == (new.pegawai_id, new.kind, new.action)
            if old.state in FINAL_STATES:
                assert new == old
        assert all((row.ended_at is not None) == (row.state in FINAL_STATES) for row in now.values())

    def the_trail_has_no_gap(self, now: dict[int, Proposal], trail: dict[int, list[ProposalEvent]]) -> None:
        for number, steps in trail.items():
            assert steps[0].before is ProposalState.DRAF
            assert steps[-1].after is now[number].state
            assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
            assert all(TRANSITIONS[step.before, step.act].to is step.after for step in steps)

    def one_open_proposal_for_a_record(self, now: dict[int, Proposal]) -> None:
        opened = [row for row in now.values() if row.ended_at is None]
        about = [row.record_id for row in opened if row.record_id is not None]
        assert len(about) == len(set(about))
        alone = [(row.pegawai_id, row.kind) for row in opened if row.kind != "anak"]
        assert len(alone) == len(set(alone))

    def every_step_is_in_the_audit_and_told(
        self, now: dict[int, Proposal], trail: dict[int, list[ProposalEvent]]
    ) -> None:
        heard = [
            step
            for number, steps in trail.items()
            for step in steps
            if step.act is not ProposalAction.SAVE_DRAFT and now[number].sent_at is not None
        ]
        events = self.desk.rows(AuditEvent, col(AuditEvent.tag) != AuditTag.GROUP_DECLARED)
        assert len(events) == sum(step.act is not ProposalAction.FORWARD_BKN for step in heard)
        assert bool(self.desk.rows(Notice)) == bool(heard)


def test_whatever_is_done_in_whatever_order(sqlite_template: Path, tmp_path: Path, portal_settings: Settings) -> None:
    Life.template, Life.folder, Life.portal_settings = sqlite_template, tmp_path, portal_settings
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )
