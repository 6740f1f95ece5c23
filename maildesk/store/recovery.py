"""What a store needs that comes from a backup: the desk went on after it was made, and gave out what is not in here.

Its letters bear keys of tickets, people and mails in their signed addresses. The next keys of this store would be the same ones,
for others; so all keys leap ahead first, and what the lost desk gave out leads nowhere. The numbers of the day go on above any
that it can have given. Letters that waited when the backup was made may have gone out since.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from maildesk.core.letter import AUDIENCE, Audience
from maildesk.core.message import Digest, MessageId
from maildesk.core.ticket import Number, Ticket, TicketId
from maildesk.store.outbox import OWN_WORDS, Outbox
from maildesk.store.part import as_key
from maildesk.store.schema import (
    A_MAIL,
    EDGE,
    HELD,
    QUEUED,
    TICKET,
    UNWRITTEN,
    inbox,
    numbers,
    outbox,
    parties,
    places,
    policies,
    tickets,
)
from maildesk.store.statements import put

AT_ONCE = 500
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything that a report counts."""

EDGES = {tickets.name: tickets.c.number == EDGE, inbox.name: inbox.c.digest == EDGE}

PUT_LAST = put(numbers, "name")
MAYBE_SENT = "waited when the backup was made, and may have gone out since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """What became of the letters that waited when the backup was made: known to have gone out, not sent again because they may
    have, and people's own words, which go out once more, the same bytes."""

    gone: int
    uncertain: int
    again: int


class Recovery(Outbox):
    # What is known

    def kept(self, digests: Iterable[Digest]) -> frozenset[Digest]:
        """Those of these mails that we have."""
        asked = tuple(digests)
        groups = (asked[start : start + AT_ONCE] for start in range(0, len(asked), AT_ONCE))
        found = (self._run(sa.select(inbox.c.digest).where(inbox.c.digest.in_(group))).scalars() for group in groups)
        return frozenset(Digest(digest) for some in found for digest in some)

    def latest_of(self, mailbox: str) -> datetime | None:
        """When the server got the latest mail that we have of a mailbox."""
        joined = sa.select(sa.func.max(inbox.c.received_at)).join_from(inbox, places, places.c.inbox == inbox.c.id)
        latest: datetime | None = self._scalar(joined.where(places.c.mailbox == mailbox))
        return latest

    def has_mail_of_no_mailbox(self) -> bool:
        """Whether mail came by `maildesk ingest`, of which no server has a copy."""
        nowhere = sa.select(inbox.c.id).where(A_MAIL, ~sa.exists().where(places.c.inbox == inbox.c.id))
        return self._scalar(nowhere.limit(1)) is not None

    # Keys and numbers

    def leap(self, by: int, age: timedelta, now: datetime) -> None:
        """Give no key out that the lost desk can have given: of mails, tickets and people.

        Nor one that was given after an earlier restore of the same backup: with each second of its `age` the keys of mails and
        tickets leap further, which is faster than any desk gives them out. Those of people mean nothing without a ticket's.
        """
        seconds = max(0, int(age.total_seconds()))
        for table, further in ((inbox, seconds), (tickets, seconds), (parties, 0)):
            highest = (self._scalar(sa.select(sa.func.max(table.c.id))) or 0) + by + further
            if self._database == "postgresql":
                sequence = "'ticket_ids'" if table is tickets else f"pg_get_serial_sequence('{table.name}', 'id')"
                self._run(sa.text(f"SELECT setval({sequence}, :highest)"), highest=highest)
            else:
                self._run(sa.delete(table).where(EDGES.get(table.name, sa.false())))
                self._run(sa.insert(table).values(id=highest, **_edge(table, now)))

    def land(self) -> None:
        """Take away the rows at which SQLite leapt, as soon as others stand above them: it counts on from its highest key. Only
        that of the people stays; nobody sees it."""
        for table in (tickets, inbox):
            edge = self._scalar(sa.select(table.c.id).where(EDGES[table.name]))
            if edge is not None and edge < self._scalar(sa.select(sa.func.max(table.c.id))):
                self._run(sa.delete(table).where(table.c.id == edge))

    def last_number(self, day: date) -> int:
        """The last serial that was given on a day."""
        return int(self._scalar(sa.select(numbers.c.last).where(numbers.c.name == day.isoformat())) or 0)

    def number_above(self, day: date, serial: int) -> None:
        """Give no number of this day up to that serial any more."""
        if serial > self.last_number(day):
            self._run(PUT_LAST, name=day.isoformat(), last=serial)

    # Promises

    def doubt_letters(self, gone: frozenset[MessageId], now: datetime) -> Doubtful:
        """End or repeat what waited to be sent. `gone` are letters of ours that somebody has."""
        written = sa.select(outbox.c.id, outbox.c.rank, outbox.c.message_id).where(sa.or_(QUEUED, HELD))
        known = {as_key(one) for one in gone}
        found = {"sent": 0, "uncertain": 0, "queued": 0}
        for id, rank, message_id in self._run(written).all():
            state = "sent" if message_id in known else "queued" if rank == OWN_WORDS else "uncertain"
            found[state] += 1
            end: dict[str, Any] = {"resent": True} if state == "queued" else {"settled_at": now}
            change = {**end, "state": state, "node": None, "lease_until": None, "reason": MAYBE_SENT}
            self._run(sa.update(outbox).where(outbox.c.id == id).values(**change))
        return Doubtful(gone=found["sent"], uncertain=found["uncertain"] + self._drop_unwritten(), again=found["queued"])

    def _drop_unwritten(self) -> int:
        """Nothing of the desk's own accord goes to a requester that he may have got in other bytes."""
        told = [kind for kind, audience in AUDIENCE.items() if audience is Audience.REQUESTER]
        ours = sa.and_(UNWRITTEN, outbox.c.rank != OWN_WORDS, outbox.c.kind.in_(told))
        outside = list(self._run(sa.select(outbox.c.id).where(ours)).scalars())
        for id in outside:
            self._run(sa.update(outbox).where(outbox.c.id == id).values(state="outdated", reason=MAYBE_SENT))
        return len(outside)

    def forget_policies(self) -> None:
        """Whatever policy begins now is another than before: what it puts into the past breaks nothing at once."""
        self._run(sa.update(policies).values(digest=""))


