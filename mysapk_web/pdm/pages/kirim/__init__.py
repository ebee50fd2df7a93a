from mysapk_web.pdm.pages.kirim.state import KirimState
from mysapk_web.pdm.pages.kirim.view import kirim

__all__ = ["KirimState", "kirim"]
