"""The HTTP edge: server, headers, uploads, downloads."""
