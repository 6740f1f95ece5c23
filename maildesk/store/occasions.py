"""What happened lately, by name and moment: by it limits know how often something was done, on every node and after a restart.

What is older than a day limits nothing any more and is forgotten, a little at each new occasion.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.ticket import TicketId
from maildesk.store.part import Part, as_key
from maildesk.store.prepared import Prepared
from maildesk.store.schema import occasions
from maildesk.store.types import Moment

DAY = timedelta(days=1)
FORGOTTEN = 20
"""So many old occasions are forgotten at a time: more than come at a time."""

HAPPENED = Prepared(sa.insert(occasions).inline())
NTH = Prepared(
    sa.select(occasions.c.at)
    .where(occasions.c.name == bindparam("of"))
    .order_by(occasions.c.at.desc())
    .limit(1)
    .offset(bindparam("before", type_=sa.Integer()))
)
TIMES = Prepared(
    sa.select(sa.func.count()).where(occasions.c.name == bindparam("of"), occasions.c.at > bindparam("since", type_=Moment()))
)
LATEST_TICKET = Prepared(
    sa.select(occasions.c.ticket)
    .where(occasions.c.name == bindparam("of"), occasions.c.at > bindparam("since", type_=Moment()))
    .order_by(occasions.c.at.desc())
    .limit(1)
)
_OLD = (
    sa.select(occasions.c.id)
    .where(occasions.c.at < bindparam("before", type_=Moment()))
    .order_by(occasions.c.at)
    .limit(FORGOTTEN)
    .with_for_update(skip_locked=True)
)
FORGET = Prepared(sa.delete(occasions).where(occasions.c.id.in_(_OLD)))


class Occasions(Part):
    def happened(self, names: Iterable[str], now: datetime, ticket: TicketId | None = None) -> None:
        """All of these happened now, with this ticket."""
        self._many(HAPPENED, ({"name": as_key(name), "at": now, "ticket": ticket} for name in names))
        self._run(FORGET, before=now - DAY)

    def nth_latest(self, name: str, nth: int) -> datetime | None:
        """When it happened for the nth time, counted back from now; None when it has not happened so often lately."""
        at: datetime | None = self._scalar(NTH, of=as_key(name), before=nth - 1)
        return at

    def times(self, name: str, since: datetime) -> int:
        """How often it happened after that moment, of the last day."""
        return int(self._scalar(TIMES, of=as_key(name), since=since))

    def happened_to(self, name: str, since: datetime) -> TicketId | None:
        """The ticket with which it happened last, after that moment."""
        ticket: int | None = self._scalar(LATEST_TICKET, of=as_key(name), since=since)
        return None if ticket is None else TicketId(ticket)
