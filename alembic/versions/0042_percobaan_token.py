"""Tries of a token are counted for each browser.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "permintaan_reset_peramban"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("tries", sa.Integer, nullable=False, server_default="0"))
    op.add_column(TABLE, sa.Column("by_mail", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column(TABLE, "by_mail")
    op.drop_column(TABLE, "tries")
