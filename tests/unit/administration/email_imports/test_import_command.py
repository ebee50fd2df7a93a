"""Addresses come in from another system, and nobody loses or shares one by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_reader import UnreadableFileError
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail

A, B, C = "198503152010012001", "198503152010012002", "198503152010012003"


@pytest.fixture
def people(db: Database) -> Database:
    with db.begin() as session:
        instansi = Instansi(code="K1", name="Kab Satu")
        session.add(instansi)
        session.flush()
        unor = Unor(instansi_id=instansi.id, code="00", name="x", path="1/")
        session.add(unor)
        session.flush()
        for nip, email in ((A, "a@example.go.id"), (B, "b@example.go.id"), (C, None)):
            pegawai = Pegawai(
                nip=nip,
                name="x",
                jenis=JenisPegawai.PNS,
                instansi_id=instansi.id,
                unor_id=unor.id,
                email=email,
                email_key=email,
            )
            session.add(pegawai)
            session.flush()
            session.add(Account(pegawai_id=pegawai.id))
    return db


def take(db: Database, folder: Path, *rows: tuple[str, str]) -> list[RowReport]:
    path = folder / "emails.csv"
    path.write_text("NIP;Email\n" + "".join(f"{nip};{email}\n" for nip, email in rows), encoding="utf-8")
    return list(import_file(db, EMAIL_IMPORT, path))


def addresses(db: Database) -> dict[str, str | None]:
    with db.read() as session:
        return dict(session.exec(select(Pegawai.nip, Pegawai.email_key)).all())


def test_verdict_for_every_kind_of_row(people: Database, tmp_path: Path) -> None:
    reports = take(
        people,
        tmp_path,
        (A, "A@example.go.id"),
        (B, ""),
        (C, "c@example.go.id "),
        ("198503152010012009", "d@example.go.id"),
        ("123", "e@example.go.id"),
        (C, "C@example.go.id"),
    )
    assert [report.verdict for report in reports] == [
        Verdict.DIPERBARUI,
        Verdict.DITOLAK,
        Verdict.DITERIMA_DENGAN_CATATAN,
        Verdict.DITOLAK,
        Verdict.DITOLAK,
        Verdict.DITOLAK,
    ]
    assert addresses(people) == {A: "a@example.go.id", B: "b@example.go.id", C: "c@example.go.id"}


def test_a_number_with_two_addresses_keeps_the_one_on_file(people: Database, tmp_path: Path) -> None:
    reports = take(people, tmp_path, (A, "satu@example.go.id"), (C, "c@example.go.id"), (A, "dua@example.go.id"))
    assert [report.verdict for report in reports] == [Verdict.DITOLAK, Verdict.DIPERBARUI, Verdict.DITOLAK]
    assert all("baris 2 dan baris 4" in report.sentence for report in reports if report.nip == A)
    assert addresses(people) == {A: "a@example.go.id", B: "b@example.go.id", C: "c@example.go.id"}


def test_empty_and_malformed_addresses_change_nothing(people: Database, tmp_path: Path) -> None:
    reports = take(people, tmp_path, (A, "  "), (B, "tanpa-tanda"))
    assert {report.verdict for report in reports} == {Verdict.DITOLAK}
    assert addresses(people) == {A: "a@example.go.id", B: "b@example.go.id", C: None}


def test_address_of_another_person_is_refused(people: Database, tmp_path: Path) -> None:
    (report,) = take(people, tmp_path, (A, "B@example.go.id"))
    assert (report.verdict, "pegawai lain" in report.sentence) == (Verdict.DITOLAK, True)
    assert addresses(people)[A] == "a@example.go.id"


def test_address_given_up_earlier_in_the_file_is_free(people: Database, tmp_path: Path) -> None:
    reports = take(people, tmp_path, (A, "neu@example.go.id"), (C, "a@example.go.id"))
    assert [report.verdict for report in reports] == [Verdict.DIPERBARUI] * 2
    assert addresses(people) == {A: "neu@example.go.id", B: "b@example.go.id", C: "a@example.go.id"}


def test_running_it_again_changes_nothing(people: Database, tmp_path: Path) -> None:
    rows = [(A, "baru@example.go.id"), (C, "c@example.go.id")]
    take(people, tmp_path, *rows)
    assert [report.verdict for report in take(people, tmp_path, *rows)] == [Verdict.TIDAK_BERUBAH] * 2
    with people.read() as session:
        versions = dict(
            session.exec(
                select(Pegawai.nip, Account.version).join(Account, col(Account.pegawai_id) == Pegawai.id)
            ).all()
        )
        assert versions == {A: 2, B: 1, C: 2}
        assert len(session.exec(select(OutboxMail)).all()) == 3
        tags = session.exec(select(AuditEvent.tag)).all()
        assert (tags.count(AuditTag.EMAIL_CHANGED), tags.count(AuditTag.EMAIL_IMPORTED)) == (2, 2)


def test_another_spelling_is_stored_and_ends_nothing(people: Database, tmp_path: Path) -> None:
    take(people, tmp_path, (A, "A@Example.go.id"))
    with people.read() as session:
        pegawai, account = session.exec(
            select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == A)
        ).one()
        assert (pegawai.email, account.version) == ("A@Example.go.id", 1)
        assert session.exec(select(OutboxMail)).all() == []


def test_a_file_without_the_columns(people: Database, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("nama\nBudi\n")
    with pytest.raises(UnreadableFileError):
        list(import_file(people, EMAIL_IMPORT, tmp_path / "x.csv"))
