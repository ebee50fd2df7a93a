"""The synthetic agency."""
