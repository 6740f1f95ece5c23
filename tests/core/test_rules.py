"""Which rules hold for a ticket, and that no change of them loses time, invents time, or breaks a duty at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.alarms import alarms
from maildesk.core.calendar import ALWAYS
from maildesk.core.ledger import ledger
from maildesk.core.policy import Case, Policy
from maildesk.core.rules import HOUR, MINUTE, Line2, ProgressDuty, Rule, Steps
from maildesk.core.standing import State
from maildesk.core.ticket import Kind, Priority, Ticket, Waiting
from tests.core.clockwork import OFFICE, POLICY, at, resumed, ruled, spoken, ticket, waiting

P1, P2, P3, P4 = Priority


def cased(*cases: Case, **rules: Any) -> Policy:
    return replace(ruled(**rules), cases=cases)


def case(*priorities: Priority, categories: tuple[str, ...] = (), internal: bool | None = None, **changes: Any) -> Case:
    return Case(priorities=frozenset(priorities), categories=categories, internal=internal, changes=changes)


def used(ticket: Ticket, policy: Policy, rule: Rule, now: datetime) -> timedelta | None:
    return next(entry.used for entry in ledger(ticket, policy, (), now) if entry.rule is rule)


# -- which rules hold ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (case(), {Kind(P1), Kind(P3), Kind(P3, "系统故障-登录异常"), Kind(P3, "", True)}),
        (case(P1, P2), {Kind(P1)}),
        (case(categories=("系统故障",)), {Kind(P3, "系统故障-登录异常")}),
        (case(categories=("系统故障-登录异常",)), {Kind(P3, "系统故障-登录异常")}),
        (case(categories=("系统",)), set()),
        (case(internal=True), {Kind(P3, "", True)}),
        (case(P3, internal=False), {Kind(P3), Kind(P3, "系统故障-登录异常")}),
        (case(P1, categories=("系统故障",)), set()),
    ],
)
def test_a_case_fits_what_it_names(one: Case, kinds: set[Kind]) -> None:
    every = (Kind(P1), Kind(P3), Kind(P3, "系统故障-登录异常"), Kind(P3, "", True))
    assert {kind for kind in every if one.fits(kind)} == kinds


def test_the_usual_rules_go_by_the_calendar_and_the_target_of_the_priority() -> None:
    rules = {priority: POLICY.rules_of(Kind(priority)) for priority in Priority}
    assert [rules[priority].calendar.name for priority in Priority] == ["always", "office", "office", "office"]
    assert [rules[priority].target for priority in Priority] == [4 * HOUR, 8 * HOUR, 24 * HOUR, 40 * HOUR]
    assert all(one.line2 == Line2() and one.desk is OFFICE for one in rules.values())


def test_all_cases_that_fit_apply_and_the_later_wins_key_by_key() -> None:
    policy = cased(
        case(P2, target=2 * HOUR, line2={"warn": 5 * MINUTE, "due": 15 * MINUTE}),
        case(internal=True, line2={"due": 30 * MINUTE}, calendar=ALWAYS),
    )
    found = policy.rules_of(Kind(P2, "", True))
    assert found.line2 == Line2(warn=5 * MINUTE, due=30 * MINUTE)
    assert (found.target, found.calendar) == (2 * HOUR, ALWAYS)
    assert policy.rules_of(Kind(P2)).line2 == Line2(warn=5 * MINUTE, due=15 * MINUTE)
    assert policy.rules_of(Kind(P3)) == POLICY.rules_of(Kind(P3))


def test_a_rule_is_timed_by_its_own_calendar_before_that_of_the_ticket() -> None:
    rules = cased(case(P3, first_answer={"calendar": ALWAYS})).rules_of(Kind(P3))
    assert rules.calendar_of(Rule.FIRST_ANSWER) is ALWAYS
    assert rules.calendar_of(Rule.LINE2) is OFFICE
    assert spoken(ticket("10-30 17:58"), cased(case(P3, first_answer={"calendar": ALWAYS})), "first_answer")[0] == (
        "10-30 18:03",
        "first_answer remind 1",
    )


def test_silence_is_counted_in_the_working_days_of_the_desk_unless_it_names_a_calendar() -> None:
    silent = waiting(Waiting.USER, since="10-30 16:00", proposed=P1)
    assert spoken(silent, rule="waiting")[0] == ("11-03 16:00", "waiting chaser 1")
    every_day = cased(case(P1, waiting={"calendar": ALWAYS}, resolved={"calendar": ALWAYS}))
    assert spoken(silent, every_day, "waiting")[0] == ("11-01 16:00", "waiting chaser 1")


def test_a_rule_can_be_off_for_some_and_on_for_others() -> None:
    policy = cased(case(P4, progress={"on": False}), case(P4, internal=False, progress={"on": True}))
    speaks = {kind: policy.rules_of(kind).progress.on for kind in (Kind(P3), Kind(P4), Kind(P4, "", True))}
    assert speaks == {Kind(P3): True, Kind(P4): True, Kind(P4, "", True): False}


# -- used time is kept ---------------------------------------------------------------------------------------------------

NIGHTS = Case(categories=("机房",), changes={"calendar": ALWAYS})
GUESTS = Case(internal=False, changes={"line2": {"calendar": ALWAYS}})
BEGUN = at("10-28 10:00")
SPANS = st.integers(1, 5_000).map(lambda minutes: minutes * MINUTE)


def test_time_under_a_middle_priority_is_counted_as_it_was_then() -> None:
    """Half an hour of service time, two hours of the night as a P1, the rest of the night as a P3 again: nothing of the rest."""
    evening = ticket("10-28 17:30")
    raised = evening.judged(at("10-28 20:00"), confirmed=P1)
    lowered = raised.judged(at("10-28 22:00"), confirmed=P3)
    assert used(lowered, POLICY, Rule.ETA, at("10-29 08:00")) == 150 * MINUTE
    assert spoken(lowered, POLICY, "eta") == [("10-29 10:00", "eta ask 1")]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [({"category": "机房-空调"}, Rule.ETA), ({"internal": True}, Rule.LINE2), ({"confirmed": P1}, Rule.PROGRESS)],
)
def test_whatever_changes_the_calendar_the_used_time_stays(facts: dict[str, Any], rule: Rule) -> None:
    policy, before, now = cased(NIGHTS, GUESTS), ticket("10-28 17:30"), at("10-28 19:00")
    after = before.judged(now, **facts)
    assert policy.rules(after).calendar_of(rule) is not policy.rules(before).calendar_of(rule)
    assert used(after, policy, rule, now) == used(before, policy, rule, now)


def test_what_changes_nothing_of_its_kind_leaves_no_trace() -> None:
    before = ticket()
    assert before.judged(at("10-28 11:00"), confirmed=P3, priority_reason="x").former == ()


changes = st.lists(
    st.tuples(SPANS, st.sampled_from(Priority), st.sampled_from(("", "机房-空调", "软件")), st.booleans()), max_size=5
)


@given(changes, SPANS)
def test_used_time_is_the_sum_of_what_each_calendar_counted_in_its_time(
    steps: list[tuple[timedelta, Priority, str, bool]], last: timedelta
) -> None:
    policy, changed, now = cased(NIGHTS, GUESTS), ticket(), BEGUN
    expected = {Rule.ETA: timedelta(), Rule.PROGRESS: timedelta()}
    for span, priority, category, internal in (*steps, (last, P3, "", False)):
        for rule in expected:
            expected[rule] += policy.rules(changed).calendar_of(rule).between(now, now + span)
        now += span
        changed = changed.judged(now, confirmed=priority, category=category, internal=internal)
    assert {rule: used(changed, policy, rule, now) for rule in expected} == expected


def test_what_waited_before_it_became_a_p1_is_not_counted_as_progress_time() -> None:
    raised = resumed(waiting(Waiting.USER, since="10-28 11:00"), at("10-28 16:00")).judged(at("10-28 16:30"), confirmed=P1)
    assert used(raised, POLICY, Rule.PROGRESS, at("10-28 17:00")) == 2 * HOUR


def test_a_p1_that_waits_and_becomes_less_urgent_stands_still_from_then_on() -> None:
    before = waiting(Waiting.USER, since="10-28 11:00", confirmed=P1)
    lowered = before.judged(at("10-28 14:00"), confirmed=P3)
    assert (
        used(lowered, POLICY, Rule.PROGRESS, at("10-28 17:00"))
        == used(before, POLICY, Rule.PROGRESS, at("10-28 14:00"))
        == 4 * HOUR
    )


def test_what_waits_stands_still_by_the_rules_of_what_it_is_at_that_time() -> None:
    """Of a P2 the vendor stops the estimate as well; it is a P3 from two o'clock on."""
    policy = cased(case(P2, pauses={Waiting.VENDOR: frozenset({"eta"})}))
    before = waiting(Waiting.VENDOR, since="10-28 11:00", confirmed=P2)
    lowered = before.judged(at("10-28 14:00"), confirmed=P3)
    assert used(before, policy, Rule.ETA, at("10-28 14:00")) == HOUR
    assert used(lowered, policy, Rule.ETA, at("10-28 17:00")) == 4 * HOUR
    assert used(lowered, policy, Rule.LINE2, at("10-28 17:00")) == 2 * HOUR + 30 * MINUTE
    assert used(lowered, POLICY, Rule.ETA, at("10-28 17:00")) == 5 * HOUR + 30 * MINUTE


