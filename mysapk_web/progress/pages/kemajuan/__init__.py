"""`/admin`: how far the activation is, by unit, by kind of employment, and over the last weeks."""

from mysapk_web.progress.pages.kemajuan.state import KemajuanState
from mysapk_web.progress.pages.kemajuan.view import kemajuan

__all__ = ["KemajuanState", "kemajuan"]
