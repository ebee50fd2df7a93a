"""Texts of the mails about imports of addresses."""
