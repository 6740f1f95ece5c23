"""How a rule stands with a ticket: whether its clock runs, since when and for how long, and if it does not run, why not.

This is the one place that says whom a rule concerns. `alarms` says when it speaks, `ledger` what there is to report of it.

    rule              runs from                             until
    first_answer      the ticket opened or reopened         a person answered
    missing           the same, while facts are missing     a letter asked for them
    confirm_priority  the same                              an engineer confirmed the priority
    line2             it came to line 1                     it is solved, or went to line 2
    progress          the last progress, again and again    the next progress
    eta               opened or reopened; an ETA given      an ETA is given; it is kept
    promise           the requester was told a time         it is solved, or he is told another
    phone             its priority asks for a call          somebody called
    waiting           it began to wait for the requester    he answered, or it is closed
    scheduled         it began to wait until a date         that date
    resolved          it was solved                         he answered, or it is closed
    survey            he was asked to rate us               he did, or was reminded once
    silence           he last heard a person, again and again   the next word of a person
    stalled           it began to wait for a vendor or an   somebody says until when, or the
                      approval, nobody says until when      waiting ends
    observing         the work was done                     the moment until which it is watched
    archive           it was closed                         an article is named, or why there is none

The requester's silence (waiting, resolved, survey) and that of others (stalled) is counted in working days.
An ETA and the promise of the same time have one deadline.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from maildesk.core import clock
from maildesk.core.calendar import ALWAYS, Calendar
from maildesk.core.clock import Run
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule, Rules
from maildesk.core.ticket import Archive, Eta, Status, Ticket, Waiting

DUTY = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING})
"""In these somebody owes something; who observes has done his part."""

OUTSIDE = frozenset({Waiting.VENDOR, Waiting.APPROVAL})
"""For whom a ticket waits without a word from us to him."""


class State(StrEnum):
    """RESTING is a clock that nothing stops, outside its working hours; IDLE a rule that does not concern the ticket."""

    RUNNING = "running"
    RESTING = "resting"
    PAUSED = "paused"
    DONE = "done"
    IDLE = "idle"
    OFF = "off"


class Idle(StrEnum):
    """Why a rule does not concern a ticket."""

    OVER = "over"
    NOBODY = "nobody"
    COMPLETE = "complete"
    PRIORITY = "priority"
    LINE = "line"
    NOT_WAITING = "not_waiting"
    NO_DATE = "no_date"
    NOT_SOLVED = "not_solved"
    NOT_CLOSED = "not_closed"
    NOT_ASKED = "not_asked"
    NOT_STALLED = "not_stalled"
    DATED = "dated"
    NOT_OBSERVING = "not_observing"
    NOT_OWED = "not_owed"


class Standing(NamedTuple):
    """One rule of one ticket.

    `why` says what a ticket waits for whose clock is PAUSED, or why a rule is IDLE; `until` when it was DONE, where that is
    known. A rule with a clock has `runs` and the `span` it allows; one that counts working days has `days`, and whose.
    `told` is the moment that somebody was told: it is never over before that, and other rules do not change it.
    """

    rule: Rule
    state: State
    why: Waiting | Idle | None = None
    since: datetime | None = None
    until: datetime | None = None
    runs: tuple[Run, ...] = ()
    span: timedelta | None = None
    days: int | None = None
    calendar: Calendar | None = None
    told: datetime | None = None

    @property
    def deadline(self) -> datetime:
        """When its time is used up, but not before the moment that was told. Raises ValueError for a clock that is stopped."""
        assert self.span is not None
        ends = clock.reached(self.runs, self.span)
        return ends if self.told is None else max(ends, self.told)

    def over(self, now: datetime) -> bool:
        """Whether its deadline is over; at that very moment it is not."""
        assert self.span is not None
        return clock.over(self.runs, self.span, now) and (self.told is None or self.told < now)


def standing(ticket: Ticket, policy: Policy, rule: Rule) -> Standing:
    """How this rule stands with the ticket, by what the ticket says of itself."""
    (how,) = standings(ticket, policy, (rule,))
    return how


def standings(ticket: Ticket, policy: Policy, some: Iterable[Rule]) -> Iterator[Standing]:
    """The same for some rules, in their order."""
    known, rules = _known(ticket, policy), policy.rules(ticket)
    for rule in some:
        how = known.get(rule)
        if how is None:
            how = known[rule] = _RULES[rule](ticket, policy, rules)
        yield how


# Of a ticket is asked again and again, and most of what happens to it leaves its clocks alone: an alarm that speaks changes
# nothing but `spoken`. So what was found is kept for as long as everything is the same that it follows from.

_UNTIMED = frozenset({"version", "spoken", "linked", "wake_at", "due_at"})
"""Of this no clock takes notice."""

_timed = attrgetter(*(name for name in Ticket.__dataclass_fields__ if name not in _UNTIMED))

MOST_KNOWN = 1000
"""So many tickets a policy knows by heart."""


def _known(ticket: Ticket, policy: Policy) -> dict[Rule, Standing]:
    """What was found of this ticket before, if it was the same."""
    timed = _timed(ticket)
    before, known = policy.stood.get(ticket.id, (None, {}))
    if before != timed:
        known = {}
        if len(policy.stood) >= MOST_KNOWN:
            policy.stood.clear()
        policy.stood[ticket.id] = timed, known
    return known


def begun_at(ticket: Ticket) -> datetime:
    """When the present round of the ticket began."""
    return ticket.reopened_at or ticket.opened_at


def promise(ticket: Ticket) -> Eta | None:
    """What the requester was promised in the present round."""
    return ticket.eta if ticket.eta is not None and ticket.eta.said_at >= begun_at(ticket) else None


def promised(ticket: Ticket) -> Eta | None:
    """By when the requester expects a solution: what he was last told in the present round."""
    return ticket.promised if ticket.promised is not None and ticket.promised.said_at >= begun_at(ticket) else None


# -- duties, by the clock ------------------------------------------------------------------------------------------------


class _Duty(NamedTuple):
    """What a rule asks for. `done` is whether it was, `at` when; `told` the moment that somebody was told, `by` the calendar of
    that word."""

    rule: Rule
    on: bool
    since: datetime
    span: timedelta
    idle: Idle | None = None
    done: bool = False
    at: datetime | None = None
    told: datetime | None = None
    by: Calendar | None = None


def _stands(ticket: Ticket, policy: Policy, duty: _Duty) -> Standing:
    if not duty.on:
        return Standing(rule=duty.rule, state=State.OFF)
    idle = duty.idle or (None if duty.done or ticket.status in DUTY else Idle.OVER)
    if idle is not None:
        return Standing(rule=duty.rule, state=State.IDLE, why=idle)
    runs = clock.runs(ticket, policy, duty.rule, duty.since, by=duty.by)
    state, why = State.RUNNING, None
    if duty.done:
        state = State.DONE
    elif clock.stopped(runs):
        state, why = State.PAUSED, _waits_for(ticket, policy, duty.rule)
    return Standing(
        rule=duty.rule, state=state, why=why, since=duty.since, until=duty.at, runs=runs, span=duty.span, told=duty.told
    )


def _waits_for(ticket: Ticket, policy: Policy, rule: Rule) -> Waiting:
    """What the ticket waits for whose clock is stopped."""
    return next(pause.why for pause in clock.stops(ticket, policy, rule) if pause.until is None)


def _nobody(ticket: Ticket) -> Idle | None:
    return None if ticket.requester else Idle.NOBODY


def _first_answer(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    steps, begun, at = rules.first_answer, begun_at(ticket), ticket.first_answer_at
    answered = at is not None and at >= begun
    duty = _Duty(
        rule=Rule.FIRST_ANSWER,
        on=steps.on,
        since=begun,
        span=steps.due,
        idle=_nobody(ticket),
        done=answered,
        at=at if answered else None,
    )
    return _stands(ticket, policy, duty)


def _missing(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    steps, at = rules.missing, ticket.missing_asked_at
    complete = None if ticket.missing or at is not None else Idle.COMPLETE
    duty = _Duty(
        rule=Rule.MISSING,
        on=steps.on,
        since=begun_at(ticket),
        span=steps.due,
        idle=_nobody(ticket) or complete,
        done=at is not None,
        at=at,
    )
    return _stands(ticket, policy, duty)


def _confirm_priority(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    steps, confirmed = rules.confirm_priority, ticket.confirmed is not None
    duty = _Duty(
        rule=Rule.CONFIRM_PRIORITY,
        on=steps.on,
        since=begun_at(ticket),
        span=steps.due,
        done=confirmed,
        at=ticket.priority_at if confirmed else None,
    )
    return _stands(ticket, policy, duty)


def _phone(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    steps, begun, at = rules.phone, begun_at(ticket), ticket.called_at
    called = at is not None and at >= begun
    duty = _Duty(
        rule=Rule.PHONE,
        on=steps.on,
        since=clock.phoned_since(ticket, policy, begun) or begun,
        span=steps.due,
        idle=_nobody(ticket) or (Idle.PRIORITY if ticket.priority in steps.never else None),
        done=called,
        at=at if called else None,
    )
    return _stands(ticket, policy, duty)


def _line2(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    """Done when it went to line 2; of no concern to a ticket that began there, or is there from an earlier round."""
    rule, since = rules.line2, max(begun_at(ticket), ticket.line_since or ticket.opened_at)
    left = ticket.line2_at if ticket.line2_at is not None and ticket.line2_at > since else None
    idle = Idle.PRIORITY if ticket.priority in rule.never else Idle.LINE if ticket.line != 1 and left is None else None
    duty = _Duty(rule=Rule.LINE2, on=rule.on, since=since, span=rule.due, idle=idle, done=left is not None, at=left)
    return _stands(ticket, policy, duty)


def _progress(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    since = max(filter(None, (begun_at(ticket), ticket.assigned_at, ticket.progressed_at)))
    return _stands(ticket, policy, _Duty(rule=Rule.PROGRESS, on=rules.progress.on, since=since, span=rules.progress.due))


def _eta(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    """Nobody said when it will be done; and once somebody did, that it comes true."""
    rule, idle, said = rules.eta, _nobody(ticket), promise(ticket)
    if said is None:
        duty = _Duty(rule=Rule.ETA, on=rule.on, since=begun_at(ticket), span=rule.beyond, idle=idle)
    else:
        duty = _word(Rule.ETA, said, rules, on=rule.on, idle=idle)
    return _stands(ticket, policy, duty)


def _promise(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    said, on = promised(ticket), rules.promises.on
    if said is None or said.at <= said.said_at:
        since, idle = begun_at(ticket), _nobody(ticket) or Idle.NO_DATE
        return _stands(ticket, policy, _Duty(rule=Rule.PROMISE, on=on, since=since, span=timedelta(), idle=idle))
    return _stands(ticket, policy, _word(Rule.PROMISE, said, rules, on=on, idle=_nobody(ticket)))


def _word(rule: Rule, said: Eta, rules: Rules, *, on: bool, idle: Idle | None) -> _Duty:
    """A time that was told is one deadline, whoever told it to whom: the working time until then, in one calendar whatever the
    ticket becomes, so that it strikes at that moment, or as much later as the ticket stood still. Where nobody works until then,
    real time."""
    calendar = rules.calendar_of(Rule.PROMISE)
    by = calendar if calendar.between(said.said_at, said.at) else ALWAYS
    span = by.between(said.said_at, said.at)
    return _Duty(rule=rule, on=on, since=said.said_at, span=span, idle=idle, told=said.at, by=by)


def _silence(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    rule, since = rules.silence, max(filter(None, (begun_at(ticket), ticket.first_answer_at, ticket.heard_at)))
    span = rule.due[ticket.priority]
    return _stands(ticket, policy, _Duty(rule=Rule.SILENCE, on=rule.on, since=since, span=span, idle=_nobody(ticket)))


# -- waiting, by the calendar --------------------------------------------------------------------------------------------


def _waiting(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    silent = ticket.status is Status.WAITING and ticket.waiting is Waiting.USER
    return _silent(ticket, rules, Rule.WAITING, waits_since(ticket) if silent else None, Idle.NOT_WAITING)


def waits_since(ticket: Ticket) -> datetime | None:
    """When the waiting or the observing began that has not ended."""
    return next((pause.since for pause in reversed(ticket.pauses) if pause.until is None), None)


def _resolved(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    since = ticket.resolved_at if ticket.status is Status.RESOLVED else None
    return _silent(ticket, rules, Rule.RESOLVED, since, Idle.NOT_SOLVED)


def _silent(ticket: Ticket, rules: Rules, rule: Rule, since: datetime | None, otherwise: Idle) -> Standing:
    """The requester has not answered since an instant; without one the rule has nothing to wait for."""
    chasers = rules.waiting if rule is Rule.WAITING else rules.resolved
    if not chasers.on:
        return Standing(rule=rule, state=State.OFF)
    idle = _nobody(ticket) or (otherwise if since is None else None)
    if idle is not None:
        return Standing(rule=rule, state=State.IDLE, why=idle)
    calendar = rules.calendar_of(rule)
    return Standing(rule=rule, state=State.RUNNING, since=since, days=chasers.close, calendar=calendar)


def _scheduled(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    """A date until which a ticket waits, whatever it waits for."""
    if not rules.scheduled.on:
        return Standing(rule=Rule.SCHEDULED, state=State.OFF)
    if ticket.status is not Status.WAITING or ticket.waiting_until is None:
        return Standing(rule=Rule.SCHEDULED, state=State.IDLE, why=Idle.NO_DATE)
    return Standing(rule=Rule.SCHEDULED, state=State.RUNNING)


def _stalled(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    if not rules.stalled.on:
        return Standing(rule=Rule.STALLED, state=State.OFF)
    since = waits_since(ticket) if ticket.status is Status.WAITING and ticket.waiting in OUTSIDE else None
    dated = rules.scheduled.on and ticket.waiting_until is not None
    if since is None or dated:
        return Standing(rule=Rule.STALLED, state=State.IDLE, why=Idle.NOT_STALLED if since is None else Idle.DATED)
    calendar = rules.calendar_of(Rule.STALLED)
    return Standing(rule=Rule.STALLED, state=State.RUNNING, since=since, days=rules.stalled.lead, calendar=calendar)


def _observing(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    if not rules.observing.on:
        return Standing(rule=Rule.OBSERVING, state=State.OFF)
    if ticket.status is not Status.OBSERVING or ticket.waiting_until is None:
        return Standing(rule=Rule.OBSERVING, state=State.IDLE, why=Idle.NOT_OBSERVING)
    return Standing(rule=Rule.OBSERVING, state=State.RUNNING, since=waits_since(ticket))


def _archive(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    """No alarm speaks of it: there is a list of all that somebody owes."""
    if not rules.archive.on:
        return Standing(rule=Rule.ARCHIVE, state=State.OFF)
    closed = ticket.status in (Status.CLOSED, Status.ARCHIVED)
    if not closed or ticket.archive is Archive.NOT_OWED:
        return Standing(rule=Rule.ARCHIVE, state=State.IDLE, why=Idle.NOT_OWED if closed else Idle.NOT_CLOSED)
    state = State.RUNNING if ticket.archive is Archive.PENDING else State.DONE
    return Standing(rule=Rule.ARCHIVE, state=state, since=ticket.closed_at)


def _survey(ticket: Ticket, policy: Policy, rules: Rules) -> Standing:
    if not rules.survey.on:
        return Standing(rule=Rule.SURVEY, state=State.OFF)
    asked = None if ticket.surveyed_at is not None else Idle.NOT_ASKED
    idle = _nobody(ticket) or (asked if ticket.status in (Status.CLOSED, Status.ARCHIVED) else Idle.NOT_CLOSED)
    if idle is not None:
        return Standing(rule=Rule.SURVEY, state=State.IDLE, why=idle)
    state = State.RUNNING if ticket.rating is None else State.DONE
    calendar = rules.calendar_of(Rule.SURVEY)
    return Standing(rule=Rule.SURVEY, state=state, since=ticket.surveyed_at, days=rules.survey.remind, calendar=calendar)


_RULES: Mapping[Rule, Callable[[Ticket, Policy, Rules], Standing]] = MappingProxyType(
    {
        Rule.FIRST_ANSWER: _first_answer,
        Rule.MISSING: _missing,
        Rule.CONFIRM_PRIORITY: _confirm_priority,
        Rule.PHONE: _phone,
        Rule.LINE2: _line2,
        Rule.PROGRESS: _progress,
        Rule.ETA: _eta,
        Rule.PROMISE: _promise,
        Rule.WAITING: _waiting,
        Rule.RESOLVED: _resolved,
        Rule.SCHEDULED: _scheduled,
        Rule.SURVEY: _survey,
        Rule.SILENCE: _silence,
        Rule.STALLED: _stalled,
        Rule.OBSERVING: _observing,
        Rule.ARCHIVE: _archive,
    }
)