def last_serials(*databases: Path) -> Mapping[date, int]:
    """The last serial of each day in databases of SQLite that are replaced, as far as they can be read; they are not changed."""
    highest: dict[date, int] = {}
    for day, serial in (one for database in databases for one in _serials(database).items()):
        highest[day] = max(serial, highest.get(day, 0))
    return highest


def _serials(database: Path) -> Mapping[date, int]:
    if not database.is_file():
        return {}
    where = f"file:{quote(str(database))}?mode=ro"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(where, uri=True))
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.select(numbers.c.name, numbers.c.last)).all()
        return {date.fromisoformat(name): int(last) for name, last in rows}
    except (sa.exc.DatabaseError, ValueError, TypeError):
        return {}
    finally:
        engine.dispose()


def _edge(table: sa.Table, now: datetime) -> dict[str, Any]:
    """A row that is nothing but its key."""
    if table is tickets:
        row = TICKET.row(Ticket(id=TicketId(0), number=Number(EDGE), opened_at=LONG_AGO))
        return {name: value for name, value in row.items() if name != "id"}
    if table is parties:
        return {"who": f"restored:{now.isoformat()}", "epoch": 0}
    nothing = {"size": 0, "strikes": 0, "vouched": False, "verdict": "", "reason": ""}
    return {
        "digest": EDGE,
        "received_at": LONG_AGO,
        "kept_at": LONG_AGO,
        "state": "done",
        "outcome": "no mail: restored",
        **nothing,
    }
