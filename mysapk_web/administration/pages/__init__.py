"""Pages of admins: people, addresses, periods, roles, mail, audit log."""
