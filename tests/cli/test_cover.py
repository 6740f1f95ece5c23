"""What `check` says of people and rules together; it is Wednesday, the 28th of October 2026, ten o'clock in Shanghai."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.cli import cover
from maildesk.core.absence import Absence
from maildesk.core.calendar import ALWAYS
from maildesk.core.people import People, Person, Role
from maildesk.core.rules import Line2
from tests.core.clockwork import CHEN, LI, POLICY, WU, ZHOU, at, person

NOW = at("10-28 10:00")
ALONE = person("E9", "王小明", Role.ENGINEER, Role.LEAD, line=1)
EARLY = replace(LI, shift="mon-fri 09:00-12:00")
LATE = person("E8", "赵磊", Role.ENGINEER, line=1, shift="mon-fri 12:00-17:30")
NIGHT = person("E7", "夜班", Role.ENGINEER, line=1, shift="mon-fri 22:00-06:00")


def away(of: Person, since: str, until: str) -> Person:
    return replace(of, absences=(Absence(since=at(since), until=at(until)),))


def said(*people: Person, **policy: Any) -> list[str]:
    """What and remedy of every warning."""
    return [f"{one.what} → {one.remedy}" for one in cover.covered(replace(POLICY, **policy), People(people), NOW)]


def test_people_who_cover_all_hours_are_right() -> None:
    assert said(LI, ZHOU, CHEN) == []


@pytest.mark.parametrize(
    ("people", "what", "remedy"),
    [
        (
            (ALONE, ZHOU),
            "nobody is told when 王小明 is late: there is no lead or manager but himself",
            "somebody else the role lead",
        ),
        ((LI, CHEN), "line 2 is switched on and nobody is on it", "on = false in [line2]"),
        ((NIGHT, LI, ZHOU, CHEN), "the shift of 夜班 has no hour in which a calendar of the policy is open", "Correct his shift"),
        ((EARLY, ZHOU, CHEN), "no engineer of line 1 is on shift from Wed 2026-10-28 13:30 to Thu 2026-10-29 09:00", "shifts"),
        ((EARLY, LATE, ZHOU, CHEN), "from Wed 2026-10-28 17:30 to Thu 2026-10-29 09:00, while the desk is open", "shifts"),
        ((away(LI, "10-30 00:00", "11-03 00:00"), ZHOU, CHEN), "from Fri 2026-10-30 09:00 to Tue 2026-11-03 09:00", "absences"),
        ((ZHOU, CHEN), "from Wed 2026-10-28 10:00 to Wed 2026-11-04 10:00", "give somebody line 1"),
    ],
)
def test_what_reaches_nobody_is_told_with_a_remedy(people: tuple[Person, ...], what: str, remedy: str) -> None:
    (warning,) = said(*people)
    before, _, after = warning.partition(" → ")
    assert what in before
    assert remedy in after


def test_a_manager_above_the_only_lead_hears_of_him() -> None:
    assert said(ALONE, ZHOU, WU) == []


def test_a_night_shift_works_by_the_calendar_of_real_time() -> None:
    assert said(NIGHT, LI, ZHOU, CHEN, calendars={"office": POLICY.calendar, "always": ALWAYS}) == []


def test_line_2_that_is_switched_off_needs_nobody() -> None:
    assert said(LI, CHEN, usual=replace(POLICY.usual, line2=Line2(on=False))) == []


def test_only_the_first_gap_is_told() -> None:
    assert len(said(EARLY, ZHOU, CHEN)) == 1
