"""The pages from which an agency is steered: what admins see, do and take away, at all sizes, light and dark."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text, update
from sqlmodel import col, select

from mysapk_web.administration import announcements, period_admin
from mysapk_web.administration.period_input import PeriodAction, PeriodInput
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import NOT_FOUND
from mysapk_web.organisation.rules.dates import format_typed_date
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.progress.tables import Announcement
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.looks import DESK, PHONE, Looks
from tests.browser.steps import button_named, fill
from tests.support.demo_actors import NIPS, acting
from tests.wire.people import People

Accounts = dict[str, DemoAccount]


def day(offset: int) -> date:
    return clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=offset)


def activate(db: Database, nip: str, *, on: bool = True) -> None:
    with db.begin() as s:
        person = select(Pegawai.id).where(Pegawai.nip == nip).scalar_subquery()
        s.execute(
            update(Account).where(col(Account.pegawai_id) == person).values(activated_at=clock.now() if on else None)
        )


@pytest.fixture
def activation_over(server_db: Database) -> Iterator[None]:
    """The period of activation has ended."""
    of_kind = col(Period.kind) == PeriodKind.AKTIVASI
    with server_db.begin() as s:
        before = s.exec(select(Period.ends_at).where(of_kind)).one()
        s.execute(update(Period).where(of_kind).values(ends_at=clock.now() - timedelta(hours=1)))
    yield
    with server_db.begin() as s:
        s.execute(update(Period).where(of_kind).values(ends_at=before))


def test_progress_of_the_agency(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin")
    expect(page.get_by_text("72,11 %").first).to_be_visible()
    expect(page.get_by_text("2.829 dari 3.923 pegawai")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Dari .* menjadi 72,11 %"))).to_be_visible()
    looks.fine(page, "kemajuan")
    kinds = page.get_by_role("table", name="Aktivasi menurut jenis pegawai")
    expect(kinds.get_by_role("link", name="CPNS")).to_have_attribute(
        "href", re.compile(r"/admin/belum-aktif\?.*jenis=CPNS")
    )

    page.get_by_text("Tampilkan sebagai tabel").click()
    expect(page.get_by_role("table", name="Aktivasi dari hari ke hari").get_by_role("row")).to_have_count(31)
    looks.fine(page, "kemajuan-tabel")


def test_drill_down_sort_and_back(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_bkn")
    page.goto("/admin")
    expect(page.get_by_text("Seluruh instansi")).to_be_visible()
    looks.fine(page, "kemajuan-nasional")
    page.get_by_role("link", name="Pemerintah Kabupaten Contoh").click()
    expect(page.get_by_text("72,11 %").first).to_be_visible()
    page.get_by_label("Urutkan menurut").select_option(label="Terbanyak belum aktivasi")
    button_named(page, "Urutkan").click()
    page.wait_for_url("**urut=belum**")
    page.get_by_role("link", name="Dinas Pendidikan", exact=True).click()
    expect(page.get_by_role("navigation", name="Jalur unit")).to_contain_text("Seluruh instansi")
    looks.fine(page, "kemajuan-unit")
    page.get_by_role("navigation", name="Jalur unit").get_by_role("link", name="Seluruh instansi").click()
    expect(page.get_by_role("link", name="Pemerintah Kota Misal")).to_be_visible()


def test_an_activation_shows_without_a_reload(new_page: NewPage, server_db: Database, accounts: Accounts) -> None:
    page = new_page(DESK, "admin_instansi")
    page.clock.install()
    page.goto("/admin")
    expect(page.get_by_text("2.829 dari 3.923 pegawai")).to_be_visible()
    page.get_by_text("Tampilkan sebagai tabel").click()
    today = page.get_by_role("table", name="Aktivasi dari hari ke hari").get_by_role("row").nth(1)
    expect(today).to_contain_text("2.829")
    activate(server_db, accounts["belum_aktif"].nip)
    try:
        page.clock.run_for(11_000)
        expect(page.get_by_text("2.830 dari 3.923 pegawai")).to_be_visible()
        expect(today).to_contain_text("2.830")
        expect(page.get_by_role("img", name=re.compile("Dari .* menjadi 72,14 %"))).to_be_visible()
    finally:
        activate(server_db, accounts["belum_aktif"].nip, on=False)
    page.clock.run_for(11_000)
    expect(page.get_by_text("2.829 dari 3.923 pegawai")).to_be_visible()


def test_a_page_left_open_keeps_no_session_awake(new_page: NewPage, server_db: Database, people: People) -> None:
    page = new_page(DESK, "admin_satker")
    page.clock.install()
    page.goto("/admin")
    expect(page.get_by_role("heading", name="Menurut unit")).to_be_visible()
    page.wait_for_timeout(1_000)  # what the loading has begun is written, the time of its last event too
    idle = clock.now() - timedelta(minutes=20)
    with server_db.begin() as s:
        s.execute(text("UPDATE sesi SET seen_at = :at"), {"at": idle.replace(tzinfo=None)})
    page.clock.run_for(11_000)
    page.wait_for_timeout(400)
    with server_db.read() as s:
        seen = s.execute(text("SELECT seen_at FROM sesi")).scalar_one()
    assert str(seen)[:16] == str(idle)[:16]


def test_who_is_missing_is_reminded_once(new_page: NewPage, server_db: Database, looks: Looks) -> None:
    page = new_page(DESK, "admin_satker")
    page.goto("/admin")
    page.get_by_role("link", name="Daftar yang belum aktivasi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belum mengaktifkan akun")
    page.get_by_label("Keterangan").select_option(label="Belum mengaktifkan")
    button_named(page, "Tampilkan").click()
    page.wait_for_url("**keterangan=belum**")
    looks.fine(page, "belum-aktif")

    page.get_by_role("checkbox").nth(0).check()
    page.get_by_role("checkbox").nth(1).check()
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.locator(".done")).to_contain_text("Pengingat dikirim kepada 2 pegawai.")
    looks.fine(page, "belum-aktif-diingatkan")
    page.get_by_role("checkbox").nth(0).check()
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.locator(".done")).to_contain_text("Tidak ada pengingat yang dikirim")
    with server_db.read() as s:
        found = s.exec(select(OutboxMail.id).where(OutboxMail.template == MailKind.ACTIVATION_REMINDER)).all()
    assert len(found) == 2

    button_named(page, "Ingatkan semua dalam daftar").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks.fine(page, "belum-aktif-semua")
    button_named(page, "Batal").click()
    button_named(page, "Ingatkan yang dipilih").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih paling sedikit satu pegawai.")


@pytest.mark.parametrize(("button", "ending"), [("Unduh CSV", "csv"), ("Unduh XLSX", "xlsx")])
def test_the_list_comes_down_as_a_file(new_page: NewPage, tmp_path: Path, button: str, ending: str) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/belum-aktif?jenis=PNS")
    with page.expect_download() as coming:
        button_named(page, button).click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    assert re.fullmatch(rf"belum-aktif-\d{{8}}\.{ending}", path.name)
    if ending == "csv":
        with path.open(encoding="utf-8-sig") as handle:
            rows = list(csv.reader(handle))
        assert {row[2] for row in rows[1:]} == {"PNS"}
        assert {row[4] for row in rows[1:]} == {"Pemerintah Kota Misal"}
    else:
        assert path.read_bytes()[:2] == b"PK"


def test_sanctions_before_and_after_the_end(new_page: NewPage, looks: Looks) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/sanksi")
    expect(page.get_by_text("Daftar ini terbentuk setelah periode aktivasi berakhir.")).to_be_visible()
    expect(page.get_by_role("link", name="yang belum mengaktifkan akun")).to_have_attribute(
        "href", re.compile("^/admin/belum-aktif")
    )
    looks.fine(page, "sanksi-belum")


def test_the_list_of_sanctions(new_page: NewPage, looks: Looks, activation_over: None) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/sanksi")
    expect(page.get_by_text("lampiran huruf L ayat 1").first).to_be_visible()
    expect(page.get_by_text("1.094 pegawai")).to_be_visible()
    looks.fine(page, "sanksi")


def test_who_was_late_stays_on_the_list(
    new_page: NewPage, server_db: Database, looks: Looks, activation_over: None
) -> None:
    activate(server_db, NIPS["belum_aktif"])
    try:
        page = new_page(DESK, "admin_instansi")
        page.goto("/admin/sanksi?keterangan=terlambat")
        expect(page.get_by_role("row").filter(has_text=NIPS["belum_aktif"])).to_contain_text(
            "Mengaktifkan setelah periode berakhir, "
        )
        looks.fine(page, "sanksi-terlambat")
    finally:
        activate(server_db, NIPS["belum_aktif"], on=False)


def test_agencies_whose_period_is_over_are_those_of_the_place(
    new_page: NewPage, server_db: Database, looks: Looks, activation_over: None
) -> None:
    with server_db.read() as s:
        agency = s.exec(select(Instansi.id).where(Instansi.name == "Pemerintah Kota Misal")).one()
    page = new_page(DESK, "admin_bkn")
    page.goto(f"/admin/sanksi?tempat=i{agency}")
    over = page.get_by_role("listitem").filter(has_text="periode aktivasi berakhir")
    expect(over).to_have_text(re.compile("^Pemerintah Kota Misal: "))
    page.goto(f"/admin/sanksi?tempat=i{agency}&jenis=PPT_NON_ASN")
    expect(page.get_by_text("Tidak ada pegawai dalam daftar ini menurut saringan.")).to_be_visible()
    looks.fine(page, "sanksi-kosong")


def test_a_period_is_looked_at_set_and_taken_back(
    new_page: NewPage, looks: Looks, server_db: Database, accounts: Accounts
) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/periode")
    expect(page.get_by_role("table", name="Periode")).to_be_visible()
    looks.fine(page, "periode")
    button_named(page, "Lihat akibatnya").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi hari pertama")
    looks.fine(page, "periode-kesalahan")

    page.get_by_label("Jenis periode").select_option(label="Pemutakhiran data (PDM)")
    fill(
        page,
        Hari_pertama=format_typed_date(day(5)),
        Hari_terakhir=format_typed_date(day(9)),
        Dasar_penetapan="Surat Bupati 7/2026",
    )
    button_named(page, "Lihat akibatnya").click()
    expect(page.get_by_role("heading", name="Akibatnya")).to_be_visible()
    expect(page.get_by_text("Berlaku bagi 3.923 pegawai di 1 instansi.")).to_be_visible()
    expect(page.get_by_text("Pemutakhiran Data Mandiri belum dibuka")).to_be_visible()
    expect(page.get_by_text("langsung berakhir bagi pegawai Pemerintah Kabupaten Contoh")).to_be_visible()
    expect(page.get_by_text("Pemutakhiran data (PDM) tertutup bagi mereka sampai")).to_be_visible()
    looks.fine(page, "periode-akibat")

    with server_db.begin() as s:
        s.execute(text("UPDATE sesi SET step_up_at = NULL"))
    button_named(page, "Tetapkan").click()
    dialog = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    expect(dialog).to_be_visible()
    looks.fine(page, "periode-konfirmasi")
    dialog.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi"].password or "")
    button_named(dialog, "Konfirmasi").click()
    expect(page.locator(".done")).to_contain_text("Periode ditetapkan.")

    button_named(page, "Hapus").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks.fine(page, "periode-hapus")
    button_named(page, "Hapus periode").click()
    expect(page.locator(".done")).to_contain_text("Periode dihapus.")
    with server_db.read() as s:
        assert s.exec(select(Period).where(Period.legal_source == "Surat Bupati 7/2026")).all() == []


def test_the_outbox(new_page: NewPage, looks: Looks, server_db: Database, people: People, accounts: Accounts) -> None:
    with server_db.begin() as s:
        mail = enqueue(s, MailKind.ACTIVATED, account_id=people.account_id("pegawai"))
        mail.state, mail.attempts, mail.last_error = OutboxState.FAILED, 30, "550 5.2.2 Mailbox full"
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/surat")
    page.get_by_label("Status").select_option(label="Gagal")
    fill(page, NIP_penerima=accounts["pegawai"].nip)
    button_named(page, "Tampilkan").click()
    page.wait_for_url("**status=gagal**")
    assert accounts["pegawai"].nip not in page.url
    expect(page.get_by_text("550 5.2.2 Mailbox full")).to_be_visible()
    expect(page.get_by_text(re.compile(r"dew\*"))).to_be_visible()
    looks.fine(page, "surat")
    button_named(page, "Coba lagi surat untuk Dewi Rahayu").click()
    expect(page.locator(".done")).to_contain_text("Surat masuk antrean lagi")
    fill(page, NIP_penerima="12")
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.fine(page, "surat-kesalahan")


def test_the_trail(new_page: NewPage, looks: Looks, accounts: Accounts) -> None:
    page = new_page(DESK, "admin_instansi")
    page.goto("/admin/surat")
    page.goto("/admin/belum-aktif")
    with page.expect_download():
        button_named(page, "Unduh CSV").click()
    page.goto("/admin/audit?tindakan=laporan:diunduh")
    expect(page.get_by_role("table", name="Jejak audit")).to_contain_text("Laporan diunduh")
    looks.fine(page, "audit")
    fill(page, NIP_pelaku=accounts["admin_instansi_lain"].nip)
    button_named(page, "Tampilkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada pegawai dengan NIP itu dalam lingkup Anda.")
    assert accounts["admin_instansi_lain"].nip not in page.url
    looks.fine(page, "audit-kesalahan")


def test_an_announcement_reaches_people_and_ends(
    new_page: NewPage, looks: Looks, server_db: Database, accounts: Accounts
) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/bantuan")
    expect(page.get_by_label("Nama helpdesk")).to_have_value("Helpdesk BKPSDM Kota Misal")
    looks.fine(page, "pengumuman")
    fill(page, Judul="Layanan tutup Jumat", Isi_pengumuman="Loket tutup pukul 11.00.\nTelepon tetap dilayani.")
    fill(page, Tampil_sampai=format_typed_date(day(2)))
    with server_db.begin() as s:
        s.execute(text("UPDATE sesi SET step_up_at = NULL"))
    button_named(page, "Tampilkan pengumuman").click()
    dialog = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    expect(dialog).to_be_visible()
    looks.fine(page, "pengumuman-konfirmasi")
    dialog.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi_lain"].password or "")
    button_named(dialog, "Konfirmasi").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman ditampilkan.")
    expect(page.get_by_label("Judul")).to_have_value("")
    expect(page.get_by_label("Isi pengumuman")).to_have_value("")
    expect(page.get_by_label("Tampil sampai")).to_have_value("")
    looks.fine(page, "pengumuman-berjalan")

    reader = new_page(PHONE, "pegawai_lain")
    reader.goto("/beranda")
    expect(reader.get_by_role("heading", name="Layanan tutup Jumat")).to_be_visible()
    looks.fine(reader, "beranda-pengumuman")
    reader.goto("/bantuan")
    expect(reader.get_by_role("heading", name="Layanan tutup Jumat")).to_be_visible()
    stranger = new_page(PHONE, "pegawai")
    stranger.goto("/bantuan")
    expect(stranger.get_by_role("heading", name="Bantuan", level=1)).to_be_visible()
    expect(stranger.get_by_role("heading", name="Layanan tutup Jumat")).to_have_count(0)

    fill(page, Telepon="bukan nomor")
    button_named(page, "Simpan kontak").click()
    expect(page.get_by_role("alert")).to_contain_text("nomor telepon")
    looks.fine(page, "pengumuman-kesalahan")
    button_named(page, "Akhiri").click()
    expect(page.get_by_role("dialog", name="Akhiri pengumuman ini?")).to_be_visible()
    looks.fine(page, "pengumuman-akhiri")
    button_named(page, "Akhiri pengumuman").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman diakhiri.")
    reader.goto("/beranda")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Selamat datang,")
    expect(reader.get_by_role("heading", name="Layanan tutup Jumat")).to_have_count(0)


def test_an_announcement_is_edited_and_nothing_typed_is_lost(
    new_page: NewPage, looks: Looks, server_db: Database, accounts: Accounts
) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    page.goto("/admin/bantuan")
    fill(page, Judul="Layanan tutup Jumat", Isi_pengumuman="Loket tutup.", Tampil_sampai=format_typed_date(day(2)))
    button_named(page, "Tampilkan pengumuman").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman ditampilkan.")
    fill(page, Judul="Yang berikutnya")
    button_named(page, "Ubah pengumuman Layanan tutup Jumat").click()
    editor = page.get_by_role("region", name="Ubah pengumuman")
    expect(editor.get_by_label("Judul")).to_be_focused()
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Jumat")
    expect(editor.get_by_label("Isi pengumuman")).to_have_value("Loket tutup.")
    expect(editor.get_by_label("Tampil sampai")).to_have_value(format_typed_date(day(2)))
    looks.fine(page, "pengumuman-ubah")

    fill(editor, Judul="Layanan tutup Sabtu", Tampil_sampai=format_typed_date(day(-2)))
    button_named(editor, "Simpan perubahan").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi hari terakhir ditampilkan")
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    looks.fine(page, "pengumuman-ubah-kesalahan")

    # Somebody else is faster, and password or code have to be shown again.
    with server_db.begin() as s:
        row = s.exec(select(Announcement).where(Announcement.title == "Layanan tutup Jumat")).one()
        seen = revisions.current_revision(s, revisions.of_announcement(row.id or 0))
        given = {"title": row.title, "body": "Loket pindah.", "last_day": day(2), "seen": seen}
        announcements.edit(s, acting(server_db, "admin_bkn"), announcement_id=row.id or 0, **given)
        s.execute(text("UPDATE sesi SET step_up_at = NULL"))
    fill(editor, Tampil_sampai=format_typed_date(day(4)))
    button_named(editor, "Simpan perubahan").click()
    dialog = page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")
    dialog.get_by_label("Password, atau kode autentikator").fill(accounts["admin_instansi_lain"].password or "")
    button_named(dialog, "Konfirmasi").click()
    expect(page.get_by_role("alert")).to_contain_text("Pengumuman diubah oleh BKN pada")
    expect(page.get_by_role("listitem").filter(has_text="Loket pindah.")).to_be_visible()
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    expect(editor.get_by_label("Isi pengumuman")).to_have_value("Loket tutup.")
    button_named(editor, "Simpan perubahan").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman diubah.")
    expect(editor).to_have_count(0)
    expect(page.get_by_label("Judul")).to_have_value("Yang berikutnya")

    reader = new_page(PHONE, "pegawai_lain")
    reader.goto("/beranda")
    expect(reader.get_by_role("heading", name="Layanan tutup Sabtu")).to_be_visible()
    expect(reader.get_by_role("heading", name="Layanan tutup Jumat")).to_have_count(0)

    button_named(page, "Ubah pengumuman Layanan tutup Sabtu").click()
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    button_named(editor, "Batal mengubah").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman tidak diubah.")
    expect(editor).to_have_count(0)
    page.goto("/admin/audit?tindakan=pengumuman:diubah")
    expect(page.get_by_role("table", name="Jejak audit")).to_contain_text("Judul sebelumnya: Layanan tutup Jumat")


def test_a_lost_line_takes_nothing_of_an_announcement_away(new_page: NewPage) -> None:
    page = new_page(DESK, "admin_instansi_lain")
    line = Line(page)
    page.goto("/admin/bantuan")
    for title in ("Layanan tutup Jumat", "Layanan pindah"):
        fill(page, Judul=title, Isi_pengumuman="Loket tutup.", Tampil_sampai=format_typed_date(day(2)))
        button_named(page, "Tampilkan pengumuman").click()
        expect(page.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    fill(page, Judul="Yang berikutnya")
    button_named(page, "Ubah pengumuman Layanan tutup Jumat").click()
    editor = page.get_by_role("region", name="Ubah pengumuman")
    fill(editor, Judul="Layanan tutup Sabtu")
    line.cut(page)
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    expect(page.get_by_role("region", name="Pengumuman baru").get_by_label("Judul")).to_have_value("Yang berikutnya")

    button_named(page, "Ubah pengumuman Layanan pindah").click()
    expect(page.get_by_role("alert")).to_contain_text("Simpan atau batalkan dahulu")
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    button_named(page, "Ubah pengumuman Layanan tutup Jumat").click()
    expect(editor.get_by_label("Judul")).to_have_value("Layanan tutup Sabtu")
    button_named(editor, "Simpan perubahan").click()
    expect(page.locator(".done")).to_contain_text("Pengumuman diubah.")


def test_a_place_of_another_agency_is_refused(new_page: NewPage, server_db: Database) -> None:
    with server_db.read() as s:
        other = s.execute(text("SELECT id FROM instansi WHERE kode = '9902'")).scalar_one()
    page = new_page(DESK, "admin_instansi")
    for path in ("/admin", "/admin/belum-aktif", "/admin/sanksi"):
        for place in (f"i{other}", "i999999", "u999999"):
            page.goto(f"{path}?tempat={place}")
            expect(page.get_by_role("alert")).to_contain_text(NOT_FOUND)


def test_a_period_that_a_colleague_removed_is_said_to_be_gone(
    new_page: NewPage, looks: Looks, server_db: Database
) -> None:
    """It was answered as if one were not allowed to remove it."""
    today = clock.now().astimezone(Zone.WIB.info).date()
    draft = PeriodInput(
        PeriodAction.CREATE, PeriodKind.PDM, "nasional", today + timedelta(60), today + timedelta(70), "Surat uji"
    )
    bkn = acting(server_db, "admin_bkn")
    with server_db.begin() as s:
        made = period_admin.save_period(s, bkn, draft, seen=period_admin.preview_period(s, bkn, draft).revision).id or 0
    page = new_page(DESK, "admin_bkn")
    page.goto("/admin/periode")
    row = page.get_by_role("row").filter(has_text="Surat uji")
    button_named(row, "Hapus").click()
    with server_db.begin() as s:
        seen = revisions.current_revision(s, revisions.of_period(None, PeriodKind.PDM))
        period_admin.remove_period(s, bkn, period_id=made, seen=seen)
    button_named(page.get_by_role("dialog", name="Hapus periode ini?"), "Hapus periode").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Periode dihapus oleh Anda sendiri di jendela lain pada")
    expect(row).to_have_count(0)
    looks.fine(page, "periode-sudah-dihapus")
