"""Every table, for Alembic and for foreign keys between contexts."""
