"""docs/reliability.md: what was played and what it came to, in figures that a run has counted."""

import os
import platform
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill

from tests.proof.playing import Played
from tests.proof.programs import State, changed, program
from tests.proof.runs import RUNS, Extent
from tests.proof.told import JUDGES, PLAYED

WIDTH = 127

MANY = 5
"""So many names with the same figure are told in one sentence."""

NAMED = 20
"""So many changed files are named."""

TOP = """\
# Reliability: what was tried, and what held

This page is written by `make prove`. Every figure on it was counted by a run on one machine; each section says what was played
against what (the real program as processes of their own against real servers, or the desk in the proof's process against
doubles), and by whom it was judged. The figures of each unit are in reliability.jsonl. *Effective* are only those attempts that
met what they were meant for. A failure would be listed with the seed that repeats it: `make prove ARGS="--only RUN --seed N"`.

The oracle (`tests/proof/oracle.py`) shares nothing with the desk: it reads the database with SQL, the mailbox by IMAP, and the
files of the sink. By it every mail ended exactly once, and every order was answered once; what is kept and filed has the bytes
that were sent; no number is given twice, and numbers rise; every letter came to whom it was written for, all its copies alike,
and a second one only where the letter was in doubt when the desk was broken off, one for each time; who does not work here read
of his own tickets only, and no note from inside; no two letters told the same person that the first answer to a ticket is owed,
or that it is late, of those tickets that went on as they began; the store is whole; nothing is left half done.

On simulated days time is played and the relay is a folder. Nineteen people work by turns; some are away by the people file,
others say by mail that they leave, and delegates stand in for them, three deep. Three in ten requesters are customers, and six
cases of the policy give other rules to tickets by priority, category and requester. Every alarm and every letter of the clock is
reckoned anew from what people wrote (`tests/proof/days_oracle.py`); *effective* are the alarms that an outage held back.
`make test` plays one such day.
"""

HEAD = """\
| run | units | tried | effective | failures | time |
|---|---:|---:|---:|---:|---:|
"""


def document(played: Iterable[Played], extent: Extent, states: Mapping[str, State]) -> str:
    """The page, in Markdown: the figures of all runs in one table, then a section for each. `states` are those of the program."""
    units = sorted(played, key=lambda one: (one.run, one.outcome.seed))
    by_run = {run: [one for one in units if one.run == run] for run in RUNS}
    parts = (
        TOP,
        fill(f"Machine: {_machine()}. {_programs(units, states)}", WIDTH) + "\n",
        HEAD + "".join(_row(run, found, extent) for run, found in by_run.items()),
        *("\n\n".join(_section(run, found)) + "\n" for run, found in by_run.items()),
    )
    return "\n".join(parts)


def _programs(played: Sequence[Played], states: Mapping[str, State]) -> str:
    """Which state of the program the units have tried, and what is another by now: a long proof may outlast a change."""
    tried, now = Counter(one.program for one in played), f"the program as it is now (`{program()}`)"
    current, earlier = tried.pop(program(), 0), len(tried)
    if not tried:
        return f"All units tried {now}."
    which = "an earlier state of it" if earlier == 1 else f"one of {earlier} earlier states of it"
    said = f"{current:,} of {len(played):,} units tried {now}, the others {which}"
    if not tried.keys() <= states.keys():
        return f"{said}; what has changed since is not known."
    files = sorted({file for name in tried for file in changed(states[name])})
    since = "since then one file of it was changed" if len(files) == 1 else f"since then {len(files)} files of it were changed"
    named = ", ".join(f"`{file}`" for file in files)
    return f"{said}; {since}." if len(files) > NAMED else f"{said}; {since}: {named}."


def _row(run: str, units: Sequence[Played], extent: Extent) -> str:
    tried, effective = (sum(getattr(one.outcome, name) for one in units) for name in ("tried", "effective"))
    failures, seconds = sum(bool(one.outcome.broken) for one in units), sum(one.seconds for one in units)
    time = f"{seconds / 60:,.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
    figures = f"{tried:,} | {effective:,} | {failures} | {time}" if units else "– | – | – | –"
    return f"| {RUNS[run].title} | {len(units)} of {RUNS[run].units[extent]} | {figures} |\n"


def _section(run: str, units: Sequence[Played]) -> Iterator[str]:
    """When the run passes, what was counted, and every failure with its seed."""
    yield f"## {RUNS[run].title}"
    yield fill(f"Played by {PLAYED[run]}.", WIDTH)
    yield fill(f"Judged by {JUDGES[run]}.", WIDTH)
    yield fill(f"Passes when: {RUNS[run].passes}.", WIDTH)
    if not units:
        yield "Not played yet."
        return
    counted, worst = Counter[str](), dict[str, int]()
    for one in units:
        counted.update(one.outcome.counts)
        worst |= {name: max(number, worst.get(name, 0)) for name, number in one.outcome.worst.items()}
    seeds = [one.outcome.seed for one in units]
    told = (_seeds(seeds[0], seeds[-1]), *_told("Counted", counted), *_told("At most", worst))
    yield from (fill(line, WIDTH, break_on_hyphens=False) for line in told)
    yield from (f"- **seed {one.outcome.seed}**: {problem}" for one in units for problem in one.outcome.broken)


def _seeds(first: int, last: int) -> str:
    return f"Seeds {first} to {last}." if first < last else f"Seed {first}."


def _told(what: str, numbers: Mapping[str, int]) -> Iterator[str]:
    """The figures as a line; such as many things share are told of all of them at once, in a line of their own."""
    alike: dict[int, list[str]] = defaultdict(list)
    for name, number in numbers.items():
        alike[number].append(name)
    single = [f"{name} {number:,}" for name, number in numbers.items() if len(alike[number]) < MANY]
    if single:
        yield f"{what}: {'; '.join(single)}."
    yield from (f"{number:,} each: {'; '.join(names)}." for number, names in alike.items() if len(names) >= MANY)


def _machine() -> str:
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return f"{os.cpu_count()} cores, Linux, Python {python}, SQLite {sqlite}"
