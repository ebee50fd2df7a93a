"""Counts of the PDM and of what waits for a decision; a mail that comes with its agency keeps it.

Triggers write who was touched, and what began or ceased to wait, in the transaction of the change (decision 0015). On
PostgreSQL many new rows are noted by one statement.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = ("pdm_pegawai", "pdm_tersentuh", "pdm_sejak", "antrean", "antrean_langkah")

_MARK = "INSERT INTO pdm_tersentuh (pegawai_id)"
_QUEUE = "INSERT INTO antrean_langkah (unor_id, desk, day, step)"
_DESK = "CASE {0}state WHEN 'TERVERIFIKASI' THEN 'approver' WHEN 'VALIDASI_BKN' THEN 'bkn' ELSE 'verifikator' END"
_WAITS = (
    "{0}sent_at IS NOT NULL AND {0}state IN ('INPUT_BERKAS', 'INPUT_BERKAS_PERBAIKAN', 'PERBAIKAN_APPROVAL', "
    "'PERBAIKAN_BKN', 'TERVERIFIKASI', 'VALIDASI_BKN')"
)
_DAYS = {"sqlite": "date({0}sent_at, '+7 hours')", "postgresql": "({0}sent_at AT TIME ZONE 'Asia/Jakarta')::date"}


def upgrade() -> None:
    _tables()
    dialect = op.get_bind().dialect.name
    for name, when, body in _triggers(dialect):
        if dialect == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {when} BEGIN {body} END")
            continue
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER {name} AFTER {when} EXECUTE FUNCTION {name}()")
    _mails(dialect, "NEW.instansi_id IS NULL AND NEW.account_id IS NOT NULL")
    op.create_index("ix_usulan_hitung_negara", "usulan", ["kind", "state", "group", "pegawai_id"])
    if dialect == "postgresql":
        op.drop_index("ix_unor_jalur", "unor")
        op.create_index("ix_unor_jalur", "unor", ["jalur"], postgresql_ops={"jalur": "varchar_pattern_ops"})
    # What is there already is counted anew at the next start.
    op.execute("UPDATE pekerjaan_latar SET asked = true WHERE name = 'hitungan'")


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name, when, _ in _triggers(dialect):
        if dialect == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
            continue
        op.execute(f"DROP TRIGGER {name} ON {when.split(' ON ')[1].split()[0]}")
        op.execute(f"DROP FUNCTION {name}()")
    _mails(dialect, "NEW.account_id IS NOT NULL")
    op.drop_index("ix_usulan_hitung_negara", "usulan")
    if dialect == "postgresql":
        op.drop_index("ix_unor_jalur", "unor")
        op.create_index("ix_unor_jalur", "unor", ["jalur"])
    for table in reversed(TABLES):
        op.drop_table(table)
    for table in ("hitungan", "hitungan_langkah", "hitungan_harian"):
        op.execute(f"DELETE FROM {table} WHERE measure LIKE 'pdm-%' OR measure LIKE 'grup-%'")  # noqa: S608


def _tables() -> None:
    op.create_table(
        "pdm_pegawai",
        sa.Column("pegawai_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("jenis", sa.String(40), nullable=False),
        sa.Column("groups", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("sent", "left", "done")),
        sa.PrimaryKeyConstraint("pegawai_id", name="pk_pdm_pegawai"),
    )
    op.create_table(
        "pdm_tersentuh",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pdm_tersentuh"),
    )
    op.create_table(
        "pdm_sejak",
        sa.Column("instansi_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instansi_id", name="pk_pdm_sejak"),
    )
    op.create_table(
        "antrean",
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("desk", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unor_id", "desk", "day", name="pk_antrean"),
    )
    op.create_table(
        "antrean_langkah",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("desk", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_antrean_langkah"),
    )


def _mails(dialect: str, when: str) -> None:
    """Look up the agency of a mail where this holds: an import that writes many knows it already."""
    of_person = "SELECT p.instansi_id FROM akun a JOIN pegawai p ON p.id = a.pegawai_id WHERE a.id = NEW.account_id"
    if dialect == "sqlite":
        op.execute("DROP TRIGGER surat_keluar_instansi")
        op.execute(
            f"CREATE TRIGGER surat_keluar_instansi AFTER INSERT ON surat_keluar WHEN {when} BEGIN "  # noqa: S608
            f"UPDATE surat_keluar SET instansi_id = ({of_person}) WHERE id = NEW.id; END"
        )
        return
    op.execute("DROP TRIGGER surat_keluar_instansi ON surat_keluar")
    op.execute(
        "CREATE TRIGGER surat_keluar_instansi BEFORE INSERT ON surat_keluar "
        f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION surat_keluar_instansi()"
    )


# Triggers ----------------------------------------------------------------------------------------------------------


def _waits(side: str, step: str, dialect: str) -> str:
    """A step of one row of `usulan`, where that row waits."""
    row = f"{side}."
    return (
        f"{_QUEUE} SELECT {row}unor_id, {_DESK.format(row)}, {_DAYS[dialect].format(row)}, {step} "
        f"WHERE {_WAITS.format(row)}; "
    )


def _many_waits(sign: str, dialect: str) -> str:
    """Steps of all rows of `usulan` that one statement wrote."""
    return (
        f"{_QUEUE} SELECT unor_id, {_DESK.format('')}, {_DAYS[dialect].format('')}, {sign}count(*) FROM rows "  # noqa: S608
        f"WHERE {_WAITS.format('')} GROUP BY 1, 2, 3; "
    )


def _triggers(dialect: str) -> list[tuple[str, str, str]]:
    """Name, event, body."""
    mark = {side: f"{_MARK} VALUES ({side}.pegawai_id); " for side in ("OLD", "NEW")}
    moved = "OLD.unor_id <> NEW.unor_id OR OLD.jenis <> NEW.jenis OR OLD.instansi_id <> NEW.instansi_id"
    known = f"{_MARK} SELECT {{0}}.id WHERE EXISTS (SELECT 1 FROM pdm_pegawai k WHERE k.pegawai_id = {{0}}.id);"  # noqa: S608
    turned = "OLD.state <> NEW.state OR OLD.unor_id <> NEW.unor_id OR OLD.sent_at IS DISTINCT FROM NEW.sent_at"
    each = [
        (
            "pdm_usulan_ubah",
            "UPDATE OF state, unor_id, sent_at ON usulan FOR EACH ROW WHEN ({0})",
            mark["NEW"] + _waits("OLD", "-1", dialect) + _waits("NEW", "1", dialect),
        ),
        (
            "pdm_pernyataan_ubah",
            "UPDATE ON pernyataan_grup FOR EACH ROW WHEN (OLD.at <> NEW.at)",
            mark["NEW"],
        ),
        (
            "pdm_riwayat_ubah",
            "UPDATE OF version, removed_at ON riwayat FOR EACH ROW WHEN (NEW.kind = 'profil')",
            mark["NEW"],
        ),
        (
            "pdm_pegawai_pindah",
            f"UPDATE OF unor_id, jenis, instansi_id ON pegawai FOR EACH ROW WHEN ({moved})",
            known.format("NEW"),
        ),
        ("pdm_pegawai_keluar", "DELETE ON pegawai FOR EACH ROW", known.format("OLD")),
    ]
    if dialect == "sqlite":
        turned = turned.replace("IS DISTINCT FROM", "IS NOT")
        written = [
            ("pdm_usulan_masuk", "INSERT ON usulan", mark["NEW"] + _waits("NEW", "1", dialect)),
            ("pdm_usulan_keluar", "DELETE ON usulan", mark["OLD"] + _waits("OLD", "-1", dialect)),
            ("pdm_pernyataan_masuk", "INSERT ON pernyataan_grup", mark["NEW"]),
            ("pdm_pernyataan_keluar", "DELETE ON pernyataan_grup", mark["OLD"]),
        ]
    else:
        new, old = (f"REFERENCING {side} TABLE AS rows FOR EACH STATEMENT" for side in ("NEW", "OLD"))
        marks = f"{_MARK} SELECT DISTINCT pegawai_id FROM rows; "  # noqa: S608
        written = [
            ("pdm_usulan_masuk", f"INSERT ON usulan {new}", marks + _many_waits("", dialect)),
            ("pdm_usulan_keluar", f"DELETE ON usulan {old}", marks + _many_waits("-", dialect)),
            ("pdm_pernyataan_masuk", f"INSERT ON pernyataan_grup {new}", marks),
            ("pdm_pernyataan_keluar", f"DELETE ON pernyataan_grup {old}", marks),
        ]
    return [(name, when.format(turned), body) for name, when, body in (*written, *each)]
