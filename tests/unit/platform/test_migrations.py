"""The migrations lead from nothing to exactly the tables of the models and back, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.notice import NoticePreference
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from tests.support.mail import settle


@pytest.fixture
def empty(empty_db_url: str) -> Iterator[Database]:
    database = Database(empty_db_url)
    yield database
    database.dispose()


def test_upgrade_makes_exactly_the_tables_of_the_models(empty: Database) -> None:
    migrations.upgrade(empty)

    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": migrations.is_compared}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    assert migrations.current_revision(empty) == migrations.head_revision()


def test_upgrade_twice_changes_nothing(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.begin() as session:
        session.add(AuditEvent(at=datetime.now(UTC), tag=AuditTag.LOGIN))
    migrations.upgrade(empty)

    with empty.read() as session:
        assert len(session.exec(select(AuditEvent)).all()) == 1


def test_downgrade_to_base_leaves_nothing(empty: Database) -> None:
    migrations.upgrade(empty)
    migrations.downgrade(empty, "base")

    assert inspect(empty.engine).get_table_names() in ([], ["alembic_version"])
    with empty.engine.connect() as connection:
        left = (
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            if empty.is_sqlite
            else "SELECT count(*) FROM pg_proc WHERE proname LIKE ANY (ARRAY['jejak%', 'hitungan%', 'surat%', 'pdm%', 'kata%'])"
        )
        assert connection.execute(text(left)).scalar_one() == 0
    assert migrations.current_revision(empty) is None


def test_upgrade_again_after_downgrade(empty: Database) -> None:
    migrations.upgrade(empty)
    migrations.downgrade(empty, "base")
    migrations.upgrade(empty)

    assert "pegawai" in inspect(empty.engine).get_table_names()


def test_what_was_chosen_about_mails_stands(empty: Database) -> None:
    migrations.upgrade(empty)
    rolls = settle(empty)
    chosen = {rolls.add(f"{name}@example.go.id").account_id: name for name in ("tindakan", "tidak")}
    migrations.downgrade(empty, "0031")  # people are written as they are now
    with empty.begin() as session:
        for account_id, name in chosen.items():
            session.execute(
                text(
                    "INSERT INTO preferensi_pemberitahuan (account_id, by_mail, changed_at) VALUES (:id, :by_mail, :at)"
                ),
                {"id": account_id, "by_mail": name == "tindakan", "at": "2026-08-01 00:00:00+00:00"},
            )
    migrations.upgrade(empty)
    with empty.read() as session:
        assert {row.account_id: row.mails for row in session.exec(select(NoticePreference))} == chosen

    migrations.downgrade(empty, "0031")
    with empty.read() as session:
        kept = session.execute(text("SELECT account_id, by_mail FROM preferensi_pemberitahuan")).all()
    assert {account_id: bool(by_mail) for account_id, by_mail in kept} == {
        account_id: name == "tindakan" for account_id, name in chosen.items()
    }


def test_documents_that_were_taken_out_of_use_before_are_swept(empty: Database) -> None:
    migrations.upgrade(empty)
    rolls, at = settle(empty), datetime(2026, 8, 1, tzinfo=UTC)
    with empty.begin() as session:
        account = session.get_one(Account, rolls.add().account_id)
        for state, ended in ((ProposalState.DRAF, None), (ProposalState.DIHAPUS, at)):
            proposal = Proposal(
                pegawai_id=account.pegawai_id,
                group="golongan",
                kind="golongan",
                action=RecordAction.ADD,
                unor_id=rolls.unor_id,
                state=state,
                created_at=at,
                changed_at=at,
                ended_at=ended,
            )
            session.add(proposal)
            session.flush()
            for name, removed in (("dipakai", None), ("diganti", at)):
                session.add(
                    Document(
                        proposal_id=proposal.id or 0,
                        rule="858",
                        sha256="0" * 64,
                        size=1,
                        pages=1,
                        name=f"{state.value} {name}",
                        uploaded_at=at,
                        removed_at=removed,
                    )
                )
    migrations.downgrade(empty, "0045")
    migrations.upgrade(empty)
    with empty.read() as session:
        swept = {row.name: row.sweep_at for row in session.exec(select(Document))}
    assert swept == {"DRAF dipakai": None, "DRAF diganti": at, "DIHAPUS dipakai": at, "DIHAPUS diganti": at}


def assert_trail_refuses(db: Database, statement: str) -> None:
    with db.begin() as session:
        session.add(AuditEvent(at=datetime.now(UTC), tag=AuditTag.LOGIN, detail={"rows": 1}))

    with pytest.raises(DBAPIError, match="append-only"), db.begin() as session:
        session.execute(text(statement))
    with db.read() as session:
        assert session.exec(select(AuditEvent.detail)).all() == [{"rows": 1}]


@pytest.mark.parametrize("statement", ["UPDATE jejak_audit SET detail = '{}'", "DELETE FROM jejak_audit"])
def test_trail_can_be_added_to_only(db: Database, statement: str) -> None:
    assert_trail_refuses(db, statement)


@pytest.mark.postgres
def test_trail_cannot_be_truncated(postgres_url: str) -> None:
    database = Database(postgres_url)
    assert_trail_refuses(database, "TRUNCATE jejak_audit")
    database.dispose()


def test_a_migration_may_not_leave_dangling_references(sqlite_db: Database) -> None:
    orphan = "INSERT INTO akun (pegawai_id, disabled_reason, version, totp_last_step) VALUES (4711, '', 1, 0)"
    with pytest.raises(RuntimeError), migrations.migration_transaction(sqlite_db) as connection:
        connection.execute(text(orphan))

    with sqlite_db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM akun")).scalar_one() == 0
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
