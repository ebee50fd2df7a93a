"""What people do for the security of their own account."""
