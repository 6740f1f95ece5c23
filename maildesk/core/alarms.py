"""The alarms of a ticket: at which moments a rule speaks, as a function of the ticket and the policy.

There are no timers to set or to cancel. Whoever changes a ticket changes what `alarms` says of it, and only the earliest moment
is kept (`wake_at`). Whether a rule speaks at all, and from when on its clock runs, is said by `standing`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from maildesk.core import clock
from maildesk.core.calendar import Calendar
from maildesk.core.policy import Policy
from maildesk.core.rules import HOUR, Phone, Rule, Rules, Steps
from maildesk.core.standing import Standing, State, promise, standing
from maildesk.core.ticket import Priority, Ticket

QUARTER = timedelta(minutes=15)

DUTIES = (Rule.FIRST_ANSWER, Rule.MISSING, Rule.LINE2, Rule.PROGRESS, Rule.ETA, Rule.PHONE, Rule.SILENCE)
"""The rules whose deadline somebody of the desk breaks."""

UNATTENDED = 0
"""`nth` of the call at once."""


SELDOM = 16
"""A silence that lasts is spoken of in every so many-th period."""


class Step(StrEnum):
    """What a rule does when it speaks. A step that comes several times is counted in `Alarm.nth`."""

    REMIND = "remind"
    LEAD = "lead"
    WARN = "warn"
    HANDOVER = "handover"
    CALL = "call"
    ASK = "ask"
    LATE = "late"
    MISSED = "missed"
    DELAY = "delay"
    CHASER = "chaser"
    CLOSE = "close"
    RESUME = "resume"
    RESOLVE = "resolve"
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

    @property
    def heard_by(self) -> tuple[Rule, bool, bool]:
        """The same for all alarms that say the same thing to the same people."""
        return self.rule, self.escalates, self.rings

    @property
    def rings(self) -> bool:
        """Whether it goes by the other road, to whoever is on call: no letter says the same, and it says the same as none."""
        return self.step is Step.CALL


def alarms(ticket: Ticket, policy: Policy, now: datetime | None = None) -> tuple[Alarm, ...]:
    """Everything that will speak if nothing changes and has not spoken yet, earliest first.

    Of a step that repeats there are the present one and the next. The present one is the last that has spoken, or with `now` the
    last that was due by then: after a long silence those in between are not worth a word.
    """
    return tuple(sorted(_unspoken(ticket, policy, now), key=lambda alarm: (alarm.due, alarm.rule)))


def wake_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the ticket must be looked at next; in the past when something is due already."""
    return min((alarm.due for alarm in _unspoken(ticket, policy)), default=None)


def due_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the first of its duties is broken if nothing is done, or was; what was said of that since does not make it whole."""
    running = (how for how in (standing(ticket, policy, rule) for rule in DUTIES) if how.state is State.RUNNING)
    return min((_clock(how)[1] for how in running), default=None)


def stands(ticket: Ticket, policy: Policy, key: str) -> bool:
    """Whether what an alarm has said is still true, and the latest that its rule has said to the same people."""
    told = tuple(every(ticket, policy))
    mine = next((alarm for alarm in told if alarm.key == key), None)
    return mine is not None and not any(
        alarm.heard_by == mine.heard_by and alarm.due > mine.due and alarm.key in ticket.spoken for alarm in told
    )


def spoken_with(ticket: Ticket, said: tuple[Alarm, ...]) -> frozenset[str]:
    """`ticket.spoken` after these alarms, without the names that can never come back: those of the same step under an older
    clock, and of earlier periods."""
    spoken = ticket.spoken
    for alarm in said:
        kept = () if alarm.rule in _AGAIN else (alarm.clock,)
        spoken = frozenset(key for key in spoken if not key.startswith(alarm.kind) or key.startswith(kept)) | {alarm.key}
    return spoken


# -- the rules -----------------------------------------------------------------------------------------------------------


def _unspoken(ticket: Ticket, policy: Policy, now: datetime | None = None) -> Iterator[Alarm]:
    """Those that have not spoken yet, in no order; of a ticket of which none has, not even their names are asked."""
    told = every(ticket, policy, now)
    return (alarm for alarm in told if alarm.key not in ticket.spoken) if ticket.spoken else told


def every(ticket: Ticket, policy: Policy, now: datetime | None = None) -> Iterator[Alarm]:
    """The alarms of all rules, spoken or not, in no order."""
    rules, changed = policy.rules(ticket), _changed(ticket, policy)
    for rule, speaks in _RULES.items():
        how = standing(ticket, policy, rule)
        if how.state is State.RUNNING:
            yield from _in_grace(ticket, how, speaks(ticket, rules, how), changed)
    for rule, speaks_again in _AGAIN.items():
        how = standing(ticket, policy, rule)
        if how.state is State.RUNNING:
            yield from _in_grace(ticket, how, speaks_again(ticket, rules, how, now), changed)


# -- other rules than before ---------------------------------------------------------------------------------------------
#
# When a ticket becomes one of another kind, or the policy is changed, the time used so far may be more than the new rules allow.
# Nobody could have acted in time by rules that did not hold, so nothing of such a rule is said at once. It first runs for as
# long as its first step takes, from the change on; then what has been passed meanwhile is due together, and is said once.


def _changed(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the rules of this ticket last became others."""
    former = ticket.former[-1].until if ticket.former else None
    if former is None or policy.since is None:
        return former or policy.since
    return max(former, policy.since)


