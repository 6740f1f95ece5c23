"""The policy: every number and word list by which the desk decides, as values with the customer's defaults.

`config` reads it from the policy file, whose example names every key. Durations are of service time in the calendar of the
ticket (P1: real time) unless a comment says otherwise. `Policy.rules` is the one place that says which rules hold for a ticket.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from itertools import product
from types import MappingProxyType
from typing import Any

from maildesk.core.calendar import ALWAYS, Calendar
from maildesk.core.people import StaffId
from maildesk.core.rules import DAY, HOUR, MINUTE, Duties, Rules, changed
from maildesk.core.ticket import Kind, Priority, Ticket, TicketId, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Local hours of the recipient in which nothing but P1 is sent to people of the desk by the clock."""

    start: time = time(21, 0)
    end: time = time(8, 0)
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldQueue:
    """Mails that nobody decides about: the leads hear of them `after` so much service time, by the desk's calendar where none is
    named, then once a day."""

    after: timedelta = 4 * HOUR
    on: bool = True
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peace:
    """How the clock spares people (real time).

    Letters for one person of the desk that fall into one `window` come as one. The desk tells of an outage that was longer than
    `outage`. At most `pace` letters a minute go to requesters by the clock.
    """

    window: timedelta = 10 * MINUTE
    outage: timedelta = 5 * MINUTE
    pace: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What stops any loop (real time); `maildesk.core.limits` says how. The letters are those to requesters that no person wrote.

    `neutral` are acknowledgements to senders who prove nothing, `again` those that come as one because their reader went on
    writing. People of the desk get `idle` for mail without an order, `staff` are what strangers can make us write to them, of
    each kind, and `asked` answers to questions in their names that prove nothing. No span is longer than a day.
    """

    address_hour: int = 10
    address_day: int = 20
    domain_hour: int = 200
    all_hour: int = 1000
    neutral_day: int = 1
    neutral_hour: int = 100
    gather: timedelta = 15 * MINUTE
    again_day: int = 3
    mute: timedelta = DAY
    idle_day: int = 5
    staff_hour: int = 30
    asked_hour: int = 20
    sender_tickets: int = 20
    domain_tickets: int = 100


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

_STOPPED = frozenset({"first_answer", "missing", "confirm_priority", "line2", "progress", "eta", "promise", "phone", "silence"})

PAUSES: Mapping[Waiting, frozenset[str]] = MappingProxyType(
    {
        Waiting.USER: _STOPPED,
        Waiting.APPROVAL: frozenset({"line2", "eta", "promise", "silence"}),
        Waiting.VENDOR: frozenset({"line2"}),
        Waiting.SCHEDULED: _STOPPED,
        Waiting.OBSERVING: _STOPPED,
    }
)
"""Which rules each kind of waiting stops. P1 never stops the progress duty, unless a solution is being observed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Other rules for some tickets: those of the named priorities and categories (none named: all of them), of requesters of
    this company (`internal`), of others, or of both (None). A category of one level names all below it.

    `changes` are fields of Rules by their names: a value, or a table with the keys that are changed of a rule.
    """

    priorities: frozenset[Priority] = frozenset()
    categories: tuple[str, ...] = ()
    internal: bool | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, kind: Kind) -> bool:
        """Whether tickets of this kind are such a case."""
        named = not self.categories or any(kind.category == one or kind.category.startswith(f"{one}-") for one in self.categories)
        ranked = not self.priorities or kind.priority in self.priorities
        return named and ranked and self.internal in (None, kind.internal)

    def applied(self, rules: Rules) -> Rules:
        """The rules with what is changed in this case."""
        return changed(rules, self.changes)


TIMED = ("calendar", "calendars", "priority_calendars", "usual", "cases", "targets", "pauses", "on_call")
"""The fields of a policy by which the moments are found at which a rule speaks: its rules of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All of it. `usual` are the rules for tickets of which no case says otherwise; all cases that fit a ticket apply, in their
    order. `targets` is the honest time to a solution per priority; `since` is when its rules of time changed last,
    `on_call` whether there is a hook to whoever is on call, `experts` the hours of those of line 2."""

    calendar: Calendar
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    priority_calendars: Mapping[Priority, str] = field(default_factory=dict)
    language: str = "zh"
    internal_domains: frozenset[str] = frozenset()
    usual: Duties = field(default_factory=Duties)
    cases: tuple[Case, ...] = ()
    since: datetime | None = field(default=None, compare=False)
    quiet: Quiet = Quiet()
    held: HeldQueue = HeldQueue()
    peace: Peace = Peace()
    limits: Limits = Limits()
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
    on_call: bool = False
    experts: tuple[Calendar, ...] = ()
    _found: dict[Kind, Rules] = field(default_factory=dict, init=False, repr=False, compare=False)
    stood: dict[TicketId, tuple[Any, dict[Any, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `standing` found of tickets under this policy."""

    @property
    def kinds(self) -> Iterator[Kind]:
        """Every kind of ticket that there can be."""
        internal = (False, True) if self.internal_domains else (False,)
        categories = ("", *(category.name for category in self.categories))
        return (Kind(*kind) for kind in product(Priority, categories, internal))

    def rules(self, ticket: Ticket) -> Rules:
        """The rules that hold for a ticket as it is now."""
        return self.rules_of(ticket.kind)

    def rules_of(self, kind: Kind) -> Rules:
        """The rules that hold for all tickets of a kind."""
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = self._rules(kind)
        return found

    def _rules(self, kind: Kind) -> Rules:
        usual = {each.name: getattr(self.usual, each.name) for each in fields(Duties)}
        rules = Rules(
            calendar=self._calendar(kind.priority),
            desk=self.calendar,
            pauses=self.pauses,
            target=self.targets[kind.priority],
            on_call=self.on_call,
            experts=self.experts,
            **usual,
        )
        for case in self.cases:
            if case.fits(kind):
                rules = case.applied(rules)
        return rules

    def _calendar(self, priority: Priority) -> Calendar:
        """The calendar named for the priority, else real time for a P1 and the desk's for the others."""
        named = self.priority_calendars.get(priority)
        if named is None and priority is Priority.P1:
            return ALWAYS
        return self.calendars.get(named or "", self.calendar)
