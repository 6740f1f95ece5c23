"""Who writes next, where only one can.

SQLite has one writer at a time and lets the others try again after ever longer pauses: whoever writes one transaction after the
other (the clock, after a holiday) begins the next before they look, and a mail could wait until all of it is done. So the
writers of a process queue here before they ask SQLite: each waits for those who came before him, and for nobody twice.
"""

from collections import deque
from threading import Lock
from types import TracebackType

from maildesk.store.errors import Busy


class Writers:
    """A lock that is handed on in the order of asking; Busy is raised after so many seconds of `patience`."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._looking = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._looking:
            if not self._taken:
                self._taken = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if not turn.acquire(timeout=self._patience):
            self._give_up(turn)

    def _give_up(self, turn: Lock) -> None:
        with self._looking:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise Busy("another step of this desk holds the database", "try again")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._looking:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
