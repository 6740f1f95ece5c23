"""Tickets, their numbers and their history.

A ticket row is the Ticket value, column by column. It is saved only by somebody who saw its last version, and of it only what has
changed: SQLite writes every index anew that has a column which a statement names, whether it changes or not.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.message import Address, Digest
from maildesk.core.people import StaffId
from maildesk.core.ticket import Number, Progress, Status, Ticket, TicketId, number
from maildesk.store.errors import Stale
from maildesk.store.loads import Loads
from maildesk.store.prepared import Listed, Prepared, legible
from maildesk.store.schema import (
    A_TICKET,
    ANSWER,
    DONE_LINE,
    DONE_TICKET,
    OPEN_TICKET,
    OWING,
    PROGRESS,
    SURVEYED,
    TICKET,
    WAKEFUL,
    blobs,
    exactly,
    numbers,
    progress,
    tickets,
)
from maildesk.store.statements import insert_once, insert_or
from maildesk.store.types import Moment
from maildesk.store.values import Illegible, Owed

ID, VERSION = TICKET.names.index("id"), TICKET.names.index("version")
COLUMNS = tuple(tickets.c[name] for name in TICKET.names)
LINES = tuple(progress.c[name] for name in PROGRESS.names)

COUNT = insert_or(numbers, "name", returning=numbers.c.last, last=numbers.c.last + 1)
BY_ID = Prepared(sa.select(*COLUMNS).where(tickets.c.id == bindparam("ticket")))
BY_NUMBER = Prepared(sa.select(*COLUMNS).where(tickets.c.number == bindparam("called")))
NUMBER_OF = Prepared(sa.select(tickets.c.number).where(tickets.c.id == bindparam("ticket")))
INSERT = Prepared(sa.insert(tickets).returning(tickets.c.id))
UPDATE = Prepared(sa.update(tickets).where(tickets.c.id == bindparam("ticket"), tickets.c.version == bindparam("seen")))
BY_IDS = Listed("ids", tickets.c.id, lambda these: sa.select(*COLUMNS).where(these))
DUE = Prepared(
    sa.select(tickets.c.id, tickets.c.version)
    .where(WAKEFUL, tickets.c.wake_at <= bindparam("now", type_=Moment()))
    .order_by(tickets.c.wake_at)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
NEXT_WAKE = Prepared(sa.select(sa.func.min(tickets.c.wake_at)).where(WAKEFUL))
RESOLVED_TICKET = tickets.c.status == exactly("resolved")
TURNS = 24
"""In so many parts all tickets are roused."""

BEFORE = sa.and_(OWING, tickets.c.closed_at < bindparam("before", type_=Moment()))
OWING_OF = Prepared(
    sa.select(*COLUMNS)
    .where(BEFORE, tickets.c.engineer == bindparam("of"))
    .order_by(tickets.c.closed_at, tickets.c.id)
    .limit(bindparam("most", type_=sa.Integer()))
)
OWED = (
    sa.select(tickets.c.engineer, sa.func.count().label("count"), sa.func.min(tickets.c.closed_at).label("oldest"))
    .where(BEFORE)
    .group_by(tickets.c.engineer)
)
SURVEYED_AT = Prepared(sa.select(sa.func.max(tickets.c.surveyed_at)).where(SURVEYED, tickets.c.requester == bindparam("of")))
APPEND = insert_once(progress, "ticket", "key")
NOTE_BLOB = insert_once(blobs, "digest")
SEEN = sa.select(blobs.c.digest).where(blobs.c.digest.in_(bindparam("digests", expanding=True)))


def _lines(order: sa.ColumnElement[int], *which: sa.ColumnElement[bool]) -> Prepared:
    of_it = sa.select(*LINES).where(*which, progress.c.ticket == bindparam("of"))
    return Prepared(of_it.order_by(order).limit(bindparam("most", type_=sa.Integer())))


HISTORY, DEEDS = _lines(progress.c.id.desc()), _lines(progress.c.id.desc(), DONE_LINE)
FIRST_DEEDS = _lines(progress.c.id.asc(), DONE_LINE)
ANSWERS = Prepared(
    sa.select(progress.c.text)
    .where(ANSWER, progress.c.public, progress.c.author == bindparam("by"))
    .order_by(progress.c.id.desc())
    .limit(bindparam("most", type_=sa.Integer()))
)


def _in_state(status: Status) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition, with what leads to the index of open tickets or to that of all others."""
    return OPEN_TICKET if status.open else DONE_TICKET, tickets.c.status == status.value


