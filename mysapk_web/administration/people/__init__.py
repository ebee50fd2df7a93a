"""Accounts and roles of other people."""
