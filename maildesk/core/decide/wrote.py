"""Words without an order: a participant's mail, an engineer's answer to the requester, a note that stays inside."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from maildesk.core import promise
from maildesk.core.answers import courteous
from maildesk.core.assign import choose
from maildesk.core.decide import colleagues, pictures, turning, writing
from maildesk.core.decide.parrots import parrots
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Wrote
from maildesk.core.inside import repeated
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.message import Fact, Message
from maildesk.core.people import Person
from maildesk.core.ticket import Feedback, Mark, Progress, Status, Ticket, Turn, Waiting


def wrote(ticket: Ticket, event: Wrote, known: Known, now: datetime) -> Decision:
    """A participant is heard; a colleague's words go to the requester or stay inside, as the letter that he answers said."""
    if event.by is None:
        return _participant(ticket, event, known, now)
    if event.public and colleagues.reachable(ticket):
        if words := repeated(event.message.new_text, ticket, event.by, known):
            return _kept_back(ticket, event.by, event.message, known, now, "inside", words=words)
        if parrots(event.by, event.message, known.history, now):
            return _once_an_hour(_kept_back(ticket, event.by, event.message, known, now, "parrot"), ticket, event.by, now)
        return _answer(ticket, event.by, event.message, known, now)
    return _note(ticket, event.by, event.message, known, now)


# -- from outside --------------------------------------------------------------------------------------------------------


def _participant(ticket: Ticket, event: Wrote, known: Known, now: datetime) -> Decision:
    """He is heard: gaps are filled, work goes on or begins anew, and whoever has the ticket reads it."""
    message = event.message
    line = mail_line(message, event.author, known, now, verified=event.verified)
    if not event.verified:
        letters = colleagues.reply(ticket, message, line.text, known, now, linked=event.linked, verified=False)
        return Decision(ticket=ticket, progress=(line,), letters=letters)
    if not substantial(message) and not ticket.status.open:
        return Decision(ticket=ticket, progress=(line,))
    filled = with_facts(ticket, message)
    moved, turned = _moved(filled, message, known, now)
    event_name = "reopened" if moved.round > ticket.round else "facts" if filled.missing != ticket.missing else None
    letters = colleagues.reply(moved, message, line.text, known, now, linked=event.linked, event=event_name)
    if event_name == "reopened":
        letters += told_reopened(moved, known, now) + colleagues.leads_told(moved, known, now)
    return Decision(ticket=moved, progress=(line, *turned), letters=letters)


def mail_line(message: Message, author: str, known: Known, now: datetime, *, verified: bool = True) -> Progress:
    """The mail in the history; what the requester wrote himself he may read again, if it was really him."""
    text = message.new_text or message.subject
    shown = text if verified else f"{say(known.policy.language, 'unverified')} {text}"
    return with_mail(Progress(at=now, mark=Mark.MAIL, author=author or "desk", text=shown, public=verified), message)


def substantial(message: Message) -> bool:
    """More than thanks, a greeting or a signature; in doubt it is."""
    return not courteous(message.new_text) or any(not file.inline for file in message.attachments)


def with_facts(ticket: Ticket, message: Message) -> Ticket:
    """The filled-in lines of a mail become facts of the ticket; what an engineer set stays."""
    told = {name: fact for name, fact in message.fields.items() if fact.source == "line" and _open_for(ticket, name)}
    if not told:
        return ticket
    fields: Mapping[str, Fact] = MappingProxyType({**ticket.fields, **told})
    return replace(ticket, fields=fields, missing=tuple(name for name in ticket.missing if name not in fields))


def _open_for(ticket: Ticket, name: str) -> bool:
    known = ticket.fields.get(name)
    return name != "ticket" and (known is None or known.source != "engineer")


def _moved(ticket: Ticket, message: Message, known: Known, now: datetime) -> tuple[Ticket, tuple[Progress, ...]]:
    """The ticket after more was said of it, with the lines that tell of it."""
    if not substantial(message):
        return ticket, ()
    if ticket.status is Status.OBSERVING or (ticket.status is Status.WAITING and ticket.waiting is Waiting.USER):
        resumed = turning.awake(ticket, Turn.RESUME, now)
        return (resumed, (turn_line("resumed", known, now),)) if resumed else (ticket, ())
    return reopened(ticket, known, now)


def reopened(
    ticket: Ticket, known: Known, now: datetime, feedback: Feedback | None = None
) -> tuple[Ticket, tuple[Progress, ...]]:
    """In work again; a holder who is no longer with us is replaced. Unchanged where the ticket cannot be reopened."""
    again = turning.reopened(ticket, now, feedback)
    if again is None:
        return ticket, ()
    lines = (turn_line("reopened", known, now, round=again.round),)
    holder = known.people.get(again.engineer)
    if holder is None or not holder.works:
        holder, _ = choose(again, known, now)
        again = turning.held_by(again, holder, now) if holder else again
    return again, lines


