"""What a turn does to a ticket beside its status: clocks that run again or stand still, marks of who did what when.

Each function gives the ticket after the turn, or None where the table of turns has no such row.
"""

from dataclasses import replace
from datetime import datetime

from maildesk.core.people import Person
from maildesk.core.policy import Policy
from maildesk.core.standing import begun_at
from maildesk.core.ticket import Archive, Feedback, Pause, Status, Ticket, Turn, Waiting


def awake(ticket: Ticket, turn: Turn, now: datetime) -> Ticket | None:
    """After a turn that ends any waiting or observing; time runs again from now."""
    turned = ticket.turned(turn)
    if turned is None or turned.status is Status.WAITING:
        return turned
    return replace(turned, waiting=None, waiting_until=None, pauses=_ended(turned, now))


def paused(ticket: Ticket, why: Waiting, now: datetime, until: datetime | None = None) -> Ticket | None:
    """Waiting from now on; a ticket that waited for something else waits for this instead."""
    turned = ticket.turned(Turn.WAIT)
    if turned is None:
        return None
    return replace(turned, waiting=why, waiting_until=until, pauses=(*_ended(turned, now), Pause(why=why, since=now)))


def observed(ticket: Ticket, until: datetime, now: datetime) -> Ticket | None:
    """The work is done, and until a moment it is watched whether that holds; meanwhile nobody owes anything."""
    turned = awake(ticket, Turn.OBSERVE, now)
    if turned is None:
        return None
    return replace(turned, waiting_until=until, pauses=(*turned.pauses, Pause(why=Waiting.OBSERVING, since=now)))


def _ended(ticket: Ticket, now: datetime) -> tuple[Pause, ...]:
    """Its pauses, with the one that still lasts ended."""
    return tuple(pause if pause.until else replace(pause, until=now) for pause in ticket.pauses)


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
        archive=Archive.NOT_OWED,
        article="",
    )


def closed(ticket: Ticket, how: str, policy: Policy, now: datetime) -> Ticket | None:
    """Done with; what was learned is not written up yet, where the policy asks for it."""
    turned = awake(ticket, Turn.CLOSE, now)
    if turned is None:
        return None
    rule = policy.rules(ticket).archive
    owed = rule.on and ticket.priority not in rule.never
    return replace(turned, closed_at=now, closed_how=how, archive=Archive.PENDING if owed else Archive.NOT_OWED)


def resolved(ticket: Ticket, now: datetime) -> Ticket | None:
    """Solved, as far as we can tell."""
    turned = awake(ticket, Turn.RESOLVE, now)
    return None if turned is None else replace(turned, resolved_at=now, feedback=None)


def heard(ticket: Ticket, now: datetime) -> Ticket:
    """The requester had a human word from us: that is an answer, and progress."""
    first = ticket.first_answer_at
    answered = first if first is not None and first >= begun_at(ticket) else now
    return replace(ticket, first_answer_at=answered, heard_at=now, progressed_at=now)
