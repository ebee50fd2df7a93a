"""Letters about addresses that others change: a request to correct one, always to the address on file, and tokens that import many."""

from __future__ import annotations

from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.render import MailLink, Paragraph, single_line
from mysapk_web.platform.mail.snippets import MailText, agency_admin, event_time
from mysapk_web.settings import Settings


def requested(facts: MailContext, _settings: Settings) -> MailText:
    """Somebody left a request on the help page."""
    wanted = single_line(facts.params.get("mask_new", ""), 120)
    return MailText(
        "Permintaan perbaikan email akun MySAPK Anda",
        (
            Paragraph(
                f"Pada {event_time(facts)} seseorang meminta agar alamat email akun MySAPK Web Anda diganti menjadi {wanted}."
            ),
            Paragraph(f"Belum ada yang berubah. Permintaan itu akan diperiksa {agency_admin(facts)}."),
            Paragraph(
                f"Jika itu bukan Anda, segera beri tahu {agency_admin(facts)} agar permintaannya ditolak. "
                "Jika itu Anda, tidak ada yang perlu dilakukan."
            ),
        ),
    )


def request_refused(facts: MailContext, settings: Settings) -> MailText:
    """The admin said no, and why."""
    wanted, reason = (
        single_line(facts.params.get("mask_new", ""), 120),
        single_line(facts.params.get("reason", ""), 300),
    )
    return MailText(
        "Permintaan perbaikan email ditolak",
        (
            Paragraph(f"Permintaan agar alamat email akun MySAPK Web Anda diganti menjadi {wanted} ditolak."),
            Paragraph(f"Alasan: {reason}"),
            Paragraph(f"Alamat email Anda tidak berubah. Bila Anda memang memintanya, hubungi {agency_admin(facts)}."),
            MailLink("Permintaan baru dapat diajukan di:", f"{settings.public_url}/bantuan"),
        ),
    )


def import_token_made(facts: MailContext, settings: Settings) -> MailText:
    """There is a new token that imports addresses; to all admins of the agency."""
    label, by = single_line(facts.params.get("label", ""), 80), single_line(facts.params.get("by", ""), 120)
    maker = by or "Seorang admin"
    what = f" untuk {label}" if label else ""
    return MailText(
        "Token impor email baru di instansi Anda",
        (
            Paragraph(f"{maker} membuat token impor email{what} pada {event_time(facts)}."),
            Paragraph(
                "Sistem yang memegang token ini dapat mengganti alamat email pegawai instansi Anda, kecuali pegawai yang "
                "memegang peran, sampai token dicabut atau paling lama satu tahun."
            ),
            Paragraph("Jika Anda mengenal sistem itu, tidak ada yang perlu dilakukan."),
            MailLink("Jika tidak, cabut tokennya di:", f"{settings.public_url}/admin/email?bagian=token"),
        ),
    )
