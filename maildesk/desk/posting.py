"""Letters out: promise → bytes → attempt → settled.

    promised   a value that may still be merged or become outdated
    queued     bytes with a Message-ID, fixed for ever
    claimed    an attempt has begun: counted and committed before the server hears a word
    in data    the server took the recipient and is about to get the text: committed before DATA
    sent | refused | uncertain | queued again

No transaction is open while we talk to a server. A letter under way is held: that it is still ours is written down every half
minute, so that another node soon goes on with what a dead one had in hand, and never with what the slowest relay has in its own.
A connection lost between DATA and the final answer is *uncertain*: the same bytes are sent once more, later, and a second such
end stays uncertain for a person to look at. Only one letter at a time is there (`gate`), so that the end of the desk leaves one
in doubt at most. A channel that is down is not the letter's fault: its attempt is given back and the whole post waits.
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from maildesk import faults
from maildesk.core.message import Address
from maildesk.desk.attempts import claim, hand_over, hold, left_today, refusal, write_down
from maildesk.desk.desk import POSTPONED, UNWELL, Desk
from maildesk.desk.gate import Gate
from maildesk.desk.rendering import render
from maildesk.log import say, warn
from maildesk.smtp import Reply
from maildesk.store import LeaseLost, Outgoing, Stale, Tx

BATCH = 50
A_LOOK = 0.5
"""Seconds after which new letters are looked for while others are under way."""

TOO_LONG = 5.0
"""Seconds after which an answer to a whole letter holds up no other letter any more."""

SETTLING = 600.0
"""For so many seconds the end of an attempt is written down anew when the store cannot take it: while it is not known, the
letter counts as uncertain, and would go out once more when it is held no longer."""

STILL = 30.0
"""Seconds after which it is written down that a letter is still under way."""

AFTER_TROUBLE = 120.0
"""For so many seconds after a trouble of the store nobody else's letters are taken: it was perhaps away for all, and whoever has
them could not say that he lives."""

SOON, LATER = 0.2, 10.0
"""Seconds between two tries, twice as long each time."""

AT_ONCE = 4
"""So often an end that somebody else overtook is decided anew without a pause: he changed the ticket at the same moment, and it
is as it is now that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What one round did: letters tried, and whether the channel was down."""

    tried: int = 0
    down: str = ""


class Conversation(Protocol):
    """One letter's way to a relay (see `maildesk.smtp.Line`)."""

    async def offer(self, sender: Address, to: Address, size: int) -> Reply: ...

    async def deliver(self, raw: bytes) -> Reply: ...


class Channel(Protocol):
    """Where letters go out: so many conversations at once, and at this moment so many letters that no person wrote (see
    `maildesk.smtp.Lines`)."""

    @property
    def size(self) -> int: ...

    @property
    def spare(self) -> int: ...

    def line(self) -> AbstractAsyncContextManager[Conversation]: ...


