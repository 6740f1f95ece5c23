"""Backups: the whole store as it was at one moment, in a folder of its own.

    maildesk-20261121T165500Z/
        maildesk.db       the database, by SQLite's online backup: of one moment, while the desk goes on
        maildesk.dump     in its place where the database is PostgreSQL, by pg_dump
        files/ab/<name>   every file that the database names; its name is the SHA-256 of its bytes
        manifest.json     what it is, and the digest of the database, which names all files: so one digest vouches for all

It is written aside under a name that begins with a dot, synced, and renamed when it is whole: what bears the name of a backup is
one. The database comes first, so that every file it names was there before. Files never change, so one that lies in an earlier
backup of the folder, or on the same disk as the state, costs a hard link. No key and no password is in a backup.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from maildesk import __version__, faults
from maildesk.core.message import Digest
from maildesk.plain import plain
from maildesk.store.engine import connect, our_word
from maildesk.store.errors import Broken, Busy, Full, Missing, Older, StoreError, Unreachable
from maildesk.store.files import private, sync
from maildesk.store.schema import A_MAIL, A_TICKET, blobs, inbox, outbox, tickets
from maildesk.store.upgrading import VERSION

FORMAT = 1
DATABASE, DUMP, FILES, MANIFEST = "maildesk.db", "maildesk.dump", "files", "manifest.json"
NAME = re.compile(r"maildesk-\d{8}T\d{6}Z")
ASIDE, LOCK = ".maildesk-unfinished", ".maildesk-lock"
PIECE = 1 << 20
OLDER = "its version must not be older than the server's"
SERVER = "see that the server runs and lets the desk's user read everything; its own words say the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `at` is when its database was copied; `missing` are files that the database names and that
    were not on the disk even then."""

    format: int
    maildesk: str
    schema: str
    desk: str
    at: datetime
    database: str
    sha256: str
    mails: int
    tickets: int
    letters: int
    files: int
    bytes: int
    missing: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is to be backed up: a database and its folder of files; `desk` is whose they are."""

    url: str
    folder: Path
    desk: str


def back_up(source: Source, to: Path, now: datetime, keep: int | None = None) -> tuple[Path, Manifest, tuple[Path, ...]]:
    """Make a new backup in the folder `to`, whole and synced when this returns, and remove all but the latest `keep`; those that
    went. Raises StoreError; then there is none, or only the old ones could not be removed."""
    with told_of(to), _alone(to, source):
        aside, whole = to / ASIDE, to / f"maildesk-{now:%Y%m%dT%H%M%SZ}"
        if whole.exists():
            raise Busy(f"{whole} was made in this very second", "try again")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        try:
            manifest = _written(source, aside, earlier(to), now)
            faults.point("backup-half")
            aside.rename(whole)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        sync(to)
        return whole, manifest, _rotated(to, whole, keep) if keep else ()


def earlier(to: Path) -> tuple[Path, ...]:
    """The backups that are in a folder, the latest first."""
    return tuple(sorted((path for path in to.iterdir() if NAME.fullmatch(path.name) and path.is_dir()), reverse=True))


def _rotated(to: Path, made: Path, keep: int) -> tuple[Path, ...]:
    """Remove the oldest backups of a folder, and never the one just made, whatever time a clock says that was set back."""
    old = tuple(path for path in earlier(to) if path != made)[keep - 1 :]
    for path in old:
        shutil.rmtree(path.rename(to / ASIDE))
    return old


def _require_apart(source: Source, to: Path) -> None:
    if to.exists() and not to.is_dir():
        raise Unreachable(f"{to} is a file", "name the folder in which backups are to lie")
    if Path(os.path.realpath(to)).is_relative_to(os.path.realpath(source.folder)):
        raise Unreachable(f"{to} lies in the state folder, and would be lost with it", "name another, best on another disk")


@contextmanager
def _alone(to: Path, source: Source) -> Iterator[None]:
    """Nobody else makes or removes backups in this folder, which is another than that of the state."""
    _require_apart(source, to)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (to / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another backup is being made in {to}", "wait for its end") from None
        yield


@contextmanager
def told_of(to: Path, remedy: str = "make room there, or keep fewer (--keep)") -> Iterator[None]:
    """The errors of the disk to which is written; `remedy` is for when it is full."""
    try:
        yield
    except sqlite3.Error as error:
        word = our_word(error)
        raise (_full(to, remedy) if isinstance(word, Full) else word) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(to, remedy) from error
        where = Path(error.filename or to)
        ours = where.is_relative_to(to) or to.is_relative_to(where)
        remedy = f"make {to} a folder that the desk's user can write to" if ours else "let the desk's user read it"
        raise Unreachable(f"{where}: {error.strerror}", remedy) from error


def _full(to: Path, remedy: str) -> Full:
    return Full(f"no space left in {to}; nothing half is left there", remedy)


# Writing one -----------------------------------------------------------------------------------------------------------------


def _written(source: Source, aside: Path, others: tuple[Path, ...], now: datetime) -> Manifest:
    """Everything of a backup, synced."""
    origin = file_of(source.url)
    database = aside / (DUMP if origin is None else DATABASE)
    if origin is None:
        _dumped(source.url, database)
    else:
        _copied(origin, database)
    with looking(copy_at(database) if origin else source.url) as connection:
        schema, *counts = _counted(connection)
        named = named_files(connection)
    missing = tuple(digest for digest, size in named.items() if not _saved(digest, size, aside, others, source.folder))
    manifest = Manifest(
        format=FORMAT,
        maildesk=__version__,
        schema=schema,
        desk=source.desk,
        at=now,
        database=database.name,
        sha256=str(digest_of(database)),
        mails=counts[0],
        tickets=counts[1],
        letters=counts[2],
        files=len(named) - len(missing),
        bytes=sum(size for digest, size in named.items() if digest not in missing),
        missing=missing,
    )
    with private(aside / MANIFEST) as file:
        file.write(json.dumps(plain(manifest), indent=2).encode() + b"\n")
    for path in (database, *_folders(aside), aside / MANIFEST, aside):
        sync(path)
    return manifest


def file_of(url: str) -> Path | None:
    """The file of a database; None on PostgreSQL."""
    made = sa.make_url(url)
    return Path(made.database or "") if made.get_backend_name() == "sqlite" else None


def _copied(database: Path, to: Path) -> None:
    """SQLite's online backup: one read of one moment, which hinders nobody. What comes out is one file without a log.

    Nobody else opens the copy, so it needs no locks, which a network drive may not have.
    """
    private(to).close()
    origin = sqlite3.connect(f"file:{quote(str(database))}?mode=rw", uri=True)
    copy = sqlite3.connect(f"file:{quote(str(to))}?vfs=unix-none", uri=True)
    with closing(origin), closing(copy):
        origin.backup(copy)
        copy.execute("PRAGMA locking_mode=EXCLUSIVE")  # what it shares nobody need find, and there is no memory to share
        copy.execute("PRAGMA journal_mode=DELETE")
        said = [row[0] for row in copy.execute("PRAGMA quick_check(5)")]
    if said != ["ok"]:
        raise Broken("; ".join(said), "the database is damaged, and no backup was made: restore the last one")


def _dumped(url: str, to: Path) -> None:
    """pg_dump, which looks at one moment too; the password goes by its environment, where nobody else reads it, and so does the
    language in which we understand its errors."""
    made = sa.make_url(url).set(drivername="postgresql")
    password = {"PGPASSWORD": str(made.password)} if made.password else {}
    where = made.set(password=None).render_as_string()
    command = ("pg_dump", "--format=custom", "--no-owner", f"--file={to}", f"--dbname={where}")
    private(to).close()
    try:
        done = subprocess.run(
            command, env={**os.environ, **password, "LC_ALL": "C"}, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise Missing("the program pg_dump is not installed", "apt install postgresql-client") from None
    if done.returncode:
        said = " ".join(done.stderr.split())
        if os.strerror(errno.ENOSPC) in said:
            raise OSError(errno.ENOSPC, said)
        raise Unreachable(said, OLDER if "version" in said else SERVER)


def _saved(digest: Digest, size: int, aside: Path, others: tuple[Path, ...], folder: Path) -> bool:
    """Put a file into the backup, by a link where that is possible; False when it is nowhere. One of another size is damaged, and
    so would be whatever shares its bytes."""
    end = Path(digest[:2], digest)
    target = aside / FILES / end
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for origin in (*(other / FILES / end for other in others[:1]), folder / end):
        with suppress(OSError):
            if origin.stat().st_size == size:
                target.hardlink_to(origin)
                return True
    try:
        found = copy_file(folder / end, target)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EIO):
            raise
        found = None
    if found != digest:
        target.unlink(missing_ok=True)
    return found == digest


def copy_file(origin: Path, target: Path) -> Digest:
    """A new file with the same bytes, synced; their digest."""
    digest = hashlib.sha256()
    with origin.open("rb") as source, private(target) as file:
        while piece := source.read(PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return Digest(digest.hexdigest())


def _folders(aside: Path) -> Iterable[Path]:
    files = aside / FILES
    return (*files.iterdir(), files) if files.exists() else ()


def copy_at(path: Path) -> sa.URL:
    """A database in a file, whatever its folders are called."""
    return sa.URL.create("sqlite", database=str(path))


@contextmanager
def looking(url: str | sa.URL) -> Iterator[sa.Connection]:
    """A connection that changes nothing, not even how the file keeps its journal."""
    engine = sa.create_engine(url) if isinstance(url, sa.URL) or url.startswith("sqlite") else connect(url)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.DatabaseError as error:
        raise our_word(error.orig or error) from error
    finally:
        engine.dispose()


def _counted(connection: sa.Connection) -> tuple[str, int, int, int]:
    """The schema, and how many mails, tickets and letters there are. Raises Older where there is no desk at all."""
    if not sa.inspect(connection).has_table(VERSION.name):
        raise Older("the database is empty: there is no desk in it", "if one was at work here: maildesk restore BACKUP")
    schema = connection.execute(sa.select(VERSION.c.version_num)).scalar_one()
    counted = ((inbox, A_MAIL), (tickets, A_TICKET), (outbox, sa.true()))
    counts = [connection.execute(sa.select(sa.func.count()).select_from(table).where(row)).scalar_one() for table, row in counted]
    return str(schema), int(counts[0]), int(counts[1]), int(counts[2])


def counted(url: str | sa.URL) -> tuple[str, int, int, int]:
    """The same of any database."""
    with looking(url) as connection:
        return _counted(connection)


def holds_desk(database: Path) -> bool:
    """Whether a file is more than an empty database. In doubt it is: a damaged one may hold a desk."""
    if not database.exists() or not database.stat().st_size:
        return False
    try:
        counted(copy_at(database))
    except Older:
        return False
    except StoreError:
        return True
    return True


def named_files(connection: sa.Connection) -> dict[Digest, int]:
    return {Digest(digest): size for digest, size in connection.execute(sa.select(blobs.c.digest, blobs.c.size))}


def digest_of(path: Path) -> Digest | None:
    """The digest of a file's bytes; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return Digest(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:
        return None
