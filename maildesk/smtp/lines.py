"""A few lines to one relay, shared by all letters and no faster than the relay allows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maildesk.config import Relay
from maildesk.smtp.line import Line

MINUTE = 60.0
RESERVE = 0.2
"""This part of what the relay takes in a minute or a day is kept for what people write."""


class Pace:
    """At most `per_minute` letters in any sixty seconds."""

    def __init__(self, per_minute: int) -> None:
        self._begun: deque[float] = deque(maxlen=per_minute)
        self._turn = asyncio.Lock()

    @property
    def left(self) -> int:
        """How many more may go at this moment without any wait."""
        since = asyncio.get_running_loop().time() - MINUTE
        return (self._begun.maxlen or 0) - sum(begun > since for begun in self._begun)

    async def wait(self) -> None:
        """Return when one more letter may go, and count it."""
        async with self._turn:
            clock = asyncio.get_running_loop().time
            if len(self._begun) == self._begun.maxlen:
                await asyncio.sleep(max(0.0, self._begun[0] + MINUTE - clock()))
            self._begun.append(clock())


class Lines:
    """Up to `size` lines; each stays connected between letters, and the one used last is used first."""

    def __init__(self, relay: Relay, size: int = 3) -> None:
        self.relay, self.size, self._pace = relay, size, Pace(relay.rate_per_minute)
        self._resting: list[Line] = []
        self._places = asyncio.Semaphore(size)
        self._closed = False

    @property
    def spare(self) -> int:
        """How many letters of a machine may go at this moment: the rate without what is kept for people."""
        return max(0, self._pace.left - int(RESERVE * self.relay.rate_per_minute))

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A line of one's own for the length of the context. Left by an exception, it does not go on in mid-sentence."""
        async with self._places:
            line = self._resting.pop() if self._resting else Line(self.relay, self._pace.wait)
            try:
                yield line
            except BaseException:
                line.drop()
                raise
            if self._closed:
                await line.close()
            else:
                self._resting.append(line)

    async def close(self) -> None:
        """Say goodbye on every line; one in use follows when its letter is done."""
        self._closed = True
        resting, self._resting = self._resting, []
        await asyncio.gather(*(line.close() for line in resting))
