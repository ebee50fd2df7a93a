"""Who moves to another agency takes nothing along that was written in the former one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.administration import mail_log
from mysapk_web.administration.audit import search
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.administration.people.accounts import disable_account, enable_account
from mysapk_web.administration.people.detail import account_detail
from mysapk_web.organisation import revisions
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.row_report import Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.demo_actors import NIPS, acting


def move(db: Database, folder: Path, key: str, to: str) -> None:
    """Somebody goes to the agency of another, as the rolls say it."""
    with db.read() as s:
        pegawai = s.exec(select(Pegawai).where(Pegawai.nip == NIPS[key])).one()
        kode = s.exec(
            select(Instansi.code).join(Pegawai, col(Pegawai.instansi_id) == Instansi.id).where(Pegawai.nip == NIPS[to])
        ).one()
        row = f"{pegawai.nip},{pegawai.name},{pegawai.jenis.value},{kode}"
    sheet = folder / "pindah.csv"
    sheet.write_text(f"nip,nama,jenis,instansi\n{row}\n")
    assert [report.verdict for report in import_file(db, EMPLOYEE_IMPORT, sheet)] == [Verdict.DIPERBARUI]


def test_who_moves_takes_neither_events_nor_letters_along(country: Database, tmp_path: Path) -> None:
    former = acting(country, "admin_instansi_lain")
    account_id = acting(country, "pegawai_lain").account_id
    with country.begin() as s:
        disable_account(s, account_id=account_id, actor=former, reason="Alasan di instansi lama")
        seen = revisions.current_revision(s, revisions.of_account(account_id))
        bkn = acting(country, "admin_bkn")
        enable_account(s, account_id=account_id, actor=bkn, reason="Alasan di sana", seen=seen)
        old = s.exec(select(OutboxMail.id).where(OutboxMail.account_id == account_id)).all()
        s.execute(update(OutboxMail).values(state=OutboxState.FAILED, last_error="550 kotak surat lama"))
    move(country, tmp_path, "pegawai_lain", "admin_instansi")
    mine = acting(country, "admin_instansi")
    with country.begin() as s:
        for act, who, reason in (
            (disable_account, bkn, "Alasan BKN"),
            (enable_account, mine, "Alasan di sini"),
        ):
            now = revisions.current_revision(s, revisions.of_account(account_id))
            act(s, account_id=account_id, actor=who, reason=reason, seen=now)
    with country.read() as s:
        assert account_detail(s, former, account_id) is None
        seen = account_detail(s, mine, account_id)
        assert seen is not None
        assert seen.history is not None
        own = [(step.tag, step.actor, step.reason) for step in seen.history]
        assert own == [
            (AuditTag.ACCOUNT_ENABLED, "Taufik Gunawan", "Alasan di sini"),
            (AuditTag.ACCOUNT_DISABLED, search.OUTSIDE_SCOPE, "Alasan BKN"),
        ]
        assert [mail.kind for mail in seen.mails] == [MailKind.ENABLED.label, MailKind.DISABLED.label]
        everything = account_detail(s, acting(country, "admin_bkn"), account_id)
        assert everything is not None
        assert everything.history is not None
        assert "Alasan di instansi lama" in {step.reason for step in everything.history}
        assert len(everything.mails) == len(old) + 2
    with country.begin() as s, pytest.raises(PermissionDenied):
        mail_log.retry_mail(s, mine, mail_id=old[0] or 0)
