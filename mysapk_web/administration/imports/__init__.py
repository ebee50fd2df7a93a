"""Imports as people and systems of agencies start, decide about and follow them."""
