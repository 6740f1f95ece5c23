"""One at a time, as long as nobody takes too long.

Between DATA and the record of its answer nobody can know whether the relay has a letter. While only one letter is there, the
death of the desk leaves only one in doubt. A relay that keeps an answer back must not stop the post, though: whoever has been
in for `patience` seconds goes on, but holds up nobody any more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Gate:
    """Of the event loop in which it is first waited for."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._free = asyncio.Semaphore()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait until nobody is in but those who take too long; then be in for the length of the context."""
        await self._free.acquire()
        leave = _once(self._free.release)
        late = asyncio.get_running_loop().call_later(self._patience, leave)
        try:
            yield
        finally:
            late.cancel()
            leave()


def _once(act: Callable[[], None]) -> Callable[[], None]:
    """The same, but a second call does nothing."""
    acts = iter((act,))
    return lambda: next(acts, lambda: None)()
