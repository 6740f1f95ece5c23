"""Times as people write them: `16:30`, `2h`, `2d`, `2026-11-21 16:30`, `明天上午`, `今天18:00`, `周五`, `tomorrow 10:00`.

A time of day alone is today's. A day alone means its working hours, `上午` or `morning` a part of them: so a Said has a
beginning and an end, and whoever asks takes the one he means. `2d` are working days, `2h` is real time. A weekday is the next
one that is not over; `下周五` is that of next week. What may mean two things is not guessed: Vague says why, and gives a way to
write it that means one. Hours from 1 to 6 without 上午/下午 are such a case, and so are dates like 11/12.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from maildesk.core.calendar import Calendar


class Doubt(StrEnum):
    """Why a time is not understood.

    UNKNOWN: no time at all; IMPOSSIBLE: written as one, but there is no such (`25:00`); over already; not over yet; 上午 or 下午;
    month or day first.
    """

    UNKNOWN = "unknown"
    IMPOSSIBLE = "impossible"
    PAST = "past"
    FUTURE = "future"
    HALF = "half"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Vague:
    """A time that is not one, or not one alone; `right` is a way to write what may have been meant."""

    doubt: Doubt
    right: str


@dataclass(frozen=True, slots=True)
class Said:
    """A time that is understood. `since` and `until` are the same for an exact one; `whole_day` when only a day was named.

    `rest` is what stood behind the time.
    """

    since: datetime
    until: datetime
    rest: str = ""
    whole_day: bool = False


LONGEST = timedelta(days=366)
DAY = timedelta(days=1)
_NOON = time(12)
_PARTS: Mapping[str, tuple[time, time]] = MappingProxyType(
    {
        **dict.fromkeys(("上午", "早上", "早晨", "morning"), (time(0), _NOON)),
        **dict.fromkeys(("中午", "noon"), (_NOON, time(13))),
        **dict.fromkeys(("下午", "afternoon"), (_NOON, time(18))),
        **dict.fromkeys(("晚上", "傍晚", "evening"), (time(18), time(22))),
    }
)
_NAMED: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        **dict.fromkeys(("今天", "今日", "today"), (0, "")),
        **dict.fromkeys(("明天", "明日", "tomorrow"), (1, "")),
        **dict.fromkeys(("今晚", "tonight"), (0, "晚上")),
        "明早": (1, "上午"),
        "明晚": (1, "晚上"),
        "后天": (2, ""),
    }
)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZHOU = "一二三四五六日"
_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分钟"), timedelta(minutes=1)),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头"), timedelta(hours=1)),
        **dict.fromkeys(("d", "day", "days", "天", "工作日", "个工作日"), DAY),
    }
)
_NUMERALS = {sign: at for at, sign in enumerate("一二三四五六七八九十", 1)}
_COUNTS: Mapping[str, float] = MappingProxyType({"半": 0.5, "两": 2, **_NUMERALS})
_HOURS = {**{sign: str(at) for sign, at in _NUMERALS.items()}, "两": "2", "十一": "11", "十二": "12"}
_MINUTES: Mapping[str, int] = MappingProxyType({"半": 30, "一刻": 15, "三刻": 45})


def _any(words: Mapping[str, object]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.ASCII)


_SPAN = _pattern(rf"(?:in\s+)?(\d{{1,4}}(?:\.\d)?|[{''.join(_COUNTS)}])\s*({_any(_UNITS)})(?![a-z])(?:之后|以后|后|内)?")
_FULL = _pattern(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)[日号]?")
_SHORT = _pattern(r"(\d{1,2})\s*[-月]\s*(\d{1,2})(?!\d)[日号]?")
_SLASHED = _pattern(r"(\d{1,2})[/.](\d{1,2})(?![\d:])")
_WORD = _pattern(rf"({_any(_NAMED)})(?![a-z])")
_WEEKDAY = _pattern(rf"(下)?(?:周|星期|礼拜)([{_ZHOU}天])|({'|'.join(_WEEK)})(?:[a-z]{{0,6}})(?![a-z])")
_PART = _pattern(rf"({_any(_PARTS)})(?![a-z])")
_CLOCK = _pattern(r"(?:at\s+)?(\d{1,2})(?::(\d{2})(?!\d)|点(半|一刻|三刻|\d{1,2})?分?钟?|(?=\s*[ap]m\b))")
_HOUR_WORD = _pattern(rf"({_any(_HOURS)})点")
_HALF = _pattern(r"\s*([ap])m\b")
_BREAK = _pattern(r"[\s,，;；:：、。.]*(?:之前|以前|前|左右)?[\s,，;；:：、。.]*")
_GLUE = _pattern(r"[\s,，、的和T]*")


_AGO = _pattern(rf"(\d{{1,4}}(?:\.\d)?|an?|[{''.join(_COUNTS)}])\s*({_any(_UNITS)})\s*(?:前|之前|以前|ago\b)")


def when(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """The time at the beginning of `text`, which must lie after `now`; in the calendar's zone and by its hours."""
    said = _Reader(text, now, calendar).said()
    if isinstance(said, Said) and said.until <= now:
        return Vague(Doubt.PAST, _written(said.until.astimezone(calendar.zone) + DAY))
    return said


