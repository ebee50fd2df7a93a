"""Pages of admins: people, addresses, periods, roles, letters, trail."""