# -- a change breaks nothing at once -------------------------------------------------------------------------------------

STRICT = Case(
    priorities=frozenset({P1}),
    changes={
        "line2": {"warn": 10 * MINUTE, "due": 15 * MINUTE},
        "progress": {"ask": 25 * MINUTE, "due": 30 * MINUTE, "lead": 40 * MINUTE},
        "eta": {"ask": 20 * MINUTE, "beyond": HOUR},
    },
)


def test_what_a_higher_priority_puts_into_the_past_is_due_after_the_time_of_the_first_step() -> None:
    """Three hours used as a P3, raised at 14:30: the engineer has ten minutes until it goes to line 2, not none."""
    policy = cased(STRICT, Case(priorities=frozenset({P3}), changes={"line2": {"on": False}}))
    raised = ticket().judged(at("10-28 14:30"), confirmed=P1)
    assert spoken(raised, policy, "line2") == [("10-28 14:40", "line2 warn 1"), ("10-28 14:40", "line2 handover 1")]
    assert spoken(raised, policy, "eta") == [("10-28 14:50", "eta ask 1")]
    due = [alarm for alarm in alarms(raised, policy, at("10-28 14:50")) if alarm.rule is Rule.PROGRESS]
    assert {alarm.due for alarm in due[:3]} == {at("10-28 14:55")}


