"""The alarms of a ticket: at which moments a rule speaks, as a function of the ticket and the policy.

There are no timers to set or to cancel. Whoever changes a ticket changes what `alarms` says of it, and only the earliest moment
is kept (`wake_at`). The clock of a rule (see `clock`) runs from an instant that the ticket itself tells:

    rule              runs from                             until
    first_answer      the ticket opened or reopened         a person answered
    missing           the same, while facts are missing     a letter asked for them
    confirm_priority  the same                              an engineer confirmed the priority
    line2             it came to line 1                     it is solved or on line 2
    progress          the last progress, again and again    the next progress
    eta               opened or reopened; an ETA given      an ETA is given; it is kept
    phone             it became P1                          somebody called
    waiting           it began to wait for the requester    he answered, or it is closed
    scheduled         it began to wait until a date         that date
    resolved          it was solved                         he answered, or it is closed
    survey            he was asked to rate us               he did, or was reminded once

The requester's silence (waiting, resolved, survey) is counted in working days of the desk, an ETA in real time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from maildesk.core import clock
from maildesk.core.calendar import ALWAYS
from maildesk.core.clock import Rule
from maildesk.core.policy import Policy, Steps
from maildesk.core.ticket import Priority, Status, Ticket, Waiting

DUTY = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING})
"""In these somebody owes something; who observes has done his part."""


class Step(StrEnum):
    """What a rule does when it speaks. A step that comes several times is counted in `Alarm.nth`."""

    REMIND = "remind"
    LEAD = "lead"
    WARN = "warn"
    HANDOVER = "handover"
    ASK = "ask"
    LATE = "late"
    MISSED = "missed"
    CHASER = "chaser"
    CLOSE = "close"
    RESUME = "resume"
    RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A moment at which a rule speaks. `deadline` is what it speaks of: the moment at which the duty is broken.

    `since` is when the rule's clock began, `nth` counts repetitions of the step. They name the alarm, because the deadline
    itself moves with each pause, and what was said must not be said again for that.
    """

    due: datetime
    rule: Rule
    step: Step
    deadline: datetime
    since: datetime
    nth: int = 1

    @property
    def kind(self) -> str:
        """What all alarms of this rule and step begin their names with."""
        return f"alarm:{self.rule}:{self.step}:"

    @property
    def clock(self) -> str:
        """The same for those of one clock."""
        return f"{self.kind}{self.since.astimezone(UTC).isoformat(timespec='seconds')}/"

    @property
    def key(self) -> str:
        """Its name in `ticket.spoken` and the progress: nothing speaks twice under one name."""
        return f"{self.clock}{self.nth}"

    @property
    def escalates(self) -> bool:
        """Whether it speaks to the leads."""
        return self.step is Step.LEAD


def alarms(ticket: Ticket, policy: Policy, now: datetime | None = None) -> tuple[Alarm, ...]:
    """Everything that will speak if nothing changes and has not spoken yet, earliest first.

    A duty that repeats gives its present period and the next one. The present period is the last that has spoken, or with
    `now` the one that runs then: after a long silence the periods in between are not worth a word.
    """
    return tuple(sorted(_unspoken(ticket, policy, now), key=lambda alarm: (alarm.due, alarm.rule, alarm.nth)))


