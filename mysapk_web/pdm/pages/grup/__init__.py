from mysapk_web.pdm.pages.grup.state import GrupState
from mysapk_web.pdm.pages.grup.view import grup

__all__ = ["GrupState", "grup"]
