"""Service time: working hours with breaks, holidays, adjusted working days, time zones and their changes of offset.

An instant is service time when the clock on the wall of the calendar's zone stands inside the hours of that day. Where the
wall clock jumps ahead, the hours that it skips do not exist; where it is turned back, hours that come twice count twice.
So the day on which a zone changes its offset may be longer or shorter than its hours look, and sums are exact.

All sums are taken from a table of the year (UTC) that is made once, when the year is first asked for: the spans of work in
order and how much work lies before each. A due time then costs one search in it, however far away it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the local day in which people work; `end` 00:00 means the midnight that ends the day."""

    start: time
    end: time

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in microseconds of the day."""
        return _of_day(self.start), _of_day(self.end) or _DAY


MOST_KNOWN = 20_000
"""So many sums a calendar knows by heart."""

ALL_DAY = Hours(time(0), time(0))


@dataclass(frozen=True, slots=True)
class _Year:
    """The spans of work of one year in microseconds since 1970, and how much work of the year lies before each."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def used(self, at: int) -> int:
        """How much work of this year lies before `at`."""
        i = bisect_right(self.opens, at) - 1
        return 0 if i < 0 else self.before[i] + min(at, self.closes[i]) - self.opens[i]

    def reached(self, work: int) -> int:
        """The earliest moment at which so much work of the year is done; 0 < work <= total."""
        i = bisect_left(self.before, work) - 1
        return self.opens[i] + work - self.before[i]

    def next_open(self, at: int) -> int | None:
        """`at` when it is service time, else the next moment of this year that is, if there is one."""
        i = bisect_right(self.closes, at)
        return None if i == len(self.opens) else max(at, self.opens[i])


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work. `week` has seven entries, Monday first; `workdays` are adjusted working days (调休): a date on which
    people work though it is a weekend, by the hours of `adjusted` (empty: by those of the week's first working day);
    `holidays` are dates without work. A date in both works.

    Raises ValueError for a week that is not seven days, for hours that overlap or end before they start, and for a week
    without any hour, in which nothing could ever fall due. All instants are aware; those returned are in UTC.
    """

    name: str
    zone: tzinfo
    week: tuple[tuple[Hours, ...], ...]
    adjusted: tuple[Hours, ...] = ()
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _added: dict[tuple[datetime, timedelta], datetime] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"calendar {self.name}: a week has 7 days, not {len(self.week)}")
        for day in (*self.week, self.adjusted):
            _check(self.name, day)
        if not any(self.week):
            raise ValueError(f"calendar {self.name}: there is no working hour in the whole week")

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The hours of a date; empty when nobody works on it."""
        if day in self.workdays:
            return self.adjusted or next(filter(None, self.week))
        return () if day in self.holidays else self.week[day.weekday()]

    def open_at(self, moment: datetime) -> bool:
        """Whether this moment is service time. The moment at which work ends no longer is."""
        at = _since_epoch(moment)
        return self._year(_year_of(moment)).next_open(at) == at

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when it is service time, else the next one that is."""
        at = _since_epoch(moment)
        year = _year_of(moment)
        while (opens := self._year(year).next_open(at)) is None:
            year += 1
        return _at(opens)

    def next_begin(self, moment: datetime) -> datetime:
        """The first moment after this one at which work begins."""
        at, year = _since_epoch(moment), _year_of(moment)
        while (i := bisect_right(self._year(year).opens, at)) == len(self._year(year).opens):
            year += 1
        return _at(self._year(year).opens[i])

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """The earliest instant by which `span` of service time has passed since `moment`; not before `moment`.

        The clocks of a ticket are read again whenever something happens to it, and most have not moved.
        """
        found = self._added.get((moment, span))
        if found is None:
            if len(self._added) >= MOST_KNOWN:
                self._added.clear()
            found = self._added[moment, span] = self._sum(moment, span)
        return found

    def _sum(self, moment: datetime, span: timedelta) -> datetime:
        at, left = _since_epoch(moment), span // _MICROSECOND
        if left <= 0:
            return _at(at)
        year = _year_of(moment)
        table = self._year(year)
        left += table.used(at)
        while left > table.total:
            left -= table.total
            year += 1
            table = self._year(year)
        return _at(table.reached(left))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The service time from `start` to `end`; nothing when `end` is not after `start`."""
        since, until = _since_epoch(start), _since_epoch(end)
        if until <= since:
            return timedelta()
        first, last = _year_of(start), _year_of(end)
        work = sum(self._year(year).total for year in range(first, last))
        return timedelta(microseconds=work + self._year(last).used(until) - self._year(first).used(since))

    def working_days_later(self, moment: datetime, days: int) -> datetime:
        """The same local time `days` working days later, moved on into working hours where it falls outside of them.

        Counted from the next working hour: what happens on a Saturday counts like Monday's first minute. A date is a working
        day when there is service time on it: one that a zone leaves out (Samoa's 30th of December 2011) is none. A local time
        that is skipped on that day is taken as if the clock had not been put forward; of one that comes twice, the first.
        """
        start = self.next_open(moment).astimezone(self.zone)
        day = start.date()
        for _ in range(days):
            midnight = datetime.combine(day + timedelta(days=1), time(), self.zone)
            day = self.next_open(midnight).astimezone(self.zone).date()
        return self.next_open(datetime.combine(day, start.time(), self.zone))

    def _year(self, year: int) -> _Year:
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = self._table(year)
        return table

    def _table(self, year: int) -> _Year:
        opens, closes, before, total = [], [], [], 0
        for start, end in _joined(self._spans(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))):
            opens.append(start)
            closes.append(end)
            before.append(total)
            total += end - start
        return _Year(tuple(opens), tuple(closes), tuple(before), total)

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
        """Every span of work between two instants, in order, cut at each change of the zone's offset."""
        for since, until, offset in _pieces(self.zone, start, end):
            day = (since + offset).date()
            midnight = _since_epoch(datetime(day.year, day.month, day.day, tzinfo=UTC) - offset)
            first, last = _since_epoch(since), _since_epoch(until)
            while midnight < last:
                for hours in sorted(self.hours_on(day), key=_opening):
                    opens, closes = hours.span
                    opens, closes = max(midnight + opens, first), min(midnight + closes, last)
                    if opens < closes:
                        yield opens, closes
                day, midnight = day + timedelta(days=1), midnight + _DAY


