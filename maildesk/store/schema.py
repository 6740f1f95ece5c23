"""The tables; private to the store. A migration leads to exactly these (tests compare them on both databases).

No lookup may cost more as the archive grows. So every question of the daily work has an index, and every queue (mails to take
in, mails to file, letters to send, tickets to wake) a partial one that holds only what still waits. The conditions of the
partial indexes are constants of this module and are used in the queries by name: a condition that is spelled differently
would not find its index.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from maildesk.core.ticket import OPEN, Mark, Progress, Ticket
from maildesk.store.rows import Rows
from maildesk.store.types import Json, Key, Moment, Words

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_unique",
        "ck": "%(table_name)s_%(constraint_name)s_known",
        "fk": "%(table_name)s_%(column_0_name)s_to_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

TICKET = Rows(Ticket)
PROGRESS = Rows(Progress)


def exactly(value: str) -> sa.ColumnElement[str]:
    """A constant written into the statement, because a parameter could not be matched with a partial index; SQLite would try, and
    for that prepare the statement anew each time."""
    return sa.literal_column(f"'{value}'", sa.Text())


def among(column: sa.ColumnElement[Any], words: Iterable[str]) -> sa.ColumnElement[bool]:
    return column.in_([exactly(word) for word in sorted(words)])


def partial(name: str, *columns: Any, where: sa.ColumnElement[bool]) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _key() -> sa.Column[int]:
    return sa.Column("id", Key, primary_key=True)


def _epoch() -> sa.Column[int]:
    """How often a row was claimed, ever."""
    return sa.Column("epoch", sa.Integer(), nullable=False, server_default="0")


# Mail in ---------------------------------------------------------------------------------------------------------------------

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("mailbox", sa.Text(), primary_key=True),
    sa.Column("folder", sa.Text(), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
    sa.Column("next_uid", sa.BigInteger(), nullable=False),
    sa.Column("floor", sa.BigInteger(), nullable=False),
    sa.Column("since", Moment(), nullable=False),
)

inbox = sa.Table(
    "inbox",
    metadata,
    _key(),
    sa.Column("digest", sa.Text(), nullable=False, unique=True),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("received_at", Moment(), nullable=False),
    sa.Column("kept_at", Moment(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("strikes", sa.Integer(), nullable=False),
    sa.Column("node", sa.Text(), nullable=True),
    sa.Column("lease_until", Moment(), nullable=True),
    _epoch(),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=True),
    sa.Column("verdict", Words(), nullable=False),
    sa.Column("outcome", Words(), nullable=False),
    sa.Column("reason", Words(), nullable=False),
    sa.Column("folder", sa.Text(), nullable=True),
    sa.Column("message_id", Words(), nullable=True),
    sa.Column("semantic", sa.Text(), nullable=True),
    sa.Column("person", sa.Text(), nullable=True),
    sa.Column("vouched", sa.Boolean(), nullable=False),
    sa.Column("waits_until", Moment(), nullable=True),
    sa.Column("held_at", Moment(), nullable=True),
    sa.Column("doubt", Json, nullable=True),
    sa.Column("standing", sa.Integer(), nullable=True),
    sa.Column("said", sa.Text(), nullable=True),
)
inbox.append_constraint(
    sa.CheckConstraint(among(inbox.c.state, ("kept", "done", "failed", "duplicate", "awaiting", "held")), name="state")
)
EDGE = "0" * 64
"""What rows are called that are nothing but a key, from which SQLite counts on after a restore: no mail and no ticket."""

A_MAIL = inbox.c.digest != EDGE
KEPT = inbox.c.state == exactly("kept")
UNDONE = inbox.c.state != exactly("done")
IGNORED = inbox.c.folder == exactly("ignored")
partial("inbox_kept", inbox.c.id, where=KEPT)
partial("inbox_undone", inbox.c.state, inbox.c.id, where=UNDONE)
partial("inbox_ignored", inbox.c.kept_at, where=IGNORED)
partial("inbox_message_id", inbox.c.message_id, where=inbox.c.message_id.is_not(None))
partial("inbox_said", inbox.c.said, where=inbox.c.said.is_not(None))

places = sa.Table(
    "places",
    metadata,
    _key(),
    sa.Column("inbox", Key, sa.ForeignKey("inbox.id"), nullable=False, index=True),
    sa.Column("mailbox", sa.Text(), nullable=False),
    sa.Column("folder", sa.Text(), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
    sa.Column("uid", sa.BigInteger(), nullable=False),
    sa.Column("target", sa.Text(), nullable=True),
    sa.Column("filed", sa.Text(), nullable=True),
    sa.Column("node", sa.Text(), nullable=True),
    sa.Column("lease_until", Moment(), nullable=True),
    sa.Column("above", sa.BigInteger(), nullable=True),
    sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
)
UNFILED = sa.and_(places.c.target.is_not(None), places.c.filed.is_(None))
partial("places_unfiled", places.c.mailbox, places.c.id, where=UNFILED)


def numbered(mailbox: str, folder: str, uidvalidity: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The places of a folder as long as its UIDs mean the same."""
    return places.c.mailbox == mailbox, places.c.folder == folder, places.c.uidvalidity == uidvalidity


