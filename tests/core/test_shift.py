"""Shifts as people write them, and when a letter that can wait may reach somebody."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.calendar import ALWAYS, Hours
from maildesk.core.people import Role
from maildesk.core.policy import Quiet
from maildesk.core.shift import absent, calendar_of, on_shift, reachable_at, week
from tests.core.clockwork import CHEN, LI, POLICY, at, away_until, person

NINE_TO_SIX = (Hours(time(9), time(18)),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri 09:00-18:00", (NINE_TO_SIX,) * 5 + ((), ())),
        ("Mon,Wed 9:00-18:00", (NINE_TO_SIX, (), NINE_TO_SIX, (), (), (), ())),
        ("sat-mon 09:00-18:00", (NINE_TO_SIX, (), (), (), (), NINE_TO_SIX, NINE_TO_SIX)),
        ("mon 09:00-12:00, 13:30-18:00", ((Hours(time(9), time(12)), Hours(time(13, 30), time(18))), (), (), (), (), (), ())),
        ("tue 09:00-24:00; sun 00:00-24:00", ((), (Hours(time(9), time(0)),), (), (), (), (), (Hours(time(0), time(0)),))),
        ("sun 22:00-06:00", ((Hours(time(0), time(6)),), (), (), (), (), (), (Hours(time(22), time(0)),))),
    ],
)
def test_a_shift_is_read_as_weekly_hours(text: str, days: tuple[tuple[Hours, ...], ...]) -> None:
    assert week(text) == days


@pytest.mark.parametrize("text", ["weekdays", "mon 9-18", "mon-foo 09:00-18:00", "mon 25:00-26:00", "09:00-18:00"])
def test_a_shift_that_is_not_understood_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        week(text)


def test_who_has_no_shift_works_in_the_hours_of_his_calendar() -> None:
    assert calendar_of(LI, POLICY) is POLICY.calendar
    night = replace(POLICY, calendars={"always": ALWAYS})
    assert calendar_of(replace(LI, calendar="always"), night) is ALWAYS


def test_a_shift_is_worked_in_its_own_zone_and_not_on_holidays() -> None:
    holiday = at("10-28 12:00").date()
    policy = replace(POLICY, calendar=replace(POLICY.calendar, holidays=frozenset({holiday})))
    abroad = person("E9", "Ann", Role.ENGINEER, shift="mon-fri 09:00-17:00", timezone="Europe/Berlin")
    opens = calendar_of(abroad, policy).next_open(datetime(2026, 10, 27, 20, tzinfo=ZoneInfo("Europe/Berlin")))
    assert opens == datetime(2026, 10, 29, 9, tzinfo=ZoneInfo("Europe/Berlin"))


def test_an_absent_person_is_not_on_shift_until_he_is_back() -> None:
    away = replace(LI, absences=away_until(at("10-29 09:00")))
    assert on_shift(LI, POLICY, at("10-28 10:00"))
    assert not on_shift(away, POLICY, at("10-28 10:00"))
    assert absent(away, at("10-29 08:59"))
    assert on_shift(away, POLICY, at("10-29 09:00"))
    assert not on_shift(LI, POLICY, at("10-28 12:30"))


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("10-28 10:00", "10-28 10:00"),
        ("10-28 22:30", "10-29 09:00"),
        ("10-29 03:00", "10-29 09:00"),
        ("10-30 19:00", "11-02 09:00"),
        ("10-31 11:00", "11-02 09:00"),
    ],
)
def test_what_can_wait_reaches_people_in_their_hours(now: str, reached: str) -> None:
    assert reachable_at(CHEN, POLICY, at(now)) == at(reached)


@pytest.mark.parametrize(
    ("now", "reached"), [("10-28 22:30", "10-29 08:00"), ("10-29 03:00", "10-29 08:00"), ("10-31 11:00", "10-31 11:00")]
)
def test_quiet_hours_hold_where_the_desk_never_closes(now: str, reached: str) -> None:
    policy = replace(POLICY, calendar=replace(ALWAYS, zone=ZoneInfo("Asia/Shanghai")))
    assert reachable_at(CHEN, policy, at(now)) == at(reached)
    loud = replace(policy, quiet=Quiet(on=False))
    assert reachable_at(CHEN, loud, at(now)) == at(now)


def test_who_works_at_night_is_written_to_at_night() -> None:
    owl = person("E8", "夜班", Role.ENGINEER, shift="mon-sun 22:00-06:00")
    assert reachable_at(owl, POLICY, at("10-28 23:00")) == at("10-28 23:00")
    assert reachable_at(owl, POLICY, at("10-28 10:00")) == at("10-28 22:00")


def test_hours_that_are_always_quiet_still_let_a_letter_through() -> None:
    policy = replace(POLICY, quiet=Quiet(start=time(0), end=time(23, 59)))
    reached = reachable_at(CHEN, policy, at("10-28 10:00"))
    assert reached < at("10-28 10:00") + timedelta(days=21)


BERLIN = ZoneInfo("Europe/Berlin")
OWL = person("E7", "Nachtschicht", Role.ENGINEER, shift="sat-sun 22:00-06:00", timezone="Europe/Berlin")


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-07", 8)])
def test_a_night_shift_is_as_long_as_the_night_on_which_the_clocks_change(night: str, hours: int) -> None:
    evening = datetime.fromisoformat(f"{night} 22:00").replace(tzinfo=BERLIN)
    shift = calendar_of(OWL, POLICY)
    assert shift.between(evening, evening + timedelta(hours=12)) == timedelta(hours=hours)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_who_is_absent_to_a_moment_is_back_at_it_though_the_clocks_change(day: str) -> None:
    back = datetime.fromisoformat(f"{day} 05:00").replace(tzinfo=BERLIN)
    away = replace(OWL, absences=away_until(back))
    second = timedelta(seconds=1)
    assert not on_shift(away, POLICY, back.astimezone(UTC) - second)
    assert on_shift(away, POLICY, back.astimezone(UTC))


def test_hours_that_end_when_they_start_are_refused() -> None:
    with pytest.raises(ValueError, match="a whole day is 00:00-24:00"):
        week("mon 09:00-09:00")


@pytest.mark.parametrize("hours", ["24:00-24:00", "24:00-00:00", "24:00-06:00"])
def test_hours_that_begin_when_the_day_is_over_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=f"'{hours}' begins at the end of the day"):
        week(f"sat {hours}")
