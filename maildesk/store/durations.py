"""The duties of tickets that are settled, one row for each clock: how long such things take, and how often they are in time.

Nothing here is summed beforehand. What is usual is taken from the latest rows of a kind, at most MOST of them; how the rules
were kept, from the rows of a period. Both are ranges of an index, so neither costs more as the archive grows.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.duration import Duration
from maildesk.core.ticket import Priority, TicketId
from maildesk.store.part import Part
from maildesk.store.prepared import Prepared
from maildesk.store.schema import MEASURED, durations, tickets
from maildesk.store.statements import put
from maildesk.store.types import Moment
from maildesk.store.values import Breach, Tally

MOST = 1000
"""So many tell what is usual well enough."""

PUT = put(durations, "ticket", "rule", "since", "nth")
WITHIN = (
    durations.c.settled_at >= bindparam("begin", type_=Moment()),
    durations.c.settled_at < bindparam("end", type_=Moment()),
)
LATEST = (
    sa.select(durations.c.took)
    .where(MEASURED, durations.c.rule == bindparam("of"), durations.c.priority == bindparam("ranked"), *WITHIN)
    .order_by(durations.c.settled_at.desc())
    .limit(bindparam("most", type_=sa.Integer()))
)
LATEST_OF_ALL = Prepared(LATEST)
LATEST_OF_CATEGORY = Prepared(LATEST.where(durations.c.category == bindparam("named")))
TALLIES = (
    sa.select(durations.c.rule, durations.c.engineer, durations.c.kept, sa.func.count())
    .where(*WITHIN)
    .group_by(durations.c.rule, durations.c.engineer, durations.c.kept)
)
BREACHES = (
    sa.select(
        durations.c.rule, durations.c.engineer, tickets.c.number, durations.c.settled_at, durations.c.took, durations.c.allowed
    )
    .join_from(durations, tickets, tickets.c.id == durations.c.ticket)
    .where(sa.not_(durations.c.kept), *WITHIN)
)


class Durations(Part):
    def measure(self, ticket: TicketId, settled: Iterable[Duration]) -> None:
        """Keep what is settled; a clock that was settled before has its last word."""
        self._many(PUT, (_row(ticket, one) for one in settled))

    def took(
        self, rule: str, priority: Priority, category: str | None, since: datetime, until: datetime
    ) -> tuple[timedelta, ...]:
        """How long it took with tickets of a priority, and of a category unless that is None; the latest of the period."""
        asked = {"of": rule, "ranked": priority, "begin": since, "end": until, "most": MOST}
        found = self._run(LATEST_OF_ALL, **asked) if category is None else self._run(LATEST_OF_CATEGORY, **asked, named=category)
        return tuple(timedelta(seconds=seconds) for (seconds,) in found)

    def tallies(self, since: datetime, until: datetime) -> tuple[Tally, ...]:
        """How many duties were kept and broken from `since` to just before `until`, by rule and engineer."""
        found = self._run(TALLIES, begin=since, end=until)
        return tuple(Tally(rule=rule, engineer=engineer, kept=kept, count=count) for rule, engineer, kept, count in found)

    def breaches(self, since: datetime, until: datetime) -> tuple[Breach, ...]:
        """Every duty that was broken in a period."""
        return tuple(
            Breach(
                rule=rule,
                engineer=engineer,
                number=number,
                at=at,
                over=None if took is None else timedelta(seconds=took - allowed),
            )
            for rule, engineer, number, at, took, allowed in self._run(BREACHES, begin=since, end=until)
        )


def _row(ticket: TicketId, one: Duration) -> dict[str, object]:
    return {
        "ticket": ticket,
        "rule": one.rule,
        "since": one.since,
        "nth": one.nth,
        "settled_at": one.settled_at,
        "kept": one.kept,
        "took": None if one.took is None else round(one.took.total_seconds()),
        "allowed": round(one.allowed.total_seconds()),
        "priority": one.priority,
        "category": one.category,
        "engineer": one.engineer,
    }