def wake_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the ticket must be looked at next; in the past when something is due already."""
    return min((alarm.due for alarm in _unspoken(ticket, policy)), default=None)


def stands(ticket: Ticket, policy: Policy, key: str) -> bool:
    """Whether what an alarm has said is still true, and the latest that its rule has said to the same people."""
    every = tuple(_every(ticket, policy, None))
    mine = next((alarm for alarm in every if alarm.key == key), None)
    return mine is not None and not any(
        alarm.rule is mine.rule and alarm.escalates is mine.escalates and alarm.due > mine.due and alarm.key in ticket.spoken
        for alarm in every
    )


def spoken_with(ticket: Ticket, said: tuple[Alarm, ...]) -> frozenset[str]:
    """`ticket.spoken` after these alarms, without the names that can never come back: those of the same step under an older
    clock, and of earlier periods."""
    spoken = ticket.spoken
    for alarm in said:
        kept = () if alarm.rule is Rule.PROGRESS else (alarm.clock,)
        spoken = frozenset(key for key in spoken if not key.startswith(alarm.kind) or key.startswith(kept)) | {alarm.key}
    return spoken


def begun_at(ticket: Ticket) -> datetime:
    """When the present round of the ticket began."""
    return ticket.reopened_at or ticket.opened_at


# -- the rules -----------------------------------------------------------------------------------------------------------


def _unspoken(ticket: Ticket, policy: Policy, now: datetime | None = None) -> Iterator[Alarm]:
    """Those that have not spoken yet, in no order; of a ticket of which none has, not even their names are asked."""
    every = _every(ticket, policy, now)
    return (alarm for alarm in every if alarm.key not in ticket.spoken) if ticket.spoken else every


def _every(ticket: Ticket, policy: Policy, now: datetime | None) -> Iterator[Alarm]:
    """The alarms of all rules, spoken or not."""
    for rule in _RULES:
        yield from rule(ticket, policy)
    yield from _progress(ticket, policy, now)


def _first_answer(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    begun = begun_at(ticket)
    answered = ticket.first_answer_at is not None and ticket.first_answer_at >= begun
    if ticket.requester and not answered:
        yield from _steps(ticket, policy, Rule.FIRST_ANSWER, begun, policy.first_answer)


def _missing(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    if ticket.requester and ticket.missing and ticket.missing_asked_at is None:
        yield from _steps(ticket, policy, Rule.MISSING, begun_at(ticket), policy.missing)


def _confirm_priority(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    if ticket.confirmed is None:
        yield from _steps(ticket, policy, Rule.CONFIRM_PRIORITY, begun_at(ticket), policy.confirm_priority)


def _phone(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    begun = begun_at(ticket)
    called = ticket.called_at is not None and ticket.called_at >= begun
    if ticket.priority is not Priority.P1 or called or not ticket.requester:
        return
    if ticket.proposed is not Priority.P1 and ticket.priority_at is not None:
        begun = max(begun, ticket.priority_at)
    yield from _steps(ticket, policy, Rule.PHONE, begun, policy.phone)


def _steps(ticket: Ticket, policy: Policy, rule: Rule, since: datetime, steps: Steps) -> Iterator[Alarm]:
    """A duty with reminders to the engineer and words to the leads; broken at the last of them."""
    runs = clock.runs(ticket, policy, rule, since)
    if ticket.status not in DUTY or not steps.on or clock.stopped(runs):
        return
    deadline = clock.reached(runs, max((*steps.remind, *steps.lead), default=timedelta()))
    for step, spans in ((Step.REMIND, steps.remind), (Step.LEAD, steps.lead)):
        for nth, span in enumerate(spans, 1):
            due = clock.reached(runs, span)
            yield Alarm(due=due, rule=rule, step=step, deadline=deadline, since=since, nth=nth)


def _line2(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    duty, since = policy.line2, max(begun_at(ticket), ticket.line_since or ticket.opened_at)
    runs = clock.runs(ticket, policy, Rule.LINE2, since)
    concerned = ticket.status in DUTY and ticket.line == 1 and ticket.priority not in duty.never
    if not concerned or not duty.on or clock.stopped(runs):
        return
    deadline = clock.reached(runs, duty.due)
    warned = clock.reached(runs, duty.warn)
    yield Alarm(due=warned, rule=Rule.LINE2, step=Step.WARN, deadline=deadline, since=since)
    yield Alarm(due=deadline, rule=Rule.LINE2, step=Step.HANDOVER, deadline=deadline, since=since)


def _progress(ticket: Ticket, policy: Policy, now: datetime | None) -> Iterator[Alarm]:
    """Asked, late, the lead told, in every period in which nothing is reported."""
    duty = policy.progress
    since = max(filter(None, (begun_at(ticket), ticket.assigned_at, ticket.progressed_at)))
    runs = clock.runs(ticket, policy, Rule.PROGRESS, since)
    if ticket.status not in DUTY or not duty.on or clock.stopped(runs):
        return
    passed = 0 if now is None else clock.used(runs, now) // duty.due
    first = max(passed, _last_spoken(ticket, since), 1)
    for nth in (first, first + 1):
        start = (nth - 1) * duty.due
        deadline = clock.reached(runs, start + duty.due)
        for step, span in ((Step.ASK, duty.ask), (Step.LATE, duty.due), (Step.LEAD, duty.lead)):
            due = clock.reached(runs, start + span)
            yield Alarm(due=due, rule=Rule.PROGRESS, step=step, deadline=deadline, since=since, nth=nth)


def _last_spoken(ticket: Ticket, since: datetime) -> int:
    """The last period of the progress duty that has said anything; 0 when none has."""
    if not ticket.spoken:
        return 0
    clocks = tuple(
        Alarm(due=since, rule=Rule.PROGRESS, step=step, deadline=since, since=since).clock
        for step in (Step.ASK, Step.LATE, Step.LEAD)
    )
    return max((int(key.rpartition("/")[2]) for key in ticket.spoken if key.startswith(clocks)), default=0)


def _eta(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    """Nobody said when it will be done, or what was said did not come true."""
    duty, begun, eta = policy.eta, begun_at(ticket), ticket.eta
    if ticket.status not in DUTY or not duty.on or not ticket.requester:
        return
    if eta is None or eta.said_at < begun:
        runs = clock.runs(ticket, policy, Rule.ETA, begun)
        if not clock.stopped(runs):
            asked, deadline = clock.reached(runs, duty.ask), clock.reached(runs, duty.beyond)
            yield Alarm(due=asked, rule=Rule.ETA, step=Step.ASK, deadline=deadline, since=begun)
        return
    runs = clock.runs(ticket, policy, Rule.ETA, eta.said_at, by=ALWAYS)
    if not clock.stopped(runs):
        missed = clock.reached(runs, eta.at - eta.said_at)
        yield Alarm(due=missed, rule=Rule.ETA, step=Step.MISSED, deadline=missed, since=eta.said_at)


def _waiting(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    since = next((pause.since for pause in reversed(ticket.pauses) if pause.until is None), None)
    if ticket.status is Status.WAITING and ticket.waiting is Waiting.USER and since is not None:
        yield from _chased(ticket, policy, Rule.WAITING, since)


def _resolved(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    if ticket.status is Status.RESOLVED and ticket.resolved_at is not None:
        yield from _chased(ticket, policy, Rule.RESOLVED, ticket.resolved_at)


def _chased(ticket: Ticket, policy: Policy, rule: Rule, since: datetime) -> Iterator[Alarm]:
    """The requester's silence: chasers, then the end."""
    chasers = policy.chasers
    if not chasers.on or not ticket.requester:
        return
    said = _chasers_spoken(ticket, rule, since)
    *dues, end = (_after(ticket, policy, since, days, said) for days in (*chasers.after, chasers.close))
    for nth, due in enumerate(dues, 1):
        yield Alarm(due=due, rule=rule, step=Step.CHASER, deadline=end, since=since, nth=nth)
    yield Alarm(due=end, rule=rule, step=Step.CLOSE, deadline=end, since=since)


