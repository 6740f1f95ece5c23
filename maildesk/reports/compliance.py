"""How the rules were kept in a period: of each, how many duties fell due, how many were kept, and the worst that was not.

What counts as kept is said in `core.settled`. A duty belongs to the period in which it was done or broken, whichever came first;
what is neither is due later and counts nowhere yet. Shares are rounded down: with one broken duty in a thousand they are no 100%.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from maildesk.core.calendar import Calendar
from maildesk.core.duration import SOLUTION
from maildesk.core.people import Person, StaffId
from maildesk.core.policy import Policy
from maildesk.core.settled import CLOCKED
from maildesk.core.shift import absent, calendar_of
from maildesk.core.ticket import Number
from maildesk.store import Breach, Tally, Tx

ORDER = (*CLOCKED, SOLUTION)
NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One rule. `worst` is the ticket that was late for the longest time, `over`, in the hours of the desk."""

    rule: str
    due: int
    kept: int
    worst: Number | None = None
    over: timedelta = timedelta()

    @property
    def broken(self) -> int:
        return self.due - self.kept

    @property
    def share(self) -> int:
        """In percent."""
        return self.kept * 100 // self.due

    @property
    def fact(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "due": self.due,
            "kept": self.kept,
            "share": self.share,
            "worst": self.worst,
            "over": self.over.total_seconds(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """All that was settled from `since` to just before `until`, as the store has it."""

    since: datetime
    until: datetime
    tallies: tuple[Tally, ...]
    breaches: tuple[Breach, ...]


def looked_up(tx: Tx, since: datetime, until: datetime) -> Period:
    """What the store has of this time."""
    return Period(since=since, until=until, tallies=tx.tallies(since, until), breaches=tx.breaches(since, until))


def compliance(period: Period, calendar: Calendar, now: datetime, engineer: StaffId | None = None) -> tuple[Kept, ...]:
    """How each rule was kept of which anything fell due: by one engineer, or by all."""
    due, kept = Counter[str](), Counter[str]()
    for tally in period.tallies:
        if engineer in (None, tally.engineer):
            due[tally.rule] += tally.count
            kept[tally.rule] += tally.count * tally.kept
    mine = [breach for breach in period.breaches if engineer in (None, breach.engineer)]
    return tuple(_kept(rule, due[rule], kept[rule], mine, calendar, now) for rule in ORDER if due[rule])


def _kept(rule: str, due: int, kept: int, breaches: Iterable[Breach], calendar: Calendar, now: datetime) -> Kept:
    late = [(_over(breach, calendar, now), breach.number) for breach in breaches if breach.rule == rule]
    over, worst = max(late, default=(timedelta(), None))
    return Kept(rule=rule, due=due, kept=kept, worst=worst if over else None, over=over)


def _over(breach: Breach, calendar: Calendar, now: datetime) -> timedelta:
    """How long it was late, until now where it still is; nothing for an ETA that was put off in time."""
    return max(calendar.between(breach.at, now) if breach.over is None else breach.over, timedelta())


def last_week(person: Person, policy: Policy, now: datetime) -> tuple[datetime, datetime] | None:
    """Last week from Monday to Monday in his zone, on the first day of this week on which he is there; else None."""
    calendar = calendar_of(person, policy)
    today = now.astimezone(calendar.zone).date()
    monday = today - timedelta(days=today.weekday())
    earlier = (monday + timedelta(days=day) for day in range(today.weekday()))
    if any(calendar.hours_on(day) and not absent(person, datetime.combine(day, NOON, calendar.zone)) for day in earlier):
        return None
    until = datetime.combine(monday, time(), calendar.zone)
    return datetime.combine(monday - timedelta(days=7), time(), calendar.zone), until