blobs = sa.Table(
    "blobs",
    metadata,
    _key(),
    sa.Column("digest", sa.Text(), nullable=False, unique=True),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("content_type", Words(), nullable=False),
)

# Tickets ---------------------------------------------------------------------------------------------------------------------

ticket_ids = sa.Sequence("ticket_ids", metadata=metadata)
"""Where PostgreSQL takes a ticket's id from; SQLite, which has no sequences, counts up from the highest it has."""


def _ticket_columns() -> Iterable[sa.Column[Any]]:
    for column in TICKET.columns():
        if column.name == "id":
            column = sa.Column("id", Key, ticket_ids, primary_key=True)
        column.unique = True if column.name == "number" else None
        yield column


tickets = sa.Table("tickets", metadata, *_ticket_columns())
A_TICKET = tickets.c.number != EDGE
OPEN_TICKET = among(tickets.c.status, OPEN)
DONE_TICKET = sa.not_(OPEN_TICKET)
NOBODYS = tickets.c.engineer.is_(None)
URGENT = sa.func.coalesce(tickets.c.confirmed, tickets.c.proposed) == exactly("P1")
WATCHED = sa.and_(OPEN_TICKET, sa.or_(NOBODYS, URGENT))
"""Open tickets that the leads should look at, whatever is due."""

WAKEFUL = tickets.c.wake_at.is_not(None)
SURVEYED = tickets.c.surveyed_at.is_not(None)
CLOSED = tickets.c.closed_at.is_not(None)
OWING = tickets.c.archive == exactly("pending")
partial("tickets_wake_at", tickets.c.wake_at, where=WAKEFUL)
partial("tickets_open", tickets.c.opened_at, tickets.c.id, where=OPEN_TICKET)
partial("tickets_done", tickets.c.status, tickets.c.opened_at, tickets.c.id, where=DONE_TICKET)
BY_DUE = (tickets.c.due_at, tickets.c.opened_at, tickets.c.id)
partial("tickets_due", *BY_DUE, where=OPEN_TICKET)
partial("tickets_due_of", tickets.c.engineer, *BY_DUE, tickets.c.status, where=OPEN_TICKET)
partial("tickets_watched", *BY_DUE, where=WATCHED)
partial("tickets_in_hand", tickets.c.engineer, tickets.c.opened_at, tickets.c.id, where=OPEN_TICKET)
partial("tickets_off_hand", tickets.c.engineer, tickets.c.opened_at, tickets.c.id, where=DONE_TICKET)
partial("tickets_surveyed", tickets.c.requester, tickets.c.surveyed_at, where=SURVEYED)
partial("tickets_closed_at", tickets.c.closed_at, where=CLOSED)
partial("tickets_owing", tickets.c.engineer, tickets.c.closed_at, tickets.c.id, where=OWING)
sa.Index("tickets_requester", tickets.c.requester, tickets.c.opened_at, tickets.c.id)
sa.Index("tickets_opened_at", tickets.c.opened_at)

loads = sa.Table(
    "loads",
    metadata,
    sa.Column("engineer", sa.Text(), primary_key=True),
    sa.Column("open", sa.BigInteger(), nullable=False),
    sa.Column("waiting", sa.BigInteger(), nullable=False),
    sa.Column("weight", sa.Double(), nullable=False),
    sa.Column("last_at", Moment(), nullable=True),
)

