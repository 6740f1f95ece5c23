"""Mail that moves nothing: held until somebody of the desk has looked at it, or of a machine, and only filed with its ticket."""

from dataclasses import replace
from datetime import UTC, datetime

from maildesk.core.decide import vouching, writing
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Held, Noted
from maildesk.core.known import HeldMail, Known
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Kind, Message
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress, Ticket
from maildesk.core.trust import Doubt

SHOWN = 4_000
"""So many characters of a held mail are enough to judge it by."""


def held(ticket: Ticket | None, event: Held, known: Known, now: datetime) -> Decision:
    """Whoever is to judge it reads its words with the reason; its files stay with us, and the sender learns nothing."""
    message, doubt = event.message, event.doubt
    facts = {
        "sender": doubt.sender,
        "subject": doubt.subject,
        "text": _excerpt(message.new_text),
        "files": [[file.filename, file.size, True] for file in message.attachments],
        "mail": event.mail,
        "colleague": event.by.name if event.by else "",
    }
    mail = _mail(ticket, event)
    letters = tuple(
        writing.to_person(
            ticket,
            person,
            LetterKind.HELD,
            known,
            why=reason(doubt, known.language_of(person)),
            admit=not mail.denied and vouching.entitles(mail, person, known.people),
            **facts,
        )
        for person in _judges(mail, event, known, now)
    )
    text = say(known.policy.language, "held", sender=doubt.sender, why=reason(doubt, known.policy.language))
    lines = (_line(Mark.HELD, message, text, now),) if ticket else ()
    return Decision(ticket=ticket, progress=lines, letters=letters + _warned(event, known, now))


def reason(doubt: Doubt, language: str) -> str:
    """Why the mail is held."""
    return say(language, f"held {doubt.why}", said=doubt.said)


def _mail(ticket: Ticket | None, event: Held) -> HeldMail:
    person = event.by.staff_id if event.by else None
    return HeldMail(ticket=ticket, person=person, denied=bool(event.said), ends=event.ends)


def _judges(mail: HeldMail, event: Held, known: Known, now: datetime) -> tuple[Person, ...]:
    """Those by whose word alone it may be let in, who are there or else all of them. Where no such thing is asked, who has the
    ticket, else the leads."""
    ticket, able = mail.ticket, vouching.vouchers(mail, known.people)
    if able:
        there = tuple(person for person in writing.leads(ticket, known, now) if person in able)
        return there or able
    people = writing.attending(ticket, known, now) if ticket else writing.leads(None, known, now)
    others = tuple(person for person in people if person != event.by)
    return others or tuple(person for person in writing.leads(ticket, known, now) if person != event.by) or people


def _warned(event: Held, known: Known, now: datetime) -> tuple[Letter, ...]:
    """The colleague whose name the mail bears hears of it at the address that we know: once an hour, however many come."""
    if event.by is None:
        return ()
    why = reason(event.doubt, known.language_of(event.by))
    letter = writing.to_person(None, event.by, LetterKind.IMPOSTOR, known, why=why, subject=event.message.subject)
    return (replace(letter, key=f"impostor:{event.by.staff_id}:{now.astimezone(UTC):%Y-%m-%dT%H}"),)


def noted(ticket: Ticket, event: Noted, known: Known, now: datetime) -> Decision:
    """It stands in the history and nowhere else: a machine's by its subject, a person's in full."""
    message = event.message
    machine = message.verdict.kind is not Kind.PERSON
    text = say(known.policy.language, "machine", subject=message.subject) if machine else message.new_text
    return Decision(ticket=ticket, progress=(_line(Mark.MAIL, message, text, now),))


def _excerpt(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} […]"


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