def turn_line(phrase: str, known: Known, now: datetime, **parts: object) -> Progress:
    """What happened to the ticket by itself, in the desk's language."""
    return Progress(at=now, mark=Mark.TURN, author="desk", text=say(known.policy.language, phrase, **parts))


def told_reopened(ticket: Ticket, known: Known, now: datetime) -> tuple[Letter, ...]:
    """The requester reads that work goes on, and by when he hears of it."""
    engineer = known.people.get(ticket.engineer)
    return writing.to_requester(
        ticket,
        LetterKind.REOPENED,
        known,
        engineer=engineer.name if engineer else None,
        first_answer_by=instant(promise.told_by(promise.first_answer(ticket.kind, known, now))),
    )


# -- from inside ---------------------------------------------------------------------------------------------------------


def _answer(ticket: Ticket, by: Person, message: Message, known: Known, now: datetime) -> Decision:
    """To the requester and all who watch; a colleague who has the ticket reads it, too."""
    answered = answering(ticket, by, now)
    line = answer_line(by, message.new_text, now, message)
    letters = _answer_letters(answered, by, message, known) + told_holder(answered, by, message, known, now)
    if left := pictures.left_inside(message, by, known.history):
        letters += (_receipt(ticket, by, known, obeyed=True, pictures=left),)
    return Decision(ticket=answered, progress=(line,), letters=letters)


def _kept_back(ticket: Ticket, by: Person, message: Message, known: Known, now: datetime, why: str, **parts: object) -> Decision:
    """It stays inside, and he is told why."""
    line = with_mail(Progress(at=now, mark=Mark.HELD, author=by.staff_id, text=message.new_text), message)
    told = _receipt(ticket, by, known, refusal=say(known.language_of(by), why, **parts))
    return Decision(ticket=ticket, progress=(line,), letters=(told,))


def _receipt(ticket: Ticket, by: Person, known: Known, **said: Any) -> Letter:
    """What became of an answer, to who wrote it."""
    nothing: dict[str, Any] = dict.fromkeys(("results", "rows", "history", "ledgers", "timelines", "pictures"), ())
    no = dict.fromkeys(("obeyed", "help", "unsent"), False)
    return writing.to_person(ticket, by, LetterKind.TRANSCRIPT, known, **{**nothing, **no, "refusal": "", **said})


def _once_an_hour(decision: Decision, ticket: Ticket, by: Person, now: datetime) -> Decision:
    """The same for a machine, which would answer a letter for each."""
    key = f"parrot:{ticket.number}:{by.staff_id}:{now.astimezone(UTC):%Y-%m-%dT%H}"
    return replace(decision, letters=tuple(replace(letter, key=key) for letter in decision.letters))


def answering(ticket: Ticket, by: Person, now: datetime) -> Ticket:
    """Who answers has begun; he takes what nobody else has."""
    mine = ticket.engineer in {None, by.staff_id} and ticket.status in {Status.NEW, Status.ASSIGNED}
    return turning.heard((turning.taken(ticket, by, now) if mine else None) or ticket, now)


def answer_line(by: Person, text: str, now: datetime, message: Message | None) -> Progress:
    """What the requester was told, with the mail that said it."""
    line = Progress(at=now, mark=Mark.ANSWER, author=by.staff_id, text=text, public=True)
    return with_mail(line, message) if message else line


def with_mail(line: Progress, message: Message) -> Progress:
    """A line of the record with the mail it comes from, and its files."""
    return replace(line, message_id=message.message_id, raw=message.digest, attachments=message.attachments)


def _answer_letters(ticket: Ticket, by: Person, message: Message, known: Known) -> tuple[Letter, ...]:
    """His words and files, to the requester and everyone who watches."""
    files = pictures.outgoing(message, by, known.history)
    letters = writing.to_requester(ticket, LetterKind.ANSWER, known, engineer=by.name, text=message.new_text)
    return tuple(replace(letter, attachments=files) for letter in letters)


def told_holder(ticket: Ticket, by: Person, message: Message, known: Known, now: datetime) -> tuple[Letter, ...]:
    """What a colleague wrote about somebody's ticket, he reads as a note."""
    if ticket.engineer in {None, by.staff_id}:
        return ()
    return colleagues.note(ticket, by, message.new_text, message, known, now)


def _note(ticket: Ticket, by: Person, message: Message, known: Known, now: datetime) -> Decision:
    """Stays inside; it counts as progress."""
    line = with_mail(Progress(at=now, mark=Mark.NOTE, author=by.staff_id, text=message.new_text), message)
    noted = replace(ticket, progressed_at=now)
    return Decision(ticket=noted, progress=(line,), letters=colleagues.note(noted, by, message.new_text, message, known, now))
