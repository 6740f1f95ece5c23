"""People's peace: when what the clock has to say to somebody is said, so that he is not disturbed more often than it is worth.

    alone     the first letter after a while goes at once; it opens a window
    window    what follows within it waits for its end, and comes as one letter
    patience  but no longer than a part of the time in which something can still be done
    rest      what falls into quiet hours or out of his shift waits for their end, and comes as one letter
    outage    what was not said while the desk was down is said once, as one letter, when the mail of that time has been read

A P1 waits for nothing and nobody. It takes nobody along either, because it is answered where the ticket is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PART = 4
"""A letter waits at most for this part of the time that is left."""

LOOKING_AROUND = timedelta(minutes=2)
"""So long after an outage the desk looks around before it speaks to its people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A span in which the desk gave no sign of life."""

    since: datetime
    until: datetime

    @property
    def settled_at(self) -> datetime:
        """From when on is said what was not said."""
        return self.until + LOOKING_AROUND

    def told_at(self, moment: datetime) -> bool:
        """Whether what was decided at this moment should have been decided while the desk was down."""
        return self.until <= moment < self.settled_at


def patience(since: datetime, deadline: datetime, now: datetime, window: timedelta) -> timedelta:
    """How long a letter may wait for company: a part of the time that is left, or when none is left, of the time there was."""
    time = deadline - now if now < deadline else deadline - since
    return min(window, time / PART)


def goes_at(ready: datetime, patience: timedelta, last: datetime | None, window: timedelta) -> datetime:
    """When a letter that may go from `ready` on goes: at once, or at the end of the window that the `last` one opened."""
    if last is None or last + window <= ready:
        return ready
    return min(last + window, ready + patience)
