"""`/verifikasi/<id>`: one proposal beside the record on file."""

from mysapk_web.verification.pages.usulan.state import ReviewState
from mysapk_web.verification.pages.usulan.view import review

__all__ = ["ReviewState", "review"]
