"""The ledger of a ticket's clocks: for each rule whether it runs, what it has used of its time, and what comes next.

Nothing is counted here: whom a rule concerns says `standing`, the time used says `clock`, what will speak says `alarms`. A clock
that nothing stops rests outside its working hours; its deadline is known all the same. Where it is stopped there is none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from maildesk.core import clock
from maildesk.core.alarm import Alarm, Step
from maildesk.core.alarms import every
from maildesk.core.letter import instant
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.standing import Idle, Standing, State, standing
from maildesk.core.ticket import Pause, Progress, Ticket, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A step of a rule, and when it speaks or has spoken."""

    step: Step
    at: datetime

    @property
    def fact(self) -> list[str]:
        return [self.step, instant(self.at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What there is to say of one rule; `why`, `since` and `until` as in its Standing.

    `used` of `allowed` is the time of a clock, `used_days` of `allowed_days` the working days of a silence. `late` is whether
    more than that was used, `deadline` when it will have been used up or was; `pauses` have stopped this clock since it began.
    """

    rule: Rule
    state: State
    why: Waiting | Idle | None = None
    since: datetime | None = None
    until: datetime | None = None
    used: timedelta | None = None
    allowed: timedelta | None = None
    used_days: int | None = None
    allowed_days: int | None = None
    deadline: datetime | None = None
    late: bool = False
    next: Word | None = None
    spoke: Word | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def fact(self) -> Mapping[str, Any]:
        """As a letter is told of it: instants as words, spans in seconds."""
        return {
            "rule": self.rule,
            "state": self.state,
            "why": self.why,
            "since": _instant(self.since),
            "until": _instant(self.until),
            "used": None if self.used is None else self.used.total_seconds(),
            "allowed": None if self.allowed is None else self.allowed.total_seconds(),
            "used_days": self.used_days,
            "allowed_days": self.allowed_days,
            "deadline": _instant(self.deadline),
            "late": self.late,
            "next": self.next.fact if self.next else None,
            "spoke": self.spoke.fact if self.spoke else None,
            "pauses": [[pause.why, instant(pause.since), _instant(pause.until)] for pause in self.pauses],
        }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def ledger(ticket: Ticket, policy: Policy, history: tuple[Progress, ...], now: datetime) -> tuple[Entry, ...]:
    """An entry for every rule, those with a running clock first. `history` tells when a rule last spoke."""
    alarms = tuple(every(ticket, policy, now))
    entries = (
        _entry(ticket, policy, standing(ticket, policy, rule), tuple(one for one in alarms if one.rule is rule), history, now)
        for rule in Rule
    )
    return tuple(sorted(entries, key=lambda entry: _ORDER.index(entry.state)))


_ORDER = (State.RUNNING, State.RESTING, State.PAUSED, State.DONE, State.IDLE, State.OFF)


def _entry(
    ticket: Ticket, policy: Policy, stands: Standing, alarms: tuple[Alarm, ...], history: tuple[Progress, ...], now: datetime
) -> Entry:
    used = _used(stands, now)
    left = [alarm for alarm in alarms if alarm.key not in ticket.spoken]
    first = min(left, key=lambda alarm: alarm.due, default=None)
    return Entry(
        rule=stands.rule,
        state=_state(stands, now, spoken=bool(alarms) and not left),
        why=stands.why,
        since=stands.since,
        until=stands.until,
        used=used,
        allowed=stands.span,
        used_days=_days(stands, now),
        allowed_days=stands.days,
        deadline=_deadline(stands, alarms),
        late=used is not None and stands.over(min(stands.until or now, now)),
        next=Word(step=first.step, at=first.due) if first else None,
        spoke=_spoke(stands.rule, history),
        pauses=_pauses(ticket, policy, stands),
    )


def _used(stands: Standing, now: datetime) -> timedelta | None:
    """The time of a clock; unknown where something was done and nobody knows when."""
    if stands.span is None or (stands.state is State.DONE and stands.until is None):
        return None
    return clock.used(stands.runs, min(stands.until or now, now))


def _state(stands: Standing, now: datetime, *, spoken: bool) -> State:
    """A silence of which everything was said is over; a clock that nothing stops may rest."""
    if stands.state is not State.RUNNING:
        return stands.state
    if not stands.runs:
        return State.DONE if spoken else State.RUNNING
    return State.RUNNING if stands.runs[-1].calendar.open_at(now) else State.RESTING


def _deadline(stands: Standing, alarms: tuple[Alarm, ...]) -> datetime | None:
    """That of the clock's first period; of a silence, that of its alarms."""
    if stands.state is State.RUNNING and stands.span is not None:
        return stands.deadline
    return next((alarm.deadline for alarm in alarms), None)


def _days(stands: Standing, now: datetime) -> int | None:
    """How many of the working days are over."""
    if stands.days is None or stands.since is None or stands.calendar is None:
        return None
    since, calendar = stands.since, stands.calendar
    return sum(calendar.working_days_later(since, days) <= now for days in range(1, stands.days + 1))


def _spoke(rule: Rule, history: Iterable[Progress]) -> Word | None:
    """The last line of the record that this rule has left."""
    said = [line for line in history if line.key is not None and line.key.startswith(f"alarm:{rule}:")]
    last = max(reversed(said), key=lambda line: line.at, default=None)
    return Word(step=Step(str(last.key).split(":")[2]), at=last.at) if last else None


def _pauses(ticket: Ticket, policy: Policy, stands: Standing) -> tuple[Pause, ...]:
    """Those that have stopped this clock, as far as they concern its time."""
    since, end = stands.since, stands.until
    if since is None or not stands.runs:
        return ()
    stops = clock.stops(ticket, policy, stands.rule)
    return tuple(one for one in stops if (one.until is None or one.until > since) and (end is None or one.since < end))
