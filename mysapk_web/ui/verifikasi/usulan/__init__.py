"""`/verifikasi/<id>`: one proposal beside the record on file."""

from mysapk_web.ui.verifikasi.usulan.state import MejaState
from mysapk_web.ui.verifikasi.usulan.view import meja

__all__ = ["MejaState", "meja"]
