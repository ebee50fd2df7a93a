"""`/admin/pegawai`: the people of the own scope; `/admin/pegawai/<akun>`: one of them."""

from mysapk_web.administration.pages.pegawai.akun import akun
from mysapk_web.administration.pages.pegawai.akun_state import AkunState
from mysapk_web.administration.pages.pegawai.daftar import DaftarState, daftar

__all__ = ["AkunState", "DaftarState", "akun", "daftar"]
