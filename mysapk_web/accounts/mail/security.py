"""Security notices. They can't be switched off."""

from __future__ import annotations

from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.render import BulletList, MailLink, Paragraph, single_line
from mysapk_web.platform.mail.snippets import MailText, agency_admin, event_time, not_me, reset_link
from mysapk_web.settings import Settings


def password_changed(facts: MailContext, settings: Settings) -> MailText:
    how = "direset dengan token" if facts.params.get("how") == "reset" else "diganti dari halaman Keamanan"
    return MailText(
        "Password MySAPK Anda sudah diganti",
        (
            Paragraph(f"Password akun MySAPK Web Anda {how} pada {event_time(facts)}."),
            Paragraph("Semua perangkat lain yang sedang masuk ke akun Anda sudah dikeluarkan."),
            not_me(),
            reset_link(settings),
        ),
    )


def email_changed(facts: MailContext, settings: Settings) -> MailText:
    """To both addresses; to the new one with what can be done now."""
    old, new = (single_line(facts.params.get(name, ""), 120) for name in ("mask_old", "mask_new"))
    change = (f" dari {old}" if old else "") + (f" menjadi {new}" if new else "")
    next_step = (
        MailLink(
            "Akun belum aktif, lupa password, atau tadi token tidak datang? Minta token sekarang dengan NIP dan alamat email ini di:",
            f"{settings.public_url}/lupa-password",
        ),
        Paragraph(
            "Permintaan sebelum alamat ini tercatat tidak dihitung. Bila Anda sudah punya password, password itu tetap berlaku."
        ),
    )
    return MailText(
        "Alamat email akun MySAPK Anda diganti",
        (
            Paragraph(f"Alamat email akun MySAPK Web Anda diganti{change} pada {event_time(facts)}."),
            Paragraph("Mulai sekarang token dan pemberitahuan hanya dikirim ke alamat yang baru."),
            *(next_step if facts.params.get("here") else ()),
            Paragraph(
                f"Anda tidak mengetahui perubahan ini? Segera hubungi {agency_admin(facts)} atau helpdesk agar "
                "alamatnya diperbaiki."
            ),
        ),
    )


def second_factor_on(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Verifikasi dua langkah diaktifkan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda diaktifkan pada {event_time(facts)}."),
            Paragraph(
                "Mulai sekarang, selain password, Anda diminta memasukkan kode dari aplikasi autentikator. Simpan "
                "kode pemulihan di tempat yang aman."
            ),
            not_me(),
            reset_link(settings),
        ),
    )


def second_factor_restarted(facts: MailContext, settings: Settings) -> MailText:
    """Enrolment was started again from another session."""
    return MailText(
        "Verifikasi dua langkah dimulai lagi dari perangkat lain",
        (
            Paragraph(
                "Pengaktifan verifikasi dua langkah untuk akun MySAPK Web Anda sedang berjalan, lalu dimulai lagi dari "
                "perangkat lain. Kode QR yang pertama tidak berlaku lagi."
            ),
            _place(facts),
            Paragraph("Jika itu Anda, lanjutkan di perangkat yang terakhir."),
            MailLink(
                "Jika itu bukan Anda, orang itu tahu password Anda. Ganti password dan akhiri sesi lain sekarang di:",
                f"{settings.public_url}/keamanan",
            ),
            reset_link(settings),
        ),
    )


def second_factor_off(facts: MailContext, settings: Settings) -> MailText:
    """By its owner, or by an admin."""
    by_admin = bool(facts.params.get("by_admin"))
    who = f" oleh {agency_admin(facts)}" if by_admin else ""
    lost = "Kode pemulihan yang lama tidak berlaku lagi, dan semua perangkat sudah dikeluarkan dari akun Anda."
    return MailText(
        "Verifikasi dua langkah dimatikan",
        (
            Paragraph(f"Verifikasi dua langkah untuk akun MySAPK Web Anda dimatikan{who} pada {event_time(facts)}."),
            *((Paragraph(lost),) if by_admin else ()),
            MailLink("Anda dapat mengaktifkannya kembali di:", f"{settings.public_url}/keamanan"),
            not_me(),
            reset_link(settings),
        ),
    )


def recovery_codes_new(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Kode pemulihan baru dibuat",
        (
            Paragraph(
                f"Pada {event_time(facts)} kode pemulihan baru dibuat untuk akun MySAPK Web Anda. Kode yang lama tidak berlaku lagi."
            ),
            not_me(),
            reset_link(settings),
        ),
    )


def recovery_code_used(facts: MailContext, settings: Settings) -> MailText:
    left = int(facts.params.get("left", 0))
    rest = f"Tersisa {left} kode pemulihan." if left else "Tidak ada lagi kode pemulihan yang tersisa."
    return MailText(
        "Kode pemulihan dipakai untuk masuk",
        (
            Paragraph(f"Sebuah kode pemulihan akun MySAPK Web Anda dipakai pada {event_time(facts)}. {rest}"),
            MailLink(
                "Jika autentikator Anda hilang, pasang yang baru dan buat kode pemulihan baru di:",
                f"{settings.public_url}/keamanan",
            ),
            not_me(),
            reset_link(settings),
        ),
    )