def _in_grace(ticket: Ticket, how: Standing, told: Iterator[Alarm], changed: datetime | None) -> Iterator[Alarm]:
    """The alarms of one rule, put off if the change has put any of them that has not spoken into the past."""
    if changed is None or how.given or how.since is None or changed <= how.since:
        return told
    alarms = sorted(told, key=lambda alarm: alarm.due)
    if all(alarm.due > changed or alarm.key in ticket.spoken for alarm in alarms):
        return iter(alarms)
    end = _grace(how, alarms, changed)
    return (replace(alarm, due=max(alarm.due, end)) for alarm in alarms)


def _grace(how: Standing, alarms: list[Alarm], changed: datetime) -> datetime:
    """When the first step would come had the clock begun at the change; where days are counted, a working day later."""
    if how.calendar is not None:
        return how.calendar.working_days_later(changed, 1)
    if how.span is None:
        return changed
    period = how.span if how.rule in _AGAIN else timedelta()
    first = min(clock.used(how.runs, alarm.due) - (alarm.nth - 1) * period for alarm in alarms)
    return clock.reached(how.runs, clock.used(how.runs, changed) + first)


def _first_answer(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    return _steps(how, rules.first_answer)


def _missing(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    return _steps(how, rules.missing)


def _confirm_priority(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    return _steps(how, rules.confirm_priority)


def _phone(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    yield from _steps(how, rules.phone)
    if rules.on_call:
        yield from _calls(how, rules.phone)


def _calls(how: Standing, phone: Phone) -> Iterator[Alarm]:
    """Whoever is on call is rung; the very first call (UNATTENDED) is for the case that nobody is on shift."""
    since, deadline = _clock(how)
    spans = ((UNATTENDED, timedelta()),) if phone.unattended else ()
    for nth, span in (*spans, *enumerate(phone.call, UNATTENDED + 1)):
        due = clock.reached(how.runs, span)
        yield Alarm(due=due, rule=how.rule, step=Step.CALL, deadline=deadline, since=since, nth=nth)


def _steps(how: Standing, steps: Steps) -> Iterator[Alarm]:
    """A duty with reminders to the engineer and words to the leads; broken at the last of them."""
    since, deadline = _clock(how)
    for step, spans in ((Step.REMIND, steps.remind), (Step.LEAD, steps.lead)):
        for nth, span in enumerate(spans, 1):
            due = clock.reached(how.runs, span)
            yield Alarm(due=due, rule=how.rule, step=step, deadline=deadline, since=since, nth=nth)


def _clock(how: Standing) -> tuple[datetime, datetime]:
    """Since when the clock of a duty runs, and when the duty is broken."""
    assert how.since is not None
    assert how.span is not None
    return how.since, clock.reached(how.runs, how.span)


def _line2(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    since, deadline = _clock(how)
    warned = clock.reached(how.runs, rules.line2.warn)
    yield Alarm(due=warned, rule=Rule.LINE2, step=Step.WARN, deadline=deadline, since=since)
    yield Alarm(due=deadline, rule=Rule.LINE2, step=Step.HANDOVER, deadline=deadline, since=since)


def _eta(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """Nobody said when it will be done, or what was said did not come true."""
    since, deadline = _clock(how)
    if promise(ticket) is None:
        asked = clock.reached(how.runs, rules.eta.ask)
        yield Alarm(due=asked, rule=Rule.ETA, step=Step.ASK, deadline=deadline, since=since)
    else:
        yield Alarm(due=deadline, rule=Rule.ETA, step=Step.MISSED, deadline=deadline, since=since)


def _promise(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """The engineer hears that a promise is about to break; then, still before it does, the requester."""
    since, deadline = _clock(how)
    assert how.span is not None
    assert ticket.promised is not None
    deadline = max(deadline, ticket.promised.at)
    remind, tell = rules.promises.left(how.span)
    reminded, told = (clock.reached(how.runs, how.span - left) for left in (remind, tell))
    yield Alarm(due=reminded, rule=Rule.PROMISE, step=Step.REMIND, deadline=deadline, since=since)
    if ticket.priority is not Priority.P1:
        told = _in_hours(rules.desk, since, told)
    yield Alarm(due=told, rule=Rule.PROMISE, step=Step.DELAY, deadline=deadline, since=since)


def _in_hours(calendar: Calendar, since: datetime, due: datetime) -> datetime:
    """The moment itself, or a quarter of an hour before work ended the last time before it: no requester is told too late because
    he may not be told at night. What was promised less than an hour before work ended is not taken back on the same day."""
    worked = calendar.between(since, due)
    if calendar.open_at(due) or worked < HOUR:
        return due
    return calendar.add(since, worked - QUARTER)


def _chased(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """The requester's silence: chasers, then the end."""
    assert how.since is not None
    assert how.calendar is not None
    rule, since, chasers = how.rule, how.since, rules.chasers
    said = max(chasers.after[: _chasers_spoken(ticket, rule, since)], default=0)
    *dues, end = (_after(ticket, how.calendar, since, days, said) for days in (*chasers.after, chasers.close))
    for nth, due in enumerate(dues, 1):
        yield Alarm(due=due, rule=rule, step=Step.CHASER, deadline=end, since=since, nth=nth)
    yield Alarm(due=end, rule=rule, step=Step.CLOSE, deadline=end, since=since)


def _chasers_spoken(ticket: Ticket, rule: Rule, since: datetime) -> int:
    chaser = Alarm(due=since, rule=rule, step=Step.CHASER, deadline=since, since=since)
    return sum(key.startswith(chaser.clock) for key in ticket.spoken)


def _after(ticket: Ticket, calendar: Calendar, since: datetime, days: int, said: int) -> datetime:
    """So many working days after `since`, and no sooner after the last chaser, that of day `said`, than lies between the two.

    A chaser that came late, because the desk was down, moves what follows: nobody is closed unheard.
    """
    due = calendar.working_days_later(since, days)
    if ticket.chased_at is None or not 0 < said < days:
        return due
    return max(due, calendar.working_days_later(ticket.chased_at, days - said))


def _scheduled(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    until = ticket.waiting_until
    assert until is not None
    yield Alarm(due=until, rule=Rule.SCHEDULED, step=Step.RESUME, deadline=until, since=until)


def _survey(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    assert how.since is not None
    assert how.calendar is not None
    due = how.calendar.working_days_later(how.since, rules.survey.remind)
    yield Alarm(due=due, rule=Rule.SURVEY, step=Step.RATE, deadline=due, since=how.since)


def _observing(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    until = ticket.waiting_until
    assert until is not None
    yield Alarm(due=until, rule=Rule.OBSERVING, step=Step.RESOLVE, deadline=until, since=until)


_RULES: Mapping[Rule, Callable[[Ticket, Rules, Standing], Iterator[Alarm]]] = MappingProxyType(
    {
        Rule.FIRST_ANSWER: _first_answer,
        Rule.MISSING: _missing,
        Rule.CONFIRM_PRIORITY: _confirm_priority,
        Rule.PHONE: _phone,
        Rule.LINE2: _line2,
        Rule.ETA: _eta,
        Rule.PROMISE: _promise,
        Rule.WAITING: _chased,
        Rule.RESOLVED: _chased,
        Rule.SCHEDULED: _scheduled,
        Rule.SURVEY: _survey,
        Rule.OBSERVING: _observing,
    }
)


# -- the rules that speak again and again --------------------------------------------------------------------------------


def _progress(ticket: Ticket, rules: Rules, how: Standing, now: datetime | None) -> Iterator[Alarm]:
    """Asked, late, the lead told, in every period in which nothing is reported."""
    duty = rules.progress
    return _periods(ticket, how, ((Step.ASK, duty.ask), (Step.LATE, duty.due), (Step.LEAD, duty.lead)), now)


def _silence(ticket: Ticket, rules: Rules, how: Standing, now: datetime | None) -> Iterator[Alarm]:
    """In the first period in which the requester hears nothing, in the second, the fourth, the eighth, then in every sixteenth:
    whoever did not act on it four times does not act because it is said every hour."""
    duty, due = rules.silence, rules.silence.due[ticket.priority]
    steps = ((Step.ASK, due - duty.before), (Step.LATE, due), (Step.LEAD, due + duty.after))
    return _periods(ticket, how, steps, now, _rarer)


def _following(period: int) -> tuple[int, int]:
    return period, period + 1


def _rarer(period: int) -> tuple[int, int]:
    """Powers of two up to SELDOM, then its multiples."""
    if period >= SELDOM:
        last = period - period % SELDOM
        return last, last + SELDOM
    last = 1 << (period.bit_length() - 1)
    return last, 2 * last


def _periods(
    ticket: Ticket,
    how: Standing,
    steps: tuple[tuple[Step, timedelta], ...],
    now: datetime | None,
    rounds: Callable[[int], tuple[int, int]] = _following,
) -> Iterator[Alarm]:
    """Each step in the present period of a clock and in the next; a period is as long as the time that the duty allows.

    `rounds` says in which periods it speaks: the last up to a period, and the next.
    """
    since, _ = _clock(how)
    assert how.span is not None
    used = None if now is None else clock.used(how.runs, now)
    for step, span in steps:
        passed = 0 if used is None else (used - span) // how.span + 1
        first = max(passed, _last_spoken(ticket, how.rule, step, since), 1)
        for nth in rounds(first):
            start = (nth - 1) * how.span
            due, deadline = clock.reached(how.runs, start + span), clock.reached(how.runs, start + how.span)
            yield Alarm(due=due, rule=how.rule, step=step, deadline=deadline, since=since, nth=nth)


def _last_spoken(ticket: Ticket, rule: Rule, step: Step, since: datetime) -> int:
    """The last period in which this step has spoken; 0 when in none."""
    if not ticket.spoken:
        return 0
    name = Alarm(due=since, rule=rule, step=step, deadline=since, since=since).clock
    return max((int(key.rpartition("/")[2]) for key in ticket.spoken if key.startswith(name)), default=0)


def _stalled(ticket: Ticket, rules: Rules, how: Standing, now: datetime | None) -> Iterator[Alarm]:
    """The engineer is asked after so many working days and the lead is told after so many, each again and again."""
    assert how.since is not None
    assert how.calendar is not None
    for step, days in ((Step.ASK, rules.stalled.ask), (Step.LEAD, rules.stalled.lead)):
        nth = max(_last_spoken(ticket, how.rule, step, how.since), 1)
        due, following = (how.calendar.working_days_later(how.since, n * days) for n in (nth, nth + 1))
        while now is not None and following <= now:
            nth, due, following = nth + 1, following, how.calendar.working_days_later(how.since, (nth + 2) * days)
        yield Alarm(due=due, rule=how.rule, step=step, deadline=due, since=how.since, nth=nth)
        yield Alarm(due=following, rule=how.rule, step=step, deadline=following, since=how.since, nth=nth + 1)


_AGAIN: Mapping[Rule, Callable[[Ticket, Rules, Standing, datetime | None], Iterator[Alarm]]] = MappingProxyType(
    {Rule.PROGRESS: _progress, Rule.SILENCE: _silence, Rule.STALLED: _stalled}
)
