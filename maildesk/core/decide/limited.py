"""What the people of the desk are told when a limit begins to hold back: letters to somebody, or tickets of a sender."""

from datetime import datetime

from maildesk.core.decide import writing
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.known import Known
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress, Ticket


def muted(ticket: Ticket, sender: Address, known: Known, now: datetime) -> Decision:
    """He answers our letters within seconds, as machines do: whoever has the ticket knows why he hears no more from the desk."""
    return _told(ticket, writing.attending(ticket, known, now), "muted", sender, known, now)


def flooded(ticket: Ticket, sender: str, known: Known, now: datetime) -> Decision:
    """From now on this ticket collects what comes from him: the leads know where to look."""
    return _told(ticket, writing.leads(ticket, known, now), "flooded", sender, known, now)


def _told(ticket: Ticket, people: tuple[Person, ...], phrase: str, sender: str, known: Known, now: datetime) -> Decision:
    line = Progress(at=now, mark=Mark.NOTE, author="desk", text=say(known.policy.language, phrase, sender=sender))
    letters = tuple(
        writing.to_person(
            ticket,
            person,
            LetterKind.NOTE,
            known,
            author="maildesk",
            text=say(known.language_of(person), phrase, sender=sender),
            files=[],
        )
        for person in people
    )
    return Decision(ticket=ticket, progress=(line,), letters=letters)
