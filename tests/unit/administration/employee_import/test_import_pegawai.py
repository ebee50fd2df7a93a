"""The rolls come in by file: everybody gets an account, and every row an answer."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import col, func, select

from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.row_report import RowReport, Verdict, write_report
from mysapk_web.platform.tables.outbox import OutboxMail
from mysapk_web.platform.tabular import CHUNK

HEADING = "nip,nama,jenis,instansi,instansi_nama,unor,unor_nama,unor_atasan,email,disetujui,gelar_belakang"
A, B, C = "198503152010012001", "198503152010012002", "199904102025042001"


def row(nip: str, nama: str = "Dewi Rahayu", email: str = "", **more: str) -> str:
    cells = {"nip": nip, "nama": nama, "jenis": "PNS", "instansi": "K1", "instansi_nama": "Kab Satu", "email": email}
    cells |= {"unor": "00"} | more
    return ",".join(cells.get(name, "") for name in HEADING.split(","))


@dataclass
class Rolls:
    db: Database
    folder: Path

    def take(self, *rows: str) -> list[RowReport]:
        path = self.folder / "rolls.csv"
        path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
        return list(import_file(self.db, EMPLOYEE_IMPORT, path))

    def verdicts(self, *rows: str) -> list[Verdict]:
        return [report.verdict for report in self.take(*rows)]

    def pegawai(self, nip: str) -> Pegawai:
        with self.db.begin() as session:
            return session.exec(select(Pegawai).where(Pegawai.nip == nip)).one()

    def account(self, nip: str) -> Account:
        with self.db.begin() as session:
            return session.exec(
                select(Account).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.nip == nip)
            ).one()

    def log_in(self, nip: str) -> None:
        account = self.account(nip)
        now = clock.now()
        with self.db.begin() as session:
            session.add(
                UserSession(
                    ref=nip,
                    account_id=account.id,
                    account_version=account.version,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )

    def logged_in(self, nip: str) -> bool:
        with self.db.begin() as session:
            return session.get_one(UserSession, nip).ended_at is None


@pytest.fixture
def rolls(db: Database, tmp_path: Path) -> Rolls:
    with db.begin() as session:
        instansi = Instansi(code="K1", name="Kab Satu")
        session.add(instansi)
        session.flush()
        root = Unor(instansi_id=instansi.id, code="00", name="Kab Satu", path="")
        session.add(root)
        session.flush()
        root.path = f"{root.id}/"
    return Rolls(db, tmp_path)


def test_new_people_get_an_account_that_is_not_active(rolls: Rolls) -> None:
    assert rolls.verdicts(row(A, email="Dewi@example.go.id")) == [Verdict.BARU]
    pegawai, account = rolls.pegawai(A), rolls.account(A)
    assert (pegawai.name, pegawai.jenis, pegawai.email_key) == ("Dewi Rahayu", JenisPegawai.PNS, "dewi@example.go.id")
    assert (pegawai.birth_date, pegawai.gender) == (date(1985, 3, 15), "P")
    assert (account.password_hash, account.activated_at, account.version) == (None, None, 1)


def test_second_run_changes_nothing(rolls: Rolls) -> None:
    rows = [row(A, email="dewi@example.go.id "), row(B)]
    rolls.take(*rows)
    assert rolls.verdicts(*rows) == [Verdict.TIDAK_BERUBAH] * 2
    with rolls.db.read() as session:
        assert session.exec(select(func.count()).select_from(Account)).one() == 2
        assert session.exec(select(OutboxMail)).all() == []


def test_since_when_somebody_is_on_the_rolls_is_kept(rolls: Rolls) -> None:
    before = clock.now()
    rolls.take(row(A))
    joined = rolls.pegawai(A).joined_at
    assert joined is not None
    assert before <= joined <= clock.now()
    with clock.shifted(timedelta(days=9)):
        rolls.take(row(A, nama="Dewi R. Lestari"), row(B))
        assert (rolls.pegawai(B).joined_at or joined) >= joined + timedelta(days=9)
    assert rolls.pegawai(A).joined_at == joined


def test_changes_by_nip_and_blank_cells_change_nothing(rolls: Rolls) -> None:
    rolls.take(row(A, email="dewi@example.go.id", gelar_belakang="S.Pd."))
    rolls.log_in(A)
    (report,) = rolls.take(row(A, nama="Dewi R. Lestari", unor=""))
    assert (report.verdict, report.sentence) == (Verdict.DIPERBARUI, "Data diperbarui: nama.")
    pegawai = rolls.pegawai(A)
    assert (pegawai.name, pegawai.title_suffix) == ("Dewi R. Lestari", "S.Pd.")
    assert pegawai.email == "dewi@example.go.id"
    assert rolls.logged_in(A)
    assert rolls.account(A).version == 1


def test_new_address_ends_sessions_and_tells_both(rolls: Rolls) -> None:
    rolls.take(row(A, email="lama@example.go.id"), row(B))
    rolls.log_in(A)
    rolls.log_in(B)
    assert rolls.verdicts(row(A, email="baru@example.go.id"), row(B)) == [
        Verdict.DIPERBARUI,
        Verdict.TIDAK_BERUBAH,
    ]
    assert (rolls.logged_in(A), rolls.logged_in(B)) == (False, True)
    assert (rolls.account(A).version, rolls.account(B).version) == (2, 1)
    with rolls.db.read() as session:
        assert set(session.exec(select(OutboxMail.recipient))) == {None, "lama@example.go.id"}


def test_approval_of_a_cpns_ends_sessions_and_its_withdrawal_too(rolls: Rolls) -> None:
    cpns = {"jenis": "CPNS", "email": "c@example.go.id"}
    rolls.take(row(C, **cpns))
    assert rolls.pegawai(C).approved_at is None
    rolls.log_in(C)
    assert rolls.verdicts(row(C, **cpns, disetujui="ya")) == [Verdict.DIPERBARUI]
    assert rolls.pegawai(C).approved_at is not None
    assert not rolls.logged_in(C)
    assert rolls.account(C).version == 2
    assert rolls.verdicts(row(C, **cpns, disetujui="ya")) == [Verdict.TIDAK_BERUBAH]
    rolls.take(row(C, **cpns, disetujui="tidak"))
    assert rolls.pegawai(C).approved_at is None
    assert rolls.account(C).version == 3


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("1985"), "18 angka"),
        (row("1.98503E+17"), "lembar kerja"),
        (row("198503152010012000"), "lembar kerja"),
        (row("198513152010012001"), "tanggal lahir"),
        (row(A, nama="  "), "Nama kosong"),
        (row(A, jenis="honorer"), "Jenis pegawai tidak dikenal"),
        (row(A, jenis=""), "Jenis pegawai kosong"),
        (row(A, jenis="PPPK"), "Susunan nomor"),
        (row(A, instansi="", instansi_nama=""), "Instansi kosong"),
        (row(A, instansi="Antah Berantah", instansi_nama=""), "Instansi tidak dikenal"),
        (row(A, unor="77"), "Unor tidak dikenal"),
        (row(A, unor="77", unor_nama="Baru", unor_atasan="66"), "Unor atasan tidak dikenal"),
        (row(A, email="bukan-alamat"), "tanda @"),
        (row(A, disetujui="mungkin"), "ya atau tidak"),
        (row(A, nama="x" * 201), "terlalu panjang"),
    ],
)
def test_rows_that_cannot_be_taken(rolls: Rolls, bad: str, words: str) -> None:
    refused, taken = rolls.take(bad, row(B))
    assert (refused.verdict, taken.verdict) == (Verdict.DITOLAK, Verdict.BARU)
    assert words in refused.sentence
    with rolls.db.read() as session:
        assert session.exec(select(Pegawai.nip)).all() == [B]


def test_the_same_nip_twice_in_a_file(rolls: Rolls) -> None:
    first, second = rolls.take(row(A), row(f"{A[:8]} {A[8:14]} {A[14]} {A[15:]}", nama="Lain"))
    assert (first.verdict, second.verdict) == (Verdict.BARU, Verdict.DITOLAK)
    assert "baris 2" in second.sentence
    assert rolls.pegawai(A).name == "Dewi Rahayu"


def test_address_of_another_person(rolls: Rolls) -> None:
    first, second = rolls.take(row(A, email="x@example.go.id"), row(B, email=" X@example.go.id"))
    assert (first.verdict, second.verdict) == (Verdict.BARU, Verdict.DITERIMA_DENGAN_CATATAN)
    assert "pegawai lain" in second.sentence
    assert rolls.pegawai(B).email_key is None
    (report,) = rolls.take(row(B, email="x@example.go.id"))
    assert report.verdict is Verdict.DITERIMA_DENGAN_CATATAN
    assert rolls.pegawai(A).email_key == "x@example.go.id"
    assert rolls.account(B).version == 1


def test_blanks_around_an_address_are_noted_and_kept(rolls: Rolls) -> None:
    (report,) = rolls.take(row(A, email="dewi@example.go.id "))
    assert (report.verdict, "Spasi" in report.sentence) == (Verdict.DITERIMA_DENGAN_CATATAN, True)
    assert (rolls.pegawai(A).email, rolls.pegawai(A).email_key) == ("dewi@example.go.id ", "dewi@example.go.id")


def test_domain_policy_of_the_agency(rolls: Rolls) -> None:
    with rolls.db.begin() as session:
        instansi = session.exec(select(Instansi)).one()
        instansi.domain_policy, instansi.email_domains = DomainPolicy.AGENCY_ONLY, ["satu.example.go.id"]
    reports = rolls.take(row(A, email="a@mail.satu.example.go.id"), row(B, email="b@example.com"))
    assert [report.verdict for report in reports] == [Verdict.BARU, Verdict.DITERIMA_DENGAN_CATATAN]
    assert "domain" in reports[1].sentence.lower()
    assert rolls.pegawai(A).email_key == "a@mail.satu.example.go.id"
    assert rolls.pegawai(B).email_key is None


def test_agency_and_units_are_made_when_described(rolls: Rolls) -> None:
    reports = rolls.take(
        row(A, instansi="K2", instansi_nama="Kota Dua", unor="D1", unor_nama="Dinas Satu"),
        row(B, instansi="kota dua", instansi_nama="", unor="D1.1", unor_nama="Bidang Satu", unor_atasan="D1"),
    )
    assert [report.verdict for report in reports] == [Verdict.BARU] * 2
    with rolls.db.read() as session:
        instansi = session.exec(select(Instansi).where(Instansi.code == "K2")).one()
        units = session.exec(select(Unor).where(Unor.instansi_id == instansi.id).order_by(col(Unor.id))).all()
        root, dinas, bidang = units
        assert (root.name, root.parent_id) == ("Kota Dua", None)
        assert bidang.path == f"{root.id}/{dinas.id}/{bidang.id}/"
        places = dict(session.exec(select(Pegawai.nip, Pegawai.unor_id)).all())
        assert places == {A: dinas.id, B: bidang.id}


def test_nobody_is_placed_silently(rolls: Rolls) -> None:
    (report,) = rolls.take(row(A, unor=""))
    assert (report.verdict, "unit teratas" in report.sentence) == (Verdict.DITERIMA_DENGAN_CATATAN, True)


def test_ppt_non_asn_has_a_number_of_its_own(rolls: Rolls) -> None:
    assert rolls.verdicts(row("990000000000000017", jenis="PPT Non-ASN")) == [Verdict.BARU]
    assert rolls.pegawai("990000000000000017").birth_date is None


def test_number_cells_of_a_spreadsheet_are_refused(rolls: Rolls, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["NIP", "Nama", "Jenis", "Instansi"])
    book.active.append([int(A), "Dewi", "PNS", "K1"])
    book.active.append([B, "Dewi", "PNS", "K1"])
    book.save(tmp_path / "rolls.xlsx")
    refused, taken = import_file(rolls.db, EMPLOYEE_IMPORT, tmp_path / "rolls.xlsx")
    assert (refused.verdict, "format Teks" in refused.sentence) == (Verdict.DITOLAK, True)
    assert taken.verdict is Verdict.DITERIMA_DENGAN_CATATAN


def test_files_longer_than_a_chunk(rolls: Rolls) -> None:
    nips = [f"198503152010{month:02d}1{number:03d}" for month in (1, 2) for number in range(1, 700)]
    assert len(nips) > CHUNK
    reports = rolls.take(*(row(nip, email=f"p{nip}@example.go.id") for nip in [*nips, nips[0]]))
    assert [report.line for report in reports] == list(range(2, len(nips) + 3))
    assert {report.verdict for report in reports[:-1]} == {Verdict.BARU}
    assert reports[-1].verdict is Verdict.DITOLAK


def test_written_report_runs_no_formula(tmp_path: Path) -> None:
    rows = [
        RowReport(2, "=1+1", Verdict.DITOLAK, "@x"),
        RowReport(3, A, Verdict.BARU, "Pegawai dan akunnya dibuat."),
    ]
    rows += [RowReport(4, f"{start}cmd", Verdict.DITOLAK, "x") for start in ("+", "-", "＝", "＠")]
    write_report(tmp_path / "report.csv", rows)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as handle:
        written = list(csv.reader(handle))
    assert written[0] == ["baris", "nip", "hasil", "keterangan"]
    assert written[1] == ["2", "'=1+1", "DITOLAK", "'@x"]
    assert written[2] == ["3", A, "BARU", "Pegawai dan akunnya dibuat."]
    assert all(line[1].startswith("'") for line in written[3:])
