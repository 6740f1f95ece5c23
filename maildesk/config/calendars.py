"""Calendars with public holidays: of a country by `holidays`, corrected by what the policy adds.

Holidays are looked up once, here, so that the rules need neither the library nor the year: every year of YEARS is laid down
as dates. A country's adjusted working days (China's 调休) are announced year by year: what the library does not know yet, a
file of holidays tells, or `extra_workdays` and `extra_holidays` add.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo

from maildesk.config.findings import Wrong, listed, nearest
from maildesk.core.calendar import Calendar, Hours
from maildesk.core.shift import Week

YEARS = range(2020, 2046)


@dataclass(frozen=True, slots=True)
class Feasts:
    """The holidays of a country, and the weekend days on which it works all the same."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def but(self, years: Mapping[int, Self]) -> "Feasts":
        """The same, except that these years are as told here."""
        off = {day for day in self.off if day.year not in years}.union(*(told.off for told in years.values()))
        worked = {day for day in self.worked if day.year not in years}.union(*(told.worked for told in years.values()))
        return Feasts(frozenset(off), frozenset(worked))


@cache
def feasts(country: str, subdivision: str) -> Feasts:
    """What `holidays` knows of a country (ISO 3166) and perhaps its subdivision; Wrong when it does not know them."""
    import holidays  # its countries take 26 MB and a quarter of a second: only where there is a country

    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise Wrong(
            f"{country!r} is not a country whose holidays are known", nearest(country, known, 'Write a code like "CN" or "DE".')
        )
    if subdivision and subdivision not in known[country]:
        remedy = f"Write {listed(known[country])}." if known[country] else "Leave this key out: there are none."
        raise Wrong(f"{subdivision!r} is not a subdivision of {country}", remedy, "subdivision")
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=YEARS)
    return Feasts(frozenset(days), frozenset(days.weekend_workdays))


def calendar(
    name: str,
    *,
    zone: ZoneInfo,
    hours: Week,
    adjusted: tuple[Hours, ...] = (),
    known: Feasts,
    extra_workdays: frozenset[date] = frozenset(),
    extra_holidays: frozenset[date] = frozenset(),
) -> Calendar:
    """One calendar. What the policy adds wins over what the library knows; adjusted days have the first worked day's hours
    unless told."""
    return Calendar(
        name=name,
        zone=zone,
        week=hours,
        adjusted=adjusted or next(day for day in hours if day),
        holidays=known.off - extra_workdays | extra_holidays,
        workdays=known.worked - extra_holidays | extra_workdays,
    )
