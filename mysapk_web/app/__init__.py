"""Wiring: what knows every context."""
