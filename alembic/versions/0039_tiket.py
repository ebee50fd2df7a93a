"""Claims are taken with a ticket: keyed by its hash, no longer by the browser.

Rows of the older form live ten minutes at most and are dropped: who is between password and session then logs in once more.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "klaim_masuk"


def upgrade() -> None:
    _make_anew(sa.Column("ref", sa.String(64), nullable=False), key="ref")


def downgrade() -> None:
    _make_anew(key="browser")


def _make_anew(*more: sa.Column[str], key: str) -> None:
    op.drop_table(TABLE)
    op.create_table(
        TABLE,
        *more,
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_code", sa.Boolean, nullable=False),
        sa.Column("code_tries", sa.Integer, nullable=False),
        sa.Column("second_factor", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_klaim_masuk_account_id_akun"),
        sa.PrimaryKeyConstraint(key, name="pk_klaim_masuk"),
    )
    op.create_index("ix_klaim_masuk_account_id", TABLE, ["account_id"])
