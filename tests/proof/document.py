"""docs/reliability.md: what was played and what it came to, in figures that a run has counted."""

import os
import platform
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from tests.proof.playing import Played, program
from tests.proof.runs import RUNS, Extent

TOP = """\
# Reliability: what was tried, and what held

This page is written by `make prove`. Every figure on it was counted by a run of the real program against real servers (Dovecot,
Postfix's smtp-sink, PostgreSQL) on one machine. *Effective* are only those attempts that met the desk at work. A failure would
be listed with the seed that repeats it: `make prove ARGS="--only RUN --seed N"`.

What must hold after each run is looked up by code that shares nothing with the desk (`tests/proof/oracle.py`): every mail ended
exactly once, its bytes are kept as they came, no number is given twice, every letter arrived and all its copies are alike,
nobody read what was not for him, no alarm spoke twice, the store is whole, and nothing is left half done.

On simulated days time is played and the relay is a folder. Every alarm and every letter of the clock is reckoned anew from what
people wrote (`tests/proof/days_oracle.py`); *effective* are the alarms that an outage held back. `make test` plays a day of
fewer tickets.
"""


def document(played: Iterable[Played], extent: Extent) -> str:
    """The page, in Markdown."""
    played = tuple(played)
    by_run = {run: list(units) for run, units in groupby(sorted(played, key=lambda one: one.run), key=lambda one: one.run)}
    rows = [_row(run, by_run.get(run, []), extent) for run in RUNS]
    head = ("| run | tried | effective | failures | time | passes when |", "|---|---|---|---|---|---|")
    parts = (
        TOP,
        f"Machine: {_machine()}.\n",
        f"{_programs(played)}\n",
        "\n".join((*head, *rows)) + "\n",
        *(_counts(run, by_run[run]) for run in RUNS if run in by_run),
    )
    return "\n".join(parts)


def _programs(played: Sequence[Played]) -> str:
    """Which state of the program the units have tried: a long proof may outlast a change."""
    tried = Counter(one.program for one in played)
    older = len(played) - tried[program()]
    units = f"{tried[program()]:,} units were played with the program as it is now (`{program()}`)"
    return f"{units}, {older:,} with what it was before (in {len(tried.keys() - {program()})} states)." if older else f"{units}."


def _row(run: str, units: list[Played], extent: Extent) -> str:
    wanted = RUNS[run].units[extent]
    tried, effective = (sum(getattr(one.outcome, name) for one in units) for name in ("tried", "effective"))
    failures = sum(bool(one.outcome.broken) for one in units)
    part = "" if len(units) == wanted else f" ({len(units)} of {wanted} units)"
    minutes = sum(one.seconds for one in units) / 60
    return f"| {RUNS[run].title}{part} | {tried:,} | {effective:,} | {failures} | {minutes:.0f} min | {RUNS[run].passes} |"


def _counts(run: str, units: list[Played]) -> str:
    """What was counted, and every failure with its seed."""
    counted, worst = Counter[str](), dict[str, int]()
    for one in units:
        counted.update(one.outcome.counts)
        worst |= {name: max(number, worst.get(name, 0)) for name, number in one.outcome.worst.items()}
    seeds = sorted(one.outcome.seed for one in units)
    lines = [
        f"## {RUNS[run].title}",
        "",
        f"Seeds {seeds[0]} to {seeds[-1]}.",
        *_told("Counted", counted),
        *_told("At most", worst),
    ]
    for one in units:
        lines += [f"- **seed {one.outcome.seed}**: {problem}" for problem in one.outcome.broken]
    return "\n".join(lines) + "\n"


def _told(what: str, numbers: Mapping[str, int]) -> list[str]:
    return [f"{what}: {', '.join(f'{name} {number:,}' for name, number in numbers.items())}."] if numbers else []


def _machine() -> str:
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return f"{os.cpu_count()} cores, Linux, Python {python}, SQLite {sqlite}"
