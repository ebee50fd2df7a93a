"""Imports of addresses with their rows, tokens of agencies for them, and requests to have an address corrected.

Revision ID: 0010
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tokens()
    _runs()
    _requests()


def _tokens() -> None:
    op.create_table(
        "token_impor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("instansi_id", sa.Integer, nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("created_by", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Integer, nullable=True),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_token_impor_instansi_id_instansi"),
        sa.ForeignKeyConstraint(["created_by"], ["akun.id"], name="fk_token_impor_created_by_akun"),
        sa.ForeignKeyConstraint(["revoked_by"], ["akun.id"], name="fk_token_impor_revoked_by_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_token_impor"),
        sa.UniqueConstraint("token_hash", name="uq_token_impor_token_hash"),
    )
    op.create_index("ix_token_impor_instansi_id", "token_impor", ["instansi_id"])


def _runs() -> None:
    op.create_table(
        "impor_email",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("started_by", sa.Integer, nullable=True),
        sa.Column("acting", sa.Integer, nullable=True),
        sa.Column("token_id", sa.Integer, nullable=True),
        sa.Column("auto_apply", sa.Boolean, nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("file_path", sa.String(100), nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("applied", sa.Integer, nullable=False),
        sa.Column("applied_to", sa.Integer, nullable=False),
        sa.Column("undone", sa.Integer, nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("step_at", MOMENT, nullable=True),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("claimed_by", sa.String(80), nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_impor_email_instansi_id_instansi"),
        sa.ForeignKeyConstraint(["started_by"], ["akun.id"], name="fk_impor_email_started_by_akun"),
        sa.ForeignKeyConstraint(["acting"], ["akun.id"], name="fk_impor_email_acting_akun"),
        sa.ForeignKeyConstraint(["token_id"], ["token_impor.id"], name="fk_impor_email_token_id_token_impor"),
        sa.PrimaryKeyConstraint("id", name="pk_impor_email"),
    )
    op.create_index("ix_impor_email_instansi_id", "impor_email", ["instansi_id"])
    op.create_index("ix_impor_email_started_by", "impor_email", ["started_by"])
    op.create_index("ix_impor_email_created_at", "impor_email", ["created_at"])
    op.create_index("ix_impor_email_state_claimed_until", "impor_email", ["state", "claimed_until"])

    op.create_table(
        "impor_email_baris",
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("nip", sa.String(64), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=True),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("pegawai_id", sa.Integer, nullable=True),
        sa.Column("old_email", sa.String(320), nullable=True),
        sa.Column("old_key", sa.String(254), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_impor_email_baris"),
    )
    op.create_index("ix_impor_email_baris_run_id_verdict", "impor_email_baris", ["run_id", "verdict", "position"])


def _requests() -> None:
    op.create_table(
        "permintaan_email",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=True),
        sa.Column("nip", sa.String(18), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("old_email", sa.String(254), nullable=False),
        sa.Column("new_email", sa.String(254), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Integer, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_permintaan_email_pegawai_id_pegawai"),
        sa.ForeignKeyConstraint(["decided_by"], ["akun.id"], name="fk_permintaan_email_decided_by_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_permintaan_email"),
    )
    for column in ("pegawai_id", "state", "created_at"):
        op.create_index(f"ix_permintaan_email_{column}", "permintaan_email", [column])


def downgrade() -> None:
    op.drop_table("permintaan_email")
    op.drop_table("impor_email_baris")
    op.drop_table("impor_email")
    op.drop_table("token_impor")
