"""The debts of the archive: closed tickets of which nobody has said in which article they are written up, or why in none.

Each week an engineer gets his own, as reminders that archive a ticket with a tap and go out as one letter; each month the leads
read how many everybody has. What was closed within the week, or the month, waits for the next one. So a letter is due on the
first working day at the hour of the digests, or as soon as the desk is awake after it; its key in the outbox holds reader and
week or month, and it is written once however often this is tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from maildesk.core.alarm import Step
from maildesk.core.decide.writing import to_person
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.people import Person, Role
from maildesk.core.rules import Rule
from maildesk.core.shift import absent, calendar_of
from maildesk.core.ticket import Ticket
from maildesk.desk import Desk
from maildesk.reports.digest import hour_has_come
from maildesk.store import Owed, Tx

MOST = 10
"""So many of his debts an engineer reads in a week, the oldest."""

Told = tuple[Letter, Ticket | None]


def write_debts(desk: Desk, now: datetime) -> int:
    """Promise the letters about debts that are due and that nobody has got yet; how many."""
    policy = desk.config.policy
    if not any(policy.rules_of(kind).archive.on for kind in policy.kinds):
        return 0
    if next(due(Known(policy=policy, people=desk.config.people), now), None) is None:
        return 0  # who is away by his own mail is not in the directory, but nobody is back before it says so
    with desk.store.read() as tx:
        known = Known(policy=policy, people=desk.gatherer(tx, now).people)
        readers = tuple(due(known, now))
        done = tx.promised(_key(one, 0) for one in readers)
        wanted = [told for one in readers if _key(one, 0) not in done for told in _about(tx, one, known)]
    return desk.tell(wanted, now)


# -- who reads of them ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who is to read of debts once in a period, which begins on a `first` day: of those made before it.

    `own` are his own of the week; else everybody's of the month.
    """

    person: Person
    own: bool
    first: date
    before: datetime


def due(known: Known, now: datetime) -> Iterator[Reader]:
    """Everybody who works today, whose hour has come: engineers for their week, leads for their month."""
    policy = known.policy
    leads = known.people.having(Role.LEAD) or known.people.having(Role.MANAGER)
    for person in known.people.everyone:
        if absent(person, now):
            continue
        zone = calendar_of(person, policy).zone
        today = now.astimezone(zone).date()
        monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
        if Role.ENGINEER in person.roles and hour_has_come(person, policy.digest_at, policy, now):
            yield Reader(person=person, own=True, first=monday, before=datetime.combine(monday, time(), zone))
        if person in leads and hour_has_come(person, policy.team_digest_at, policy, now):
            yield Reader(person=person, own=False, first=first, before=datetime.combine(first, time(), zone))


def _key(reader: Reader, nth: int) -> str:
    """The first is there when any is, because all of them are promised in one commit."""
    return f"debts:{reader.person.staff_id}:{'week' if reader.own else 'month'}:{reader.first}:{nth}"


# -- what he reads -------------------------------------------------------------------------------------------------------


def _about(tx: Tx, reader: Reader, known: Known) -> Iterator[Told]:
    if reader.own:
        for nth, ticket in enumerate(tx.owing(reader.person.staff_id, reader.before, MOST)):
            yield replace(_reminder(ticket, reader.person, known), key=_key(reader, nth)), ticket
    elif owed := tx.owed(reader.before):
        yield replace(_list(owed, reader, known), key=_key(reader, 0)), None


def _reminder(ticket: Ticket, person: Person, known: Known) -> Letter:
    letter = to_person(ticket, person, LetterKind.REMINDER, known, rule=Rule.ARCHIVE, step=Step.REMIND, due=None)
    return replace(letter, bundle_for=person.staff_id)


def _list(owed: tuple[Owed, ...], reader: Reader, known: Known) -> Letter:
    """What everybody owes, the longest lists first."""
    names = {person.staff_id: person.name for person in known.people.everyone}
    people = [[names.get(one.engineer, one.engineer) if one.engineer else "", one.count, instant(one.oldest)] for one in owed]
    facts = {"day": reader.first.isoformat(), "count": sum(one.count for one in owed), "people": people}
    return to_person(None, reader.person, LetterKind.DEBTS, known, **facts)
