"""Time in our hands: it jumps to the next moment at which something happens, and the desk does all its steps there.

    a mail arrives       keep, take_in
    a ticket is due      wake
    a digest is due      looked for every quarter of an hour
    a letter is due      post, into the folder

A mail that answers a letter waits until there is that letter. What still waits at the end was not played.
"""

import asyncio
import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maildesk.core.message import Digest
from maildesk.core.ticket import Number, TicketId
from maildesk.desk import Desk
from maildesk.desk.posting import Posting
from maildesk.reports.digest import write_digests
from maildesk.simulate.arrivals import Arrival
from maildesk.simulate.letters import Letters, PostOffice
from maildesk.smtp import Reply
from maildesk.store import Outgoing, Store

HOST = "rehearsal.invalid"
"""The receiving host whose word the rehearsed desk believes, beside those of its configuration."""

QUARTER = timedelta(minutes=15)
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A mail that was played: when, the name of its file, and the digest under which the store has it."""

    at: datetime
    name: str
    digest: Digest


@dataclass(slots=True)
class Playing:
    """A desk with its clock in our hands."""

    desk: Desk
    letters: Letters
    mails: tuple[Arrival, ...]
    now: datetime
    tell: Callable[[], None]
    came: list[Came] = field(default_factory=list)
    waiting: list[Arrival] = field(default_factory=list)
    opened: list[tuple[TicketId, Number]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.desk.store

    def play(self, until: datetime) -> None:
        """Everything up to and including a moment."""
        coming = [(mail.at, place) for place, mail in enumerate(self.mails)]
        heapq.heapify(coming)
        posting = Posting(self.desk, PostOffice(), lambda: self.now, ended=self._sent)
        digest_at = self.now
        with asyncio.Runner() as runner:
            while (moment := min(self._moments(coming, digest_at))) <= until:
                self.now = max(self.now, moment)
                while coming and coming[0][0] <= self.now:
                    self.waiting.append(self.mails[heapq.heappop(coming)[1]])
                if self.now >= digest_at:
                    write_digests(self.desk, self.now)
                    digest_at += QUARTER
                self._turn(runner, posting)
        self.now = until

    def _turn(self, runner: asyncio.Runner, posting: Posting) -> None:
        """All steps at one moment, until nothing more follows from them."""
        busy = True
        while busy:
            busy = self._arrive()
            wake, letter = self._due()
            if wake and wake <= self.now:
                busy = self.desk.wake(self.now) > 0 or busy
            if letter and letter <= self.now:
                busy = runner.run(posting.post()).tried > 0 or busy

    def _due(self) -> tuple[datetime | None, datetime | None]:
        """When a ticket, and when a letter wants attention."""
        with self.store.read() as tx:
            return tx.next_wake(), tx.next_letter()

    def _moments(self, coming: list[tuple[datetime, int]], digest_at: datetime) -> Iterator[datetime]:
        """When something may happen next. What is due already and did not end at its moment is looked at a second later."""
        yield from (max(at, self.now + A_MOMENT) for at in self._due() if at is not None)
        yield digest_at
        if coming:
            yield coming[0][0]

    # -- mails -------------------------------------------------------------------------------------------------------

    def _arrive(self) -> bool:
        """Hand over the mails whose turn it is; whether there was one."""
        ready = [(mail, raw) for mail in self.waiting if (raw := self._raw(mail)) is not None]
        if not ready:
            return False
        self.waiting = [mail for mail in self.waiting if mail not in [one for one, _ in ready]]
        self.desk.keep([(None, self.now, raw) for _, raw in ready], None, self.now)
        for mail, raw in ready:
            self.came.append(Came(at=self.now, name=mail.name, digest=Digest(hashlib.sha256(raw).hexdigest())))
            self.tell()
        for _ in self.desk.take_in(lambda: self.now):
            pass
        self._note_opened(len(ready))
        return True

    def _raw(self, mail: Arrival) -> bytes | None:
        """The bytes of a mail, or None while the letter that it answers does not exist."""
        raw = mail.stamp(HOST)
        if mail.answers is None:
            return raw
        number = self._number(mail.answers.ticket)
        letter = self.letters.answered(mail.answers.kind, number, mail.sender) if number else None
        return letter.fill(raw) if letter else None

    def _number(self, said: str) -> Number | None:
        """A ticket by its number, or by its place in the order of opening."""
        if said.startswith("TS"):
            return Number(said)
        place = int(said)
        return self.opened[place - 1][1] if 0 < place <= len(self.opened) else None

    def _note_opened(self, mails: int) -> None:
        """Remember the tickets that came with the last mails; not more than one for each of them."""
        last = self.opened[-1][0] if self.opened else 0
        with self.store.read() as tx:
            fresh = [ticket for ticket in tx.tickets(limit=mails) if ticket.id > last]
        self.opened += sorted((ticket.id, ticket.number) for ticket in fresh)

    # -- letters -----------------------------------------------------------------------------------------------------

    def _sent(self, row: Outgoing, reply: Reply) -> None:
        with self.store.read() as tx:
            ticket = tx.ticket(row.ticket) if row.ticket else None
        self.letters.keep(row, ticket.number if ticket else None, self.now)
