"""policy.toml: the rules of the desk, from their text to Policy. Keys are the fields of Policy; a missing one has its default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, model_validator

from maildesk.config import values
from maildesk.config.calendars import YEARS, Feasts, calendar, feasts
from maildesk.config.cases import CaseTable
from maildesk.config.cases import faults as case_faults
from maildesk.config.findings import Report, Wrong, listed, nearest
from maildesk.config.holiday_file import Days, holidays
from maildesk.config.hours import day_hours, week
from maildesk.config.rule_tables import (
    NONE,
    Pauses,
    PerPriority,
    RuleTables,
    Span,
    Text,
    disorders,
    duties,
    named_calendars,
    priority,
    with_calendar,
)
from maildesk.config.shapes import Shape, dotted, fit
from maildesk.config.toml import Place, Toml
from maildesk.core import policy as core
from maildesk.core.calendar import Calendar, Hours
from maildesk.core.people import StaffId
from maildesk.core.policy import Policy
from maildesk.core.rules import DAY, Duties
from maildesk.core.shift import Week
from maildesk.core.ticket import Priority


def _silence(value: Any) -> timedelta:
    found = values.positive(value)
    if found < SHORTEST_OUTAGE:
        raise Wrong(f"{value!r} is too short: the desk gives a sign of life once a minute", 'Write "2m" or more.')
    return found


def _domains(value: Any) -> frozenset[str]:
    return frozenset(values.listed_as(values.domain)(value))


Clock = Annotated[time, PlainValidator(values.clock)]
Words = Annotated[tuple[str, ...], PlainValidator(values.words)]
APriority = Annotated[Priority, PlainValidator(priority)]
SHORTEST_OUTAGE = timedelta(minutes=2)


class _Calendar(Shape):
    hours: Annotated[Week, PlainValidator(week)]
    adjusted: Annotated[tuple[Hours, ...], PlainValidator(day_hours)] = ()
    zone: Annotated[ZoneInfo | None, PlainValidator(values.zone)] = None
    country: Text = ""
    subdivision: Text = ""
    holiday_files: Words = ()
    extra_workdays: Days = frozenset()
    extra_holidays: Days = frozenset()

    @model_validator(mode="after")
    def _days_right(self) -> Self:
        if both := self.extra_workdays & self.extra_holidays:
            raise Wrong(f"{min(both)} is also in extra_holidays", "Remove it from one of the two.", "extra_workdays")
        if self.subdivision and not self.country:
            raise Wrong("is given without a country", "Add the country, or remove this key.", "subdivision")
        try:
            self.known()
        except Wrong as wrong:
            raise Wrong(wrong.problem, wrong.remedy, wrong.key or "country") from None
        return self

    def known(self) -> Feasts:
        return feasts(self.country, self.subdivision) if self.country else Feasts()

    def built(self, name: str, zone: ZoneInfo, years: Mapping[int, Feasts]) -> Calendar:
        return calendar(
            name,
            zone=self.zone or zone,
            hours=self.hours,
            adjusted=self.adjusted,
            known=self.known().but(years),
            extra_workdays=self.extra_workdays,
            extra_holidays=self.extra_holidays,
        )


class _Quiet(Shape):
    on: bool = True
    start: Clock = time()
    end: Clock = time()


class _Peace(Shape):
    window: Annotated[timedelta, PlainValidator(values.span)] = NONE
    outage: Annotated[timedelta, PlainValidator(_silence)] = NONE
    pace: Annotated[int, Field(ge=1)] = 1


Count = Annotated[int, Field(ge=1)]


class _Limits(Shape):
    address_hour: Count = 1
    address_day: Count = 1
    domain_hour: Count = 1
    all_hour: Count = 1
    neutral_day: Count = 1
    neutral_hour: Count = 1
    gather: Annotated[timedelta, PlainValidator(values.span)] = NONE
    again_day: Count = 1
    mute: Annotated[timedelta, PlainValidator(values.span)] = NONE
    idle_day: Count = 1
    staff_hour: Count = 1
    asked_hour: Count = 1
    sender_tickets: Count = 1
    domain_tickets: Count = 1

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        """What lies longer back than a day is forgotten."""
        for name, span in (("gather", self.gather), ("mute", self.mute)):
            if span > DAY:
                raise Wrong("is longer than a day", 'Write "1d" or less.', name)
        return self


class _HeldQueue(Shape):
    on: bool = True
    after: Span = NONE
    calendar: Text = ""


class _PriorityCalendars(Shape):
    P1: Text = ""
    P2: Text = ""
    P3: Text = ""
    P4: Text = ""


class _MatrixRow(Shape):
    high: APriority
    middle: APriority
    low: APriority


class _Matrix(Shape):
    high: _MatrixRow
    middle: _MatrixRow
    low: _MatrixRow


class _Scale(Shape):
    high: Words = ()
    low: Words = ()


class _Category(Shape):
    name: Text
    english: Text = ""
    words: Words = ()
    skill: Text = ""
    engineer: Text = ""
    facts: Words = ()

    @model_validator(mode="after")
    def _two_levels(self) -> Self:
        levels = self.name.split("-")
        if len(levels) > 2 or not all(level.strip() for level in levels):
            raise Wrong(f"{self.name!r} has not one or two levels", 'Write it like "硬件故障" or "系统故障-登录异常".', "name")
        return self


class _Machine(Shape):
    sender: Text = ""
    header: Text = ""
    contains: Text = ""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if bool(self.sender) == bool(self.header):
            raise Wrong("must name a sender or a header", "Write either sender, or header and contains.")
        if self.header and not self.contains:
            raise Wrong("is missing", "Say what the header must contain.", "contains")
        return self


class PolicyFile(RuleTables):
    """The policy file: the rules for all tickets, and what else the policy says."""

    calendar: Text
    calendars: dict[str, _Calendar]
    priority_calendars: _PriorityCalendars = _PriorityCalendars()
    internal_domains: Annotated[frozenset[str], PlainValidator(_domains)] = frozenset()
    cases: list[CaseTable] = Field(default_factory=list)
    quiet: _Quiet = _Quiet()
    peace: _Peace = _Peace()
    limits: _Limits = _Limits()
    held: _HeldQueue = _HeldQueue()
    targets: PerPriority | None = None
    pauses: Pauses = Pauses()
    reopen_within: Span = NONE
    opening: Span = NONE
    categories: list[_Category] = Field(default_factory=list)
    impact: _Scale = _Scale()
    urgency: _Scale = _Scale()
    questions: Words = ()
    matrix: _Matrix | None = None
    facts: Words = ()
    accept_machines: list[_Machine] = Field(default_factory=list)
    digest_at: Clock = time()
    team_digest_at: Clock = time()


@dataclass(frozen=True, slots=True)
class _Builder:
    """From the shape of the file to Policy. Of a table that is `spoilt` by faults nothing more is said: it might follow from
    them."""

    toml: Toml
    report: Report
    shape: PolicyFile
    spoilt: frozenset[Place]

    def policy(self, zone: ZoneInfo, language: str) -> Policy | None:
        shape = self.shape
        calendars = {name: one.built(name, zone, self._holidays(name)) for name, one in shape.calendars.items()}
        self._check(calendars)
        if shape.calendar not in calendars:
            return None
        plain = ("internal_domains", "reopen_within", "opening", "questions", "facts", "digest_at", "team_digest_at")
        given: dict[str, Any] = {
            "usual": self._usual(calendars),
            "cases": tuple(case.built(calendars) for case in shape.cases),
            "quiet": core.Quiet(**shape.quiet.given()),
            "peace": core.Peace(**shape.peace.given()),
            "limits": core.Limits(**shape.limits.given()),
            "held": core.HeldQueue(**with_calendar(shape.held.given(), calendars)),
            "impact": core.Scale(**shape.impact.given()),
            "urgency": core.Scale(**shape.urgency.given()),
            "categories": tuple(_category(one) for one in shape.categories),
            "accept_machines": tuple(core.Machine(**one.given()) for one in shape.accept_machines),
            "priority_calendars": {Priority(key): name for key, name in shape.priority_calendars.given().items() if name},
            **{key: value for key, value in shape.given().items() if key in plain},
            **self._tables(),
        }
        built = Policy(calendar=calendars[shape.calendar], calendars=calendars, language=language, **given)
        if not self.spoilt and all(name in calendars for case in shape.cases for _, name in case.calendars):
            for place, wrong in {self._place(place): wrong for place, wrong in case_faults(built)}.items():
                self._add(place, wrong.problem, wrong.remedy)
        return built

    def _place(self, place: Place) -> Place:
        """Where what a fault of the cases is about stands in the file."""
        match place:
            case (cases, int(index), str(name), *keys):
                own, *_ = self.shape.cases[index].place(name, str(keys[0]) if keys else "")
                return (cases, index, own, *keys)
            case _:
                return place

    def _holidays(self, name: str) -> Mapping[int, Feasts]:
        """What the files of a calendar say, a later one in place of an earlier; their paths begin at the policy's folder."""
        years: dict[int, Feasts] = {}
        for written in self.shape.calendars[name].holiday_files:
            path = self.toml.path.parent / written
            if os.access(path, os.R_OK) and path.is_file():
                years |= holidays(path, self.report)
            else:
                problem = f"{path} is not there or cannot be read"
                self._add(
                    ("calendars", name, "holiday_files"), problem, "Correct the path, or let the desk's user read the file."
                )
        return years

    def _usual(self, calendars: Mapping[str, Calendar]) -> Duties:
        """The rules for tickets of which no case says otherwise."""
        usual = duties(self.shape, calendars)
        for place, wrong in {self.shape.place(name, wrong.key): wrong for name, wrong in disorders(usual)}.items():
            self._add(place, wrong.problem, wrong.remedy)
        return usual

    def _tables(self) -> dict[str, Any]:
        """The tables that are mappings in Policy."""
        shape = self.shape
        tables: dict[str, Any] = {}
        if shape.targets is not None:
            tables["targets"] = {Priority(key): span for key, span in shape.targets.given().items()}
        if shape.matrix is not None:
            rows = {impact: row.given() for impact, row in shape.matrix.given().items()}
            tables["matrix"] = {(impact, urgency): priority for impact, row in rows.items() for urgency, priority in row.items()}
        if "pauses" in shape.given():
            tables["pauses"] = {**core.PAUSES, **shape.pauses.by_waiting()}
        return tables

    def _check(self, calendars: dict[str, Calendar]) -> None:
        for name, built in calendars.items():
            if idle := [year for year in YEARS if not _worked(built, year)]:
                problem = f"leaves no working hour in the whole year {idle[0]}"
                self._add(("calendars", name, "extra_holidays"), problem, "Take some of these days out, or write the right year.")
        if not self.shape.calendar:
            self._add(("calendar",), "names no calendar", f"Write {listed(calendars)}.")
        self._known(("calendar",), self.shape.calendar, calendars)
        for key, name in self.shape.priority_calendars.given().items():
            self._known(("priority_calendars", key), name, calendars)
        self._known(("held", "calendar"), self.shape.held.calendar, calendars)
        for place, name in named_calendars(self.shape):
            self._known(place, name, calendars)
        for index, case in enumerate(self.shape.cases):
            for place, name in case.calendars:
                self._known(("cases", index, *place), name, calendars)
        names = [category.name for category in self.shape.categories]
        for index, name in enumerate(names):
            if name in names[:index]:
                self._add(("categories", index, "name"), f"{name!r} is there twice", "Put the words of both into one category.")

    def _known(self, place: Place, name: str, calendars: dict[str, Calendar]) -> None:
        if name and name not in calendars and name not in self.toml.values["calendars"]:
            remedy = nearest(name, calendars, f"Write {listed(calendars)}, or add [calendars.{name}].")
            self._add(place, f"{name!r} is not a calendar", remedy)

    def _add(self, place: Place, problem: str, remedy: str) -> None:
        if self.spoilt.isdisjoint((place, place[:-1])):
            self.report.add(self.toml.path, dotted(place), problem, remedy, self.toml.line(place))


def policy(toml: Toml, report: Report, *, zone: ZoneInfo, language: str) -> Policy | None:
    """The policy, or None when the file has not the right shape. `zone` is that of calendars which name none."""
    shape, spoilt = fit(PolicyFile, toml, report)
    built = None if shape is None else _Builder(toml, report, shape, spoilt).policy(zone, language)
    return None if spoilt else built


def _worked(calendar: Calendar, year: int) -> bool:
    return any(calendar.hours_on(date(year, 1, 1) + timedelta(days=day)) for day in range(365))


def _category(shape: _Category) -> core.Category:
    return core.Category(**shape.given() | {"engineer": StaffId(shape.engineer) if shape.engineer else None})
