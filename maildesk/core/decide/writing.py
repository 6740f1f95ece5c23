"""Letters as the rules write them: to whom, in which language, and what they tell of the ticket.

A letter to the requester goes to the watchers, too, each copy for itself. A letter to a person of the directory goes to his
first address. Nobody else is ever written to.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.message import Address, Attachment, Digest
from maildesk.core.people import Person, Role
from maildesk.core.shift import absent, reachable_at
from maildesk.core.ticket import Mark, Priority, Progress, Ticket

BRIEF = 12
"""So many lines of history tell somebody new what was tried."""

LARGEST_LOGO = 100_000
"""Bytes."""

SIGNATURE = "[a-z2-7]{37}"
"""What makes an address of the desk a signed one, behind its plus sign."""

MOST_BYTES = 10_000_000
"""Files go with a letter up to this size in all; the others stay with us and are named."""


def to_requester(ticket: Ticket, kind: LetterKind, known: Known, **facts: Any) -> tuple[Letter, ...]:
    """The same letter to the requester and to everyone who watches; nobody when nobody asked. Only the requester may rate."""
    everyone = dict.fromkeys(address for address in (ticket.requester, *ticket.watchers) if address)
    return tuple(_outside(ticket, address, kind, known, facts) for address in everyone)


def _outside(ticket: Ticket, to: Address, kind: LetterKind, known: Known, facts: Mapping[str, Any]) -> Letter:
    person = known.people.at(to)
    name = ticket.requester_name if to == ticket.requester else person.name if person else ""
    language = known.languages.get(to) or (person.language if person else None) or ticket.language
    facts = {fact: _unsigned(value, known.desk) for fact, value in facts.items()}
    if "rate" in facts and to != ticket.requester:
        facts = {**facts, "rate": False}
    return Letter(kind=kind, to=to, language=language, name=name, facts=facts)


def _unsigned(value: Any, desk: frozenset[Address]) -> Any:
    """A fact with the desk's own address wherever it says a signed one: an engineer's would let others answer in his place."""
    if isinstance(value, list | tuple):
        return [_unsigned(one, desk) for one in value]
    if not isinstance(value, str):
        return value
    local = "|".join(re.escape(address.rpartition("@")[0]) for address in sorted(desk, reverse=True))
    return re.sub(rf"({local})(?:\+|%2B){SIGNATURE}", r"\1", value, flags=re.IGNORECASE) if local else value


def to_person(ticket: Ticket | None, person: Person, kind: LetterKind, known: Known, **facts: Any) -> Letter:
    """A letter to somebody of the directory."""
    return Letter(
        kind=kind,
        to=person.address,
        language=known.language_of(person),
        name=person.name,
        person=person.staff_id,
        acting_for=person.acting_for,
        facts=facts,
    )


def leads(ticket: Ticket | None, known: Known, now: datetime) -> tuple[Person, ...]:
    """Who is told when the engineer is not enough: the leads, else the managers, who are there and are not he himself.

    For somebody absent his delegate stands in. When nobody is there, all leads and managers: their mail waits for them.
    """
    ladder, engineer = (Role.LEAD, Role.MANAGER), ticket.engineer if ticket else None
    others = [person for role in ladder for person in known.people.having(role) if person.staff_id != engineer]
    for role in ladder:
        there = [present(person, ticket, known, now) for person in others if role in person.roles]
        found = [person for person in there if person and person.staff_id != engineer]
        if found:
            return _each_once(found)
    return _each_once(others)


def attending(ticket: Ticket, known: Known, now: datetime) -> tuple[Person, ...]:
    """Who is to act: the engineer or who stands in for him, else the leads."""
    engineer = known.people.get(ticket.engineer)
    there = present(engineer, ticket, known, now) if engineer else None
    return (there,) if there else leads(ticket, known, now)


def present(person: Person, ticket: Ticket | None, known: Known, now: datetime) -> Person | None:
    """He himself, while he is absent who stands in for him, or nobody.

    What counts is when he would read it: a P1 is read at once, anything else in his next working hour. So who leaves before that
    is asked no more, and who will be back by then is.
    """

    def gone(one: Person) -> bool:
        urgent = ticket is not None and ticket.priority is Priority.P1
        return absent(one, now if urgent else reachable_at(one, known.policy, now))

    return known.people.acting_for(person, gone)


def _each_once(people: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody once; who is asked for himself as well as for somebody absent is asked for himself."""
    own_first = sorted(people, key=lambda person: bool(person.acting_for))
    chosen = {person.staff_id: person for person in reversed(own_first)}
    return tuple(dict.fromkeys(chosen[person.staff_id] for person in people))


def brief(known: Known) -> list[list[str]]:
    """What happened last, as [instant, author, text]; what the clock said itself is left out."""
    lines = [line for line in known.history if line.mark is not Mark.ALARM]
    return [[instant(line.at), line.author, line.text] for line in lines[-BRIEF:]]


def first_words(known: Known) -> Progress | None:
    """The line of the mail that opened the ticket, while the history reaches back to it."""
    return next((line for line in known.history if line.mark is Mark.OPENED), None)


def first_told(known: Known) -> tuple[Progress, ...]:
    """That line, and the one that it made of the words of a colleague who passed the mail on."""
    first = first_words(known)
    if first is None or first.message_id is None:
        return (first,) if first else ()
    return tuple(line for line in known.history if line.message_id == first.message_id)


def last_question(known: Known) -> str:
    """What the requester was last told, to which he has not answered."""
    said = (line.text for line in reversed(known.history) if line.mark is Mark.ANSWER and line.public)
    return next(said, "")


def understood(ticket: Ticket) -> list[list[str]]:
    """The facts as [field, value]."""
    return [[name, fact.value] for name, fact in ticket.fields.items()]


def is_logo(file: Attachment, seen: frozenset[Digest]) -> bool:
    """Whether it is a small picture in the text that came with an earlier mail too, as those in signatures do."""
    return file.inline and file.size <= LARGEST_LOGO and file.digest in seen


def carried(attachments: tuple[Attachment, ...], seen: frozenset[Digest] = frozenset()) -> tuple[Attachment, ...]:
    """The files that go with a letter: none risky to open, no logo seen before, and not more than a mail should carry."""
    chosen, size = [], 0
    for file in attachments:
        if file.risk is None and size + file.size <= MOST_BYTES and not is_logo(file, seen):
            chosen.append(file)
            size += file.size
    return tuple(chosen)


def files(attachments: tuple[Attachment, ...], seen: frozenset[Digest] = frozenset()) -> list[list[Any]]:
    """Attachments as [name, bytes, why it is kept back or False]; logos seen before are not spoken of."""
    sent, spoken_of = carried(attachments, seen), (file for file in attachments if not is_logo(file, seen))
    return [[file.filename, file.size, False if file in sent else file.risk or "large"] for file in spoken_of]


def phone_of(ticket: Ticket, known: Known) -> str | None:
    """The requester's number: as he wrote it, else from the directory."""
    for name in ("phone", "contact"):
        if name in ticket.fields:
            return ticket.fields[name].value
    person = known.people.at(ticket.requester)
    return person.phone or None if person else None
