"""Orders about who has a ticket: take, assign, escalate; and about who is there: away, back."""

import re
from dataclasses import replace
from datetime import datetime

from maildesk.core import absence as absences
from maildesk.core.absence import Absence
from maildesk.core.assign import choose
from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decide.saying import span
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.orders import Order, plain
from maildesk.core.people import Person
from maildesk.core.said import Said, Vague
from maildesk.core.shift import absence, absent
from maildesk.core.stretch import stretch
from maildesk.core.ticket import Eta, Status, Ticket
from maildesk.core.when import due

_MYSELF = frozenset({"me", "myself", "我", "自己", "本人"})
_BREAK = re.compile(r"[\s,，;；:：、。]+")


def take(giving: Giving, order: Order) -> Effect | Refused:
    """His from now on. With a time the requester is told, and that is an answer; without one he is not, and it is none."""
    taken = turning.taken(giving.ticket, giving.by, giving.now)
    if taken is None:
        return giving.wrong_status()
    said = due(order.args["until"], giving.now, giving.calendar) if "until" in order.args else None
    if isinstance(said, Vague):
        return giving.doubtful(said)
    if said is None:
        line = giving.line("taken", public=True, name=giving.by.name)
        return Effect(ticket=taken, said=giving.say("done"), progress=(line,))
    return _taken_until(giving, taken, said)


def _taken_until(giving: Giving, taken: Ticket, said: Said) -> Effect:
    expected = Eta(at=said.until, said_at=giving.now)
    promised = replace(turning.heard(taken, giving.now), eta=expected, promised=expected)
    facts = {"engineer": giving.by.name, "until": instant(said.until), "reason": said.rest}
    return Effect(
        ticket=promised,
        said=giving.eta(said),
        progress=(giving.expected("taken until", said),),
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
    if (gone := absence(person, giving.now)) is not None:
        return _absent(giving, person, gone.until)
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
    other = giving.known.people.acting_for(person, lambda one: absent(one, giving.now))
    at = giving.clock(until)
    if other is None:
        return giving.refused("absent", name=person.name, at=at)
    return giving.refused("absent for", name=person.name, at=at, other=other.name)


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
    given = turning.on_line(given, 2, giving.now)
    giver = giving.known.people.get(giving.ticket.engineer)
    letter = colleagues.handover(given, expert, giver, giving.known, by=giving.by, why=why)
    line = giving.line("escalated", name=expert.name, more=why)
    return Effect(ticket=given, said=giving.say("escalated", name=expert.name), progress=(line,), inside=(letter,))


# -- who is there --------------------------------------------------------------------------------------------------------


def away(giving: Giving, order: Order) -> Effect | Refused:
    """Not here from one time to another; without any, for the rest of today."""
    asked = order.args.get("time")
    said = stretch(asked or "today", giving.now, giving.calendar)
    if isinstance(said, Vague):
        return giving.doubtful(said)
    planned = Absence(since=said.since if asked else giving.now, until=said.until)
    told = giving.say("away", spans=_spans(giving, absences.away(_own(giving, planned), giving.now)))
    return Effect(ticket=giving.ticket, said=f"{told}{_standing_in(giving, planned)}", absences=(planned,))


def back(giving: Giving, order: Order) -> Effect | Refused:
    """Here again. What is planned for later stands, unless he takes back all of it."""
    planned = absences.away(_own(giving), giving.now)
    ended = planned if "all" in order.args else tuple(one for one in planned if one.covers(giving.now))
    here = tuple(replace(one, since=max(one.since, giving.now), here=True) for one in ended)
    later = absences.away(_own(giving, *here), giving.now)
    told = giving.say("still away", spans=_spans(giving, later)) if later else ""
    return Effect(ticket=giving.ticket, said=f"{giving.say('back')}{told}", absences=here)


def _own(giving: Giving, *more: Absence) -> tuple[Absence, ...]:
    """What holds of his absences after all that he said in this mail so far, and more."""
    person = giving.known.people.get(giving.by.staff_id) or giving.by
    return absences.together(*person.absences, *giving.absences, *more)


def _spans(giving: Giving, spans: tuple[Absence, ...]) -> str:
    mark = "；" if giving.language == "zh" else "; "
    return mark.join(span(giving.language, one.since, one.until, giving.now, giving.calendar.zone) for one in spans)


def _standing_in(giving: Giving, planned: Absence) -> str:
    """Who gets what is his when it begins."""
    other = giving.known.people.acting_for(giving.by, lambda one: one == giving.by or absent(one, planned.since))
    return giving.say("stands in", name=other.name) if other else giving.say("nobody stands in")
