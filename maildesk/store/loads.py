"""How much each engineer has: asked for every new ticket, so it must not cost a look at every open one each time.

The open tickets are summed once per transaction, over an index that holds nothing else. From then on the sum follows the
tickets that are saved in the same transaction; when one is saved that the transaction never read, it is summed anew.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from maildesk.core.known import Load
from maildesk.core.people import StaffId
from maildesk.core.ticket import OPEN, Priority, Status, Ticket, TicketId
from maildesk.store.files import Files
from maildesk.store.part import Part
from maildesk.store.schema import GIVEN, OPEN_TICKET, tickets

WEIGHTS: Mapping[Priority, float] = {Priority.P1: 8.0, Priority.P2: 4.0, Priority.P3: 2.0, Priority.P4: 1.0}
WAITS = 0.5
"""A waiting ticket weighs half."""


def weight(ticket: Ticket) -> float:
    """What a ticket adds to its engineer's load."""
    if ticket.status not in OPEN:
        return 0.0
    return WEIGHTS[ticket.priority] * (WAITS if ticket.status is Status.WAITING else 1.0)


_priority = sa.func.coalesce(tickets.c.confirmed, tickets.c.proposed)
_by_priority = sa.case({priority.value: weight for priority, weight in WEIGHTS.items()}, value=_priority)
_by_status = sa.case({Status.WAITING.value: WAITS}, value=tickets.c.status, else_=1.0)
_weight = _by_priority * _by_status
SUMS = sa.select(tickets.c.engineer, sa.func.sum(_weight)).where(OPEN_TICKET, GIVEN).group_by(tickets.c.engineer)


def _latest() -> sa.Select[tuple[StaffId, datetime]]:
    """Each engineer's last assignment, by jumping from engineer to engineer in the index: it never walks the archive."""
    later = tickets.alias()
    first = sa.select(sa.func.min(tickets.c.engineer).label("engineer")).where(GIVEN)
    engineers = first.cte("engineers", recursive=True)
    following = sa.select(sa.func.min(later.c.engineer)).where(later.c.engineer > engineers.c.engineer).scalar_subquery()
    engineers = engineers.union_all(sa.select(following).where(engineers.c.engineer.is_not(None)))
    his = sa.and_(GIVEN, tickets.c.engineer == engineers.c.engineer)
    last = sa.select(sa.func.max(tickets.c.assigned_at)).where(his).scalar_subquery()
    return sa.select(engineers.c.engineer, last).where(engineers.c.engineer.is_not(None))


LATEST = _latest()


class Loads(Part):
    def __init__(self, connection: sa.Connection, files: Files, node: str) -> None:
        super().__init__(connection, files, node)
        self._weights: dict[StaffId, float] | None = None
        self._last: dict[StaffId, datetime | None] = {}
        self._read: dict[TicketId, Ticket] = {}

    def load(self) -> Mapping[StaffId, Load]:
        """The load of everybody who ever had a ticket; whoever never had one is not in it."""
        if self._weights is None:
            self._weights = {engineer: float(total) for engineer, total in self._run(SUMS)}
            self._last = dict(self._run(LATEST).all())
        return {
            engineer: Load(weight=self._weights.get(engineer, 0.0), last_at=last_at) for engineer, last_at in self._last.items()
        }

    def _forget(self) -> None:
        """What was read may have been undone."""
        self._weights = None
        self._read = {}

    def _carry(self, ticket: Ticket) -> None:
        """Bring the sums up to date with a ticket just saved."""
        before = self._read.get(ticket.id)
        self._read[ticket.id] = ticket
        if self._weights is None:
            return
        if before is None and ticket.version > 1:
            self._weights = None
            return
        for each, sign in ((before, -1.0), (ticket, 1.0)):
            if each is not None and each.engineer is not None:
                self._weights[each.engineer] = self._weights.get(each.engineer, 0.0) + sign * weight(each)
        if ticket.engineer is not None:
            self._last[ticket.engineer] = max(filter(None, (self._last.get(ticket.engineer), ticket.assigned_at)), default=None)
