"""Service time against a second opinion, a count of minutes; and by examples."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.calendar import ALL_DAY, ALWAYS, Calendar, Hours
from maildesk.core.shift import week
from tests.core.minutes import MINUTE, Minutes, Walls

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
DAY = (Hours(time(9), time(12)), Hours(time(13, 30), time(18)))
OFFICE = Calendar(name="office", zone=SHANGHAI, week=(DAY,) * 5 + ((), ()))


def random_day(chance: random.Random) -> tuple[Hours, ...]:
    """Up to three spans of work that do not overlap, some touching, some ending at midnight, some across a DST change."""
    cuts = sorted(chance.sample(range(0, 24 * 60 + 1, 15), chance.choice((0, 2, 2, 4, 4, 6))))
    return tuple(Hours(time(a // 60, a % 60), time(b // 60 % 24, b % 60)) for a, b in zip(cuts[::2], cuts[1::2], strict=True))


def random_calendar(chance: random.Random, walls: Walls) -> Calendar:
    """One week in four is worked in shifts over midnight."""
    days = [walls.around + timedelta(days=n) for n in range(-25, 25)]
    nights = week(f"mon-fri {chance.randrange(18, 24)}:30-{chance.randrange(1, 9)}:15; sun 00:00-24:00")
    return Calendar(
        name="random",
        zone=walls.zone,
        week=chance.choice((nights, *[(*(random_day(chance) for _ in range(6)), DAY)] * 3)),
        adjusted=random_day(chance) or DAY,
        holidays=frozenset(chance.sample(days, 5)),
        workdays=frozenset(chance.sample(days, 3)),
    )


WINDOWS = [
    ("Africa/Casablanca", date(2026, 2, 15), date(2026, 3, 22)),
    ("America/Havana", date(2026, 3, 8), date(2026, 11, 1)),
    ("America/New_York", date(2026, 3, 8), date(2026, 11, 1)),
    ("America/St_Johns", date(2011, 3, 13), date(2011, 11, 6)),
    ("Asia/Beirut", date(2026, 3, 29), date(2026, 10, 25)),
    ("Asia/Kathmandu", date(1985, 12, 31), date(2026, 12, 31)),
    ("Asia/Shanghai", date(1991, 4, 14), date(2026, 10, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5), date(2026, 10, 4)),
    ("Europe/Berlin", date(2026, 3, 29), date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30), date(2012, 4, 1)),
    ("Pacific/Kiritimati", date(1994, 12, 31), date(2027, 1, 1)),
    ("UTC", date(2024, 2, 29), date(2026, 12, 31)),
]
CALENDARS, CASES = 6, 140
"""For each window, and for each calendar: 12 zones x 2 windows x 6 x 140 are 20,160 cases."""


@pytest.mark.parametrize(("zone", "around"), [(zone, around) for zone, *both in WINDOWS for around in both])
def test_service_time_is_what_a_count_of_minutes_says(zone: str, around: date) -> None:
    chance = random.Random(f"{zone} {around}")
    walls = Walls(zone, around)
    differing = []
    for _ in range(CALENDARS):
        calendar = random_calendar(chance, walls)
        minutes = Minutes(calendar, walls)
        for _ in range(CASES):
            first, last = sorted(chance.sample(range(len(walls.shown)), 2))
            differing += differences(calendar, minutes, first, last, chance)
    assert differing == []


def differences(calendar: Calendar, minutes: Minutes, first: int, last: int, chance: random.Random) -> list[object]:
    """All questions about one moment that the two answer differently; what lies after the window is not asked."""
    since, until = minutes.walls.at(first), minutes.walls.at(last)
    span, days = chance.randrange(1, 6000), chance.randrange(8)
    found: list[object] = []
    if calendar.open_at(since) != minutes.open[first]:
        found.append(("open_at", since))
    if calendar.between(since, until) != minutes.between(first, last) * MINUTE:
        found.append(("between", since, until))
    for asked, ours, theirs in (
        ("next_open", calendar.next_open(since), minutes.next_open(first)),
        (f"add {span} minutes", calendar.add(since, span * MINUTE), minutes.add(first, span)),
        (f"working_days_later {days}", calendar.working_days_later(since, days), minutes.days_later(first, days)),
    ):
        if theirs >= 0 and ours != minutes.walls.at(theirs):
            found.append((asked, since, ours))
    return found


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-10-28 10:00", 60, "2026-10-28 11:00"),
        ("2026-10-28 11:30", 60, "2026-10-28 14:00"),
        ("2026-10-28 12:30", 10, "2026-10-28 13:40"),
        ("2026-10-28 17:50", 10, "2026-10-28 18:00"),
        ("2026-10-28 17:50", 11, "2026-10-29 09:01"),
        ("2026-10-30 17:50", 20, "2026-11-02 09:10"),
        ("2026-10-31 03:00", 10, "2026-11-02 09:10"),
        ("2026-10-28 10:00", 0, "2026-10-28 10:00"),
    ],
)
def test_a_span_is_added_over_lunch_nights_and_weekends(start: str, minutes: int, due: str) -> None:
    assert OFFICE.add(shanghai(start), minutes * MINUTE) == shanghai(due)


def test_an_adjusted_saturday_is_worked_and_a_holiday_is_not() -> None:
    golden_week = frozenset(date(2026, 10, day) for day in range(1, 8))
    calendar = Calendar(
        name="cn", zone=SHANGHAI, week=OFFICE.week, adjusted=DAY, holidays=golden_week, workdays=frozenset({date(2026, 10, 10)})
    )
    assert calendar.add(shanghai("2026-09-30 17:55"), 10 * MINUTE) == shanghai("2026-10-08 09:05")
    assert calendar.add(shanghai("2026-10-09 17:55"), 10 * MINUTE) == shanghai("2026-10-10 09:05")
    assert calendar.working_days_later(shanghai("2026-09-30 10:00"), 2) == shanghai("2026-10-09 10:00")


def test_adjusted_days_without_hours_of_their_own_are_worked_like_a_monday() -> None:
    saturday = date(2026, 10, 10)
    calendar = Calendar(name="cn", zone=SHANGHAI, week=OFFICE.week, workdays=frozenset({saturday}))
    assert calendar.hours_on(saturday) == DAY


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-10-28 10:15", 2, "2026-10-30 10:15"),
        ("2026-10-29 10:15", 2, "2026-11-02 10:15"),
        ("2026-10-28 12:30", 1, "2026-10-29 13:30"),
        ("2026-10-30 20:00", 2, "2026-11-04 09:00"),
        ("2026-10-31 10:00", 2, "2026-11-04 09:00"),
        ("2026-10-31 10:00", 0, "2026-11-02 09:00"),
    ],
)
def test_working_days_keep_the_time_of_day_inside_of_hours(start: str, days: int, end: str) -> None:
    assert OFFICE.working_days_later(shanghai(start), days) == shanghai(end)


def test_the_night_of_the_change_is_shorter_in_spring_and_longer_in_autumn() -> None:
    night = Calendar(name="night", zone=BERLIN, week=((Hours(time(0), time(6)),),) * 7)
    spring, autumn = datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 10, 25, tzinfo=BERLIN)
    assert night.between(spring, spring + timedelta(days=1)) == timedelta(hours=5)
    assert night.between(autumn, autumn + timedelta(days=1)) == timedelta(hours=7)


def test_hours_inside_the_gap_of_spring_are_not_worked_on_that_day() -> None:
    calendar = Calendar(name="gap", zone=BERLIN, week=((Hours(time(2, 15), time(2, 45)),),) * 7)
    assert calendar.next_open(datetime(2026, 3, 29, tzinfo=BERLIN)) == datetime(2026, 3, 30, 2, 15, tzinfo=BERLIN)


def test_real_time_is_a_calendar_without_a_closed_minute() -> None:
    start = datetime(2026, 12, 31, 23, 59, 59, 5, tzinfo=UTC)
    assert ALWAYS.add(start, timedelta(days=400, microseconds=1)) == start + timedelta(days=400, microseconds=1)
    assert ALWAYS.between(start, start + timedelta(days=400)) == timedelta(days=400)
    assert ALWAYS.next_open(start) == start


def test_what_was_added_lies_between() -> None:
    chance = random.Random(5)
    for _ in range(300):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(365 * 86400))
        span = timedelta(microseconds=chance.randrange(1, 90 * 86400 * 10**6))
        assert OFFICE.between(start, OFFICE.add(start, span)) == span


def test_nothing_lies_between_an_instant_and_an_earlier_one() -> None:
    assert OFFICE.between(shanghai("2026-10-28 11:00"), shanghai("2026-10-28 10:00")) == timedelta()


@pytest.mark.parametrize(
    ("week", "adjusted", "wrong"),
    [
        ((DAY,) * 5, (), "7 days"),
        (((),) * 7, DAY, "no working hour"),
        (((Hours(time(9), time(12)), Hours(time(11), time(18))),) * 7, (), "overlap"),
        (((Hours(time(18), time(9)),),) * 7, (), "end before they start"),
        (((Hours(time(9), time(9)),),) * 7, (), "end before they start"),
        ((DAY,) * 7, (Hours(time(9), time(12)), ALL_DAY), "overlap"),
    ],
)
def test_an_impossible_calendar_is_refused_when_it_is_made(
    week: tuple[tuple[Hours, ...], ...], adjusted: tuple[Hours, ...], wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        Calendar(name="impossible", zone=UTC, week=week, adjusted=adjusted)


def test_hours_may_be_written_in_any_order() -> None:
    backwards = Calendar(name="backwards", zone=SHANGHAI, week=(DAY[::-1],) * 5 + ((), ()))
    start = shanghai("2026-10-28 11:30")
    assert backwards.add(start, 60 * MINUTE) == OFFICE.add(start, 60 * MINUTE)


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        (datetime(2026, 10, 28, 8, 59, tzinfo=SHANGHAI), datetime(2026, 10, 28, 9, tzinfo=SHANGHAI)),
        (datetime(2026, 10, 28, 9, tzinfo=SHANGHAI), datetime(2026, 10, 28, 13, 30, tzinfo=SHANGHAI)),
        (datetime(2026, 10, 30, 15, tzinfo=SHANGHAI), datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)),
        (datetime(2026, 12, 31, 15, tzinfo=SHANGHAI), datetime(2027, 1, 1, 9, tzinfo=SHANGHAI)),
    ],
)
def test_work_begins_in_the_morning_and_after_lunch(moment: datetime, begins: datetime) -> None:
    assert OFFICE.next_begin(moment) == begins
