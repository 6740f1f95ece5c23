"""When a rule speaks whose clock runs: its steps, each as an alarm.

Most rules say each of their steps once. Some speak again and again until something is done (REPEATED): of these there are the
present alarm of each step and the next.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from maildesk.core import clock
from maildesk.core.alarm import UNATTENDED, Alarm, Step, by_clock
from maildesk.core.calendar import Calendar
from maildesk.core.rules import HOUR, Phone, Rule, Rules, Steps
from maildesk.core.standing import Standing, promise
from maildesk.core.ticket import Priority, Ticket

QUARTER = timedelta(minutes=15)

SELDOM = 16
"""A silence that lasts is spoken of in every so many-th period."""

TRIES = 14
"""So often a hand-over is tried."""


def speaks(ticket: Ticket, rules: Rules, how: Standing, now: datetime | None = None) -> Iterator[Alarm]:
    """The alarms of one running rule, spoken or not, in no order.

    Of a step that repeats the present one is the last that has spoken, or with `now` the last that was due by then: after a long
    silence those in between are not worth a word.
    """
    again = _AGAIN.get(how.rule)
    return again(ticket, rules, how, now) if again else _ONCE[how.rule](ticket, rules, how)


# -- the rules that say each step once -------------------------------------------------------------------------------------


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
    """A duty with reminders to the engineer and words to the leads."""
    since, deadline = _clock(how)
    for step, spans in ((Step.REMIND, steps.remind), (Step.LEAD, steps.lead)):
        for nth, span in enumerate(spans, 1):
            due = clock.reached(how.runs, span)
            yield Alarm(due=due, rule=how.rule, step=step, deadline=deadline, since=since, nth=nth)


def _clock(how: Standing) -> tuple[datetime, datetime]:
    """Since when the clock of a duty runs, and when the duty is broken."""
    assert how.since is not None
    return how.since, how.deadline


def _eta(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """Nobody said when it will be done, or what was said did not come true; the requester is not told of that at night."""
    since, deadline = _clock(how)
    if promise(ticket) is None:
        asked = clock.reached(how.runs, rules.eta.ask)
        yield Alarm(due=asked, rule=Rule.ETA, step=Step.ASK, deadline=deadline, since=since)
        return
    at_once = ticket.priority is Priority.P1 or not told_when_missed(ticket, rules)
    due = deadline if at_once else rules.desk.next_open(deadline)
    yield Alarm(due=due, rule=Rule.ETA, step=Step.MISSED, deadline=deadline, since=since)


def told_when_missed(ticket: Ticket, rules: Rules) -> bool:
    """Whether the requester hears that an ETA was missed: of one that he was told, where nothing warns him before."""
    return ticket.promised is None or (ticket.promised == ticket.eta and not rules.promises.on)


def _promise(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """The engineer hears that a promise is about to break; then, still before it does, the requester.

    He was told a moment, and knows nothing of a clock that stood still since: he hears before that moment, or if it came
    meanwhile, when the waiting ends.
    """
    since, deadline = _clock(how)
    assert how.span is not None
    remind, tell = rules.promises.left(how.span)
    reminded, told = (clock.reached(how.runs, how.span - left) for left in (remind, tell))
    yield Alarm(due=reminded, rule=Rule.PROMISE, step=Step.REMIND, deadline=deadline, since=since)
    woke, _, calendar = how.runs[-1]
    told = min(told, max(calendar.add(since, how.span - tell), woke))
    if ticket.priority is not Priority.P1:
        told = _in_hours(rules.desk, woke, told)
    yield Alarm(due=told, rule=Rule.PROMISE, step=Step.DELAY, deadline=deadline, since=since)


def _in_hours(calendar: Calendar, since: datetime, due: datetime) -> datetime:
    """The moment itself, or a quarter of an hour before work ended the last time before it: no requester is told too late because
    he may not be told at night. What was promised less than an hour before work ended is not taken back on the same day, but
    when work begins again."""
    worked = calendar.between(since, due)
    if worked < HOUR or calendar.open_at(due):
        return calendar.next_open(due)
    return calendar.add(since, worked - QUARTER)


def _chased(ticket: Ticket, rules: Rules, how: Standing) -> Iterator[Alarm]:
    """The requester's silence: chasers, then the end."""
    assert how.since is not None
    assert how.calendar is not None
    rule, since, chasers = how.rule, how.since, rules.waiting if how.rule is Rule.WAITING else rules.resolved
    said = max(chasers.after[: _chasers_spoken(ticket, rule, since)], default=0)
    *dues, end = (_after(ticket, how.calendar, since, days, said) for days in (*chasers.after, chasers.close))
    for nth, due in enumerate(dues, 1):
        yield Alarm(due=due, rule=rule, step=Step.CHASER, deadline=end, since=since, nth=nth)
    yield Alarm(due=end, rule=rule, step=Step.CLOSE, deadline=end, since=since)


def _chasers_spoken(ticket: Ticket, rule: Rule, since: datetime) -> int:
    name = by_clock(rule, Step.CHASER, since)
    return sum(key.startswith(name) for key in ticket.spoken)


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


_ONCE: Mapping[Rule, Callable[[Ticket, Rules, Standing], Iterator[Alarm]]] = MappingProxyType(
    {
        Rule.FIRST_ANSWER: _first_answer,
        Rule.MISSING: _missing,
        Rule.CONFIRM_PRIORITY: _confirm_priority,
        Rule.PHONE: _phone,
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


def _line2(ticket: Ticket, rules: Rules, how: Standing, now: datetime | None) -> Iterator[Alarm]:
    """A warning and the hand-over. Where nobody was there to take over, it is tried when the hours of an expert begin, but not
    for ever."""
    since, deadline = _clock(how)
    warned = clock.reached(how.runs, rules.line2.warn)
    yield Alarm(due=warned, rule=Rule.LINE2, step=Step.WARN, deadline=deadline, since=since)
    due, last = deadline, _last_spoken(ticket, Rule.LINE2, Step.HANDOVER, since)
    for nth in range(1, TRIES + 1):
        yield Alarm(due=due, rule=Rule.LINE2, step=Step.HANDOVER, deadline=deadline, since=since, nth=nth)
        if not rules.experts or (nth > last and (now is None or due > now)):
            return
        due = min(calendar.next_begin(due) for calendar in rules.experts)


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
    assert how.since is not None
    assert how.span is not None
    used = None if now is None else clock.used(how.runs, now)
    ends: dict[int, datetime] = {}
    for step, span in steps:
        passed = 0 if used is None else (used - span) // how.span + 1
        for nth in rounds(max(passed, _last_spoken(ticket, how.rule, step, how.since), 1)):
            if nth not in ends:
                ends[nth] = clock.reached(how.runs, nth * how.span)
            due = ends[nth] if span == how.span else clock.reached(how.runs, (nth - 1) * how.span + span)
            yield Alarm(due=due, rule=how.rule, step=step, deadline=ends[nth], since=how.since, nth=nth)


def _last_spoken(ticket: Ticket, rule: Rule, step: Step, since: datetime) -> int:
    """The last period in which this step has spoken; 0 when in none."""
    if not ticket.spoken:
        return 0
    name = by_clock(rule, step, since)
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
    {Rule.LINE2: _line2, Rule.PROGRESS: _progress, Rule.SILENCE: _silence, Rule.STALLED: _stalled}
)

SPEAKING = (*_ONCE, *_AGAIN)
"""All rules that have alarms."""

REPEATED = frozenset({Rule.PROGRESS, Rule.SILENCE, Rule.STALLED})
"""Those that speak again and again, in each period of their clock."""
