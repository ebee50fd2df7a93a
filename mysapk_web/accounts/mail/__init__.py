"""Texts of the mails about accounts."""
