"""Orders that ask the desk: show, why, timeline; list and help. They change nothing; who works on tickets may read them all."""

from dataclasses import replace

from maildesk.core.alarms import alarms
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.known import Shown
from maildesk.core.ledger import ledger
from maildesk.core.letter import instant
from maildesk.core.orders import Order
from maildesk.core.ticket import Mark, Ticket, numbers_in
from maildesk.core.timeline import timeline

CLOCK = 20
"""So many of the clock's lines are shown, the last; of a forgotten ticket nearly all are its."""

MOST_SHOWN = 50
"""So many tickets are shown in one answer."""

LISTED = 200
"""So many tickets a list has at most."""


def show(giving: Giving, order: Order) -> Effect | Refused:
    """All that was written and done, and what the clock said last."""
    asked = _asked(giving, order)
    if isinstance(asked, Refused):
        return asked
    left_out = sum(line.mark is Mark.ALARM for line in asked.history) - CLOCK
    shown = []
    for line in asked.history:
        text = line.text
        if line.mark is Mark.ALARM:
            left_out -= 1
            if left_out > 0:
                continue
            if left_out == 0:
                text = giving.say("clock left out")
        shown.append([instant(line.at), line.author, text])
    return replace(_seen(giving, asked), history=tuple(shown))


def why(giving: Giving, order: Order) -> Effect | Refused:
    """What its clocks do, and why."""
    asked = _asked(giving, order)
    if isinstance(asked, Refused):
        return asked
    entries = ledger(asked.ticket, giving.known.policy, asked.history, giving.now)
    return replace(_seen(giving, asked), ledgers=((asked.ticket.number, [entry.fact for entry in entries]),))


def key_points(giving: Giving, order: Order) -> Effect | Refused:
    """Its life in short lines."""
    asked = _asked(giving, order)
    if isinstance(asked, Refused):
        return asked
    return replace(_seen(giving, asked), timelines=((asked.ticket.number, [point.fact for point in timeline(asked.history)]),))


def _asked(giving: Giving, order: Order) -> Shown | Refused:
    """This ticket, or any other that he names."""
    written = order.args.get("number", "")
    number = next(iter(numbers_in(written)), written)
    if not number or number == giving.ticket.number:
        return Shown(ticket=giving.ticket, history=tuple(giving.known.history))
    found = next((one for one in giving.known.shown if one.ticket.number == number), None)
    if found is None and len(giving.known.shown) >= MOST_SHOWN:
        return giving.refused("too many shown", count=MOST_SHOWN)
    return giving.refused("no such ticket", number=number) if found is None else found


def _seen(giving: Giving, asked: Shown) -> Effect:
    return Effect(ticket=giving.ticket, said=giving.say("shown"), rows=(row(asked.ticket, giving),))


def list_own(giving: Giving, _: Order) -> Effect | Refused:
    """His open tickets, what is due first on top; a lead's are everybody's."""
    own = giving.known.own
    rows = tuple(row(ticket, giving) for ticket in own[:LISTED])
    said = giving.say("listed" if len(own) <= LISTED else "listed first", count=len(rows))
    return Effect(ticket=giving.ticket, said=said, rows=rows)


def row(ticket: Ticket, giving: Giving) -> list[str | None]:
    """A ticket as a line of a list: number, subject, status, priority, engineer, and what is due next."""
    engineer = giving.known.people.get(ticket.engineer)
    return [
        ticket.number,
        ticket.subject,
        ticket.status,
        ticket.priority,
        engineer.name if engineer else None,
        _due(ticket, giving),
    ]


def _due(ticket: Ticket, giving: Giving) -> str | None:
    """When the first of its duties is broken, or was; where it has none, what it moves by."""
    if not ticket.status.open:
        return None
    if ticket.due_at is not None:
        return instant(ticket.due_at)
    deadlines = [alarm.deadline for alarm in alarms(ticket, giving.known.policy, giving.now)]
    return instant(min(deadlines)) if deadlines else None


def help_wanted(giving: Giving, _: Order) -> Effect | Refused:
    """The transcript shows how orders are written."""
    return Effect(ticket=giving.ticket, said=giving.say("shown"), help=True)
