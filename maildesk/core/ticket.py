"""The ticket: its number, its state machine, its facts and its history.

One table, TURNS, rules the life of every ticket:

    blank → new → assigned → in progress ⇄ waiting → observing → resolved → closed → archived

with the other ends guided, merged, withdrawn and spam. A ticket that lacks facts (未完整) is not a state of its own: the gaps
stand in `missing` while the work goes on, because an engineer may already take it. A turn that is not in the table is
refused by `turned`, which then returns None; nothing else may set `status`.

Time is kept as instants with an offset. Waiting does not stop a clock by itself: each pause is written down in `pauses`
with its reason, and every rule of the policy says which reasons stop it. So no used time is ever lost or invented.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, NewType

from maildesk.core.message import Address, Attachment, Digest, Fact, MessageId
from maildesk.core.people import StaffId

TicketId = NewType("TicketId", int)
"""The store's key of a ticket; never shown, and what reply tokens bind to."""

UNSAVED = TicketId(0)
"""The id of a ticket that the store has not seen yet."""

Number = NewType("Number", str)
"""What people call a ticket: TS, the desk's local date, a serial of the day of at least three digits."""

NUMBER = re.compile(r"(?<![0-9A-Za-z])TS(\d{8})(\d{3,6})(?!\d)", re.IGNORECASE | re.ASCII)
"""A number in running text. The look-around keeps TS202310271000 from being read as ticket 100 of that day."""


def number(day: date, serial: int) -> Number:
    """The number of the serial-th ticket of a day; grows past three digits after 999."""
    return Number(f"TS{day:%Y%m%d}{serial:03d}")


def number_parts(called: Number) -> tuple[date, int] | None:
    """The day of a number and its serial; None for one that names no day."""
    try:
        return date.fromisoformat(called[2:10]), int(called[10:])
    except ValueError:
        return None


def numbers_in(text: str) -> tuple[Number, ...]:
    """Every ticket number named in a text, each once, in the order of appearance."""
    return tuple(dict.fromkeys(Number("TS" + m[1] + m[2]) for m in NUMBER.finditer(text)))


class Priority(StrEnum):
    """P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Status(StrEnum):
    BLANK = "blank"
    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    OBSERVING = "observing"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ARCHIVED = "archived"
    GUIDED = "guided"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"

    @property
    def open(self) -> bool:
        """Somebody still has work to do."""
        return self in OPEN


OPEN = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING, Status.OBSERVING})


class Turn(StrEnum):
    """What can happen to a status. `ASSIGN` gives the ticket to somebody, `TAKE` says that he has begun."""

    OPEN = "open"
    ASSIGN = "assign"
    TAKE = "take"
    WAIT = "wait"
    RESUME = "resume"
    OBSERVE = "observe"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    GUIDE = "guide"
    MERGE = "merge"
    WITHDRAW = "withdraw"
    SPAM = "spam"


def _rows() -> Mapping[tuple[Status, Turn], Status]:
    s, t = Status, Turn
    table: dict[tuple[Status, Turn], Status] = {(s.BLANK, t.OPEN): s.NEW}
    for status in (s.NEW, s.ASSIGNED, s.IN_PROGRESS, s.WAITING, s.OBSERVING):
        table |= {
            (status, t.TAKE): s.IN_PROGRESS,
            (status, t.WAIT): s.WAITING,
            (status, t.OBSERVE): s.OBSERVING,
            (status, t.RESOLVE): s.RESOLVED,
            (status, t.CLOSE): s.CLOSED,
            (status, t.GUIDE): s.GUIDED,
            (status, t.MERGE): s.MERGED,
            (status, t.WITHDRAW): s.WITHDRAWN,
            (status, t.SPAM): s.SPAM,
        }
    # Giving an open ticket to somebody else keeps what is known of it: a waiting ticket goes on waiting.
    table |= {(s.NEW, t.ASSIGN): s.ASSIGNED, (s.ASSIGNED, t.ASSIGN): s.ASSIGNED, (s.IN_PROGRESS, t.ASSIGN): s.ASSIGNED}
    table |= {(s.WAITING, t.ASSIGN): s.WAITING, (s.OBSERVING, t.ASSIGN): s.OBSERVING}
    table |= {(s.WAITING, t.RESUME): s.IN_PROGRESS, (s.OBSERVING, t.RESUME): s.IN_PROGRESS}
    table |= {(s.RESOLVED, t.CLOSE): s.CLOSED, (s.RESOLVED, t.REOPEN): s.IN_PROGRESS, (s.RESOLVED, t.WITHDRAW): s.WITHDRAWN}
    table |= {(s.CLOSED, t.REOPEN): s.IN_PROGRESS, (s.CLOSED, t.ARCHIVE): s.ARCHIVED, (s.ARCHIVED, t.REOPEN): s.IN_PROGRESS}
    table |= {(s.GUIDED, t.REOPEN): s.IN_PROGRESS, (s.WITHDRAWN, t.REOPEN): s.IN_PROGRESS, (s.SPAM, t.REOPEN): s.IN_PROGRESS}
    return MappingProxyType(table)


TURNS: Mapping[tuple[Status, Turn], Status] = _rows()


class Waiting(StrEnum):
    """For whom or what a ticket waits; SCHEDULED is the orders' `wait until`, OBSERVING that a solution proves to hold."""

    USER = "user"
    VENDOR = "vendor"
    APPROVAL = "approval"
    SCHEDULED = "scheduled"
    OBSERVING = "observing"


class Feedback(StrEnum):
    """用户反馈."""

    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"