def _chasers_spoken(ticket: Ticket, rule: Rule, since: datetime) -> int:
    chaser = Alarm(due=since, rule=rule, step=Step.CHASER, deadline=since, since=since)
    return sum(key.startswith(chaser.clock) for key in ticket.spoken)


def _after(ticket: Ticket, policy: Policy, since: datetime, days: int, said: int) -> datetime:
    """So many working days after `since`, and no sooner after the last chaser than the policy leaves between the two.

    A chaser that came late, because the desk was down, moves what follows: nobody is closed unheard.
    """
    due = policy.calendar.working_days_later(since, days)
    last = max(policy.chasers.after[:said], default=days)
    if ticket.chased_at is None or last >= days:
        return due
    return max(due, policy.calendar.working_days_later(ticket.chased_at, days - last))


def _scheduled(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    """A date until which a ticket waits, whatever it waits for."""
    until = ticket.waiting_until
    if ticket.status is Status.WAITING and until is not None:
        yield Alarm(due=until, rule=Rule.SCHEDULED, step=Step.RESUME, deadline=until, since=until)


def _survey(ticket: Ticket, policy: Policy) -> Iterator[Alarm]:
    closed = ticket.status in (Status.CLOSED, Status.ARCHIVED)
    asked = ticket.surveyed_at
    if policy.survey.on and closed and asked is not None and ticket.rating is None and ticket.requester:
        due = policy.calendar.working_days_later(asked, policy.survey.remind)
        yield Alarm(due=due, rule=Rule.SURVEY, step=Step.RATE, deadline=due, since=asked)


_RULES: tuple[Callable[[Ticket, Policy], Iterator[Alarm]], ...] = (
    _first_answer,
    _missing,
    _confirm_priority,
    _phone,
    _line2,
    _eta,
    _waiting,
    _resolved,
    _scheduled,
    _survey,
)
