from mysapk_web.pdm.pages.profil.state import ProfilState
from mysapk_web.pdm.pages.profil.view import profil

__all__ = ["ProfilState", "profil"]