def _age(ticket: Ticket | Illegible) -> tuple[datetime, int]:
    """Where it stands among others. One that cannot be read stands first, where it is seen."""
    return datetime.max.replace(tzinfo=UTC) if isinstance(ticket, Illegible) else ticket.opened_at, ticket.id


class Tickets(Loads):
    # Names

    def mint(self, day: date) -> Number:
        """The next number of a day; gone for ever once this transaction is committed, and free again if it is not."""
        return number(day, self._scalar(COUNT, name=day.isoformat(), last=1))

    # One ticket

    def ticket(self, id: TicketId) -> Ticket | None:
        """The ticket as this transaction has read or saved it last, else as it is in the store."""
        return self._read.get(id) or self._first(BY_ID, ticket=id)

    def number_of(self, id: TicketId) -> Number:
        """Its number, even where nothing else of it can be read."""
        return Number(self._scalar(NUMBER_OF, ticket=id))

    def by_number(self, called: Number, *, follow_merges: bool = True) -> Ticket | None:
        """The ticket of this number, or the one into which it was merged in the end."""
        passed: set[Number] = set()
        found = self._first(BY_NUMBER, called=called)
        while follow_merges and found is not None and found.merged_into is not None and found.number not in passed:
            passed.add(found.number)
            found = self._first(BY_NUMBER, called=found.merged_into) or found
        return found

    def save(self, ticket: Ticket) -> Ticket:
        """The ticket as it is now in the store, its version one higher; a new one (version 0) gets an id that none has had.

        Raises Stale when somebody saved it since it was read.
        """
        before = self._as_read(ticket)
        saved = self._insert(ticket) if ticket.version == 0 else self._update(before, ticket)
        self._carry(before, saved)
        self._read[saved.id] = saved
        return saved

    def _insert(self, ticket: Ticket) -> Ticket:
        first = replace(ticket, version=1)
        row = TICKET.row(first)
        del row["id"]
        return replace(first, id=TicketId(self._scalar(INSERT, **row)))

    def _update(self, before: Ticket | None, ticket: Ticket) -> Ticket:
        after = replace(ticket, version=ticket.version + 1)
        if before is None or before.version != ticket.version:
            raise Stale(ticket.id)
        changes = TICKET.changes(before, after)
        if self._run(UPDATE, ticket=ticket.id, seen=ticket.version, **changes).rowcount != 1:
            raise Stale(ticket.id)
        return after

    def _as_read(self, ticket: Ticket) -> Ticket | None:
        """The ticket as it was before the changes that are to be saved; None for a new one."""
        known = self._read.get(ticket.id)
        return known if known is not None and known.version == ticket.version else self._first(BY_ID, ticket=ticket.id)

    def postpone(self, id: TicketId, until: datetime) -> None:
        """Do not wake this ticket before then, whatever its rules say: it could not be woken now."""
        self._run(sa.update(tickets).where(tickets.c.id == id).values(wake_at=until, version=tickets.c.version + 1))
        self._read.pop(id, None)

    def rouse(self, now: datetime, within: timedelta) -> None:
        """Wake every ticket of which a rule may speak within that time, evenly spread: their rules are others than before."""
        turns = {n: sa.literal(now + n * within / TURNS, Moment()) for n in range(TURNS)}
        sleeping = sa.or_(tickets.c.wake_at.is_(None), tickets.c.wake_at > now + within)
        roused = sa.update(tickets).where(sa.or_(OPEN_TICKET, RESOLVED_TICKET, WAKEFUL), sleeping)
        self._run(roused.values(wake_at=sa.case(turns, value=tickets.c.id % TURNS), version=tickets.c.version + 1))
        self._read.clear()

    # Many tickets

    def tickets(
        self,
        *,
        open: bool | None = None,
        status: Iterable[Status] = (),
        engineer: StaffId | None = None,
        requester: Address | None = None,
        limit: int = 100,
    ) -> tuple[Ticket | Illegible, ...]:
        """Tickets that meet all that is asked, the youngest first. One that cannot be read hides no other."""
        wanted = sa.select(*COLUMNS).where(A_TICKET).order_by(tickets.c.opened_at.desc(), tickets.c.id.desc()).limit(limit)
        if open is not None:
            wanted = wanted.where(OPEN_TICKET if open else DONE_TICKET)
        if engineer is not None:
            wanted = wanted.where(tickets.c.engineer == engineer)
        if requester is not None:
            wanted = wanted.where(tickets.c.requester == requester)
        parts = [_in_state(state) for state in status]
        if not parts and engineer is not None and open is None:
            parts = [(OPEN_TICKET,), (DONE_TICKET,)]
        if not parts:
            return self._looked_at(wanted, self._value)
        found = [one for part in parts for one in self._looked_at(wanted.where(*part), self._value)]
        return tuple(sorted(found, key=_age, reverse=True)[:limit])

    def owing(self, engineer: StaffId, before: datetime, limit: int) -> tuple[Ticket, ...]:
        """His tickets that owe an article and were closed before an instant, the oldest first."""
        return self._all(OWING_OF, of=engineer, before=before, most=limit)

    def owed(self, before: datetime) -> tuple[Owed, ...]:
        """What each engineer owes of the tickets that were closed before an instant, the longest lists first."""
        found = (Owed(**row._mapping) for row in self._run(OWED, before=before))
        return tuple(sorted(found, key=lambda one: (-one.count, one.oldest)))

    def due(self, now: datetime, limit: int) -> tuple[Ticket | Illegible, ...]:
        """Tickets that want attention now, the longest waiting first; no other transaction gets them meanwhile. One that cannot
        be read hinders no other."""
        found = self._run(DUE, now=now, most=limit).all()
        unknown = [id for id, version in found if not self._knows(id, version)]
        read = [legible(row, self._value) for row in self._run(BY_IDS, ids=unknown)] if unknown else []
        self._read.update((one.id, one) for one in read if isinstance(one, Ticket))
        illegible = {one.id: one for one in read if isinstance(one, Illegible)}
        return tuple(illegible.get(id) or self._read[id] for id, _ in found)

    def next_wake(self) -> datetime | None:
        """When the next ticket wants attention."""
        soonest: datetime | None = self._scalar(NEXT_WAKE)
        return soonest

    def surveyed_at(self, requester: Address) -> datetime | None:
        """When this person was last asked to rate us, about any ticket."""
        last: datetime | None = self._scalar(SURVEYED_AT, of=requester)
        return last

    # History

    def append(self, ticket: TicketId, *lines: Progress) -> int:
        """Add lines of progress; how many there are new. One whose key is there already changes nothing."""
        files = (file for line in lines for file in line.attachments)
        self._many(NOTE_BLOB, ({"digest": file.digest, "size": file.size, "content_type": file.content_type} for file in files))
        return self._many(APPEND, ({"ticket": ticket, **PROGRESS.row(line)} for line in lines))

    def seen(self, digests: tuple[Digest, ...]) -> frozenset[Digest]:
        """Those of the files that came with an earlier mail."""
        return frozenset(row[0] for row in self._run(SEEN, digests=list(digests))) if digests else frozenset()

    def history(self, ticket: TicketId, limit: int = 50, *, clock: bool = True) -> tuple[Progress, ...]:
        """The last lines of progress, oldest first; without `clock` those that it did not write."""
        return tuple(map(PROGRESS.value, self._run(HISTORY if clock else DEEDS, of=ticket, most=limit)))[::-1]

    def beginning(self, ticket: TicketId, limit: int) -> tuple[Progress, ...]:
        """The first lines of progress that the clock did not write, oldest first."""
        return tuple(map(PROGRESS.value, self._run(FIRST_DEEDS, of=ticket, most=limit)))

    def answers(self, by: StaffId, limit: int) -> tuple[str, ...]:
        """What somebody told requesters, in whatever ticket, the latest first."""
        return tuple(self._run(ANSWERS, by=by, most=limit).scalars())

    def _first(self, wanted: sa.Executable | Prepared, **values: Any) -> Ticket | None:
        return next(iter(self._all(wanted, **values)), None)

    def _all(self, wanted: sa.Executable | Prepared | Listed, **values: Any) -> tuple[Ticket, ...]:
        found = tuple(map(self._value, self._run(wanted, **values)))
        self._read.update((ticket.id, ticket) for ticket in found)
        return found

    def _value(self, cells: Any) -> Ticket:
        """A row as a ticket; one that was read in the same version before is not made anew."""
        return self._read[cells[ID]] if self._knows(cells[ID], cells[VERSION]) else TICKET.value(cells)

    def _knows(self, id: TicketId, version: int) -> bool:
        """Whether this transaction has read or saved the ticket in that version."""
        known = self._read.get(id)
        return known is not None and known.version == version