def test_a_p4_that_becomes_a_p3_goes_to_line_2_no_sooner_than_it_could_be_warned_of() -> None:
    raised = ticket(proposed=P4).judged(at("10-28 16:00"), confirmed=P3)
    assert spoken(raised, rule="line2") == [("10-28 16:45", "line2 warn 1"), ("10-28 16:45", "line2 handover 1")]


def test_a_step_that_was_due_before_and_has_spoken_gives_no_more_time() -> None:
    """The warning came at 10:45 by the old rules; another category at 10:50 does not put off the hand-over."""
    worked = ticket()
    warned = next(alarm for alarm in alarms(worked, POLICY) if alarm.rule is Rule.LINE2)
    moved = replace(worked, spoken=frozenset({warned.key})).judged(at("10-28 10:50"), category="软件问题")
    assert spoken(moved, rule="line2") == [("10-28 11:00", "line2 handover 1")]


def test_the_time_that_is_given_runs_only_while_the_clock_runs() -> None:
    policy = cased(STRICT, Case(priorities=frozenset({P3}), changes={"line2": {"on": False}}))
    sleeping = waiting(Waiting.VENDOR, since="10-28 14:00").judged(at("10-28 14:30"), confirmed=P1)
    assert spoken(sleeping, policy, "line2") == []
    assert spoken(resumed(sleeping, at("10-30 09:00")), policy, "line2")[0] == ("10-30 09:10", "line2 warn 1")


