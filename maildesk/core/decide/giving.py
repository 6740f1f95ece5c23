"""Somebody gives an order: what an order's function gets, and what it gives back.

Each function is `(Giving, Order) -> Effect | Refused`. An Effect carries the ticket on to the next order; its words to the
requester are collected, so that several orders make one letter, and are written only when all orders can be obeyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from maildesk.core.calendar import Calendar
from maildesk.core.decide.saying import clock, doubtful, say, status, understood
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.people import Person, Role, StaffId
from maildesk.core.shift import absent, calendar_of
from maildesk.core.ticket import Mark, Number, Progress, Ticket
from maildesk.core.when import Vague


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """The moment of an order: the ticket as the orders before it left it, and who gives it."""

    ticket: Ticket
    by: Person
    known: Known
    now: datetime

    @property
    def language(self) -> str:
        """In which he is answered."""
        return self.by.language or self.known.policy.language

    @property
    def calendar(self) -> Calendar:
        """By whose hours and in whose zone he speaks of times."""
        return calendar_of(self.by, self.known.policy)

    @property
    def leads(self) -> bool:
        return not self.by.roles.isdisjoint({Role.LEAD, Role.MANAGER})

    @property
    def holds(self) -> bool:
        """Whether the ticket is his to give away: he has it, nobody has it, or he stands in for who has it."""
        holder = self.known.people.get(self.ticket.engineer)
        stands_in = holder is not None and absent(holder, self.now) and holder.delegate == self.by.staff_id
        return holder is None or holder == self.by or stands_in

    def say(self, phrase: str, **parts: object) -> str:
        """Words for the transcript."""
        return say(self.language, phrase, **parts)

    def clock(self, at: datetime) -> str:
        """A moment that he named, as it was understood."""
        return understood(self.language, at, self.now, self.calendar.zone)

    def refused(self, phrase: str, **parts: object) -> "Refused":
        return Refused(said=self.say(phrase, **parts))

    def wrong_status(self) -> "Refused":
        """The table of turns has no such row."""
        return self.refused("status", status=status(self.language, self.ticket.status))

    def doubtful(self, vague: Vague) -> "Refused":
        return Refused(said=doubtful(self.language, vague))

    def line(self, phrase: str, *, mark: Mark = Mark.ORDER, public: bool = False, more: str = "", **parts: object) -> Progress:
        """A line of the record in the desk's language; in the requester's where he may read it. `more` are his own words."""
        text = say(self.ticket.language if public else self.known.policy.language, phrase, **parts)
        return Progress(at=self.now, mark=mark, author=self.by.staff_id, text=f"{text}\n{more}" if more else text, public=public)

    def recorded(self, at: datetime) -> str:
        """A moment in the record."""
        return clock(at, self.known.policy.calendar.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an order does. `outside` are the facts of letters to the requester by kind, `absences` as in a Decision.

    `rows`, `history`, `ledgers`, `timelines` and `help` are what a question is answered with in the transcript.
    """

    ticket: Ticket
    said: str
    progress: tuple[Progress, ...] = ()
    inside: tuple[Letter, ...] = ()
    outside: Mapping[LetterKind, Mapping[str, Any]] = field(default_factory=dict)
    absences: Mapping[StaffId, datetime | None] = field(default_factory=dict)
    rows: tuple[list[str | None], ...] = ()
    history: tuple[list[str], ...] = ()
    ledgers: tuple[tuple[Number, list[Any]], ...] = ()
    timelines: tuple[tuple[Number, list[Any]], ...] = ()
    help: bool = False

    def also(self, said: str) -> "Effect":
        """The same with more to say in the transcript."""
        return replace(self, said=self.said + said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why an order cannot be obeyed, and what would be right."""

    said: str
