"""Texts of the mails about proposals."""
