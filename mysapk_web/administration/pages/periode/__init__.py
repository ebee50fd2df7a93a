"""`/admin/periode`: the published windows, for the country and for an agency."""

from mysapk_web.administration.pages.periode.state import PeriodeState
from mysapk_web.administration.pages.periode.view import periode

__all__ = ["PeriodeState", "periode"]
