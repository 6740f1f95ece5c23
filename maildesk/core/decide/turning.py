"""What a turn does to a ticket beside its status: clocks that run again or stand still, marks of who did what when.

Each function gives the ticket after the turn, or None where the table of turns has no such row.
"""

from dataclasses import replace
from datetime import datetime

from maildesk.core.people import Person
from maildesk.core.standing import begun_at
from maildesk.core.ticket import Feedback, Pause, Status, Ticket, Turn, Waiting


def awake(ticket: Ticket, turn: Turn, now: datetime) -> Ticket | None:
    """After a turn that ends any waiting; time runs again from now."""
    turned = ticket.turned(turn)
    if turned is None or turned.status is Status.WAITING:
        return turned
    pauses = tuple(pause if pause.until else replace(pause, until=now) for pause in turned.pauses)
    return replace(turned, waiting=None, waiting_until=None, pauses=pauses)


def paused(ticket: Ticket, why: Waiting, now: datetime, until: datetime | None = None) -> Ticket | None:
    """Waiting from now on; a ticket that waited for something else waits for this instead."""
    turned = ticket.turned(Turn.WAIT)
    if turned is None:
        return None
    ended = tuple(pause if pause.until else replace(pause, until=now) for pause in turned.pauses)
    return replace(turned, waiting=why, waiting_until=until, pauses=(*ended, Pause(why=why, since=now)))


def taken(ticket: Ticket, by: Person, now: datetime) -> Ticket | None:
    """He works on it; whoever had it before has it no more."""
    turned = awake(ticket, Turn.TAKE, now)
    return None if turned is None else held_by(turned, by, now)


def given(ticket: Ticket, to: Person, now: datetime) -> Ticket | None:
    """He has it, but has not begun."""
    turned = ticket.turned(Turn.ASSIGN)
    return None if turned is None else held_by(turned, to, now)


def held_by(ticket: Ticket, person: Person, now: datetime) -> Ticket:
    """In his hands, on his line."""
    if ticket.engineer == person.staff_id:
        return ticket
    return on_line(replace(ticket, engineer=person.staff_id, assigned_at=now), person.line or ticket.line, now)


def on_line(ticket: Ticket, line: int, now: datetime) -> Ticket:
    """On a line from now on. The clock of line 1 stops when the ticket leaves it, and starts anew when it comes back."""
    if line == ticket.line:
        return ticket
    return replace(ticket, line=line, line_since=now, line2_at=None) if line == 1 else replace(ticket, line=line, line2_at=now)


def reopened(ticket: Ticket, now: datetime, feedback: Feedback | None = None) -> Ticket | None:
    """In work again, for another round; what was told of the end no longer holds."""
    turned = awake(ticket, Turn.REOPEN, now)
    if turned is None:
        return None
    return replace(
        turned,
        round=ticket.round + 1,
        reopened_at=now,
        feedback=feedback,
        resolved_at=None,
        closed_at=None,
        closed_how="",
        chased_at=None,
        archive="",
    )


def closed(ticket: Ticket, how: str, now: datetime) -> Ticket | None:
    """Done with; what was learned is not written up yet."""
    turned = awake(ticket, Turn.CLOSE, now)
    return None if turned is None else replace(turned, closed_at=now, closed_how=how, archive="pending")


def heard(ticket: Ticket, now: datetime) -> Ticket:
    """The requester had a human word from us: that is an answer, and progress."""
    first = ticket.first_answer_at
    answered = first if first is not None and first >= begun_at(ticket) else now
    return replace(ticket, first_answer_at=answered, heard_at=now, progressed_at=now)
