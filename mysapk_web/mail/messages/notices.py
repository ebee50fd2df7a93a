"""The letter beside a notice of the portal: something waits for the person, who may switch these letters off."""

from __future__ import annotations

import re
from typing import Final

from mysapk_web.mail.layout import Link, Paragraph, plain
from mysapk_web.mail.messages.parts import Words, agency
from mysapk_web.services.letters import Facts
from mysapk_web.settings import Settings

_PATH: Final = re.compile(r"/[a-z0-9/-]*")
"""A page of this portal and nothing else."""


def notice(facts: Facts, settings: Settings) -> Words:
    """Something in the portal waits for the person."""
    title, text = plain(facts.params.get("title", ""), 200), plain(facts.params.get("text", ""), 1000)
    path = str(facts.params.get("path", ""))
    page = path if _PATH.fullmatch(path) else "/notifikasi"
    return Words(
        "Ada yang perlu Anda lakukan di MySAPK",
        (
            *((Paragraph(f"{title}."),) if title else ()),
            *((Paragraph(text),) if text else ()),
            Link("Buka di:", f"{settings.public_url}{page}"),
            Link(
                "Email seperti ini dapat Anda matikan di halaman Notifikasi:",
                f"{settings.public_url}/notifikasi",
            ),
        ),
    )


def pdm_reminder(facts: Facts, settings: Settings) -> Words:
    """The PDM of the person is not finished."""
    return Words(
        "Pemutakhiran data Anda belum selesai",
        (
            Paragraph(f"Menurut catatan {agency(facts)}, Pemutakhiran Data Mandiri Anda belum selesai."),
            Link("Lihat kelompok data yang masih harus diperiksa di:", f"{settings.public_url}/pdm"),
            Paragraph("Untuk setiap kelompok, nyatakan datanya sudah sesuai atau kirim usulan perubahan."),
            Paragraph(
                "Layanan kepegawaian bagi pegawai yang tidak mengikuti pemutakhiran data tidak diproses (Keputusan "
                "Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1)."
            ),
        ),
    )
