"""Imports of every kind share the tables of the addresses: what a run imports, what a row says and what it would change.

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

RUNS, ROWS = "impor_email", "impor_email_baris"


def upgrade() -> None:
    op.add_column(RUNS, sa.Column("kind", sa.String(80), nullable=False, server_default="email"))
    op.add_column(RUNS, sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(ROWS, sa.Column("content", sa.JSON, nullable=True))
    op.add_column(ROWS, sa.Column("before", sa.JSON, nullable=True))
    _note_length(200, 1000)


def downgrade() -> None:
    _note_length(1000, 200)
    for table, column in ((ROWS, "before"), (ROWS, "content"), (RUNS, "applied_at"), (RUNS, "kind")):
        op.drop_column(table, column)


def _note_length(old: int, new: int) -> None:
    with op.batch_alter_table(ROWS) as batch:
        batch.alter_column("note", existing_type=sa.String(old), type_=sa.String(new), existing_nullable=False)
