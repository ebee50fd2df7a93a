"""Use cases, one file a flow: plain functions that take a database session and an actor."""
