"""Which migrations a database has, and giving it the others.

Looking is cheap: the names of the files in `migrations/versions` are the history, in order, and the database says in one row
how far it got. Only giving needs alembic, which takes half a second to import.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from maildesk.store.errors import Newer
from maildesk.store.values import SchemaState

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text()))


@cache
def revisions() -> tuple[str, ...]:
    """Every migration of this program, the oldest first: `0001_first.py` makes revision 0001."""
    return tuple(sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def state(engine: Engine) -> SchemaState:
    """How the database stands to this program."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION.name):
            return "empty"
        return standing(connection.execute(sa.select(VERSION.c.version_num)).scalar(), revisions())


def standing(found: str | None, known: tuple[str, ...]) -> SchemaState:
    """How a database of this revision stands to a program that knows these."""
    if found is None:
        return "empty"
    if found not in known:
        return "newer"
    return "current" if found == known[-1] else "old"


def upgrade(engine: Engine, to: str = "head") -> None:
    """Give the database what it lacks, up to a revision, in one transaction: all of it or, when something fails, nothing."""
    from alembic import command
    from alembic.config import Config

    if state(engine) == "newer":
        raise Newer("the database was made by a newer maildesk", "install at least the version that made it")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    command.upgrade(config, to)
