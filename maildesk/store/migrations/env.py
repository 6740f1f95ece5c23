"""How alembic runs our migrations: on the engine it is handed, everything in one transaction, one upgrade at a time.

SQLite can undo changes of the schema as well as PostgreSQL; alembic believes that Python's driver cannot, which was true before
the store sent its own BEGIN. So it is told that it can.
"""

import sqlalchemy as sa
from alembic import context

from maildesk.store.schema import metadata

LOCK = 0x6D64736B

engine = context.config.attributes["engine"]
with engine.begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
