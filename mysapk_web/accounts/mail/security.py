"""Notices of security, of roles and of the account. They can't be switched off."""

from __future__ import annotations

from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.render import Link, Paragraph, Points, plain
from mysapk_web.platform.mail.snippets import Words, agency, moment, not_me, recover
from mysapk_web.settings import Settings


def password_changed(facts: Facts, settings: Settings) -> Words:
    """The password is another one."""
    how = "direset dengan token" if facts.params.get("how") == "reset" else "diganti dari halaman Keamanan"
    return Words(
        "Password MySAPK Anda sudah diganti",
        (
            Paragraph(f"Password akun MySAPK Web Anda {how} pada {moment(facts)}."),
            Paragraph("Semua perangkat lain yang sedang masuk ke akun Anda sudah dikeluarkan."),
            not_me(),
            recover(settings),
        ),
    )


def email_changed(facts: Facts, settings: Settings) -> Words:
    """The address is another one; to both, and to the new one with what can be done now."""
    old, new = (plain(facts.params.get(name, ""), 120) for name in ("mask_old", "mask_new"))
    change = (f" dari {old}" if old else "") + (f" menjadi {new}" if new else "")
    next_step = (
        Link(
            "Akun belum aktif, lupa password, atau tadi token tidak datang? Minta token sekarang dengan NIP dan alamat email ini di:",
            f"{settings.public_url}/lupa-password",
        ),
        Paragraph(
            "Permintaan sebelum alamat ini tercatat tidak dihitung. Bila Anda sudah punya password, password itu tetap berlaku."
        ),
    )
    return Words(
        "Alamat email akun MySAPK Anda diganti",
        (
            Paragraph(f"Alamat email akun MySAPK Web Anda diganti{change} pada {moment(facts)}."),
            Paragraph("Mulai sekarang token dan pemberitahuan hanya dikirim ke alamat yang baru."),
            *(next_step if facts.params.get("here") else ()),
            Paragraph(
                f"Anda tidak mengetahui perubahan ini? Segera hubungi {agency(facts)} atau helpdesk agar "
                "alamatnya diperbaiki."
            ),
        ),
    )


def second_factor_on(facts: Facts, settings: Settings) -> Words:
    """The second factor is in force."""
    return Words(
        "Verifikasi dua langkah diaktifkan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda diaktifkan pada {moment(facts)}."),
            Paragraph(
                "Mulai sekarang, selain password, Anda diminta memasukkan kode dari aplikasi autentikator. Simpan "
                "kode pemulihan di tempat yang aman."
            ),
            not_me(),
            recover(settings),
        ),
    )


def second_factor_restarted(facts: Facts, settings: Settings) -> Words:
    """Enrolling was begun in another session while one was under way."""
    return Words(
        "Verifikasi dua langkah dimulai lagi dari perangkat lain",
        (
            Paragraph(
                "Pengaktifan verifikasi dua langkah untuk akun MySAPK Web Anda sedang berjalan, lalu dimulai lagi dari "
                "perangkat lain. Kode QR yang pertama tidak berlaku lagi."
            ),
            _place(facts),
            Paragraph("Jika itu Anda, lanjutkan di perangkat yang terakhir."),
            Link(
                "Jika itu bukan Anda, orang itu tahu password Anda. Ganti password dan akhiri sesi lain sekarang di:",
                f"{settings.public_url}/keamanan",
            ),
            recover(settings),
        ),
    )


def second_factor_off(facts: Facts, settings: Settings) -> Words:
    """The second factor is off, by its owner or by an admin who was told that the phone is lost."""
    by_admin = bool(facts.params.get("by_admin"))
    who = f" oleh {agency(facts)}" if by_admin else ""
    lost = "Kode pemulihan yang lama tidak berlaku lagi, dan semua perangkat sudah dikeluarkan dari akun Anda."
    return Words(
        "Verifikasi dua langkah dimatikan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda dimatikan{who} pada {moment(facts)}."),
            *((Paragraph(lost),) if by_admin else ()),
            Link("Anda dapat mengaktifkannya kembali di:", f"{settings.public_url}/keamanan"),
            not_me(),
            recover(settings),
        ),
    )


def recovery_codes_new(facts: Facts, settings: Settings) -> Words:
    """New recovery codes were made."""
    return Words(
        "Kode pemulihan baru dibuat",
        (
            Paragraph(
                f"Pada {moment(facts)} kode pemulihan baru dibuat untuk akun MySAPK Web Anda. Kode yang lama tidak berlaku lagi."
            ),
            not_me(),
            recover(settings),
        ),
    )


def recovery_code_used(facts: Facts, settings: Settings) -> Words:
    """A recovery code was used."""
    left = int(facts.params.get("left", 0))
    rest = f"Tersisa {left} kode pemulihan." if left else "Tidak ada lagi kode pemulihan yang tersisa."
    return Words(
        "Kode pemulihan dipakai untuk masuk",
        (
            Paragraph(f"Sebuah kode pemulihan akun MySAPK Web Anda dipakai pada {moment(facts)}. {rest}"),
            Link(
                "Jika autentikator Anda hilang, pasang yang baru dan buat kode pemulihan baru di:",
                f"{settings.public_url}/keamanan",
            ),
            not_me(),
            recover(settings),
        ),
    )


