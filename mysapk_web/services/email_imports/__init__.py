"""Addresses from another personnel system: by page, over HTTP and on the command line, one service for all (DESIGN 4; domain 11)."""

from mysapk_web.services.email_imports.commanding import import_email

__all__ = ["import_email"]
