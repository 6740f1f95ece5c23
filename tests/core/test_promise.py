"""What is promised to a requester can be kept: it is reckoned in the hours of the desk, and by what such tickets really took."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.calendar import ALWAYS
from maildesk.core.duration import SOLUTION, Spread, Took
from maildesk.core.policy import Policy
from maildesk.core.promise import again, closes_on, first_answer, first_answer_by, open_now, solution
from maildesk.core.rules import Promises, Rule, Rules, Steps
from maildesk.core.ticket import Eta, Kind, Priority
from tests.core.clockwork import HOUR, KNOWN, MINUTE, OFFICE, POLICY, at, ruled, ticket


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
    assert first_answer(Kind(priority), KNOWN, at(now)) == (at(answer), None, False)
    assert solution(Kind(priority), KNOWN, at(now)) == (at(target), None, False)


def test_the_desk_is_open_for_a_p1_when_it_is_closed_for_the_others() -> None:
    night = at("10-30 20:00")
    assert [open_now(rules(priority), night) for priority in Priority] == [True, False, False, False]


def test_a_calendar_of_its_own_comes_before_the_usual_one() -> None:
    policy = replace(POLICY, calendars={"office": POLICY.calendar, "always": ALWAYS}, priority_calendars={Priority.P1: "office"})
    assert not open_now(rules(Priority.P1, policy), at("10-30 20:00"))
    policy = replace(policy, priority_calendars={Priority.P2: "always"})
    assert open_now(rules(Priority.P2, policy), at("10-30 20:00"))


@pytest.mark.parametrize("steps", [Steps(), Steps(lead=(10 * MINUTE, HOUR)), Steps(remind=(HOUR,))])
def test_a_first_answer_is_promised_by_when_it_is_due_whatever_the_steps_are(steps: Steps) -> None:
    assert first_answer_by(rules(Priority.P3, ruled(first_answer=steps)), at("10-28 10:00")) == at("10-28 10:10")
    later = ruled(first_answer=replace(steps, due=20 * MINUTE))
    assert first_answer_by(rules(Priority.P3, later), at("10-28 10:00")) == at("10-28 10:20")


def test_silence_ends_after_working_days() -> None:
    assert closes_on(rules(Priority.P3), at("10-30 16:00")) == at("11-09 16:00")


def test_where_nobody_is_chased_no_end_is_promised() -> None:
    policy = ruled(resolved=replace(POLICY.usual.resolved, on=False))
    assert closes_on(rules(Priority.P3, policy), at("10-30 16:00")) is None


def test_where_no_rule_sees_to_it_no_first_answer_is_promised() -> None:
    policy = ruled(first_answer=replace(POLICY.usual.first_answer, on=False))
    assert first_answer(Kind(Priority.P3), replace(KNOWN, policy=policy), at("10-28 10:00")) is None
    assert first_answer_by(rules(Priority.P3, policy), at("10-28 10:00")) is None


# -- by experience -------------------------------------------------------------------------------------------------------

NOW = at("10-28 10:00")
P3 = Kind(Priority.P3, "软件")


def took(median: float, p90: float, count: int = 20) -> Spread:
    return Spread(count=count, median=median * HOUR, p90=p90 * HOUR)


@pytest.mark.parametrize(
    ("median", "p90", "by", "usually", "measured"),
    [
        # the policy says 24 hours of service time: three days and three hours
        (6, 12, "11-02 11:30", "10-28 17:30", False),
        (6, 24, "11-02 11:30", "10-28 17:30", False),
        (6, 30, "11-03 10:00", "10-28 17:30", True),
        (23.9, 30, "11-03 10:00", "11-02 11:24", True),
        (24, 30, "11-03 10:00", None, True),
        (26, 30, "11-03 10:00", None, True),
        (23.9, 24, "11-02 11:30", None, False),
    ],
)
def test_nobody_is_promised_less_than_nine_of_ten_needed(
    median: float, p90: float, by: str, usually: str | None, measured: bool
) -> None:
    known = replace(KNOWN, took={(SOLUTION, Priority.P3, "软件"): took(median, p90)})
    assert solution(P3, known, NOW) == (at(by), at(usually) if usually else None, measured)


def test_a_first_answer_is_promised_by_experience_too() -> None:
    known = replace(KNOWN, took={(Rule.FIRST_ANSWER, Priority.P3, None): took(0.1, 1)})
    assert first_answer(P3, known, NOW) == (at("10-28 11:00"), at("10-28 10:06"), True)


@pytest.mark.parametrize(
    ("category", "priority", "by"),
    [
        (20, 20, "11-03 10:00"),
        (19, 20, "11-05 11:00"),
        (20, 0, "11-03 10:00"),
        (19, 19, "11-02 11:30"),
        (0, 500, "11-05 11:00"),
    ],
)
def test_too_few_of_a_category_are_judged_with_all_of_the_priority(category: int, priority: int, by: str) -> None:
    known = replace(
        KNOWN,
        took={
            (SOLUTION, Priority.P3, "软件"): took(6, 30, category),
            (SOLUTION, Priority.P3, None): took(6, 46, priority),
        },
    )
    assert solution(P3, known, NOW).by == at(by)


def test_how_many_are_enough_is_said_by_the_policy() -> None:
    known = replace(KNOWN, policy=ruled(promises=Promises(least=5)), took={(SOLUTION, Priority.P3, None): took(6, 30, 5)})
    assert solution(P3, known, NOW).measured


@given(median=st.floats(0, 200), more=st.floats(0, 200), count=st.integers(0, 40), minutes=st.integers(0, 60 * 24 * 14))
def test_a_promise_is_never_sooner_than_policy_and_experience(median: float, more: float, count: int, minutes: int) -> None:
    spread, now = took(median, median + more, count), NOW + minutes * MINUTE
    experience: Took = {(SOLUTION, Priority.P3, "软件"): spread}
    plain, corrected = solution(P3, KNOWN, now), solution(P3, replace(KNOWN, took=experience), now)
    assert corrected.by >= plain.by
    assert corrected.measured == (corrected.by > plain.by)
    assert count < 20 or corrected.by >= OFFICE.add(now, spread.p90)
    assert corrected.usually is None or now <= corrected.usually <= corrected.by - 15 * MINUTE


# -- when a promise cannot be kept ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eta", "promised", "told"),
    [
        (None, "10-28 12:00", ("11-02 11:30", False)),
        ("10-29 15:00", "10-28 12:00", ("10-29 15:00", True)),
        ("10-28 12:00", "10-28 12:00", ("11-02 11:30", False)),
        ("10-28 09:30", "10-28 12:00", ("11-02 11:30", False)),
        ("10-28 11:45", "10-28 12:00", ("11-02 11:30", False)),
    ],
)
def test_who_cannot_be_kept_to_hears_of_the_engineers_time_or_of_one_that_can_be_kept(
    eta: str | None, promised: str, told: tuple[str, bool]
) -> None:
    said = at("10-28 09:00")
    one = ticket("10-28 09:00", promised=Eta(at=at(promised), said_at=said), eta=Eta(at=at(eta), said_at=said) if eta else None)
    assert again(one, KNOWN, NOW) == (at(told[0]), told[1])


@given(seconds=st.integers(1, 10**7), remind=st.floats(0.02, 0.9), share=st.floats(0.01, 0.99), margin=st.integers(0, 7200))
def test_first_the_engineer_then_the_requester_and_both_before_the_end(
    seconds: int, remind: float, share: float, margin: int
) -> None:
    span = timedelta(seconds=seconds)
    asked, told = Promises(remind=remind, tell=remind * share, margin=timedelta(seconds=margin)).left(span)
    assert timedelta() <= told <= asked / 2 <= span / 4 + timedelta(microseconds=1)
