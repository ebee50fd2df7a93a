"""Bring the pictures of the documents up to date from those that the browser tests take.

    MYSAPK_SHOTS=var/shots .venv/bin/pytest -n 2 --dist loadfile tests/browser
    .venv/bin/python tools/pictures.py var/shots

The documents show them with the letters of `fonts-liberation`. Each
is cut to the height that the documents show and stored with 256 colours.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PIL import Image

PICTURES: Final = Path(__file__).resolve().parents[1] / "docs" / "pictures"
TAKEN: Final = {
    "admin-kemajuan": ("kemajuan-desk-light", 1740),
    "beranda": ("beranda-pegawai-desk-light", 1500),
    "beranda-ponsel": ("beranda-pegawai-phone-light", 1330),
    "keamanan": ("keamanan-desk-light", 2072),
    "lupa-password": ("lupa-password-desk-light", 800),
    "masuk": ("masuk-desk-light", 800),
    "masuk-ponsel": ("masuk-phone-light", 844),
    "pdm": ("pdm-dikembalikan-desk-light", 1640),
    "pdm-kelompok": ("pdm-grup-usulan-desk-light", 1300),
    "pdm-kelompok-ponsel": ("pdm-grup-usulan-phone-light", 1330),
    "pdm-kirim": ("pdm-kirim-unor-desk-light", 1700),
    "pdm-ponsel": ("pdm-dikembalikan-phone-light", 1330),
    "profil": ("profil-diperiksa-desk-light", 1500),
    "usulan": ("usulan-perbaikan-desk-light", 1300),
    "verifikasi-usulan": ("verifikasi-usulan-desk-light", 1830),
}
"""Picture of the documents -> picture of a test, and the height in pixels from the top. `konfirmasi-reset` and `pdm-isian` show what no
test stops at: half typed, and saved that moment."""


def main(shots: Path) -> str:
    """Write them all, or none.

    Returns:
        What is missing there, in words; empty when all were written.
    """
    missing = [name for name, _ in TAKEN.values() if not (shots / f"{name}.png").exists()]
    if missing:
        return f"Not in {shots}: {', '.join(missing)}."
    for name, (shot, height) in TAKEN.items():
        with Image.open(shots / f"{shot}.png") as taken:
            cut = taken.convert("RGB").crop((0, 0, taken.width, min(height, taken.height)))
        cut.quantize(256, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) or 0)
