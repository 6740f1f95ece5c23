"""The ledger says of each rule what its clock does, and says the same as the alarms; the timeline holds the key points."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms, every
from maildesk.core.ledger import Entry, Word, ledger
from maildesk.core.message import Address
from maildesk.core.policy import Policy
from maildesk.core.rules import Phone, Rule
from maildesk.core.standing import Idle, State
from maildesk.core.ticket import Archive, Eta, Mark, Pause, Priority, Progress, Status, Ticket, Waiting
from maildesk.core.timeline import LONGEST, timeline
from tests.core.clockwork import HOUR, MINUTE, OFFICE, POLICY, at, quiet_but, resumed, ruled, ticket, waiting


def entry(ticket: Ticket, rule: Rule, now: str, policy: Policy = POLICY, history: tuple[Progress, ...] = ()) -> Entry:
    """What the ledger says of one rule at a moment."""
    return next(one for one in ledger(ticket, policy, history, at(now)) if one.rule is rule)


# -- one rule ------------------------------------------------------------------------------------------------------------


def test_a_running_clock_tells_its_time_its_deadline_and_what_comes_next() -> None:
    first = entry(ticket(), Rule.FIRST_ANSWER, "10-28 10:03")
    assert (first.state, first.since, first.used, first.allowed) == (State.RUNNING, at("10-28 10:00"), 3 * MINUTE, 10 * MINUTE)
    assert (first.deadline, first.late) == (at("10-28 10:10"), False)
    assert first.next == Word(step=Step.REMIND, at=at("10-28 10:05"))
    assert first.spoke is None


def test_a_clock_rests_outside_its_working_hours_and_its_deadline_is_known() -> None:
    first = entry(ticket("10-28 17:57"), Rule.FIRST_ANSWER, "10-28 22:00")
    assert (first.state, first.used, first.deadline) == (State.RESTING, 3 * MINUTE, at("10-29 09:07"))


def test_a_stopped_clock_tells_for_whom_the_ticket_waits_and_has_no_deadline() -> None:
    line2 = entry(waiting(Waiting.VENDOR, "10-28 10:20"), Rule.LINE2, "10-28 16:00")
    assert (line2.state, line2.why, line2.used, line2.allowed) == (State.PAUSED, Waiting.VENDOR, 20 * MINUTE, HOUR)
    assert (line2.deadline, line2.next, line2.late) == (None, None, False)
    assert line2.pauses == (Pause(why=Waiting.VENDOR, since=at("10-28 10:20")),)


def test_pauses_that_are_over_stay_in_the_ledger_of_the_clocks_that_they_stopped() -> None:
    awake = resumed(waiting(Waiting.VENDOR, "10-28 10:20"), at("10-28 11:00"))
    line2 = entry(awake, Rule.LINE2, "10-28 11:10")
    assert (line2.state, line2.used, line2.deadline) == (State.RUNNING, 30 * MINUTE, at("10-28 11:40"))
    assert [(pause.why, pause.until) for pause in line2.pauses] == [(Waiting.VENDOR, at("10-28 11:00"))]
    assert entry(awake, Rule.PROGRESS, "10-28 11:10").pauses == ()


def test_what_was_done_tells_how_long_it_took_and_whether_that_was_too_long() -> None:
    answered = entry(ticket(first_answer_at=at("10-28 10:04")), Rule.FIRST_ANSWER, "10-28 15:00")
    assert (answered.state, answered.until, answered.used, answered.late) == (
        State.DONE,
        at("10-28 10:04"),
        4 * MINUTE,
        False,
    )
    assert entry(ticket(first_answer_at=at("10-28 10:14")), Rule.FIRST_ANSWER, "10-28 15:00").late


def test_what_was_done_at_the_very_moment_was_done_in_time() -> None:
    assert not entry(ticket(first_answer_at=at("10-28 10:10")), Rule.FIRST_ANSWER, "10-28 15:00").late
    evening = ticket("10-28 17:50")
    assert not entry(evening, Rule.FIRST_ANSWER, "10-28 18:00").late
    assert entry(evening, Rule.FIRST_ANSWER, "10-28 20:00").late


def test_a_silence_is_told_in_working_days() -> None:
    silent = entry(waiting(Waiting.USER, "10-30 16:00"), Rule.WAITING, "11-04 10:00")
    assert (silent.state, silent.used, silent.used_days, silent.allowed_days) == (State.RUNNING, None, 2, 6)
    assert silent.deadline == at("11-09 16:00")


@pytest.mark.parametrize("awake", ["10-28 16:00", "10-28 21:30", "10-29 10:00"])
def test_an_eta_and_the_promise_of_it_have_one_deadline(awake: str) -> None:
    """Told a time after work ends; the requester is asked at 14:30 and answers then."""
    told = Eta(at=at("10-28 20:00"), said_at=at("10-28 12:00"))
    asked = waiting(Waiting.USER, "10-28 14:30", eta=told, promised=told)
    now = at(awake)
    found = {one.rule: one for one in ledger(resumed(asked, now), POLICY, (), now)}
    eta, promised = found[Rule.ETA], found[Rule.PROMISE]
    assert (eta.deadline, eta.used, eta.allowed) == (promised.deadline, promised.used, promised.allowed)
    assert (eta.used, eta.allowed, eta.late) == (HOUR, 4.5 * HOUR, False)


def test_a_time_after_work_is_not_over_when_work_ends() -> None:
    promised = ticket(eta=Eta(at=at("10-28 20:00"), said_at=at("10-28 12:00")))
    eta = entry(promised, Rule.ETA, "10-28 19:00")
    assert (eta.state, eta.used, eta.allowed) == (State.RESTING, 4.5 * HOUR, 4.5 * HOUR)
    assert (eta.deadline, eta.late) == (at("10-28 20:00"), False)
    assert entry(promised, Rule.ETA, "10-28 20:01").late


def test_a_survey_of_which_its_only_reminder_was_sent_is_done() -> None:
    asked = ticket(status=Status.CLOSED, surveyed_at=at("10-29 15:00"))
    assert entry(asked, Rule.SURVEY, "10-30 10:00").state is State.RUNNING
    reminded = replace(asked, spoken=frozenset(alarm.key for alarm in every(asked, POLICY)))
    assert entry(reminded, Rule.SURVEY, "11-05 10:00").state is State.DONE


@pytest.mark.parametrize(
    ("rule", "facts", "why"),
    [
        (Rule.FIRST_ANSWER, {"status": Status.CLOSED}, Idle.OVER),
        (Rule.FIRST_ANSWER, {"requester": Address("")}, Idle.NOBODY),
        (Rule.MISSING, {}, Idle.COMPLETE),
        (Rule.LINE2, {"line": 2}, Idle.LINE),
        (Rule.LINE2, {"proposed": Priority.P4}, Idle.PRIORITY),
        (Rule.PROGRESS, {"status": Status.OBSERVING}, Idle.OVER),
        (Rule.ETA, {"requester": Address("")}, Idle.NOBODY),
        (Rule.PHONE, {}, Idle.PRIORITY),
        (Rule.WAITING, {}, Idle.NOT_WAITING),
        (Rule.SCHEDULED, {}, Idle.NO_DATE),
        (Rule.RESOLVED, {}, Idle.NOT_SOLVED),
        (Rule.SURVEY, {}, Idle.NOT_CLOSED),
        (Rule.SURVEY, {"status": Status.CLOSED}, Idle.NOT_ASKED),
        (Rule.SILENCE, {"requester": Address("")}, Idle.NOBODY),
        (Rule.SILENCE, {"status": Status.OBSERVING}, Idle.OVER),
        (Rule.STALLED, {}, Idle.NOT_STALLED),
        (Rule.OBSERVING, {}, Idle.NOT_OBSERVING),
        (Rule.ARCHIVE, {}, Idle.NOT_CLOSED),
        (Rule.ARCHIVE, {"status": Status.CLOSED}, Idle.NOT_OWED),
    ],
)
def test_a_rule_that_does_not_concern_the_ticket_says_why(rule: Rule, facts: dict[str, Any], why: Idle) -> None:
    idle = entry(ticket(**facts), rule, "10-28 10:30")
    assert (idle.state, idle.why, idle.used, idle.deadline) == (State.IDLE, why, None, None)


def test_a_rule_that_the_policy_switched_off_is_off_and_one_without_a_step_runs() -> None:
    switched = {one.rule for one in ledger(ticket(), quiet_but("eta"), (), at("10-28 10:30")) if one.state is State.OFF}
    assert switched == set(Rule) - {Rule.ETA}
    assert entry(ticket(), Rule.PHONE, "10-28 10:30", ruled(phone=Phone(lead=()))).state is State.IDLE
    assert entry(ticket(proposed=Priority.P1), Rule.PHONE, "10-28 10:30", ruled(phone=Phone(lead=()))).late


def test_the_ledger_tells_when_a_rule_last_spoke() -> None:
    told = (_spoke("remind", "10-28 10:05"), _spoke("remind", "10-28 10:08"))
    assert entry(ticket(), Rule.FIRST_ANSWER, "10-28 10:09", history=told).spoke == Word(step=Step.REMIND, at=at("10-28 10:08"))
    assert entry(ticket(), Rule.PROGRESS, "10-28 10:09", history=told).spoke is None


def _spoke(step: str, when: str) -> Progress:
    key = f"alarm:first_answer:{step}:2026-10-28T02:00:00+00:00/{when}"
    return Progress(at=at(when), mark=Mark.ALARM, author="desk", text="首次答复", key=key)


# -- laws ----------------------------------------------------------------------------------------------------------------

BEGUN = at("10-28 10:00")
SPANS = st.integers(0, 12_000).map(lambda minutes: minutes * MINUTE)
MOMENTS = SPANS.map(lambda span: BEGUN + span)
SOMETIMES = st.none() | MOMENTS
AGAIN = {Rule.PROGRESS, Rule.SILENCE, Rule.STALLED}
"""The rules whose steps come again and again, each time with a deadline of their own."""


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """A ticket at any point of its life, with any pauses, one after the other."""
    edges = sorted(draw(st.lists(MOMENTS, max_size=6)))
    pauses = [
        Pause(why=draw(st.sampled_from(Waiting)), since=since, until=until)
        for since, until in zip(edges[::2], [*edges[1::2], None], strict=False)
    ]
    open_for = pauses[-1].why if pauses and pauses[-1].until is None else None
    return ticket(
        status=Status.WAITING if open_for else draw(st.sampled_from(sorted(set(Status) - {Status.WAITING}))),
        waiting=open_for,
        pauses=tuple(pauses),
        proposed=draw(st.sampled_from(Priority)),
        confirmed=draw(st.none() | st.sampled_from(Priority)),
        priority_at=draw(SOMETIMES),
        line=draw(st.sampled_from((1, 2))),
        missing=draw(st.sampled_from(((), ("error",)))),
        first_answer_at=draw(SOMETIMES),
        missing_asked_at=draw(SOMETIMES),
        progressed_at=draw(SOMETIMES),
        called_at=draw(SOMETIMES),
        resolved_at=draw(SOMETIMES),
        surveyed_at=draw(SOMETIMES),
        heard_at=draw(SOMETIMES),
        archive=draw(st.sampled_from(Archive)),
        eta=draw(st.none() | st.builds(lambda said, span: Eta(at=said + MINUTE + span, said_at=said), MOMENTS, SPANS)),
    )


@given(tickets(), MOMENTS)
def test_the_ledger_says_of_every_rule_what_its_alarms_say(ticket: Ticket, now: datetime) -> None:
    told = {entry.rule: entry for entry in ledger(ticket, POLICY, (), now)}
    assert set(told) == set(Rule)
    due = alarms(ticket, POLICY, now)
    for rule, one in told.items():
        mine = [alarm for alarm in due if alarm.rule is rule]
        assert bool(mine) is (one.state in {State.RUNNING, State.RESTING} and rule is not Rule.ARCHIVE)
        assert not mine or (one.next is not None and one.next.at == mine[0].due)
        if mine and rule not in AGAIN:
            assert {alarm.deadline for alarm in mine} == {one.deadline}
    for rule in (Rule.PROGRESS, Rule.SILENCE):
        first = {alarm.deadline for alarm in every(ticket, POLICY) if alarm.rule is rule and alarm.nth == 1}
        assert first == ({told[rule].deadline} - {None})


@given(tickets(), MOMENTS)
def test_no_clock_has_used_more_time_than_has_passed(ticket: Ticket, now: datetime) -> None:
    for one in ledger(ticket, POLICY, (), now):
        if one.used is not None and one.since is not None:
            assert timedelta() <= one.used <= max(timedelta(), now - one.since)


@given(tickets(), MOMENTS)
def test_a_clock_is_late_when_its_deadline_is_over(ticket: Ticket, now: datetime) -> None:
    for one in ledger(ticket, POLICY, (), now):
        if one.used is not None and one.deadline is not None:
            assert one.late is (one.deadline < now)


@given(tickets(), MOMENTS, SPANS)
def test_a_clock_that_stands_still_uses_nothing_more(ticket: Ticket, now: datetime, later: timedelta) -> None:
    after = {entry.rule: entry for entry in ledger(ticket, POLICY, (), now + later)}
    for one in ledger(ticket, POLICY, (), now):
        stands = one.state is State.PAUSED or (one.until is not None and one.until <= now)
        if stands and all(pause.since <= now for pause in ticket.pauses):
            assert after[one.rule].used == one.used


@given(st.sampled_from(Waiting), st.integers(1, 9), MOMENTS)
def test_waking_breaks_no_duty_that_was_not_broken_before(why: Waiting, minutes: int, woken: datetime) -> None:
    paused_at = BEGUN + minutes * MINUTE
    sleeping = waiting(why, f"{paused_at:%m-%d %H:%M}", missing=("error",))
    woken = max(woken, paused_at)
    still = {one.rule for one in ledger(sleeping, POLICY, (), woken) if one.state is State.PAUSED}
    assert still or why not in POLICY.pauses
    for one in ledger(resumed(sleeping, woken), POLICY, (), woken):
        if one.rule in still:
            assert not one.late
            assert one.deadline is not None
            assert one.deadline > woken


@given(st.sampled_from(Priority), st.sampled_from(Priority), MOMENTS)
def test_a_change_of_priority_keeps_the_time_used(old: Priority, new: Priority, now: datetime) -> None:
    before = ticket(proposed=old)
    changed = before.judged(now, confirmed=new)
    for rule in (Rule.FIRST_ANSWER, Rule.PROGRESS, Rule.ETA):
        known, kept = (
            next(one for one in ledger(one_ticket, POLICY, (), now) if one.rule is rule) for one_ticket in (before, changed)
        )
        assert kept.used == known.used


@given(tickets(), MOMENTS)
def test_a_clock_rests_only_while_nobody_works(ticket: Ticket, now: datetime) -> None:
    resting = [one for one in ledger(ticket, POLICY, (), now) if one.state is State.RESTING]
    assert not resting or not OFFICE.open_at(now)


# -- the timeline --------------------------------------------------------------------------------------------------------


def test_the_timeline_holds_what_people_and_clock_did_in_the_order_of_time() -> None:
    lines = (
        Progress(at=at("10-28 10:30"), mark=Mark.OPENED, author="u@x.example", text="登录失败", public=True),
        _spoke("remind", "10-28 10:35"),
        _spoke("lead", "10-28 10:40"),
        Progress(at=at("10-28 14:00"), mark=Mark.NOTE, author="E1", text="定位为\n\n缓存异常"),
        Progress(at=at("10-28 11:00"), mark=Mark.ANSWER, author="E1", text="联系用户补充信息", public=True),
    )
    assert [(point.at, point.text, point.public) for point in timeline(lines)] == [
        (at("10-28 10:30"), "登录失败", True),
        (at("10-28 10:40"), "首次答复", False),
        (at("10-28 11:00"), "联系用户补充信息", True),
        (at("10-28 14:00"), "定位为 缓存异常", False),
    ]


@given(st.text(max_size=300))
def test_a_point_is_one_line_however_long_its_text_is(text: str) -> None:
    (point,) = timeline((Progress(at=BEGUN, mark=Mark.MAIL, author="u@x.example", text=text),))
    assert len(point.text) <= LONGEST
    assert len(point.text.splitlines()) <= 1
