"""The sweep of documents goes by rows that were taken out of use, and one process does it at a time.

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_DUE = sa.text("sweep_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("dokumen", sa.Column("sweep_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE dokumen SET sweep_at = removed_at WHERE removed_at IS NOT NULL")
    op.execute(
        "UPDATE dokumen SET sweep_at = (SELECT usulan.ended_at FROM usulan WHERE usulan.id = dokumen.proposal_id) "
        "WHERE proposal_id IN (SELECT id FROM usulan WHERE state = 'DIHAPUS')"
    )
    op.create_index("ix_dokumen_sweep_at", "dokumen", ["sweep_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.execute(
        "INSERT INTO pekerjaan_latar (name, asked, note) VALUES ('dokumen', false, '{}'), ('berkas', false, '{}')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM pekerjaan_latar WHERE name IN ('dokumen', 'berkas')")
    op.drop_index("ix_dokumen_sweep_at", "dokumen")
    op.drop_column("dokumen", "sweep_at")
