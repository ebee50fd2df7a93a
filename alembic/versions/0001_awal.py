"""The first tables: people and agencies, accounts, sessions, recovery, periods, outbox, counters, trail.

Enums are plain text (a new member needs no migration), moments are aware. The trail is append-only: triggers
refuse UPDATE and DELETE in both databases, and TRUNCATE where it exists, so that not even the portal itself
can rewrite it.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "instansi",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kode", sa.String(16), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("zona", sa.String(4), nullable=False),
        sa.Column("domain_policy", sa.String(40), nullable=False),
        sa.Column("email_domains", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instansi"),
        sa.UniqueConstraint("kode", name="uq_instansi_kode"),
    )
    op.create_table(
        "jejak_audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("tag", sa.String(60), nullable=False),
        sa.Column("actor_id", sa.Integer, nullable=True),
        sa.Column("subject_id", sa.Integer, nullable=True),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jejak_audit"),
    )
    op.create_index("ix_jejak_audit_actor_id", "jejak_audit", ["actor_id"])
    op.create_index("ix_jejak_audit_at", "jejak_audit", ["at"])
    op.create_index("ix_jejak_audit_instansi_id", "jejak_audit", ["instansi_id"])
    op.create_index("ix_jejak_audit_subject_id", "jejak_audit", ["subject_id"])
    op.create_index("ix_jejak_audit_tag", "jejak_audit", ["tag"])

    op.create_table(
        "penghitung",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("resets_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_penghitung"),
    )
    op.create_index("ix_penghitung_resets_at", "penghitung", ["resets_at"])

    op.create_table(
        "kontak_bantuan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("nama", sa.String(120), nullable=False),
        sa.Column("telepon", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("situs", sa.String(300), nullable=False),
        sa.Column("keluhan_url", sa.String(300), nullable=False),
        sa.Column("jam_layanan", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_kontak_bantuan_instansi_id_instansi"),
        sa.PrimaryKeyConstraint("id", name="pk_kontak_bantuan"),
        sa.UniqueConstraint("instansi_id", name="uq_kontak_bantuan_instansi_id"),
    )
    op.create_table(
        "periode",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("extends", sa.Boolean, nullable=False),
        sa.Column("legal_source", sa.String(300), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name="ck_periode_order"),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_periode_instansi_id_instansi"),
        sa.PrimaryKeyConstraint("id", name="pk_periode"),
    )
    op.create_index("ix_periode_instansi_id", "periode", ["instansi_id"])
    op.create_index("ix_periode_kind", "periode", ["kind"])

    op.create_table(
        "unor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("instansi_id", sa.Integer, nullable=False),
        sa.Column("atasan_id", sa.Integer, nullable=True),
        sa.Column("kode", sa.String(40), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("jalur", sa.String(400), nullable=False),
        sa.Column("is_satker", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["atasan_id"], ["unor.id"], name="fk_unor_atasan_id_unor"),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_unor_instansi_id_instansi"),
        sa.PrimaryKeyConstraint("id", name="pk_unor"),
    )
    op.create_index("ix_unor_atasan_id", "unor", ["atasan_id"])
    op.create_index("ix_unor_instansi_id", "unor", ["instansi_id"])
    op.create_index("ix_unor_jalur", "unor", ["jalur"])
    op.create_index("uq_unor_instansi_kode", "unor", ["instansi_id", "kode"], unique=True)

    op.create_table(
        "pegawai",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nip", sa.String(18), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("gelar_depan", sa.String(40), nullable=False),
        sa.Column("gelar_belakang", sa.String(80), nullable=False),
        sa.Column("jenis", sa.String(40), nullable=False),
        sa.Column("tanggal_lahir", sa.Date, nullable=True),
        sa.Column("jenis_kelamin", sa.String(1), nullable=False),
        sa.Column("instansi_id", sa.Integer, nullable=False),
        sa.Column("unor_id", sa.Integer, nullable=False),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("email_key", sa.String(254), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_pegawai_instansi_id_instansi"),
        sa.ForeignKeyConstraint(["unor_id"], ["unor.id"], name="fk_pegawai_unor_id_unor"),
        sa.PrimaryKeyConstraint("id", name="pk_pegawai"),
        sa.UniqueConstraint("email_key", name="uq_pegawai_email_key"),
        sa.UniqueConstraint("nip", name="uq_pegawai_nip"),
    )
    op.create_index("ix_pegawai_instansi_id", "pegawai", ["instansi_id"])
    op.create_index("ix_pegawai_jenis", "pegawai", ["jenis"])
    op.create_index("ix_pegawai_nama", "pegawai", ["nama"])
    op.create_index("ix_pegawai_unor_id", "pegawai", ["unor_id"])

    op.create_table(
        "akun",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pegawai_id", sa.Integer, nullable=False),
        sa.Column("password_hash", sa.String(80), nullable=True),
        sa.Column("activated_at", MOMENT, nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("disabled_reason", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_login_at", MOMENT, nullable=True),
        sa.Column("totp_secret", sa.String(300), nullable=True),
        sa.Column("totp_confirmed_at", MOMENT, nullable=True),
        sa.Column("totp_last_step", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["pegawai_id"], ["pegawai.id"], name="fk_akun_pegawai_id_pegawai"),
        sa.PrimaryKeyConstraint("id", name="pk_akun"),
        sa.UniqueConstraint("pegawai_id", name="uq_akun_pegawai_id"),
    )
    op.create_index("ix_akun_activated_at", "akun", ["activated_at"])

    op.create_table(
        "klaim_masuk",
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("needs_code", sa.Boolean, nullable=False),
        sa.Column("code_tries", sa.Integer, nullable=False),
        sa.Column("second_factor", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_klaim_masuk_account_id_akun"),
        sa.PrimaryKeyConstraint("browser", name="pk_klaim_masuk"),
    )
    op.create_index("ix_klaim_masuk_account_id", "klaim_masuk", ["account_id"])

    op.create_table(
        "kode_pemulihan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_kode_pemulihan_account_id_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_kode_pemulihan"),
    )
    op.create_index("ix_kode_pemulihan_account_id", "kode_pemulihan", ["account_id"])

    op.create_table(
        "peran",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("instansi_id", sa.Integer, nullable=True),
        sa.Column("unor_id", sa.Integer, nullable=True),
        sa.Column("granted_by", sa.Integer, nullable=True),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_peran_account_id_akun"),
        sa.ForeignKeyConstraint(["granted_by"], ["akun.id"], name="fk_peran_granted_by_akun"),
        sa.ForeignKeyConstraint(["instansi_id"], ["instansi.id"], name="fk_peran_instansi_id_instansi"),
        sa.ForeignKeyConstraint(["unor_id"], ["unor.id"], name="fk_peran_unor_id_unor"),
        sa.PrimaryKeyConstraint("id", name="pk_peran"),
    )
    op.create_index("ix_peran_account_id", "peran", ["account_id"])
    op.create_index("ix_peran_instansi_id", "peran", ["instansi_id"])
    op.create_index("ix_peran_unor_id", "peran", ["unor_id"])

    op.create_table(
        "permintaan_reset",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=True),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("mask", sa.String(320), nullable=False),
        sa.Column("nip", sa.String(18), nullable=False),
        sa.Column("email_ref", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_permintaan_reset_account_id_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_permintaan_reset"),
    )
    op.create_index("ix_permintaan_reset_account_id", "permintaan_reset", ["account_id"])
    op.create_index("ix_permintaan_reset_created_at", "permintaan_reset", ["created_at"])
    op.create_index("ix_permintaan_reset_email_ref", "permintaan_reset", ["email_ref"])
    op.create_index("ix_permintaan_reset_subject", "permintaan_reset", ["subject"])

    op.create_table(
        "sesi",
        sa.Column("ref", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.String(40), nullable=False),
        sa.Column("second_factor_at", MOMENT, nullable=True),
        sa.Column("step_up_at", MOMENT, nullable=True),
        sa.Column("agent", sa.String(120), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_sesi_account_id_akun"),
        sa.PrimaryKeyConstraint("ref", name="pk_sesi"),
    )
    op.create_index("ix_sesi_account_id", "sesi", ["account_id"])
    op.create_index("ix_sesi_ended_at", "sesi", ["ended_at"])
    op.create_index("ix_sesi_expires_at", "sesi", ["expires_at"])

    op.create_table(
        "surat_keluar",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("template", sa.String(60), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=True),
        sa.Column("recipient", sa.String(254), nullable=True),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("claimed_by", sa.String(80), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("last_error", sa.String(300), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name="fk_surat_keluar_account_id_akun"),
        sa.PrimaryKeyConstraint("id", name="pk_surat_keluar"),
    )
    op.create_index("ix_surat_keluar_account_id", "surat_keluar", ["account_id"])
    op.create_index("ix_surat_keluar_due", "surat_keluar", ["state", "due_at"])

    op.create_table(
        "permintaan_reset_peramban",
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["permintaan_reset.id"],
            name="fk_permintaan_reset_peramban_request_id_permintaan_reset",
        ),
        sa.PrimaryKeyConstraint("browser", name="pk_permintaan_reset_peramban"),
    )
    op.create_index("ix_permintaan_reset_peramban_bound_at", "permintaan_reset_peramban", ["bound_at"])
    op.create_index("ix_permintaan_reset_peramban_request_id", "permintaan_reset_peramban", ["request_id"])

    _protect_trail()


def downgrade() -> None:
    _release_trail()
    for table in (
        "permintaan_reset_peramban",
        "surat_keluar",
        "sesi",
        "permintaan_reset",
        "peran",
        "kode_pemulihan",
        "klaim_masuk",
        "akun",
        "pegawai",
        "unor",
        "periode",
        "kontak_bantuan",
        "penghitung",
        "jejak_audit",
        "instansi",
    ):
        op.drop_table(table)


def _protect_trail() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER jejak_audit_no_{act.lower()} BEFORE {act} ON jejak_audit "
                "BEGIN SELECT RAISE(ABORT, 'jejak_audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION jejak_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'jejak_audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER jejak_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON jejak_audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION jejak_audit_refuse()"
    )


def _release_trail() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER jejak_audit_no_{act}")
        return
    op.execute("DROP TRIGGER jejak_audit_append_only ON jejak_audit")
    op.execute("DROP FUNCTION jejak_audit_refuse()")
