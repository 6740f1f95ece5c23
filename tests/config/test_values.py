"""How single values are written."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maildesk.config import values
from maildesk.config.findings import Wrong
from maildesk.config.hours import day_hours, week


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("10m", 600),
        ("90s", 90),
        ("1d 4h", 100_800),
        ("2w", 1_209_600),
        ("1h30m", 5_400),
        ("0.5h", 1_800),
        ("250ms", 0.25),
        ("0s", 0),
    ],
)
def test_a_span_of_time_is_numbers_with_their_units(written: str, seconds: float) -> None:
    assert values.span(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["", "10", "ten minutes", "10 m x", "-5m", 600, None, "5y", "1h 30"])
def test_what_is_no_span_of_time_is_refused(written: Any) -> None:
    with pytest.raises(Wrong, match="not a span of time"):
        values.span(written)


def test_a_time_of_day_with_and_without_quotes() -> None:
    assert values.clock("09:00") == values.clock(time(9)) == time(9)
    assert values.clock("9:30") == time(9, 30)


@pytest.mark.parametrize("written", ["24:00", "9", "09:60", "", 900])
def test_what_is_no_time_of_day_is_refused(written: Any) -> None:
    with pytest.raises(Wrong, match="not a time of day"):
        values.clock(written)


def test_days_may_be_spans_of_dates() -> None:
    assert values.days([date(2027, 2, 14), "2027-02-05..2027-02-07"]) == {date(2027, 2, day) for day in (5, 6, 7, 14)}


@pytest.mark.parametrize("written", [["2027-02-07..2027-02-05"], ["2027-2"], [5], [datetime(2027, 2, 5)], "2027-02-05"])  # noqa: DTZ001
def test_what_names_no_days_is_refused(written: Any) -> None:
    with pytest.raises(Wrong):
        values.days(written)


@pytest.mark.parametrize("written", ["a@b", "a.b+c@x.org", "A@X.ORG", "o'neil@x.co.uk"])
def test_an_address_keeps_its_local_part_and_loses_the_capitals_of_its_domain(written: str) -> None:
    local, _, domain = written.partition("@")
    assert values.address(written) == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    "written",
    ["", "a", "a@", "@x.org", "a b@x.org", "a@x..org", ".a@x.org", "a@-x.org", "Ann <a@x.org>", "a@x.org, b@x.org", "a\n@x.org"],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(Wrong):
        values.address(written)


@pytest.mark.parametrize(
    "written",
    [
        *("CST", "cst", "UTC+8", "Beijing", "Asia/Beijing", "Asia/Bejing", "Peking", "Asia/Peking", "China", "Asia/China"),
        *("China Standard Time", "北京", "北京时间", "上海", "中国", "Shanghai"),
    ],
)
def test_what_people_call_the_time_of_china_is_known(written: str) -> None:
    with pytest.raises(Wrong, match="is not a time zone") as refused:
        values.zone(written)
    assert refused.value.remedy == "Did you mean Asia/Shanghai?"


@pytest.mark.parametrize("written", ["PST", "JST", "IST", "UTC+1", "GMT-5", "+08:00", "somewhere"])
def test_a_zone_in_short_or_by_its_distance_resembles_none(written: str) -> None:
    with pytest.raises(Wrong, match="is not a time zone") as refused:
        values.zone(written)
    assert refused.value.remedy == "Write a name like Asia/Shanghai or Europe/Berlin."


@pytest.mark.parametrize(
    ("written", "language"), [("zh", "zh"), ("zh-CN", "zh"), ("zh_TW", "zh"), ("中文", "zh"), ("English", "en"), ("EN", "en")]
)
def test_a_language_by_any_of_its_names(written: str, language: str) -> None:
    assert values.language(written) == language


def test_the_hours_of_a_week_come_in_their_order() -> None:
    days = week(["mon-fri 13:00-18:00 09:00-12:00", "sat 22:00-24:00"])
    assert [hours.start for hours in days[0]] == [time(9), time(13)]
    assert days[5][0].end == time(0)
    assert days[6] == ()


def test_a_night_runs_into_the_next_day() -> None:
    days = week("sun 22:00-06:00")
    assert (days[6][0].start, days[6][0].end) == (time(22), time(0))
    assert (days[0][0].start, days[0][0].end) == (time(0), time(6))


@pytest.mark.parametrize(
    "written", ["", [], "mon", "09:00-12:00", "mon 9-5", "mon 09:00-12:00 11:00-14:00", "mon 09:61-10:00", 5]
)
def test_what_names_no_working_hours_is_refused(written: Any) -> None:
    with pytest.raises(Wrong):
        week(written)


def test_the_hours_of_one_day_are_written_like_those_of_a_week() -> None:
    assert [hours.span for hours in day_hours("09:00-12:00 13:00-18:00")] == [
        hours.span for hours in week("tue 09:00-12:00, 13:00-18:00")[1]
    ]


def test_chinas_adjusted_working_days_are_worked_and_its_holidays_are_not(files: Any) -> None:
    office = files.load().policy.calendar
    shanghai = ZoneInfo("Asia/Shanghai")
    assert office.open_at(datetime(2026, 2, 14, 10, tzinfo=shanghai)), "a Saturday that is worked for the Spring Festival"
    assert not office.open_at(datetime(2026, 2, 18, 10, tzinfo=shanghai)), "the Spring Festival, a Wednesday"
    assert not office.open_at(datetime(2026, 11, 21, 10, tzinfo=shanghai)), "an ordinary Saturday"


def test_what_the_policy_adds_to_a_calendar_wins(files: Any) -> None:
    files.change("policy", "extra_workdays = []", "extra_workdays = [2026-02-18, 2026-11-21]")
    files.change("policy", "extra_holidays = []", 'extra_holidays = ["2026-02-14", "2026-11-23..2026-11-24"]')
    office = files.load().policy.calendar
    worked = {day for day in (14, 18) if office.hours_on(date(2026, 2, day))}
    assert worked == {18}
    assert [bool(office.hours_on(date(2026, 11, day))) for day in (21, 22, 23, 24, 25)] == [True, False, False, False, True]


def test_a_calendar_may_be_of_another_country_and_zone(files: Any) -> None:
    files.change("policy", 'country = "CN"\n#subdivision', 'country = "DE"\nsubdivision')
    files.change("policy", 'zone = "Asia/Shanghai"', 'zone = "Europe/Berlin"')
    office = files.load().policy.calendar
    assert not office.hours_on(date(2026, 6, 4)), "Corpus Christi is a holiday in Bavaria"
    assert office.open_at(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin")))
