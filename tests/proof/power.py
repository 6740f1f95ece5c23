"""The power fails: with the desk goes all that the disk had not been told to keep.

The daemon is started under watch: what it syncs, and what it names, is written down beside it as it happens. When the machine
comes back, what is gone or is anything: what stands in SQLite's log behind the last commit, and all of the log when a connection
had asked SQLite not to sync its commits; the shared memory beside it; every file of a mail that was not synced since it had its
present length, and every name that was given after the last sync of its folder. That SQLite syncs what it was asked to is
believed of SQLite.
"""

import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copy2

from tests.daemon.running import Installed
from tests.proof.ledger import Ledger
from tests.proof.ledger import fresh as not_watched
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

HEADER, FRAME = 32, 24
"""Bytes before the frames of the log, and before the page in each frame (https://www.sqlite.org/fileformat2.html#walformat)."""

WATCHED = """
import os, sqlite3, sys
book, fsync, connect = os.open({book!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT), os.fsync, sqlite3.connect

def write(*words):
    os.write(book, (" ".join(map(str, words)) + chr(10)).encode())

def synced(handle):
    found = os.fstat(handle)
    fsync(handle)
    write("synced", found.st_ino, found.st_size)

class Watched(sqlite3.Connection):
    def execute(self, sql, *values):
        if sql.startswith("PRAGMA synchronous="):
            write("commits", sql.partition("=")[2])
        return super().execute(sql, *values)

def named(event, given):
    if event == "os.rename":
        write("named", given[1])

os.fsync = synced
sqlite3.connect = sqlite3.dbapi2.connect = lambda *given, **more: connect(*given, factory=Watched, **more)
sys.addaudithook(named)
from maildesk.cli import main
main()
"""
"""The daemon, and a book of what it had the disk keep."""

BOOK = "synced"


def fresh(place: Path, dovecot: Dovecot, sink: SmtpSink, seed: int) -> Ledger:
    """A desk under watch, to which nothing was sent yet."""
    ledger = not_watched(place, dovecot, sink, seed)
    program = (sys.executable, "-c", WATCHED.format(book=str(place / BOOK)))
    return replace(ledger, installed=replace(ledger.installed, program=program))


def lost(installed: Installed, chance: random.Random) -> None:
    """Take away or spoil what was not safe yet."""
    log, kept = Path(f"{installed.database}-wal"), Kept(installed.place / BOOK)
    Path(f"{installed.database}-shm").unlink(missing_ok=True)
    if log.exists():
        _spoil(log, committed(log.read_bytes()) if kept.commits else 0, chance)
    for path in (installed.state / "incoming").iterdir():
        _spoil(path, 0, chance)
    known = _known(installed)
    for path in installed.state.glob("??/*"):
        if path.name not in known or not kept.name(path):
            if chance.random() < 0.5:
                path.unlink()
        elif not kept.whole(path):
            _spoil(path, 0, chance)


class Kept:
    """What the book says that the disk was told to keep."""

    def __init__(self, book: Path) -> None:
        self.commits = True
        self._sizes: dict[int, int] = {}
        self._loose: set[Path] = set()
        for line in book.read_text("utf-8").splitlines() if book.exists() else ():
            match line.split():
                case ["synced", node, size]:
                    self._sizes[int(node)] = int(size)
                    self._loose = {path for path in self._loose if path.parent.stat().st_ino != int(node)}
                case ["named", path]:
                    self._loose.add(Path(path))
                case ["commits", how]:
                    self.commits &= how in ("FULL", "EXTRA")

    def whole(self, path: Path) -> bool:
        """Whether the file was synced as long as it is."""
        found = path.stat()
        return self._sizes.get(found.st_ino) == found.st_size

    def name(self, path: Path) -> bool:
        """Whether the folder was synced since the file has its name there."""
        return path not in self._loose


def committed(log: bytes) -> int:
    """How many bytes of the log are safe: up to the end of the last frame that ends a transaction of its present turn."""
    page, salts = int.from_bytes(log[8:12], "big"), log[16:24]
    safe = min(HEADER, len(log))
    for start in range(HEADER, len(log) - FRAME - page + 1, FRAME + page):
        if log[start + 8 : start + 16] != salts:
            break
        if any(log[start + 4 : start + 8]):
            safe = start + FRAME + page
    return safe


def _spoil(path: Path, safe: int, chance: random.Random) -> None:
    """What stands behind the safe bytes is shortened by chance, and turned into anything in half of the cases."""
    left = chance.randint(0, max(0, path.stat().st_size - safe))
    with path.open("r+b") as file:
        file.truncate(safe + left)
        if chance.random() < 0.5:
            file.seek(safe)
            file.write(chance.randbytes(left))


def _known(installed: Installed) -> frozenset[str]:
    """The files of which the database tells, asked of a copy: opening a database changes it."""
    with tempfile.TemporaryDirectory() as place:
        for path in installed.state.glob(f"{installed.database.name}*"):
            copy2(path, place)
        with closing(sqlite3.connect(Path(place, installed.database.name))) as base:
            if not base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'blobs'").fetchone()[0]:
                return frozenset()
            return frozenset(digest for (digest,) in base.execute("SELECT digest FROM blobs UNION SELECT digest FROM inbox"))
