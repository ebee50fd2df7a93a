"""Lists of one agency are read without looking at any other: its events by their agency, its mails likewise.

A mail is given the agency of its person by a trigger when it is written, so that no writer can forget it, an import included.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OF_PERSON = "SELECT p.instansi_id FROM akun a JOIN pegawai p ON p.id = a.pegawai_id WHERE a.id = {account}"


def upgrade() -> None:
    op.create_index("ix_jejak_audit_instansi_newest", "jejak_audit", ["instansi_id", "id"])
    op.add_column("surat_keluar", sa.Column("instansi_id", sa.Integer, nullable=True))
    op.execute(f"UPDATE surat_keluar SET instansi_id = ({OF_PERSON.format(account='surat_keluar.account_id')})")  # noqa: S608
    op.create_index("ix_surat_keluar_instansi_newest", "surat_keluar", ["instansi_id", "id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER surat_keluar_instansi AFTER INSERT ON surat_keluar WHEN NEW.account_id IS NOT NULL BEGIN "  # noqa: S608
            f"UPDATE surat_keluar SET instansi_id = ({OF_PERSON.format(account='NEW.account_id')}) WHERE id = NEW.id; END"
        )
        return
    op.execute(
        "CREATE FUNCTION surat_keluar_instansi() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"NEW.instansi_id := ({OF_PERSON.format(account='NEW.account_id')}); RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER surat_keluar_instansi BEFORE INSERT ON surat_keluar "
        "FOR EACH ROW EXECUTE FUNCTION surat_keluar_instansi()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER surat_keluar_instansi")
    else:
        op.execute("DROP TRIGGER surat_keluar_instansi ON surat_keluar")
        op.execute("DROP FUNCTION surat_keluar_instansi()")
    op.drop_index("ix_surat_keluar_instansi_newest", "surat_keluar")
    op.drop_column("surat_keluar", "instansi_id")
    op.drop_index("ix_jejak_audit_instansi_newest", "jejak_audit")
