"""`/profil`: the own profile, changed at once, and the address of the account."""

from mysapk_web.pdm.pages.profil.state import ProfilState
from mysapk_web.pdm.pages.profil.view import profil

__all__ = ["ProfilState", "profil"]
