"""No index that another begins with, and one for the few CPNS who wait, so that a new address costs fewer writes.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_WAITING = sa.text("jenis = 'CPNS' AND approved_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_pegawai_instansi_id", "pegawai")
    op.drop_index("ix_pegawai_jenis", "pegawai")
    op.create_index(
        "ix_pegawai_menunggu",
        "pegawai",
        ["instansi_id", "nama", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.drop_index("ix_jejak_audit_instansi_id", "jejak_audit")


def downgrade() -> None:
    op.create_index("ix_jejak_audit_instansi_id", "jejak_audit", ["instansi_id"])
    op.drop_index("ix_pegawai_menunggu", "pegawai")
    op.create_index("ix_pegawai_jenis", "pegawai", ["jenis"])
    op.create_index("ix_pegawai_instansi_id", "pegawai", ["instansi_id"])
