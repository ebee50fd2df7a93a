"""Counts of people a unit, the seals of the trail, announcements, reminders.

The counts are kept by triggers, so that nothing that changes a person can forget them (decision 0011). What a trigger
writes is only a step: no two transactions ever wait for each other because of a count. On PostgreSQL many new rows make
one step a unit; the rest goes row by row.

Revision ID: 0012
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "hitungan",
    "hitungan_langkah",
    "hitungan_harian",
    "pekerjaan_latar",
    "jejak_segel",
    "pengumuman",
    "pengingat",
)


def upgrade() -> None:
    _counts()
    _jobs()
    _rest()
    if op.get_bind().dialect.name == "sqlite":
        for name, when, body in SQLITE:
            op.execute(f"CREATE TRIGGER {name} AFTER {when} BEGIN {body} END")
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER jejak_segel_no_{act.lower()} BEFORE {act} ON jejak_segel "
                "BEGIN SELECT RAISE(ABORT, 'jejak_segel is append-only'); END"
            )
    else:
        for name, when, body in POSTGRES:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} AFTER {when} EXECUTE FUNCTION {name}()")
        op.execute(
            "CREATE FUNCTION jejak_segel_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'jejak_segel is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER jejak_segel_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON jejak_segel "
            "FOR EACH STATEMENT EXECUTE FUNCTION jejak_segel_refuse()"
        )
    # What is there already is counted anew at the next start.
    op.execute("INSERT INTO pekerjaan_latar (name, asked, note) VALUES ('hitungan', true, '{}')")
    op.execute(
        "INSERT INTO pekerjaan_latar (name, asked, note) VALUES ('segel', false, '{}'), ('periode', false, '{}')"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, _, _ in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER jejak_segel_no_{act}")
    else:
        for name, when, _ in POSTGRES:
            op.execute(f"DROP TRIGGER {name} ON {when.split(' ON ')[1].split()[0]}")
            op.execute(f"DROP FUNCTION {name}()")
        op.execute("DROP TRIGGER jejak_segel_append_only ON jejak_segel")
        op.execute("DROP FUNCTION jejak_segel_refuse()")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_pegawai_instansi_nama", "pegawai")


def _counts() -> None:
    op.create_table(
        "hitungan",
        sa.Column("unor_id", sa.Integer, nullable=False),
        *_what(),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unor_id", "jenis", "measure", name="pk_hitungan"),
    )
    op.create_table(
        "hitungan_langkah",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("unor_id", sa.Integer, nullable=False),
        *_what(),
        sa.Column("step", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hitungan_langkah"),
    )
    op.create_table(
        "hitungan_harian",
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *_what(),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unor_id", "day", "jenis", "measure", name="pk_hitungan_harian"),
    )
    op.create_index("ix_pegawai_instansi_nama", "pegawai", ["instansi_id", "nama", "id"])


def _what() -> list[sa.Column[str]]:
    return [sa.Column("jenis", sa.String(40), nullable=False), sa.Column("measure", sa.String(40), nullable=False)]


def _jobs() -> None:
    op.create_table(
        "pekerjaan_latar",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("note", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pekerjaan_latar"),
    )
    op.create_table(
        "jejak_segel",
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_jejak_segel"),
        sa.UniqueConstraint("event_id", name="uq_jejak_segel_event_id"),
    )


def _rest() -> None:
    op.create_table(
        "pengumuman",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("judul", sa.String(120), nullable=False),
        sa.Column("isi", sa.String(1000), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_pengumuman_instansi_id_instansi"),
        sa.PrimaryKeyConstraint("id", name="pk_pengumuman"),
    )
    op.create_index("ix_pengumuman_instansi_id", "pengumuman", ["instansi_id"])
    op.create_index("ix_pengumuman_ends_at", "pengumuman", ["ends_at"])
    op.create_table(
        "pengingat",
        sa.Column("account_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_pengingat_account_id_akun"),
        sa.PrimaryKeyConstraint("account_id", name="pk_pengingat"),
    )


# Triggers ----------------------------------------------------------------------------------------------------------

_INTO = "INSERT INTO hitungan_langkah (unor_id, jenis, measure, step)"


def _one(side: str, step: int) -> str:
    """Steps of one row of `pegawai`."""
    at = f"{side}.unor_id, {side}.jenis"
    return (
        f"{_INTO} VALUES ({at}, 'pegawai', {step}); "
        f"{_INTO} SELECT {at}, 'tanpa-email', {step} WHERE {side}.email_key IS NULL; "
    )


def _account(row: str, place: str, source: str, step: int) -> str:
    """Steps of one row of `akun` at the place of a person."""
    return "".join(
        f"{_INTO} SELECT {place}.unor_id, {place}.jenis, '{measure}', {step} {source} {row}.{column} IS NOT NULL; "
        for measure, column in (("aktif", "activated_at"), ("nonaktif", "disabled_at"))
    )


_MOVED = "OLD.unor_id <> NEW.unor_id OR OLD.jenis <> NEW.jenis"
_MAIL = "(OLD.email_key IS NULL) <> (NEW.email_key IS NULL)"
_TURNED = (
    "(OLD.activated_at IS NULL) <> (NEW.activated_at IS NULL) OR (OLD.disabled_at IS NULL) <> (NEW.disabled_at IS NULL)"
)
_PATH = "UPDATE pekerjaan_latar SET asked = true WHERE name = 'hitungan';"


def _of_person(side: str) -> str:
    return f"FROM pegawai p WHERE p.id = {side}.pegawai_id AND"


_PERSON_MOVED = (
    _one("OLD", -1)
    + _one("NEW", 1)
    + _account("a", "OLD", "FROM akun a WHERE a.pegawai_id = NEW.id AND", -1)
    + _account("a", "NEW", "FROM akun a WHERE a.pegawai_id = NEW.id AND", 1)
)
_MAIL_CHANGED = (
    f"{_INTO} VALUES (NEW.unor_id, NEW.jenis, 'tanpa-email', CASE WHEN NEW.email_key IS NULL THEN 1 ELSE -1 END); "
)
_ACCOUNT_CHANGED = "".join(
    f"{_INTO} SELECT p.unor_id, p.jenis, '{measure}', CASE WHEN NEW.{column} IS NULL THEN -1 ELSE 1 END "
    f"{_of_person('NEW')} (OLD.{column} IS NULL) <> (NEW.{column} IS NULL); "
    for measure, column in (("aktif", "activated_at"), ("nonaktif", "disabled_at"))
)

_PERSON_UPDATE = f"UPDATE OF unor_id, jenis ON pegawai FOR EACH ROW WHEN ({_MOVED})"
_MAIL_UPDATE = f"UPDATE OF email_key ON pegawai FOR EACH ROW WHEN ({_MAIL} AND NOT ({_MOVED}))"
_ACCOUNT_UPDATE = f"UPDATE OF activated_at, disabled_at ON akun FOR EACH ROW WHEN ({_TURNED})"
_PATH_UPDATE = "UPDATE OF jalur ON unor FOR EACH ROW WHEN (OLD.jalur <> '' AND OLD.jalur <> NEW.jalur)"

SQLITE = (
    ("hitungan_pegawai_masuk", "INSERT ON pegawai", _one("NEW", 1)),
    ("hitungan_pegawai_keluar", "DELETE ON pegawai", _one("OLD", -1)),
    ("hitungan_pegawai_pindah", _PERSON_UPDATE, _PERSON_MOVED),
    ("hitungan_pegawai_email", _MAIL_UPDATE, _MAIL_CHANGED),
    ("hitungan_akun_masuk", "INSERT ON akun", _account("NEW", "p", _of_person("NEW"), 1)),
    ("hitungan_akun_keluar", "DELETE ON akun", _account("OLD", "p", _of_person("OLD"), -1)),
    ("hitungan_akun_ubah", _ACCOUNT_UPDATE, _ACCOUNT_CHANGED),
    ("hitungan_unor_ubah", _PATH_UPDATE, _PATH),
)
"""Name, event, body."""


def _many(sign: str) -> str:
    """Steps of all rows of `pegawai` that one statement wrote."""
    return (
        f"{_INTO} SELECT unor_id, jenis, 'pegawai', {sign}count(*) FROM rows GROUP BY 1, 2 "  # noqa: S608
        f"UNION ALL SELECT unor_id, jenis, 'tanpa-email', {sign}count(*) FROM rows WHERE email_key IS NULL GROUP BY 1, 2;"
    )


def _many_accounts(sign: str) -> str:
    return " ".join(
        f"{_INTO} SELECT p.unor_id, p.jenis, '{measure}', {sign}count(*) FROM rows a JOIN pegawai p ON p.id = a.pegawai_id "  # noqa: S608
        f"WHERE a.{column} IS NOT NULL GROUP BY 1, 2;"
        for measure, column in (("aktif", "activated_at"), ("nonaktif", "disabled_at"))
    )


_NEW_ROWS = "REFERENCING NEW TABLE AS rows FOR EACH STATEMENT"
_OLD_ROWS = "REFERENCING OLD TABLE AS rows FOR EACH STATEMENT"
# The account is locked while its person moves: an activation at the same moment comes wholly before or wholly after it.
# Everything else takes the two in this order, too.
_LOCK = "PERFORM 1 FROM akun a WHERE a.pegawai_id = NEW.id FOR UPDATE; "

POSTGRES = (
    ("hitungan_pegawai_masuk", f"INSERT ON pegawai {_NEW_ROWS}", _many("")),
    ("hitungan_pegawai_keluar", f"DELETE ON pegawai {_OLD_ROWS}", _many("-")),
    ("hitungan_pegawai_pindah", _PERSON_UPDATE, _LOCK + _PERSON_MOVED),
    ("hitungan_pegawai_email", _MAIL_UPDATE, _MAIL_CHANGED),
    ("hitungan_akun_masuk", f"INSERT ON akun {_NEW_ROWS}", _many_accounts("")),
    ("hitungan_akun_keluar", f"DELETE ON akun {_OLD_ROWS}", _many_accounts("-")),
    ("hitungan_akun_ubah", _ACCOUNT_UPDATE, _ACCOUNT_CHANGED),
    ("hitungan_unor_ubah", _PATH_UPDATE, _PATH),
)
