"""Activation and reset, login, sessions, second factor, change of address."""
