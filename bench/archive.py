"""A desk with a past: a day of a thousand tickets that the desk itself took in, and as many such days before it as are wanted.

Mails, tickets, progress, letters and threads of the one day are what the desk made of a thousand mails. Nine in ten tickets are
then closed; of the others some are new, some in progress, some wait, and none is due for weeks. Earlier days are copies of this
one, row by row within the database, with ids, names, numbers and dates of their own. Only the bytes of their letters are left
out: no step of the daily work reads them, and those of a million tickets would fill the disk.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from mails import LINES
from month import ENGINEERS

from maildesk import config
from maildesk.core.duration import SOLUTION, Duration
from maildesk.core.rules import Rule
from maildesk.core.ticket import Status, Ticket, Waiting
from maildesk.demo import world
from maildesk.desk import Desk
from maildesk.desk.rendering import render
from maildesk.store import Store
from maildesk.store.schema import OPEN_TICKET, UNSENT, WAKEFUL, blobs, durations, inbox, outbox, parties, progress, refs, tickets

A_DAY = 1000
AT_ONCE = 100
"""So many days are copied in one transaction."""

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Half past nine of a working Monday in Shanghai."""

IDS = {
    tickets: {"id": tickets},
    inbox: {"id": inbox, "ticket": tickets},
    blobs: {"id": blobs},
    parties: {"id": parties},
    progress: {"id": progress, "ticket": tickets},
    outbox: {"id": outbox, "ticket": tickets},
    refs: {"id": refs, "ticket": tickets, "outbox": outbox},
    durations: {"ticket": tickets},
}
"""Every table that grows with the tickets, with its columns of ids and whose they are; the first of them orders its rows."""

NUMBERED = tuple(table for table in IDS if "id" in table.c)

FASTER = {"postgresql": "SET LOCAL session_replication_role = replica", "sqlite": "PRAGMA cache_size = -500000"}
"""For the copying: nobody looks whether what a copy names is there, because it is copied too; memory for random names."""

NAMES = frozenset({"digest", "message_id", "who", "key"})
"""Columns of which no two rows may say the same."""


