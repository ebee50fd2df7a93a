"""Search in the audit log."""
