"""Activation and forgotten password: request a token by mail, confirm it, set a new password."""
