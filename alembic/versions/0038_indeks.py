"""No index that another begins with, one for the few CPNS who wait, and a unit picked out of what waits at an agency.

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
    op.drop_index("ix_usulan_instansi", "usulan")
    op.create_index("ix_usulan_instansi", "usulan", ["instansi_id", "state", "sent_at", "id", "unor_id", "pegawai_id"])


def downgrade() -> None:
    op.drop_index("ix_usulan_instansi", "usulan")
    op.create_index("ix_usulan_instansi", "usulan", ["instansi_id", "state", "sent_at", "id"])
    op.create_index("ix_jejak_audit_instansi_id", "jejak_audit", ["instansi_id"])
    op.drop_index("ix_pegawai_menunggu", "pegawai")
    op.create_index("ix_pegawai_jenis", "pegawai", ["jenis"])
    op.create_index("ix_pegawai_instansi_id", "pegawai", ["instansi_id"])
