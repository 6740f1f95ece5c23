"""Statements in which SQLite and PostgreSQL agree in all but the class that SQLAlchemy wants for them."""

from typing import Any

import sqlalchemy as sa

from maildesk.store.engine import INSERTS
from maildesk.store.prepared import Prepared


def insert_once(table: sa.Table, *unique: str, returning: sa.Column[Any] | None = None) -> Prepared:
    """Insert; where the unique columns are taken already, do nothing. What is returned is that of the new row, or no row."""
    made: dict[str, sa.Executable] = {}
    for name, insert in INSERTS.items():
        statement = insert(table).on_conflict_do_nothing(index_elements=unique)
        made[name] = statement.inline() if returning is None else statement.returning(returning)
    return Prepared(made)


def insert_or(table: sa.Table, *unique: str, returning: sa.Column[Any] | None = None, **changes: Any) -> Prepared:
    """Insert; where the unique columns are taken already, make these changes (by column name) instead."""
    made: dict[str, sa.Executable] = {}
    for name, insert in INSERTS.items():
        statement = insert(table).on_conflict_do_update(index_elements=unique, set_=changes)
        made[name] = statement.inline() if returning is None else statement.returning(returning)
    return Prepared(made)


def put(table: sa.Table, *unique: str) -> Prepared:
    """Insert; where the unique columns are taken already, the row gets all the new values."""
    made: dict[str, sa.Executable] = {}
    for name, insert in INSERTS.items():
        statement = insert(table).inline()
        changes = {column.name: statement.excluded[column.name] for column in table.c if column.name not in unique}
        made[name] = statement.on_conflict_do_update(index_elements=unique, set_=changes)
    return Prepared(made)
