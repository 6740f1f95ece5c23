"""Where simulated days are played: zones, with the days on which nobody works there, and the days that are played first."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A zone with the days on which nobody works there, and those at weekends on which everybody does, as they were announced.
    `days` are played in this order: first those on which clocks or calendars do something odd."""

    zone: str
    country: str
    subdivision: str
    holidays: tuple[str, ...]
    workdays: tuple[str, ...]
    days: tuple[str, ...]


def _spread(first: str, step: int, count: int) -> tuple[str, ...]:
    begin = date.fromisoformat(first)
    return tuple((begin + timedelta(days=step * n)).isoformat() for n in range(count))


PLACES = (
    Place(
        zone="Asia/Shanghai",
        country="CN",
        subdivision="",
        holidays=(
            *_spread("2026-01-01", 1, 3),
            *_spread("2026-02-15", 1, 9),
            *_spread("2026-04-04", 1, 3),
            *_spread("2026-05-01", 1, 5),
            *_spread("2026-06-19", 1, 3),
            *_spread("2026-09-25", 1, 3),
            *_spread("2026-10-01", 1, 7),
        ),
        workdays=("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
        days=(
            *("2026-10-10", "2026-02-14", "2026-05-09", "2026-09-20", "2026-10-01", "2026-02-23", "2026-02-28"),
            *("2026-04-03", "2026-05-05", "2026-06-18", "2026-09-24", "2026-10-08"),
            *_spread("2026-03-02", 11, 18),
        ),
    ),
    Place(
        zone="Europe/Berlin",
        country="DE",
        subdivision="BY",
        holidays=(
            *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-06-04"),
            *("2026-08-15", "2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26"),
        ),
        workdays=(),
        days=(
            *("2026-10-25", "2026-03-29", "2026-10-26", "2026-03-28", "2026-04-02", "2026-05-14", "2026-06-05"),
            *("2026-10-23", "2026-03-30", "2026-05-25", "2026-06-04", "2026-11-02"),
            *_spread("2026-02-03", 13, 18),
        ),
    ),
    Place(
        zone="Australia/Lord_Howe",
        country="",
        subdivision="",
        holidays=("2026-01-26", "2026-04-03", "2026-04-06", "2026-06-08", "2026-10-05"),
        workdays=("2026-04-11",),
        days=(
            *("2026-10-04", "2026-04-05", "2026-04-04", "2026-04-02", "2026-10-03", "2026-10-02", "2026-04-11"),
            *("2026-04-06", "2026-06-05", "2026-06-08", "2026-10-05", "2026-10-06"),
            *_spread("2026-02-05", 12, 18),
        ),
    ),
)
