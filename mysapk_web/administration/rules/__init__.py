"""Pure rules of administration."""
