"""The words of every letter. Rendered when sent, so that a token exists only inside the message (DESIGN 2.8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from mysapk_web.domain.token import derive_token
from mysapk_web.mail.faults import check_address
from mysapk_web.mail.layout import Block, Code, Link, Paragraph, Points, as_html, as_text, plain, when
from mysapk_web.services import clock
from mysapk_web.services.letters import Facts, Request
from mysapk_web.services.links import sign_reference
from mysapk_web.services.outbox import Letter
from mysapk_web.settings import Settings

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Words:
    """Subject (the same for everybody: no name, no token) and body of a letter."""

    subject: str
    blocks: tuple[Block, ...]


def render(letter: Letter, facts: Facts, settings: Settings) -> EmailMessage:
    """Write a letter.

    Args:
        letter: Which one.
        facts: What it may tell.
        settings: Sender, public address, life and key of tokens.

    Returns:
        The whole message, text and HTML, with all headers.

    Raises:
        PermanentFault: The recipient is no address.
        ValueError: A fact that the letter can't do without is missing.
    """
    check_address(facts.recipient)
    words = _LETTERS[letter](facts, settings)
    opening = Paragraph(f"Yth. {plain(facts.nama)}," if plain(facts.nama) else "Dengan hormat,")
    blocks = (opening, *words.blocks)
    foot = _foot(facts, settings)
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = facts.recipient
    message["Subject"] = words.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{facts.message_id}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "id"
    message.set_content(as_text(blocks, foot))
    message.add_alternative(as_html(words.subject, blocks, foot), subtype="html")
    return message


def _host(settings: Settings) -> str:
    return settings.hostname if _HOST_NAME.fullmatch(settings.hostname) else "localhost"


def _foot(facts: Facts, settings: Settings) -> tuple[Block, ...]:
    return (
        Paragraph("Email ini dikirim otomatis oleh MySAPK Web. Balasan ke alamat ini tidak dibaca."),
        *_contact(facts),
        Link("Butuh bantuan? Lihat cara menghubungi helpdesk di:", f"{settings.public_url}/bantuan"),
    )


def _contact(facts: Facts) -> tuple[Block, ...]:
    contact = facts.contact
    if contact is None:
        return ()
    ways = [
        ("telepon", contact.telepon),
        ("email", contact.email),
        ("jam layanan", contact.jam_layanan),
    ]
    told = ", ".join(f"{name} {plain(value)}" for name, value in ways if value)
    return (Paragraph(f"{plain(contact.nama)}: {told}." if told else f"{plain(contact.nama)}."),)


def _agency(facts: Facts) -> str:
    return f"admin kepegawaian {plain(facts.instansi)}" if facts.instansi else "admin kepegawaian instansi Anda"


def _moment(facts: Facts) -> str:
    return when(facts.happened_at, facts.zona)


def _requested(facts: Facts) -> Request:
    if facts.request is None:
        raise ValueError("this letter needs its request")
    return facts.request


# Activation and recovery -------------------------------------------------------------------------


def _token(facts: Facts, settings: Settings) -> Words:
    request = _requested(facts)
    token = derive_token(settings.key("reset-token"), bytes.fromhex(request.id))
    until = when(request.expires_at, facts.zona)
    link = f"{settings.public_url}/konfirmasi/{sign_reference(settings, request.id)}"
    advice = (
        f"Alamat email Anda memakai layanan email umum. Mintalah {_agency(facts)} menggantinya dengan email kedinasan."
    )
    return Words(
        "Token untuk membuat password MySAPK",
        (
            Paragraph("Kami menerima permintaan untuk membuat password baru bagi akun MySAPK Web Anda."),
            Paragraph("Token Anda:"),
            Code(token),
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


def _other_address(facts: Facts, settings: Settings) -> Words:
    mask = plain(_requested(facts).mask, 120)
    return Words(
        "Permintaan token dengan alamat email lain",
        (
            Paragraph(
                f"Pada {_moment(facts)} seseorang meminta token untuk akun MySAPK Web Anda dengan alamat email "
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
            Paragraph(f"Ingin memakai alamat email lain? Mintalah {_agency(facts)} memperbaruinya lebih dahulu."),
            Paragraph("Jika itu bukan Anda, tidak ada yang perlu dilakukan; akun Anda tetap aman."),
        ),
    )


def _cpns_waiting(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Akun CPNS Anda menunggu persetujuan",
        (
            Paragraph(f"Pada {_moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(f"Token belum dapat dikirim. Akun CPNS harus disetujui lebih dahulu oleh {_agency(facts)}."),
            Paragraph("Hubungi admin tersebut dan sampaikan bahwa akun CPNS Anda menunggu persetujuan:"),
            *(_contact(facts) or (Paragraph("Kontaknya dapat Anda lihat di halaman bantuan di bawah ini."),)),
            Link("Setelah disetujui, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def _account_disabled(facts: Facts, _settings: Settings) -> Words:
    return Words(
        "Akun MySAPK Anda sedang dinonaktifkan",
        (
            Paragraph(f"Pada {_moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph("Token tidak dikirim karena akun Anda sedang dinonaktifkan."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {_agency(facts)}."),
        ),
    )


def _address_not_allowed(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Alamat email Anda perlu diganti dengan email instansi",
        (
            Paragraph(f"Pada {_moment(facts)} kami menerima permintaan token untuk akun MySAPK Web Anda."),
            Paragraph(
                "Token tidak dikirim karena instansi Anda hanya menerima alamat email kedinasan, sedangkan alamat "
                "terdaftar Anda bukan alamat kedinasan."
            ),
            Paragraph(f"Mintalah {_agency(facts)} mengganti alamat email Anda dengan email kedinasan."),
            Link("Sesudah itu, ulangi permintaan token di:", f"{settings.public_url}/lupa-password"),
        ),
    )


def _activated(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Akun MySAPK Anda sudah aktif",
        (
            Paragraph(f"Akun MySAPK Web Anda berhasil diaktifkan pada {_moment(facts)}."),
            Link("Masuk dengan NIP dan password baru Anda di:", f"{settings.public_url}/masuk"),
            _not_me(),
            _recover(settings),
        ),
    )


# Notices of security -----------------------------------------------------------------------------


def _password_changed(facts: Facts, settings: Settings) -> Words:
    how = "direset dengan token" if facts.params.get("how") == "reset" else "diganti dari halaman Keamanan"
    return Words(
        "Password MySAPK Anda sudah diganti",
        (
            Paragraph(f"Password akun MySAPK Web Anda {how} pada {_moment(facts)}."),
            Paragraph("Semua perangkat lain yang sedang masuk ke akun Anda sudah dikeluarkan."),
            _not_me(),
            _recover(settings),
        ),
    )


def _email_changed(facts: Facts, _settings: Settings) -> Words:
    old, new = (plain(facts.params.get(name, ""), 120) for name in ("mask_old", "mask_new"))
    change = (f" dari {old}" if old else "") + (f" menjadi {new}" if new else "")
    return Words(
        "Alamat email akun MySAPK Anda diganti",
        (
            Paragraph(f"Alamat email akun MySAPK Web Anda diganti{change} pada {_moment(facts)}."),
            Paragraph("Mulai sekarang token dan pemberitahuan hanya dikirim ke alamat yang baru."),
            Paragraph(
                f"Anda tidak mengetahui perubahan ini? Segera hubungi {_agency(facts)} atau helpdesk agar "
                "alamatnya diperbaiki."
            ),
        ),
    )


def _second_factor_on(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Verifikasi dua langkah diaktifkan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda diaktifkan pada {_moment(facts)}."),
            Paragraph(
                "Mulai sekarang, selain password, Anda diminta memasukkan kode dari aplikasi autentikator. Simpan "
                "kode pemulihan di tempat yang aman."
            ),
            _not_me(),
            _recover(settings),
        ),
    )


def _second_factor_off(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Verifikasi dua langkah dimatikan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda dimatikan pada {_moment(facts)}."),
            Link("Anda dapat mengaktifkannya kembali di:", f"{settings.public_url}/keamanan"),
            _not_me(),
            _recover(settings),
        ),
    )


def _recovery_code_used(facts: Facts, settings: Settings) -> Words:
    left = int(facts.params.get("left", 0))
    rest = f"Tersisa {left} kode pemulihan." if left else "Tidak ada lagi kode pemulihan yang tersisa."
    return Words(
        "Kode pemulihan dipakai untuk masuk",
        (
            Paragraph(f"Sebuah kode pemulihan akun MySAPK Web Anda dipakai pada {_moment(facts)}. {rest}"),
            Link(
                "Jika autentikator Anda hilang, pasang yang baru dan buat kode pemulihan baru di:",
                f"{settings.public_url}/keamanan",
            ),
            _not_me(),
            _recover(settings),
        ),
    )


def _locked(facts: Facts, settings: Settings) -> Words:
    return Words(
        "Beberapa kali gagal masuk ke akun MySAPK Anda",
        (
            Paragraph(
                f"Sampai {_moment(facts)} ada beberapa percobaan masuk ke akun MySAPK Web Anda dengan password "
                "yang salah. Untuk melindungi akun, percobaan berikutnya harus menunggu sebentar."
            ),
            Paragraph("Jika itu Anda, tunggu sampai waktu tunggu habis, atau buat password baru."),
            Paragraph("Jika itu bukan Anda, password Anda tidak berubah dan orang itu tidak masuk."),
            _recover(settings),
        ),
    )


def _new_login(facts: Facts, settings: Settings) -> Words:
    agent = plain(facts.params.get("agent", "")) or "Tidak dikenal"
    network = plain(facts.params.get("network", "")) or "Tidak dikenal"
    return Words(
        "Masuk ke akun MySAPK dari perangkat baru",
        (
            Paragraph("Akun MySAPK Web Anda dipakai masuk dari perangkat yang belum pernah kami lihat."),
            Points((f"Waktu: {_moment(facts)}", f"Perangkat: {agent}", f"Jaringan: {network}")),
            Paragraph("Jika itu Anda, tidak ada yang perlu dilakukan."),
            Link(
                "Jika itu bukan Anda, akhiri sesi tersebut dan ganti password Anda di:",
                f"{settings.public_url}/keamanan",
            ),
        ),
    )


def _role_changed(facts: Facts, settings: Settings) -> Words:
    roles = plain(facts.params.get("roles", ""), 200) or "tidak ada"
    return Words(
        "Peran Anda di MySAPK diubah",
        (
            Paragraph(f"Peran akun MySAPK Web Anda diubah pada {_moment(facts)}. Peran Anda sekarang: {roles}."),
            Link("Masuk kembali untuk melanjutkan:", f"{settings.public_url}/masuk"),
            Paragraph(f"Perubahan ini tidak Anda ketahui? Hubungi {_agency(facts)}."),
        ),
    )


def _disabled(facts: Facts, _settings: Settings) -> Words:
    return Words(
        "Akun MySAPK Anda dinonaktifkan",
        (
            Paragraph(f"Akun MySAPK Web Anda dinonaktifkan pada {_moment(facts)} dan semua sesinya diakhiri."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {_agency(facts)}."),
        ),
    )


def _open_again(subject: str, facts: Facts, settings: Settings) -> Words:
    done = Paragraph(f"{subject} pada {_moment(facts)}.")
    way = Link("Belum punya password, atau lupa? Buat yang baru di:", f"{settings.public_url}/lupa-password")
    return Words(subject, (done, Link("Masuk di:", f"{settings.public_url}/masuk"), way))


def _test(facts: Facts, _settings: Settings) -> Words:
    return Words(
        "Surat uji dari MySAPK Web",
        (
            Paragraph(f"Surat ini dikirim pada {_moment(facts)} untuk memeriksa pengaturan email."),
            Paragraph("Jika Anda membacanya, pengiriman email berjalan dengan baik."),
        ),
    )


def _not_me() -> Block:
    return Paragraph("Jika itu bukan Anda, segera buat password baru dan hubungi helpdesk.")


def _recover(settings: Settings) -> Block:
    return Link("Membuat password baru:", f"{settings.public_url}/lupa-password")


_LETTERS: dict[Letter, Callable[[Facts, Settings], Words]] = {
    Letter.TOKEN: _token,
    Letter.OTHER_ADDRESS: _other_address,
    Letter.CPNS_WAITING: _cpns_waiting,
    Letter.ACCOUNT_DISABLED: _account_disabled,
    Letter.ADDRESS_NOT_ALLOWED: _address_not_allowed,
    Letter.ACTIVATED: _activated,
    Letter.PASSWORD_CHANGED: _password_changed,
    Letter.EMAIL_CHANGED: _email_changed,
    Letter.SECOND_FACTOR_ON: _second_factor_on,
    Letter.SECOND_FACTOR_OFF: _second_factor_off,
    Letter.RECOVERY_CODE_USED: _recovery_code_used,
    Letter.LOCKED: _locked,
    Letter.NEW_LOGIN: _new_login,
    Letter.ROLE_CHANGED: _role_changed,
    Letter.DISABLED: _disabled,
    Letter.ENABLED: partial(_open_again, "Akun MySAPK Anda diaktifkan kembali"),
    Letter.CPNS_APPROVED: partial(_open_again, "Akun CPNS Anda sudah disetujui"),
    Letter.TEST: _test,
}
