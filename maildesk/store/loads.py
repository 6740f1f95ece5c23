"""How much each engineer has: asked for with every mail, so it must not cost a look at his open tickets each time.

One row per engineer holds how many tickets he has open, how many of them wait, what they weigh, and when he was last given one;
what nobody has yet is a row under no name. Whoever saves tickets adds what that changed, in the same transaction and at its very
end: additions, so that none is lost between two nodes, and in the order of the names, so that no two wait for each other. Within
the transaction the figures are those of the rows with its own changes on top.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.known import Load
from maildesk.core.people import StaffId
from maildesk.core.ticket import OPEN, Priority, Status, Ticket, TicketId
from maildesk.store.files import Files
from maildesk.store.part import Part
from maildesk.store.prepared import Prepared
from maildesk.store.schema import OPEN_TICKET, loads, tickets
from maildesk.store.statements import insert_or
from maildesk.store.types import Moment

WEIGHTS: Mapping[Priority, float] = {Priority.P1: 8.0, Priority.P2: 4.0, Priority.P3: 2.0, Priority.P4: 1.0}
WAITS = 0.5
"""A waiting ticket weighs half."""

NOBODY = StaffId("")
"""Under this name stand the tickets that nobody has."""


class Share(NamedTuple):
    """What somebody has, or how much more he has than before."""

    open: int = 0
    waiting: int = 0
    weight: float = 0.0
    last_at: datetime | None = None

    def plus(self, more: "Share") -> "Share":
        last_at = max(filter(None, (self.last_at, more.last_at)), default=None)
        return Share(self.open + more.open, self.waiting + more.waiting, self.weight + more.weight, last_at)


NOTHING = Share()


def weight(ticket: Ticket) -> float:
    """What an open ticket adds to its engineer's load."""
    return WEIGHTS[ticket.priority] * (WAITS if ticket.status is Status.WAITING else 1.0)


_priority = sa.func.coalesce(tickets.c.confirmed, tickets.c.proposed)
_by_priority = sa.case({priority.value: sa.literal_column(str(weight)) for priority, weight in WEIGHTS.items()}, value=_priority)
_by_status = sa.case(
    {Status.WAITING.value: sa.literal_column(str(WAITS))}, value=tickets.c.status, else_=sa.literal_column("1.0")
)
_waiting = sa.func.count().filter(tickets.c.status == Status.WAITING.value)
_weight = sa.func.sum(_by_priority * _by_status)
SUMS = Prepared(sa.select(tickets.c.engineer, sa.func.count(), _waiting, _weight).where(OPEN_TICKET).group_by(tickets.c.engineer))

LOCK = sa.text("LOCK TABLE loads IN EXCLUSIVE MODE")
EMPTY = Prepared(sa.update(loads).values(open=0, waiting=0, weight=0.0))
SHARES = Prepared(sa.select(loads.c.engineer, loads.c.open, loads.c.waiting, loads.c.weight, loads.c.last_at))
_later = bindparam("later", type_=Moment())
ADD = insert_or(
    loads,
    "engineer",
    open=loads.c.open + bindparam("more"),
    waiting=loads.c.waiting + bindparam("more_wait"),
    weight=loads.c.weight + bindparam("heavier"),
    last_at=sa.case((loads.c.last_at > _later, loads.c.last_at), else_=sa.func.coalesce(_later, loads.c.last_at)),
)


class Loads(Part):
    def __init__(self, connection: sa.Connection, files: Files, node: str) -> None:
        super().__init__(connection, files, node)
        self._shares: Mapping[StaffId, Share] | None = None
        self._changes: Mapping[StaffId, Share] = {}
        self._read: dict[TicketId, Ticket] = {}

    def load(self) -> Mapping[StaffId, Load]:
        """The load of everybody who ever had a ticket; whoever never had one is not in it."""
        shares = {who: share for who, share in self.shares().items() if who != NOBODY}
        return {who: Load(weight=share.weight, last_at=share.last_at) for who, share in shares.items()}

    def shares(self) -> Mapping[StaffId, Share]:
        """What everybody has, and under NOBODY what nobody has."""
        if self._shares is None:
            self._shares = {StaffId(who): Share(*cells) for who, *cells in self._run(SHARES)}
        return {**self._shares, **{who: self._shares.get(who, NOTHING).plus(more) for who, more in self._changes.items()}}

    def recount(self) -> None:
        """Sum the open tickets anew, whatever the rows say. Costs a look at each of them: for the start of a node."""
        if self._database == "postgresql":  # SQLite has one writer anyhow
            self._run(LOCK)
        self._run(EMPTY)
        self._add({who or NOBODY: Share(*cells) for who, *cells in self._run(SUMS)})
        self._shares = None

    def _carry(self, before: Ticket | None, after: Ticket) -> None:
        """A ticket is saved: what it was to somebody is taken from him and given to who has it now."""
        had, has = _share(before) if before else NOTHING, _share(after)
        if before is not None and (before.engineer, had) == (after.engineer, has):
            return
        if before is not None:
            self._gain(before.engineer, Share(-had.open, -had.waiting, -had.weight))
        self._gain(after.engineer, has)

    def _gain(self, engineer: StaffId | None, more: Share) -> None:
        who = engineer or NOBODY
        self._changes = {**self._changes, who: self._changes.get(who, NOTHING).plus(more)}

    def add_changes(self) -> None:
        """The last thing in a transaction: who waits for a row here holds nothing that its holder will ask for."""
        self._add(self._changes)

    def _add(self, shares: Mapping[StaffId, Share]) -> None:
        rows = sorted((who, share) for who, share in shares.items() if share != NOTHING)
        self._many(ADD, ({"engineer": who, **share._asdict(), **_more(share)} for who, share in rows))


def _more(share: Share) -> dict[str, Any]:
    """What is added where there is a row already."""
    return {"more": share.open, "more_wait": share.waiting, "heavier": share.weight, "later": share.last_at}


def _share(ticket: Ticket) -> Share:
    last_at = ticket.assigned_at if ticket.engineer else None
    if ticket.status not in OPEN:
        return Share(last_at=last_at)
    return Share(1, int(ticket.status is Status.WAITING), weight(ticket), last_at)
