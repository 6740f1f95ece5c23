"""A time at the beginning of a text: a length of time, a period, or a day and a time of it in either order.

What stands behind it belongs to it or is left to whoever asked: a Said has the rest. `when` tells what is understood and how.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from maildesk.core import doubtwords as doubts
from maildesk.core import timewords as words
from maildesk.core.days import Days, month_after
from maildesk.core.said import Said, Vague, Vagueness, written, written_end
from maildesk.core.timewords import DAY, NOON, PARTS, UNITS, WEEK, number, numeral

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=3652)
"""Nobody plans beyond that; not far behind the last year there is no more day to reckon with."""
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}
_EVENING = time(18)
BEIJING = timezone(timedelta(hours=8))


class Reader(Days):
    """Reads a time from the beginning of a text: a length of time, a period, or a day and a time of it in either order."""

    def said(self) -> Said | Vague:
        """The time, and what stands behind it."""
        behind = self.after = self._take(words.BEHIND) is not None
        self._skip(words.LEAD)
        before = self.before and not words.ENDING.match(self.left)
        said = self._time()
        if isinstance(said, Vague):
            return said
        if abs(said.until - self.now) > FARTHEST:
            return self._none_such()
        if before and said.days and said.since > self.now:
            zone = self.calendar.zone
            return Vague(Vagueness.EDGE, written(said.since.astimezone(zone)), written_end(said.until.astimezone(zone)))
        said = self._afterwards(said) if behind else said
        return self._whole(replace(said, ends=said.ends and not self.after))

    def _whole(self, said: Said) -> Said | Vague:
        """The time, unless what stands behind it belongs to it and is not understood."""
        at = said.until.astimezone(self.calendar.zone)
        zone = None if said.days or said.length else words.OF_ZONE.match(said.rest)
        elsewhere = self.of_beijing and at.utcoffset() != BEIJING.utcoffset(at)
        parted = self.parted(said.rest)
        if elsewhere or (zone and (zone["ended"] is not None or not parted)):
            return Vague(Vagueness.ZONE, _zoned(at))
        if reason := self._maybe_reason(said.rest):
            return self._with_reason(self.way(said), *reason)
        if doubts.UNDONE.match(said.rest):
            return Vague(Vagueness.PARTLY, self.way(said))
        if words.MORE.match(said.rest) and not parted and not self._only_told(said):
            return Vague(Vagueness.PARTLY, self.way(said))
        if words.OPENING.match(said.rest) and (said.days or not parted):
            return Vague(Vagueness.PARTLY, self.way(said))
        return said

    def _time(self) -> Said | Vague:
        if several := self._take(words.SPANS):
            return Vague(Vagueness.SEVERAL, f"{several[1]} {several[2]}")
        if days := words.DAYS_OF.match(self.left):
            last = Reader(days[2], self.now, self.calendar, by_days=True).said()
            return (
                last
                if isinstance(last, Vague)
                else Vague(Vagueness.SEVERAL, f"{last.until.astimezone(self.calendar.zone):%Y-%m-%d}")
            )
        if span := self._take(words.SPAN):
            return self._span(span)
        try:
            if period := self._take(words.PERIOD):
                return self._period(period)
            return self._moment()
        except (ValueError, OverflowError):  # a day or an hour that no calendar or clock has
            return self._none_such()

    def moment(self, said: Said) -> datetime:
        """The one that is meant: of a day or a part of one its end, or its beginning if that is to come."""
        return said.since if self.begins and not self.latest and said.since > self.now else said.until

    def way(self, said: Said) -> str:
        """How to write that."""
        at = self.moment(said)
        local = at.astimezone(self.calendar.zone)
        return written_end(local) if at == said.until else written(local)

    def hour(self, said: Said) -> Vague | None:
        """The question whether a length is one, or an hour of the day: `17h`."""
        read = words.SPAN_OR_HOUR.fullmatch(self.text.removesuffix(said.rest)) if said.length else None
        if read is None:
            return None
        hour = int(read[1] or read[2])
        return Vague(Vagueness.SEVERAL, self._coming(None, time(hour)), f"{hour} hours")

    def again(self, over: datetime) -> str:
        """The next time that is like one that is over."""
        at = over.astimezone(self.calendar.zone)
        return written(at + ((self.now - at) // self.step + 1) * self.step)

    # -- spans -------------------------------------------------------------------------------------------------------

    def _span(self, part: re.Match[str] | None) -> Said | Vague:
        """`1w 1d 4h` from now on: weeks by the calendar on the wall, then working days, then real time, then hours of work. Units
        that do not fall are no parts of one length: `2h, 3h max`."""
        parts: list[re.Match[str]] = []
        while part:
            if parts and _unit(part) >= _unit(parts[-1]):
                return Vague(Vagueness.SEVERAL, *(" ".join(one[0].split()) for one in (parts[-1], part)))
            if counted(part) * _unit(part) > LONGEST:
                return self._none_such()
            parts.append(part)
            left, _ = self.left, self._take(words.AND)
            part = self._take(words.SPAN)
            self.left = self.left if part else left
        self._take(words.REASON)
        at = self._after(parts)
        return Said(at, at, self._rest(), length=True)

    def _after(self, parts: list[re.Match[str]]) -> datetime:
        """So long from now on."""
        weeks = days = 0.0
        real = work = timedelta()
        for part in parts:
            unit, count = _unit(part), counted(part)
            if part[3].lower() in words.SERVICE:
                work += count * unit
            else:
                weeks += count * (unit == WEEK)
                days += count * (unit == DAY)
                real += count * unit if unit < DAY else timedelta()
        at = self._days_on((self.now + weeks * WEEK).astimezone(UTC), days) + real
        return self.calendar.add(at, work) if work else at

    def _days_on(self, start: datetime, days: float) -> datetime:
        """So many working days later; a part of one is that part of its hours."""
        whole, part = divmod(days, 1)
        at = self.calendar.working_days_later(start, int(whole)) if whole else start
        if not part:
            return at
        midnight = datetime.combine(self.calendar.next_open(at).astimezone(self.calendar.zone), time(), self.calendar.zone)
        return self.calendar.add(at, part * self.calendar.between(midnight, midnight + DAY))

    def _period(self, match: re.Match[str]) -> Said:
        """A period, or the first working hour after it."""
        later = self._later()
        said = self._whole_period(match)
        return self._afterwards(said) if later else said

    def _later(self) -> bool:
        """Whether `后` stands behind."""
        later = self._take(words.LATER) is not None
        self.after = self.after or later
        return later

    def _whole_period(self, match: re.Match[str]) -> Said:
        """The rest of this week, month or year, a weekend, or all of the next week or month, or of the week after next."""
        today = self.now.date()
        monday = today + (7 - today.weekday()) * DAY
        if match["weekend"]:
            saturday = monday - 2 * DAY + (WEEK if match["later"] else timedelta())
            return self._within(saturday, saturday + 2 * DAY)
        if match["next"] or match["second"]:
            first = monday + WEEK if match["second"] else monday
            return self._within(first, first + WEEK)
        if match["year"]:
            return self._within(today, date(today.year + 1, 1, 1))
        after = month_after(today)
        if match["month"]:
            return self._within(after, month_after(after))
        return self._within(today, monday if match["week"] else after)

    # -- times of a day ----------------------------------------------------------------------------------------------

    def _moment(self) -> Said | Vague:
        """A day and a time of it, in either order; by default today, and the whole of the day."""
        if feast := self._take(words.FEAST):
            return self._feast(*words.FEASTS[feast[1].lower()])
        began, ended = self._take(words.START), self._take(words.END)
        day = self._day_in_front()
        part = self._take(words.PART) or self._take(words.SHORT_PART if day else words.PART_OF_HOUR)
        earlier = part and (self.before or self._take(words.EARLIER))
        self._skip()
        began, ended = began or self._take(words.START), ended or self._take(words.END)
        clock = None if ended or began else self._hour_of(day)
        half = self._half(part, clock) if clock else ""
        if not day and (day := self._day_behind()) and clock:
            half = self._part_behind(numeral(clock[1]), half)
        if isinstance(day, Vague):
            return day
        if clock:
            return self._clock(day, clock, half)
        if part:
            start, end = PARTS[part[1].lower()]
            found = (self._earlier if earlier else self._part)(day or self.now.date(), start, end)
            if began or ended:
                return self._edge(found, began=bool(began))
            if isinstance(found, Said) and part[1] in words.EARLY_PARTS and not earlier:
                return replace(found, ends=False)
            return found
        if not (day or ended or began):
            return Vague(Vagueness.UNKNOWN, self._example())
        if began and self._later():
            self._skip()
        return self._all_of(day or self.now.date(), began=bool(began), ended=bool(ended))

    def _day_in_front(self) -> date | Vague | None:
        """The day, where one stands in front of the hour, with or without the name of a zone."""
        self._skip()
        self._of_beijing()
        day = self._date()
        if day:
            self.led = True
            self._take(words.WHOLE_DAY)
        self._skip()
        self._of_beijing()
        return day

    def _all_of(self, day: date, *, began: bool, ended: bool) -> Said:
        """The hours of a day, the moment at which they begin or end, or the next one after them."""
        later = self._later()
        whole = self._within(day, day + DAY)
        if began or ended:
            at = whole.since if began else whole.until
            return Said(at, at, whole.rest)
        return self._afterwards(whole) if later else whole

    def _edge(self, part: Said | Vague, *, began: bool) -> Said | Vague:
        """When the hours of a part of a day begin or end: `first thing tomorrow morning`, `周五上午下班前`."""
        if isinstance(part, Vague):
            return part
        at = part.since if began else part.until
        return Said(at, at, self._rest())

    def _feast(self, month: int, day: int) -> Said:
        """A feast; `后` is the first working hour after it and the free days that follow, `前` the last before it."""
        this = date(self.now.year, month, day)
        day_of = this if self.now.date() - this <= WEEK else date(self.now.year + 1, month, day)
        if self._take(words.EARLIER) or self.before:
            before = next(day_of - n * DAY for n in range(1, 31) if self.calendar.hours_on(day_of - n * DAY) or n == 30)
            return self._all_of(before, began=False, ended=True)
        return self._all_of(day_of, began=False, ended=False)

    def _afterwards(self, said: Said) -> Said:
        """The next working hour after a time."""
        at = self.calendar.next_open(said.days[1] if said.days else said.until)
        return Said(at, at, said.rest)

    def _hour_of(self, day: date | Vague | None) -> re.Match[str] | None:
        """The hour, behind a day also as `17.30`, where that can be no day, or `10.30 am`."""
        dotted = words.DOTTED.match(self.left) if day else None
        if dotted and (dotted[3] or not self._days_of(int(dotted[1]), int(dotted[2]))):
            self.left = f"{dotted[1]}:{self.left[dotted.start(2) :]}"
        if day and (hour := self._take(words.HOUR)):
            self.left = f"{hour[1]}:00{self.left}"
        return self._take(words.CLOCK) or (self._take(words.AT_HOUR) if self.at else None)

    def _part_behind(self, hour: int, half: str) -> str:
        """The part of the day behind the day in `6 tomorrow evening` and `6pm tonight`, unless it is not that of the hour."""
        found = words.PART.match(self.left.lstrip())
        if not found or (half and _hour(hour, half) != _hour(hour, found[1].lower())):
            return half
        self.left = self.left.lstrip()[found.end() :]
        return half or found[1].lower()

    def _half(self, part: re.Match[str] | None, clock: re.Match[str]) -> str:
        """`a`, `p`, or the part of the day that was named, if only behind the later hour of `3-4pm`; nothing else."""
        if found := self._take(words.HALF):
            return found[1].lower()
        if found := part or self._take(words.PART_AFTER):
            return found[1].lower()
        both = words.HALF_OF_BOTH.match(self.left)
        return both["half"].lower() if both and numeral(clock[1]) % 12 < int(both["hour"]) % 12 else ""

    def _day_behind(self) -> date | Vague | None:
        """The day in `4pm tomorrow`; Chinese has it in front."""
        left = self.left
        self._skip()
        day = self._date() if self.left[:1].isascii() and self.left[:1].isalpha() else None
        if day is None:
            self.left = left
        return day

    def _part(self, day: date, start: time, end: time) -> Said | Vague:
        if start == end:
            return self._exact(day, start)
        first, last = (datetime.combine(day, at, self.calendar.zone) for at in (start, end))
        return self._worked(first, last)

    def _earlier(self, day: date, start: time, end: time) -> Said | Vague:
        """Before a part of the day: before noon or the evening begins, `上午前` while it lasts; of an afternoon either."""
        if start == time() and self.before:
            return self._edge(self._part(day, start, end), began=True)
        if start == time():
            return self._part(day, start, end)
        if (start, end) == (NOON, _EVENING):
            return Vague(Vagueness.EDGE, *(self._coming(day, at) for at in (start, end)))
        return self._exact(day, start)

    def _clock(self, day: date | None, clock: re.Match[str], half: str) -> Said | Vague:
        """An hour of a day; one up to 6 is that of the afternoon where the other one is over: `今天6点`."""
        hour = numeral(clock[1])
        minute = _MINUTES.get(clock[3] or "") or numeral(clock[2] or clock[3] or "0")
        unclear = not half and 1 <= hour <= 6 and not (clock[2] and len(clock[1]) == 2)
        if unclear and day and not self.past and self._over(day, hour, minute) and not self._over(day, hour + 12, minute):
            return self._exact(day, time(hour + 12, minute))
        if unclear:
            return Vague(Vagueness.HALF, *(self._coming(day, time(at, minute)) for at in (hour + 12, hour)))
        over, hour = divmod(_hour(hour, half), 24)
        if over and (hour, minute) != (0, 0) and half not in PARTS:
            return self._none_such()
        return self._exact((day or self.now.date()) + over * DAY, time(hour, minute))

    def _over(self, day: date, hour: int, minute: int) -> bool:
        return datetime.combine(day, time(hour, minute), self.calendar.zone) <= self.now

    def _exact(self, day: date, clock: time) -> Said | Vague:
        """A moment on the wall, unless it comes never or twice as the zone changes its offset."""
        at = datetime.combine(day, clock, self.calendar.zone)
        if zone := self._zone():
            at = at.replace(tzinfo=zone)
        elif (shown := at.astimezone(UTC).astimezone(self.calendar.zone)).replace(tzinfo=None) != at.replace(tzinfo=None):
            return Vague(Vagueness.GAP, written(shown))
        elif (later := at.replace(fold=1)).utcoffset() != at.utcoffset():
            return Vague(Vagueness.TWICE, _zoned(at), _zoned(later))
        return Said(at, at, self._rest())

    def _zone(self) -> timezone | None:
        """The zone that is named behind a moment, in brackets or not, where its name means one alone."""
        left, bracketed = self.left, bool(self._take(words.OPENED))
        zone = None
        if offset := self._take(words.OFFSET):
            ahead = timedelta(hours=int(offset[2] or offset[5] or 0), minutes=int(offset[3] or offset[6] or 0))
            zone = timezone(-ahead if offset[1] == "-" else ahead)
        elif self._take(words.OF_BEIJING):
            zone = BEIJING
        if not zone or (bracketed and not self._take(words.CLOSED)):
            self.left = left
            zone = BEIJING if self.of_beijing else None
        self.of_beijing = False
        return zone

    def _of_beijing(self) -> None:
        """The name of that zone in front of a time."""
        if self._take(words.OF_BEIJING):
            self.of_beijing = True
            self._skip()

    def _within(self, day: date, after: date) -> Said:
        """The working hours of the days before `after`."""
        first, last = (datetime.combine(one, time(), self.calendar.zone) for one in (day, after))
        return replace(self._worked(first, last), days=(first, last))

    def _worked(self, first: datetime, last: datetime) -> Said:
        """The working hours between two moments; the moments themselves when nobody works then."""
        opens = self.calendar.next_open(first)
        if opens >= last:
            return Said(first, last, self._rest(), idle=True)
        work = self.calendar.between(first, last)
        return Said(opens, self.calendar.add(first, work), self._rest())

    def _rest(self) -> str:
        """What stands behind the time, without the signs between."""
        if self.left == self.skipped[1]:
            self.left = self.skipped[0]
            self._take(words.REASON)
        behind = self._take(words.AFTER)
        self.latest = self.latest or (behind is not None and words.LATEST.match(behind[0].strip()) is not None)
        return self.left

    def parted(self, rest: str) -> bool:
        """Whether a sign like a comma stands between the time and what is behind it."""
        return self.text.removesuffix(rest).rstrip().endswith(words.SIGNS_BETWEEN)

    def doubted(self, rest: str) -> bool:
        """Whether what is behind the time doubts or refuses it; behind a sign like a comma it may be why somebody waits."""
        parted = self.parted(rest)
        unsure = doubts.UNSURE.match(rest) is not None and not (parted and self.begins)
        return unsure or (doubts.REFUSED.match(rest) is not None and not parted)

    def _only_told(self, said: Said) -> bool:
        """Whether words behind an exact time, which change a day or a length, tell no more of it: `10pm after the backup`."""
        told = None if said.days or said.length or said.since != said.until else words.TOLD.match(said.rest)
        after = Reader(said.rest[told.end() :], self.now, self.calendar).said() if told else None
        return isinstance(after, Vague) and after.why is Vagueness.UNKNOWN

    def _maybe_reason(self, rest: str) -> tuple[str, str] | None:
        """The time and the reason, where the last word of the time may as well be the first of what is behind it."""
        read = self.text.removesuffix(rest)
        maybe = words.MAYBE.search(read) if rest[:1].isalnum() else None
        return (read[: maybe.start()], read[maybe.end() :] + rest) if maybe else None

    def _with_reason(self, whole: str, front: str, reason: str) -> Vague:
        """The question whether it is the time in front with that reason, or the whole one."""
        reader = Reader(front, self.now, self.calendar, begins=self.begins)
        said = reader.said()
        if isinstance(said, Vague):
            return Vague(Vagueness.PARTLY, whole)
        comma = ", " if reason.isascii() else "，"
        return Vague(Vagueness.REASON, f"{reader.way(said)}{comma}{self.as_written(reason)}", whole)

    def _none_such(self) -> Vague:
        return Vague(Vagueness.IMPOSSIBLE, self._example())

    def _example(self) -> str:
        return written(datetime.combine(self.now.date() + DAY, time(16, 30)))


def _zoned(at: datetime) -> str:
    """A moment with its zone, as it is understood anywhere."""
    return f"{written(at)} UTC{at.isoformat()[-6:]}"


def _unit(span: re.Match[str]) -> timedelta:
    word = span[3].lower()
    return UNITS[word] if word in UNITS else words.SERVICE[word]


def counted(span: re.Match[str]) -> float:
    """How many units a match of SPAN names."""
    return number(span[1]) + (0.5 if span[2] or span[4] else 0)


def _hour(hour: int, half: str) -> int:
    """The hour of the day, from 0 to 24 or, in the night after it, beyond; `half` is `a`, `p`, a part of the day or nothing."""
    starts = PARTS[half][0] if half in PARTS else NOON if half == "p" else time()
    if starts >= _EVENING and (hour == 12 or hour < 5):
        return hour + 12 if hour == 12 else hour + 24
    if hour == 12:
        return 0 if half in ("a", "凌晨") else 12
    return hour + 12 if hour < (11 if half == "中午" else 12) and starts >= NOON else hour
