"""Since when somebody is on the rolls: who came after a period had ended is not sanctioned for it. Unknown for those who are there.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pegawai", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_pegawai_joined_at", "pegawai", ["joined_at"])


def downgrade() -> None:
    op.drop_index("ix_pegawai_joined_at", "pegawai")
    op.drop_column("pegawai", "joined_at")
