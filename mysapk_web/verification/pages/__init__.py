"""`/verifikasi` and what lies below it: the inbox, one proposal, and what can be verified together."""
