"""The power fails: with the desk goes all that the disk had not been told to keep.

What may be gone, or be anything, when the machine comes back: what stands in SQLite's log behind the last commit, for only
commits are synced; the shared memory beside it; files that were being written aside; and the names of finished files of which no
commit tells yet. All else was synced before anybody was told, so it is left as it is.
"""

import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from shutil import copy2

from tests.daemon.running import Installed

HEADER, FRAME = 32, 24
"""Bytes before the frames of the log, and before the page in each frame (https://www.sqlite.org/fileformat2.html#walformat)."""


def lost(installed: Installed, chance: random.Random) -> None:
    """Take away or spoil what was not safe yet."""
    log = Path(f"{installed.database}-wal")
    Path(f"{installed.database}-shm").unlink(missing_ok=True)
    if log.exists():
        _spoil(log, committed(log.read_bytes()), chance)
    for path in (installed.state / "incoming").iterdir():
        _spoil(path, 0, chance)
    known = _known(installed)
    for path in installed.state.glob("??/*"):
        if path.name not in known and chance.random() < 0.5:
            path.unlink()


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
            return frozenset(digest for (digest,) in base.execute("SELECT digest FROM blobs UNION SELECT digest FROM inbox"))
