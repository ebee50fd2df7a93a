"""Mails of activation and recovery."""

from __future__ import annotations

from mysapk_web.accounts import one_time_tokens
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.render import BulletList, Code, MailLink, Paragraph, single_line
from mysapk_web.platform.mail.snippets import (
    MailText,
    agency_admin,
    event_time,
    helpdesk_line,
    not_me,
    request_of,
    reset_link,
)
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.platform.signed_links import sign_reset_request
from mysapk_web.settings import Settings


def reset_token(facts: MailContext, settings: Settings) -> MailText:
    request = request_of(facts)
    derived = one_time_tokens.text_of(ResetRequest, request.id, settings)
    until = format_moment(request.expires_at, facts.timezone)
    link = f"{settings.public_url}/konfirmasi/{sign_reset_request(settings, request.id)}"
    advice = f"Alamat email Anda memakai layanan email umum. Mintalah {agency_admin(facts)} menggantinya dengan email kedinasan."
    asked = "Kami menerima permintaan untuk membuat password baru bagi akun MySAPK Web Anda."
    by_admin = (
        f"Atas permintaan Anda, {agency_admin(facts)} mengirim token untuk membuat password baru akun MySAPK Web Anda."
    )
    return MailText(
        "Token untuk membuat password MySAPK",
        (
            Paragraph(by_admin if facts.params.get("by_admin") else asked),
            Paragraph("Token Anda:"),
            Code(derived),
            Paragraph(
                "Salin token di atas, lalu isikan di halaman Konfirmasi Reset Password bersama password baru Anda."
            ),
            BulletList(
                (
                    f"Token berlaku {settings.token_minutes} menit, sampai {until}, untuk satu kali pakai.",
                    "Jika Anda meminta token lebih dari sekali, hanya token dari email terbaru yang berlaku.",
                    "Jangan berikan token kepada siapa pun. Petugas tidak pernah memintanya.",
                )
            ),
            MailLink("Halaman sudah tertutup, atau ingin melanjutkan di perangkat lain? Buka:", link),
            Paragraph(
                "Bukan Anda yang meminta? Abaikan email ini; password Anda tidak berubah. Jika email seperti ini "
                "datang berulang kali, beri tahu helpdesk."
            ),
            *((Paragraph(advice),) if facts.params.get("free_mail") else ()),
        ),
    )


def other_email(facts: MailContext, settings: Settings) -> MailText:
    """Somebody requested a token with another address."""
    mask = single_line(request_of(facts).mask, 120)
    return MailText(
        "Permintaan token dengan alamat email lain",
        (
            Paragraph(
                f"Pada {event_time(facts)} seseorang meminta token untuk akun MySAPK Web Anda dengan alamat email "
                f"yang berbeda dari alamat terdaftar, yaitu {mask}."
            ),
            Paragraph(
                "Token tidak dikirim. Pemberitahuan ini kami kirim ke alamat yang terdaftar pada data Anda, yaitu "
                "alamat tempat Anda membaca email ini."
            ),
            MailLink(
                "Jika itu Anda, ulangi permintaan dengan alamat email ini di:",
                f"{settings.public_url}/lupa-password",
            ),
            Paragraph(f"Ingin memakai alamat email lain? Mintalah {agency_admin(facts)} memperbaruinya lebih dahulu."),
            Paragraph("Jika itu bukan Anda, tidak ada yang perlu dilakukan; akun Anda tetap aman."),
        ),
    )


def cpns_waiting(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Akun CPNS Anda menunggu persetujuan",
        (
            Paragraph(f"Pada {event_time(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(f"Token belum dapat dikirim. Akun CPNS harus disetujui lebih dahulu oleh {agency_admin(facts)}."),
            Paragraph("Hubungi admin tersebut dan sampaikan bahwa akun CPNS Anda menunggu persetujuan:"),
            *(helpdesk_line(facts) or (Paragraph("Kontaknya dapat Anda lihat di halaman bantuan di bawah ini."),)),
            MailLink("Setelah disetujui, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def account_disabled(facts: MailContext, _settings: Settings) -> MailText:
    """A token was requested for a disabled account."""
    return MailText(
        "Akun MySAPK Anda sedang dinonaktifkan",
        (
            Paragraph(f"Pada {event_time(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph("Token tidak dikirim karena akun Anda sedang dinonaktifkan."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {agency_admin(facts)}."),
        ),
    )


def email_not_allowed(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Alamat email Anda perlu diganti dengan email instansi",
        (
            Paragraph(f"Pada {event_time(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(
                "Token tidak dikirim karena instansi Anda hanya menerima alamat email kedinasan, sedangkan alamat "
                "terdaftar Anda bukan alamat kedinasan."
            ),
            Paragraph(f"Mintalah {agency_admin(facts)} mengganti alamat email Anda dengan email kedinasan."),
            MailLink("Sesudah itu, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def cancelled(facts: MailContext, settings: Settings) -> MailText:
    """An admin has cancelled a token."""
    return MailText(
        "Token untuk password MySAPK Anda dibatalkan",
        (
            Paragraph(
                f"Token untuk membuat password akun MySAPK Web Anda dibatalkan oleh {agency_admin(facts)} pada {event_time(facts)} "
                "dan tidak dapat dipakai lagi."
            ),
            Paragraph("Password Anda tidak berubah. Untuk mengetahui sebabnya, hubungi admin tersebut."),
            MailLink("Masih perlu membuat password? Minta token baru di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def activated(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Akun MySAPK Anda sudah aktif",
        (
            Paragraph(f"Akun MySAPK Web Anda berhasil diaktifkan pada {event_time(facts)}."),
            MailLink("Masuk dengan NIP dan password baru Anda di:", f"{settings.public_url}/masuk"),
            not_me(),
            reset_link(settings),
        ),
    )


def reminder(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Akun MySAPK Anda belum diaktifkan",
        (
            Paragraph(f"Menurut catatan {agency_admin(facts)}, akun MySAPK Web Anda belum diaktifkan."),
            MailLink("Aktifkan dengan NIP dan alamat email ini di:", f"{settings.public_url}/lupa-password"),
            Paragraph(
                "Anda akan menerima token lewat email untuk membuat password. Petugas tidak pernah meminta token atau "
                "password Anda."
            ),
            Paragraph(
                "Layanan kepegawaian bagi pegawai yang tidak mengikuti pemutakhiran data tidak diproses (Keputusan "
                "Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1)."
            ),
        ),
    )
