"""Until when what people do counts for the PDM of their agency. The rows come anew with the next look at the counts.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def _make(*columns: str) -> None:
    op.drop_table("pdm_sejak")
    op.create_table(
        "pdm_sejak",
        sa.Column("instansi_id", sa.Integer, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in columns),
        sa.PrimaryKeyConstraint("instansi_id", name="pk_pdm_sejak"),
    )


def upgrade() -> None:
    _make("since", "until")


def downgrade() -> None:
    _make("since")
