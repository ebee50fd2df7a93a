"""Pages of admins: people, email, periods, roles, mail log, audit log."""
