"""`/pdm/<grup>`: the records on file beside what is proposed, and what can be done with them."""

from mysapk_web.ui.pdm.grup.state import GrupState
from mysapk_web.ui.pdm.grup.view import grup

__all__ = ["GrupState", "grup"]
