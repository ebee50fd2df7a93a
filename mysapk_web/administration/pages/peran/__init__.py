"""`/admin/peran`: roles in force, granting and revoking."""