@dataclass(slots=True, kw_only=True)
class Archive:
    """A desk of so many tickets at a moment at which nothing is due. `day` has the highest id of the day in each table."""

    desk: Desk
    now: datetime
    size: int
    day: dict[sa.Table, int]

    def grow(self, size: int) -> None:
        """Put earlier days before the day, until there are `size` tickets beside those that came since."""
        for past in range(self.size // A_DAY, size // A_DAY, AT_ONCE):
            self._copy(range(past, min(past + AT_ONCE, size // A_DAY)))
        self.size = size
        with self.desk.store.write() as tx:
            tx.recount()
        engine = self.desk.store._writing
        if engine.dialect.name == "postgresql":  # as it does by itself, only later
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        engine.dispose()  # with what the copying had changed for itself

    def open(self) -> int:
        """How many tickets are open."""
        with self.desk.store.read() as tx:
            return sum(share.open for share in tx.shares().values())

    def settle(self) -> None:
        """All letters are sent, and no ticket is due for weeks."""
        soon, later = self.now + timedelta(days=1), self.now + timedelta(days=30)
        with self.desk.store._writing.begin() as connection:
            connection.execute(sa.update(outbox).where(UNSENT).values(state="sent", settled_at=self.now, reply="250 2.0.0 taken"))
            connection.execute(sa.update(tickets).where(WAKEFUL, tickets.c.wake_at < soon).values(wake_at=later))

    def fall_due(self, many: int, now: datetime) -> None:
        """Let the youngest open tickets want attention at once."""
        youngest = sa.select(tickets.c.id).where(OPEN_TICKET).order_by(tickets.c.opened_at.desc()).limit(many)
        with self.desk.store._writing.begin() as connection:
            connection.execute(sa.update(tickets).where(tickets.c.id.in_(youngest)).values(wake_at=now))

    def _copy(self, past: range) -> None:
        with self.desk.store._writing.begin() as connection:
            postgres = connection.dialect.name == "postgresql"
            connection.exec_driver_sql(FASTER[connection.dialect.name])
            highest = {table: connection.scalar(sa.select(sa.func.max(table.c.id))) for table in NUMBERED}
            dates = [(nth, f"{days} days", f"{self.now - timedelta(days=days):%Y%m%d}") for nth, days in enumerate(past)]
            for table in IDS:
                connection.execute(self._copies(table, highest, dates, postgres))
            for table in NUMBERED if postgres else ():
                sequence = "'ticket_ids'" if table is tickets else f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.exec_driver_sql(f"SELECT setval({sequence}, (SELECT max(id) FROM {table.name}))")

    def _copies(
        self, table: sa.Table, highest: dict[sa.Table, int], dates: list[tuple[int, str, str]], postgres: bool
    ) -> sa.Executable:
        """The rows of the day once more for each date."""
        columns = (sa.column("nth", sa.Integer), sa.column("ago", sa.Text), sa.column("date", sa.Text))
        past = sa.values(*columns, name="past").data(dates).cte("past")

        def cell(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
            of = IDS[table].get(column.name)
            if of is not None:
                return column + highest[of] + past.c.nth * self.day[of]
            if column.name in NAMES:
                return column.concat(past.c.date)
            if column.name == "number":
                return sa.literal_column("'TS'").concat(past.c.date).concat(sa.func.substr(column, 11))
            if column.name == "packed":
                return sa.null()
            return _earlier(column, past.c.ago, postgres) if column.name.endswith(("_at", "since")) else column

        order, of = next(iter(IDS[table].items()))
        chosen = sa.select(*map(cell, table.c)).select_from(table.join(past, sa.true())).where(table.c[order] <= self.day[of])
        return sa.insert(table).from_select([column.name for column in table.c], chosen)


def _earlier(column: sa.Column[Any], ago: sa.ColumnElement[str], postgres: bool) -> sa.ColumnElement[Any]:
    """A moment of the past so much earlier; a ticket that waits goes on to wait."""
    if column.name in ("wake_at", "next_at"):
        return column
    if postgres:
        return column - sa.cast(ago, sa.Interval)
    return sa.func.strftime("%Y-%m-%d %H:%M:%f000", column, sa.literal_column("'-'").concat(ago))


def one_day(folder: Path, url: str) -> Archive:
    """A thousand mails taken in, their letters sent, and most of their tickets closed."""
    main = world.write(folder, imap_port=1, smtp_port=1)
    people = folder / "people.csv"
    people.write_text(people.read_text("utf-8") + ENGINEERS, "utf-8")
    store = Store.open(url, folder / "files", "bench", durable=False)
    store.upgrade()
    desk = Desk(config.load(main, secrets=False), store)
    rng = random.Random(1)
    desk.keep([(None, MORNING, mail(rng, f"user{n}@{world.DOMAIN}")) for n in range(A_DAY)], None, MORNING)
    assert sum(desk.take_in(lambda: MORNING)) == A_DAY
    _let_pass(desk)
    with store._writing.connect() as connection:
        day = {table: connection.scalar(sa.select(sa.func.max(table.c.id))) for table in NUMBERED}
    archive = Archive(desk=desk, now=MORNING + timedelta(hours=1), size=A_DAY, day=day)
    archive.settle()
    return archive


def mail(rng: random.Random, user: str) -> bytes:
    """A plain mail from an address of the house."""
    words = "\r\n".join(rng.choice(LINES) for _ in range(4))
    return (
        f"From: {user}\r\nTo: {world.DESK}\r\nMessage-ID: <{rng.getrandbits(64):x}@{world.DOMAIN}>\r\n"
        f"Authentication-Results: {world.HOST}; dmarc=pass header.from={world.DOMAIN}\r\n"
        f"Subject: Help {user}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


def _let_pass(desk: Desk) -> None:
    """The day goes by."""
    with desk.store.write() as tx:
        while render(desk, tx, MORNING):
            pass
        for nth, ticket in enumerate(tx.tickets(limit=A_DAY)):
            saved = tx.save(_in_its_course(ticket, nth))
            tx.measure(saved.id, (_done(saved, rule) for rule in (Rule.FIRST_ANSWER, SOLUTION) if not saved.status.open))


def _done(ticket: Ticket, rule: str) -> Duration:
    """Half an hour of two."""
    return Duration(
        rule=rule,
        since=ticket.opened_at,
        settled_at=MORNING,
        kept=ticket.id % 10 > 0,
        took=timedelta(minutes=30),
        allowed=timedelta(hours=2),
        priority=ticket.priority,
        category=ticket.category,
        engineer=ticket.engineer,
    )


def _in_its_course(ticket: Ticket, nth: int) -> Ticket:
    """Nine in ten are closed."""
    answered = replace(ticket, first_answer_at=MORNING, progressed_at=MORNING, heard_at=MORNING, confirmed=ticket.proposed)
    match nth % 40:
        case 0:
            return ticket
        case 1 | 2:
            return replace(answered, status=Status.IN_PROGRESS)
        case 3:
            return replace(answered, status=Status.WAITING, waiting=Waiting.USER)
        case _:
            ends = {"resolved_at": MORNING, "closed_at": MORNING, "surveyed_at": MORNING, "closed_how": "confirmed"}
            return replace(answered, status=Status.CLOSED, solution="Restarted the service.", wake_at=None, **ends)
