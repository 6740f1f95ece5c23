"""When a person works, and when the clock's letters may reach him."""

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from maildesk.core.absence import Absence
from maildesk.core.calendar import Calendar, Hours
from maildesk.core.people import Person
from maildesk.core.policy import Policy, Quiet

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Week = tuple[tuple[Hours, ...], ...]

_PART = re.compile(r"(?P<days>[a-z, -]+?)\s+(?P<hours>\d[\d:, -]*)", re.ASCII)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)


def week(text: str) -> Week:
    """Weekly hours as people write them: `mon-fri 09:00-12:00, 13:30-18:00; sat 10:00-16:00`, 24:00 for midnight.

    A span that ends before it starts runs over midnight (`mon-fri 22:00-06:00`). Raises ValueError with the part that is
    not understood.
    """
    days: list[list[Hours]] = [[] for _ in DAYS]
    for part in filter(None, (part.strip().lower() for part in text.split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is not weekly hours; write them like mon-fri 09:00-18:00")
        for day in _days(match["days"]):
            for hours in match["hours"].split(","):
                _put(days, day, hours.strip())
    return tuple(tuple(day) for day in days)


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = (end.strip() for end in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"{part.strip()!r} is not a day or a span of days; days are {', '.join(DAYS)}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def _put(days: list[list[Hours]], day: int, text: str) -> None:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a span of hours; write it like 09:00-18:00")
    start, end = _clock(match[1], match[2]), _clock(match[3], match[4])
    if match[1] == "24":
        raise ValueError(f"{text!r} begins at the end of the day, where the next has its 00:00; a whole day is 00:00-24:00")
    if start == end != time(0):
        raise ValueError(f"{text!r} ends when it starts; a whole day is 00:00-24:00")
    if start < end or end == time(0):
        days[day].append(Hours(start, end))
        return
    days[day].append(Hours(start, time(0)))
    days[(day + 1) % 7].append(Hours(time(0), end))


def _clock(hour: str, minute: str) -> time:
    return time(0) if (hour, minute) == ("24", "00") else time(int(hour), int(minute))


def calendar_of(person: Person, policy: Policy) -> Calendar:
    """When he works: his shift in his zone, with the holidays of his calendar. Raises ValueError for a shift not understood."""
    calendar = policy.calendars.get(person.calendar or "", policy.calendar)
    return _shifted(calendar, person.shift, person.timezone) if person.shift or person.timezone else calendar


@lru_cache(maxsize=1024)
def _shifted(calendar: Calendar, shift: str, zone: str | None) -> Calendar:
    if zone is not None:
        calendar = replace(calendar, zone=ZoneInfo(zone))
    return replace(calendar, week=week(shift), adjusted=()) if shift else calendar


def on_shift(person: Person, policy: Policy, now: datetime) -> bool:
    """Whether he works at this moment and is not absent."""
    return not absent(person, now) and calendar_of(person, policy).open_at(now)


def absence(person: Person, now: datetime) -> Absence | None:
    """The absence in which he is at this moment."""
    return next((one for one in person.absences if one.covers(now)), None)


def absent(person: Person, now: datetime) -> bool:
    return absence(person, now) is not None


def reachable_at(person: Person, policy: Policy, now: datetime) -> datetime:
    """From when on a letter that can wait may reach him: in his working hours, and not in the quiet ones.

    A shift of his own wins over quiet hours: who works at night is written to at night.
    """
    calendar = calendar_of(person, policy)
    opens = calendar.next_open(now)
    if person.shift or not policy.quiet.on:
        return opens
    for _ in range(7):
        awake = _awake(opens.astimezone(calendar.zone), policy.quiet)
        if awake == opens:
            break
        opens = calendar.next_open(awake)
    return opens


def awake_in(hours: Hours, quiet: Quiet) -> bool:
    """Whether any of these hours of a day is not quiet."""
    (opens, closes), (start, end) = hours.span, Hours(quiet.start, quiet.end).span
    return opens < start or closes > end if start < end else max(opens, end) < min(closes, start)


def _awake(local: datetime, quiet: Quiet) -> datetime:
    """The moment itself, or the end of the quiet hours in which it lies."""
    at, start, end = local.time(), quiet.start, quiet.end
    asleep = start <= at < end if start <= end else at >= start or at < end
    if not asleep:
        return local
    day = local.date() + timedelta(days=1) if start > end and at >= start else local.date()
    return datetime.combine(day, end, local.tzinfo)
