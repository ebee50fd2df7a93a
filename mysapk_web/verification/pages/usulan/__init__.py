"""`/verifikasi/<id>`: one proposal beside the record on file."""

from mysapk_web.verification.pages.usulan.state import MejaState
from mysapk_web.verification.pages.usulan.view import meja

__all__ = ["MejaState", "meja"]
