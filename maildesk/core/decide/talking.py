"""Orders that speak: note, ask, called, public; resolve, close, reopen."""

from dataclasses import replace
from datetime import datetime

from maildesk.core.decide import colleagues, turning
from maildesk.core.decide.answered import closing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decide.wrote import answering, reopened
from maildesk.core.letter import LetterKind, instant
from maildesk.core.orders import Order, plain
from maildesk.core.promise import closes_on, first_answer, told_by
from maildesk.core.rules import DAY
from maildesk.core.said import Vague, Vagueness, written
from maildesk.core.standing import begun_at
from maildesk.core.ticket import Mark, Progress, Ticket, Waiting
from maildesk.core.when import before

JUST_BEFORE = DAY
"""Who rang first and wrote then, or whose clock is not ours, did so within this time."""


def note(giving: Giving, order: Order) -> Effect | Refused:
    """Stays inside; it counts as progress."""
    line = Progress(at=giving.now, mark=Mark.NOTE, author=giving.by.staff_id, text=order.args["text"])
    return Effect(ticket=replace(giving.ticket, progressed_at=giving.now), said=giving.say("noted"), progress=(line,))


def public(giving: Giving, order: Order) -> Effect | Refused:
    """To the requester, wherever it was written."""
    if not colleagues.reachable(giving.ticket):
        return giving.refused("nobody to ask")
    text = order.args["text"]
    line = Progress(at=giving.now, mark=Mark.ANSWER, author=giving.by.staff_id, text=text, public=True)
    return Effect(
        ticket=answering(giving.ticket, giving.by, giving.now),
        said=giving.say("sent"),
        progress=(line,),
        outside={LetterKind.ANSWER: {"engineer": giving.by.name, "text": text}},
    )


def ask(giving: Giving, order: Order) -> Effect | Refused:
    """The requester is asked, and the ticket waits for him. Without words, he is asked for the facts that are missing."""
    ticket, text = giving.ticket, order.args.get("text", "")
    if not colleagues.reachable(ticket):
        return giving.refused("nobody to ask")
    if not text and not ticket.missing:
        return giving.refused("nothing to ask")
    waiting = turning.paused(ticket, Waiting.USER, giving.now, _until(ticket, giving.now))
    if waiting is None:
        return giving.wrong_status()
    asked = replace(turning.heard(waiting, giving.now), missing_asked_at=giving.now)
    gaps = [] if text else list(ticket.missing)
    line = Progress(
        at=giving.now,
        mark=Mark.ANSWER,
        author=giving.by.staff_id,
        text=text or giving.line("asked", public=True).text,
        public=True,
    )
    facts = {"engineer": giving.by.name, "missing": gaps, "text": text}
    return Effect(ticket=asked, said=giving.say("asked"), progress=(line,), outside={LetterKind.ASK: facts})


def _until(ticket: Ticket, now: datetime) -> datetime | None:
    """The date until which he is waited for already; a question more leaves it as it is."""
    until = ticket.waiting_until if ticket.waiting is Waiting.USER else None
    return until if until is not None and until > now else None


def called(giving: Giving, order: Order) -> Effect | Refused:
    """He phoned the requester: at the time that he names, else just now. A call before the mail counts as one when it came."""
    text = order.args.get("text", "")
    said = before(plain(text), giving.now, giving.calendar)
    if isinstance(said, Vague) and said.why is not Vagueness.UNKNOWN:
        return giving.doubtful(said)
    at, result = (giving.now, text) if isinstance(said, Vague) else (said.since, said.rest)
    begun = begun_at(giving.ticket)
    if at < begun - JUST_BEFORE:
        right = written(giving.now.astimezone(giving.calendar.zone))
        return giving.refused("called before", begun=giving.clock(begun), at=giving.clock(at), right=right)
    phoned = replace(turning.heard(giving.ticket, giving.now), called_at=max(at, begun))
    line = giving.line("called", at=giving.recorded(at), more=result)
    return Effect(ticket=phoned, said=giving.say("called", at=giving.clock(at)), progress=(line,))


def resolve(giving: Giving, order: Order) -> Effect | Refused:
    """Solved, as far as we can tell: the requester is asked. Where there is none, nobody can confirm, and it is closed."""
    solution = order.args["text"]
    solved = turning.resolved(giving.ticket, giving.now)
    if solved is None:
        return giving.wrong_status()
    solved = turning.heard(replace(solved, solution=solution), giving.now)
    line = giving.line("resolved", mark=Mark.TURN, public=True, more=solution)
    if not colleagues.reachable(solved):
        closed = turning.closed(solved, "engineer", giving.known.policy, giving.now) or solved
        return Effect(ticket=closed, said=giving.say("closed"), progress=(line,))
    facts = {
        "engineer": giving.by.name,
        "solution": solution,
        "closes_on": instant(closes_on(giving.known.policy.rules(solved), giving.now)),
        "observed": False,
    }
    return Effect(ticket=solved, said=giving.say("resolved"), progress=(line,), outside={LetterKind.RESOLVED: facts})


def close(giving: Giving, order: Order) -> Effect | Refused:
    """The end without the requester's word: after it was resolved, or with a reason that he is told."""
    ticket, reason = giving.ticket, order.args.get("text", "")
    if ticket.status.open and not reason:
        return giving.refused("why close")
    closed = turning.closed(ticket, "engineer", giving.known.policy, giving.now)
    if closed is None:
        return giving.wrong_status()
    told = reason or ticket.solution
    letters, closed = closing(turning.heard(closed, giving.now), "engineer", told, giving.known, giving.now)
    closed = replace(closed, solution=ticket.solution or reason)
    line = giving.line("closed", mark=Mark.TURN, public=True, more=reason)
    outside = {LetterKind.CLOSED: letters[0].facts} if letters else {}
    return Effect(ticket=closed, said=giving.say("closed"), progress=(line,), outside=outside)


def reopen(giving: Giving, order: Order) -> Effect | Refused:
    """Work goes on; the requester is told."""
    again, _ = reopened(giving.ticket, giving.known, giving.now)
    if again.round == giving.ticket.round:
        return giving.wrong_status()
    line = giving.line("reopened", mark=Mark.TURN, round=again.round, more=order.args.get("text", ""))
    engineer = giving.known.people.get(again.engineer)
    facts = {
        "engineer": engineer.name if engineer else None,
        "first_answer_by": instant(told_by(first_answer(again.kind, giving.known, giving.now))),
    }
    outside = {LetterKind.REOPENED: facts} if colleagues.reachable(again) else {}
    return Effect(ticket=again, said=giving.say("reopened", round=again.round), progress=(line,), outside=outside)
