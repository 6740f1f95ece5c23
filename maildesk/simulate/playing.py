"""Time in our hands: it jumps to the next moment at which something happens, and the desk does all its steps there.

    a mail arrives       keep, take_in
    a ticket is due      wake
    nobody confirmed     wake, take_in
    a digest is due      looked for every quarter of an hour
    somebody is rung     call, into the timeline
    a letter is due      post, into the folder

A mail that answers a letter waits until there is that letter. What still waits at the end was not played.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from maildesk.core.message import Digest
from maildesk.desk import Desk
from maildesk.desk.ahead import to_read
from maildesk.reports import write_reports
from maildesk.simulate.arrivals import Arrival
from maildesk.simulate.calls import Calls
from maildesk.simulate.foresight import Foresight
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
    calls: Calls
    mails: tuple[Arrival, ...]
    now: datetime
    tell: Callable[[], None]
    reader: Foresight
    came: list[Came] = field(default_factory=list)
    waiting: list[Arrival] = field(default_factory=list)
    wake_at: datetime = NEVER
    letter_at: datetime = NEVER
    lapse_at: datetime = NEVER
    coming: deque[Arrival] = field(default_factory=deque)
    foreseen: Arrival | None = None

    @property
    def store(self) -> Store:
        return self.desk.store

    def play(self, until: datetime) -> None:
        """Everything up to and including a moment."""
        coming = self.coming = deque(self.mails)
        digest_at = since = self.now
        self._look()
        while (moment := min(self._moments(coming, digest_at))) <= until:
            self.now = max(self.now, moment)
            while coming and coming[0].at <= self.now:
                self.waiting.append(coming.popleft())
            if self.now >= digest_at:
                if write_reports(self.desk, self.now, since):
                    self._look()
                digest_at = _next_quarter(self.now)
            self._turn()
        self.now = until

    def _turn(self) -> None:
        """All steps at one moment, until nothing more follows from them."""
        busy = True
        while busy:
            happened = self._arrive() + self._wake()
            self._foresee()
            happened += self.calls.round(self.now) if happened else 0
            if happened or self.letter_at <= self.now:
                happened += self.delivery.round(self.now)
                self._look()
            busy = happened > 0

    def _wake(self) -> int:
        """Let the clock speak if it has something to say; how many tickets and mails it concerned."""
        woken = self.desk.wake(self.now) if min(self.wake_at, self.lapse_at) <= self.now else 0
        return woken + (self._take_in() if self.lapse_at <= self.now else 0)

    def _look(self) -> None:
        """When a ticket, a letter, and a mail that nobody confirmed want attention next."""
        with self.store.read() as tx:
            next_at = tx.next_wake(), tx.next_letter(), tx.next_lapse()
        self.wake_at, self.letter_at, self.lapse_at = (at or NEVER for at in next_at)

    def _moments(self, coming: Sequence[Arrival], digest_at: datetime) -> Iterator[datetime]:
        """When something may happen next. What is due already and did not end at its moment is looked at a second later."""
        yield max(min(self.wake_at, self.letter_at, self.lapse_at), self.now + A_MOMENT)
        yield digest_at
        if coming:
            yield coming[0].at

    # -- mails -------------------------------------------------------------------------------------------------------

    def _arrive(self) -> int:
        """Hand over the mails whose turn it is; how many. One that answers nothing may have come earlier, while nobody looked."""
        ready = [(mail, raw) for mail in self.waiting if (raw := self._raw(mail)) is not None]
        if not ready:
            return 0
        played = {mail.name for mail, _ in ready}
        self.waiting = [mail for mail in self.waiting if mail.name not in played]
        self.desk.keep([(None, self.now if mail.answers else mail.at, raw) for mail, raw in ready], None, self.now)
        for mail, raw in ready:
            self.came.append(Came(at=self.now, name=mail.name, digest=Digest(hashlib.sha256(raw).hexdigest())))
            self.tell()
        return self._take_in()

    def _foresee(self) -> None:
        """Let the next mail be read meanwhile, if all of it is known."""
        mail = self.coming[0] if self.coming else None
        if mail is None or mail is self.foreseen or (raw := self._raw(mail)) is None:
            return
        self.foreseen = mail
        files, settings = self.store.files, self.desk.config.settings
        (digest,) = files.put_many((raw,))
        self.reader.foresee(to_read(settings, files.path(digest), len(raw), mail.at, str(files.aside())))

    def _take_in(self) -> int:
        return sum(self.desk.take_in(lambda: self.now))

    def _raw(self, mail: Arrival) -> bytes | None:
        """The bytes of a mail, or None while the letter that it answers does not exist."""
        if mail.answers is None:
            return mail.stamp(HOST)
        letter = self.letters.answered(mail.answers, mail.sender)
        return mail.answering(letter).stamp(HOST) if letter else None


def _next_quarter(now: datetime) -> datetime:
    """The next quarter of an hour on the clock."""
    return datetime.fromtimestamp((now.timestamp() // QUARTER + 1) * QUARTER, UTC)
