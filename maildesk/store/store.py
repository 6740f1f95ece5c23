"""The store as a whole: one database and one folder of files."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from maildesk.core.message import Digest
from maildesk.store import upgrading
from maildesk.store.engine import PATIENCE, connect, damaged, reading
from maildesk.store.files import Files
from maildesk.store.schema import blobs
from maildesk.store.transaction import Tx
from maildesk.store.values import SchemaState
from maildesk.store.writers import Writers


class Store:
    """Safe for many threads: every transaction has a connection of its own. `node` names this process among several."""

    def __init__(self, engine: Engine, files: Files, node: str, patience: float = PATIENCE) -> None:
        self.files = files
        self._node = node
        self._writing = engine
        self._reading = reading(engine)
        self._writers = Writers(patience) if engine.dialect.name == "sqlite" else nullcontext()
        self._whole: Tx | None = None

    @classmethod
    def open(cls, url: str, folder: Path, node: str, *, patience: float = PATIENCE, durable: bool = True) -> "Store":
        """The store behind a database URL and a folder for files.

        Nothing is created but the folder and an empty database file, both for the desk's user alone. `patience` is how many
        seconds to wait for somebody else's lock before Busy is raised. Without `durable` nothing is synced.
        """
        return cls(connect(url, patience, durable=durable), Files(folder, node, durable=durable), node, patience)

    def close(self) -> None:
        self._writing.dispose()
        self.files.close()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One transaction that may change things: everything in it is committed at its end, or nothing."""
        if self._whole is not None:
            with self._whole.savepoint():
                yield self._whole
            return
        with self._writers, self._writing.begin() as connection:
            tx = Tx(connection, self.files, self._node)
            yield tx
            tx.add_changes()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One transaction that only looks, at one moment of the database; it hinders nobody."""
        if self._whole is not None:
            yield self._whole
            return
        with self._reading.begin() as connection:
            yield Tx(connection, self.files, self._node)

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """All transactions meanwhile are parts of a single one: for one thread, while nobody else needs to see its work."""
        with self.write() as self._whole:
            try:
                yield
            finally:
                self._whole = None

    def state(self) -> SchemaState:
        """How the database stands to this program; cheap."""
        return upgrading.state(self._reading)

    def upgrade(self) -> None:
        """Make the database what this program needs. Raises Newer when a newer program was here."""
        upgrading.upgrade(self._writing)

    def quick_check(self) -> None:
        """Raises Broken when the database is damaged (SQLite looks at every page; PostgreSQL looks after itself)."""
        if self._reading.dialect.name != "sqlite":
            return
        with self._reading.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars().all()
        if said != ["ok"]:
            pages = "; ".join(line for told in said for line in str(told).splitlines() if not line.startswith("***"))
            raise damaged(pages)

    def missing_files(self, limit: int = 1000) -> tuple[Digest, ...]:
        """Of the latest files that the database names, those that are not on the disk."""
        with self._reading.connect() as connection:
            latest = connection.execute(sa.select(blobs.c.digest).order_by(blobs.c.id.desc()).limit(limit)).scalars().all()
        return tuple(digest for digest in latest if not self.files.holds(digest))
