"""All pages with their routes, titles and loaders, and replacements for Reflex' overlays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_components_core.base.error_boundary import error_boundary

from mysapk_web.accounts.pages.keamanan.state import KeamananState
from mysapk_web.accounts.pages.keamanan.view import keamanan
from mysapk_web.accounts.pages.konfirmasi_reset import KonfirmasiState, konfirmasi_reset
from mysapk_web.accounts.pages.lupa_password import LupaPasswordState, lupa_password
from mysapk_web.accounts.pages.masuk import MasukState, masuk
from mysapk_web.administration.pages.audit import AuditState, audit
from mysapk_web.administration.pages.bantuan import AdminBantuanState
from mysapk_web.administration.pages.bantuan import bantuan as admin_bantuan
from mysapk_web.administration.pages.email.state import EmailState
from mysapk_web.administration.pages.email.view import email
from mysapk_web.administration.pages.impor import ImporDataState, impor
from mysapk_web.administration.pages.pegawai.akun import akun
from mysapk_web.administration.pages.pegawai.akun_state import AkunState
from mysapk_web.administration.pages.pegawai.daftar import DaftarState, daftar
from mysapk_web.administration.pages.peran.state import PeranState
from mysapk_web.administration.pages.peran.view import peran
from mysapk_web.administration.pages.periode.state import PeriodeState
from mysapk_web.administration.pages.periode.view import periode
from mysapk_web.administration.pages.surat import SuratState, surat
from mysapk_web.home.pages.awal import AwalState, awal
from mysapk_web.home.pages.bantuan import BantuanState, bantuan
from mysapk_web.home.pages.beranda import BerandaState, beranda
from mysapk_web.home.pages.notifikasi import NotifikasiState, notifikasi
from mysapk_web.home.pages.tidak_ditemukan import tidak_ditemukan
from mysapk_web.pdm.pages.bukti import BuktiState, bukti
from mysapk_web.pdm.pages.cek_bukti import CekBuktiState, cek_bukti
from mysapk_web.pdm.pages.grup.state import GrupState
from mysapk_web.pdm.pages.grup.view import grup
from mysapk_web.pdm.pages.isian.state import IsianState
from mysapk_web.pdm.pages.isian.view import isian
from mysapk_web.pdm.pages.kirim.state import KirimState
from mysapk_web.pdm.pages.kirim.view import kirim
from mysapk_web.pdm.pages.pdm import PapanState, papan
from mysapk_web.pdm.pages.profil.state import ProfilState
from mysapk_web.pdm.pages.profil.view import profil
from mysapk_web.pdm.pages.usulan import UsulanListState, usulan
from mysapk_web.progress.pages.belum_aktif import BelumAktifState, belum_aktif
from mysapk_web.progress.pages.belum_pdm import BelumPdmState, belum_pdm
from mysapk_web.progress.pages.kemajuan import KemajuanState, kemajuan
from mysapk_web.progress.pages.kemajuan_pdm import KemajuanPdmState, kemajuan_pdm
from mysapk_web.progress.pages.sanksi import SanksiState, sanksi
from mysapk_web.progress.pages.sanksi_pdm import SanksiPdmState, sanksi_pdm
from mysapk_web.ui.components.forms import title_of
from mysapk_web.ui.shell import connection_line
from mysapk_web.verification.pages.sesuai import SesuaiState, sesuai
from mysapk_web.verification.pages.usulan.state import ReviewState
from mysapk_web.verification.pages.usulan.view import review
from mysapk_web.verification.pages.verifikasi import InboxState
from mysapk_web.verification.pages.verifikasi import verifikasi as masuk_usulan

STYLESHEET = "app.css"

PAGES: tuple[tuple[str, Callable[[], rx.Component], str, Any], ...] = (
    ("/", awal, "MySAPK Web", AwalState.load),
    ("/masuk", masuk, "Masuk", MasukState.load),
    ("/lupa-password", lupa_password, "Lupa Password", LupaPasswordState.load),
    ("/konfirmasi-reset", konfirmasi_reset, "Konfirmasi Reset Password", KonfirmasiState.load),
    ("/beranda", beranda, "Beranda", BerandaState.load),
    ("/profil", profil, "Profil", ProfilState.load),
    ("/pdm", papan, "Pemutakhiran Data Mandiri", PapanState.load),
    ("/pdm/kirim", kirim, "Periksa dan kirim usulan", KirimState.load),
    ("/pdm/bukti", bukti, "Bukti pemutakhiran", BuktiState.load),
    ("/pdm/[kelompok]", grup, "Kelompok data", GrupState.load),
    ("/pdm/[kelompok]/[nomor]", isian, "Isian usulan", IsianState.load),
    ("/usulan", usulan, "Usulan saya", UsulanListState.load),
    ("/notifikasi", notifikasi, "Notifikasi", NotifikasiState.load),
    ("/keamanan", keamanan, "Keamanan akun", KeamananState.load),
    ("/bantuan", bantuan, "Bantuan", BantuanState.load),
    ("/cek-bukti/[segel]", cek_bukti, "Periksa bukti pemutakhiran", CekBuktiState.load),
    ("/verifikasi", masuk_usulan, "Verifikasi", InboxState.load),
    ("/verifikasi/sesuai", sesuai, "Verifikasi bersama", SesuaiState.load),
    ("/verifikasi/[nomor]", review, "Usulan", ReviewState.load),
    ("/admin/pegawai", daftar, "Pegawai", DaftarState.load),
    ("/admin/pegawai/[akun]", akun, "Akun pegawai", AkunState.load),
    ("/admin/email", email, "Alamat email", EmailState.load),
    ("/admin/impor", impor, "Impor data", ImporDataState.load),
    ("/admin/peran", peran, "Peran", PeranState.load),
    ("/admin", kemajuan, "Kemajuan aktivasi", KemajuanState.load),
    ("/admin/pdm", kemajuan_pdm, "Kemajuan pemutakhiran data", KemajuanPdmState.load),
    ("/admin/belum-pdm", belum_pdm, "Belum selesai pemutakhiran", BelumPdmState.load),
    ("/admin/sanksi-pdm", sanksi_pdm, "Daftar sanksi pemutakhiran", SanksiPdmState.load),
    ("/admin/belum-aktif", belum_aktif, "Belum mengaktifkan akun", BelumAktifState.load),
    ("/admin/sanksi", sanksi, "Daftar sanksi", SanksiState.load),
    ("/admin/periode", periode, "Periode", PeriodeState.load),
    ("/admin/surat", surat, "Surat keluar", SuratState.load),
    ("/admin/audit", audit, "Jejak audit", AuditState.load),
    ("/admin/bantuan", admin_bantuan, "Pengumuman dan kontak bantuan", AdminBantuanState.load),
    ("404", tidak_ditemukan, "Halaman tidak ditemukan", None),
)
"""(route, page, name in the title, loader)."""


def head() -> list[rx.Component]:
    return [
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.meta(name="theme-color", content="#c41e2c"),
        rx.el.meta(name="robots", content="noindex"),
        rx.el.meta(name="format-detection", content="telephone=no"),
    ]


def add_pages(app: rx.App) -> None:
    for route, page, name, loader in PAGES:
        app.add_page(
            page,
            route=route,
            title=title_of(name),
            description="Aktivasi akun dan pemutakhiran data mandiri ASN.",
            image="/icon-512.png",
            on_load=loader,
        )


def _broken(_error: rx.Var[Any]) -> rx.Component:
    return rx.el.main(
        rx.el.h1("Halaman ini tidak dapat ditampilkan"),
        rx.el.p("Terjadi gangguan pada tampilan. Data yang sudah tersimpan tidak hilang.", class_name="lead"),
        rx.el.p(rx.el.a("Muat ulang", href="/beranda", reload_document=True), class_name="mt-6"),
        class_name="wrap main",
    )


def options() -> dict[str, Any]:
    return {
        "stylesheets": [STYLESHEET],
        "head_components": head(),
        "app_wraps": app_wraps(),
        # Tailwind brings the same reset.
        "reset_style": False,
    }


def app_wraps() -> dict[tuple[int, str], Callable[[bool], rx.Component | None]]:
    """Connection line and error page in Indonesian instead of English toasts."""
    return {
        (55, "ErrorBoundary"): lambda _stateful: error_boundary(
            fallback_render=rx.Var.create(_broken(rx.Var("event_args"))), on_error=rx.noop()
        ),
        (5, "Overlay"): lambda stateful: connection_line() if stateful else None,
    }
