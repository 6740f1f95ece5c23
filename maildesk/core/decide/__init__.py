"""`decide`: what the desk does about an event. Pure: tickets and facts in, Decisions out.

Every event has a module of its own. Whatever it decides, the ticket that comes out says when it must be looked at next.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from maildesk.core.alarms import due_at, wake_at
from maildesk.core.decide.answered import answered
from maildesk.core.decide.held import held, noted
from maildesk.core.decide.opened import opened
from maildesk.core.decide.ordered import ordered
from maildesk.core.decide.rung import rung
from maildesk.core.decide.saying import say
from maildesk.core.decide.ticked import ticked
from maildesk.core.decide.undelivered import undelivered
from maildesk.core.decide.wrote import wrote
from maildesk.core.decision import Decision
from maildesk.core.event import Answered, Event, Held, Noted, Opened, Ordered, Rung, Ticked, Undelivered, Wrote
from maildesk.core.known import Known
from maildesk.core.settled import settled
from maildesk.core.ticket import Mark, Number, Progress, Ticket

__all__ = ["decide"]


MOST_LINKED = 20
"""So many related tickets are of use to whoever reads of them."""


def decide(tickets: tuple[Ticket, ...], event: Event, known: Known, now: datetime) -> tuple[Decision, ...]:
    """One Decision per ticket concerned. Only orders and held mail may come without one; ValueError for any other event."""
    decision = _decided(tickets[0] if tickets else None, event, known, now)
    if decision.ticket is None:
        return (decision,)
    ticket, policy = decision.ticket, known.policy
    if (linked := _linked(ticket, event)) != ticket.linked:
        ticket = replace(ticket, linked=linked)
    ticket = replace(ticket, wake_at=wake_at(ticket, policy), due_at=due_at(ticket, policy))
    done = settled(tickets[0], ticket, known.policy, now) if tickets else ()
    return (replace(decision, ticket=ticket, progress=(*decision.progress, *_remarks(event, known, now)), settled=done),)


def _linked(ticket: Ticket, event: Event) -> tuple[Number, ...]:
    """The tickets that belong to it, with those that this mail names beside it."""
    others = event.linked if isinstance(event, Wrote | Answered) else ()
    return tuple(dict.fromkeys((*ticket.linked, *others)))[: max(MOST_LINKED, len(ticket.linked))]


def _remarks(event: Event, known: Known, now: datetime) -> tuple[Progress, ...]:
    """What the record says of the mail itself, whatever became of it."""
    message = None if isinstance(event, Ticked | Undelivered | Rung) else event.message
    if message is None or not message.repeated:
        return ()
    return (Progress(at=now, mark=Mark.MAIL, author="desk", text=say(known.policy.language, "same id")),)


def _decided(ticket: Ticket | None, event: Event, known: Known, now: datetime) -> Decision:
    if isinstance(event, Ordered):
        return ordered(ticket, event, known, now)
    if isinstance(event, Held):
        return held(ticket, event, known, now)
    if ticket is None:
        raise ValueError(f"{type(event).__name__} needs a ticket")
    match event:
        case Opened():
            return opened(ticket, event, known, now)
        case Wrote():
            return wrote(ticket, event, known, now)
        case Answered():
            return answered(ticket, event, known, now)
        case Undelivered():
            return undelivered(ticket, event, known, now)
        case Rung():
            return rung(ticket, event, known, now)
        case Noted():
            return noted(ticket, event, known, now)
        case Ticked():
            return ticked(ticket, known, now)
        case _:
            assert_never(event)
