"""The age of the queue of held mails: what nobody decides about is put before the leads, once a day while it lasts.

The key of a letter in the outbox holds reader and day. So it is written once on each of his working days, from the moment on
at which the longest held mail has waited for as much service time as the policy allows.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from maildesk.core.decide.held import reason
from maildesk.core.decide.writing import leads, to_person
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.people import Person
from maildesk.core.policy import Policy
from maildesk.core.shift import calendar_of, reachable_at
from maildesk.desk import Desk
from maildesk.mail.compose import clean_header
from maildesk.store import Inbox, Tx

MOST = 10
"""So many mails are listed."""

SUBJECT = 120
"""Of a subject, so many characters are shown."""


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
    return rule.on and bool(mails) and (rule.calendar or policy.calendar).between(_since(mails[0]), now) >= rule.after


def letters(tx: Tx, mails: tuple[Inbox, ...], known: Known, now: datetime) -> Iterator[Letter]:
    """To each lead who works at this moment."""
    count, oldest = tx.held(), instant(_since(mails[0]))
    for person in leads(None, known, now):
        if reachable_at(person, known.policy, now) <= now:
            listed = [_listed(mail, known.language_of(person)) for mail in mails]
            letter = to_person(None, person, LetterKind.HELD_QUEUE, known, count=count, oldest=oldest, mails=listed)
            yield replace(letter, key=_key(person, known.policy, now))


def _listed(mail: Inbox, language: str) -> list[Any]:
    """One mail as it can be decided about: its key, since when it waits, who it says wrote it, about what, why it is held.

    Of one that was held before this was written down, only the reason is known.
    """
    if mail.doubt is None:
        return [mail.id, instant(_since(mail)), None, None, mail.reason]
    subject = clean_header(mail.doubt.subject, SUBJECT)
    return [mail.id, instant(_since(mail)), mail.doubt.sender, subject, reason(mail.doubt, language)]


def _key(person: Person, policy: Policy, now: datetime) -> str:
    return f"held:{person.staff_id}:{now.astimezone(calendar_of(person, policy).zone).date()}"


def _since(mail: Inbox) -> datetime:
    return mail.held_at or mail.kept_at
