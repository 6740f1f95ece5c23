"""One of our letters did not arrive: recorded, and for good, told to somebody who can reach the recipient another way."""

from dataclasses import replace
from datetime import UTC, datetime

from maildesk.core.decide import writing
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Undelivered
from maildesk.core.known import Known
from maildesk.core.letter import URGENT, Letter, LetterKind
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress, Ticket


def undelivered(ticket: Ticket, event: Undelivered, known: Known, now: datetime) -> Decision:
    """The history says it in any case; worth a letter is what is final, and that people's own words are late.

    When that letter is itself not delivered nobody gets another, or two dead addresses would report each other for ever.
    """
    phrase = "undelivered" if event.permanent else "delayed"
    text = say(known.policy.language, phrase, to=event.to, why=event.diagnostic)
    line = Progress(at=now, mark=Mark.DELIVERY, author="desk", text=text)
    if event.letter == LetterKind.UNDELIVERED or not (event.permanent or event.letter in URGENT):
        return Decision(ticket=ticket, progress=(line,))
    facts = {"to": event.to, "letter": event.letter, "permanent": event.permanent, "diagnostic": event.diagnostic}
    told = _told(ticket, event, known, now)
    letters = tuple(writing.to_person(ticket, person, LetterKind.UNDELIVERED, known, **facts) for person in told)
    return Decision(ticket=ticket, progress=(line,), letters=tuple(_once(letter, ticket, event, now) for letter in letters))


def _once(letter: Letter, ticket: Ticket, event: Undelivered, now: datetime) -> Letter:
    """A report that does not say which letter came back may speak of such a letter as this, and one that is late may be told of
    again: so one a day is enough."""
    if event.letter and event.permanent:
        return letter
    what = "undelivered" if event.permanent else "delayed"
    return replace(letter, key=f"{what}:{ticket.number}:{event.to}:{letter.to}:{now.astimezone(UTC):%Y-%m-%d}")


def _told(ticket: Ticket, event: Undelivered, known: Known, now: datetime) -> tuple[Person, ...]:
    """Who has the ticket; the leads when it is he whom our letters do not reach."""
    recipient = known.people.at(event.to)
    holders = writing.attending(ticket, known, now)
    if recipient in holders:
        holders = writing.leads(ticket, known, now)
    return tuple(person for person in holders if person != recipient)