def test_a_policy_that_was_tightened_says_nothing_at_once_and_then_only_the_last_step() -> None:
    strict = ruled(first_answer=Steps(remind=(2 * MINUTE,), lead=(4 * MINUTE,)))
    changed = replace(strict, since=at("10-28 10:04") + timedelta(seconds=30))
    assert spoken(ticket(), strict, "first_answer")[0] == ("10-28 10:02", "first_answer remind 1")
    assert [when for when, _ in spoken(ticket(), changed, "first_answer")] == ["10-28 10:06", "10-28 10:06"]
    assert spoken(ticket("10-28 10:05"), changed, "first_answer")[0] == ("10-28 10:07", "first_answer remind 1")


def test_a_silence_whose_days_were_cut_ends_a_working_day_later_at_the_earliest() -> None:
    silent = waiting(Waiting.USER, since="10-26 16:00", chased_at=at("10-28 16:00"))
    short = ruled(waiting=replace(POLICY.usual.waiting, after=(1,), close=2))
    first = alarms(silent, short)[0]
    chased = replace(silent, spoken=frozenset({first.key}))
    assert spoken(chased, replace(short, since=at("10-30 10:00")), "waiting") == [("11-02 10:00", "waiting close 1")]


spans = st.lists(st.integers(1, 400).map(lambda minutes: minutes * MINUTE), min_size=3, max_size=3, unique=True).map(sorted)


@given(spans, spans, SPANS, st.booleans(), st.sampled_from((Rule.FIRST_ANSWER, Rule.LINE2, Rule.PROGRESS)))
def test_no_change_of_rules_breaks_a_duty_at_once(
    old: list[timedelta], new: list[timedelta], worked: timedelta, of_policy: bool, rule: Rule
) -> None:
    """Nothing that was to come is said sooner after a change than the first step of the new rules takes, and nothing is lost."""

    def rules(spans: list[timedelta]) -> dict[str, Any]:
        first, due, lead = spans
        return {
            "first_answer": Steps(remind=(first, due), lead=(lead,)),
            "line2": Line2(warn=first, due=due),
            "progress": ProgressDuty(ask=first, due=due, lead=lead),
        }

    changed = BEGUN + worked
    if of_policy:
        policy, after = replace(ruled(**rules(new)), since=changed), ticket()
    else:
        policy = cased(Case(priorities=frozenset({P2}), changes=rules(new)), **rules(old))
        after = ticket().judged(changed, confirmed=P2)
    mine = [alarm for alarm in alarms(after, policy) if alarm.rule is rule]
    calm = [alarm for alarm in alarms(after, replace(policy, since=None)) if alarm.rule is rule] if of_policy else mine
    assert {alarm.key for alarm in mine} == {alarm.key for alarm in calm}
    assert all(alarm.due > changed for alarm in mine)
    overtaken = policy.rules(after).calendar.between(BEGUN, changed) >= new[0]
    assert not overtaken or all(alarm.due >= policy.rules(after).calendar.add(changed, new[0]) for alarm in mine)


# -- line 2 --------------------------------------------------------------------------------------------------------------


def test_the_clock_of_line_1_is_done_when_the_ticket_goes_to_line_2() -> None:
    gone = ticket(line=2, line2_at=at("10-28 10:40"))
    (entry,) = (one for one in ledger(gone, POLICY, (), at("10-28 15:00")) if one.rule is Rule.LINE2)
    assert (entry.state, entry.until, entry.used, entry.late) == (State.DONE, at("10-28 10:40"), 40 * MINUTE, False)
    late = replace(gone, line2_at=at("10-28 11:10"))
    (entry,) = (one for one in ledger(late, POLICY, (), at("10-28 15:00")) if one.rule is Rule.LINE2)
    assert (entry.used, entry.late) == (70 * MINUTE, True)


@pytest.mark.parametrize("facts", [{"line2_at": BEGUN}, {"line2_at": at("10-28 10:40"), "reopened_at": at("10-29 10:00")}])
def test_line_1_is_no_concern_of_a_ticket_that_began_on_line_2(facts: dict[str, Any]) -> None:
    (entry,) = (one for one in ledger(ticket(line=2, **facts), POLICY, (), at("10-29 15:00")) if one.rule is Rule.LINE2)
    assert (entry.state, entry.used) == (State.IDLE, None)
