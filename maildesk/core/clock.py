"""How much time a rule of a ticket has used, and when it will have used a given span.

A clock runs in stretches: it stands still while the ticket waits for something that stops its rule (`Rules.pauses`), and it
changes its calendar where the ticket became one of another kind, so the time used before is kept as it was counted then. That of
the phone runs only while the priority asks for a call.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from maildesk.core.calendar import Calendar
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule, Rules
from maildesk.core.ticket import Kind, Pause, Priority, Ticket, Waiting


class Run(NamedTuple):
    """A stretch in which a clock runs by one calendar; `until` is None while it still does."""

    since: datetime
    until: datetime | None
    calendar: Calendar


def runs(ticket: Ticket, policy: Policy, rule: Rule, since: datetime, *, by: Calendar | None = None) -> tuple[Run, ...]:
    """When the clock of a rule has run since an instant, in order; the last stretch is open unless the clock is stopped.

    `by` is the calendar of a clock that keeps to one, whatever the ticket becomes.
    """
    calendars = _calendars(ticket, policy, rule) if by is None else ((None, by),)
    if not ticket.pauses and len(calendars) == 1:
        return (Run(since, None, calendars[0][1]),)
    found = tuple(run for start, end in _awake(since, stops(ticket, policy, rule)) for run in _timed(start, end, calendars))
    if rule is not Rule.PHONE:
        return found
    return tuple(run for run in found if phoned_since(ticket, policy, run.since) == run.since)


def stops(ticket: Ticket, policy: Policy, rule: Rule) -> tuple[Pause, ...]:
    """The pauses that stop a rule, in order."""
    stopping = (part for pause in ticket.pauses for part in _stopping(ticket, policy, rule, pause))
    return tuple(sorted(stopping, key=lambda pause: pause.since))


def stopped(stretches: tuple[Run, ...]) -> bool:
    """Whether the clock stands still now."""
    return not stretches or stretches[-1].until is not None


def used(stretches: Iterable[Run], now: datetime) -> timedelta:
    """The time a clock has used until `now`."""
    return sum((run.calendar.between(run.since, min(run.until or now, now)) for run in stretches), timedelta())


def reached(stretches: tuple[Run, ...], needed: timedelta) -> datetime:
    """When a running clock has used this much. Raises ValueError for one that is stopped before."""
    for run in stretches:
        if run.until is None:
            return run.calendar.add(run.since, needed)
        ran = run.calendar.between(run.since, run.until)
        if ran >= needed:
            return run.calendar.add(run.since, needed)
        needed -= ran
    raise ValueError("the clock is stopped")


def over(stretches: tuple[Run, ...], span: timedelta, now: datetime) -> bool:
    """Whether the moment at which the clock had used so much is over; at that very moment it is not."""
    spent = used(stretches, now)
    return spent > span or (spent == span and reached(stretches, span) < now)


def phoned_since(ticket: Ticket, policy: Policy, since: datetime) -> datetime | None:
    """When its requester first was to be phoned, by its priority, from an instant on; None when he never was."""
    for until, kind in _kinds(ticket):
        if until is not None and until <= since:
            continue
        if kind.priority not in policy.rules_of(kind).phone.never:
            return since
        since = until or since
    return None


def _stopping(ticket: Ticket, policy: Policy, rule: Rule, pause: Pause) -> Iterator[Pause]:
    """The parts of a pause in which it stopped a rule, by what the ticket was at that time."""
    since = pause.since
    for stopped, spans in groupby(_kinds(ticket), key=lambda span: _stops(policy.rules_of(span[1]), rule, pause.why, span[1])):
        *_, (until, _) = spans
        if until is not None and until <= since:
            continue
        over = until is None or (pause.until is not None and pause.until <= until)
        if stopped:
            yield replace(pause, since=since, until=pause.until if over else until)
        if over or until is None:
            return
        since = until


def _stops(rules: Rules, rule: Rule, why: Waiting, kind: Kind) -> bool:
    """Whether this kind of waiting stops a rule; a P1 never stops the progress duty, unless a solution is observed."""
    if rule is Rule.PROGRESS and kind.priority is Priority.P1 and why is not Waiting.OBSERVING:
        return False
    return rule in rules.pauses.get(why, frozenset())


def _kinds(ticket: Ticket) -> tuple[tuple[datetime | None, Kind], ...]:
    """What the ticket was, in order, each with the instant until which it was that."""
    return (*((one.until, one.kind) for one in ticket.former), (None, ticket.kind))


Calendars = tuple[tuple[datetime | None, Calendar], ...]
"""The calendars of a clock in order, each with the instant at which it ends."""


def _calendars(ticket: Ticket, policy: Policy, rule: Rule) -> Calendars:
    present = (None, policy.rules(ticket).calendar_of(rule))
    if not ticket.former:
        return (present,)
    return (*((one.until, policy.rules_of(one.kind).calendar_of(rule)) for one in ticket.former), present)


def _awake(since: datetime, stops: Iterable[Pause]) -> Iterator[tuple[datetime, datetime | None]]:
    """The time from `since` on without the pauses, which come in order."""
    for pause in stops:
        if pause.since > since:
            yield since, pause.since
        if pause.until is None:
            return
        since = max(since, pause.until)
    yield since, None


def _timed(since: datetime, until: datetime | None, calendars: Calendars) -> Iterator[Run]:
    """A stretch, cut where the calendar changes."""
    for end, calendar in calendars:
        if end is not None and end <= since:
            continue
        if end is None or (until is not None and until <= end):
            yield Run(since, until, calendar)
            return
        yield Run(since, end, calendar)
        since = end
