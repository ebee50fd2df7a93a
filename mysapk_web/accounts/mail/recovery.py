"""Letters of activation and recovery."""

from __future__ import annotations

from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.render import Code, Link, Paragraph, Points, plain, when
from mysapk_web.platform.mail.snippets import Words, agency, contact, moment, not_me, recover, requested
from mysapk_web.platform.signed_links import sign_reference
from mysapk_web.settings import Settings


def token(facts: Facts, settings: Settings) -> Words:
    """The token for a new password."""
    request = requested(facts)
    derived = derive_token(settings.key("reset-token"), bytes.fromhex(request.id))
    until = when(request.expires_at, facts.zona)
    link = f"{settings.public_url}/konfirmasi/{sign_reference(settings, request.id)}"
    advice = (
        f"Alamat email Anda memakai layanan email umum. Mintalah {agency(facts)} menggantinya dengan email kedinasan."
    )
    asked = "Kami menerima permintaan untuk membuat password baru bagi akun MySAPK Web Anda."
    by_admin = f"Atas permintaan Anda, {agency(facts)} mengirim token untuk membuat password baru akun MySAPK Web Anda."
    return Words(
        "Token untuk membuat password MySAPK",
        (
            Paragraph(by_admin if facts.params.get("by_admin") else asked),
            Paragraph("Token Anda:"),
            Code(derived),
            Paragraph(
                "Salin token di atas, lalu isikan di halaman Konfirmasi Reset Password bersama password baru Anda."
            ),
            Points(
                (
                    f"Token berlaku {settings.token_minutes} menit, sampai {until}, untuk satu kali pakai.",
                    "Jika Anda meminta token lebih dari sekali, hanya token dari email terbaru yang berlaku.",
                    "Jangan berikan token kepada siapa pun. Petugas tidak pernah memintanya.",
                )
            ),
            Link("Halaman sudah tertutup, atau ingin melanjutkan di perangkat lain? Buka:", link),
            Paragraph(
                "Bukan Anda yang meminta? Abaikan email ini; password Anda tidak berubah. Jika email seperti ini "
                "datang berulang kali, beri tahu helpdesk."
            ),
            *((Paragraph(advice),) if facts.params.get("free_mail") else ()),
        ),
    )


def other_address(facts: Facts, settings: Settings) -> Words:
    """Somebody asked with another address."""
    mask = plain(requested(facts).mask, 120)
    return Words(
        "Permintaan token dengan alamat email lain",
        (
            Paragraph(
                f"Pada {moment(facts)} seseorang meminta token untuk akun MySAPK Web Anda dengan alamat email "
                f"yang berbeda dari alamat terdaftar, yaitu {mask}."
            ),
            Paragraph(
                "Token tidak dikirim. Pemberitahuan ini kami kirim ke alamat yang terdaftar pada data Anda, yaitu "
                "alamat tempat Anda membaca email ini."
            ),
            Link(
                "Jika itu Anda, ulangi permintaan dengan alamat email ini di:",
                f"{settings.public_url}/lupa-password",
            ),
            Paragraph(f"Ingin memakai alamat email lain? Mintalah {agency(facts)} memperbaruinya lebih dahulu."),
            Paragraph("Jika itu bukan Anda, tidak ada yang perlu dilakukan; akun Anda tetap aman."),
        ),
    )


def cpns_waiting(facts: Facts, settings: Settings) -> Words:
    """A CPNS has to be approved first."""
    return Words(
        "Akun CPNS Anda menunggu persetujuan",
        (
            Paragraph(f"Pada {moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(f"Token belum dapat dikirim. Akun CPNS harus disetujui lebih dahulu oleh {agency(facts)}."),
            Paragraph("Hubungi admin tersebut dan sampaikan bahwa akun CPNS Anda menunggu persetujuan:"),
            *(contact(facts) or (Paragraph("Kontaknya dapat Anda lihat di halaman bantuan di bawah ini."),)),
            Link("Setelah disetujui, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def account_disabled(facts: Facts, _settings: Settings) -> Words:
    """A token was asked for a disabled account."""
    return Words(
        "Akun MySAPK Anda sedang dinonaktifkan",
        (
            Paragraph(f"Pada {moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph("Token tidak dikirim karena akun Anda sedang dinonaktifkan."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {agency(facts)}."),
        ),
    )


def address_not_allowed(facts: Facts, settings: Settings) -> Words:
    """The agency takes its own mail domains only."""
    return Words(
        "Alamat email Anda perlu diganti dengan email instansi",
        (
            Paragraph(f"Pada {moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(
                "Token tidak dikirim karena instansi Anda hanya menerima alamat email kedinasan, sedangkan alamat "
                "terdaftar Anda bukan alamat kedinasan."
            ),
            Paragraph(f"Mintalah {agency(facts)} mengganti alamat email Anda dengan email kedinasan."),
            Link("Sesudah itu, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def cancelled(facts: Facts, settings: Settings) -> Words:
    """An admin made a token worthless that was sent."""
    return Words(
        "Token untuk password MySAPK Anda dibatalkan",
        (
            Paragraph(
                f"Token untuk membuat password akun MySAPK Web Anda dibatalkan oleh {agency(facts)} pada {moment(facts)} "
                "dan tidak dapat dipakai lagi."
            ),
            Paragraph("Password Anda tidak berubah. Untuk mengetahui sebabnya, hubungi admin tersebut."),
            Link("Masih perlu membuat password? Minta token baru di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def activated(facts: Facts, settings: Settings) -> Words:
    """The account is active."""
    return Words(
        "Akun MySAPK Anda sudah aktif",
        (
            Paragraph(f"Akun MySAPK Web Anda berhasil diaktifkan pada {moment(facts)}."),
            Link("Masuk dengan NIP dan password baru Anda di:", f"{settings.public_url}/masuk"),
            not_me(),
            recover(settings),
        ),
    )


def reminder(facts: Facts, settings: Settings) -> Words:
    """The activation is still to be done."""
    return Words(
        "Akun MySAPK Anda belum diaktifkan",
        (
            Paragraph(f"Menurut catatan {agency(facts)}, akun MySAPK Web Anda belum diaktifkan."),
            Link("Aktifkan dengan NIP dan alamat email ini di:", f"{settings.public_url}/lupa-password"),
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
