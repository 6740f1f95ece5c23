"""What the subjects of a transaction share."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from maildesk.store.files import Files
from maildesk.store.prepared import Driver, Found, Listed, Prepared, legible
from maildesk.store.types import whole
from maildesk.store.values import Illegible

T = TypeVar("T")

LONGEST_KEY = 400
PREPARED = (Prepared, Listed)


class Part:
    """One subject of a transaction: its rows over the connection, its files, and the node that asks."""

    def __init__(self, connection: sa.Connection, files: Files, node: str) -> None:
        self._connection = connection
        self._driver = Driver(connection)
        self._database = connection.dialect.name
        self._files = files
        self._node = node

    def _run(self, statement: sa.Executable | Prepared | Listed, **values: Any) -> Found | sa.CursorResult[*tuple[Any, ...]]:
        if isinstance(statement, PREPARED):
            return statement.run(self._driver, values)
        return self._connection.execute(statement, values)

    def _many(self, statement: Prepared, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run an insert for each of these rows; how many there are new."""
        all_rows = list(rows)
        return statement.run_many(self._driver, all_rows) if all_rows else 0

    def _looked_at(self, statement: sa.Executable, read: Callable[[Any], T]) -> tuple[T | Illegible, ...]:
        """Rows for people to look at, each of which begins with its id. One that cannot be read hides no other."""
        return tuple(legible(row, read) for row in self._run(Prepared(statement)))

    def _one(self, statement: sa.Executable | Prepared | Listed, **values: Any) -> Any:
        """The first row, or None."""
        return self._run(statement, **values).first()

    def _scalar(self, statement: sa.Executable | Prepared | Listed, **values: Any) -> Any:
        """The first cell of the first row, or None."""
        return self._run(statement, **values).scalar()


def as_key(text: str) -> str:
    """Text from a mail as an index can hold it: what no honest id or address reaches is cut and told apart by its hash.

    PostgreSQL refuses index entries over 2,704 bytes, and a hostile mail may bring a Message-ID of 100 KB.
    """
    text = whole(text)
    if len(text) <= LONGEST_KEY:
        return text
    return text[:LONGEST_KEY] + " " + hashlib.sha256(text.encode()).hexdigest()
