"""Somebody gives an order: what an order's function gets, and what it gives back.

Each function is `(Giving, Order) -> Effect | Refused`. An Effect carries the ticket on to the next order; its words to the
requester are collected, so that several orders make one letter, and are written only when all orders can be obeyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from maildesk.core.absence import Absence
from maildesk.core.calendar import Calendar
from maildesk.core.decide.saying import clock, clock_by, day_end, doubtful, say, status, understood
from maildesk.core.decision import Judgement
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.orders import Verb
from maildesk.core.people import Person
from maildesk.core.said import Said, Vague
from maildesk.core.shift import absent, calendar_of
from maildesk.core.ticket import Mark, Number, Progress, Ticket
from maildesk.core.timewords import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """The moment of an order: the ticket as the orders before it left it, who gives it, what they said of his absences, what they
    decided about held mails, and the letters in which they would tell the requester something; whether a later order unsays
    the time of this one, and the verbs of all later ones."""

    ticket: Ticket
    by: Person
    known: Known
    now: datetime
    absences: tuple[Absence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    telling: frozenset[LetterKind] = frozenset()
    unsaid: bool = False
    later: frozenset[Verb] = frozenset()

    @property
    def language(self) -> str:
        """In which he is answered."""
        return self.known.language_of(self.by)

    @property
    def calendar(self) -> Calendar:
        """By whose hours and in whose zone he speaks of times."""
        return calendar_of(self.by, self.known.policy)

    @property
    def holds(self) -> bool:
        """Whether the ticket is his to give away: he has it, nobody has it, or he stands in for who has it."""
        holder = self.known.people.get(self.ticket.engineer)
        acting = holder and self.known.people.acting_for(holder, lambda person: absent(person, self.now))
        return holder is None or self.by.staff_id in {person.staff_id for person in (holder, acting) if person}

    def say(self, phrase: str, **parts: object) -> str:
        """Words for the transcript."""
        return say(self.language, phrase, **parts)

    def clock(self, at: datetime) -> str:
        """A moment that he named, as it was understood."""
        return understood(self.language, at, self.now, self.calendar.zone)

    def end(self, at: datetime) -> str:
        """The end of a time that he named, as it was understood; midnight is the 24:00 of the day before it."""
        midnight = at.astimezone(self.calendar.zone).time() == time()
        return day_end(self.language, at, self.now, self.calendar.zone) if midnight else self.clock(at)

    def idle(self, said: Said) -> str:
        """What he may not have thought of: that nobody works on that day, or in those hours."""
        one_day = said.days is not None and said.days[1].date() - said.days[0].date() == DAY
        return self.say("idle" if one_day else "idle then") if said.idle else ""

    def eta(self, said: Said) -> str:
        """The time by which it will be solved, as it was understood, and what behind it was taken for the reason."""
        return f"{self.say('eta', at=self.end(said.until))}{self.idle(said)}{self.why(said.rest)}"

    def why(self, reason: str) -> str:
        """What was taken for the reason, if anything was."""
        return self.say("with reason", why=reason) if reason else ""

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

    def expected(self, phrase: str, said: Said) -> Progress:
        """A time and the reason that stood behind it, in a line that the requester may read."""
        line = self.line(phrase, public=True, name=self.by.name, at=self.recorded_end(said.until))
        if not said.rest:
            return line
        return replace(line, text=f"{line.text}：{said.rest}" if self.ticket.language == "zh" else f"{line.text}: {said.rest}")

    def recorded(self, at: datetime) -> str:
        """A moment in the record."""
        return clock(at, self.known.policy.calendar.zone)

    def recorded_end(self, at: datetime) -> str:
        """The end of a time in the record."""
        return clock_by(at, self.known.policy.calendar.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an order does. `outside` are the facts of letters to the requester by kind, `absences` what is said of
    those of the giver, `judgements` what is decided about held mails.

    `rows`, `history`, `ledgers`, `timelines` and `help` are what a question is answered with in the transcript.
    """

    ticket: Ticket
    said: str
    progress: tuple[Progress, ...] = ()
    inside: tuple[Letter, ...] = ()
    outside: Mapping[LetterKind, Mapping[str, Any]] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
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
