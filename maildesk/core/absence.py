"""Absences: what the people file and somebody's own orders say of when he is away, and what is left when they disagree.

Each is a span of time. Whatever was said later holds for all of its span, also against the file: who comes back early is there
although the file has him away until Friday, and whoever plans to leave again is away again from then on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of an absence of which only the end was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Away from `since` up to, but not at, `until`; `here`: the contrary, there in spite of what was said before."""

    since: datetime
    until: datetime
    here: bool = False

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


def together(*said: Absence) -> tuple[Absence, ...]:
    """What holds of words that were said one after the other: in order, apart from each other, and as few as can be."""
    kept: tuple[Absence, ...] = ()
    for one in said:
        if one.since < one.until:
            kept = (*(part for before in kept for part in _outside(before, one)), one)
    return _joined(sorted(kept, key=_since))


def away(said: Iterable[Absence], after: datetime = EVER) -> tuple[Absence, ...]:
    """The absences among them that are not over by then."""
    return tuple(one for one in said if not one.here and one.until > after)


def _outside(span: Absence, other: Absence) -> Iterable[Absence]:
    """What is left of a span beside another one."""
    if span.since < other.since:
        yield replace(span, until=min(span.until, other.since))
    if other.until < span.until:
        yield replace(span, since=max(span.since, other.until))


def _joined(spans: list[Absence]) -> tuple[Absence, ...]:
    """Those that touch and say the same, as one."""
    found = spans[:1]
    for before, one in pairwise(spans):
        if before.until == one.since and before.here == one.here:
            found[-1] = replace(found[-1], until=one.until)
        else:
            found.append(one)
    return tuple(found)


def _since(span: Absence) -> datetime:
    return span.since
