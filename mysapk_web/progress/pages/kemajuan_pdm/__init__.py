"""`/admin/pdm`: how far the PDM is, by group, by unit, by kind of employment, over the last weeks; and what waits for a decision."""

from mysapk_web.progress.pages.kemajuan_pdm.state import KemajuanPdmState
from mysapk_web.progress.pages.kemajuan_pdm.view import kemajuan_pdm

__all__ = ["KemajuanPdmState", "kemajuan_pdm"]
