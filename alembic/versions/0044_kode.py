"""Wrong codes are counted for the account, no longer for each login.

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("klaim_masuk", "code_tries")


def downgrade() -> None:
    op.add_column("klaim_masuk", sa.Column("code_tries", sa.Integer, nullable=False, server_default="0"))
