"""How long the clock of a duty ran, and what is usual: the median and the ninth decile of many of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority

SOLUTION = "solution"
"""The name of the time from the opening to the solution, which is no rule that speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """One duty of one ticket that is settled. `rule`, `since` and `nth` name its clock, `nth` for one that repeats.

    `settled_at` is when it was done or broken, whichever came first; `took` the time used of `allowed` until its end, None while
    a broken one still runs. `engineer` had the ticket then.
    """

    rule: str
    since: datetime
    nth: int = 1
    settled_at: datetime
    kept: bool
    took: timedelta | None
    allowed: timedelta
    priority: Priority
    category: str
    engineer: StaffId | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Of so many, half took no longer than `median`, and nine of ten no longer than `p90`."""

    count: int
    median: timedelta
    p90: timedelta


Took = Mapping[tuple[str, Priority, str | None], Spread]
"""How long it took lately, by rule, priority and category; under the category None, with all tickets of the priority."""


def spread(spans: Iterable[timedelta]) -> Spread | None:
    """What is usual among these; None among none."""
    found = sorted(spans)
    if not found:
        return None
    count = len(found)
    return Spread(count=count, median=found[(count + 1) // 2 - 1], p90=found[(count * 9 + 9) // 10 - 1])
