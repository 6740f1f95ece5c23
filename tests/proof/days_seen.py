"""What the desk remembers of a day, read past it with plain SQL."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

BY_CLOCK = ("reminder", "progress_question", "escalation", "handover", "chaser", "delay", "survey")
"""Kinds of letters that only the clock writes on such a day."""


class Ticket(NamedTuple):
    """How a ticket stands at the end."""

    number: str
    status: str
    proposed: str
    category: str


class Line(NamedTuple):
    """A line of a ticket's record."""

    ticket: int
    at: int
    key: str | None
    message_id: str | None


class Call(NamedTuple):
    """Whoever is on call was rung; `heard` is when."""

    ticket: int
    key: str
    heard: int


class Letter(NamedTuple):
    """A letter of the clock; `sent` is when it went out, in whichever letter (`within`) that was; 0 when it did not,
    and `why`."""

    id: int
    ticket: int
    kind: str
    to: str
    state: str
    created: int
    sent: int
    within: int
    message_id: str
    why: str


DELAYS = "SELECT ticket, at FROM progress WHERE key LIKE 'alarm:promise:delay:%' ORDER BY id"
REPLIES = "SELECT ticket, created_at, recipient FROM outbox WHERE kind = 'reply' ORDER BY id"


def _instant(text: str | None) -> int:
    return round(_exactly(text)) if text else 0


def _exactly(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the store remembers; `put_off` is when the requester of a ticket was told of a delay, not rounded."""

    lines: tuple[Line, ...]
    letters: tuple[Letter, ...]
    calls: tuple[Call, ...]
    tickets: dict[int, Ticket]
    holders: dict[int, list[tuple[int, str]]]
    replies: tuple[tuple[int, int, str], ...]
    put_off: dict[int, list[float]]

    @staticmethod
    def of(base: sqlite3.Connection) -> "Seen":
        lines = base.execute("SELECT ticket, at, key, message_id FROM progress ORDER BY id").fetchall()
        marks = ", ".join(f"'{kind}'" for kind in BY_CLOCK)
        letters = base.execute(
            "SELECT l.id, l.ticket, l.kind, l.recipient, l.state, l.created_at, o.settled_at, o.id, o.message_id, l.reason"
            " FROM outbox l JOIN outbox o ON o.id = coalesce(l.merged_into, l.id)"
            f" WHERE l.kind IN ({marks}) AND l.ticket IS NOT NULL AND coalesce(l.key, '') NOT LIKE 'debts:%' ORDER BY l.id"
        ).fetchall()
        given = base.execute(
            "SELECT ticket, created_at, recipient FROM outbox WHERE kind IN ('assignment', 'handover') ORDER BY id"
        ).fetchall()
        holders = defaultdict(list)
        for ticket, at, to in given:
            holders[ticket].append((_instant(at), to))
        put_off = defaultdict(list)
        for ticket, at in base.execute(DELAYS):
            put_off[ticket].append(_exactly(at))
        return Seen(
            lines=tuple(Line(ticket, _instant(at), key, message_id) for ticket, at, key, message_id in lines),
            letters=tuple(Letter(*row[:5], _instant(row[5]), _instant(row[6]), *row[7:]) for row in letters),
            calls=tuple(Call(*row, _instant(at)) for *row, at in base.execute("SELECT ticket, alarm, settled_at FROM calls")),
            tickets={id: Ticket(*row) for id, *row in base.execute("SELECT id, number, status, proposed, category FROM tickets")},
            holders=holders,
            replies=tuple((ticket, _instant(at), to) for ticket, at, to in base.execute(REPLIES)),
            put_off=put_off,
        )
