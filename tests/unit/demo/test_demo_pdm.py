"""The demo has data on everybody and proposals in every state, and all of it is what the portal itself would have written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from mysapk_web.demo import seed
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import history, overview, review
from mysapk_web.pdm.group_page import load_group
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.reference.builtin import CODES
from mysapk_web.pdm.rules.groups import get_kind, group_of_kind
from mysapk_web.pdm.rules.groups.fields import PersonFacts
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import FINAL_STATES, TRANSITIONS, ProposalState
from mysapk_web.pdm.tables import Document, GroupDeclaration, PersonnelRecord, Proposal, ProposalEvent
from mysapk_web.platform import clock, document_store, migrations
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings


def actor_of(session: Session, key: str, settings: Settings) -> Actor:
    nip = next(account.nip for account in demo_accounts(settings) if account.key == key)
    account, pegawai = session.exec(
        select(Account, Pegawai).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.nip == nip)
    ).one()
    return Actor(
        account_id=account.id or 0,
        pegawai_id=pegawai.id or 0,
        instansi_id=pegawai.instansi_id,
        session_ref="s",
        session_expires_at=clock.now() + timedelta(hours=1),
        version=1,
        seen_at=clock.now(),
    )


def test_every_record_is_what_its_declaration_stores(demo_db: Database) -> None:
    today = clock.now().date()
    with demo_db.read() as session:
        people = {pegawai.id: pegawai for pegawai in session.exec(select(Pegawai))}
        rows = session.exec(select(PersonnelRecord.pegawai_id, PersonnelRecord.kind, PersonnelRecord.payload)).all()
        session.expunge_all()
    assert {owner for owner, _, _ in rows} == people.keys()
    for owner, name, payload in rows:
        pegawai, declared = people[owner], get_kind(name)
        facts = PersonFacts(
            jenis=pegawai.jenis,
            nip=pegawai.nip,
            birth_date=pegawai.birth_date,
            gender=pegawai.gender,
        )
        checked = validate(declared, editable_values(declared, payload), codes=CODES, today=today, person=facts)
        assert checked.faults == checked.warnings == {}, (name, pegawai.nip)
        assert pegawai.jenis in group_of_kind(name).applies_to
        assert all(
            payload.get(field.name) == checked.payload[field.name] or payload.get(field.name) is None
            for field in declared.editable
        )


def test_numbers_belong_to_nobody(demo_db: Database) -> None:
    with demo_db.read() as session:
        profiles = session.exec(select(PersonnelRecord.payload).where(PersonnelRecord.kind == "profil")).all()
    assert all(profile["nik"].startswith("3399") and profile["nomor_kk"].startswith("3399") for profile in profiles)
    assert all(profile["nomor_hp"].startswith("0800") for profile in profiles)
    assert all(profile["npwp_nomor"].startswith("99") for profile in profiles)


def test_proposals_stand_where_their_trail_leads(demo_db: Database) -> None:
    with demo_db.read() as session:
        proposals = session.exec(select(Proposal)).all()
        trail = session.exec(select(ProposalEvent).order_by(col(ProposalEvent.id))).all()
        owners = dict(session.exec(select(Account.pegawai_id, Account.id)).all())
        session.expunge_all()
    assert len(proposals) > 400
    assert {proposal.state for proposal in proposals} >= set(ProposalState) - {
        ProposalState.DISETUJUI,
        ProposalState.DISETUJUI_BKN,
        ProposalState.PERBAIKAN_BKN,
        ProposalState.TMS_BKN,
    }
    for proposal in proposals:
        steps = [step for step in trail if step.proposal_id == proposal.id]
        assert steps[-1].after is proposal.state
        assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
        assert [step.at for step in steps] == sorted(step.at for step in steps)
        for step in steps:
            row = TRANSITIONS[step.before, step.act]
            assert bool(step.reason) == row.reason
            assert (step.actor_id == owners[proposal.pegawai_id]) == (row.office.value == "OWNER")
        assert (proposal.ended_at is not None) == (proposal.state in FINAL_STATES)
        assert (proposal.sent_at is not None) == (len(steps) > 1)
        assert proposal.version == 1 + len(steps)  # one save between its start and its sending


def test_what_is_proposed_could_be_sent(demo_db: Database) -> None:
    with demo_db.read() as session:
        rows = session.exec(select(Proposal, Pegawai).join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)).all()
        rules = {(row.proposal_id, row.rule) for row in session.exec(select(Document))}
        session.expunge_all()
    for proposal, pegawai in rows:
        declared = get_kind(proposal.kind)
        facts = PersonFacts(
            jenis=pegawai.jenis,
            nip=pegawai.nip,
            birth_date=pegawai.birth_date,
            gender=pegawai.gender,
        )
        checked = validate(
            declared,
            editable_values(declared, proposal.payload),
            codes=CODES,
            today=clock.now().date(),
            person=facts,
        )
        assert checked.faults == {}, (proposal.kind, pegawai.nip)
        for rule in declared.required_documents(checked.payload, facts):
            assert (proposal.id, rule.code) in rules


def test_a_declaration_stands_beside_no_open_proposal(demo_db: Database) -> None:
    with demo_db.read() as session:
        declared = set(session.exec(select(GroupDeclaration.pegawai_id, GroupDeclaration.group)).all())
        proposed = set(
            session.exec(select(Proposal.pegawai_id, Proposal.group).where(col(Proposal.ended_at).is_(None))).all()
        )
    assert len(declared) > 5000
    assert not declared & proposed


def test_the_person_pegawai_has_one_on_its_way_one_returned_one_finished(demo_db: Database, settings: Settings) -> None:
    with demo_db.read() as session:
        actor = actor_of(session, "pegawai", settings)
        board = overview.load_board(session, actor)
        states = [view.state for view in history.list_proposals(session, actor).items]
        told = session.exec(select(func.count()).where(Notice.account_id == actor.account_id)).one()
        award = load_group(session, actor, "penghargaan")

    assert sorted(states) == ["INPUT_BERKAS", "PERBAIKAN_MYSAPK", "TELAH_UPDATE"]
    (returned,) = board.returned
    reason, _, note = returned.reason.partition(": ")
    assert (returned.group, bool(reason), bool(note)) == ("jabatan", True, True)
    assert board.next_step.href == "/pdm/jabatan"
    assert told >= 6
    assert len(award.kinds[0].records) == 1
    assert award.done


@pytest.mark.parametrize(
    "key", ["pegawai", "pppk", "ppt_non_asn", "verifikator", "approver", "admin_bkn", "pegawai_lain"]
)
def test_every_page_of_a_demo_person_opens(demo_db: Database, settings: Settings, key: str) -> None:
    with demo_db.read() as session:
        actor = actor_of(session, key, settings)
        board = overview.load_board(session, actor)
        for tile in board.tiles:
            view = load_group(session, actor, tile.key)
            assert sum(len(each.records) for each in view.kinds) == tile.count
        assert review.load_review(session, actor).groups
        assert next(tile for tile in board.tiles if tile.key == "keluarga").count >= 2


def test_the_sample_document_can_be_read(sqlite_db: Database, settings: Settings) -> None:
    seed.seed_database(sqlite_db, settings)
    with sqlite_db.read() as session:
        hashes = set(session.exec(select(Document.sha256, Document.size)))
    [(sha256, size)] = hashes
    assert len(document_store.read(settings.document_dir, sha256)) == size


def test_the_same_at_every_start(demo_db: Database, tmp_path: Path, settings: Settings) -> None:
    """Where a person stands does not depend on the day or the moment of the start."""
    other = Database(f"sqlite:///{tmp_path}/other.db")
    migrations.upgrade(other)
    seed.seed_database(other, settings)

    def summary(database: Database) -> list[object]:
        with database.read() as session:
            return list(
                session.exec(
                    select(Pegawai.nip, Proposal.kind, Proposal.action, Proposal.state)
                    .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
                    .order_by(Pegawai.nip, Proposal.kind)
                )
            )

    assert summary(demo_db) == summary(other)
    other.dispose()
