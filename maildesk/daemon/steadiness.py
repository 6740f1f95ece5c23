"""Whether the machine's clock goes as time does.

Deadlines are moments of the wall clock, and that one is set: by hand, by a time server, by a machine that wakes. So it is
compared with a clock that only goes forward. A leap of more than ten minutes is told to the operator. After one forward nothing
is reminded or escalated for five minutes, in which a wrong clock may be set right again; nobody hears of hours that never were.
What has spoken never speaks again, so a step back needs no rest.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

LEAP = timedelta(minutes=10)
REST = 300.0
"""Seconds."""


class Steadiness:
    """Compares `wall` with `ticks`, seconds that only go forward."""

    def __init__(self, wall: Callable[[], datetime], ticks: Callable[[], float]) -> None:
        self._wall, self._ticks = wall, ticks
        self._ahead = self._difference()
        self._rests_until = 0.0

    def leap(self) -> timedelta | None:
        """By how much the wall clock was set since the last look; None for what is no more than a correction."""
        before, self._ahead = self._ahead, self._difference()
        found = timedelta(seconds=self._ahead - before)
        if abs(found) <= LEAP:
            return None
        self._rests_until = self._ticks() + REST if found > LEAP else 0.0
        return found

    @property
    def resting(self) -> bool:
        """Whether the clock leapt forward a moment ago."""
        return self._ticks() < self._rests_until

    def _difference(self) -> float:
        return self._wall().timestamp() - self._ticks()
