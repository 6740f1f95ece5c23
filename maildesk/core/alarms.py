"""The alarms of a ticket: at which moments a rule speaks, as a function of the ticket and the policy.

There are no timers to set or to cancel. Whoever changes a ticket changes what `alarms` says of it, and only the earliest moment
is kept (`wake_at`). Whether a rule speaks at all, and from when on its clock runs, is said by `standing`; when it does, by
`speaking`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter

from maildesk.core import clock
from maildesk.core.alarm import Alarm, begins
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.speaking import REPEATED, SPEAKING, speaks
from maildesk.core.standing import DUTY, Standing, State, promise, promised, standings, waits_since
from maildesk.core.ticket import Status, Ticket, Waiting

DUTIES = (Rule.FIRST_ANSWER, Rule.MISSING, Rule.LINE2, Rule.PROGRESS, Rule.ETA, Rule.PHONE, Rule.SILENCE)
"""The rules whose deadline somebody of the desk breaks."""

_due = attrgetter("due")


def alarms(ticket: Ticket, policy: Policy, now: datetime | None = None) -> tuple[Alarm, ...]:
    """Everything that will speak if nothing changes and has not spoken yet, earliest first; what repeats, as in `every`."""
    return _unspoken(ticket, every(ticket, policy, now))


def due_by(ticket: Ticket, policy: Policy, now: datetime) -> tuple[Alarm, ...]:
    """Those of them that are due by `now`."""
    return _unspoken(ticket, (alarm for alarm in every(ticket, policy, now) if alarm.due <= now))


def _unspoken(ticket: Ticket, told: Iterator[Alarm]) -> tuple[Alarm, ...]:
    return tuple(sorted((alarm for alarm in told if alarm.key not in ticket.spoken), key=lambda alarm: (alarm.due, alarm.rule)))


def wake_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the ticket must be looked at next; in the past when something is due already."""
    earliest_first = sorted(every(ticket, policy), key=_due)
    return next((alarm.due for alarm in earliest_first if alarm.key not in ticket.spoken), None)


def due_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the first of its duties is broken if nothing is done, or was; what was said of that since does not make it whole."""
    running = (how for how in standings(ticket, policy, DUTIES) if how.state is State.RUNNING)
    return min((how.deadline for how in running if how.span is not None), default=None)


def stands(ticket: Ticket, policy: Policy, key: str) -> bool:
    """Whether what an alarm has said is still true, and the latest that its rule has said to the same people."""
    told = tuple(_told(ticket, policy, (rule for rule in SPEAKING if key.startswith(begins(rule)))))
    mine = next((alarm for alarm in told if alarm.key == key), None)
    return mine is not None and not any(
        alarm.heard_by == mine.heard_by and alarm.due > mine.due and alarm.key in ticket.spoken for alarm in told
    )


def holds(ticket: Ticket, policy: Policy, letter: Letter, said_at: datetime) -> bool:
    """Whether what the clock said to the requester at that moment is still so, and the latest that he would hear of it.

    A delay holds until he is told another time, or that no time holds because of somebody else than him.
    """
    told, expected = promised(ticket), promise(ticket)
    match letter.kind:
        case LetterKind.CHASER if letter.facts["about"] == "waiting":
            since = waits_since(ticket) if ticket.status is Status.WAITING and ticket.waiting is Waiting.USER else None
        case LetterKind.CHASER | LetterKind.RESOLVED:
            since = ticket.resolved_at if ticket.status is Status.RESOLVED else None
        case LetterKind.CLOSED:
            since = ticket.closed_at if ticket.closed_how == letter.facts["how"] else None
        case LetterKind.SURVEY:
            over = ticket.status in (Status.CLOSED, Status.ARCHIVED) and ticket.rating is None
            since = ticket.closed_at if over else None
        case LetterKind.DELAY:
            stood_still = waits_since(ticket) if ticket.waiting is not Waiting.USER and _stopped(ticket, policy) else None
            since = max(told.said_at, stood_still or told.said_at) if told and ticket.status in DUTY else None
        case LetterKind.ETA:
            since = expected.said_at if expected and ticket.status in DUTY else None
        case _:
            return True
    return since is not None and since <= said_at


def _stopped(ticket: Ticket, policy: Policy) -> bool:
    """Whether what the ticket waits for stops the time that was promised."""
    return ticket.waiting is not None and Rule.PROMISE in policy.rules(ticket).pauses.get(ticket.waiting, frozenset())


def spoken_with(ticket: Ticket, said: tuple[Alarm, ...]) -> frozenset[str]:
    """`ticket.spoken` after these alarms, without the names that can never come back: those of the same step under an older
    clock, and of earlier periods."""
    spoken = ticket.spoken
    for alarm in said:
        kept = () if alarm.rule in REPEATED else (alarm.clock,)
        spoken = frozenset(key for key in spoken if not key.startswith(alarm.kind) or key.startswith(kept)) | {alarm.key}
    return spoken


def every(ticket: Ticket, policy: Policy, now: datetime | None = None) -> Iterator[Alarm]:
    """The alarms of all rules, spoken or not, in no order.

    Of a step that repeats there are the present one and the next. The present one is the last that has spoken, or with `now` the
    last that was due by then: after a long silence those in between are not worth a word.
    """
    return _told(ticket, policy, SPEAKING, now)


def _told(ticket: Ticket, policy: Policy, of: Iterable[Rule], now: datetime | None = None) -> Iterator[Alarm]:
    """The alarms of some rules."""
    rules, changed = policy.rules(ticket), _changed(ticket, policy)
    for how in standings(ticket, policy, of):
        if how.state is State.RUNNING:
            yield from _in_grace(ticket, how, speaks(ticket, rules, how, now), changed)


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
    if changed is None or how.told is not None or how.since is None or changed <= how.since:
        return told
    alarms = sorted(told, key=_due)
    if all(alarm.due > changed or alarm.key in ticket.spoken for alarm in alarms):
        return iter(alarms)
    end = _grace(how, alarms, changed)
    return (alarm._replace(due=max(alarm.due, end)) for alarm in alarms)


def _grace(how: Standing, alarms: list[Alarm], changed: datetime) -> datetime:
    """When the first step would come had the clock begun at the change; where days are counted, a working day later."""
    if how.calendar is not None:
        return how.calendar.working_days_later(changed, 1)
    if how.span is None:
        return changed
    period = how.span if how.rule in REPEATED else timedelta()
    first = min(clock.used(how.runs, alarm.due) - (alarm.nth - 1) * period for alarm in alarms)
    return clock.reached(how.runs, clock.used(how.runs, changed) + first)
