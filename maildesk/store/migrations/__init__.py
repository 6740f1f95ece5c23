"""Alembic's side of the store: forward only, one file per step, named by its number."""
