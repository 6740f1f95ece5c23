"""Laws of the alarms over random waits: time that was used is neither lost nor invented, and the earliest wakes the ticket."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms, wake_at
from maildesk.core.policy import PAUSES
from maildesk.core.rules import SILENCE, Rule
from maildesk.core.speaking import SPEAKING
from maildesk.core.standing import _UNTIMED, standings
from maildesk.core.ticket import Number, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import HOUR, MINUTE, OFFICE, POLICY, at, resumed, ticket

STOPPING = {
    rule: frozenset(why for why, stopped in PAUSES.items() if rule in stopped)
    for rule in (Rule.FIRST_ANSWER, Rule.LINE2, Rule.ETA, Rule.PROGRESS, Rule.SILENCE)
}

SPOKEN = replace(
    ticket(),
    version=7,
    spoken=frozenset({"alarm:progress:late:2026-10-28T01:00:00+00:00/1"}),
    linked=(Number("TS20261028001"),),
    wake_at=at("10-29 09:00"),
    due_at=at("10-29 10:00"),
)
"""A ticket in which all is otherwise of which no clock takes notice."""


@st.composite
def paused(draw: st.DrawFn) -> Ticket:
    """A ticket that has waited some times, for this and that; perhaps it still does."""
    opened = at("10-28 09:00") + draw(st.integers(0, 60 * 24 * 4)) * MINUTE
    moment, pauses = opened, []
    for why in draw(st.lists(st.sampled_from(Waiting), max_size=4)):
        since = moment + draw(st.integers(0, 300)) * MINUTE
        moment = since + draw(st.integers(0, 60 * 30)) * MINUTE
        pauses.append(Pause(why=why, since=since, until=moment))
    if pauses and draw(st.booleans()):
        pauses[-1] = replace(pauses[-1], until=None)
    priority = draw(st.sampled_from(Priority))
    waiting = pauses[-1].why if pauses and pauses[-1].until is None else None
    observed = waiting is Waiting.OBSERVING
    status = Status.OBSERVING if observed else Status.WAITING if waiting else Status.IN_PROGRESS
    return replace(
        ticket(proposed=priority, status=status),
        opened_at=opened,
        line_since=opened,
        assigned_at=opened,
        waiting=None if observed else waiting,
        waiting_until=at("12-31 09:00") if observed else None,
        pauses=tuple(pauses),
    )


def counted(ticket: Ticket, rule: Rule, needed: timedelta) -> datetime | None:
    """The oracle: minutes walked one by one, counted when they are service time and not stopped; None when stopped now."""
    stops = [pause for pause in ticket.pauses if pause.why in STOPPING[rule]]
    if rule is Rule.PROGRESS and ticket.priority is Priority.P1:
        stops = [pause for pause in stops if pause.why is Waiting.OBSERVING]
    if any(pause.why is Waiting.OBSERVING and pause.until is None for pause in ticket.pauses):
        return None
    if any(pause.until is None for pause in stops):
        return None
    moment, left = ticket.opened_at, needed
    while left > timedelta():
        worked = ticket.priority is Priority.P1 or OFFICE.open_at(moment)
        if worked and not any(pause.since <= moment < (pause.until or moment) for pause in stops):
            left -= MINUTE
        moment += MINUTE
    return moment


@settings(deadline=None)
@given(paused())
def test_used_time_is_neither_lost_nor_invented_by_waiting(waited: Ticket) -> None:
    found = {(alarm.rule, alarm.step, alarm.nth): alarm.due for alarm in alarms(waited, POLICY)}
    assert found.get((Rule.FIRST_ANSWER, Step.LEAD, 1)) == counted(waited, Rule.FIRST_ANSWER, 10 * MINUTE)
    assert found.get((Rule.PROGRESS, Step.LATE, 2)) == counted(waited, Rule.PROGRESS, 4 * HOUR)
    assert found.get((Rule.ETA, Step.ASK, 1)) == counted(waited, Rule.ETA, 210 * MINUTE)
    assert found.get((Rule.SILENCE, Step.LATE, 1)) == counted(waited, Rule.SILENCE, SILENCE[waited.priority])
    if waited.priority is not Priority.P4:
        assert found.get((Rule.LINE2, Step.HANDOVER, 1)) == counted(waited, Rule.LINE2, HOUR)


@settings(deadline=None)
@given(paused(), st.integers(1, 60 * 24 * 10))
def test_waking_breaks_nothing_that_was_not_broken_before(waited: Ticket, minutes: int) -> None:
    if not waited.pauses or waited.pauses[-1].until is not None:
        return
    why, since = waited.pauses[-1].why, waited.pauses[-1].since
    wakes = since + minutes * MINUTE
    exempt = Rule.PROGRESS if waited.priority is Priority.P1 and why is not Waiting.OBSERVING else None
    for alarm in alarms(resumed(waited, wakes), POLICY):
        if alarm.rule in PAUSES[why] and alarm.rule is not exempt:
            assert alarm.due <= since or alarm.due > wakes


@settings(deadline=None)
@given(paused())
def test_a_p4_never_goes_to_line_2(waited: Ticket) -> None:
    lowest = replace(waited, proposed=Priority.P4)
    assert Rule.LINE2 not in {alarm.rule for alarm in alarms(lowest, POLICY)}


@settings(deadline=None)
@given(paused())
def test_the_earliest_alarm_comes_first_and_wakes_the_ticket(waited: Ticket) -> None:
    dues = [alarm.due for alarm in alarms(waited, POLICY)]
    assert dues == sorted(dues)
    assert wake_at(waited, POLICY) == (dues[0] if dues else None)


@settings(deadline=None)
@given(paused(), paused(), st.sampled_from(sorted(_UNTIMED)))
def test_what_is_kept_of_a_ticket_is_what_is_found_anew(before: Ticket, after: Ticket, untimed: str) -> None:
    keeping = replace(POLICY)
    for one in (before, after, replace(after, **{untimed: getattr(SPOKEN, untimed)}), before):
        assert list(standings(one, keeping, SPEAKING)) == list(standings(one, replace(POLICY), SPEAKING))
