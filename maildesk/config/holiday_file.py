"""Files of holidays: what a country or a company announces, year by year, for as many calendars as name the file.

[years.2027]
holidays = ["2027-02-05..2027-02-11", 2027-04-05]
workdays = [2027-02-14, 2027-02-20]
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator

from maildesk.config import toml, values
from maildesk.config.calendars import Feasts
from maildesk.config.findings import Report
from maildesk.config.shapes import Shape, fit
from maildesk.config.toml import Toml

Days = Annotated[frozenset[date], PlainValidator(values.days)]

_YEAR = re.compile(r"[0-9]{4}")


class _Year(Shape):
    holidays: Days = frozenset()
    workdays: Days = frozenset()


class HolidayFile(Shape):
    """What is off and what is worked in each year; a year is four digits."""

    years: dict[str, _Year]


def holidays(path: Path, report: Report) -> Mapping[int, Feasts]:
    """What a file that is there says of each year; faults go into the report."""
    file = toml.read(path, report)
    shape, _ = fit(HolidayFile, file, report) if file else (None, None)
    if file is None or shape is None:
        return {}
    return {
        int(year): Feasts(told.holidays, told.workdays) for year, told in shape.years.items() if _right(file, report, year, told)
    }


def _right(file: Toml, report: Report, year: str, told: _Year) -> bool:
    line = file.line(("years", year))
    if not _YEAR.fullmatch(year):
        report.add(file.path, f"years.{year}", f"{year!r} is not a year", "Write four digits, like [years.2027].", line)
        return False
    if both := told.holidays & told.workdays:
        report.add(
            file.path, f"years.{year}", f"{min(both)} is both a holiday and a workday", "Remove it from one of the two.", line
        )
        return False
    if astray := [day for day in told.holidays | told.workdays if str(day.year) != year]:
        remedy = f"Write it below [years.{min(astray).year}]."
        report.add(file.path, f"years.{year}", f"{min(astray)} is not in the year {year}", remedy, line)
    return not astray
