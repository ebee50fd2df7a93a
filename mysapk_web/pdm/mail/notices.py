"""Mails about proposals. The recipient can turn these off."""

from __future__ import annotations

import re
from typing import Final

from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.render import Block, BulletList, MailLink, Paragraph, single_line
from mysapk_web.platform.mail.snippets import MailText, agency_admin, event_time, not_me
from mysapk_web.settings import Settings

MOST: Final = 40
"""Proposals listed in a receipt; the rest are counted."""
_PATH: Final = re.compile(r"/[a-z0-9/-]*")
"""A page of this portal and nothing else."""


def proposal_notice(facts: MailContext, settings: Settings) -> MailText:
    title, text = single_line(facts.params.get("title", ""), 200), single_line(facts.params.get("text", ""), 1000)
    path = str(facts.params.get("path", ""))
    page = path if _PATH.fullmatch(path) else "/notifikasi"
    asks = bool(facts.params.get("asks", True))  # rows queued by an earlier release all asked for something
    return MailText(
        "Ada yang perlu Anda lakukan di MySAPK" if asks else "Kabar usulan Anda di MySAPK",
        (
            *((Paragraph(f"{title}."),) if title else ()),
            *((Paragraph(text),) if text else ()),
            MailLink("Buka di:" if asks else "Lihat perjalanan usulan Anda di:", f"{settings.public_url}{page}"),
            _choose(settings),
        ),
    )


def submission_receipt(facts: MailContext, settings: Settings) -> MailText:
    given = facts.params.get("items", ())
    items = tuple(single_line(item, 300) for item in given) if isinstance(given, list | tuple) else ()
    rest = len(items) - MOST
    points = (*items[:MOST], *((f"dan {rest} usulan lain",) if rest > 0 else ()))
    unit = single_line(facts.params.get("unit", ""))
    return MailText(
        "Tanda terima usulan data Anda di MySAPK",
        (
            Paragraph(f"Pada {event_time(facts)} Anda mengirim {len(items) or 'beberapa'} usulan pemutakhiran data:"),
            *((BulletList(points),) if points else ()),
            Paragraph(
                f"Usulan menunggu diperiksa verifikator{f' {unit}' if unit else ''}. Data Anda di berkas baru berubah "
                "sesudah usulan disetujui. Sebelum diverifikasi, usulan masih dapat Anda tarik."
            ),
            MailLink("Lihat perjalanan usulan Anda di:", f"{settings.public_url}/usulan"),
            not_me(),
            _choose(settings),
        ),
    )


def _choose(settings: Settings) -> Block:
    return MailLink("Atur email seperti ini, atau matikan, di halaman Notifikasi:", f"{settings.public_url}/notifikasi")


def pdm_reminder(facts: MailContext, settings: Settings) -> MailText:
    return MailText(
        "Pemutakhiran data Anda belum selesai",
        (
            Paragraph(f"Menurut catatan {agency_admin(facts)}, Pemutakhiran Data Mandiri Anda belum selesai."),
            MailLink("Lihat kelompok data yang masih harus diperiksa di:", f"{settings.public_url}/pdm"),
            Paragraph("Untuk setiap kelompok, nyatakan datanya sudah sesuai atau kirim usulan perubahan."),
            Paragraph(
                "Layanan kepegawaian bagi pegawai yang tidak mengikuti pemutakhiran data tidak diproses (Keputusan "
                "Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1)."
            ),
        ),
    )
