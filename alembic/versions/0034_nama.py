"""Names by word, and lists of the country and of a unit in the order of names.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_WORDS = """
CREATE FUNCTION kata_nama(instansi integer, nama text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT instansi || ':' || kata), '{}'))
    FROM unnest(string_to_array(lower(nama), ' ')) AS kata WHERE kata <> ''
$$
"""


def upgrade() -> None:
    op.drop_index("ix_pegawai_nama", "pegawai")
    op.create_index("ix_pegawai_nama", "pegawai", ["nama", "id"])
    op.drop_index("ix_pegawai_unor_id", "pegawai")
    op.create_index("ix_pegawai_unor_nama", "pegawai", ["unor_id", "nama", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_WORDS)
        op.execute("CREATE INDEX ix_pegawai_kata ON pegawai USING gin (kata_nama(instansi_id, nama))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_pegawai_kata", "pegawai")
        op.execute("DROP FUNCTION kata_nama(integer, text)")
    op.drop_index("ix_pegawai_unor_nama", "pegawai")
    op.create_index("ix_pegawai_unor_id", "pegawai", ["unor_id"])
    op.drop_index("ix_pegawai_nama", "pegawai")
    op.create_index("ix_pegawai_nama", "pegawai", ["nama"])
