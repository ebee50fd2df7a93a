"""Pages that look into every context: Beranda, Bantuan, Notifikasi."""
