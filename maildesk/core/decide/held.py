"""Mail that moves nothing: held, because it may not enter the ticket, or of a machine, and only filed with it."""

from datetime import datetime

from maildesk.core.decide import writing
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Held, Noted
from maildesk.core.known import Known
from maildesk.core.letter import LetterKind
from maildesk.core.message import Kind, Message
from maildesk.core.ticket import Mark, Progress, Ticket


def held(ticket: Ticket, event: Held, known: Known, now: datetime) -> Decision:
    """Whoever has the ticket reads its words with the reason; its files stay with us, and the sender learns nothing."""
    message = event.message
    sender = _sender(message)
    text = say(known.policy.language, "held", sender=sender, why=event.why)
    files = [[file.filename, file.size, True] for file in message.attachments]
    facts = {"sender": sender, "why": event.why, "text": message.new_text, "files": files}
    people = writing.attending(ticket, known, now)
    letters = tuple(writing.to_person(ticket, person, LetterKind.HELD, known, **facts) for person in people)
    return Decision(ticket=ticket, progress=(_line(Mark.HELD, message, text, now),), letters=letters)


def noted(ticket: Ticket, event: Noted, known: Known, now: datetime) -> Decision:
    """It stands in the history and nowhere else: a machine's by its subject, a person's in full."""
    message = event.message
    machine = message.verdict.kind is not Kind.PERSON
    text = say(known.policy.language, "machine", subject=message.subject) if machine else message.new_text
    return Decision(ticket=ticket, progress=(_line(Mark.MAIL, message, text, now),))


def _sender(message: Message) -> str:
    shown = message.sender.address if message.sender else None
    return message.identity.address or shown or "?"


def _line(mark: Mark, message: Message, text: str, now: datetime) -> Progress:
    return Progress(
        at=now,
        mark=mark,
        author=(message.identity.address or "desk") if mark is Mark.MAIL else "desk",
        text=text,
        message_id=message.message_id,
        raw=message.digest,
        attachments=message.attachments,
    )
