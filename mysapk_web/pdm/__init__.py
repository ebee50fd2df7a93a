"""Pemutakhiran data mandiri: profile, the twelve groups, proposals, documents, proof."""
