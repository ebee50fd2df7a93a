"""Tables (SQLModel), one aggregate a file, with the engine and the transaction scope."""