def before(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """The same for something that has already happened: `10:12`, `10分钟前`, `an hour ago`."""
    if ago := _AGO.match(text.strip()):
        count = _COUNTS.get(ago[1]) or float(ago[1] if ago[1].replace(".", "").isdigit() else 1)
        at = now - min(count * _UNITS[ago[2].lower()], LONGEST)
        return Said(at, at, text.strip()[ago.end() :].strip(" ,，;；:：、。"))
    said = _Reader(text, now, calendar).said()
    right = f"{now.astimezone(calendar.zone):%H:%M}"
    if isinstance(said, Vague):
        return Vague(said.doubt, right) if said.doubt is Doubt.IMPOSSIBLE else said
    return Vague(Doubt.FUTURE, right) if said.since > now else said


class _Reader:
    """Reads a time from the beginning of a text, part by part; `left` is what is not read yet."""

    def __init__(self, text: str, now: datetime, calendar: Calendar) -> None:
        self.left = text.strip()
        self.now, self.calendar = now.astimezone(calendar.zone), calendar

    def said(self) -> Said | Vague:
        if span := self._take(_SPAN):
            return self._span(span)
        try:
            day = self._day()
            return day if isinstance(day, Vague) else self._at(day)
        except ValueError:  # a day or an hour that no calendar or clock has
            return self._none_such()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.left)
        if match:
            self.left = self.left[match.end() :]
        return match

    def _span(self, first: re.Match[str]) -> Said | Vague:
        """`1d 4h` from now on: working days first, then real time."""
        days, rest, part = 0, timedelta(), first
        while True:
            unit, count = _UNITS[part[2].lower()], _COUNTS.get(part[1]) or float(part[1])
            if count * unit > LONGEST:
                return self._none_such()
            whole = int(count) if unit == DAY else 0
            days, rest = days + whole, rest + (count - whole) * unit
            self._take(_GLUE)
            if not (following := self._take(_SPAN)):
                break
            part = following
        at = (self.calendar.working_days_later(self.now, days) if days else self.now) + rest
        return Said(at, at, self._rest())

    def _day(self) -> date | Vague | None:
        """The day; None when the text begins with none."""
        if match := self._take(_FULL):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := self._take(_SHORT):
            return self._next(int(match[1]), int(match[2]))
        if match := self._take(_SLASHED):
            return Vague(Doubt.ORDER, _written(self._noon(self._next(int(match[1]), int(match[2]))))[:10])
        if match := self._take(_WORD):
            later, part = _NAMED[match[1].lower()]
            self.left = part + self.left.lstrip()
            return self.now.date() + later * DAY
        if match := self._take(_WEEKDAY):
            return self._weekday(match)
        return None

    def _next(self, month: int, day: int) -> date:
        """That day of this year, or of the next when it is over."""
        this = date(self.now.year, month, day)
        return this if this >= self.now.date() else date(self.now.year + 1, month, day)

    def _weekday(self, match: re.Match[str]) -> date:
        wanted = _WEEK.index(match[3].lower()) if match[3] else _ZHOU.index(match[2].replace("天", "日"))
        today = self.now.date()
        if match[1]:
            return today + (7 - today.weekday() + wanted) * DAY
        return today + ((wanted - today.weekday()) % 7) * DAY

    def _at(self, day: date | None) -> Said | Vague:
        """The time on that day, by default today; the whole of it when none is said."""
        self._take(_GLUE)
        part = self._take(_PART)
        self._take(_GLUE)
        if word := _HOUR_WORD.match(self.left):
            self.left = _HOURS[word[1]] + self.left[len(word[1]) :]
        if clock := self._take(_CLOCK):
            return self._clock(day or self.now.date(), clock, part[1].lower() if part else "")
        if part:
            return self._within(day or self.now.date(), *_PARTS[part[1].lower()])
        return self._within(day, time(0), time(0), whole=True) if day else self._unknown()

    def _clock(self, day: date, clock: re.Match[str], part: str) -> Said | Vague:
        hour, minute = int(clock[1]), _MINUTES.get(clock[3] or "") or int(clock[2] or clock[3] or 0)
        half = self._take(_HALF)
        late = (half[1].lower() == "p") if half else part != "" and _PARTS[part][0] >= _NOON
        if hour < 12 and late:
            hour += 12
        elif hour == 12 and half and not late:
            hour = 0
        elif not half and not part and 1 <= hour <= 6 and clock[2] is None:
            return Vague(Doubt.HALF, f"{hour + 12}:{minute:02d}")
        over, hour = divmod(hour, 24)
        if over and (over, hour, minute) != (1, 0, 0):
            return self._none_such()
        at = datetime.combine(day + over * DAY, time(hour, minute), self.calendar.zone)
        return Said(at, at, self._rest())

    def _within(self, day: date, start: time, end: time, *, whole: bool = False) -> Said:
        """The working hours of a part of a day; the part itself when nobody works then. `end` 00:00 is the midnight after."""
        first, last = (datetime.combine(day, at, self.calendar.zone) for at in (start, end))
        last += DAY if end == time(0) else timedelta()
        opens = self.calendar.next_open(first)
        if opens >= last:
            return Said(first, last, self._rest(), whole_day=whole)
        work = self.calendar.between(first, last)
        return Said(opens, self.calendar.add(first, work), self._rest(), whole_day=whole)

    def _rest(self) -> str:
        """What stands behind the time, without the signs between."""
        self._take(_BREAK)
        return self.left

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, _NOON, self.calendar.zone)

    def _unknown(self) -> Vague:
        return Vague(Doubt.UNKNOWN, self._example())

    def _none_such(self) -> Vague:
        return Vague(Doubt.IMPOSSIBLE, self._example())

    def _example(self) -> str:
        return _written(self._noon(self.now.date() + DAY).replace(hour=16, minute=30))


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
