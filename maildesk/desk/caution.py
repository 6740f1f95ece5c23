"""What earlier connections to a mailbox have taught about its mails."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maildesk.desk.ahead import STRIKES

BATCH = 50
REST, SHORT_REST = timedelta(hours=1), timedelta(seconds=40)
"""Of a mail that nobody can read; and of one at which the line was cut, so that it is here within a minute of the line's end."""

CUTS = 6
"""So many cuts at one mail, that is some minutes of them, are told to the operator."""


@dataclass(slots=True)
class Caution:
    """What earlier connections to a mailbox have taught: an answer about some mail that nobody can read ends a connection, so
    after one mails are fetched one by one, and a mail that does it alone three times is passed over for an hour and told to the
    operator. It stays where it is.

    A line that is cut is hardly the mail's fault; but some servers break at one mail each time. So a mail at which it was cut
    three times rests for less than a minute, in which the others have their turn. `large` are mails of which the server says
    that they are small.
    """

    batch: int = BATCH
    failures: Counter[int] = field(default_factory=Counter)
    cuts: Counter[int] = field(default_factory=Counter)
    rests: dict[int, datetime] = field(default_factory=dict)
    large: set[int] = field(default_factory=set)

    def strike(self, uid: int, now: datetime) -> bool:
        """Count one against a mail; whether it is passed over from now on."""
        self.failures[uid] += 1
        if self.failures[uid] % STRIKES:
            return False
        self.rests[uid] = now + REST
        return True

    def cut(self, uid: int, now: datetime) -> bool:
        """Count a line that was cut at a mail; whether this goes on for too long to be chance."""
        self.cuts[uid] += 1
        if self.cuts[uid] >= STRIKES:
            self.rests[uid] = now + SHORT_REST
        return self.cuts[uid] >= CUTS

    def passes_over(self, uid: int) -> bool:
        """Whether a mail rests. That ends in `rested` alone, so that the others have a turn however long a connection took."""
        return uid in self.rests

    def rested(self, now: datetime) -> bool:
        """Whether the rest of any mail has ended since this was last asked."""
        over = [uid for uid, until in self.rests.items() if until <= now]
        for uid in over:
            del self.rests[uid]
        return bool(over)

    def rests_for(self, now: datetime) -> timedelta:
        """How long until the next rest ends."""
        return min((until - now for until in self.rests.values()), default=timedelta.max)

    def kept(self, uids: Iterable[int]) -> None:
        """These are ours: nothing speaks against them any more."""
        for uid in uids:
            self.failures.pop(uid, None)
            self.cuts.pop(uid, None)
            self.rests.pop(uid, None)

    def forget(self) -> None:
        """The numbers begin anew: what was known of a mail is known of none."""
        for known in (self.failures, self.cuts, self.rests, self.large):
            known.clear()
