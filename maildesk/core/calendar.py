"""Service time: working hours with breaks, holidays, adjusted working days, time zones and their changes of offset."""

from dataclasses import dataclass
from datetime import date, time, tzinfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the local day in which people work; `end` 00:00 means the midnight that ends the day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work. `week` has seven entries, Monday first; `workdays` are adjusted working days (调休): a date on which
    people work though it is a weekend, by the hours of `adjusted`; `holidays` are dates without work. A date in both works.
    """

    name: str
    zone: tzinfo
    week: tuple[tuple[Hours, ...], ...]
    adjusted: tuple[Hours, ...] = ()
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
