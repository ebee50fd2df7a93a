"""Letters about a new address that a person has asked for."""

from __future__ import annotations

from mysapk_web.accounts.email_change import TOKEN_KEY
from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.render import Code, Link, Paragraph, Points, when
from mysapk_web.platform.mail.snippets import Words, moment, requested
from mysapk_web.settings import Settings


def address_token(facts: Facts, settings: Settings) -> Words:
    """The token that makes a new address count; to that address, which may be a stranger's, so it names nobody."""
    request = requested(facts)
    derived = derive_token(settings.key(TOKEN_KEY), bytes.fromhex(request.id))
    until = when(request.expires_at, facts.zona)
    return Words(
        "Token untuk mengganti alamat email MySAPK",
        (
            Paragraph("Kami menerima permintaan untuk memakai alamat email ini bagi sebuah akun MySAPK Web."),
            Paragraph("Token Anda:"),
            Code(derived),
            Paragraph("Salin token di atas, lalu isikan di halaman Profil, bagian Alamat email."),
            Points(
                (
                    f"Token berlaku {settings.token_minutes} menit, sampai {until}, untuk satu kali pakai.",
                    "Jika Anda meminta token lebih dari sekali, hanya token dari email terbaru yang berlaku.",
                    "Jangan berikan token kepada siapa pun. Petugas tidak pernah memintanya.",
                )
            ),
            Link("Halaman Profil:", f"{settings.public_url}/profil"),
            Paragraph("Bukan Anda yang meminta? Abaikan email ini; tanpa token ini tidak ada yang berubah."),
        ),
    )


def address_taken(facts: Facts, _settings: Settings) -> Words:
    """Somebody wants an address that serves another person; to that person."""
    return Words(
        "Alamat email Anda diminta untuk akun lain",
        (
            Paragraph(
                f"Pada {moment(facts)} seseorang meminta agar alamat email ini dipakai untuk akun MySAPK Web lain."
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
