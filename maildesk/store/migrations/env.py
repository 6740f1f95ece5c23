"""How alembic runs our migrations: on the engine it is handed, everything in one transaction, one upgrade at a time.

SQLite can undo changes of the schema as well as PostgreSQL; alembic believes that Python's driver cannot, which was true before
the store sent its own BEGIN. So it is told that it can. What SQLite cannot do is change a column: the table is made anew, and
dropping the old one would break every reference to it for a moment (https://sqlite.org/lang_altertable.html, section 7). So it
looks at references again only when all is done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection, Engine

from maildesk.store.errors import Broken
from maildesk.store.schema import metadata

LOCK = 0x6D64736B


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may make tables anew."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Broken("rows refer to others that are not there", "restore the last backup")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


with changing(context.config.attributes["engine"]) as connection:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
