"""Pages and their states. The only floor that imports reflex, together with the wiring."""
