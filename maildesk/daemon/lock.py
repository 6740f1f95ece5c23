"""One daemon per state folder: an advisory lock that dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another daemon works in this state folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for ourselves; raises AlreadyRunning."""
    with (folder / "lock").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AlreadyRunning(held.read().strip() or "unknown") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield
