"""One daemon per state folder, or one for each node of those that share it: an advisory lock that dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another daemon works in this state folder."""


@contextmanager
def only_one(folder: Path, node: str) -> Iterator[None]:
    """Hold the folder for this node, "" where nobody else may work in it; raises AlreadyRunning."""
    with (folder / f"lock{node and '-'}{node}").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AlreadyRunning(held.read().strip() or "unknown") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


@contextmanager
def nobody_else(folder: Path) -> Iterator[None]:
    """Hold the folder against every node that ever worked in it; raises AlreadyRunning when one does."""
    with ExitStack() as held:
        for node in sorted({"", *(lock.name.removeprefix("lock-") for lock in folder.glob("lock-*"))}):
            held.enter_context(only_one(folder, node))
        yield