def locked(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Beberapa kali gagal masuk ke akun MySAPK Anda",
        (
            Paragraph(
                f"Sampai {event_time(facts)} ada beberapa percobaan masuk ke akun MySAPK Web Anda dengan password "
                "yang salah. Untuk melindungi akun, percobaan berikutnya harus menunggu sebentar."
            ),
            Paragraph("Jika itu Anda, tunggu sampai waktu tunggu habis, atau buat password baru."),
            Paragraph("Jika itu bukan Anda, password Anda tidak berubah dan orang itu tidak masuk."),
            reset_link(settings),
        ),
    )


def codes_wrong(facts: MailContext, settings: Settings) -> MailText:
    stopped = bool(facts.params.get("stopped"))
    return MailText(
        "Kode autentikator tidak diterima lagi" if stopped else "Beberapa kali salah kode autentikator",
        (
            Paragraph(
                f"Sampai {event_time(facts)} kode autentikator untuk akun MySAPK Web Anda beberapa kali salah, setelah "
                "password atau dari perangkat yang sedang masuk. Orang itu tidak mendapat akses dengan kode tersebut."
            ),
            Paragraph(
                "Kode tidak diterima lagi sampai Anda membuat password baru."
                if stopped
                else "Untuk melindungi akun, kode berikutnya harus menunggu. Jika itu Anda, periksa jam ponsel Anda "
                "(atur otomatis), lalu coba lagi."
            ),
            MailLink(
                "Jika itu bukan Anda, orang itu mungkin tahu password Anda. Buat password baru sekarang di:",
                f"{settings.public_url}/lupa-password",
            ),
        ),
    )


def unlocked(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Akun MySAPK Anda dapat dipakai masuk lagi",
        (
            Paragraph(
                f"Waktu tunggu setelah beberapa kali gagal masuk dihapus oleh {agency_admin(facts)} pada {event_time(facts)}."
            ),
            Paragraph("Password Anda tidak berubah."),
            MailLink("Masuk di:", f"{settings.public_url}/masuk"),
            reset_link(settings),
        ),
    )


def sessions_ended(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Anda dikeluarkan dari semua perangkat",
        (
            Paragraph(f"Semua sesi akun MySAPK Web Anda diakhiri oleh {agency_admin(facts)} pada {event_time(facts)}."),
            Paragraph("Password Anda tidak berubah. Untuk mengetahui sebabnya, hubungi admin tersebut."),
            MailLink("Masuk kembali di:", f"{settings.public_url}/masuk"),
        ),
    )


def _place(facts: MailContext) -> BulletList:
    agent, network = (single_line(facts.params.get(name, "")) or "Tidak dikenal" for name in ("agent", "network"))
    return BulletList((f"Waktu: {event_time(facts)}", f"Perangkat: {agent}", f"Jaringan: {network}"))


def new_login(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Masuk ke akun MySAPK dari perangkat baru",
        (
            Paragraph("Akun MySAPK Web Anda dipakai masuk dari perangkat yang belum pernah kami lihat."),
            _place(facts),
            Paragraph("Jika itu Anda, tidak ada yang perlu dilakukan."),
            MailLink(
                "Jika itu bukan Anda, akhiri sesi tersebut dan ganti password Anda di:",
                f"{settings.public_url}/keamanan",
            ),
        ),
    )


def role_changed(facts: MailContext, settings: Settings) -> MailText:
    roles = single_line(facts.params.get("roles", ""), 200) or "tidak ada"
    return MailText(
        "Peran Anda di MySAPK diubah",
        (
            Paragraph(f"Peran akun MySAPK Web Anda diubah pada {event_time(facts)}. Peran Anda sekarang: {roles}."),
            MailLink("Masuk kembali untuk melanjutkan:", f"{settings.public_url}/masuk"),
            Paragraph(f"Perubahan ini tidak Anda ketahui? Hubungi {agency_admin(facts)}."),
        ),
    )


def disabled(facts: MailContext, _settings: Settings) -> MailText:
    return MailText(
        "Akun MySAPK Anda dinonaktifkan",
        (
            Paragraph(f"Akun MySAPK Web Anda dinonaktifkan pada {event_time(facts)} dan semua sesinya diakhiri."),
            Paragraph(f"Untuk mengetahui sebabnya atau mengaktifkannya kembali, hubungi {agency_admin(facts)}."),
        ),
    )


def account_reopened(subject: str, facts: MailContext, settings: Settings) -> MailText:
    """For the reason that the subject names."""
    done = Paragraph(f"{subject} pada {event_time(facts)}.")
    way = MailLink("Belum punya password, atau lupa? Buat yang baru di:", f"{settings.public_url}/lupa-password")
    return MailText(subject, (done, MailLink("Masuk di:", f"{settings.public_url}/masuk"), way))


def delivery_test(facts: MailContext, _settings: Settings) -> MailText:
    return MailText(
        "Surat uji dari MySAPK Web",
        (
            Paragraph(f"Surat ini dikirim pada {event_time(facts)} untuk memeriksa pengaturan email."),
            Paragraph("Jika Anda membacanya, pengiriman email berjalan dengan baik."),
        ),
    )
