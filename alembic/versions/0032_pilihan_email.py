"""Mails about proposals: every step, only what asks for an act, or none. What somebody chose before stands.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "preferensi_pemberitahuan"


def upgrade() -> None:
    # Whoever has a row was asked about mails that ask for an act, and answered that.
    op.add_column(TABLE, sa.Column("mails", sa.String(40), nullable=False, server_default="tindakan"))
    op.execute("UPDATE preferensi_pemberitahuan SET mails = 'tidak' WHERE NOT by_mail")
    op.drop_column(TABLE, "by_mail")


def downgrade() -> None:
    op.add_column(TABLE, sa.Column("by_mail", sa.Boolean, nullable=False, server_default=sa.true()))
    op.execute("UPDATE preferensi_pemberitahuan SET by_mail = false WHERE mails = 'tidak'")
    op.drop_column(TABLE, "mails")
