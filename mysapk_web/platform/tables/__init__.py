"""Tables of the platform."""
