"""The rules of time in the policy file: a table for each, whose keys are the fields of the rule of that name in core.rules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from maildesk.config import values
from maildesk.config.findings import Wrong, listed, nearest
from maildesk.config.shapes import Shape
from maildesk.config.toml import Place
from maildesk.core.calendar import Calendar
from maildesk.core.rules import Chasers, Duties, EtaDuty, Line2, ProgressDuty, Promises, Rule, Silence, Stalled, changed
from maildesk.core.ticket import Priority, Waiting


def one_of(value: Any, known: tuple[str, ...], what: str) -> str:
    """A word that is known, or Wrong with the nearest one."""
    if value not in known:
        raise Wrong(f"{value!r} is not {what}", nearest(str(value), known, f"Write {listed(known)}."))
    return str(value)


def priority(value: Any) -> Priority:
    return Priority(one_of(value, tuple(Priority), "a priority"))


def _rule(value: Any) -> str:
    return one_of(value, tuple(Rule), "a rule")


MOST_DAYS = 1_000
"""Working days of four years."""


def _priorities(value: Any) -> frozenset[Priority]:
    return frozenset(values.listed_as(priority)(value))


def _ascending(value: Any) -> tuple[timedelta, ...]:
    found: tuple[timedelta, ...] = values.listed_as(values.positive)(value)
    if list(found) != sorted(set(found)):
        raise Wrong("does not ascend", 'Write the earlier step first: ["5m", "8m"].')
    return found


def _working_days(value: Any) -> tuple[int, ...]:
    found = tuple(value) if isinstance(value, list) else ()
    if not found or any(type(day) is not int or not 1 <= day <= MOST_DAYS for day in found) or list(found) != sorted(set(found)):
        raise Wrong("must be a list of working days that ascend", f"Write it like [2, 4]; none is beyond {MOST_DAYS}.")
    return found


Span = Annotated[timedelta, PlainValidator(values.positive)]
Steps = Annotated[tuple[timedelta, ...], PlainValidator(_ascending)]
Text = Annotated[str, PlainValidator(values.text)]
Priorities = Annotated[frozenset[Priority], PlainValidator(_priorities)]
WorkingDays = Annotated[tuple[int, ...], PlainValidator(_working_days)]
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
RuleNames = Annotated[tuple[str, ...], PlainValidator(values.listed_as(_rule))]
NONE = timedelta()


class PerPriority(Shape):
    """A span for each priority."""

    P1: Span
    P2: Span
    P3: Span
    P4: Span


class SomePriorities(Shape):
    """A span for some priorities; for the others it stays what it is."""

    P1: Span = NONE
    P2: Span = NONE
    P3: Span = NONE
    P4: Span = NONE


class Pauses(Shape):
    """Which rules each kind of waiting stops."""

    user: RuleNames = ()
    approval: RuleNames = ()
    vendor: RuleNames = ()
    scheduled: RuleNames = ()
    observing: RuleNames = ()

    def by_waiting(self) -> dict[Waiting, frozenset[str]]:
        """What is given, in terms of core.rules."""
        return {Waiting(why): frozenset(names) for why, names in self.given().items()}


class _Rule(Shape):
    on: bool = True


class _Timed(_Rule):
    calendar: Text = ""


class _Steps(_Timed):
    due: Span = NONE
    remind: Steps = ()
    lead: Steps = ()


class _Phone(_Steps):
    call: Steps = ()
    unattended: bool = True
    never: Priorities = frozenset()


class _Line2(_Timed):
    warn: Span = NONE
    due: Span = NONE
    never: Priorities = frozenset()


class _Progress(_Timed):
    ask: Span = NONE
    due: Span = NONE
    lead: Span = NONE


class _Eta(_Timed):
    ask: Span = NONE
    beyond: Span = NONE


class _Promises(_Timed):
    within: Span = NONE
    least: Annotated[int, Field(ge=1)] = 1
    remind: Annotated[float, Field(gt=0, lt=1)] = 0.5
    tell: Annotated[float, Field(gt=0, lt=1)] = 0.5
    margin: Span = NONE


class _Chasers(_Timed):
    after: WorkingDays = ()
    close: Days = 1


class _Survey(_Timed):
    remind: Days = 1
    per_person: Span = NONE
    low: Annotated[int, Field(ge=1, le=5)] = 1


class _Silence(_Timed):
    due: SomePriorities = SomePriorities()
    before: Span = NONE
    after: Span = NONE

    def given(self) -> dict[str, Any]:
        """The spans by their priorities."""
        due = {Priority(key): span for key, span in self.due.given().items()}
        return super().given() | ({"due": due} if due else {})


class _Stalled(_Timed):
    ask: Days = 1
    lead: Days = 1


class _Observing(_Timed):
    days: Days = 1


class _Archive(_Rule):
    never: Priorities = frozenset()


CHASED = ("waiting", "resolved")
"""The two silences of the requester: what [chasers] says holds for both where their own tables do not say otherwise."""


class RuleTables(Shape):
    """The tables of all rules, wherever they may stand."""

    first_answer: _Steps = _Steps()
    missing: _Steps = _Steps()
    confirm_priority: _Steps = _Steps()
    line2: _Line2 = _Line2()
    progress: _Progress = _Progress()
    eta: _Eta = _Eta()
    promises: _Promises = _Promises()
    phone: _Phone = _Phone()
    chasers: _Chasers = _Chasers()
    waiting: _Chasers = _Chasers()
    resolved: _Chasers = _Chasers()
    scheduled: _Rule = _Rule()
    survey: _Survey = _Survey()
    silence: _Silence = _Silence()
    stalled: _Stalled = _Stalled()
    observing: _Observing = _Observing()
    archive: _Archive = _Archive()

    def place(self, name: str, key: str) -> Place:
        """Where a key of a rule stands: in its own table, or in that of both silences."""
        given = self.given()
        own = name not in CHASED or "chasers" not in given or (name in given and key in given[name].given())
        return (name if own else "chasers", key)

    def tables(self, calendars: Mapping[str, Calendar]) -> dict[str, dict[str, Any]]:
        """What is given of each rule, in terms of core.rules. A calendar that is not there is left out."""
        given = {name: table.given() for name, table in self.given().items() if isinstance(table, _Rule)}
        if (both := given.pop("chasers", None)) is not None:
            given |= {name: both | given.get(name, {}) for name in CHASED}
        return {name: with_calendar(table, calendars) for name, table in given.items()}


def with_calendar(table: dict[str, Any], calendars: Mapping[str, Calendar]) -> dict[str, Any]:
    """A table with the calendar that it names instead of its name."""
    named = table.pop("calendar", "")
    return table | ({"calendar": calendars[named]} if named in calendars else {})


def named_calendars(shape: RuleTables) -> Iterator[tuple[Place, str]]:
    """The calendars that tables of rules name, and where."""
    for name, table in shape.given().items():
        if isinstance(table, _Timed) and table.calendar:
            yield (name, "calendar"), table.calendar


def duties(shape: RuleTables, calendars: Mapping[str, Calendar]) -> Duties:
    """The rules as the file has them; what it does not say is as the default of this very rule."""
    usual = Duties()
    return changed(usual, shape.tables(calendars))


# -- what must come first ------------------------------------------------------------------------------------------------


def disorders(rules: Duties) -> Iterator[tuple[str, Wrong]]:
    """The rules whose steps do not follow one upon the other, with what is wrong and with which key."""
    for each in fields(Duties):
        rule = getattr(rules, each.name)
        order = _ORDERS.get(type(rule))
        if order is not None and (wrong := order(rule)) is not None:
            yield each.name, wrong


def _following(*keys: str) -> Callable[[Any], Wrong | None]:
    """Spans in the order of their keys."""

    def order(rule: Any) -> Wrong | None:
        for earlier, later in pairwise(keys):
            if getattr(rule, earlier) >= getattr(rule, later):
                return Wrong(f"must come before {later}", f"Let {earlier} be shorter than {later}.", earlier)
        return None

    return order


def _chasing(rule: Chasers) -> Wrong | None:
    if rule.after and rule.after[-1] >= rule.close:
        return Wrong("does not come after the last chaser", f"Write more than {rule.after[-1]} working days.", "close")
    return None


def _warning(rule: Promises) -> Wrong | None:
    if rule.tell >= rule.remind:
        return Wrong("is not less than remind", "The engineer must hear of it first: let tell be smaller than remind.", "tell")
    return None


def _spoken_in_time(rule: Silence) -> Wrong | None:
    first = min(rule.due.values())
    if rule.before >= first:
        return Wrong("must be shorter than every due", f"The shortest is {first}; write less.", "before")
    return None


_ORDERS: Mapping[type, Callable[[Any], Wrong | None]] = {
    Line2: _following("warn", "due"),
    ProgressDuty: _following("ask", "due", "lead"),
    EtaDuty: _following("ask", "beyond"),
    Promises: _warning,
    Chasers: _chasing,
    Silence: _spoken_in_time,
    Stalled: _following("ask", "lead"),
}
