"""How the duties of a ticket were kept: the clocks that a decision has ended or found broken, and how long they ran.

A duty is settled once: kept when it was done before its time was over, or at the very moment, broken when its time was over
before. Only then does it count, on the day on which that happened. What was done in time and told late was done in time.

    rule              kept when, in time,                                 not counted when
    first_answer      a person answered                                   it was withdrawn, merged or spam before
    missing           a letter asked for what was missing                 the requester told it unasked; as above
    confirm_priority  an engineer confirmed it                            it was solved before
    phone             somebody called                                     it was no P1 any more
    line2             line 1 solved it or gave it to line 2               its priority knows no line 2
    progress          progress was reported, or it was solved             it was given to somebody else
    silence           the requester had a person's word, or it was solved it was withdrawn, merged or spam before
    eta               an ETA was given; then: it was solved by the ETA    the ETA was brought forward
    solution          it was solved within the target of its priority     it is open still; guided, withdrawn, merged or spam

An ETA that was put off counts as broken, whoever was told of it. A solution counts from the opening of the ticket to the last
time that it was solved; one that did not hold is broken until the next. Time is that of the rule's own clock, of a solution that
of a first answer: what the ticket waited for the requester is not in it, what it waited for others is.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter

from maildesk.core import clock
from maildesk.core.duration import SOLUTION, Duration
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.standing import Standing, State, promise, standing
from maildesk.core.ticket import Status, Ticket

CLOCKED = (
    Rule.FIRST_ANSWER,
    Rule.MISSING,
    Rule.CONFIRM_PRIORITY,
    Rule.PHONE,
    Rule.LINE2,
    Rule.PROGRESS,
    Rule.SILENCE,
    Rule.ETA,
)
"""The rules of whose clocks is kept how long they ran, in the order in which reports list them."""

SOLVED = frozenset({Status.OBSERVING, Status.RESOLVED, Status.CLOSED, Status.ARCHIVED})
"""In these the desk has done its part."""

RUNNING = frozenset({State.RUNNING, State.PAUSED})

_moving = attrgetter(
    *("status", "first_answer_at", "missing", "missing_asked_at", "confirmed", "priority_at", "called_at", "line"),
    *("assigned_at", "progressed_at", "heard_at", "eta", "resolved_at", "reopened_at", "category"),
)
"""What a clock ends by; where a decision leaves all of it alone, only what the rules said in it can settle anything."""


def settled(before: Ticket, after: Ticket, policy: Policy, now: datetime) -> tuple[Duration, ...]:
    """What is settled by the change from one ticket to the other at `now`."""
    spoke = {key.split(":")[1] for key in after.spoken - before.spoken}
    if spoke:  # the hour by which an ETA was owed passes in silence: it is told by the next word of any rule
        spoke.add(Rule.ETA)
    looked_at = [rule for rule in CLOCKED if rule in spoke] if _moving(before) == _moving(after) else CLOCKED
    found = (_settled(rule, before, after, policy, now, spoke=rule in spoke) for rule in looked_at)
    return (*(one for one in found if one is not None), *_solution(before, after, policy))


def _settled(rule: Rule, before: Ticket, after: Ticket, policy: Policy, now: datetime, *, spoke: bool) -> Duration | None:
    """The clock of a rule that has ended, or that still runs and was found broken when the rule spoke."""
    was = standing(before, policy, rule)
    if was.state not in RUNNING or was.span is None:
        return None
    stands = standing(after, policy, rule)
    ended = stands.state not in RUNNING or stands.since != was.since
    if not (ended or spoke):
        return None
    done_at = min(stands.until or now, now) if stands.state is State.DONE else now
    used = clock.used(was.runs, done_at)
    if was.over(done_at) or (not ended and used >= was.span and done_at >= was.deadline):
        return _broken(was, before, used, done_at, ended=ended)
    met = _met(was, before, after, stands) if ended else None
    if met is None:
        return None
    return _duration(was, before, settled_at=done_at, kept=met, took=used)


def _broken(was: Standing, ticket: Ticket, used: timedelta, done_at: datetime, *, ended: bool) -> Duration:
    """Its time was over; a duty that repeats is broken once in each of its periods, but not in one at whose end it was done."""
    assert was.span is not None
    nth = used // was.span if was.rule in (Rule.PROGRESS, Rule.SILENCE) else 1
    if ended and not clock.over(was.runs, nth * was.span, done_at):
        nth -= 1
    at = was.deadline if nth == 1 else clock.reached(was.runs, nth * was.span)
    return _duration(was, ticket, settled_at=at, kept=False, took=used if ended else None, nth=nth)


def _duration(
    was: Standing, ticket: Ticket, *, settled_at: datetime, kept: bool, took: timedelta | None, nth: int = 1
) -> Duration:
    assert was.since is not None
    assert was.span is not None
    return Duration(
        rule=was.rule,
        since=was.since,
        nth=nth,
        settled_at=settled_at,
        kept=kept,
        took=took,
        allowed=was.span,
        priority=ticket.priority,
        category=ticket.category,
        engineer=ticket.engineer,
    )


def _met(was: Standing, before: Ticket, after: Ticket, stands: Standing) -> bool | None:
    """Whether what ended in time was done; None when it was neither done nor broken."""
    rule, solved = was.rule, after.status in SOLVED
    if rule is Rule.PROGRESS:
        return solved or after.progressed_at != before.progressed_at or None
    if rule is Rule.SILENCE:
        return solved or after.heard_at != before.heard_at or None
    if rule is Rule.LINE2:
        return solved or after.line != before.line or None
    if rule is Rule.ETA:
        return solved or _moved(was, after)
    return stands.state is State.DONE or None


def _moved(was: Standing, after: Ticket) -> bool | None:
    """An ETA where there was none is a duty done; one that is put off is a promise broken, but not when it only moved by as much
    as the ticket stood still, or will."""
    new = promise(after)
    if was.told is None:
        return new is not None or None
    if new is None or new.said_at == after.waiting_until:
        return None
    moved = was.told if was.state is State.PAUSED else was.deadline
    return False if new.at > moved else None


def _solution(before: Ticket, after: Ticket, policy: Policy) -> Iterator[Duration]:
    """The time to the last solution; one that did not hold is none until there is another."""
    was, now = solved_at(before), solved_at(after)
    if was == now:
        return
    rules = policy.rules(after)
    allowed, by = rules.target, rules.calendar_of(Rule.PROMISE)
    runs = clock.runs(after, policy, Rule.FIRST_ANSWER, after.opened_at, by=by)
    settled_at = now or after.reopened_at
    assert settled_at is not None
    yield Duration(
        rule=SOLUTION,
        since=after.opened_at,
        settled_at=settled_at,
        kept=now is not None and not clock.over(runs, allowed, now),
        took=None if now is None else clock.used(runs, now),
        allowed=allowed,
        priority=after.priority,
        category=after.category,
        engineer=after.engineer,
    )


def solved_at(ticket: Ticket) -> datetime | None:
    """When it was solved in its last round: when an engineer said so, or it was closed by his word or the requester's."""
    by_word = ticket.status in (Status.CLOSED, Status.ARCHIVED) and ticket.closed_how in ("engineer", "confirmed")
    return ticket.resolved_at or (ticket.closed_at if by_word else None)
