"""How fast service time is reckoned: a due time, and the time used in a whole year.

A calendar knows the latest sums by heart. So a due time is timed twice: asked for the first time, which is the sum itself and
the keeping of it, and asked again, as of the clocks of a ticket that have not moved.
"""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from rich.table import Table

from maildesk.core.calendar import Calendar, Hours

DAY = (Hours(time(9), time(12)), Hours(time(13, 30), time(18)))
OFFICE = Calendar(name="office", zone=ZoneInfo("Europe/Berlin"), week=(DAY,) * 5 + ((), ()))
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
END = START + timedelta(days=366)


def reckoning(rounds: int = 20_000) -> Table:
    """At the best of three, once the tables of the years are made."""
    moments = (START + second * SECOND for second in count())
    questions: dict[str, Callable[[], object]] = {
        "a due time in 8 hours, asked for the first time": lambda: OFFICE.add(next(moments), timedelta(hours=8)),
        "a due time in 8 hours, asked again": lambda: OFFICE.add(START, timedelta(hours=8)),
        "a due time in 2 working days": lambda: OFFICE.working_days_later(START, 2),
        "the service time of a year": lambda: OFFICE.between(START, END),
    }
    table = Table(title="reckoning by a calendar", title_justify="left")
    table.add_column("")
    table.add_column("µs", justify="right")
    for name, ask in questions.items():
        ask()
        table.add_row(name, f"{min(timeit.repeat(ask, number=rounds, repeat=3)) / rounds * 1e6:.1f}")
    return table
