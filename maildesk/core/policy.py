"""The policy: every number and word list by which the desk decides, as values with the customer's defaults.

`config` reads it from the policy file, whose example names every key. Durations are of service time in the calendar of the
ticket's priority (P1: real time) unless a comment says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import MappingProxyType

from maildesk.core.calendar import ALWAYS, Calendar
from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, Waiting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A rule that reminds the engineer at some steps and tells the lead at others, counted from the rule's start."""

    remind: tuple[timedelta, ...] = ()
    lead: tuple[timedelta, ...] = ()
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line2:
    """Line 1 → line 2: warned at `warn`, handed over at `due`; not for the priorities in `never`."""

    warn: timedelta = 45 * MINUTE
    due: timedelta = 60 * MINUTE
    never: frozenset[Priority] = frozenset({Priority.P4})
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressDuty:
    """Every `due` a line of progress: asked at `ask`, late at `due`, the lead told at `lead`."""

    ask: timedelta = 105 * MINUTE
    due: timedelta = 120 * MINUTE
    lead: timedelta = 150 * MINUTE
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaDuty:
    """A ticket that takes longer than `beyond` needs an ETA told to the user; the engineer is asked at `ask`."""

    ask: timedelta = 210 * MINUTE
    beyond: timedelta = 240 * MINUTE
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chasers:
    """The user's silence: chasers after these working days, closed as unconfirmed after `close` of them."""

    after: tuple[int, ...] = (2, 4)
    close: int = 6
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Rate us: `after` the close (working days; 0 = with the closing letter), one reminder after `remind` more.

    At most one per person within `per_person` (real time); a rating of `low` or less tells the lead.
    """

    remind: int = 3
    per_person: timedelta = 7 * DAY
    low: int = 2
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Local hours of the recipient in which nothing but P1 is sent to people of the desk by the clock."""

    start: time = time(21, 0)
    end: time = time(8, 0)
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A two-level category (`系统故障-登录异常`): the words that suggest it, the skill and line it needs, what must be known."""

    name: str
    english: str = ""
    words: tuple[str, ...] = ()
    skill: str = ""
    engineer: StaffId | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Words that tell how far a fault reaches (impact) or how it presses (urgency): `high` before `low`, else middle."""

    high: tuple[str, ...] = ()
    low: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine whose mail opens tickets without acknowledgement: by sender address, or a header and what it must contain."""

    sender: str = ""
    header: str = ""
    contains: str = ""


MATRIX: Mapping[tuple[str, str], Priority] = MappingProxyType(
    {
        ("high", "high"): Priority.P1,
        ("high", "middle"): Priority.P2,
        ("high", "low"): Priority.P3,
        ("middle", "high"): Priority.P2,
        ("middle", "middle"): Priority.P3,
        ("middle", "low"): Priority.P4,
        ("low", "high"): Priority.P3,
        ("low", "middle"): Priority.P3,
        ("low", "low"): Priority.P4,
    }
)

PAUSES: Mapping[Waiting, frozenset[str]] = MappingProxyType(
    {
        Waiting.USER: frozenset({"first_answer", "missing", "confirm_priority", "line2", "progress", "eta", "phone"}),
        Waiting.APPROVAL: frozenset({"line2", "eta"}),
        Waiting.VENDOR: frozenset({"line2"}),
        Waiting.SCHEDULED: frozenset({"first_answer", "missing", "confirm_priority", "line2", "progress", "eta", "phone"}),
    }
)
"""Which rules each kind of waiting stops. P1 never stops the progress duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All of it. `targets` is the honest time to a solution per priority, told in the acknowledgement."""

    calendar: Calendar
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    priority_calendars: Mapping[Priority, str] = field(default_factory=dict)
    language: str = "zh"
    internal_domains: frozenset[str] = frozenset()
    first_answer: Steps = Steps(remind=(5 * MINUTE, 8 * MINUTE), lead=(10 * MINUTE,))
    missing: Steps = Steps(remind=(5 * MINUTE,), lead=(10 * MINUTE,))
    confirm_priority: Steps = Steps(remind=(30 * MINUTE,))
    line2: Line2 = Line2()
    progress: ProgressDuty = ProgressDuty()
    eta: EtaDuty = EtaDuty()
    phone: Steps = Steps(lead=(10 * MINUTE, 15 * MINUTE))
    chasers: Chasers = Chasers()
    survey: Survey = Survey()
    quiet: Quiet = Quiet()
    targets: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {Priority.P1: 4 * HOUR, Priority.P2: 8 * HOUR, Priority.P3: 24 * HOUR, Priority.P4: 40 * HOUR}
    )
    pauses: Mapping[Waiting, frozenset[str]] = field(default_factory=lambda: PAUSES)
    reopen_within: timedelta = 14 * DAY
    opening: timedelta = 8 * HOUR
    categories: tuple[Category, ...] = ()
    impact: Scale = Scale()
    urgency: Scale = Scale()
    questions: tuple[str, ...] = ()
    matrix: Mapping[tuple[str, str], Priority] = field(default_factory=lambda: MATRIX)
    facts: tuple[str, ...] = ("symptom", "occurred", "error", "system")
    accept_machines: tuple[Machine, ...] = ()
    digest_at: time = time(9, 0)
    team_digest_at: time = time(9, 0)

    def calendar_for(self, priority: Priority) -> Calendar:
        """The calendar by which tickets of this priority are timed: the one named for it, else real time for P1, the desk's
        for the others."""
        named = self.priority_calendars.get(priority)
        if named is None and priority is Priority.P1:
            return ALWAYS
        return self.calendars.get(named or "", self.calendar)
