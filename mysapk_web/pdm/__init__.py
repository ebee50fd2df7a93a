"""Pemutakhiran data mandiri (PDM): profile, the twelve groups, proposals, documents, proof."""
