"""Promises become bytes, those for one person as one letter, and what is outdated is dropped. Inside a transaction.

The first of somebody's letters whose time has come takes along all others for him that may go and wait for company. A letter
without patience (a P1, a question whose answer is the update) takes nobody along; only what is due at its very moment joins it.
A requester's letters are here only when a limit held them back, or the clock speaks to him and waits for his hours: when a
limit lets one go, all others that it held back go with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from maildesk.core.alarms import holds, stands
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.limits import merges
from maildesk.core.peace import Outage
from maildesk.core.people import Person, StaffId
from maildesk.core.shift import absent, reachable_at
from maildesk.core.ticket import Priority, Ticket
from maildesk.desk.desk import POSTPONED, UNWELL, Desk
from maildesk.desk.gather import Gatherer
from maildesk.log import warn
from maildesk.mail.bundle import common, outside
from maildesk.store import Illegible, OutboxId, Promise, Tx

T = TypeVar("T")

BATCH = 50
IN_ONE = 1000
"""So many letters become one at most; the rest follows in the next, and mail comes in between."""


def render(desk: Desk, tx: Tx, now: datetime) -> int:
    """Turn due promises into bytes, merging what is for the same person; how many were looked at."""
    rendering = _Rendering(desk, tx, desk.gatherer(tx, now))
    found = tx.unwritten(now, BATCH)
    for illegible in (one for one in found if isinstance(one, Illegible)):
        rendering.put_off(OutboxId(illegible.id), illegible.why, illegible.remedy)
    promises = [one for one in found if isinstance(one, Promise)]
    turns = {one.id: turn for one in promises if (turn := rendering.safely(rendering.turn, one))}
    due = sorted((one for one in promises if one.id in turns), key=lambda one: turns[one.id])
    for (person, _), group in groupby(due, key=_bundle):
        alone = rendering.allowed(tuple(group))
        rendering.attempt(rendering.with_company(person, alone) if person and alone else alone)
    return len(found)


def _bundle(promise: Promise) -> tuple[str, int]:
    """Letters with the same key become one: those for one person that may be merged."""
    person = promise.letter.merges_for
    return (str(person), 0) if person else ("", promise.id)


class _Rendering:
    """One round over due promises."""

    def __init__(self, desk: Desk, tx: Tx, gatherer: Gatherer) -> None:
        self._desk, self._tx, self._now, self._saver = desk, tx, gatherer.now, desk.saver(tx, gatherer)
        self._gatherer = gatherer

    def turn(self, promise: Promise) -> tuple[bool, tuple[str, int]]:
        """What is passed on comes first, so that it still joins what goes to him who gets it."""
        return self._stand_in(promise.letter) is None, _bundle(promise)

    def allowed(self, group: tuple[Promise, ...]) -> tuple[Promise, ...]:
        """Those of them that neither a limit nor an outage holds back any more; the others wait on."""
        return tuple(promise for promise in group if self.safely(self._waits, promise) is False)

    def safely(self, look: Callable[[Promise], T], promise: Promise) -> T | None:
        """What is found of one letter; None where something is wrong with it: then it waits by itself, and the operator hears."""
        try:
            with self._tx.savepoint():
                return look(promise)
        except UNWELL:
            raise
        except Exception as trouble:
            warn("letter not written", outbox=[promise.id], trouble=repr(trouble), exc_info=True)
            self.put_off(promise.id, repr(trouble))
            return None

    def _waits(self, promise: Promise) -> bool:
        """Whether it must wait; what a limit holds back from somebody of the desk then comes with all others for him."""
        limited, letter = self._saver.limiting.still_waits(promise.letter), promise.letter
        until = limited or self._unsettled(promise)
        if limited and merges(letter) and letter.bundle_for is None:
            self._tx.gather(promise.id, replace(letter, bundle_for=letter.person, not_before=None), limited)
        elif until:
            self._tx.later(promise.id, until, "")
        return until is not None

    def with_company(self, person: str, due: tuple[Promise, ...]) -> tuple[Promise, ...]:
        """What is due for somebody, with all that goes in one letter with it; not what an outage holds back."""
        waiting = any(promise.letter.patience or promise.letter.audience is Audience.REQUESTER for promise in due)
        ids = {promise.id for promise in due}
        found = self._tx.companions(StaffId(person), IN_ONE, until=None if waiting else self._now)
        return (*due, *(one for one in found if one.id not in ids and self.safely(self._joins, one)))

    def _joins(self, promise: Promise) -> bool:
        return promise.letter.ready_at(self._now) <= self._now and not self._unsettled(promise)

    def _unsettled(self, promise: Promise) -> datetime | None:
        """What the clock has to say to people of the desk waits after an outage until the mail of that time has been read, even
        when it was promised before; unless it is about a P1. Then it comes with the rest, in working hours."""
        outage, letter = self._desk.outage, promise.letter
        person = self._gatherer.people.get(letter.person)
        if outage is None or not outage.told_at(self._now) or person is None or not (letter.alarm or letter.bundle_for):
            return None
        ticket = self._tx.ticket(promise.ticket) if promise.ticket else None
        if ticket and ticket.priority is Priority.P1:
            return None
        return reachable_at(person, self._desk.config.policy, outage.settled_at)

    def attempt(self, group: Sequence[Promise]) -> None:
        """What cannot be written together is written in halves; what cannot be written at all waits, and the operator hears of
        it; the others go on."""
        try:
            with self._tx.savepoint():
                self._write(tuple(promise for promise in group if self._current(promise)))
        except UNWELL:
            raise
        except Exception as trouble:  # one letter's trouble must not silence the others
            warn("letter not written", outbox=[promise.id for promise in group], trouble=repr(trouble), exc_info=True)
            if len(group) > 1:
                self.attempt(group[: len(group) // 2])
                self.attempt(group[len(group) // 2 :])
                return
            self.put_off(group[0].id, repr(trouble))

    def put_off(self, id: OutboxId, why: str, remedy: str = "maildesk outbox --state unwritten") -> None:
        """It cannot be written now; the operator hears of it."""
        self._tx.later(id, self._now + POSTPONED, why)
        self._saver.alarm("letter not written", f"{id}: {why}", remedy)

    def _current(self, promise: Promise) -> bool:
        """Whether the clock would still say this; else the letter is dropped as outdated."""
        letter = promise.letter
        ticket = self._tx.ticket(promise.ticket) if promise.ticket and (letter.alarm or letter.paced) else None
        if ticket is None:
            return True
        key, policy = letter.alarm, self._desk.config.policy
        true = stands(ticket, policy, key) if key is not None else holds(ticket, policy, letter, promise.created_at)
        if not true:
            self._tx.outdated(promise.id, "the ticket moved on")
        return true and not (key is not None and self._passed_on(promise, ticket))

    def _passed_on(self, promise: Promise, ticket: Ticket) -> bool:
        """Whether its reader has left while it was held back, and who stands in for him gets it; but what the leads must hear of
        who has the ticket, he himself does not read in their place."""
        letter, now, other = promise.letter, self._now, self._stand_in(promise.letter)
        urgent = ticket.priority is Priority.P1
        if other is None or (letter.kind is LetterKind.ESCALATION and other.staff_id == ticket.engineer):
            return False
        self._tx.outdated(promise.id, f"{other.acting_for} is away")
        opens = reachable_at(other, self._desk.config.policy, now)
        passed = replace(
            letter,
            to=other.address,
            person=other.staff_id,
            name=other.name,
            language=other.language or self._desk.config.policy.language,
            acting_for=other.acting_for,
            bundle_for=other.staff_id if letter.bundle_for else None,
            not_before=opens if opens > now and not urgent else None,
            patience=timedelta() if urgent else letter.patience,
        )
        self._saver.promise(passed, ticket)
        return True

    def _stand_in(self, letter: Letter) -> Person | None:
        """Who reads it in place of a reader who is away; None when he reads it himself."""
        people = self._gatherer.people
        person = people.get(letter.person)
        other = people.acting_for(person, lambda one: absent(one, self._now)) if person else None
        return other if person and other and other.staff_id != person.staff_id else None

    def _write(self, group: tuple[Promise, ...]) -> None:
        if not group:
            return
        person = group[0].letter.bundle_for
        if person:
            self._tx.open_window(person, self._now)
        if len(group) > 1:
            self._merge(group)
        else:
            self._alone(group[0])
        held_back = any(promise.letter.not_before is None for promise in group)
        self._saver.limiting.count(*(promise.letter for promise in group), gathered=held_back)

    def _alone(self, promise: Promise) -> None:
        ticket = self._tx.ticket(promise.ticket) if promise.ticket else None
        written = self._saver.write(promise.letter, ticket, outage=self._told(promise))
        self._tx.written(promise.id, written, self._now, promise.letter)
        self._saver.refer(promise.letter.audience, promise.letter, ticket, promise.id, written)

    def _merge(self, group: tuple[Promise, ...]) -> None:
        """One letter. Where it is about several tickets it belongs to none, and an answer to it reaches nobody but the desk."""
        first, *others = group
        items = tuple((promise.letter, self._tx.ticket(promise.ticket) if promise.ticket else None) for promise in group)
        written = self._saver.bundle(items, outage=next(filter(None, map(self._told, group)), None))
        self._tx.written(first.id, written, self._now)
        self._tx.merged(tuple(promise.id for promise in others), first.id)
        audience, about = (Audience.REQUESTER, common(items)) if outside(items) else (Audience.DESK, None)
        self._saver.refer(audience, first.letter, about, first.id, written)

    def _told(self, promise: Promise) -> Outage | None:
        """The outage during which this should have been said."""
        outage = self._desk.outage
        spoken = bool(promise.letter.alarm or promise.letter.bundle_for)
        return outage if outage and spoken and outage.told_at(promise.created_at) else None
