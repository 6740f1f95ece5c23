"""The age of the queue of held mails: what nobody decides about is put before the leads, once a day while it lasts.

The key of a letter in the outbox holds reader and day. So it is written once on each of his working days, from the moment on
at which the longest held mail has waited for as much service time as the policy allows.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from maildesk.core.decide.writing import leads, to_person
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.people import Person
from maildesk.core.policy import Policy
from maildesk.core.shift import calendar_of, reachable_at
from maildesk.desk import Desk
from maildesk.store import Inbox, Tx

MOST = 10
"""So many mails are listed."""


def write_held(desk: Desk, now: datetime) -> int:
    """Promise the letters about mails that are held for too long; how many."""
    with desk.store.read() as tx:
        mails = tx.longest_held(MOST)
        if not too_old(mails, desk.config.policy, now):
            return 0
        known = Known(policy=desk.config.policy, people=desk.gatherer(tx, now).people)
        wanted = tuple(letters(tx, mails, known, now))
        done = tx.promised(letter.key for letter in wanted if letter.key)
    return desk.tell([(letter, None) for letter in wanted if letter.key not in done], now)


def too_old(mails: tuple[Inbox, ...], policy: Policy, now: datetime) -> bool:
    """Whether the first of these, the longest held, has waited for longer than the policy allows."""
    rule = policy.held
    return rule.on and bool(mails) and policy.calendar.between(_since(mails[0]), now) >= rule.after


def letters(tx: Tx, mails: tuple[Inbox, ...], known: Known, now: datetime) -> Iterator[Letter]:
    """To each lead who works at this moment."""
    facts = {
        "count": tx.held(),
        "oldest": instant(_since(mails[0])),
        "mails": [[mail.id, instant(_since(mail)), mail.reason] for mail in mails],
    }
    for person in leads(None, known, now):
        if reachable_at(person, known.policy, now) <= now:
            letter = to_person(None, person, LetterKind.HELD_QUEUE, known, **facts)
            yield replace(letter, key=_key(person, known.policy, now))


def _key(person: Person, policy: Policy, now: datetime) -> str:
    return f"held:{person.staff_id}:{now.astimezone(calendar_of(person, policy).zone).date()}"


def _since(mail: Inbox) -> datetime:
    return mail.held_at or mail.kept_at