class Posting:
    """The outgoing half of the desk over a few reused connections. `clock` tells when an answer came; `turn` is called for
    each letter, because a round of them may last long; `ended` with each letter whose attempt has an end."""

    def __init__(
        self,
        desk: Desk,
        lines: Channel,
        clock: Callable[[], datetime],
        *,
        turn: Callable[[], None] = lambda: None,
        ended: Callable[[Outgoing, Reply], None] = lambda row, reply: None,
    ) -> None:
        self.desk, self.lines, self.clock, self._turn, self._ended = desk, lines, clock, turn, ended
        self._down = ""
        self._under_way: set[asyncio.Task[None]] = set()
        self._in_hand: set[Outgoing] = set()
        self._troubled_at = -math.inf
        self._in_doubt = False
        """Whether a letter may be ours by a commit whose answer was lost."""

    def render(self) -> int:
        """Turn due promises into bytes; how many were looked at."""
        with self.desk.store.write() as tx:
            looked_at = render(self.desk, tx, self.clock())
            faults.point("rendered")
        return looked_at

    # -- bytes go out ------------------------------------------------------------------------------------------------

    async def post(self) -> Posted:
        """Render what is due and try every queued letter whose time has come, at most a batch; then call it again.

        Each line takes its next letter when it is free, so that an answer that is long in coming holds up no other letter.
        """
        self._down, tried = "", 0
        if not self._under_way:
            self._gate = Gate(TOO_LONG)
        while True:
            self._turn()
            tried += await self._begin(BATCH - tried)
            if not self._under_way or tried >= BATCH:
                return Posted(tried=tried, down=self._down)
            await self._some_end(A_LOOK)

    async def finish(self) -> None:
        """Let the letters that are under way come to their ends, whatever befalls one of them."""
        while self._under_way:
            try:
                await self._some_end(None)
            except Exception as trouble:  # its lease ends; the others must not end with it
                warn("letter left under way", trouble=repr(trouble), exc_info=True)

    async def _begin(self, most: int) -> int:
        """Give every free line a letter; how many were begun."""
        free = min(self.lines.size - len(self._under_way), most)
        spare = max(0, self.lines.spare - len(self._under_way))
        try:
            await asyncio.to_thread(self.render)
            if free <= 0 or self._down:
                return 0
            rows, dead = await asyncio.to_thread(self._claim, frozenset(self._in_hand), free, spare)
        except UNWELL as trouble:
            self._troubled(trouble)
            raise
        self._in_hand |= set(rows)
        self._under_way |= {asyncio.create_task(self._send(row, dead.get(row.to))) for row in rows}
        return len(rows)

    async def _some_end(self, within: float | None) -> None:
        """Wait until a letter has ended, at most `within` seconds."""
        ended, self._under_way = await asyncio.wait(self._under_way, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if trouble := next((end for task in ended if (end := task.exception())), None):
            self._troubled(trouble)
            raise trouble

    def _troubled(self, trouble: BaseException) -> None:
        if isinstance(trouble, UNWELL) and not isinstance(trouble, Stale):
            self._troubled_at, self._in_doubt = time.monotonic(), True

    def _claim(self, in_hand: frozenset[Outgoing], most: int, spare: int) -> tuple[tuple[Outgoing, ...], Mapping[Address, str]]:
        """Letters to send now, and those of their addresses that are dead, each with its reason. What is `in_hand` is held first:
        however long the store was away, it is not released."""
        with self.desk.store.write() as tx:
            hold(tx, in_hand, self.clock())
            if self._in_doubt:
                tx.release_lost_letters(in_hand, self.clock())
            if time.monotonic() - self._troubled_at >= AFTER_TROUBLE:
                tx.release_letters(self.clock())
            left, own = (many - len(in_hand) for many in left_today(self.desk, tx, self.clock()))
            rows, dead = claim(self.desk, tx, self.clock(), min(most, left), min(spare, own))
            self._put_back(tx, self.clock())
        self._in_doubt = False
        if own <= 0 and not in_hand:
            self._tell_of_the_day()
        faults.point("claimed")
        return rows, dead

    def _put_back(self, tx: Tx, now: datetime) -> None:
        """What was claimed and cannot be read waits, and the operator hears of it; the others go on."""
        for illegible in tx.put_back_illegible(now + POSTPONED):
            warn("letter not sent", outbox=illegible.id, trouble=illegible.why)
            saver = self.desk.saver(tx, self.desk.gatherer(tx, now))
            saver.alarm("letter not sent", f"{illegible.id}: {illegible.why}", illegible.remedy)

    def _tell_of_the_day(self) -> None:
        """Beside the mail: a letter would wait itself."""
        settings = self.desk.config.settings
        detail, remedy = f"rate_per_day: {settings.relay.rate_per_day}", "maildesk outbox --state queued"
        self.desk.beside.tell(settings, "limit relay", detail, remedy, self.clock())

    async def _send(self, row: Outgoing, dead: str | None) -> None:
        """One letter's attempt, in which it is held."""
        holding = asyncio.create_task(self._hold(row))
        try:
            await self._attempt(row, dead)
        finally:
            holding.cancel()
            self._in_hand.discard(row)

    async def _hold(self, row: Outgoing) -> None:
        while True:
            await asyncio.sleep(STILL)
            with suppress(*UNWELL):
                await asyncio.to_thread(self._held, row)

    def _held(self, row: Outgoing) -> None:
        with self.desk.store.write() as tx:
            hold(tx, (row,), self.clock())

    async def _attempt(self, row: Outgoing, dead: str | None) -> None:
        """One letter's attempt; none at a dead address. Once the channel is down, the letters behind are given back without
        asking it again."""
        if dead is not None:
            await self._ends(row, refusal(self.desk, dead))
            return
        try:
            async with self.lines.line() as line:
                self._turn()
                reply = Reply("down", None, self._down) if self._down else await line.offer(row.sender, row.to, row.size)
                if reply.outcome == "accepted":
                    async with self._gate.passed():
                        await self._deliver(line, row)
                    return
        except LeaseLost:
            warn("letter taken over by another", outbox=row.id)
            return
        if reply.outcome == "down":
            self._down = reply.text or "no answer"
        await self._ends(row, reply)

    async def _deliver(self, line: Conversation, row: Outgoing) -> None:
        """From DATA to the record of its end."""
        await asyncio.to_thread(self._in_data, row)
        faults.point("in-data")
        reply = await line.deliver(row.raw)
        faults.point("delivered")
        await self._ends(row, reply)

    def _in_data(self, row: Outgoing) -> None:
        with self.desk.store.write() as tx:
            hand_over(tx, row, self.clock())

    async def _ends(self, row: Outgoing, reply: Reply) -> None:
        """Write down how the attempt ended, again and again while a full disk, a lock or a lost database hinders it."""
        until, pause, overtaken = time.monotonic() + SETTLING, SOON, 0
        while True:
            try:
                await asyncio.to_thread(self._settle, row, reply)
                return
            except UNWELL as trouble:
                if time.monotonic() >= until:
                    raise
                unwritten = trouble
            self._turn()
            overtaken += isinstance(unwritten, Stale)
            if isinstance(unwritten, Stale) and overtaken <= AT_ONCE:
                await asyncio.sleep(0)
                continue
            warn("letter not settled", outbox=row.id, outcome=reply.outcome, trouble=str(unwritten), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LATER)

    def _settle(self, row: Outgoing, reply: Reply) -> None:
        try:
            with self.desk.store.write() as tx:
                write_down(self.desk, tx, row, reply, self.clock())
                faults.point("before-settled")
        except LeaseLost:
            warn("letter held too long", outbox=row.id, outcome=reply.outcome)
            return
        self._tell(row, reply)
        self._ended(row, reply)

    def _tell(self, row: Outgoing, reply: Reply) -> None:
        tell = say if reply.outcome == "accepted" else warn
        tell(
            "letter out",
            outbox=row.id,
            kind=row.kind,
            ticket=row.ticket,
            id=row.message_id,
            outcome=reply.outcome,
            code=reply.code,
            attempt=row.attempts,
        )
