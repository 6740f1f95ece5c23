"""Time in our hands: it jumps to the next moment at which something happens, and the desk does all its steps there.

    a mail arrives       keep, take_in
    a ticket is due      wake
    a digest is due      looked for every quarter of an hour
    a letter is due      post, into the folder

A mail that answers a letter waits until there is that letter. What still waits at the end was not played.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from maildesk.core.message import Digest
from maildesk.core.ticket import Number, TicketId
from maildesk.desk import Desk
from maildesk.reports.digest import write_digests
from maildesk.simulate.arrivals import Arrival
from maildesk.simulate.letters import Delivery, Letters
from maildesk.store import Store

HOST = "rehearsal.invalid"
"""The receiving host whose word the rehearsed desk believes, beside those of its configuration."""

QUARTER = 15 * 60
"""Seconds."""

NEVER = datetime.max.replace(tzinfo=UTC)
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
    delivery: Delivery
    mails: tuple[Arrival, ...]
    now: datetime
    tell: Callable[[], None]
    came: list[Came] = field(default_factory=list)
    waiting: list[Arrival] = field(default_factory=list)
    wake_at: datetime = NEVER
    letter_at: datetime = NEVER
    opened: list[tuple[TicketId, Number]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.desk.store

    def play(self, until: datetime) -> None:
        """Everything up to and including a moment."""
        coming = deque(self.mails)
        digest_at = self.now
        while (moment := min(self._moments(coming, digest_at))) <= until:
            self.now = max(self.now, moment)
            while coming and coming[0].at <= self.now:
                self.waiting.append(coming.popleft())
            if self.now >= digest_at:
                self._look_if(write_digests(self.desk, self.now))
                digest_at = _next_quarter(self.now)
            self._turn()
        self.now = until

    def _turn(self) -> None:
        """All steps at one moment, until nothing more follows from them."""
        busy = True
        while busy:
            arrived = self._look_if(self._arrive())
            woken = self.wake_at <= self.now and self._look_if(self.desk.wake(self.now))
            posted = self.letter_at <= self.now and self._look_if(self.delivery.round(self.now))
            busy = arrived or woken or posted

    def _look_if(self, changes: int) -> bool:
        """After changes, see when a ticket and when a letter wants attention next; whether there were any."""
        if changes:
            with self.store.read() as tx:
                self.wake_at, self.letter_at = tx.next_wake() or NEVER, tx.next_letter() or NEVER
        return changes > 0

    def _moments(self, coming: Sequence[Arrival], digest_at: datetime) -> Iterator[datetime]:
        """When something may happen next. What is due already and did not end at its moment is looked at a second later."""
        yield max(min(self.wake_at, self.letter_at), self.now + A_MOMENT)
        yield digest_at
        if coming:
            yield coming[0].at

    # -- mails -------------------------------------------------------------------------------------------------------

    def _arrive(self) -> int:
        """Hand over the mails whose turn it is; how many."""
        ready = [(mail, raw) for mail in self.waiting if (raw := self._raw(mail)) is not None]
        if not ready:
            return 0
        played = {mail.name for mail, _ in ready}
        self.waiting = [mail for mail in self.waiting if mail.name not in played]
        self.desk.keep([(None, self.now, raw) for _, raw in ready], None, self.now)
        for mail, raw in ready:
            self.came.append(Came(at=self.now, name=mail.name, digest=Digest(hashlib.sha256(raw).hexdigest())))
            self.tell()
        for _ in self.desk.take_in(lambda: self.now):
            pass
        self._note_opened(len(ready))
        return len(ready)

    def _raw(self, mail: Arrival) -> bytes | None:
        """The bytes of a mail, or None while the letter that it answers does not exist."""
        if mail.answers is None:
            return mail.stamp(HOST)
        number = self._number(mail.answers.ticket)
        letter = self.letters.answered(mail.answers.kind, number, mail.sender) if number else None
        return mail.answering(letter).stamp(HOST) if letter else None

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


def _next_quarter(now: datetime) -> datetime:
    """The next quarter of an hour on the clock."""
    return datetime.fromtimestamp((now.timestamp() // QUARTER + 1) * QUARTER, UTC)
