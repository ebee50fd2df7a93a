"""`/admin/pegawai`: people in scope; `/admin/pegawai/<akun>`: one of them."""
