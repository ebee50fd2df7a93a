"""The letters about proposals: a step of one, and the receipt for what was sent. A person may switch these letters off."""

from __future__ import annotations

import re
from typing import Final

from mysapk_web.platform.mail.context import Facts
from mysapk_web.platform.mail.render import Block, Link, Paragraph, Points, plain
from mysapk_web.platform.mail.snippets import Words, agency, moment, not_me
from mysapk_web.settings import Settings

MOST: Final = 40
"""Proposals that a receipt names; the rest it counts."""
_PATH: Final = re.compile(r"/[a-z0-9/-]*")
"""A page of this portal and nothing else."""


def notice(facts: Facts, settings: Settings) -> Words:
    """A step of a proposal: something that waits for the person, or what somebody else did."""
    title, text = plain(facts.params.get("title", ""), 200), plain(facts.params.get("text", ""), 1000)
    path = str(facts.params.get("path", ""))
    page = path if _PATH.fullmatch(path) else "/notifikasi"
    asks = bool(facts.params.get("asks", True))  # letters written before there were others all asked
    return Words(
        "Ada yang perlu Anda lakukan di MySAPK" if asks else "Kabar usulan Anda di MySAPK",
        (
            *((Paragraph(f"{title}."),) if title else ()),
            *((Paragraph(text),) if text else ()),
            Link("Buka di:" if asks else "Lihat perjalanan usulan Anda di:", f"{settings.public_url}{page}"),
            _choose(settings),
        ),
    )


def receipt(facts: Facts, settings: Settings) -> Words:
    """What was sent, in one letter."""
    given = facts.params.get("items", ())
    items = tuple(plain(item, 300) for item in given) if isinstance(given, list | tuple) else ()
    rest = len(items) - MOST
    points = (*items[:MOST], *((f"dan {rest} usulan lain",) if rest > 0 else ()))
    unit = plain(facts.params.get("unit", ""))
    return Words(
        "Tanda terima usulan data Anda di MySAPK",
        (
            Paragraph(f"Pada {moment(facts)} Anda mengirim {len(items) or 'beberapa'} usulan pemutakhiran data:"),
            *((Points(points),) if points else ()),
            Paragraph(
                f"Usulan menunggu diperiksa verifikator{f' {unit}' if unit else ''}. Data Anda di berkas baru berubah "
                "sesudah usulan disetujui. Sebelum diverifikasi, usulan masih dapat Anda tarik."
            ),
            Link("Lihat perjalanan usulan Anda di:", f"{settings.public_url}/usulan"),
            not_me(),
            _choose(settings),
        ),
    )


def _choose(settings: Settings) -> Block:
    return Link("Atur email seperti ini, atau matikan, di halaman Notifikasi:", f"{settings.public_url}/notifikasi")


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
