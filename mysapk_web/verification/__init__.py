"""Inbox, review, decisions, claims."""
