"""Holidays from the library, from files and from the policy itself: which of them wins, and what is wrong with a file."""

from datetime import date
from typing import Any

import pytest

from maildesk.core.calendar import Calendar

FILE = """
[years.2027]
holidays = ["2027-02-05..2027-02-11", 2027-05-01]
workdays = [2027-02-14, "2027-02-20"]
"""


def named(files: Any, text: str) -> None:
    """Let the office's calendar name a file with this text."""
    files.change("policy", "#holiday_files", "holiday_files")
    (files.folder / "holidays-cn.toml").write_text(text, encoding="utf-8")


def office(files: Any) -> Calendar:
    calendar: Calendar = files.load().policy.calendars["office"]
    return calendar


def test_a_year_of_a_file_is_told_by_it_alone(files: Any) -> None:
    named(files, FILE)
    calendar = office(files)
    assert calendar.hours_on(date(2027, 2, 8)) == ()
    assert calendar.hours_on(date(2027, 2, 14)) == calendar.adjusted
    assert calendar.hours_on(date(2027, 10, 1)) != (), "the library's National Day is not in the file"
    assert calendar.hours_on(date(2026, 10, 1)) == (), "of other years the library tells"


def test_what_the_policy_adds_wins_over_a_file(files: Any) -> None:
    named(files, FILE)
    files.change("policy", "extra_workdays = []", "extra_workdays = [2027-02-08]")
    files.change("policy", "extra_holidays = []", "extra_holidays = [2027-02-14]")
    calendar = office(files)
    assert calendar.hours_on(date(2027, 2, 8)) == calendar.adjusted
    assert calendar.hours_on(date(2027, 2, 14)) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "problem", "remedy"),
    [
        ("2027-05-01", "2028-05-01", 2, "years.2027", "2028-05-01 is not in the year 2027", "[years.2028]"),
        ("2027-02-14", "2027-02-06", 2, "years.2027", "2027-02-06 is both a holiday and a workday", "Remove it"),
        ("2027-02-11", "2027-02-01", 3, "years.2027.holidays", "ends before it begins", "earlier date first"),
        ("workdays", "workday", 4, "years.2027.workday", "not a known key", "Did you mean workdays?"),
        ("[years.2027]", "[2027]", 2, "2027", "not a known key", "years"),
        ("[years.2027]", "[years.next]", 2, "years.next", "'next' is not a year", "[years.2027]"),
        ("[years.2027]", '[years."2027 "]', 2, "years.2027 ", "'2027 ' is not a year", "[years.2027]"),
        ("[years.2027]", '[years."２０２７"]', 2, "years.２０２７", "is not a year", "[years.2027]"),
        ("[years.2027]", '[years."2027.0"]', 2, "years.2027.0", "'2027.0' is not a year", "[years.2027]"),
        ("[years.2027]", "[years.20270]", 2, "years.20270", "'20270' is not a year", "[years.2027]"),
        ("]\nwork", "\nwork", 4, "", "not valid TOML", "key = value"),
    ],
)
def test_a_faulty_file_of_holidays_is_told_with_line_key_and_remedy(
    files: Any, old: str, new: str, line: int, key: str, problem: str, remedy: str
) -> None:
    named(files, FILE.replace(old, new))
    found = [finding for finding in files.findings() if finding.file.name == "holidays-cn.toml"]
    assert [(finding.line, finding.key) for finding in found if problem in finding.problem and remedy in finding.remedy] == [
        (line, key)
    ]


def test_a_file_of_holidays_that_is_a_folder_is_told_at_the_policy(files: Any) -> None:
    line = files.change("policy", "#holiday_files", "holiday_files")
    (files.folder / "holidays-cn.toml").mkdir()
    (finding,) = files.findings()
    assert (finding.file, finding.line, finding.key) == (files.policy, line, "calendars.office.holiday_files")
