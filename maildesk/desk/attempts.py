"""An attempt to send a letter: how it begins and how it ends in the store. Inside a transaction."""

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from maildesk.core.alarms import holds
from maildesk.core.decide.saying import say as phrase
from maildesk.core.event import Undelivered
from maildesk.core.letter import URGENT, LetterKind
from maildesk.core.message import Address
from maildesk.desk.desk import UNWELL, Desk
from maildesk.log import warn
from maildesk.smtp import RESERVE, Reply
from maildesk.store import Outgoing, Tx

LEASE = timedelta(minutes=5)
"""What a node has in hand is handed on so long after its last sign of life. A node that lives gives one every half minute, and
the store lets no such write wait for longer than a minute and a half: two of them in a row may fail."""

JITTER = 0.1

DAY = timedelta(days=1)
HANDED_OVER = "relay"
"""The name of the occasion that the relay got a letter."""


def hold(tx: Tx, letters: Iterable[Outgoing], now: datetime) -> None:
    """These are still under way."""
    tx.hold_letters(letters, now + LEASE)


def claim(
    desk: Desk, tx: Tx, now: datetime, most: int, spare: int | None = None
) -> tuple[tuple[Outgoing, ...], Mapping[Address, str]]:
    """Letters to send now, their attempts counted, and those of their addresses that are dead, each with its reason.

    At most `spare` of the letters are of a machine, where that is said. What the clock has to say to a requester and is so no
    more is dropped as outdated: it may have waited long for the relay.
    """
    rows, claimed = tuple[Outgoing, ...](), True
    while claimed and not rows:
        found = tx.claim_letters(now, most, LEASE, desk.config.policy.peace.pace, spare)
        rows, claimed = tuple(row for row in found if _still_so(desk, tx, row, now)), bool(found)
    return rows, tx.suppressed(row.to for row in rows)


def _still_so(desk: Desk, tx: Tx, row: Outgoing, now: datetime) -> bool:
    """Whether it may go; where something is wrong with its ticket, that keeps no letter back."""
    if row.letter is None or row.ticket is None or row.resent:
        return True
    try:
        with tx.savepoint():
            ticket = tx.ticket(row.ticket)
        so = ticket is None or holds(ticket, desk.config.policy, row.letter, row.created_at)
    except UNWELL:
        raise
    except Exception as trouble:
        warn("ticket not read", ticket=row.ticket, outbox=row.id, trouble=repr(trouble))
        return True
    if not so:
        tx.overtaken(row, "the ticket moved on", now)
    return so


def left_today(desk: Desk, tx: Tx, now: datetime) -> tuple[int, int]:
    """How many more letters the relay takes now, by what it takes in a day, and how many of them no person need have written."""
    most = desk.config.settings.relay.rate_per_day
    left = most - tx.times(HANDED_OVER, now - DAY)
    return left, left - int(RESERVE * most)


def hand_over(tx: Tx, row: Outgoing, now: datetime) -> None:
    """The relay is about to get the text; it counts whatever becomes of it."""
    tx.in_data(row)
    tx.happened((HANDED_OVER,), now)


def refusal(desk: Desk, why: str) -> Reply:
    """Our own answer for a letter to an address that is dead."""
    return Reply("refused", None, phrase(desk.house.language, "suppressed", why=why))


def write_down(desk: Desk, tx: Tx, row: Outgoing, reply: Reply, now: datetime) -> None:
    """How an attempt ended."""
    match reply.outcome:
        case "accepted":
            tx.sent(row.id, reply.text, now)
        case "deferred":
            _defer(desk, tx, row, reply, now)
        case "refused":
            _refuse(desk, tx, row, reply, now)
        case "uncertain":
            tx.uncertain(row, reply.text, now, now + desk.config.settings.retry.uncertain)
        case "down":
            tx.given_back(row, now, reply.text)
        case _:
            assert_never(reply.outcome)


def _defer(desk: Desk, tx: Tx, row: Outgoing, reply: Reply, now: datetime) -> None:
    retry = desk.config.settings.retry
    lifetime = retry.letter if LetterKind(row.kind) in URGENT else retry.notice
    if now - row.created_at >= lifetime:
        _refuse(desk, tx, row, reply, now)
        return
    wait = retry.steps[min(row.attempts - 1, len(retry.steps) - 1)]
    next_at = now + wait * random.uniform(1 - JITTER, 1 + JITTER)
    late = LetterKind(row.kind) in URGENT and not row.late and next_at - row.created_at >= retry.late
    tx.deferred(row, next_at, reply.text, late=late)
    if late:
        event = Undelivered(letter=row.kind, to=row.to, permanent=False, diagnostic=reply.text)
        desk.undelivered(tx, event, row.ticket, now)


def _refuse(desk: Desk, tx: Tx, row: Outgoing, reply: Reply, now: datetime) -> None:
    """For good: the ticket records it and the engineer is told, in the same commit."""
    tx.refused(row, reply.text, now)
    event = Undelivered(letter=row.kind, to=row.to, permanent=True, diagnostic=reply.text)
    desk.undelivered(tx, event, row.ticket, now)