progress = sa.Table(
    "progress",
    metadata,
    _key(),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=False),
    *PROGRESS.columns(),
    sa.UniqueConstraint("ticket", "key"),
)
sa.Index("progress_ticket", progress.c.ticket, progress.c.id)
DONE_LINE = progress.c.mark != exactly(Mark.ALARM.value)
"""What people wrote and what was done, without what the clock said of it: of a forgotten ticket that is nearly all."""

partial("progress_done", progress.c.ticket, progress.c.id, where=DONE_LINE)
ANSWER = progress.c.mark == exactly(Mark.ANSWER.value)
partial("progress_answers", progress.c.author, progress.c.id, where=ANSWER)

durations = sa.Table(
    "durations",
    metadata,
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("rule", sa.Text(), primary_key=True),
    sa.Column("since", Moment(), primary_key=True),
    sa.Column("nth", sa.Integer(), primary_key=True),
    sa.Column("settled_at", Moment(), nullable=False),
    sa.Column("kept", sa.Boolean(), nullable=False),
    sa.Column("took", sa.BigInteger(), nullable=True),
    sa.Column("allowed", sa.BigInteger(), nullable=False),
    sa.Column("priority", sa.Text(), nullable=False),
    sa.Column("category", Words(), nullable=False),
    sa.Column("engineer", sa.Text(), nullable=True),
)
MEASURED = sa.and_(among(durations.c.rule, ("first_answer", "solution")), durations.c.took.is_not(None))
"""Of these it is told how long they usually take."""

partial(
    "durations_category",
    *(durations.c[name] for name in ("rule", "priority", "category", "settled_at", "took")),
    where=MEASURED,
)
partial("durations_priority", *(durations.c[name] for name in ("rule", "priority", "settled_at", "took")), where=MEASURED)
sa.Index("durations_settled_at", *(durations.c[name] for name in ("settled_at", "rule", "engineer", "kept")))

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("last", sa.BigInteger(), nullable=False),
)

refs = sa.Table(
    "refs",
    metadata,
    _key(),
    sa.Column("message_id", Words(), nullable=False, unique=True),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=True),
    sa.Column("audience", sa.Text(), nullable=True),
    sa.Column("outbox", Key, sa.ForeignKey("outbox.id"), nullable=True),
    sa.Column("automatic", sa.Boolean(), nullable=False),
    sa.Column("outside", sa.Boolean(), nullable=False),
    sa.Column("at", Moment(), nullable=False),
)
sa.Index("refs_ticket", refs.c.ticket, refs.c.id)

# People ----------------------------------------------------------------------------------------------------------------------

parties = sa.Table(
    "parties",
    metadata,
    _key(),
    sa.Column("who", Words(), nullable=False, unique=True),
    sa.Column("epoch", sa.Integer(), nullable=False),
    sa.Column("language", sa.Text(), nullable=True),
    sa.Column("opened_until", Moment(), nullable=True),
)

absences = sa.Table(
    "absences",
    metadata,
    _key(),
    sa.Column("party", Key, sa.ForeignKey("parties.id"), nullable=False),
    sa.Column("since", Moment(), nullable=False),
    sa.Column("until", Moment(), nullable=False),
    sa.Column("here", sa.Boolean(), nullable=False),
)
sa.Index("absences_party", absences.c.party)
sa.Index("absences_until", absences.c.until)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address", Words(), primary_key=True),
    sa.Column("reason", Words(), nullable=False),
    sa.Column("at", Moment(), nullable=False),
    sa.Column("times", sa.Integer(), nullable=False),
)
DEAD = suppressions.c.times >= sa.literal_column("2")
"""After so many refusals for good an address is written to no more."""

partial("suppressions_dead", suppressions.c.at, where=DEAD)

# Mail out --------------------------------------------------------------------------------------------------------------------