def locked(facts: Facts, settings: Settings) -> Words:
    """Many failed logins."""
    return Words(
        "Beberapa kali gagal masuk ke akun MySAPK Anda",
        (
            Paragraph(
                f"Sampai {moment(facts)} ada beberapa percobaan masuk ke akun MySAPK Web Anda dengan password "
                "yang salah. Untuk melindungi akun, percobaan berikutnya harus menunggu sebentar."
            ),
            Paragraph("Jika itu Anda, tunggu sampai waktu tunggu habis, atau buat password baru."),
            Paragraph("Jika itu bukan Anda, password Anda tidak berubah dan orang itu tidak masuk."),
            recover(settings),
        ),
    )


def codes_wrong(facts: Facts, settings: Settings) -> Words:
    """Many wrong codes after the right password."""
    stopped = bool(facts.params.get("stopped"))
    return Words(
        "Kode autentikator tidak diterima lagi" if stopped else "Beberapa kali salah kode autentikator",
        (
            Paragraph(
                f"Sampai {moment(facts)} kode autentikator untuk akun MySAPK Web Anda beberapa kali salah, setelah "
                "password atau dari perangkat yang sedang masuk. Orang itu tidak mendapat akses dengan kode tersebut."
            ),
            Paragraph(
                "Kode tidak diterima lagi sampai Anda membuat password baru."
                if stopped
                else "Untuk melindungi akun, kode berikutnya harus menunggu. Jika itu Anda, periksa jam ponsel Anda "
                "(atur otomatis), lalu coba lagi."
            ),
            Link(
                "Jika itu bukan Anda, orang itu mungkin tahu password Anda. Buat password baru sekarang di:",
                f"{settings.public_url}/lupa-password",
            ),
        ),
    )


def unlocked(facts: Facts, settings: Settings) -> Words:
    """An admin took the wait away."""
    return Words(
        "Akun MySAPK Anda dapat dipakai masuk lagi",
        (
            Paragraph(
                f"Waktu tunggu setelah beberapa kali gagal masuk dihapus oleh {agency(facts)} pada {moment(facts)}."
            ),
            Paragraph("Password Anda tidak berubah."),
            Link("Masuk di:", f"{settings.public_url}/masuk"),
            recover(settings),
        ),
    )


def sessions_ended(facts: Facts, settings: Settings) -> Words:
    """An admin ended all sessions."""
    return Words(
        "Anda dikeluarkan dari semua perangkat",
        (
            Paragraph(f"Semua sesi akun MySAPK Web Anda diakhiri oleh {agency(facts)} pada {moment(facts)}."),
            Paragraph("Password Anda tidak berubah. Untuk mengetahui sebabnya, hubungi admin tersebut."),
            Link("Masuk kembali di:", f"{settings.public_url}/masuk"),
        ),
    )


def _place(facts: Facts) -> Points:
    """When and from where."""
    agent, network = (plain(facts.params.get(name, "")) or "Tidak dikenal" for name in ("agent", "network"))
    return Points((f"Waktu: {moment(facts)}", f"Perangkat: {agent}", f"Jaringan: {network}"))


def new_login(facts: Facts, settings: Settings) -> Words:
    """A login from somewhere new."""
    return Words(
        "Masuk ke akun MySAPK dari perangkat baru",
        (
            Paragraph("Akun MySAPK Web Anda dipakai masuk dari perangkat yang belum pernah kami lihat."),
            _place(facts),
            Paragraph("Jika itu Anda, tidak ada yang perlu dilakukan."),
            Link(
                "Jika itu bukan Anda, akhiri sesi tersebut dan ganti password Anda di:",
                f"{settings.public_url}/keamanan",
            ),
        ),
    )


def role_changed(facts: Facts, settings: Settings) -> Words:
    """Other roles than before."""
    roles = plain(facts.params.get("roles", ""), 200) or "tidak ada"
    return Words(
        "Peran Anda di MySAPK diubah",
        (
            Paragraph(f"Peran akun MySAPK Web Anda diubah pada {moment(facts)}. Peran Anda sekarang: {roles}."),
            Link("Masuk kembali untuk melanjutkan:", f"{settings.public_url}/masuk"),
            Paragraph(f"Perubahan ini tidak Anda ketahui? Hubungi {agency(facts)}."),
        ),
    )


def disabled(facts: Facts, _settings: Settings) -> Words:
    """The account was switched off."""
    return Words(
        "Akun MySAPK Anda dinonaktifkan",
        (
            Paragraph(f"Akun MySAPK Web Anda dinonaktifkan pada {moment(facts)} dan semua sesinya diakhiri."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {agency(facts)}."),
        ),
    )


def open_again(subject: str, facts: Facts, settings: Settings) -> Words:
    """The account is open again, for the reason that the subject names."""
    done = Paragraph(f"{subject} pada {moment(facts)}.")
    way = Link("Belum punya password, atau lupa? Buat yang baru di:", f"{settings.public_url}/lupa-password")
    return Words(subject, (done, Link("Masuk di:", f"{settings.public_url}/masuk"), way))


def test(facts: Facts, _settings: Settings) -> Words:
    """A letter that says nothing but that mail works."""
    return Words(
        "Surat uji dari MySAPK Web",
        (
            Paragraph(f"Surat ini dikirim pada {moment(facts)} untuk memeriksa pengaturan email."),
            Paragraph("Jika Anda membacanya, pengiriman email berjalan dengan baik."),
        ),
    )
