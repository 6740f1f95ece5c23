"""Chasers and promises against a second opinion: minutes counted one by one, and days ticked off by hand.

Two months of China's calendar of 2026 around the national holidays, with worked weekends, and the same in Berlin around both
changes of the clock.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms
from maildesk.core.calendar import Calendar
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.ticket import Eta, Pause, Status, Ticket, Waiting
from tests.core.clockwork import DAY, OFFICE, quiet_but, ticket
from tests.core.minutes import MINUTE, Minutes, Walls

OCTOBER = frozenset(date(2026, 10, day) for day in range(1, 8))
CHINA = replace(OFFICE, adjusted=DAY, holidays=OCTOBER, workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}))
PLACES = [("Asia/Shanghai", date(2026, 10, 4)), ("Europe/Berlin", date(2026, 3, 29)), ("Europe/Berlin", date(2026, 10, 25))]
CASES = 60


def moments(zone: str, around: date) -> Iterator[tuple[Calendar, Minutes, int]]:
    """A calendar of the place, its minutes, and minutes of the first half of the window at random."""
    walls = Walls(zone, around, days=60)
    calendar = replace(CHINA, zone=walls.zone)
    minutes, chance = Minutes(calendar, walls), random.Random(f"{zone} {around}")
    for _ in range(CASES):
        yield calendar, minutes, chance.randrange(30 * 24 * 60)


def by(calendar: Calendar, *rules: str) -> Policy:
    return replace(quiet_but(*rules), calendar=calendar)


def waits(since: datetime) -> Ticket:
    pause = Pause(why=Waiting.USER, since=since)
    return replace(ticket(), status=Status.WAITING, waiting=Waiting.USER, opened_at=since, assigned_at=since, pauses=(pause,))


@pytest.mark.parametrize(("zone", "around"), PLACES)
def test_chasers_come_after_two_and_four_working_days_and_the_end_after_six(zone: str, around: date) -> None:
    for calendar, minutes, first in moments(zone, around):
        told = {(one.step, one.nth): one.due for one in alarms(waits(minutes.walls.at(first)), by(calendar, "waiting"))}
        expected = {(Step.CHASER, 1): 2, (Step.CHASER, 2): 4, (Step.CLOSE, 1): 6}
        assert told == {step: minutes.walls.at(minutes.days_later(first, days)) for step, days in expected.items()}


@pytest.mark.parametrize(("zone", "around"), PLACES)
def test_a_promise_is_spoken_of_when_a_fifth_of_its_service_time_is_left_and_then_a_tenth(zone: str, around: date) -> None:
    """Where the tenth begins as work ends, the requester hears of it a quarter of an hour before."""
    for calendar, minutes, first in moments(zone, around):
        since, hours = minutes.walls.at(first), 10 + 10 * (first % 3)
        due = minutes.add(first, hours * 60)
        promised = Eta(at=minutes.walls.at(due), said_at=since)
        one = replace(ticket(), opened_at=since, assigned_at=since, line_since=since, promised=promised)
        told = [alarm.due for alarm in alarms(one, by(calendar, "promises")) if alarm.rule is Rule.PROMISE]
        reminded, tenth = (minutes.add(first, hours * 60 - left) for left in (hours * 12, hours * 6))
        delayed = tenth if minutes.open[tenth] else minutes.add(first, hours * 54 - 15)
        assert told == [minutes.walls.at(reminded), minutes.walls.at(delayed)]


def test_the_second_opinion_knows_the_calendar_by_heart() -> None:
    """Worked out by hand: from the eve of the holidays, 10:00."""
    minutes = Minutes(CHINA, Walls("Asia/Shanghai", date(2026, 10, 4), days=60))
    eve = (datetime(2026, 9, 30, 2, tzinfo=UTC) - minutes.walls.start) // MINUTE
    later = [minutes.walls.at(minutes.days_later(eve, days)).astimezone(OFFICE.zone) for days in (1, 2, 3, 4)]
    assert [f"{day:%m-%d %H:%M}" for day in later] == ["10-08 10:00", "10-09 10:00", "10-10 10:00", "10-12 10:00"]
    assert later[0] - timedelta(hours=10) == datetime(2026, 10, 8, tzinfo=OFFICE.zone)
