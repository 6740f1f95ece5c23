"""Connections to SQLite and PostgreSQL, and everything in which the two differ.

SQLite: write-ahead log, every commit synced, and a writer takes its lock at the start (BEGIN IMMEDIATE). A transaction that
reads first and writes later would otherwise fail at once with "database is locked", however long it is willing to wait.
PostgreSQL: a dead peer is noticed within seconds, a forgotten transaction ends, and times are UTC.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, ExceptionContext

from maildesk.store.errors import Broken, Busy, Conflict, Full, Older, StoreError, Unreachable
from maildesk.store.types import packed

PATIENCE = 30.0
"""How many seconds to wait for somebody else's lock."""

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "ceph", "glusterfs"}
)

MOUNTS = Path("/proc/self/mounts")

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",  # what a savepoint may have to undo: as a file it would cost more than what is kept
    "PRAGMA journal_size_limit=67108864",
)

FLEETING = (
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-262144",  # KB: one long transaction then reads and writes its pages once
)
"""What is other where nothing need outlive the power."""

STATEMENTS = 512
"""So many statements SQLite's driver keeps prepared: more than the desk has."""

POSTGRES: Mapping[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 60,
    "keepalives_interval": 20,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
    "options": "-c timezone=UTC -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
}

Insert = sqlite.Insert | postgresql.Insert

INSERTS: Mapping[str, Callable[[sa.Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def connect(url: str, patience: float = PATIENCE, *, durable: bool = True) -> Engine:
    """An engine for the URL; connects only when first used. Raises Unreachable when the URL or its driver cannot serve.

    `patience` is how many seconds to wait for somebody else's lock; without `durable` SQLite syncs nothing.
    """
    try:
        made = sa.make_url(url)
        match made.get_backend_name():
            case "sqlite":
                return _sqlite(made, patience, durable)
            case "postgresql":
                return _postgresql(made, patience)
            case other:
                raise Unreachable(f"{other} is not supported", "use a sqlite: or postgresql: URL")
    except (sa.exc.ArgumentError, ValueError):
        raise Unreachable("this is no database URL", "write sqlite:////path/maildesk.db or postgresql://host/name") from None


def _sqlite(url: sa.URL, patience: float, durable: bool) -> Engine:
    if url.database is None or url.database in ("", ":memory:"):
        raise Unreachable("a desk in memory would lose its mails", "name a file: sqlite:////path/maildesk.db")
    require_local(Path(url.database))
    _private_file(Path(url.database))
    engine = _engine(url, connect_args={"timeout": patience, "cached_statements": STATEMENTS})
    pragmas = PRAGMAS if durable else (*PRAGMAS, *FLEETING)
    sa.event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, pragmas))
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _private_file(path: Path) -> None:
    """The database holds people's mail: its file is made for the desk's user alone; SQLite gives its log the same rights."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise Unreachable(str(error), "make the state folder, writable for the desk's user") from error


def _postgresql(url: sa.URL, patience: float) -> Engine:
    arguments = {**POSTGRES, "options": f"{POSTGRES['options']} -c lock_timeout={max(1, int(patience * 1000))}"}
    try:
        return _engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise Unreachable("the driver for PostgreSQL is not installed", "pip install 'maildesk[postgres]'") from error


def _engine(url: sa.URL, **more: Any) -> Engine:
    engine = sa.create_engine(url, json_serializer=packed, hide_parameters=True, pool_size=8, max_overflow=24, **more)
    sa.event.listen(engine, "handle_error", _told)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, pragmas: Iterable[str]) -> None:
    connection.isolation_level = None
    for pragma in pragmas:
        connection.execute(pragma)


def reading(engine: Engine) -> Engine:
    """The same database for transactions that only look: one snapshot, no lock, and writing is refused."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reads_only=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    if connection.info.get("reads_only") is not reads_only:  # the pragma makes SQLite prepare every statement anew
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
        connection.info["reads_only"] = reads_only
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def require_local(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises Unreachable where SQLite's locks cannot be relied on."""
    kind = file_system(path, mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise Unreachable(f"{path} lies on a network file system ({kind})", "use a local disk, or PostgreSQL")


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system under a path (proc(5), mounts); "" where the kernel does not tell."""
    if not mounts.exists():
        return ""
    best, kind = "", ""
    where = str(path.resolve())
    for line in mounts.read_text(errors="replace").splitlines():
        point, found = line.split(" ")[1:3]
        point = point.replace("\\040", " ").rstrip("/")
        if (where + "/").startswith(point + "/") and len(point) >= len(best):
            best, kind = point, found
    return kind


# What the databases' own errors mean -------------------------------------------------------------------------------------------


SERVER = "see that the server runs, that the URL names its host, port, user and database, and that the database was created"


def _told(context: ExceptionContext) -> BaseException | None:
    """Our word for the database's error; everything else (a value that is none, say) stays what it is."""
    error = context.original_exception
    if context.is_pre_ping:  # a connection that died in the pool is replaced without a word
        return None
    if isinstance(error, sa.exc.PendingRollbackError):
        return Unreachable("the connection broke earlier in this transaction", "do all of it again")
    return our_word(error)


def our_word(error: BaseException) -> BaseException:
    """Our word for a driver's error."""
    if isinstance(error, sqlite3.Error):
        return _sqlite_error(error)
    return _postgres_error(error, error.sqlstate or "") if hasattr(error, "sqlstate") else error


def damaged(said: str) -> Broken:
    """The database of SQLite is damaged, as its own words or its look at every page say."""
    return Broken(f"the database is damaged: {said}", "stop the desk, keep a copy of the state folder, then: maildesk restore")


def _sqlite_error(error: sqlite3.Error) -> StoreError:
    said = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(said)
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(said, "end the other program that holds the database, or try again")
        case sqlite3.SQLITE_FULL:
            return Full(said, "make room on the disk of the state folder")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(said)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return Unreachable(said, "see that the state folder exists, is writable for the desk's user, and its disk is healthy")
        case _:
            unknown = "no such table" in said or "no such column" in said
            return Older(said, "run: maildesk upgrade") if unknown else StoreError(said)


def _postgres_error(error: BaseException, state: str) -> StoreError:
    said = " ".join(str(error).split())
    match state[:2], state:
        case _, "40001" | "40P01" | "55P03" | "57014":
            return Busy(said, "try again")
        case _, "42P01" | "42703":
            return Older(said, "run: maildesk upgrade")
        case "23", _:
            return Conflict(said)
        case "53", _:
            return Full(said, "make room on the database server, or allow it more connections")
        case "XX", _:
            return Broken(said, "look into the log of the database server")
        case ("" | "08" | "28" | "3D" | "57", _) | (_, "25P03"):
            return Unreachable(said, SERVER)
        case _:
            return StoreError(said)
