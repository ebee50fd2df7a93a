"""Pure helpers without clock, database, network or framework."""
