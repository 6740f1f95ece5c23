"""What is understood of a time that somebody wrote, and what is not."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Vagueness(StrEnum):
    """Why a time is not understood, or not as one alone.

    UNKNOWN: no time at all; IMPOSSIBLE: written as one, but there is no such (`25:00`), or it is too far away;
    GAP: skipped as the clocks go forward; over already; not over yet; 上午 or 下午; month or day first; this week or next;
    TWICE: before or after the clocks go back;
    SEVERAL: from one time to another, or one or another; BOUND: from then on or until then; END: from then on, and how long;
    REVERSED: it ends before it begins; ZONE: letters that may mean more than one, or a place; DOTTED: a day or an hour (`10.30`);
    EDGE: before a day or a part of it begins, or before it ends; PARTLY: what stands behind belongs to it and is not understood;
    REASON: what stands behind may belong to it or be the reason (`EOD, 3rd party calls`).
    """

    UNKNOWN = "unknown"
    IMPOSSIBLE = "impossible"
    GAP = "gap"
    PAST = "past"
    FUTURE = "future"
    HALF = "half"
    ORDER = "order"
    WEEK = "week"
    TWICE = "twice"
    SEVERAL = "several"
    BOUND = "bound"
    END = "end"
    REVERSED = "reversed"
    ZONE = "zone"
    DOTTED = "dotted"
    EDGE = "edge"
    PARTLY = "partly"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Vague:
    """A time that is not one, or not one alone; `right` is a way to write what may have been meant, `other` a second meaning."""

    why: Vagueness
    right: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A time that is understood. `since` and `until` are the same for an exact one.

    `days` goes from the midnight that begins the first day to the one that ends the last, when only days were named; `idle`:
    nobody works on them. `length`: how long was said, from now on. `rest` is what stood behind the time. `ends`: it names an end;
    `after 5pm` and `一早` name the earliest only.
    """

    since: datetime
    until: datetime
    rest: str = ""
    days: tuple[datetime, datetime] | None = None
    idle: bool = False
    length: bool = False
    ends: bool = True


def written(at: datetime) -> str:
    """A moment in the form that is always understood."""
    return f"{at:%Y-%m-%d %H:%M}"


def written_end(at: datetime) -> str:
    """The same for an end: a midnight is 24:00 of the day before it."""
    return written(at) if at.time() != time() else f"{at - timedelta(days=1):%Y-%m-%d} 24:00"
