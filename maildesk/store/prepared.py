"""Statements of the daily work, compiled once and from then on handed to the driver as they are.

SQLAlchemy looks up the text of a statement each time it is run and wraps what comes back. Where a database answers in some
microseconds, that is most of the cost. So its compiler is asked once per database and set of values: for the text, and for
what turns our values into the driver's and back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from maildesk.store.engine import our_word
from maildesk.store.values import Illegible

T = TypeVar("T")
PerDatabase = Mapping[str, sa.Executable]
Turn = Callable[[Any], Any]
Values = Mapping[str, Any]


class Found:
    """What a statement found, rows of cells, and how many rows it changed."""

    __slots__ = ("rowcount", "rows")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self.rows, self.rowcount = rows, rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def all(self) -> Sequence[Any]:
        return self.rows

    def first(self) -> Any:
        """The first row, or None."""
        return self.rows[0] if self.rows else None

    def scalar(self) -> Any:
        """The first cell of the first row, or None."""
        return self.rows[0][0] if self.rows else None

    def scalars(self) -> Sequence[Any]:
        """The first cell of each row."""
        return [row[0] for row in self.rows]


class Unread:
    """A row of which the driver gave a cell that is none of ours: who looks into it hears why, and nobody else. Its first cell is
    always plain."""

    __slots__ = ("_trouble", "first")

    def __init__(self, first: Any, trouble: Exception) -> None:
        self.first, self._trouble = first, trouble

    def __iter__(self) -> Iterator[Any]:
        raise self._trouble

    def __getitem__(self, place: int) -> Any:
        raise self._trouble


def legible(row: Any, read: Callable[[Any], T]) -> T | Illegible:
    """What a row says that begins with its id. Whatever is wrong with it is wrong with it alone."""
    try:
        return read(row)
    except Exception as trouble:
        return Illegible(id=row.first if isinstance(row, Unread) else row[0], why=repr(trouble))


class Prepared:
    """A statement, or what each database has in its place. For lists of values see `Listed`."""

    def __init__(self, statement: sa.Executable | PerDatabase) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def run(self, driver: "Driver", values: Values) -> Found:
        """Run it with these values by name. Raises StoreError."""
        ready = self._ready(driver.dialect, values)
        return driver.run(ready.text, ready.parameters(values), ready.rows)

    def run_many(self, driver: "Driver", rows: Sequence[Values]) -> int:
        """Run it for each of these rows, which have the same names; how many rows it changed in all. Raises StoreError."""
        ready = self._ready(driver.dialect, rows[0])
        return driver.run_many(ready.text, [ready.parameters(row) for row in rows])

    def _ready(self, dialect: Dialect, values: Values) -> "_Compiled":
        asked = (dialect.name, *values)
        ready = self._compiled.get(asked)
        if ready is None:
            statement = self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement
            ready = self._compiled[asked] = _Compiled(statement, dialect, values)
        return ready


class Listed:
    """A statement over rows whose `column` is in a list, prepared anew for each length of the list.

    `make` gets that condition; the list is given under `name`.
    """

    def __init__(self, name: str, column: sa.Column[Any], make: Callable[[sa.ColumnElement[bool]], sa.Executable]) -> None:
        self._name, self._column, self._make = name, column, make
        self._prepared: dict[int, Prepared] = {}

    def run(self, driver: "Driver", values: Values) -> Found:
        """Run it with these values by name. Raises StoreError."""
        listed = {f"{self._name}_{place}": value for place, value in enumerate(values[self._name])}
        rest = {name: value for name, value in values.items() if name != self._name}
        return self._of_length(tuple(listed)).run(driver, {**rest, **listed})

    def _of_length(self, names: tuple[str, ...]) -> Prepared:
        prepared = self._prepared.get(len(names))
        if prepared is None:
            places = [sa.bindparam(name, type_=self._column.type) for name in names]
            prepared = self._prepared[len(names)] = Prepared(self._make(self._column.in_(places)))
        return prepared


class _Compiled:
    """A statement for one database and one set of values."""

    def __init__(self, statement: Any, dialect: Dialect, values: Values) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(values))
        assert not compiled.post_compile_params, "a list of values cannot be prepared"
        self.text = str(compiled)
        self._turns = {name: _to_driver(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._places = [(name, self._turns[name]) for name in compiled.positiontup or ()]
        self._own = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._dialect, self._kinds = dialect, [column.type for column in statement.exported_columns]
        self._back: list[tuple[int, Turn]] | None = None

    def parameters(self, values: Values) -> Any:
        """The values as the driver wants them: by place on SQLite, by name on PostgreSQL."""
        given = {**self._own, **values} if self._own else values
        if self._places:
            return tuple([given[name] if turn is None else turn(given[name]) for name, turn in self._places])
        return {name: given[name] if turn is None else turn(given[name]) for name, turn in self._turns.items()}

    def rows(self, cursor: Any) -> Sequence[Any]:
        """What the driver found, as ours."""
        if self._back is None:
            told = zip(self._kinds, cursor.description, strict=True)
            turns = (_from_driver(kind, self._dialect, code) for kind, (_, code, *_) in told)
            self._back = [(place, turn) for place, turn in enumerate(turns) if turn]
        return [self._row(cells, self._back) for cells in cursor.fetchall()] if self._back else cursor.fetchall()

    @staticmethod
    def _row(cells: Sequence[Any], back: list[tuple[int, Turn]]) -> Any:
        row = list(cells)
        try:
            for place, turn in back:
                row[place] = turn(row[place])
        except Exception as trouble:
            return Unread(cells[0], trouble)
        return row


def _to_driver(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Turn | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: sa.types.TypeEngine[Any], dialect: Dialect, code: object) -> Turn | None:
    """`code` is what the driver calls the type of a column."""
    return kind.dialect_impl(dialect).result_processor(dialect, code)


class Driver:
    """The driver's own connection during one transaction, with our words for its errors."""

    __slots__ = ("_connection", "_errors", "_held", "dialect")

    def __init__(self, connection: sa.Connection) -> None:
        self._connection, self.dialect = connection, connection.dialect
        self._held: Any = connection.connection.dbapi_connection
        self._errors = connection.dialect.loaded_dbapi.Error

    def run(
        self, text: str, parameters: Any = (), rows: Callable[[Any], Sequence[Any]] = lambda cursor: cursor.fetchall()
    ) -> Found:
        """Run a statement; `rows` gives what a cursor found. Raises StoreError."""
        try:
            with closing(self._held.cursor()) as cursor:
                cursor.execute(text, parameters)
                return Found(rows(cursor) if cursor.description else (), cursor.rowcount)
        except self._errors as error:
            raise self._told(error) from error

    def run_many(self, text: str, parameters: Sequence[Any]) -> int:
        """Run a statement for each of these; how many rows it changed in all. Raises StoreError."""
        try:
            with closing(self._held.cursor()) as cursor:
                cursor.executemany(text, parameters)
                return int(cursor.rowcount)
        except self._errors as error:
            raise self._told(error) from error

    def _told(self, error: Any) -> BaseException:
        if self.dialect.is_disconnect(error, self._held, None):
            self._connection.invalidate(error)
        return our_word(error)
