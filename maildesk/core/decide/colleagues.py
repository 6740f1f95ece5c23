"""Letters to those who work on a ticket: a case to begin with or to take over, a mail that came, a note."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from maildesk.core import promise
from maildesk.core.decide import writing
from maildesk.core.decide.saying import say
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.likeness import imitated
from maildesk.core.message import Attachment, Message
from maildesk.core.people import Person
from maildesk.core.ticket import NOBODY, Number, Progress, Ticket


def assignment(
    ticket: Ticket,
    person: Person,
    known: Known,
    now: datetime,
    *,
    told: tuple[Progress, ...],
    hidden: int = 0,
    why: str = "",
    by: Person | None = None,
    warned: tuple[str, ...] = (),
) -> Letter:
    """Everything he needs to begin. `told` are the lines that the first mail made: its words, and those of a colleague who
    passed it on; `by` who gave it to him."""
    first = told[0]
    letter = writing.to_person(
        ticket,
        person,
        LetterKind.ASSIGNMENT,
        known,
        why=why,
        by=by.name if by else None,
        warnings=list(warned),
        linked=list(ticket.linked),
        remarks=[[line.author, line.text] for line in told[1:]],
        hidden=hidden,
        files=writing.files(first.attachments, known.seen),
        first_answer_by=instant(promise.first_answer_by(known.policy.rules(ticket), now)),
        **_matter(ticket, first, known),
    )
    return replace(letter, attachments=writing.carried(first.attachments, known.seen))


def handover(ticket: Ticket, person: Person, giver: Person | None, known: Known, *, by: Person | None, why: str) -> Letter:
    """A case that somebody else has worked on, with what was tried; `by` is None when the clock hands it over."""
    first = writing.first_words(known)
    attachments = first.attachments if first else ()
    letter = writing.to_person(
        ticket,
        person,
        LetterKind.HANDOVER,
        known,
        why=why,
        by=by.name if by else None,
        giver=giver.name if giver else "",
        brief=writing.brief(known),
        files=writing.files(attachments),
        **_matter(ticket, first, known),
    )
    return replace(letter, attachments=writing.carried(attachments))


def _matter(ticket: Ticket, first: Progress | None, known: Known) -> dict[str, Any]:
    """What it is about: the words that opened it, what was understood of them and what was not said, and whom to call."""
    return {
        "text": first.text if first else "",
        "understood": writing.understood(ticket),
        "missing": list(ticket.missing),
        "phone": writing.phone_of(ticket, known),
    }


def reply(
    ticket: Ticket,
    message: Message,
    text: str,
    known: Known,
    now: datetime,
    *,
    linked: tuple[Number, ...],
    event: str | None = None,
    verified: bool = True,
) -> tuple[Letter, ...]:
    """A mail of the requester or a watcher, to whoever is to act on it; `linked` are other tickets that it names."""
    author = ticket.requester_name if verified and message.identity.address == ticket.requester else ""
    facts = {
        "author": author or str(message.identity.address or ""),
        "text": text,
        "hidden": message.quoted_lines + message.signature_lines,
        "verified": verified,
        "files": writing.files(message.attachments, known.seen),
        "event": event,
    }
    carried = writing.carried(message.attachments, known.seen)

    def to(person: Person) -> Letter:
        language = known.language_of(person)
        warned = [*warnings(message, language, known), *_names(linked, language)]
        letter = writing.to_person(ticket, person, LetterKind.REPLY, known, warnings=warned, **facts)
        return replace(letter, attachments=carried)

    return tuple(to(person) for person in writing.attending(ticket, known, now))


def warnings(message: Message, language: str, known: Known) -> tuple[str, ...]:
    """What he should know before he believes a mail."""
    found = []
    if message.limits:
        found.append(say(language, "cut", limits=", ".join(message.limits)))
    if message.repeated:
        found.append(say(language, "same id"))
    person = imitated(message, known.people)
    if person is not None and message.sender is not None:
        found.append(say(language, "alike", name=person.name, own=person.address, address=message.sender.address or "—"))
    return tuple(found)


def _names(linked: tuple[Number, ...], language: str) -> tuple[str, ...]:
    phrase = "names others" if len(linked) > 1 else "names another"
    return (say(language, phrase, numbers=", ".join(linked)),) if linked else ()


def note(ticket: Ticket, by: Person, text: str, message: Message | None, known: Known, now: datetime) -> tuple[Letter, ...]:
    """A colleague's words to whoever has the ticket; nobody is told what he wrote himself."""
    attachments = message.attachments if message else ()
    people = (person for person in writing.attending(ticket, known, now) if person != by)
    return tuple(note_to(ticket, person, by, text, attachments, known) for person in people)


def note_to(ticket: Ticket, person: Person, by: Person, text: str, attachments: tuple[Attachment, ...], known: Known) -> Letter:
    """A colleague's words to one person."""
    facts = {"author": by.name, "text": text, "files": writing.files(attachments)}
    letter = writing.to_person(ticket, person, LetterKind.NOTE, known, **facts)
    return replace(letter, attachments=writing.carried(attachments))


def leads_told(ticket: Ticket, known: Known, now: datetime) -> tuple[Letter, ...]:
    """The requester says once more that it is not solved: the leads hear of it."""
    return _to_leads(ticket, "resolved", writing.brief(known), known, now)


def leads_asked(ticket: Ticket, by: Person, why: str, known: Known, now: datetime) -> tuple[Letter, ...]:
    """Somebody wants line 2, and nobody of it is there: the leads must find a way."""
    return _to_leads(ticket, "line2", [*writing.brief(known), *([[instant(now), by.staff_id, why]] if why else [])], known, now)


def _to_leads(ticket: Ticket, rule: str, brief: list[list[str]], known: Known, now: datetime) -> tuple[Letter, ...]:
    engineer = known.people.get(ticket.engineer)
    facts = {
        "rule": rule,
        "step": "lead",
        "due": instant(now),
        "brief": brief,
        "engineer": engineer.name if engineer else "",
        "phone": writing.phone_of(ticket, known),
    }
    people = writing.leads(ticket, known, now)
    return tuple(writing.to_person(ticket, person, LetterKind.ESCALATION, known, **facts) for person in people)


def reachable(ticket: Ticket) -> bool:
    """Whether there is a requester to whom letters go."""
    return ticket.requester != NOBODY