outbox = sa.Table(
    "outbox",
    metadata,
    _key(),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("recipient", Words(), nullable=False),
    sa.Column("key", Words(), nullable=True, unique=True),
    sa.Column("bundle", sa.Text(), nullable=True),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("rank", sa.Integer(), nullable=False),
    sa.Column("letter", Json, nullable=True),
    sa.Column("message_id", Words(), nullable=True),
    sa.Column("sender", Words(), nullable=True),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("packed", sa.LargeBinary(), nullable=True),
    sa.Column("digest", sa.Text(), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("resent", sa.Boolean(), nullable=False),
    sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("node", sa.Text(), nullable=True),
    sa.Column("lease_until", Moment(), nullable=True),
    _epoch(),
    sa.Column("created_at", Moment(), nullable=False),
    sa.Column("next_at", Moment(), nullable=False),
    sa.Column("settled_at", Moment(), nullable=True),
    sa.Column("merged_into", Key, sa.ForeignKey("outbox.id"), nullable=True),
    sa.Column("reply", Words(), nullable=False),
    sa.Column("reason", Words(), nullable=False),
)
outbox.append_constraint(
    sa.CheckConstraint(
        among(
            outbox.c.state,
            ("unwritten", "queued", "claimed", "in_data", "sent", "refused", "uncertain", "outdated", "merged"),
        ),
        name="state",
    )
)
UNWRITTEN = outbox.c.state == exactly("unwritten")
QUEUED = outbox.c.state == exactly("queued")
HELD = among(outbox.c.state, ("claimed", "in_data"))
UNSENT = outbox.c.state != exactly("sent")
BUNDLED = sa.and_(UNWRITTEN, outbox.c.bundle.is_not(None))
partial("outbox_unwritten", outbox.c.next_at, where=UNWRITTEN)
partial("outbox_bundled", outbox.c.bundle, outbox.c.next_at, outbox.c.id, where=BUNDLED)
partial("outbox_queued", outbox.c.rank, outbox.c.next_at, outbox.c.id, where=QUEUED)
partial("outbox_held", outbox.c.lease_until, where=HELD)
partial("outbox_unsent", outbox.c.state, outbox.c.id, where=UNSENT)

# Calls to whoever is on call ---------------------------------------------------------------------------------------------------

calls = sa.Table(
    "calls",
    metadata,
    _key(),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=False),
    sa.Column("alarm", Words(), nullable=False),
    sa.Column("call", Json, nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("broken_off", sa.Integer(), nullable=False),
    sa.Column("node", sa.Text(), nullable=True),
    sa.Column("lease_until", Moment(), nullable=True),
    _epoch(),
    sa.Column("created_at", Moment(), nullable=False),
    sa.Column("next_at", Moment(), nullable=False),
    sa.Column("settled_at", Moment(), nullable=True),
    sa.Column("said", Words(), nullable=False),
    sa.UniqueConstraint("ticket", "alarm"),
)
calls.append_constraint(
    sa.CheckConstraint(among(calls.c.state, ("waiting", "ringing", "heard", "failed", "outdated")), name="state")
)
WAITING = calls.c.state == exactly("waiting")
RINGING = calls.c.state == exactly("ringing")
sa.Index("calls_state", calls.c.state, calls.c.id)

windows = sa.Table(
    "windows",
    metadata,
    sa.Column("person", sa.Text(), primary_key=True),
    sa.Column("opened_at", Moment(), nullable=False),
)
"""When each person of the desk was last written to by the clock."""


def _only() -> sa.Column[int]:
    """The key of a table that has one row."""
    return sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False)


pulse = sa.Table(
    "pulse",
    metadata,
    _only(),
    sa.Column("alive_at", Moment(), nullable=False),
    sa.Column("down_since", Moment(), nullable=True),
    sa.Column("down_until", Moment(), nullable=True),
)
"""The last sign of life, and the last outage."""

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("node", sa.Text(), primary_key=True),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("since", Moment(), nullable=True),
    sa.Column("alive_at", Moment(), nullable=True),
)
"""By which policy each node works, by the digest of its rules of time, since when that policy holds, and when the node gave its
last sign of life."""

pace = sa.Table(
    "pace",
    metadata,
    _only(),
    sa.Column("sent", sa.Integer(), nullable=False),
    sa.Column("last_at", Moment(), nullable=False),
    sa.Column("rests_until", Moment(), nullable=False),
)
"""How many letters in a row the clock has written to requesters, and until when it rests."""

occasions = sa.Table(
    "occasions",
    metadata,
    _key(),
    sa.Column("name", Words(), nullable=False),
    sa.Column("at", Moment(), nullable=False),
    sa.Column("ticket", Key, sa.ForeignKey("tickets.id"), nullable=True),
)
"""What happened in the last day that a limit counts: letters that no person wrote, tickets, answers within seconds."""

sa.Index("occasions_name", occasions.c.name, occasions.c.at)
sa.Index("occasions_at", occasions.c.at)