class Archive(StrEnum):
    """What became of the knowledge in a closed ticket: LINKED to an article, or WAIVED because there is none in it."""

    NOT_OWED = ""
    PENDING = "pending"
    LINKED = "linked"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A span in which the ticket waited; `until` is None while it still does."""

    why: Waiting
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eta:
    """A promise to the requester: done `at`, given at `said_at`."""

    at: datetime
    said_at: datetime


class Kind(NamedTuple):
    """By what the policy chooses the rules of a ticket; `internal` is whether its requester is of this company."""

    priority: Priority
    category: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a ticket was until an instant, as in Kind. The time that was used until then is counted by the rules of that."""

    until: datetime
    priority: Priority
    category: str
    internal: bool

    @property
    def kind(self) -> Kind:
        return Kind(self.priority, self.category, self.internal)


NOBODY = Address("")
"""The requester of a ticket whose mail names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Everything the rules need to know of a ticket. The row in the store is the truth; this is that row.

    `asked` is the requester's wish, `proposed` what the rules made of the mail, `confirmed` an engineer's word with its
    `priority_reason`; `former` is what it was before by priority and category, in order. `reopened_at` is when the last round
    began anew, `chased_at` when the requester's silence was last met with a chaser. `promised` is when he expects a solution:
    what he was last told, by whomever. `waiting_until` is when the waiting or the observing ends. `line_since` starts the
    line 1 → line 2 clock, `line2_at` is when it left line 1. `progressed_at` starts the progress clock, `heard_at` is when the
    requester last had a human word from us. `round` counts how often the ticket was solved anew. `article` names what was
    learned, by its id or address. `spoken` holds the keys of the alarms that have already spoken; `wake_at` is when the next
    speaks, `due_at` when the first of its duties is broken, or was. `version` is the store's: it grows with each save.
    """

    id: TicketId
    number: Number
    version: int = 0
    status: Status = Status.BLANK
    subject: str = ""
    language: str = "zh"
    requester: Address = NOBODY
    requester_name: str = ""
    internal: bool = False
    watchers: tuple[Address, ...] = ()
    opened_at: datetime
    reopened_at: datetime | None = None
    raw: Digest | None = None
    fields: Mapping[str, Fact] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    missing_asked_at: datetime | None = None
    category: str = ""
    category_source: str = ""
    category_confidence: float = 0.0
    asked: Priority | None = None
    proposed: Priority = Priority.P3
    confirmed: Priority | None = None
    priority_reason: str = ""
    priority_at: datetime | None = None
    former: tuple[Former, ...] = ()
    engineer: StaffId | None = None
    assigned_at: datetime | None = None
    line: int = 1
    line_since: datetime | None = None
    line2_at: datetime | None = None
    first_answer_at: datetime | None = None
    progressed_at: datetime | None = None
    heard_at: datetime | None = None
    called_at: datetime | None = None
    eta: Eta | None = None
    promised: Eta | None = None
    waiting: Waiting | None = None
    waiting_until: datetime | None = None
    chased_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    solution: str = ""
    resolved_at: datetime | None = None
    round: int = 1
    feedback: Feedback | None = None
    closed_at: datetime | None = None
    closed_how: str = ""
    rating: int | None = None
    rating_comment: str = ""
    surveyed_at: datetime | None = None
    archive: Archive = Archive.NOT_OWED
    article: str = ""
    merged_into: Number | None = None
    linked: tuple[Number, ...] = ()
    spoken: frozenset[str] = frozenset()
    wake_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def priority(self) -> Priority:
        """What the clocks run by: the engineer's word, and until there is one what the rules proposed."""
        return self.confirmed or self.proposed

    @property
    def kind(self) -> Kind:
        """By what the policy chooses its rules."""
        return Kind(self.confirmed or self.proposed, self.category, self.internal)

    def judged(self, at: datetime, **facts: Any) -> "Ticket":
        """This ticket with other facts of its kind from an instant on; what it was until then is kept in `former`."""
        changed = replace(self, **facts)
        if changed.kind == self.kind:
            return changed
        return replace(changed, former=(*self.former, Former(until=at, **self.kind._asdict())))

    @property
    def participants(self) -> frozenset[Address]:
        """Who may read and write from outside."""
        return frozenset({self.requester, *self.watchers})

    @property
    def untouched(self) -> bool:
        """Whether nobody has done anything with it since the desk opened it."""
        touched = (self.progressed_at, self.heard_at, self.called_at, self.confirmed, self.eta)
        return self.status in {Status.NEW, Status.ASSIGNED} and not any(touched)

    def turned(self, turn: Turn) -> "Ticket | None":
        """This ticket after a turn, or None where the table has no such row (then nothing has changed)."""
        status = TURNS.get((self.status, turn))
        return None if status is None else replace(self, status=status)


class Mark(StrEnum):
    """What kind of thing a line of progress records."""

    OPENED = "opened"
    MAIL = "mail"
    ANSWER = "answer"
    NOTE = "note"
    ORDER = "order"
    TURN = "turn"
    ALARM = "alarm"
    DELIVERY = "delivery"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """处理进度: one line of the append-only history. `key` makes it happen once per ticket (`alarm:rule:step:deadline`).

    `author` is a staff id, an address, or "desk". Only lines with `public` may ever be shown to the requester.
    """

    at: datetime
    mark: Mark
    author: str
    text: str
    public: bool = False
    key: str | None = None
    message_id: MessageId | None = None
    raw: Digest | None = None
    attachments: tuple[Attachment, ...] = ()
