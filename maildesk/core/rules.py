"""What each rule of time asks for, and when it speaks: the values that hold for one ticket, with the customer's defaults.

`Duties` are the tables of the policy file, one for each rule; `Rules` are the same as they hold for a ticket, and by which
calendar they are timed. The policy finds them (`Policy.rules`): a case of the file may change any of it for some tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar, cast

from maildesk.core.calendar import Calendar
from maildesk.core.ticket import Priority, Waiting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Rule(StrEnum):
    """The rules that speak at some moment; the names by which the policy says what each kind of waiting stops."""

    FIRST_ANSWER = "first_answer"
    MISSING = "missing"
    CONFIRM_PRIORITY = "confirm_priority"
    LINE2 = "line2"
    PROGRESS = "progress"
    ETA = "eta"
    PROMISE = "promise"
    PHONE = "phone"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    SURVEY = "survey"
    SILENCE = "silence"
    STALLED = "stalled"
    OBSERVING = "observing"
    ARCHIVE = "archive"


# Every table can be switched off, and what has a clock can name a calendar of its own; without one it goes by that of the ticket.


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A duty that must be done by `due`. The engineer is reminded at some steps and the lead is told at others; all of it is
    counted from the rule's start."""

    due: timedelta = 10 * MINUTE
    remind: tuple[timedelta, ...] = ()
    lead: tuple[timedelta, ...] = ()
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Steps):
    """The user must be phoned about tickets of all priorities but those in `never`. Whoever is on call is rung at the steps of
    `call`, and with `unattended` at once when nobody is on shift."""

    due: timedelta = 15 * MINUTE
    lead: tuple[timedelta, ...] = (10 * MINUTE, 15 * MINUTE)
    call: tuple[timedelta, ...] = (10 * MINUTE, 15 * MINUTE)
    unattended: bool = True
    never: frozenset[Priority] = frozenset({Priority.P2, Priority.P3, Priority.P4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line2:
    """Line 1 → line 2: warned at `warn`, handed over at `due`; not for the priorities in `never`."""

    warn: timedelta = 45 * MINUTE
    due: timedelta = 60 * MINUTE
    never: frozenset[Priority] = frozenset({Priority.P4})
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressDuty:
    """Every `due` a line of progress: asked at `ask`, late at `due`, the lead told at `lead`."""

    ask: timedelta = 105 * MINUTE
    due: timedelta = 120 * MINUTE
    lead: timedelta = 150 * MINUTE
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaDuty:
    """A ticket that takes longer than `beyond` needs an ETA told to the user; the engineer is asked at `ask`."""

    ask: timedelta = 210 * MINUTE
    beyond: timedelta = 240 * MINUTE
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What a requester is promised, and that he hears of it before it breaks.

    A time is promised by what nine of ten such tickets needed `within` the last days (real time), where there are at `least` so
    many of them and it is more than the policy's. The engineer is reminded when the share `remind` of the promised time is left,
    the requester is told when it is `tell`; each of them at least `margin`, or half of it, before the end.
    """

    within: timedelta = 90 * DAY
    least: int = 20
    remind: float = 0.2
    tell: float = 0.1
    margin: timedelta = 15 * MINUTE
    on: bool = True
    calendar: Calendar | None = None

    def left(self, span: timedelta) -> tuple[timedelta, timedelta]:
        """How long before the end of a promise of such a span the engineer is reminded, and the requester told."""
        remind = min(max(self.remind * span, self.margin), span / 2)
        return remind, min(max(self.tell * span, self.margin / 2), remind / 2)


SILENCE: Mapping[Priority, timedelta] = MappingProxyType(
    {Priority.P1: HOUR, Priority.P2: 4 * HOUR, Priority.P3: 8 * HOUR, Priority.P4: 16 * HOUR}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long the requester may go without a person's word, by priority, again and again: the engineer is asked for one so long
    `before` that, and told when it is over; the lead is told so long `after`."""

    due: Mapping[Priority, timedelta] = field(default_factory=lambda: SILENCE)
    before: timedelta = 20 * MINUTE
    after: timedelta = 30 * MINUTE
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalled:
    """Waiting for a vendor or an approval without a date: after every `ask` working days the engineer is asked how it stands,
    after every `lead` of them the lead is told."""

    ask: int = 2
    lead: int = 5
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observing:
    """How many working days a solution is watched when nobody says how long; switched off, nothing ends it but a person."""

    days: int = 1
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDuty:
    """A closed ticket owes an article, or the reason why there is none; not those of the priorities in `never`."""

    never: frozenset[Priority] = frozenset({Priority.P4})
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """Waiting until a date ends with it; switched off, nothing ends it but a person."""

    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chasers:
    """The user's silence, to a question or to a solution: chasers after these working days, closed as unconfirmed after `close`
    of them."""

    after: tuple[int, ...] = (2, 4)
    close: int = 6
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Rate us: asked in the letter of the close, and reminded once, `remind` working days later.

    At most one per person within `per_person` (real time); a rating of `low` or less tells the lead.
    """

    remind: int = 3
    per_person: timedelta = 7 * DAY
    low: int = 2
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """All rules. A field has the name of its table in the policy file."""

    first_answer: Steps = Steps(remind=(5 * MINUTE, 8 * MINUTE), lead=(10 * MINUTE,))
    missing: Steps = Steps(remind=(5 * MINUTE,), lead=(10 * MINUTE,))
    confirm_priority: Steps = Steps(due=30 * MINUTE, remind=(30 * MINUTE,))
    line2: Line2 = Line2()
    progress: ProgressDuty = ProgressDuty()
    eta: EtaDuty = EtaDuty()
    promises: Promises = Promises()
    phone: Phone = Phone()
    waiting: Chasers = Chasers()
    resolved: Chasers = Chasers()
    scheduled: Scheduled = Scheduled()
    survey: Survey = Survey()
    silence: Silence = Silence()
    stalled: Stalled = Stalled()
    observing: Observing = Observing()
    archive: ArchiveDuty = ArchiveDuty()


_TABLES = {Rule.PROMISE: "promises"}
"""The rules that have not a table of their own name."""

_BY_DAYS = frozenset({Rule.WAITING, Rule.RESOLVED, Rule.SURVEY, Rule.STALLED, Rule.OBSERVING})
"""The rules that count working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Duties):
    """What holds for a ticket. Its clocks run by `calendar`, silences are counted in the working days of `desk`, unless a rule
    names a calendar of its own; `pauses` are the rules that each kind of waiting stops, `target` is the honest time to a
    solution, told in the acknowledgement. Without a hook to whoever is `on_call` nobody is rung. `experts` are the hours of
    line 2."""

    calendar: Calendar
    desk: Calendar
    pauses: Mapping[Waiting, frozenset[str]]
    target: timedelta
    on_call: bool = False
    experts: tuple[Calendar, ...] = ()

    def calendar_of(self, rule: Rule) -> Calendar:
        """The calendar by which a rule is timed."""
        table = getattr(self, _TABLES.get(rule, rule), None)
        named: Calendar | None = getattr(table, "calendar", None)
        return named or (self.desk if rule in _BY_DAYS else self.calendar)


AnyValue = TypeVar("AnyValue")


def changed(value: AnyValue, other: Any) -> AnyValue:
    """A value with what is otherwise: of tables, and of mappings in them, only the keys that are named."""
    if not isinstance(other, Mapping):
        return cast(AnyValue, other)
    if isinstance(value, Mapping):
        return cast(AnyValue, {**value, **other})
    inner = {name: changed(getattr(value, name), one) for name, one in other.items()}
    return cast(AnyValue, replace(cast(Any, value), **inner))
