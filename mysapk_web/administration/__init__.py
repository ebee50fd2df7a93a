"""Accounts of others, roles, imports of people and addresses, mail log, audit search, announcements."""
