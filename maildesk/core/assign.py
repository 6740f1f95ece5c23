"""Who gets a ticket: the engineer that its category names, else one with the skill who is on shift and has the least to do.

    rule    the category names its engineer (while he is absent, who stands in for him)
    skill   on shift, has the skill of the category, least loaded
    load    on shift, least loaded, because nobody with the skill is there
    lead    nobody of that line is on shift

Who has as much to do as another, but has waited longest for his last ticket, comes first. An expert of line 2 is never a lead in
disguise: when nobody of that line is there, nobody is chosen.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from maildesk.core.known import Known, Load
from maildesk.core.people import Person, Role
from maildesk.core.policy import Category
from maildesk.core.shift import absent, on_shift
from maildesk.core.ticket import Ticket

NEVER = -1.0
TIME_TO_BEGIN = timedelta(minutes=30)
"""Who leaves within this time gets no new ticket."""


class Why(StrEnum):
    """By which rule somebody was chosen."""

    RULE = "rule"
    SKILL = "skill"
    LOAD = "load"
    LEAD = "lead"
    NOBODY = "nobody"


def choose(ticket: Ticket, known: Known, now: datetime, line: int = 1) -> tuple[Person | None, Why]:
    """Somebody of this line for a ticket, never who holds it already, and why. None when there is nobody at all."""
    category = next((one for one in known.policy.categories if one.name == ticket.category), None)
    named = _named(category, known, now, line)
    if named is not None and named.staff_id != ticket.engineer:
        return named, Why.RULE
    there = [
        person
        for person in _of_line(known, line)
        if person.staff_id != ticket.engineer and on_shift(person, known.policy, now) and not _leaving(person, now)
    ]
    skilled = [person for person in there if category is not None and category.skill and category.skill in person.skills]
    if there:
        return _freest(skilled or there, known), Why.SKILL if skilled else Why.LOAD
    lead = _lead(known, now) if line == 1 else None
    return lead, Why.LEAD if lead else Why.NOBODY


def _named(category: Category | None, known: Known, now: datetime, line: int) -> Person | None:
    """The engineer of the category, or who stands in for him."""
    person = known.people.get(category.engineer) if category else None
    if person is None or (person.line or 1) != line:
        return None
    return known.people.acting_for(person, lambda one: _leaving(one, now))


def _leaving(person: Person, now: datetime) -> bool:
    """Whether he is absent, or will be before he has had the time to begin."""
    return absent(person, now) or absent(person, now + TIME_TO_BEGIN)


def _of_line(known: Known, line: int) -> tuple[Person, ...]:
    """The engineers of a line."""
    return tuple(person for person in known.people.having(Role.ENGINEER) if (person.line or 1) == line)


def _freest(people: list[Person], known: Known) -> Person:
    return min(people, key=lambda person: _burden(person, known))


def _burden(person: Person, known: Known) -> tuple[float, float, str]:
    load = known.load.get(person.staff_id, Load())
    last = load.last_at.timestamp() if load.last_at else NEVER
    return load.weight, last, person.staff_id


def _lead(known: Known, now: datetime) -> Person | None:
    """A lead, else a manager; one who is there rather than one who is not, the freest of them."""
    for role in (Role.LEAD, Role.MANAGER):
        everyone = [person for person in known.people.having(role) if not _leaving(person, now)]
        there = [person for person in everyone if on_shift(person, known.policy, now)]
        if everyone:
            return _freest(there or everyone, known)
    return None
