"""How long tickets really took lately: what the desk promises by, looked up once a day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time

from maildesk.core.duration import SOLUTION, Spread, Took, spread
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.ticket import Priority
from maildesk.store import Tx

MEASURED = (Rule.FIRST_ANSWER, SOLUTION)


@dataclass(slots=True)
class Experience:
    """The days that end with the midnight by which today began, so that all of a day is promised by the same figures, whenever
    the desk was started."""

    _until: datetime | None = field(default=None)
    _took: Took = field(default_factory=dict)

    def took(self, tx: Tx, policy: Policy, now: datetime) -> Took:
        """How long tickets took, by rule, priority and category (None: all of the priority); asked of the store once a day."""
        zone = policy.calendar.zone
        midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
        if self._until != midnight:
            self._took, self._until = dict(_lately(tx, policy, midnight)), midnight
        return self._took


def _lately(tx: Tx, policy: Policy, until: datetime) -> Iterator[tuple[tuple[str, Priority, str | None], Spread]]:
    """By priority, and by category where the priority has had any tickets at all."""
    since = until - policy.usual.promises.within
    for rule in MEASURED:
        for priority in Priority:
            every = spread(tx.took(rule, priority, None, since, until))
            if every is None:
                continue
            yield (rule, priority, None), every
            for category in ("", *(one.name for one in policy.categories)):
                of_category = spread(tx.took(rule, priority, category, since, until))
                if of_category is not None:
                    yield (rule, priority, category), of_category
