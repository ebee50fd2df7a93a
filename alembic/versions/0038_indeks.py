"""No index that another begins with, and for the lists of a large agency one each that they can be walked along.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_WAITING = sa.text("jenis = 'CPNS' AND approved_at IS NULL")
_DISABLED = sa.text("disabled_at IS NOT NULL")
_GONE = (
    ("ix_pegawai_instansi_id", "pegawai", ["instansi_id"]),
    ("ix_pegawai_jenis", "pegawai", ["jenis"]),
    ("ix_unor_instansi_id", "unor", ["instansi_id"]),
    ("ix_jejak_audit_instansi_id", "jejak_audit", ["instansi_id"]),
)
_WIDER = (
    ("ix_pegawai_instansi_nama", "pegawai", ["instansi_id", "nama", "id"], ["jenis"]),
    ("ix_usulan_instansi", "usulan", ["instansi_id", "state", "sent_at", "id"], ["unor_id", "pegawai_id"]),
)


def upgrade() -> None:
    for name, table, _ in _GONE:
        op.drop_index(name, table)
    for name, table, columns, more in _WIDER:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *more])
    op.create_index("ix_pegawai_instansi_nip", "pegawai", ["instansi_id", "nip"])
    op.create_index("ix_unor_instansi_nama", "unor", ["instansi_id", "nama", "id"])
    for name, table, columns, where in (
        ("ix_pegawai_menunggu", "pegawai", ["instansi_id", "nama", "id"], _WAITING),
        ("ix_akun_nonaktif", "akun", ["pegawai_id"], _DISABLED),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table in (
        ("ix_akun_nonaktif", "akun"),
        ("ix_pegawai_menunggu", "pegawai"),
        ("ix_unor_instansi_nama", "unor"),
        ("ix_pegawai_instansi_nip", "pegawai"),
    ):
        op.drop_index(name, table)
    for name, table, columns, _ in _WIDER:
        op.drop_index(name, table)
        op.create_index(name, table, columns)
    for name, table, columns in _GONE:
        op.create_index(name, table, columns)
