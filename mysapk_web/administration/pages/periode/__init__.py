"""`/admin/periode`: periods of the country and of agencies."""
