"""`/admin/pegawai`: the people of the own scope; `/admin/pegawai/<akun>`: one of them."""

from mysapk_web.ui.admin.pegawai.akun import akun
from mysapk_web.ui.admin.pegawai.akun_state import AkunState
from mysapk_web.ui.admin.pegawai.daftar import DaftarState, daftar

__all__ = ["AkunState", "DaftarState", "akun", "daftar"]
