"""Working hours as a list of spans, found by asking every five minutes of a year whether somebody works: slow and plain.

It shares nothing with the calendars of the desk, which it is to judge. Instants are seconds since 1970, in UTC; whatever lies
behind the last span is NEVER.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

NEVER = 10**12
STEP = 300
DAY = 86400

Seconds = TypeVar("Seconds", int, float)

Minutes = tuple[tuple[int, int], ...]
"""Spans of a day, in minutes since midnight on the wall."""


def seconds(moment: datetime) -> int:
    return round(moment.timestamp())


def wall(day: date, minutes: int, zone: ZoneInfo) -> int:
    """The instant at which a clock on the wall shows so many minutes after midnight; the first of two."""
    return seconds(datetime.combine(day, time(minutes // 60, minutes % 60), zone))


class Hours:
    """When somebody works between two instants: `works` says so of a local date and a minute of its day."""

    def __init__(self, zone: ZoneInfo, since: int, until: int, works: Callable[[date, int], bool]) -> None:
        self.zone = zone
        self.spans: list[tuple[int, int]] = []
        for at in range(since - since % STEP, until, STEP):
            local = datetime.fromtimestamp(at, UTC).astimezone(zone)
            if not works(local.date(), local.hour * 60 + local.minute):
                continue
            if self.spans and self.spans[-1][1] == at:
                self.spans[-1] = self.spans[-1][0], at + STEP
            else:
                self.spans.append((at, at + STEP))
        self._starts = [start for start, _ in self.spans]

    def opens(self, at: Seconds) -> Seconds:
        """The instant itself, or the next at which somebody works."""
        for start, end in self._from(at):
            if end > at:
                return max(start, at)
        return NEVER

    def add(self, at: Seconds, span: Seconds) -> Seconds:
        """When so much work has been done since."""
        if span <= 0:
            return at
        for start, end in self._from(at):
            worked = max(0, end - max(start, at))
            if worked >= span:
                return max(start, at) + span
            span -= worked
        return NEVER

    def between(self, since: Seconds, until: Seconds) -> Seconds:
        """How much work was done."""
        found = 0
        for start, end in self._from(since):
            if start >= until:
                break
            found += max(0, min(end, until) - max(start, since))
        return found

    def days_later(self, at: int, days: int) -> int:
        """The same time on the wall so many working days later, or when work begins after that."""
        opens = self.opens(at)
        if opens == NEVER:
            return NEVER
        local = datetime.fromtimestamp(opens, UTC).astimezone(self.zone)
        day = local.date()
        for _ in range(days):
            opens = self.opens(wall(day + timedelta(days=1), 0, self.zone))
            if opens == NEVER:
                return NEVER
            day = datetime.fromtimestamp(opens, UTC).astimezone(self.zone).date()
        return self.opens(wall(day, local.hour * 60 + local.minute, self.zone) + local.second)

    def _from(self, at: float) -> list[tuple[int, int]]:
        """The span that an instant may lie in, and those behind it."""
        return self.spans[max(0, bisect_right(self._starts, at) - 1) :]
