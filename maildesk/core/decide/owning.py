"""Orders about who has a ticket: take, assign, escalate; and about who is there: away, back."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.core.assign import choose
from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.orders import Order, plain
from maildesk.core.people import Person
from maildesk.core.shift import absent
from maildesk.core.ticket import Eta, Status, Ticket
from maildesk.core.when import Said, Vague, when

_MYSELF = frozenset({"me", "myself", "我", "自己", "本人"})
_BREAK = re.compile(r"[\s,，;；:：、。]+")


def take(giving: Giving, order: Order) -> Effect | Refused:
    """His from now on. With a time the requester is told, and that is an answer; without one he is not, and it is none."""
    taken = turning.taken(giving.ticket, giving.by, giving.now)
    if taken is None:
        return giving.wrong_status()
    said = when(order.args["until"], giving.now, giving.calendar) if "until" in order.args else None
    if isinstance(said, Vague):
        return giving.doubtful(said)
    if said is None:
        line = giving.line("taken", public=True, name=giving.by.name)
        return Effect(ticket=taken, said=giving.say("done"), progress=(line,))
    return _taken_until(giving, taken, said)


def _taken_until(giving: Giving, taken: Ticket, said: Said) -> Effect:
    promised = replace(turning.heard(taken, giving.now), eta=Eta(at=said.until, said_at=giving.now))
    line = giving.line("taken until", public=True, name=giving.by.name, at=giving.recorded(said.until))
    facts = {"engineer": giving.by.name, "until": instant(said.until)}
    return Effect(
        ticket=promised,
        said=f"{giving.say('eta', at=giving.clock(said.until))}{giving.say('requester told')}",
        progress=(line,),
        outside={LetterKind.TAKEN: facts},
    )


def assign(giving: Giving, order: Order) -> Effect | Refused:
    """To somebody by name; what stands behind the name is why."""
    found = _named(giving, order.args["person"])
    if isinstance(found, Refused):
        return found
    person, why = found
    if not person.works:
        return giving.refused("does not work", name=person.name)
    if absent(person, giving.now) and person.absent_until is not None:
        return _absent(giving, person, person.absent_until)
    given = turning.given(giving.ticket, person, giving.now)
    if given is None:
        return giving.wrong_status()
    return Effect(
        ticket=given,
        said=giving.say("assigned", name=person.name),
        progress=(giving.line("assigned", name=person.name, more=why),),
        inside=() if person == giving.by else (_passed(giving, given, person, why),),
    )


def _named(giving: Giving, text: str) -> tuple[Person, str] | Refused:
    """Whom the beginning of a text names, by as many words as fit, and the rest of it."""
    ends = [match.start() for match in _BREAK.finditer(text)] + [len(text)]
    for end in reversed(ends):
        name, rest = plain(text[:end]), _BREAK.sub("", text[end : end + 1]) + text[end + 1 :]
        if name.casefold() in _MYSELF:
            return giving.by, rest.strip()
        people = giving.known.people.named(name) if name else ()
        if len(people) == 1:
            return people[0], rest.strip()
        if people:
            return giving.refused("several named", names="、".join(f"{one.name} {one.staff_id}" for one in people))
    return giving.refused("nobody named", text=text)


def _absent(giving: Giving, person: Person, until: datetime) -> Refused:
    delegate = giving.known.people.get(person.delegate)
    at = giving.clock(until)
    if delegate is None:
        return giving.refused("absent", name=person.name, at=at)
    return giving.refused("absent for", name=person.name, at=at, other=delegate.name)


def _passed(giving: Giving, ticket: Ticket, person: Person, why: str) -> Letter:
    """A case nobody has touched is a new one for him, any other is handed over with what was tried."""
    told = writing.first_told(giving.known)
    if giving.ticket.status is Status.NEW and told:
        return colleagues.assignment(ticket, person, giving.known, giving.now, told=told, why=why, by=giving.by)
    giver = giving.known.people.get(giving.ticket.engineer)
    return colleagues.handover(ticket, person, giver, giving.known, by=giving.by, why=why)


def escalate(giving: Giving, order: Order) -> Effect | Refused:
    """To an expert of line 2; when none is there, the leads are told."""
    why = order.args.get("text", "")
    expert, _ = choose(giving.ticket, giving.known, giving.now, line=2)
    given = turning.given(giving.ticket, expert, giving.now) if expert else giving.ticket
    if given is None or not giving.ticket.status.open:
        return giving.wrong_status()
    if expert is None:
        line = giving.line("escalated to leads", more=why)
        letters = colleagues.leads_asked(given, giving.by, why, giving.known, giving.now)
        return Effect(ticket=given, said=giving.say("escalated to leads"), progress=(line,), inside=letters)
    given = replace(given, line=2)
    giver = giving.known.people.get(giving.ticket.engineer)
    letter = colleagues.handover(given, expert, giver, giving.known, by=giving.by, why=why)
    line = giving.line("escalated", name=expert.name, more=why)
    return Effect(ticket=given, said=giving.say("escalated", name=expert.name), progress=(line,), inside=(letter,))


def away(giving: Giving, order: Order) -> Effect | Refused:
    """No tickets for him up to a moment, or to the end of a day: the one he names, else today."""
    until = _end_of_day(giving, giving.now)
    if "until" in order.args:
        said = when(order.args["until"], giving.now, giving.calendar)
        if isinstance(said, Vague):
            return giving.doubtful(said)
        until = _end_of_day(giving, said.since) if said.whole_day else said.until
    told = giving.say("away", at=giving.clock(until))
    return Effect(ticket=giving.ticket, said=told, absences={giving.by.staff_id: until})


def _end_of_day(giving: Giving, day: datetime) -> datetime:
    local = day.astimezone(giving.calendar.zone) + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def back(giving: Giving, _: Order) -> Effect | Refused:
    return Effect(ticket=giving.ticket, said=giving.say("back"), absences={giving.by.staff_id: None})
