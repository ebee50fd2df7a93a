"""Import of e-mail addresses: upload, validate, preview, apply, undo."""
