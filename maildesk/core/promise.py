"""What the desk may honestly promise to a requester: times by the rules that hold for his ticket, and by what really happened.

Nobody is promised less than nine of ten such tickets needed. Where experience is better than the policy, the policy's time stays
the promise: it is what the desk answers for; what is usual is told beside it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from maildesk.core import standing
from maildesk.core.calendar import Calendar
from maildesk.core.duration import SOLUTION, Spread
from maildesk.core.known import Known
from maildesk.core.rules import HOUR, Rule, Rules
from maildesk.core.ticket import Kind, Priority, Ticket

WORTH = timedelta(minutes=15)
"""What is usual is worth a word when it is so much sooner than what is promised."""


class Time(NamedTuple):
    """A time that can be kept. `usually` is when half of such tickets were done, where that is notably sooner; `measured` whether
    `by` is what nine of ten needed, because that is more than the policy says."""

    by: datetime
    usually: datetime | None
    measured: bool


def first_answer(kind: Kind, known: Known, now: datetime) -> Time | None:
    """By when a person will have answered such a ticket that arrived at `now`; None where no rule sees to that."""
    rules = known.policy.rules_of(kind)
    if not rules.first_answer.on:
        return None
    return _time(rules.first_answer.due, rules.calendar_of(Rule.FIRST_ANSWER), _spread(Rule.FIRST_ANSWER, kind, known), now)


def told_by(time: Time | None) -> datetime | None:
    """The time that a letter names, where there is one."""
    return time.by if time else None


def solution(kind: Kind, known: Known, now: datetime) -> Time:
    """By when such a ticket that arrived at `now` will be solved."""
    rules = known.policy.rules_of(kind)
    return _time(rules.target, rules.calendar_of(Rule.PROMISE), _spread(SOLUTION, kind, known), now)


def again(ticket: Ticket, known: Known, now: datetime) -> tuple[datetime, bool]:
    """When a requester whose promise cannot be kept hears more: at a later ETA of the engineer, and whether it is one; else when
    nine of ten such tickets would be solved that arrived now, or in the first hour of work after that; or that arrived when the
    promised time is over, where that would be sooner than promised. Each further time that is moved without a person's word in
    between is twice as far off as the one before: nobody is put off every few hours."""
    eta, told = standing.promise(ticket), ticket.promised
    if eta is not None and eta.at > max(now, told.at if told else now):
        return eta.at, True
    kept = _at_work(ticket, known, max(solution(ticket.kind, known, now).by, _farther(ticket, known, now)))
    if told and kept <= told.at:
        kept = _at_work(ticket, known, solution(ticket.kind, known, told.at).by)
    return kept, False


def _at_work(ticket: Ticket, known: Known, by: datetime) -> datetime:
    """The moment itself where somebody works, else in the first hour of work after it; a P1 is worked on at any time."""
    desk = known.policy.rules(ticket).desk
    return by if ticket.priority is Priority.P1 or desk.open_at(by) else desk.add(by, HOUR)


def _farther(ticket: Ticket, known: Known, now: datetime) -> datetime:
    """Twice the time for which the requester was last put off by the desk alone; `now` when he was not."""
    last, heard = ticket.promised, ticket.heard_at or standing.begun_at(ticket)
    if last is None or last == ticket.eta or last.said_at <= heard:
        return now
    calendar = known.policy.rules(ticket).calendar_of(Rule.PROMISE)
    return calendar.add(now, 2 * calendar.between(last.said_at, last.at))


def _time(allowed: timedelta, calendar: Calendar, spread: Spread | None, now: datetime) -> Time:
    if spread is None:
        return Time(calendar.add(now, allowed), None, measured=False)
    by, usually = calendar.add(now, max(allowed, spread.p90)), calendar.add(now, spread.median)
    sooner = spread.median < allowed and by - usually >= WORTH
    return Time(by, usually if sooner else None, measured=spread.p90 > allowed)


def _spread(rule: str, kind: Kind, known: Known) -> Spread | None:
    """How long it took with tickets of this priority and category; where those are too few, of this priority."""
    least = known.policy.rules_of(kind).promises.least
    found = (known.took.get((rule, kind.priority, category)) for category in (kind.category, None))
    return next((spread for spread in found if spread is not None and spread.count >= least), None)


def first_answer_by(rules: Rules, now: datetime) -> datetime | None:
    """By when a person must have answered what arrived at `now`; None where no rule asks for that."""
    if not rules.first_answer.on:
        return None
    return rules.calendar_of(Rule.FIRST_ANSWER).add(now, rules.first_answer.due)


def open_now(rules: Rules, now: datetime) -> bool:
    """Whether the desk works on such a ticket at this moment."""
    return rules.calendar.open_at(now)


def closes_on(rules: Rules, asked_at: datetime) -> datetime | None:
    """When a ticket is closed if the requester, asked at that moment, stays silent; None where it stays open."""
    if not rules.resolved.on:
        return None
    return rules.calendar_of(Rule.RESOLVED).working_days_later(asked_at, rules.resolved.close)
