"""Personnel records, proposals with their trail and documents, statements, notices, proofs, and the code tables of agencies.

Only one open proposal of a person may hold a slot: a partial unique index, which both databases know, keeps it so
when two tabs or two servers start one at the same moment.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _records_and_proposals()
    _around_proposals()
    _people_and_codes()


def _records_and_proposals() -> None:
    op.create_table(
        "riwayat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_riwayat_pegawai_id_pegawai"),
        sa.PrimaryKeyConstraint("id", name="pk_riwayat"),
    )
    op.create_index("ix_riwayat_pegawai_kind", "riwayat", ["pegawai_id", "kind"])

    op.create_table(
        "usulan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.Column("group", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("record_id", sa.Integer, nullable=True),
        sa.Column("record_version", sa.Integer, nullable=False),
        sa.Column("slot", sa.String(60), nullable=True),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_usulan_pegawai_id_pegawai"),
        sa.ForeignKeyConstraint(["record_id"], ["riwayat.id"], name="fk_usulan_record_id_riwayat"),
        sa.ForeignKeyConstraint(["unor_id"], ["unor.id"], name="fk_usulan_unor_id_unor"),
        sa.PrimaryKeyConstraint("id", name="pk_usulan"),
    )
    op.create_index("ix_usulan_inbox", "usulan", ["state", "unor_id", "sent_at"])
    op.create_index("ix_usulan_pegawai_state", "usulan", ["pegawai_id", "state"])
    op.create_index("ix_usulan_record_id", "usulan", ["record_id"])
    op.create_index("ix_usulan_sent_at", "usulan", ["sent_at"])
    op.create_index(
        "uq_usulan_slot", "usulan", ["pegawai_id", "slot"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )

    op.create_table(
        "riwayat_lama",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.Column("replaced_by", sa.Integer, nullable=True),
        sa.Column("proposal_id", sa.Integer, nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["usulan.id"], name="fk_riwayat_lama_proposal_id_usulan"),
        sa.ForeignKeyConstraint(["record_id"], ["riwayat.id"], name="fk_riwayat_lama_record_id_riwayat"),
        sa.PrimaryKeyConstraint("id", name="pk_riwayat_lama"),
    )
    op.create_index("ix_riwayat_lama_proposal_id", "riwayat_lama", ["proposal_id"])
    op.create_index("ix_riwayat_lama_record_id", "riwayat_lama", ["record_id"])


def _around_proposals() -> None:
    op.create_table(
        "usulan_jejak",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer, nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("before", sa.String(40), nullable=False),
        sa.Column("after", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["usulan.id"], name="fk_usulan_jejak_proposal_id_usulan"),
        sa.PrimaryKeyConstraint("id", name="pk_usulan_jejak"),
    )
    op.create_index("ix_usulan_jejak_proposal_id", "usulan_jejak", ["proposal_id"])

    op.create_table(
        "dokumen",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Integer, nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["usulan.id"], name="fk_dokumen_proposal_id_usulan"),
        sa.PrimaryKeyConstraint("id", name="pk_dokumen"),
    )
    op.create_index("ix_dokumen_proposal_id", "dokumen", ["proposal_id"])
    op.create_index("ix_dokumen_sha256", "dokumen", ["sha256"])

    op.create_table(
        "pernyataan_grup",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.Column("group", sa.String(40), nullable=False),
        sa.Column("statement", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_pernyataan_grup_pegawai_id_pegawai"),
        sa.PrimaryKeyConstraint("id", name="pk_pernyataan_grup"),
    )
    op.create_index("uq_pernyataan_grup_pegawai_group", "pernyataan_grup", ["pegawai_id", "group"], unique=True)

    op.create_table(
        "bukti_pdm",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_bukti_pdm_pegawai_id_pegawai"),
        sa.PrimaryKeyConstraint("id", name="pk_bukti_pdm"),
        sa.UniqueConstraint("number", name="uq_bukti_pdm_number"),
    )
    op.create_index("ix_bukti_pdm_pegawai_id", "bukti_pdm", ["pegawai_id"])


def _people_and_codes() -> None:
    op.create_table(
        "pemberitahuan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("asks_action", sa.Boolean, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_pemberitahuan_account_id_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_pemberitahuan"),
    )
    op.create_index("ix_pemberitahuan_account_read", "pemberitahuan", ["account_id", "read_at"])

    op.create_table(
        "preferensi_pemberitahuan",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("by_mail", sa.Boolean, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_preferensi_pemberitahuan_account_id_akun"),
        sa.PrimaryKeyConstraint("account_id", name="pk_preferensi_pemberitahuan"),
    )
    op.create_table(
        "ganti_email",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_ganti_email_account_id_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_ganti_email"),
    )
    op.create_index("ix_ganti_email_account_id", "ganti_email", ["account_id"])

    op.create_table(
        "referensi",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table", sa.String(40), nullable=False),
        sa.Column("code", sa.String(42), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("parent", sa.String(42), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("search", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_referensi"),
    )
    op.create_index("ix_referensi_search", "referensi", ["search"])
    op.create_index("uq_referensi_table_code", "referensi", ["table", "code"], unique=True)


def downgrade() -> None:
    for table in (
        "referensi",
        "ganti_email",
        "preferensi_pemberitahuan",
        "pemberitahuan",
        "bukti_pdm",
        "pernyataan_grup",
        "dokumen",
        "usulan_jejak",
        "riwayat_lama",
        "usulan",
        "riwayat",
    ):
        op.drop_table(table)
