from mysapk_web.pdm.pages.isian.state import IsianState
from mysapk_web.pdm.pages.isian.view import isian

__all__ = ["IsianState", "isian"]