def _check(name: str, day: tuple[Hours, ...]) -> None:
    ended = 0
    for hours in sorted(day, key=_opening):
        opens, closes = hours.span
        if closes <= opens:
            raise ValueError(f"calendar {name}: hours {hours.start:%H:%M}-{hours.end:%H:%M} end before they start")
        if opens < ended:
            raise ValueError(f"calendar {name}: hours {hours.start:%H:%M}-{hours.end:%H:%M} overlap the hours before them")
        ended = closes


def _opening(hours: Hours) -> time:
    return hours.start


def _of_day(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * _SECOND + at.microsecond


def _since_epoch(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _year_of(moment: datetime) -> int:
    return moment.year if moment.tzinfo is UTC else moment.astimezone(UTC).year


def _joined(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that touch, as one."""
    start, end = next(spans, (0, 0))
    for opens, closes in spans:
        if opens > end:
            yield start, end
            start = opens
        end = closes
    if end > start:
        yield start, end


def _pieces(zone: tzinfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time from `start` to `end` in pieces of one offset each: since, until (UTC) and the offset from UTC."""
    since, offset, at = start, _offset(zone, start), start
    while at < end:
        ahead = min(at + timedelta(days=1), end)
        changed = _offset(zone, ahead)
        if changed != offset:
            turn = _turn(zone, at, ahead)
            yield since, turn, offset
            since, offset = turn, changed
        at = ahead
    if since < end:
        yield since, end, offset


def _turn(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first instant at which the later offset holds, to the second."""
    later = _offset(zone, after)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (before, middle) if _offset(zone, middle) == later else (middle, after)
    return after


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


ALWAYS = Calendar(name="always", zone=UTC, week=((ALL_DAY,),) * 7)
"""Real time: every moment is service time."""
