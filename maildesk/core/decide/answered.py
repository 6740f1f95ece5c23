"""The requester's own words: his verdict, a rating, a withdrawal, the question how it stands."""

from dataclasses import replace
from datetime import datetime

from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.saying import say
from maildesk.core.decide.wrote import mail_line, reopened, told_reopened, turn_line
from maildesk.core.decision import Decision
from maildesk.core.event import Answered
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.message import folded
from maildesk.core.ticket import Feedback, Mark, Status, Ticket, Turn

LAST = 5
"""So many lines tell the requester how it stands."""


def answered(ticket: Ticket, event: Answered, known: Known, now: datetime) -> Decision:
    """What he said, recorded and done; the engineer reads all of it but the question for the state."""
    line = mail_line(event.message, event.author, known, now)
    if event.withdrawn:
        decision = _withdrawn(ticket, event, known, now)
    elif event.feedback is not None:
        decision = _judged(ticket, event.feedback, event, known, now)
    elif event.status_asked:
        decision = _told(ticket, event, known, now)
    else:
        decision = _rated(ticket, event, known, now)
    return replace(decision, progress=(line, *decision.progress))


# -- how it stands -------------------------------------------------------------------------------------------------------


def _told(ticket: Ticket, event: Answered, known: Known, now: datetime) -> Decision:
    """To the one who asked: lines of the record that he may read."""
    engineer = known.people.get(ticket.engineer)
    done = [line for line in known.history if line.public and line.mark not in {Mark.MAIL, Mark.OPENED}]
    letters = writing.to_requester(
        ticket,
        LetterKind.STATUS,
        known,
        engineer=engineer.name if engineer else None,
        last=[[instant(line.at), line.text] for line in done[-LAST:]],
    )
    return Decision(ticket=ticket, progress=(turn_line("status asked", known, now),), letters=_to_author(letters, event))


def _to_author(letters: tuple[Letter, ...], event: Answered) -> tuple[Letter, ...]:
    """Only the copy of the one who asked; the requester's, when he asked from another address of his."""
    return tuple(one for one in letters if folded(one.to) == folded(event.author)) or letters[:1]


# -- his verdict ---------------------------------------------------------------------------------------------------------


def _judged(ticket: Ticket, feedback: Feedback, event: Answered, known: Known, now: datetime) -> Decision:
    line = turn_line(f"feedback {feedback}", known, now)
    decision = (
        _confirmed(ticket, event, known, now) if feedback is Feedback.SOLVED else _not_solved(ticket, feedback, event, known, now)
    )
    return replace(decision, progress=(line, *decision.progress))


def _confirmed(ticket: Ticket, event: Answered, known: Known, now: datetime) -> Decision:
    """Closed by his word, with the question for a rating in the same letter."""
    closed = turning.closed(ticket, "confirmed", known.policy, now)
    confirmed = _with_rating(replace(closed or _late(ticket), feedback=Feedback.SOLVED), event)
    replies = colleagues.reply(confirmed, event.message, event.message.new_text, known, now, linked=event.linked, event="solved")
    replies += _low(confirmed, event, known, now)
    if closed is None:
        return Decision(ticket=confirmed, letters=replies)
    letters, confirmed = closing(confirmed, "confirmed", confirmed.solution, known, now)
    return Decision(ticket=confirmed, progress=(turn_line("closed confirmed", known, now),), letters=(*letters, *replies))


def _late(ticket: Ticket) -> Ticket:
    """A ticket that was closed unheard, and is confirmed after all."""
    return replace(ticket, closed_how="confirmed") if ticket.status is Status.CLOSED else ticket


def _with_rating(ticket: Ticket, event: Answered) -> Ticket:
    return ticket if event.rating is None else replace(ticket, rating=event.rating, rating_comment=event.comment)


def closing(ticket: Ticket, how: str, solution: str, known: Known, now: datetime) -> tuple[tuple[Letter, ...], Ticket]:
    """The letters that tell of the end, with the question for a rating when he may be asked; the ticket knows of it."""
    rate = _may_be_asked(ticket, known, now)
    facts = {"how": how, "solution": solution, "reopen_until": instant(now + known.policy.reopen_within), "rate": rate}
    letters = writing.to_requester(ticket, LetterKind.CLOSED, known, **facts)
    return letters, replace(ticket, surveyed_at=now) if rate else ticket


def _may_be_asked(ticket: Ticket, known: Known, now: datetime) -> bool:
    """One survey per person in a while, and none where he has rated already."""
    survey, last = known.policy.rules(ticket).survey, known.surveyed_at
    recently = last is not None and now - last < survey.per_person
    return survey.on and not recently and ticket.rating is None and colleagues.reachable(ticket)


def _not_solved(ticket: Ticket, feedback: Feedback, event: Answered, known: Known, now: datetime) -> Decision:
    """Another round; from the second on the leads know. A ticket that is in work goes on, with his words."""
    again, lines = reopened(turning.awake(ticket, Turn.RESUME, now) or ticket, known, now, feedback)
    again = replace(again, feedback=feedback)
    letters = colleagues.reply(again, event.message, event.message.new_text, known, now, linked=event.linked, event=feedback)
    if again.round > ticket.round:
        letters += told_reopened(again, known, now) + colleagues.leads_told(again, known, now)
    return Decision(ticket=again, progress=lines, letters=letters)


# -- his rating ----------------------------------------------------------------------------------------------------------


def _rated(ticket: Ticket, event: Answered, known: Known, now: datetime) -> Decision:
    """The last rating counts; a low one is put before the leads."""
    rated = _with_rating(ticket, event)
    letters = colleagues.reply(rated, event.message, event.message.new_text, known, now, linked=event.linked, event="rated")
    line = turn_line("rated", known, now, rating=event.rating)
    return Decision(ticket=rated, progress=(line,), letters=(*letters, *_low(rated, event, known, now, told=letters)))


def _low(ticket: Ticket, event: Answered, known: Known, now: datetime, told: tuple[Letter, ...] = ()) -> tuple[Letter, ...]:
    """A bad rating, to the leads who have not read it yet."""
    if event.rating is None or event.rating > known.policy.rules(ticket).survey.low:
        return ()
    author = ticket.requester_name or ticket.requester
    return tuple(
        writing.to_person(
            ticket,
            person,
            LetterKind.NOTE,
            known,
            author=author,
            text=f"{say(known.language_of(person), 'rated', rating=event.rating)}\n\n{event.comment}".strip(),
            files=[],
        )
        for person in writing.leads(ticket, known, now)
        if person.staff_id not in {letter.person for letter in told}
    )


# -- his withdrawal ------------------------------------------------------------------------------------------------------


def _withdrawn(ticket: Ticket, event: Answered, known: Known, now: datetime) -> Decision:
    withdrawn = turning.awake(ticket, Turn.WITHDRAW, now)
    if withdrawn is None:
        return Decision(ticket=ticket)
    withdrawn = replace(withdrawn, closed_at=now, closed_how="withdrawn")
    letters = writing.to_requester(withdrawn, LetterKind.WITHDRAWN, known)
    replies = colleagues.reply(
        withdrawn, event.message, event.message.new_text, known, now, linked=event.linked, event="withdrawn"
    )
    return Decision(ticket=withdrawn, progress=(turn_line("withdrawn", known, now),), letters=(*letters, *replies))
