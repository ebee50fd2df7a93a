"""Letters about addresses that others change: a request to correct one, always to the address on file, and tokens that import many."""

from __future__ import annotations

from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.render import Link, Paragraph, plain
from mysapk_web.platform.mail.snippets import Words, agency, moment
from mysapk_web.settings import Settings


def requested(facts: Facts, _settings: Settings) -> Words:
    """Somebody left a request on the help page."""
    wanted = plain(facts.params.get("mask_new", ""), 120)
    return Words(
        "Permintaan perbaikan email akun MySAPK Anda",
        (
            Paragraph(
                f"Pada {moment(facts)} seseorang meminta agar alamat email akun MySAPK Web Anda diganti menjadi {wanted}."
            ),
            Paragraph(f"Belum ada yang berubah. Permintaan itu akan diperiksa {agency(facts)}."),
            Paragraph(
                f"Jika itu bukan Anda, segera beri tahu {agency(facts)} agar permintaannya ditolak. "
                "Jika itu Anda, tidak ada yang perlu dilakukan."
            ),
        ),
    )


def request_refused(facts: Facts, settings: Settings) -> Words:
    """The admin said no, and why."""
    wanted, reason = plain(facts.params.get("mask_new", ""), 120), plain(facts.params.get("reason", ""), 300)
    return Words(
        "Permintaan perbaikan email ditolak",
        (
            Paragraph(f"Permintaan agar alamat email akun MySAPK Web Anda diganti menjadi {wanted} ditolak."),
            Paragraph(f"Alasan: {reason}"),
            Paragraph(f"Alamat email Anda tidak berubah. Bila Anda memang memintanya, hubungi {agency(facts)}."),
            Link("Permintaan baru dapat diajukan di:", f"{settings.public_url}/bantuan"),
        ),
    )


def import_token_made(facts: Facts, settings: Settings) -> Words:
    """There is a new token that imports addresses; to all admins of the agency."""
    label, by = plain(facts.params.get("label", ""), 80), plain(facts.params.get("by", ""), 120)
    maker = by or "Seorang admin"
    what = f" untuk {label}" if label else ""
    return Words(
        "Token impor email baru di instansi Anda",
        (
            Paragraph(f"{maker} membuat token impor email{what} pada {moment(facts)}."),
            Paragraph(
                "Sistem yang memegang token ini dapat mengganti alamat email pegawai instansi Anda, kecuali pegawai yang "
                "memegang peran, sampai token dicabut atau paling lama satu tahun."
            ),
            Paragraph("Jika Anda mengenal sistem itu, tidak ada yang perlu dilakukan."),
            Link("Jika tidak, cabut tokennya di:", f"{settings.public_url}/admin/email?bagian=token"),
        ),
    )
