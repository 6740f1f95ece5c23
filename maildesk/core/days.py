"""Days as people write them: `2026-11-21`, `11/25`, `12月20日`, `25th`, `tomorrow`, `下周三`, `next Friday`, `11月26日（周四）`.

A weekday is the next one, today's included; `下周五` is that of next week. A day that is over this year is next year's.
"""

import re
from datetime import date, datetime, time
from itertools import accumulate

from maildesk.core import timewords as words
from maildesk.core.calendar import Calendar
from maildesk.core.pattern import Pattern
from maildesk.core.said import Vague, Vagueness, written
from maildesk.core.timewords import DAY, WEEK, numeral

LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Of the months, in days, at most."""

FAR = 90 * DAY
"""Few orders are about what is more than a quarter of a year away."""


class Days:
    """Reads a text from its beginning, part by part; `left` is what is not read yet.

    `written` is the text as it came, `text` as it is read. `led` when words like `by` may stand in front of all; `by_days`
    when `10.30` is a day rather than an hour, `past` when it is an hour, and what is named without a year or a week is the last
    such, not the next; `step` is after how long such a time comes again; `skipped` is what was left before and behind the joining
    words that were skipped last; `before` is whether `before` was among any such words, `at` whether `at` was the last of them;
    `of_beijing`, whether that zone is named in front of the hour, and not read yet; `after`, whether `after` or `后` was read;
    `begins`, whether a day is meant by when it begins, and `latest`, whether its end was named all the same: `by`, `前`.
    """

    def __init__(
        self,
        text: str,
        now: datetime,
        calendar: Calendar,
        *,
        led: bool = True,
        by_days: bool = False,
        past: bool = False,
        begins: bool = False,
    ) -> None:
        self.written = text.strip()
        self.text = self.left = _plainly(self.written)[-1]
        self.led, self.by_days, self.past, self.begins = led, by_days, past, begins
        self.skipped = (self.left, "")
        self.before = self.at = self.of_beijing = self.after = self.latest = False
        self.now, self.calendar, self.step = now.astimezone(calendar.zone), calendar, DAY

    def as_written(self, rest: str) -> str:
        """The end of the text, in the words in which it was written."""
        steps = _plainly(self.written)
        at = len(self.text) - len(rest)
        for (way, other), text in zip(reversed(words.SAME), reversed(steps[:-1]), strict=True):
            at = _place(at, way, other, text)
        return self.written[at:]

    def _take(self, pattern: Pattern) -> re.Match[str] | None:
        match = pattern.match(self.left)
        if match:
            self.left = self.left[match.end() :]
        return match

    def _skip(self, lead: Pattern = words.INNER) -> None:
        """Over what joins the parts of a time; `until` and `到` stand in front only, else they lead to another time."""
        before = self.skipped[0] if self.left == self.skipped[1] else self.left
        self._take(words.GLUE)
        while self.led and (led := self._take(lead)):
            self.before = self.before or led[0].strip().lower() == "before"
            self.at = led[0].strip().lower() == "at"
            self.latest = self.latest or words.LATEST.match(led[0]) is not None
            self._take(words.GLUE)
        self.skipped = (before, self.left)

    def _date(self) -> date | Vague | None:
        """The day, named once or twice: `Thu 29 Oct`, `10月29日（周四）`, `tomorrow, 29 Oct`. Two names must mean one day."""
        weekday, one = words.BARE_WEEKDAY.match(self.left), self._day()
        if one and (hours := self._hours()):
            return self._day_of(one, *hours)
        left = self.left
        again = one and self._again_named()
        if not one or not again:
            self.left = left
            return one
        two, weekday_too, bracketed = again
        if isinstance(two, Vague) and two.why is Vagueness.DOTTED:
            return Vague(Vagueness.DOTTED, two.right, f"{_choices(one)[0]} {two.other[-5:]}")
        pairs = [(first, second) for first in _choices(one) for second in _choices(two)]
        agreed = {first for first, second in pairs if first == second}
        agreed |= {second for first, second in pairs if weekday and first.weekday() == second.weekday()}
        agreed |= {first for first, second in pairs if weekday_too and first.weekday() == second.weekday()}
        if len(agreed) == 1:
            return agreed.pop()
        if bracketed or self._timed():
            return Vague(Vagueness.SEVERAL, str(_choices(one)[0]))
        self.left = left
        return one

    def _hours(self) -> tuple[int, int] | None:
        """The hours right behind the name of a day, from now on in a form that is no date: `9-11`, `15 to 17`, `0900`."""
        left = self.left
        self._skip()
        if not self.text.removesuffix(left)[-1:].isdigit():
            both = words.HOURS.match(self.left)
            first, last = (_clock(both[1]), _clock(both[3])) if both else ("", "")
            if both and int(first[:-3]) < int(last[:-3]) <= 24:
                self.left = f"{first}{both[2]}{last}{self.left[both.end() :]}"
                return int(first[:-3]), int(last[:-3])
            if four := words.FOUR.match(self.left):
                self.left = f"{four[1]}:{self.left[four.start(2) :]}"
                return None
        self.left = left
        return None

    def _day_of(self, day: date | Vague, first: int, last: int) -> date | Vague:
        """The day of those hours, unless they are as well the date of another such weekday: `Thu 11-12`."""
        one, dates = _choices(day)[0], self._days_of(first, last)
        if dates and dates[0] != one and dates[0].weekday() == one.weekday() and dates[0] - one < FAR:
            return Vague(Vagueness.SEVERAL, str(dates[0]), f"{one} {first:02}:00")
        return day

    def _again_named(self) -> tuple[date | Vague, bool, bool] | None:
        """The day that stands right behind another, whether it is a mere weekday, and whether it is in brackets."""
        bracketed = bool(self._take(words.OPENED))
        if not bracketed:
            self._skip()
        weekday, day = bool(words.BARE_WEEKDAY.match(self.left)), self._day()
        ended = self._take(words.CLOSED) if bracketed else not self.left[:1].isalpha() or self._timed()
        return (day, weekday, bracketed) if day and ended else None

    def _timed(self, ways: tuple[Pattern, ...] = (words.CLOCK, words.PART, words.START, words.END)) -> bool:
        """Whether a time of the day follows."""
        left = self.left
        self._skip()
        found = any(way.match(self.left) for way in ways)
        self.left = left
        return found

    def _day(self) -> date | Vague | None:
        """The day; None when the text begins with none."""
        if match := self._take(words.FULL):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if (match := words.YEARED.match(self.left)) and (year := self._year_of(match)):
            self.left = self.left[match.end() :]
            return self._slashed(int(match[1]), int(match[3]), year)
        if match := self._take(words.SHORT):
            if match[1]:
                return self._dashed(int(match[1]), int(match[2]), bare="0" not in (match[1][0], match[2][0]))
            return self._next(numeral(match[3]), numeral(match[4]))
        if (match := words.DOTTED.match(self.left)) and (self.past or not match["ended"]):
            return self._dotted(match)
        if self.past and words.AMOUNT.match(self.left):
            return None
        if match := self._take(words.SLASHED):
            return self._slashed(int(match[1]), int(match[3]), 0)
        if match := self._take(words.HYPHENED):
            month, day = words.MONTHS[match[2].lower()], int(match[1])
            return self._next(month, day, int(match[3] or 0) + (2000 if match[3] and len(match[3]) == 2 else 0))
        if match := self._take(words.ENGLISH):
            month, day = words.MONTHS[(match[1] or match[4]).lower()], int(match[2] or match[3])
            return date(int(match[5]), month, day) if match[5] else self._next(month, day)
        if match := self._take(words.OF_MONTH):
            day = numeral(match[2] or match[3])
            return month_after(self.now.date()).replace(day=day) if match["next"] else self._of_month(day)
        return self._named()

    def _dashed(self, month: int, day: int, *, bare: bool) -> date | Vague:
        """`11-25`, `11-02`; a bare `3-4` alone may as well be from one to the other, or the day first; the day may also be first
        in what is far away with the month first, and nearer with the day."""
        first = self._next(month, day)
        if month == day or max(month, day) > 12:
            return first
        other = self._next(day, month)
        if (bare and not self.by_days and not self._timed()) or (first - self.now.date() > FAR and other < first):
            return Vague(Vagueness.ORDER, str(first), str(other))
        return first

    def _dotted(self, match: re.Match[str]) -> date | Vague | None:
        """`10.45` is an hour, and so is `10.30 am`; `30.11` is a day; `10.30` may be both, unless an hour stands behind it."""
        days = self._days_of(int(match[1]), int(match[2]))
        behind = self.left[match.end() :]
        if (
            match[3]
            or not days
            or words.PART_AFTER.match(behind)
            or (self.past and not words.CLOCK.match(behind.lstrip(" .,，")))
        ):
            self.left = f"{match[1]}:{match[2]}{self.left[match.start(3) if match[3] else match.end() :]}"
            return None
        self.left = self.left[match.end() :]
        if len(days) > 1:
            return Vague(Vagueness.ORDER, *map(str, days))
        if self.by_days or self._timed():
            return days[0]
        hour = int(match[1])
        afternoon = 12 if 1 <= hour <= 6 and len(match[1]) == 1 else 0
        return Vague(Vagueness.DOTTED, str(days[0]), self._coming(None, time(hour + afternoon, int(match[2]))))

    def _days_of(self, first: int, second: int) -> tuple[date, ...]:
        """What days two numbers may be, the month first or last."""
        pairs = dict.fromkeys(((first, second), (second, first)))
        return tuple(self._next(month, day) for month, day in pairs if 1 <= month <= 12 and 1 <= day <= LENGTHS[month - 1])

    def _coming(self, day: date | None, at: time) -> str:
        """This time on that day; without one the next such time."""
        found = datetime.combine(day or self.now.date(), at, self.calendar.zone)
        if day or (found > self.now) is not self.past:
            return written(found)
        return written(found - DAY if self.past else found + DAY)

    def _named(self) -> date | Vague | None:
        """A day by its name, or None."""
        today = self.now.date()
        if self._take(words.WORKDAY):
            midnight = datetime.combine(today + DAY, time(), self.calendar.zone)
            return self.calendar.next_open(midnight).astimezone(self.calendar.zone).date()
        if match := self._take(words.WORD):
            later, part = words.NAMED[match[1].lower()]
            self.left = f"{part} {self.left.lstrip()}" if part else self.left
            return today + later * DAY
        if match := self._take(words.ZHOU):
            self.step = WEEK
            wanted = int(match[2]) - 1 if match[2].isdigit() else words.WEEK_SIGNS.index(match[2].replace("天", "日"))
            weeks = match[1].count("下") - match[1].count("上")
            return today + (wanted - today.weekday()) * DAY + weeks * WEEK if match[1] else self._weekday(wanted)
        if match := self._take(words.WEEKDAY):
            self.step = WEEK
            wanted = words.WEEKDAYS[match[2].lower()]
            if match[1] and match[1][0] in "lL":
                return today - ((today.weekday() - wanted - 1) % 7 + 1) * DAY
            if match[3]:
                return today + (7 + wanted - today.weekday()) * DAY
            if match[4]:
                return Vague(Vagueness.WEEK, str(self._weekday(wanted)), str(self._weekday(wanted) + WEEK))
            return self._next_weekday(self._weekday(wanted)) if match[1] else self._weekday(wanted)
        return None

    def _next(self, month: int, day: int, year: int = 0) -> date:
        """That day of the year that is named, else the next such day, of the past the last one."""
        if year:
            return date(year, month, day)
        this, today = date(self.now.year, month, day), self.now.date()
        if self.past:
            return this if this <= today else date(self.now.year - 1, month, day)
        return this if this >= today else date(self.now.year + 1, month, day)

    def _of_month(self, day: int) -> date:
        """That day of this month, or of the next when it is over; of the past, of the one before."""
        today = self.now.date()
        if self.past:
            return (today if day <= today.day else today.replace(day=1) - DAY).replace(day=day)
        first = today.replace(day=1) if day >= today.day else month_after(today)
        return first.replace(day=day)

    def _year_of(self, match: re.Match[str]) -> int:
        """The year behind a date, or 0; two digits are one where the first number is none: `26/11/27` may be of either year."""
        if len(match[4]) == 4:
            return int(match[4])
        near = (self.now.year, self.now.year + 1)
        year = self.now.year // 100 * 100 + int(match[4])
        return year if year in near and int(match[1]) not in [one % 100 for one in near] else 0

    def _slashed(self, first: int, second: int, year: int) -> date | Vague:
        """`11/12` may be both; `11/25` is November, whoever writes it; with a year, of which one may be over, or without."""
        if first > 12 or first == second:
            return self._next(second, first, year)
        if second > 12:
            return self._next(first, second, year)
        days = [self._next(*pair, year) for pair in ((first, second), (second, first))]
        ahead = [day for day in days if day >= self.now.date()]
        return ahead[0] if len(ahead) == 1 else Vague(Vagueness.ORDER, *map(str, days))

    def _weekday(self, wanted: int) -> date:
        days = (wanted - self.now.weekday()) % 7
        return self.now.date() + (days - 7 if self.past and days else days) * DAY

    def _next_weekday(self, day: date) -> date | Vague:
        """`next Friday` on a Wednesday: in two days for some, in nine for others."""
        today = self.now.date()
        if day == today:
            return day + WEEK
        return Vague(Vagueness.WEEK, str(day), str(day + WEEK)) if day.weekday() > today.weekday() else day


def _clock(hour: str) -> str:
    return f"{hour[:-2]}:{hour[-2:]}" if len(hour) == 4 else f"{hour}:00"


def _choices(day: date | Vague) -> tuple[date, ...]:
    """The days that may be meant; the first is as good as any."""
    if not isinstance(day, Vague):
        return (day,)
    return tuple(date.fromisoformat(one) for one in ((day.right,) if day.why is Vagueness.DOTTED else (day.right, day.other)))


def _plainly(text: str) -> list[str]:
    """The same, with one way more to write it turned into another at each step."""
    return list(accumulate(words.SAME, lambda left, same: same[0].sub(same[1], left), initial=text.translate(words.SIGNS)))


def _place(at: int, way: Pattern, other: str, text: str) -> int:
    """The place in `text` from which that came which is at `at` where each such way is turned into the other."""
    shift = 0
    for match in way.finditer(text):
        end = match.start() + shift + len(match.expand(other))
        if at < end:
            return min(at - shift, match.start())
        shift = end - match.end()
    return at - shift


def month_after(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1)
