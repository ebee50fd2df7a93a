"""`/pdm/<grup>`: the records on file beside what is proposed, and what can be done with them."""

from mysapk_web.pdm.pages.grup.state import GrupState
from mysapk_web.pdm.pages.grup.view import grup

__all__ = ["GrupState", "grup"]
