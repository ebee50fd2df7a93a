"""The profile, whose fields change at once."""
