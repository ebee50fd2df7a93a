"""The inbox of those who verify: agency and claim of a proposal, and the values of a correction.

Revision ID: 0030
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_usulan_instansi": ["instansi_id", "state", "sent_at", "id"],
    "ix_usulan_negara": ["state", "sent_at", "id"],
    "ix_usulan_hitung": ["instansi_id", "state", "group", "kind", "unor_id", "pegawai_id"],
}


def upgrade() -> None:
    op.add_column("usulan", sa.Column("instansi_id", sa.Integer, nullable=True))
    op.execute(
        "UPDATE usulan SET instansi_id = (SELECT unor.instansi_id FROM unor WHERE unor.id = usulan.unor_id) "
        "WHERE sent_at IS NOT NULL"
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "usulan", columns)
    op.add_column("usulan_jejak", sa.Column("changes", sa.JSON, nullable=False, server_default="[]"))
    op.create_table(
        "usulan_klaim",
        sa.Column("proposal_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["usulan.id"], name="fk_usulan_klaim_proposal_id_usulan"),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_usulan_klaim_account_id_akun"),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_usulan_klaim"),
    )
    op.create_index("ix_usulan_klaim_account_id", "usulan_klaim", ["account_id"])


def downgrade() -> None:
    op.drop_table("usulan_klaim")
    op.drop_column("usulan_jejak", "changes")
    for name in INDEXES:
        op.drop_index(name, "usulan")
    op.drop_column("usulan", "instansi_id")
