"""Tickets at the moment of an order, and how to look at what came of it."""

from dataclasses import replace

from maildesk.core.decision import Decision
from maildesk.core.letter import LetterKind
from maildesk.core.ticket import Status, Ticket
from tests.core.clockwork import at, ticket
from tests.core.correspondence import USER, after, written

TICKET = ticket(missing=("error", "system"))
WORKING = replace(TICKET, status=Status.IN_PROGRESS)
RESOLVED = ticket(status=Status.RESOLVED, resolved_at=at("10-28 10:00"), solution="重启了服务")
CLOSED = replace(RESOLVED, status=Status.CLOSED, closed_at=at("10-28 10:10"))


def inside(decision: Decision) -> list[tuple[LetterKind, str]]:
    """The letters to colleagues; the transcript, which goes to the giver, left out."""
    return [(kind, to) for kind, to in written(decision) if to != USER and kind is not LetterKind.TRANSCRIPT]


def unchanged(decision: Decision, before: Ticket) -> bool:
    return replace(after(decision), wake_at=None, due_at=None) == before
