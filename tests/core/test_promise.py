"""What is promised to a requester can be kept: it is reckoned in the hours in which the desk works on his ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.calendar import ALWAYS
from maildesk.core.policy import Policy
from maildesk.core.promise import closes_on, first_answer_by, open_now, target_by
from maildesk.core.rules import Rules, Steps
from maildesk.core.ticket import Kind, Priority
from tests.core.clockwork import POLICY, at, ruled


def rules(priority: Priority, policy: Policy = POLICY) -> Rules:
    return policy.rules_of(Kind(priority))


@pytest.mark.parametrize(
    ("priority", "now", "answer", "target"),
    [
        (Priority.P3, "10-28 10:00", "10-28 10:10", "11-02 11:30"),
        (Priority.P3, "10-28 17:55", "10-29 09:05", "11-03 10:25"),
        (Priority.P2, "10-30 20:00", "11-02 09:10", "11-03 09:30"),
        (Priority.P1, "10-30 20:00", "10-30 20:10", "10-31 00:00"),
    ],
)
def test_times_are_those_of_the_priority(priority: Priority, now: str, answer: str, target: str) -> None:
    assert first_answer_by(rules(priority), at(now)) == at(answer)
    assert target_by(rules(priority), at(now)) == at(target)


def test_the_desk_is_open_for_a_p1_when_it_is_closed_for_the_others() -> None:
    night = at("10-30 20:00")
    assert [open_now(rules(priority), night) for priority in Priority] == [True, False, False, False]


def test_a_calendar_of_its_own_comes_before_the_usual_one() -> None:
    policy = replace(POLICY, calendars={"office": POLICY.calendar, "always": ALWAYS}, priority_calendars={Priority.P1: "office"})
    assert not open_now(rules(Priority.P1, policy), at("10-30 20:00"))
    policy = replace(policy, priority_calendars={Priority.P2: "always"})
    assert open_now(rules(Priority.P2, policy), at("10-30 20:00"))


def test_a_desk_without_steps_promises_an_answer_at_once() -> None:
    policy = ruled(first_answer=Steps())
    assert first_answer_by(rules(Priority.P3, policy), at("10-28 10:00")) - at("10-28 10:00") == timedelta()


def test_silence_ends_after_working_days() -> None:
    assert closes_on(rules(Priority.P3), at("10-30 16:00")) == at("11-09 16:00")
