"""A post office as a list: what is offered is taken, unless a test says otherwise; it speaks as `maildesk.smtp` does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from maildesk.smtp import Reply

ACCEPTED = Reply("accepted", 250, "2.0.0 taken")


@dataclass(slots=True)
class PostOffice:
    """Takes the place of Lines. `offered` and `delivered` answer for a recipient; `taken` is every letter, in order;
    the answer to a letter for somebody `held` waits for his event."""

    offered: Callable[[str], Reply] = lambda to: ACCEPTED
    delivered: Callable[[str], Reply] = lambda to: ACCEPTED
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    offers: int = 0
    size: int = 3
    spare: int = 1000
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def has(self, to: str) -> None:
        """Wait until a letter for somebody was taken."""
        while to not in [recipient for recipient, _ in self.taken]:
            self.came.clear()
            await self.came.wait()

    @asynccontextmanager
    async def line(self) -> AsyncIterator["Counter"]:
        yield Counter(self)


@dataclass(slots=True)
class Counter:
    """One line of it."""

    office: PostOffice
    to: str = ""

    async def offer(self, sender: str, to: str, size: int) -> Reply:
        self.office.offers += 1
        self.to = to
        return self.office.offered(to)

    async def deliver(self, raw: bytes) -> Reply:
        if self.to in self.office.held:
            await self.office.held[self.to].wait()
        reply = self.office.delivered(self.to)
        if reply.outcome in ("accepted", "uncertain"):
            self.office.taken.append((self.to, raw))
            self.office.came.set()
        return reply
