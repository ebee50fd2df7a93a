"""A request for a token knows the browser that used it.

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("permintaan_reset", sa.Column("used_by", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("permintaan_reset", "used_by")
