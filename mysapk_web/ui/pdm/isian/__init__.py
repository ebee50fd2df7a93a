"""`/pdm/<grup>/<usulan>`: the form of one usulan, which saves itself."""

from mysapk_web.ui.pdm.isian.state import IsianState
from mysapk_web.ui.pdm.isian.view import isian

__all__ = ["IsianState", "isian"]
