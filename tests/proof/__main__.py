"""Prove it: play the runs and write down what they came to.

python -m tests.proof [--full] [--only RUN …] [--minutes N] [--seed N] [--anew]

What was played is kept in .proof/ as one line of JSON for each unit, so a proof that is broken off, or has used its --minutes,
goes on where it was, also after the program was changed (the page says how many units that concerns, and which files of the
program are others since); --anew begins again. The page is written with what it was counted from beside it:
docs/reliability.jsonl and reliability-states.json, which may be copied to .proof/played.jsonl and .proof/states.json.
--seed N plays the one unit with this seed of the runs named by --only, and keeps nothing. The exit code is 1 when a law was
broken.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from tests.proof import programs
from tests.proof.document import document
from tests.proof.outcome import Outcome
from tests.proof.playing import Played, Unit, play, timed
from tests.proof.runs import RUNS, Extent
from tests.proof.servers import Servers

KEPT = Path(".proof") / "played.jsonl"
STATES = KEPT.with_name("states.json")
DOCUMENT = Path("docs") / "reliability.md"
COUNTED = DOCUMENT.with_suffix(".jsonl")
COUNTED_STATES = DOCUMENT.with_name("reliability-states.json")


def main() -> int:
    asked = _asked()
    if asked.seed is not None:
        return int(any(_alone((run, asked.seed)).outcome.broken for run in asked.only))
    extent = Extent.FULL if asked.full else Extent.USUAL
    if asked.anew:
        KEPT.unlink(missing_ok=True)
    KEPT.parent.mkdir(exist_ok=True)
    programs.keep(STATES)
    done = {(one.run, one.outcome.seed) for one in _kept()}
    units = [unit for unit in _units(asked.only, extent) if unit not in done]
    with KEPT.open("a", encoding="utf-8") as file:
        for one in play(units, time.monotonic() + 60 * asked.minutes):
            print(_line(one), flush=True)
            file.write(_row(one))
            file.flush()
    wanted = set(_units(list(RUNS), extent))
    found = [one for one in _kept() if (one.run, one.outcome.seed) in wanted]
    states = programs.kept(STATES, {one.program for one in found})
    DOCUMENT.write_text(document(found, extent, states), "utf-8")
    COUNTED.write_text("".join(map(_row, found)), "utf-8")
    COUNTED_STATES.write_text(programs.written(states), "utf-8")
    return int(any(one.outcome.broken for one in found))


def _asked() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="make prove", description="Play the runs of the proof and write docs/reliability.md.")
    reader.add_argument("--full", action="store_true", help="all that is promised, however long it takes")
    reader.add_argument("--only", nargs="+", choices=list(RUNS), default=list(RUNS), metavar="RUN", help=", ".join(RUNS))
    reader.add_argument("--seed", type=int, help="play one unit, the one with this seed")
    reader.add_argument(
        "--minutes", type=float, default=math.inf, help="begin nothing new after so many; go on with the next call"
    )
    reader.add_argument("--anew", action="store_true", help="forget what was played before")
    return reader.parse_args()


def _units(runs: Iterable[str], extent: Extent) -> Iterator[Unit]:
    """Every unit, the runs in turn: what is broken off early has something of each."""
    most = max(RUNS[run].units[extent] for run in runs)
    for seed in range(1, most + 1):
        yield from ((run, seed) for run in runs if seed <= RUNS[run].units[extent])


def _alone(unit: Unit) -> Played:
    with closing(Servers()) as servers:
        played = timed(servers, unit)
    print(_line(played))
    return played


def _kept() -> list[Played]:
    if not KEPT.exists():
        return []
    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    return [Played(**row | {"outcome": Outcome(**row["outcome"])}) for row in rows]


def _row(played: Played) -> str:
    return json.dumps(asdict(played)) + "\n"


def _line(played: Played) -> str:
    outcome = played.outcome
    word = "broken" if outcome.broken else "held"
    said = f"{played.run} seed {outcome.seed}: {outcome.effective} of {outcome.tried}, {played.seconds} s, {word}"
    return "\n".join((said, *(f"    {one}" for one in outcome.broken)))


if __name__ == "__main__":
    os.environ["TZ"] = "Asia/Kathmandu"
    time.tzset()
    sys.exit(main())
