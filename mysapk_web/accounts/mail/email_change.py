"""Mails about an e-mail that a person wants to use."""

from __future__ import annotations

from mysapk_web.accounts import one_time_tokens
from mysapk_web.accounts.tables import EmailChangeRequest
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.render import BulletList, Code, MailLink, Paragraph
from mysapk_web.platform.mail.snippets import MailText, event_time, request_of
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.settings import Settings


def email_change_token(facts: MailContext, settings: Settings) -> MailText:
    """To the new address, which may be a stranger's: it names nobody."""
    request = request_of(facts)
    derived = one_time_tokens.text_of(EmailChangeRequest, request.id, settings)
    until = format_moment(request.expires_at, facts.timezone)
    return MailText(
        "Token untuk mengganti alamat email MySAPK",
        (
            Paragraph("Kami menerima permintaan untuk memakai alamat email ini bagi sebuah akun MySAPK Web."),
            Paragraph("Token Anda:"),
            Code(derived),
            Paragraph("Salin token di atas, lalu isikan di halaman Profil, bagian Alamat email."),
            BulletList(
                (
                    f"Token berlaku {settings.token_minutes} menit, sampai {until}, untuk satu kali pakai.",
                    "Jika Anda meminta token lebih dari sekali, hanya token dari email terbaru yang berlaku.",
                    "Jangan berikan token kepada siapa pun. Petugas tidak pernah memintanya.",
                )
            ),
            MailLink("Halaman Profil:", f"{settings.public_url}/profil"),
            Paragraph("Bukan Anda yang meminta? Abaikan email ini; tanpa token ini tidak ada yang berubah."),
        ),
    )


def email_taken(facts: MailContext, _settings: Settings) -> MailText:
    """To the person who has the address."""
    return MailText(
        "Alamat email Anda diminta untuk akun lain",
        (
            Paragraph(
                f"Pada {event_time(facts)} seseorang meminta agar alamat email ini dipakai untuk akun MySAPK Web lain."
            ),
            Paragraph(
                "Permintaan itu tidak dapat dipenuhi: alamat ini terdaftar untuk akun Anda, dan satu alamat hanya untuk "
                "satu pegawai. Tidak ada yang berubah pada akun Anda."
            ),
            Paragraph(
                "Jika itu Anda sendiri yang punya data ganda, hubungi helpdesk. Jika bukan, tidak ada yang perlu dilakukan."
            ),
        ),
    )
