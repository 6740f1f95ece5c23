"""A second opinion on service time: every minute of a window is asked what the clock on the wall of its zone shows.

It shares nothing with maildesk.core.calendar but the shape of a Calendar. The walls of a window are read once; a calendar is then
one more list, of the minutes that are service time. A minute is the one that begins at its number; -1 is after the window.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from maildesk.core.calendar import Calendar, Hours

MINUTE = timedelta(minutes=1)


class Walls:
    """What the clock on the wall shows in each minute of a window, read off one by one: the date and its minute."""

    def __init__(self, zone: str, around: date, days: int = 40) -> None:
        self.zone, self.around = ZoneInfo(zone), around
        self.start = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=days // 2)
        self.shown = [_wall(self.at(n).astimezone(self.zone)) for n in range(days * 24 * 60)]
        self.firsts = {wall: n for n, wall in reversed(list(enumerate(self.shown)))}

    def at(self, n: int) -> datetime:
        return self.start + n * MINUTE

    def first(self, day: date, minute: int) -> int:
        """When the wall first shows this; where it is skipped, as if the clock had not been put forward."""
        found = self.firsts.get((day, minute))
        if found is not None:
            return found
        later = next((n for n, wall in enumerate(self.shown) if wall > (day, minute)), 0)
        return later - 1 + _apart(self.shown[later - 1], (day, minute)) if later else -1


class Minutes:
    """The service time of one calendar in a window."""

    def __init__(self, calendar: Calendar, walls: Walls) -> None:
        self.walls = walls
        days = {day: _worked(_hours(calendar, day)) for day in {day for day, _ in walls.shown}}
        self.open = [minute in days[day] for day, minute in walls.shown]
        self.before = [0, *accumulate(self.open)]
        self.worked = sorted({day for (day, _), is_open in zip(walls.shown, self.open, strict=True) if is_open})

    def between(self, first: int, last: int) -> int:
        return self.before[last] - self.before[first]

    def add(self, first: int, minutes: int) -> int:
        """The earliest minute by which so many have passed."""
        wanted = self.before[first] + minutes
        return self.before.index(wanted, first) if wanted <= self.before[-1] else -1

    def next_open(self, first: int) -> int:
        return self.open.index(True, first) if self.before[first] < self.before[-1] else -1

    def days_later(self, first: int, days: int) -> int:
        """The same wall clock on the n-th later date that has a minute of service time, or the next such minute."""
        begun = self.next_open(first)
        if begun < 0:
            return -1
        day, minute = self.walls.shown[begun]
        later = self.worked.index(day) + days
        reached = self.walls.first(self.worked[later], minute) if later < len(self.worked) else -1
        return self.next_open(reached) if reached >= 0 else -1


def _wall(local: datetime) -> tuple[date, int]:
    return local.date(), _minute(local.time())


def _apart(earlier: tuple[date, int], later: tuple[date, int]) -> int:
    return (later[0] - earlier[0]).days * 24 * 60 + later[1] - earlier[1]


def _hours(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    if day in calendar.workdays:
        return calendar.adjusted
    return () if day in calendar.holidays else calendar.week[day.weekday()]


def _worked(hours: tuple[Hours, ...]) -> frozenset[int]:
    return frozenset(minute for one in hours for minute in range(_minute(one.start), _minute(one.end) or 24 * 60))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
