"""What speaks HTTP beside Reflex: the gate, the session cookie, health and headers."""
