"""What people do for the safety of their own account."""
