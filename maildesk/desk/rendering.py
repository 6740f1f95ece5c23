"""Promises become bytes, those for one person as one letter, and what is outdated is dropped. Inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from maildesk.core.alarms import stands
from maildesk.core.people import StaffId
from maildesk.desk.desk import POSTPONED, UNWELL, Desk
from maildesk.desk.gather import Gatherer
from maildesk.log import warn
from maildesk.store import Promise, Tx

BATCH = 50


def render(desk: Desk, tx: Tx, now: datetime) -> int:
    """Turn due promises into bytes, merging what is for the same person; how many were looked at."""
    promises = tx.unwritten(now, BATCH)
    current = sorted((promise for promise in promises if _current(desk, tx, promise)), key=_bundle)
    rendering = _Rendering(desk, tx, Gatherer(tx, desk.config, desk.keys, now))
    for _, group in groupby(current, key=_bundle):
        rendering.attempt(tuple(group))
    return len(promises)


def _bundle(promise: Promise) -> tuple[str, int]:
    """Letters with the same key become one: those for one person that may be merged."""
    person: StaffId | None = promise.letter.bundle_for
    return (person, 0) if person else ("", promise.id)


def _current(desk: Desk, tx: Tx, promise: Promise) -> bool:
    """Whether the alarm that speaks through this letter would still speak; else the letter is dropped as outdated."""
    key = promise.letter.alarm
    ticket = tx.ticket(promise.ticket) if key is not None and promise.ticket else None
    if key is None or ticket is None:
        return True
    if stands(ticket, desk.config.policy, key):
        return True
    tx.outdated(promise.id, "the ticket moved on")
    return False


class _Rendering:
    """One round over due promises."""

    def __init__(self, desk: Desk, tx: Tx, gatherer: Gatherer) -> None:
        self._tx, self._now, self._saver = tx, gatherer.now, desk.saver(tx, gatherer)

    def attempt(self, group: Sequence[Promise]) -> None:
        """What cannot be merged is written alone; what cannot be written waits, the operator hears of it, the others go on."""
        try:
            with self._tx.savepoint():
                self._write(group)
        except UNWELL:
            raise
        except Exception as trouble:  # one letter's trouble must not silence the others
            warn("letter not written", outbox=[promise.id for promise in group], trouble=repr(trouble), exc_info=True)
            if len(group) > 1:
                for promise in group:
                    self.attempt((promise,))
                return
            self._tx.later(group[0].id, self._now + POSTPONED, repr(trouble))
            self._saver.alarm("letter not written", repr(trouble), "maildesk outbox --state unwritten")

    def _write(self, group: Sequence[Promise]) -> None:
        if len(group) > 1:
            self._merge(group[0], group)
            return
        (promise,) = group
        ticket = self._tx.ticket(promise.ticket) if promise.ticket else None
        written = self._saver.write(promise.letter, ticket)
        self._tx.written(promise.id, written, self._now)
        self._saver.refer(promise.letter, ticket, promise.id, written)

    def _merge(self, first: Promise, group: Sequence[Promise]) -> None:
        items = tuple((promise.letter, self._tx.ticket(promise.ticket) if promise.ticket else None) for promise in group)
        written = self._saver.bundle(items)
        self._tx.written(first.id, written, self._now)
        self._tx.merged(tuple(promise.id for promise in group[1:]), first.id)
        self._saver.refer(first.letter, None, first.id, written)
