"""An enrolment of a second factor belongs to the session that began it; one that is under way is begun anew.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("akun", sa.Column("totp_session", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("akun", "totp_session")
